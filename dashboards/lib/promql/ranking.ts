import { sum, sumBy, topk } from './aggregates.ts';
import { vector } from './functions.ts';
import { compared, type Exactly, type Matchers } from './matchers.ts';
import { andOn, or, unlessOn } from './operators.ts';
import type { Query, Readable } from './query.ts';
import { dayBars, rangeSum } from './selectors.ts';

/**
 * Day bars of the `n` greatest by their sum over the dashboard's time range, and the sum of all the others, 0 where
 * there are none: a chart of hundreds of series can't be read, and one whose members change by the day misleads.
 */
export function largestDays<const By extends Label, Label extends string, M extends Matchers<Label>>(
  n: number,
  by: readonly By[],
  metric: Readable<string, 'daily', Label, true>,
  matchers: Exactly<M, Label>,
): { readonly largest: Query<By, true>; readonly others: Query<never, true> } {
  const days = sumBy(by, dayBars(metric, compared(matchers)));
  const ranked = topk(n, sumBy(by, rangeSum(metric, compared(matchers))));
  return { largest: andOn(by, days, ranked), others: or(sum(unlessOn(by, days, ranked)), vector(0)) };
}
