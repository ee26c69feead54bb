/** Reservations and savings plans: how much of them is used, how much of usage they cover, and what is wasted. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['charges', 'charge_keys'] as const;

export const commitmentUtilisation = defineMetric({
  name: 'finops_commitment_utilisation_ratio',
  kind: 'state',
  help: 'Used over all effective cost of a commitment in the last 30 complete days; commitment="unnamed" where the bill names none.',
  unit: 'ratio',
  labels: ['provider', 'commitment', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 2_000,
  reads,
  sql: sql('commitment_usage', 'commitment_utilisation'),
});

export const commitmentCoverage = defineMetric({
  name: 'finops_commitment_coverage_ratio',
  kind: 'state',
  help: 'Contracted cost of usage that commitments cover over that of all usage of a service category in the last 30 complete days.',
  unit: 'ratio',
  labels: ['provider', 'service_category', 'currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads,
  sql: sql('commitment_usage', 'commitment_coverage'),
});

export const unusedCommitment = defineMetric({
  name: 'finops_unused_commitment_cost',
  kind: 'state',
  help: 'Effective cost of the unused part of a commitment in the last 30 complete days.',
  unit: 'currency',
  labels: ['provider', 'commitment', 'currency'],
  additive: true,
  maxSeries: 2_000,
  reads,
  sql: sql('commitment_usage', 'unused_commitment'),
});

export const commitmentMetrics = [commitmentUtilisation, commitmentCoverage, unusedCommitment] as const;
