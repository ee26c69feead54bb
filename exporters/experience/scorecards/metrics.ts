/** The families of scorecards. `rank` 1 is the lowest level of a scorecard, 0 what is below it. */
import { defineMetric } from '../../core/metric.ts';
import { sqlIn } from '../../findings/sql.ts';

const sql = sqlIn(new URL('./views/', import.meta.url));
const reads = ['scorecard_standings', 'owners'];

export const scorecardEntities = defineMetric({
  name: 'devex_scorecard_entities',
  kind: 'state',
  help: 'Entities by the level of a scorecard that they have reached; level "none" with rank 0 below the first level, and where the scorecard has none.',
  unit: 'count',
  labels: ['team', 'scorecard', 'rank', 'level'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql('standing_spans', 'standings_at', 'entities'),
});

export const scorecardLevelInfo = defineMetric({
  name: 'devex_scorecard_level_info',
  kind: 'state',
  help: 'The levels of a scorecard: 1 for each, rank 1 is the lowest.',
  unit: 'info',
  labels: ['scorecard', 'rank', 'level'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads: ['scorecard_levels'],
  sql: sql('level_info'),
});

export const scorecardScoreRatio = defineMetric({
  name: 'devex_scorecard_score_ratio',
  kind: 'state',
  help: 'Points of a scorecard that a service has, of those that it could have; services that are furthest behind, as many as the setting top_services says.',
  unit: 'ratio',
  labels: ['team', 'service', 'scorecard'],
  additive: false,
  level: 'service',
  maxSeries: 10_000,
  reads: [...reads, 'scorecard_settings'],
  sql: sql('standing_spans', 'standings_at', 'service_ratios', 'score_ratio'),
});

export const scorecardTeamScoreRatio = defineMetric({
  name: 'devex_team_scorecard_score_ratio',
  kind: 'state',
  help: "Points of a scorecard that a team's entities have, of those that they could have: mean and median over its entities.",
  unit: 'ratio',
  labels: ['team', 'scorecard', 'statistic'],
  additive: false,
  level: 'team',
  maxSeries: 3_000,
  reads,
  sql: sql('standing_spans', 'standings_at', 'team_level', 'ratio_statistics', 'statistics'),
});

export const scorecardOrganisationScoreRatio = defineMetric({
  name: 'devex_organisation_scorecard_score_ratio',
  kind: 'state',
  help: "Points of a scorecard that the organisation's entities have, of those that they could have: mean and median over its entities.",
  unit: 'ratio',
  labels: ['scorecard', 'statistic'],
  additive: false,
  level: 'organisation',
  maxSeries: 200,
  reads,
  sql: sql('standing_spans', 'standings_at', 'organisation_level', 'ratio_statistics', 'statistics'),
});

export const scorecardMoves = defineMetric({
  name: 'devex_scorecard_moves',
  kind: 'state',
  help: 'Entities by whether they stand on a higher (up), a lower (down) or the same level of a scorecard as 30 days before; of those that were in it then, by the same number of levels.',
  unit: 'count',
  labels: ['team', 'scorecard', 'direction', 'window'],
  additive: true,
  maxSeries: 2_000,
  reads,
  everySeconds: 3_600,
  sql: sql('standing_spans', 'standings_at', 'moves', 'moves_by_direction'),
});

export const scorecardLastEvaluation = defineMetric({
  name: 'devex_scorecard_last_evaluation_timestamp_seconds',
  kind: 'state',
  help: 'When any entity of a scorecard was evaluated last, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: ['scorecard'],
  additive: false,
  level: 'organisation',
  maxSeries: 100,
  reads: ['scorecard_evaluations', 'scorecard_standings'],
  sql: sql('standing_spans', 'last_evaluation'),
});

export const scorecardsMetrics = [
  ...[scorecardEntities, scorecardLevelInfo, scorecardScoreRatio, scorecardTeamScoreRatio],
  ...[scorecardOrganisationScoreRatio, scorecardMoves, scorecardLastEvaluation],
] as const;
