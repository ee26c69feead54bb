/**
 * Change lead time, per commit that reached production: to the end of the deployment that brought it, from its author
 * date (`clock="authored"`; a squash's from the pull request's first commit) or its commit date (`committed"`); `reach`
 * is the first, half or all of production's regions, `all` alone where there is one.
 */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import { histogramSql, sql } from './sql.ts';

const hour = 3_600;
const day = 24 * hour;
const buckets = [hour, 4 * hour, 12 * hour, day, 2 * day, 4 * day, 7 * day, 14 * day, 30 * day, 90 * day, 180 * day];

export const changeLeadTime = defineMetric({
  name: 'dora_change_lead_time_seconds',
  kind: 'histogram',
  help: 'Change lead time of each commit that reached production; clock is the date it starts from, reach the share of regions it ends at.',
  unit: 'seconds',
  labels: ['team', 'service', 'environment', 'clock', 'reach'],
  additive: true,
  buckets,
  maxSeries: 40_000,
  reads: ['counted_changes'],
  sql: histogramSql(buckets, {
    measured: 'measured_changes',
    seconds: ['authored', 'committed'],
    steps: 'change_steps',
  }),
});

export const leadTimeChanges = defineMetric({
  name: 'dora_lead_time_changes',
  kind: 'state',
  help: 'Commits with a lead time that reached production in the last 7, 30 and 90 days: the n of the quantiles.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'clock', 'reach', 'window'],
  additive: true,
  maxSeries: 40_000,
  reads: ['deployed_changes', 'rollouts'],
  sql: sql('change_spans', 'lead_times', 'counted_lead_times', 'windows', 'window_steps', 'window_counts'),
});

export const excludedChanges = defineMetric({
  name: 'dora_excluded_changes',
  kind: 'state',
  help: 'Commits that reached production in the last 7, 30 and 90 days without a lead time, by reason: merge, after_deployment (dates lie), no_date, bot, deployed_before.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'reason', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads: ['deployed_changes'],
  sql: sql('change_spans', 'counted_exclusions', 'windows', 'window_steps', 'window_counts'),
});

export const changeLeadTimeQuantile = atLevels('change_lead_time_quantile_seconds', {
  help: 'Exact quantiles of {of} change lead time over the commits that reached production in the last 7, 30 and 90 days; absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['clock', 'reach', 'window', 'percentile'],
  reads: ['deployed_changes', 'rollouts', 'dora_settings'],
  counted: ['change_spans', 'lead_times', 'lead_time_values'],
  told: ['window_quantiles'],
  // 90 days of changes are held for each instant.
  instantsAtOnce: 10,
});

export const leadTimeMetrics = [
  ...[changeLeadTime, leadTimeChanges, excludedChanges],
  ...everyLevel(changeLeadTimeQuantile),
] as const;
