/** Failed deployment recovery time, incidents, and the older time to restore beside it. */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import { sql } from './sql.ts';

const reads = ['production_deployments', 'verdicts'] as const;

export const recoveredDeployments = defineMetric({
  name: 'dora_recovered_deployments',
  kind: 'state',
  help: 'Failed deployments that were recovered in the last 7, 30 and 90 days: the n of the quantiles.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'window'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'counted_recovered', 'windows', 'window_steps', 'window_counts'),
});

export const unrecoveredDeployments = defineMetric({
  name: 'dora_unrecovered_deployments',
  kind: 'state',
  help: 'Failed deployments that nothing has remedied yet, whenever they were.',
  unit: 'count',
  labels: ['team', 'service', 'environment'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'unrecovered', 'unrecovered_deployments'),
});

export const oldestUnrecoveredFailure = defineMetric({
  name: 'dora_oldest_unrecovered_failure_timestamp_seconds',
  kind: 'state',
  help: 'When the oldest failed deployment that nothing has remedied yet finished, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: ['team', 'service', 'environment'],
  additive: false,
  maxSeries: 5_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'unrecovered', 'oldest_unrecovered'),
});

export const failedDeploymentRecoveryQuantile = atLevels('failed_deployment_recovery_quantile_seconds', {
  help: "Exact quantiles of {of} time from a failed deployment's end to the end of what remedied it, else to its incident's resolution, over those recovered in the last 7, 30 and 90 days; absent below the minimum of samples.",
  unit: 'seconds',
  labels: ['window', 'percentile'],
  reads: [...reads, 'dora_settings'],
  counted: ['deployment_spans', 'verdict_spans', 'recovered'],
  told: ['window_quantiles'],
});

export const incidents = defineMetric({
  name: 'dora_incidents',
  kind: 'state',
  help: 'Incidents in production that began in the last 7, 30 and 90 days, by their status: open, resolved, cancelled, deleted.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'status', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads: ['incident_links'],
  sql: sql('incident_spans', 'counted_incidents', 'windows', 'window_steps', 'window_counts'),
});

export const unmatchedIncidents = defineMetric({
  name: 'dora_unmatched_incidents',
  kind: 'state',
  help: 'Incidents that began in the last 7, 30 and 90 days and are linked to no deployment, by reason: no_service, no_deployment (none in time), unknown_deployment, unknown_commit, not_production.',
  unit: 'count',
  labels: ['team', 'reason', 'window'],
  additive: true,
  maxSeries: 5_000,
  reads: ['incident_links'],
  sql: sql('incident_spans', 'counted_unmatched', 'windows', 'window_steps', 'window_counts'),
});

export const incidentRestoreQuantile = atLevels('incident_restore_quantile_seconds', {
  help: 'Exact quantiles of how long {of} production incidents were open, over those resolved in the last 7, 30 and 90 days: the older time to restore, deployments or not; absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['window', 'percentile'],
  reads: ['incident_links', 'dora_settings'],
  counted: ['incident_spans', 'restored'],
  told: ['window_quantiles'],
});

export const recoveryMetrics = [
  ...[recoveredDeployments, unrecoveredDeployments, oldestUnrecoveredFailure],
  ...everyLevel(failedDeploymentRecoveryQuantile),
  ...[incidents, unmatchedIncidents],
  ...everyLevel(incidentRestoreQuantile),
] as const;
