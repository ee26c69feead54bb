/**
 * A report of CloudHealth's OLAP API: a cube. `dimensions` lists each axis with its members, `data` nests arrays in the
 * same order, and the innermost array holds the measures. The first member of an axis is its total, which must not be
 * added to the others; null is no data and 0 is zero; a whole array of nulls may come as null (collapse_null_arrays).
 */
import { z } from 'zod';
import { absolute, roundDecimal, unitsText } from '../../decimal.ts';
import { PlumblineError } from '../../errors.ts';

const memberSchema = z.object({ name: z.string(), label: z.string().default('') });
const reportSchema = z.object({
  interval: z.string(),
  dimensions: z.array(z.record(z.string(), z.array(memberSchema))),
  measures: z.array(memberSchema),
  data: z.array(z.unknown()).nullable(),
});

export type Member = z.infer<typeof memberSchema>;

export interface Cube {
  readonly interval: string;
  readonly measures: readonly Member[];
  /** By the name of the dimension: its members, the total first. */
  readonly members: Readonly<Record<string, readonly Member[]>>;
  /** Each cell that has data and is no total. */
  readonly cells: readonly Cell[];
  /** By the position of the time member: what its cell of all totals says. */
  readonly totals: readonly (Values | undefined)[];
}

/** A cell's measures as decimal text, NULL where there is no data. */
export type Values = readonly (string | undefined)[];

export interface Cell {
  readonly members: Readonly<Record<string, Member>>;
  readonly values: Values;
}

/** How many dimensions a report may have. */
export const mostDimensions = 4;

/**
 * Reads a report that was asked for by these dimensions, time among them. Errors: CLOUDHEALTH_ANSWER where its arrays
 * don't fit its members, an axis has no total or a number can't be read.
 */
export function readCube(answer: unknown, dimensions: readonly string[], what: string): Cube {
  const bad = (reason: string) => new PlumblineError('CLOUDHEALTH_ANSWER', { what, reason });
  const parsed = reportSchema.safeParse(answer);
  if (!parsed.success)
    throw bad(`it is no report: ${z.prettifyError(parsed.error).replace(/\s+/g, ' ').slice(0, 200)}`);
  const { data, measures, interval } = parsed.data;
  const axes = parsed.data.dimensions.map((axis, index) => {
    const [[dimension, members] = ['', []], ...more] = Object.entries(axis);
    if (more.length > 0 || !dimensions.includes(dimension))
      throw bad(`its dimension ${index + 1} is ${dimension || 'unnamed'}`);
    if (members[0]?.name.toLowerCase() !== 'total') throw bad(`the first member of ${dimension} is not the total`);
    if (new Set(members.map(({ name }) => name)).size < members.length)
      throw bad(`a member of ${dimension} stands twice`);
    return { dimension, members };
  });
  const lacking = dimensions.filter(name => !axes.some(({ dimension }) => dimension === name));
  if (lacking.length > 0 || axes.length !== dimensions.length)
    throw bad(`it lacks the dimension ${lacking.join(', ') || '?'}`);
  if (measures.length === 0) throw bad('it has no measure');

  const time = axes.findIndex(({ dimension }) => dimension === 'time');
  const cells: Cell[] = [];
  const totals: (Values | undefined)[] = (axes[time]?.members ?? []).map(() => undefined);
  const walk = (node: unknown, at: readonly number[]): void => {
    if (node === null) return;
    const axis = axes[at.length];
    const size = axis === undefined ? measures.length : axis.members.length;
    const name = axis === undefined ? 'measures' : axis.dimension;
    if (!Array.isArray(node)) throw bad(`a value stands where ${name} are listed`);
    if (node.length !== size) throw bad(`it has ${node.length} entries where ${name} has ${size}`);
    if (axis !== undefined) {
      for (const [index, inner] of node.entries()) walk(inner, [...at, index]);
      return;
    }
    const values = node.map((value: unknown) => {
      if (value === null) return undefined;
      if (typeof value !== 'string' || roundDecimal(value)?.units === undefined)
        throw bad(`${JSON.stringify(value)} is no number`);
      return value;
    });
    if (values.every(value => value === undefined)) return;
    if (at.every((index, position) => position === time || index === 0)) totals[at[time] ?? 0] = values;
    if (at.includes(0)) return;
    cells.push({
      members: Object.fromEntries(axes.map(({ dimension, members }, i) => [dimension, members[at[i] ?? 0]!])),
      values,
    });
  };
  walk(data, []);
  return {
    interval,
    measures,
    cells,
    totals,
    members: Object.fromEntries(axes.map(({ dimension, members }) => [dimension, members])),
  };
}

export interface Mismatch {
  /** The time member, such as `2026-10-05`. */
  readonly time: string;
  readonly measure: string;
  readonly sum: string;
  readonly total: string;
}

/** Where the members of a time don't sum to what its total says, by more than a cent and a ten-thousandth of it. */
export function mismatches({ cells, totals, members, measures }: Cube): Mismatch[] {
  const times = members.time ?? [];
  const sums = new Map<string, bigint>();
  const add = (time: string, measure: number, value: bigint) =>
    sums.set(`${time}\n${measure}`, (sums.get(`${time}\n${measure}`) ?? 0n) + value);
  for (const { members: of, values } of cells)
    for (const [measure, value] of values.entries())
      for (const time of [of.time?.name ?? '', times[0]?.name ?? ''])
        add(time, measure, roundDecimal(value ?? '0')?.units ?? 0n);
  return times.flatMap(({ name: time }, index) =>
    measures.flatMap(({ name: measure }, position) => {
      const total = roundDecimal(totals[index]?.[position] ?? '0')?.units ?? 0n;
      const sum = sums.get(`${time}\n${position}`) ?? 0n;
      const allowed = cent + absolute(total) / 10_000n;
      return absolute(sum - total) > allowed ? [{ time, measure, sum: unitsText(sum), total: unitsText(total) }] : [];
    }),
  );
}

const cent = 100_000_000n;
