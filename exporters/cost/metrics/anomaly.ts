/**
 * The newest settled day of each team's services against what its weekday let expect. Only Usage counts, and only a day
 * that is complete, no longer estimated and delivered: neither a tax nor a bill that is still arriving is an anomaly.
 * Of each currency, the `top_services` largest by what they cost or should have.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const usageDays = (last: string) =>
  sql(
    ...[
      'runs_of_newest_day',
      'usage_of_services',
      'settled_days',
      'ledger_history',
      'weekday_shares',
      'usage_levels',
      'usage_day',
    ],
    last,
  );
const common = {
  kind: 'state',
  labels: ['team', 'service', 'cost_basis', 'currency'],
  maxSeries: 10_000,
  everySeconds: 86_400,
  reads: ['allocations', 'cost_settings'],
} as const;

export const usageDayCost = defineMetric({
  ...common,
  name: 'finops_usage_day_cost',
  help: "Usage of a team's service on its newest settled day.",
  unit: 'currency',
  additive: false,
  sql: usageDays('usage_day_actual'),
});

export const usageDayExpected = defineMetric({
  ...common,
  name: 'finops_usage_day_expected_cost',
  help: "What Usage of a team's service was expected to be on its newest settled day: the level of the seven days before it, by weekday.",
  unit: 'currency',
  additive: false,
  sql: usageDays('usage_day_expected'),
});

export const usageDayDeviation = defineMetric({
  ...common,
  name: 'finops_usage_day_deviation_ratio',
  help: 'Usage of the newest settled day less the expected, over the larger of both; 1 is new, 0.5 is twice the expected, -1 is gone.',
  unit: 'ratio',
  additive: false,
  level: 'service',
  sql: usageDays('usage_day_deviation'),
});

export const usageDayScore = defineMetric({
  ...common,
  name: 'finops_usage_day_anomaly_score',
  help: 'Usage of the newest settled day less the expected, in robust standard deviations of the days before it.',
  unit: 'count',
  additive: false,
  level: 'service',
  sql: usageDays('usage_day_score'),
});

export const settledDay = defineMetric({
  name: 'finops_settled_day_timestamp_seconds',
  kind: 'state',
  help: "Start of the newest day that is settled for all of a team's services, in seconds since 1970: complete, no longer estimated and delivered.",
  unit: 'timestamp_seconds',
  labels: ['team', 'currency'],
  additive: false,
  maxSeries: 1_000,
  everySeconds: 86_400,
  reads: ['allocations', 'cost_settings'],
  sql: sql('runs_of_newest_day', 'usage_of_services', 'settled_days', 'settled_day'),
});

export const anomalyMetrics = [usageDayCost, usageDayExpected, usageDayDeviation, usageDayScore, settledDay] as const;
