/**
 * What pull requests were estimated to change in cost (Infracost), and what the service's usage did change: effective
 * cost of Usage charges, a month of 730 hours, between the 14 complete days before the merge and days 3 to 17 after it.
 * It is attributed to one pull request alone: where two of a service are merged within 17 days of one another, neither is.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['cost_estimates', 'estimate_services', 'owners', 'allocations', 'cost_settings'];
const labels = ['team', 'service', 'repository', 'pull_request'] as const;

/** The SQL that judges every pull request of the instants' last 180 days: `judged`, and `estimates` beside it. */
export const judgedSql = sql('estimates', 'estimates_judged');

export const estimatedChange = defineMetric({
  name: 'finops_estimate_monthly_cost_change',
  kind: 'state',
  help: "Change of monthly cost that Infracost estimated for a service's newest pull requests, by project; no sample where it could not.",
  unit: 'currency',
  labels: ['team', 'service', 'repository', 'project', 'pull_request', 'currency'],
  additive: true,
  maxSeries: 5_000,
  everySeconds: 3_600,
  reads,
  sql: sql('estimates', 'estimates_judged', 'estimate_change'),
});

export const actualChange = defineMetric({
  name: 'finops_estimate_actual_monthly_cost_change',
  kind: 'state',
  help: "Change of the service's monthly Usage cost that is attributed to a pull request: days 3 to 17 after its merge against the 14 complete days before.",
  unit: 'currency',
  labels: [...labels, 'currency'],
  additive: true,
  maxSeries: 5_000,
  everySeconds: 3_600,
  reads,
  sql: sql('estimates', 'estimates_judged', 'estimate_actual'),
});

export const estimateAttribution = defineMetric({
  name: 'finops_estimate_attribution',
  kind: 'state',
  help: "Whether a pull request's estimate is attributed, pending (not merged, or days 3 to 17 not billed yet) or unattributable (others overlap, or estimate or bill are unknown): 1 for what it is, 0 for the others.",
  unit: 'count',
  labels: [...labels, 'state'],
  additive: true,
  maxSeries: 15_000,
  everySeconds: 3_600,
  reads,
  sql: sql('estimates', 'estimates_judged', 'estimate_attribution'),
});

export const estimateAccuracy = defineMetric({
  name: 'finops_estimate_accuracy_ratio',
  kind: 'state',
  help: 'How near estimates of pull requests merged in the last 90 days came: 1 less the sum of errors over the sum of the larger of estimate and actual change, at least 0.',
  unit: 'ratio',
  labels: ['team', 'service', 'currency'],
  additive: false,
  level: 'service',
  maxSeries: 2_000,
  everySeconds: 3_600,
  reads,
  sql: sql('estimates', 'estimates_judged', 'estimate_accuracy'),
});

export const estimateMetrics = [estimatedChange, actualChange, estimateAttribution, estimateAccuracy] as const;
