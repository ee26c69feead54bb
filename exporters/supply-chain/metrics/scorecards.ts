/** How the repositories of services are kept, as OpenSSF Scorecard says. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

export const scorecardScore = defineMetric({
  name: 'supply_chain_scorecard_score',
  kind: 'state',
  help: "The newest OpenSSF Scorecard of a service's repository, 0 to 10, by check and of the whole (all); of several repositories the lowest. Absent where it could not tell, and of services beyond the setting top_services, the lowest first.",
  unit: 'count',
  labels: ['team', 'service', 'check'],
  additive: false,
  level: 'service',
  maxSeries: 10_000,
  reads: ['repository_scores', 'owners', 'supply_chain_settings'],
  sql: sql('scores_at', 'scorecard_score'),
});

export const scorecardMetrics = [scorecardScore] as const;
