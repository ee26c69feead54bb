/** The order in which what was told together is applied: what is of one time, or of other parts, in one round. */

export interface Look {
  /** What it looks at as a whole; looks at different ones have nothing to do with each other. */
  readonly whole: string;
  /** Absent: all parts. */
  readonly parts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The next round that a part may be in. */
interface Known {
  whole: number;
  readonly parts: Map<string, number>;
}

/**
 * The round of each look, from 0: later than those of earlier looks at the same parts, and one for all looks of one time
 * at one whole, whatever their order in the list. A year of daily reports is 365 rounds; thousands of parts that were
 * looked at one after the other are one.
 */
export function roundsOf(looks: readonly Look[]): readonly number[] {
  const rounds = looks.map(() => 0);
  const wholes = new Map<string, Known>();
  const times = new Map<string, number[]>();
  const order = looks.map((_, index) => index).sort((a, b) => looks[a]!.at - looks[b]!.at);
  for (const index of order) {
    const { whole, at } = looks[index]!;
    const key = JSON.stringify([whole, at]);
    const together = times.get(key);
    if (together) together.push(index);
    else times.set(key, [index]);
  }
  for (const together of times.values()) {
    const { whole } = looks[together[0]!]!;
    const known = wholes.get(whole) ?? { whole: 0, parts: new Map<string, number>() };
    wholes.set(whole, known);
    let round = 0;
    for (const index of together) {
      const { parts } = looks[index]!;
      const after = parts ? parts.map(part => known.parts.get(part) ?? 0) : known.parts.values();
      for (const one of [known.whole, ...after]) round = Math.max(round, one);
    }
    for (const index of together) {
      rounds[index] = round;
      const { parts } = looks[index]!;
      if (parts) for (const part of parts) known.parts.set(part, round + 1);
      else known.whole = round + 1;
    }
  }
  return rounds;
}
