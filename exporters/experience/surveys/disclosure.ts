/**
 * What can be worked out of all that was ever released together. Each published number is a sum over a set of answers;
 * adding and subtracting such sums gives sums over other sets. If one of them is over fewer than k people, what they said
 * has been told, though no release told it by itself.
 */

/** A set of answers that a number was published of; an answer that was edited is another. */
export type PublishedSet = readonly string[];

/** Above so many parts that are too small nothing more is worked out: it counts as told. */
const mostSmallParts = 18;

/**
 * True where `next` beside `before` lets a sum over the answers of fewer than `minimum` people be worked out that `before`
 * alone doesn't. `personOf` says whose an answer is.
 */
export function disclosesFew(
  before: readonly PublishedSet[],
  next: readonly PublishedSet[],
  personOf: (answer: string) => string,
  minimum: number,
): boolean {
  const sets = [...before, ...next];
  const parts = partsOf(sets);
  const people = parts.map(({ answers }) => new Set(answers.map(personOf)));
  const small = parts.flatMap((_, index) => (people[index]!.size < minimum ? [index] : []));
  if (small.length === 0) return false;
  const columns = [...parts.keys()].filter(index => !small.includes(index)).concat(small);
  const rows = sets.map((_, set) => columns.map(part => (parts[part]!.sets.has(set) ? 1 : 0)));
  const large = columns.length - small.length;
  // Sums over nothing but small parts; those of before are among those of after.
  const known = withinLast(rows.slice(0, before.length), large);
  const all = withinLast(rows, large);
  if (all.length === known.length) return false;
  if (small.length > mostSmallParts) return true;
  return someSubset(
    small.map(index => people[index]!),
    minimum,
    chosen => dimensionIn(all, chosen) > dimensionIn(known, chosen),
  );
}

interface Part {
  readonly sets: ReadonlySet<number>;
  readonly answers: readonly string[];
}

/** Answers that are in the same sets: no sum tells them apart. */
function partsOf(sets: readonly PublishedSet[]): readonly Part[] {
  const membership = new Map<string, Set<number>>();
  for (const [index, answers] of sets.entries())
    for (const answer of answers) {
      const own = membership.get(answer);
      if (own === undefined) membership.set(answer, new Set([index]));
      else own.add(index);
    }
  const parts = new Map<string, { sets: ReadonlySet<number>; answers: string[] }>();
  for (const [answer, own] of membership) {
    const key = [...own].join();
    const part = parts.get(key);
    if (part === undefined) parts.set(key, { sets: own, answers: [answer] });
    else part.answers.push(answer);
  }
  return [...parts.values()];
}

/** Whether any choice of parts with fewer people than `minimum` together is one that `tells`. */
function someSubset(
  people: readonly ReadonlySet<string>[],
  minimum: number,
  tells: (chosen: readonly number[]) => boolean,
): boolean {
  const from = (start: number, chosen: readonly number[], together: ReadonlySet<string>): boolean => {
    for (let index = start; index < people.length; index += 1) {
      const more = new Set([...together, ...people[index]!]);
      if (more.size >= minimum) continue;
      const next = [...chosen, index];
      if (tells(next) || from(index + 1, next, more)) return true;
    }
    return false;
  };
  return from(0, [], new Set());
}

type Matrix = readonly (readonly number[])[];

/** Products of two numbers below it are exact. */
const prime = 67_108_859;

/** A basis of the sums that have nothing in the first `skipped` columns, cut to the columns after them. */
function withinLast(rows: Matrix, skipped: number): Matrix {
  const { reduced, pivots } = reduce(rows);
  return reduced.flatMap((row, index) => (pivots[index]! >= skipped ? [row.slice(skipped)] : []));
}

/** How many independent sums have nothing outside of the chosen columns. */
function dimensionIn(rows: Matrix, chosen: readonly number[]): number {
  const outside = rows.map(row => row.filter((_, column) => !chosen.includes(column)));
  return rows.length - reduce(outside).pivots.length;
}

/** Gauss, modulo the prime; rows that are nothing fall away. */
function reduce(rows: Matrix): { readonly reduced: Matrix; readonly pivots: readonly number[] } {
  const left = rows.map(row => [...row]);
  const reduced: number[][] = [];
  const pivots: number[] = [];
  const width = rows[0]?.length ?? 0;
  for (let column = 0; column < width; column += 1) {
    const found = left.findIndex(row => row[column] !== 0);
    if (found < 0) continue;
    const [pivot] = left.splice(found, 1) as [number[]];
    const inverse = power(pivot[column]!, prime - 2);
    for (let at = column; at < width; at += 1) pivot[at] = (pivot[at]! * inverse) % prime;
    for (const row of left) {
      const times = row[column]!;
      if (times === 0) continue;
      for (let at = column; at < width; at += 1) row[at] = (row[at]! + (prime - times) * pivot[at]!) % prime;
    }
    reduced.push(pivot);
    pivots.push(column);
  }
  return { reduced, pivots };
}

function power(base: number, exponent: number): number {
  let result = 1;
  for (let square = base, left = exponent; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result = (result * square) % prime;
    square = (square * square) % prime;
  }
  return result;
}
