import { defineMetric } from '../../exporters/core/metric.ts';

/** One family of each kind, so that these tests don't change with what the exporters offer. */
const common = { maxSeries: 10, reads: [], sql: '' } as const;
const money = ['team', 'service', 'cost_basis', 'currency'] as const;

export const daily = defineMetric({
  ...common,
  name: 'test_cost_daily',
  kind: 'daily',
  help: 'Cost of a day.',
  unit: 'currency',
  labels: money,
  additive: true,
});
export const monthly = defineMetric({
  ...common,
  name: 'test_month_cost',
  kind: 'state',
  help: 'Cost of a month.',
  unit: 'currency',
  labels: money,
  additive: true,
});
export const previous = defineMetric({
  ...common,
  name: 'test_previous_cost',
  kind: 'state',
  help: 'Cost of the month before.',
  unit: 'currency',
  labels: money,
  additive: true,
});
export const share = defineMetric({
  ...common,
  name: 'test_untagged_ratio',
  kind: 'state',
  help: 'A share.',
  unit: 'ratio',
  labels: ['team', 'currency'],
  additive: false,
});
export const newest = defineMetric({
  ...common,
  name: 'test_newest_timestamp_seconds',
  kind: 'state',
  help: 'A time.',
  unit: 'timestamp_seconds',
  labels: ['provider'],
  additive: false,
});
export const deployments = defineMetric({
  ...common,
  name: 'test_deployments_total',
  kind: 'count',
  help: 'Events.',
  unit: 'count',
  labels: ['team', 'service'],
  additive: true,
});
export const leadTime = defineMetric({
  ...common,
  name: 'test_lead_time_seconds',
  kind: 'histogram',
  help: 'A distribution.',
  unit: 'seconds',
  labels: ['team'],
  additive: true,
  buckets: [60, 3600],
});
