/** Frequency: deployments to production, the days that have one, the pauses between them. */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import { sql } from './sql.ts';

export const deploymentsTotal = defineMetric({
  name: 'dora_deployments_total',
  kind: 'count',
  help: 'Deployments to production that have finished, by how; a deployment of several services counts for each.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'outcome'],
  additive: true,
  maxSeries: 10_000,
  reads: ['production_deployments'],
  sql: sql('deployments_total'),
});

export const deployments = defineMetric({
  name: 'dora_deployments',
  kind: 'state',
  help: 'Deployments to production that finished in the last 7, 30 and 90 days, as they are known by now; the frequency counts outcome="success".',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'outcome', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads: ['production_deployments'],
  sql: sql('deployment_spans', 'counted_deployments', 'windows', 'window_steps', 'window_counts'),
});

export const deploymentDates = atLevels('deployment_dates', {
  help: 'UTC days with {of} successful deployment to production in the last 7, 30 and 90 days.',
  unit: 'days',
  labels: ['window'],
  reads: ['production_deployments'],
  counted: ['deployment_spans', 'counted_successes'],
  told: ['window_days'],
});

export const deploymentRanges = defineMetric({
  name: 'dora_deployment_ranges',
  kind: 'state',
  help: 'Successful deployments by how their changes were found (range), or why they have no lead times: first, unknown_commit, capped (too long a pause), no_sha.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'basis', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads: ['production_deployments', 'deployment_ranges'],
  sql: sql('deployment_spans', 'counted_ranges', 'windows', 'window_steps', 'window_counts'),
});

export const lastDeployment = defineMetric({
  name: 'dora_last_deployment_timestamp_seconds',
  kind: 'state',
  help: 'When the last successful deployment to production finished, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: ['team', 'service', 'environment'],
  additive: false,
  maxSeries: 5_000,
  reads: ['production_deployments'],
  sql: sql('deployment_spans', 'last_deployments', 'last_deployment'),
});

export const deploymentInterval = defineMetric({
  name: 'dora_deployment_interval_quantile_seconds',
  kind: 'state',
  help: "Quantiles of the time between a service's consecutive successful deployments to production, over those that finished in the last 90 days; absent below the minimum of samples.",
  unit: 'seconds',
  labels: ['team', 'service', 'environment', 'percentile'],
  additive: false,
  level: 'service',
  maxSeries: 15_000,
  reads: ['production_deployments', 'dora_settings'],
  sql: sql('deployment_spans', 'deployment_interval'),
});

export const deploymentMetrics = [
  ...[deploymentsTotal, deployments],
  ...everyLevel(deploymentDates),
  ...[deploymentRanges, lastDeployment, deploymentInterval],
] as const;
