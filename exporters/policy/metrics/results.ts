/** What was looked at, violated or not: compliance is pass / (pass + fail), at any level, as these add up. */
import { defineMetric } from '../../core/metric.ts';
import { reportSpans, scopesAt, servicesFolded, tallySpans } from '../../findings/sql.ts';
import { sql } from './sql.ts';

export const results = defineMetric({
  name: 'policy_results',
  kind: 'state',
  help: 'Results of the newest reports of scopes that are not stale, by outcome: pass, fail, excepted, skip, error. Services beyond the setting top_services are "other".',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'engine', 'requirement', 'outcome'],
  additive: true,
  maxSeries: 20_000,
  reads: ['finding_tallies', 'finding_reports', 'owners', 'policy_rules', 'policy_settings'],
  everySeconds: 300,
  sql: sql(reportSpans, scopesAt, tallySpans, 'results_owned', servicesFolded, 'results'),
});

export const resultMetrics = [results] as const;
