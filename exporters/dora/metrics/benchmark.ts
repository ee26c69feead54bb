/**
 * What DORA has published, beside what was measured over the last 90 days: the Quick Check's scores (0 to 10, 10 is best)
 * with what respondents of an edition said by industry, and the bands of the reports of 2021 and 2023. They are for one
 * team to see itself over time: teams that deploy other things to other people can't be ranked by them.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql, sqlAfter } from './sql.ts';

const reads = ['production_deployments', 'deployed_changes', 'rollouts', 'verdicts', 'dora_settings'] as const;
type Level = 'team_level' | 'organisation_level';
type Files = readonly [string, ...string[]];

/** Each measure by the expressions that its own family is computed from, so that both say the same. */
const measures: readonly ((level: Level) => Files)[] = [
  level => ['change_spans', 'lead_times', 'lead_time_values', level, 'score_lead_time'],
  level => ['deployment_spans', 'counted_successes', level, 'score_frequency'],
  level => ['deployment_spans', 'verdict_spans', 'recovered', level, 'score_recovery'],
  level => ['deployment_spans', 'verdict_spans', 'shares_failed', level, 'score_fail_rate'],
];
const rework = (level: Level): Files => ['deployment_spans', 'verdict_spans', 'shares_rework', level, 'score_rework'];

const measured = (of: readonly ((level: Level) => Files)[], level: Level) =>
  `measured AS (\n${of.map(files => `(${sql(...files(level))})`).join('\nUNION ALL\n')}\n)`;

const scoreSql = (level: Level) =>
  sqlAfter(measured([...measures, rework], level), 'quick_check', 'quick_check_scores');
const bandSql = (level: Level) => sqlAfter(measured(measures, level), 'performance_bands');

const common = { kind: 'state', unit: 'count', additive: false, instantsAtOnce: 16 } as const;

export const teamQuickCheckScore = defineMetric({
  ...common,
  name: 'dora_team_quick_check_score',
  help: "A team's scores in DORA's Quick Check over the last 90 days, 0 to 10 and 10 is best: of each metric, of throughput, of stability and overall; absent below the minimum of samples.",
  labels: ['team', 'metric'],
  level: 'team',
  maxSeries: 8_000,
  reads: [...reads, 'quick_check_answers'],
  sql: scoreSql('team_level'),
});

export const organisationQuickCheckScore = defineMetric({
  ...common,
  name: 'dora_organisation_quick_check_score',
  help: "The organisation's scores in DORA's Quick Check over the last 90 days, 0 to 10 and 10 is best: of each metric, of throughput, of stability and overall; absent below the minimum of samples.",
  labels: ['metric'],
  level: 'organisation',
  maxSeries: 8,
  reads: [...reads, 'quick_check_answers'],
  sql: scoreSql('organisation_level'),
});

export const quickCheckBenchmarkScore = defineMetric({
  ...common,
  name: 'dora_quick_check_benchmark_score',
  help: "The mean of what respondents of an industry scored in the Quick Check of a year's report, 0 to 10 and 10 is best.",
  labels: ['metric', 'industry', 'year'],
  level: 'organisation',
  maxSeries: 500,
  reads: ['quick_check_benchmarks'],
  sql: sql('quick_check_benchmarks'),
});

export const teamPerformanceBand = defineMetric({
  ...common,
  name: 'dora_team_performance_band',
  help: "Which band of a year's report a team's metric of the last 90 days falls in: 1 for that one, 0 for the others; absent below the minimum of samples.",
  labels: ['team', 'metric', 'year', 'band'],
  level: 'team',
  maxSeries: 20_000,
  reads: [...reads, 'performance_bands'],
  sql: bandSql('team_level'),
});

export const organisationPerformanceBand = defineMetric({
  ...common,
  name: 'dora_organisation_performance_band',
  help: "Which band of a year's report the organisation's metric of the last 90 days falls in: 1 for that one, 0 for the others; absent below the minimum of samples.",
  labels: ['metric', 'year', 'band'],
  level: 'organisation',
  maxSeries: 32,
  reads: [...reads, 'performance_bands'],
  sql: bandSql('organisation_level'),
});

export const benchmarkMetrics = [
  ...[teamQuickCheckScore, organisationQuickCheckScore, quickCheckBenchmarkScore],
  ...[teamPerformanceBand, organisationPerformanceBand],
] as const;
