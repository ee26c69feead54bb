/** The order in which what was heard together is applied: by time, and in as few rounds as have nothing to do with each other. */

export interface Event {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** What it changes: names of images, slots of what runs. Events without one in common have nothing to do with each other. */
  readonly keys: readonly string[];
  /** It may change anything: what is earlier is applied before it, what is later after. */
  readonly isWhole?: boolean;
}

/** The round of each event, from 0. Events of one time share one, as far as what is earlier lets them. */
export function scheduled(events: readonly Event[]): readonly number[] {
  const rounds = events.map(() => 0);
  const last = new Map<string, { readonly at: number; readonly round: number }>();
  let whole = { at: Number.NaN, round: -1 };
  let next = 0;
  const order = events
    .map((_, index) => index)
    .sort((a, b) => events[a]!.at - events[b]!.at || Number(events[b]!.isWhole ?? 0) - Number(events[a]!.isWhole ?? 0));
  for (const index of order) {
    const { at, keys, isWhole = false } = events[index]!;
    let round = whole.at === at && isWhole ? whole.round : isWhole ? next : whole.round + 1;
    if (isWhole) whole = { at, round };
    else
      for (const key of keys) {
        const before = last.get(key);
        if (before) round = Math.max(round, before.at === at ? before.round : before.round + 1);
      }
    for (const key of keys) last.set(key, { at, round });
    rounds[index] = round;
    next = Math.max(next, round + 1);
  }
  return rounds;
}
