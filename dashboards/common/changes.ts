import { costChange } from '../../exporters/cost/metrics.ts';
import { absolute, and, compare, type LabelValue, latest, or, type Query, sumBy, times, topk } from '../lib/promql.ts';

const by = ['team', 'service'] as const;
type By = (typeof by)[number];

interface Of {
  readonly currency: LabelValue;
  readonly team: LabelValue;
  readonly service?: LabelValue;
  /** `month`: the last complete month against the one before; `30d`: the last 30 days against the 30 before. */
  readonly period: 'month' | '30d';
}

/**
 * The `n` services whose cost moved most, up or down: their change, and the part of it that a reason explains, 0 where
 * it explains none.
 */
export function movers(n: number, of: Of) {
  const all = sumBy(by, latest(costChange, of));
  const moved = compare(all, '!=', 0);
  const change = and(moved, topk(n, absolute(moved)));
  const because = (reason: string): Query<By, true> =>
    and(or(sumBy(by, latest(costChange, { ...of, reason })), times(all, 0)), change);
  return { change, because };
}
