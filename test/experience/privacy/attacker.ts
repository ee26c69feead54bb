/**
 * Somebody who has every published series of all times and levels, knows who belongs to which group at any time, and
 * wants to know what a few of them said. Exact arithmetic, written without a look at what the exporter does about it.
 */

/** A published sum: the answers that it is over, each with its person. An edited answer is another. */
export interface Sum {
  readonly answers: readonly { readonly id: string; readonly person: string }[];
}

/**
 * The first group of fewer than `minimum` people of whose answers alone some combination of the sums tells something;
 * undefined where there is none.
 */
export function fewWorkedOut(sums: readonly Sum[], minimum: number): readonly string[] | undefined {
  const persons = new Map<string, string>();
  for (const { answers } of sums) for (const { id, person } of answers) persons.set(id, person);
  const columns = [...persons.keys()].sort();
  const seen = new Set<string>();
  const matrix: bigint[][] = [];
  for (const { answers } of sums) {
    const own = new Set(answers.map(({ id }) => id));
    const row = columns.map(id => (own.has(id) ? 1n : 0n));
    if (own.size === 0 || seen.has(row.join(''))) continue;
    seen.add(row.join(''));
    matrix.push(row);
  }
  const whole = rank(matrix);
  const everybody = [...new Set(persons.values())].sort();
  for (const few of choose(everybody, Math.min(minimum - 1, everybody.length))) {
    const others = columns.flatMap((id, index) => (few.includes(persons.get(id)!) ? [] : [index]));
    if (rank(matrix.map(row => others.map(index => row[index]!))) < whole) return few;
  }
  return undefined;
}

function* choose<T>(list: readonly T[], size: number, from = 0): Generator<readonly T[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (let index = from; index <= list.length - size; index += 1)
    for (const rest of choose(list, size - 1, index + 1)) yield [list[index]!, ...rest];
}

/** By Bareiss, without a fraction. */
function rank(rows: readonly (readonly bigint[])[]): number {
  const left = rows.map(row => [...row]);
  const width = rows[0]?.length ?? 0;
  let found = 0;
  let before = 1n;
  for (let column = 0; column < width && found < left.length; column += 1) {
    const at = left.findIndex((row, index) => index >= found && row[column] !== 0n);
    if (at < 0) continue;
    [left[found], left[at]] = [left[at]!, left[found]!];
    const pivot = left[found]!;
    for (let index = found + 1; index < left.length; index += 1) {
      const row = left[index]!;
      const times = row[column]!;
      for (let cell = column; cell < width; cell += 1)
        row[cell] = (pivot[column]! * row[cell]! - times * pivot[cell]!) / before;
    }
    before = pivot[column]!;
    found += 1;
  }
  return found;
}
