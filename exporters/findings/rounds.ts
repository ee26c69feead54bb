/** The order in which what was told together is applied: what is of one time, or of other parts, in one round. */

export interface Look {
  /** What it looks at as a whole; looks at different ones have nothing to do with each other. */
  readonly whole: string;
  /** Absent: all parts. */
  readonly parts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface Seen {
  readonly round: number;
  readonly at: number;
}

/**
 * The round of each look, from 0: later than those of earlier looks at the same parts, and the same for looks of one time.
 * A year of daily reports is 365 rounds; thousands of parts that were looked at one after the other are one.
 */
export function roundsOf(looks: readonly Look[]): readonly number[] {
  const rounds = looks.map(() => 0);
  const wholes = new Map<string, { whole?: Seen; readonly parts: Map<string, Seen> }>();
  const order = looks.map((_, index) => index).sort((a, b) => looks[a]!.at - looks[b]!.at || a - b);
  for (const index of order) {
    const { whole, parts, at } = looks[index]!;
    const known = wholes.get(whole) ?? { parts: new Map<string, Seen>() };
    wholes.set(whole, known);
    const before = [known.whole, ...(parts ? parts.map(part => known.parts.get(part)) : known.parts.values())];
    const round = Math.max(0, ...before.map(seen => (seen ? seen.round + (seen.at < at ? 1 : 0) : 0)));
    rounds[index] = round;
    const seen = { round, at };
    if (parts) for (const part of parts) known.parts.set(part, seen);
    else known.whole = seen;
  }
  return rounds;
}
