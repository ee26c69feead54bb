/** Instability: failed deployments over all but rollbacks, and rework over all; verdicts may change, so all is state. */
import { defineMetric } from '../../core/metric.ts';
import { atLevels, everyLevel } from './levels.ts';
import { sql } from './sql.ts';

const reads = ['production_deployments', 'verdicts'] as const;

export const changeDeployments = defineMetric({
  name: 'dora_change_deployments',
  kind: 'state',
  help: 'Deployments to production that finished in the last 7, 30 and 90 days, rollbacks excluded: what the fail ratio divides by.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'window'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql(
    'deployment_spans',
    'verdict_spans',
    'counted_change_deployments',
    'windows',
    'window_steps',
    'window_counts',
  ),
});

export const failedDeployments = defineMetric({
  name: 'dora_failed_deployments',
  kind: 'state',
  help: 'Deployments of the last 7, 30 and 90 days that failed in production, by what says so: rollback, revert, hotfix, cherry_pick, failed_deployment, incident.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'reason', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'counted_failed', 'windows', 'window_steps', 'window_counts'),
});

export const withdrawnDeployments = defineMetric({
  name: 'dora_withdrawn_deployments',
  kind: 'state',
  help: 'Deployments of the last 7, 30 and 90 days that a rollback took back together with the failed one before them.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'window'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'counted_withdrawn', 'windows', 'window_steps', 'window_counts'),
});

export const failedBeforeChangeDeployments = defineMetric({
  name: 'dora_failed_before_change_deployments',
  kind: 'state',
  help: 'Deployments of the last 7, 30 and 90 days that failed before they changed production, or are not known to have: no failures.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'window'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql(
    'deployment_spans',
    'verdict_spans',
    'counted_failed_before_change',
    'windows',
    'window_steps',
    'window_counts',
  ),
});

export const reworkDeployments = defineMetric({
  name: 'dora_rework_deployments',
  kind: 'state',
  help: 'Deployments of the last 7, 30 and 90 days that were not planned and made because of a production incident, by what says so: rollback, revert, hotfix, cherry_pick, incident.',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'reason', 'window'],
  additive: true,
  maxSeries: 20_000,
  reads,
  sql: sql('deployment_spans', 'verdict_spans', 'counted_rework', 'windows', 'window_steps', 'window_counts'),
});

export const changeFailRatio = atLevels('change_fail_ratio', {
  help: 'Share of {of} deployments to production of the last 7, 30 and 90 days that failed, rollbacks excluded; absent below the minimum of samples.',
  unit: 'ratio',
  labels: ['window'],
  reads: [...reads, 'dora_settings'],
  counted: ['deployment_spans', 'verdict_spans', 'shares_failed'],
  told: ['windows', 'share_steps', 'window_ratios'],
});

export const changeFailBaselineRatio = atLevels('change_fail_baseline_ratio', {
  help: 'Share of {of} deployments to production that failed, rollbacks excluded, over the 90 days before the last 30: what the last 30 are held against; absent below the minimum of samples.',
  unit: 'ratio',
  labels: [],
  reads: [...reads, 'dora_settings'],
  counted: ['deployment_spans', 'verdict_spans', 'shares_failed'],
  told: ['baseline_window', 'share_steps', 'window_ratios'],
});

export const deploymentReworkRatio = atLevels('deployment_rework_ratio', {
  help: 'Share of {of} deployments to production of the last 7, 30 and 90 days that were not planned and made because of a production incident; absent below the minimum of samples.',
  unit: 'ratio',
  labels: ['window'],
  reads: [...reads, 'dora_settings'],
  counted: ['deployment_spans', 'verdict_spans', 'shares_rework'],
  told: ['windows', 'share_steps', 'window_ratios'],
});

export const stabilityMetrics = [
  ...[changeDeployments, failedDeployments, withdrawnDeployments, failedBeforeChangeDeployments, reworkDeployments],
  ...everyLevel(changeFailRatio),
  ...everyLevel(changeFailBaselineRatio),
  ...everyLevel(deploymentReworkRatio),
] as const;
