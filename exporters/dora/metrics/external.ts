/**
 * What other tools compute of the same delivery, beside ours, for who compares before he moves. Each keeps its own
 * definitions (see the sources), a window is whole UTC days, and a label team or service is empty where a value is not of
 * one: values of the organisation, of teams and of services stand side by side, so no sum over them means anything.
 */
import { defineMetric } from '../../core/metric.ts';
import { sqlAfter } from './sql.ts';

const reads = ['external_metrics', 'external_words', 'owners'] as const;
const common = { kind: 'state', additive: false, maxSeries: 10_000, reads } as const;

const sqlOf = (metric: string, select: 'external_statistics' | 'external_ratios' | 'external_counts') =>
  sqlAfter(`asked_metric AS (SELECT '${metric}' AS metric)`, 'external_newest', select);

export const externalChangeLeadTime = defineMetric({
  ...common,
  name: 'dora_external_change_lead_time_seconds',
  help: 'Change lead time as another tool computes it, by the statistic that it offers: p50, p75, p90 or mean.',
  unit: 'seconds',
  labels: ['tool', 'team', 'service', 'statistic', 'window'],
  sql: sqlOf('change_lead_time', 'external_statistics'),
});

export const externalDeployments = defineMetric({
  ...common,
  name: 'dora_external_deployments',
  help: 'Deployments as another tool counts them; of the organisation, of teams and of services side by side.',
  unit: 'count',
  labels: ['tool', 'team', 'service', 'window'],
  sql: sqlOf('deployments', 'external_counts'),
});

export const externalChangeFailRatio = defineMetric({
  ...common,
  name: 'dora_external_change_fail_ratio',
  help: 'Change fail rate as another tool computes it; one that divides incidents by deployments may exceed 1.',
  unit: 'ratio',
  labels: ['tool', 'team', 'service', 'window'],
  sql: sqlOf('change_fail_ratio', 'external_ratios'),
});

export const externalRecoveryTime = defineMetric({
  ...common,
  name: 'dora_external_recovery_time_seconds',
  help: 'Time to recover as another tool computes it, by the statistic that it offers: p50, p75, p90 or mean.',
  unit: 'seconds',
  labels: ['tool', 'team', 'service', 'statistic', 'window'],
  sql: sqlOf('recovery_time', 'external_statistics'),
});

export const externalReworkRatio = defineMetric({
  ...common,
  name: 'dora_external_rework_ratio',
  help: 'Deployment rework rate as another tool computes it.',
  unit: 'ratio',
  labels: ['tool', 'team', 'service', 'window'],
  sql: sqlOf('rework_ratio', 'external_ratios'),
});

export const externalMetrics = [
  ...[externalChangeLeadTime, externalDeployments, externalChangeFailRatio],
  ...[externalRecoveryTime, externalReworkRatio],
] as const;
