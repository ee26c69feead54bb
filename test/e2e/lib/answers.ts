/** What two servers answer to one query: whether it is the same series with the same values at the same instants. */
import { promQuery, promQueryRange } from '../../tools/promql.ts';

export interface Asked {
  readonly expr: string;
  /** At one instant, in Unix seconds, or at each step between two. */
  readonly when: number | { readonly start: number; readonly end: number; readonly step: number };
}

/** Values by labels, and by instant where there are several. */
type Answer = ReadonlyMap<string, number>;

const closeTo = 1e-9;
/** Seconds: VictoriaMetrics keeps some fifteen digits of a time, which is less than a microsecond. */
const momentsCloseTo = 1e-6;
const shown = 3;

/**
 * How the other server's answer differs from the first one's, in a sentence; undefined where it doesn't. Values may differ
 * by a billionth, since sums are added up in another order, and what is left of two times by a microsecond. Where the query
 * sorts, the order of values counts; series of the same value stand in no order.
 */
export async function difference(first: string, other: string, asked: Asked): Promise<string | undefined> {
  const [expected, found] = await Promise.all([answerOf(first, asked), answerOf(other, asked)]);
  const isTime = asked.expr.includes('time()');
  const isSame = (one: number, its: number): boolean =>
    Object.is(one, its) ||
    Math.abs(one - its) <= Math.max(closeTo * Math.max(1, Math.abs(one), Math.abs(its)), isTime ? momentsCloseTo : 0);
  const told = [
    list('lacks', [...expected].filter(([key]) => !found.has(key)).map(textOf)),
    list('adds', [...found].filter(([key]) => !expected.has(key)).map(textOf)),
    list(
      'differs in',
      [...expected].flatMap(([key, value]) => {
        const its = found.get(key);
        return its === undefined || isSame(value, its) ? [] : [`${key} ${its} instead of ${value}`];
      }),
    ),
  ].flat();
  if (told.length > 0) return told.join('; ');
  if (!asked.expr.startsWith('sort_desc(')) return undefined;
  const inOrder = [...found.values()];
  return [...expected.values()].every((value, index) => isSame(value, inOrder[index] ?? Number.NaN))
    ? undefined
    : 'sorts otherwise';
}

async function answerOf(url: string, { expr, when }: Asked): Promise<Answer> {
  if (typeof when === 'number')
    return new Map((await promQuery(url, expr, when)).map(({ labels, value }) => [keyOf(labels), value]));
  const series = await promQueryRange(url, expr, when);
  return new Map(
    series.flatMap(({ labels, values }) => {
      const key = keyOf(labels);
      return values.map(({ at, value }) => [`${key} at ${at}`, value] as const);
    }),
  );
}

const keyOf = (labels: Readonly<Record<string, string>>): string =>
  `{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .sort()
    .join(', ')}}`;

const textOf = ([key, value]: readonly [string, number]): string => `${key} ${value}`;

const list = (verb: string, all: readonly string[]): readonly string[] =>
  all.length === 0 ? [] : [`${verb} ${all.length} of its values: ${all.slice(0, shown).join(', ')}`];
