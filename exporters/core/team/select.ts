/** Picks of a team's series what a number is made of. */
import type { TeamSeries } from './page-series.ts';

type Where<Label extends string> = Readonly<Partial<Record<Label, string | readonly string[]>>>;

/** Those whose labels have the values, or one of several. */
export const select = <Label extends string, Series extends TeamSeries<Label>>(
  series: readonly Series[] & readonly TeamSeries<Label>[],
  where: Where<Label>,
): readonly Series[] =>
  series.filter(({ labels }) =>
    (Object.entries(where) as [Label, string | readonly string[]][]).every(([label, wanted]) =>
      typeof wanted === 'string' ? labels[label] === wanted : wanted.includes(labels[label] ?? ''),
    ),
  );

export const sumOf = (series: readonly TeamSeries[]): number => series.reduce((sum, { value }) => sum + value, 0);

/** How many are counted; 0 where others of what was measured are; undefined where nothing was measured. */
export const countOf = <Label extends string>(
  series: readonly TeamSeries<Label>[],
  where: Where<Label>,
  isMeasured: boolean = series.length > 0,
): number | undefined => (isMeasured ? sumOf(select(series, where)) : undefined);

/** The one value; the largest of several. */
export const highestOf = <Label extends string>(
  series: readonly TeamSeries<Label>[],
  where: Where<Label> = {} as Where<Label>,
): number | undefined => {
  const values = select(series, where).map(({ value }) => value);
  return values.length === 0 ? undefined : Math.max(...values);
};

export const earliestOf = (series: readonly TeamSeries[]): number | undefined =>
  series.length === 0 ? undefined : Math.min(...series.map(({ value }) => value));

/** Values of a label in the order of a list, the others after them by name. */
export const valuesOf = <Label extends string>(
  series: readonly TeamSeries<Label>[],
  label: Label,
  order: readonly string[] = [],
): readonly string[] => {
  const rank = (value: string) => (order.includes(value) ? order.indexOf(value) : order.length);
  return [...new Set(series.map(({ labels }) => labels[label] ?? ''))].sort(
    (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1),
  );
};
