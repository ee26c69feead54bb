/**
 * Mistakes in a query that must not compile. promql-types.test.ts compiles this file as it is, and once more without
 * the marks to see each mistake refused in words that a reader understands. It is never run.
 */

import {
  averageBy,
  compare,
  dayBars,
  daysSum,
  increaseExact,
  joinOn,
  labelledBy,
  latest,
  maxBy,
  minus,
  plus,
  type Query,
  rate,
  sum,
  sumBy,
  twin,
} from '../../dashboards/lib/promql.ts';
import * as metrics from '../../exporters/cost/metrics.ts';
import { daily, deployments, monthly, share } from './sample-metrics.ts';

const byTeam = sumBy(['team'], latest(deployments));

const elsewhere = { renamed: 'x', team: 'shop' };

export const wrong = [
  // @ts-expect-error a name that no exporter has
  latest(metrics.montToDate),
  // @ts-expect-error a label that the metric doesn't have
  latest(monthly, { tema: 'payments' }),
  // @ts-expect-error such a label by the spread of other matchers
  latest(monthly, { ...elsewhere, team: 'payments' }),
  // @ts-expect-error such a label by other matchers
  latest(monthly, elsewhere),
  // @ts-expect-error grouped by such a label
  sumBy(['serivce'], latest(monthly)),
  // @ts-expect-error a daily family has no value now, but a twin
  latest(daily),
  // @ts-expect-error a state has no days
  dayBars(monthly),
  // @ts-expect-error only a daily family has a twin
  twin(monthly),
  // @ts-expect-error the rate of a gauge
  rate(monthly, '5m'),
  // @ts-expect-error the increase of a gauge
  increaseExact(monthly, '7d'),
  // @ts-expect-error a sum over a ratio
  sum(latest(share)),
  // @ts-expect-error a sum over a ratio, by a label
  sumBy(['team'], latest(share)),
  // @ts-expect-error a mean of ratios
  averageBy(['team'], latest(share)),
  // @ts-expect-error a sum over maxima
  sum(maxBy(['team'], latest(deployments))),
  // @ts-expect-error a sum of what is partly a ratio
  sum(plus(latest(share), 1)),
  // @ts-expect-error a label that was aggregated away
  sumBy(['service'], byTeam),
  // @ts-expect-error a comparison with series of another label
  compare(byTeam, '>', sumBy(['service'], latest(deployments))),
  // @ts-expect-error a difference of such
  minus(byTeam, sumBy(['service'], latest(deployments))),
  // @ts-expect-error joined on a label that one side doesn't have
  joinOn(['service'], byTeam, '/', latest(deployments)),
  // @ts-expect-error a further label that the other side doesn't have
  labelledBy(['team'], byTeam, latest(share), ['service']),
  // @ts-expect-error a duration that PromQL doesn't know
  rate(deployments, '5 minutes'),
  // @ts-expect-error days of a count
  daysSum(deployments, 30),
] as const;

/** What these functions give keeps its labels and whether it can be summed. */
export const right: readonly Query[] = [
  sumBy(['team'], plus(latest(monthly, { cost_basis: 'effective', currency: 'EUR' }), 0)),
  sumBy(['team'], minus(latest(deployments), latest(deployments))),
  compare(maxBy(['team'], latest(share)), '>', 0.5),
  joinOn(['team'], latest(deployments), '/', byTeam),
];
