/**
 * Pull requests that reached production, with their stages: coding (first commit to opened or ready), review (to the
 * last approval, else the merge), merge (approval to merge), deploy (merge to the deployment's end), total.
 */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import { histogramSql, sql } from './sql.ts';

const hour = 3_600;
const day = 24 * hour;
const buckets = [hour / 4, hour, 4 * hour, 12 * hour, day, 2 * day, 4 * day, 7 * day, 14 * day, 30 * day, 90 * day];

export const pullRequestStage = defineMetric({
  name: 'dora_pull_request_stage_seconds',
  kind: 'histogram',
  help: 'How long pull requests that reached production spent in each stage.',
  unit: 'seconds',
  labels: ['team', 'service', 'environment', 'stage'],
  additive: true,
  buckets,
  maxSeries: 40_000,
  reads: ['deployed_pull_requests'],
  sql: histogramSql(buckets, { measured: 'measured_stages', seconds: ['seconds'], steps: 'stage_steps' }),
});

export const deployedPullRequests = defineMetric({
  name: 'dora_deployed_pull_requests',
  kind: 'state',
  help: 'Pull requests that reached production in the last 7, 30 and 90 days, without those of bots: the n of the quantiles of total.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'window'],
  additive: true,
  maxSeries: 10_000,
  reads: ['deployed_pull_requests'],
  sql: sql('pull_request_spans', 'counted_pull_requests', 'windows', 'window_steps', 'window_counts'),
});

export const pullRequestStageQuantile = atLevels('pull_request_stage_quantile_seconds', {
  help: 'Exact quantiles of how long {of} pull requests that reached production in the last 7, 30 and 90 days spent in each stage; absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['stage', 'window', 'percentile'],
  reads: ['deployed_pull_requests', 'dora_settings'],
  counted: ['pull_request_spans', 'counted_stages'],
  told: ['window_quantiles'],
  instantsAtOnce: 20,
});

export const pullRequestMetrics = [
  pullRequestStage,
  deployedPullRequests,
  ...everyLevel(pullRequestStageQuantile),
] as const;
