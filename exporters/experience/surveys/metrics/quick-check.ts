/** What people answer to DORA's Quick Check, beside what its report's respondents did. */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels, sides } from './levels.ts';
import { sql } from './sql.ts';

const kind = 'quick_check';
const labels = { survey: 'survey', metric: 'subject' } as const;

export const quickCheckScore = atLevels('quick_check_score', {
  help: "Mean of {of} scores in DORA's Quick Check as people answered it in the newest wave, 0 to 10 and 10 is best: of each metric, of throughput, of stability and overall where all of their parts are told.",
  ...{ unit: 'count', kind, labels, value: 'value' },
});

export const quickCheckScoreInterval = atLevels('quick_check_score_interval', {
  help: 'Bounds (lower, upper) of the 95 % interval of {of} mean score in the Quick Check; of throughput, stability and overall it holds at least as much.',
  ...{ unit: 'count', kind, labels: { ...labels, bound: 'bound' }, ...sides('low', 'high') },
});

export const quickCheckResponses = atLevels('quick_check_responses', {
  help: 'The n of {of} mean score in the Quick Check.',
  ...{ unit: 'count', kind, labels, value: 'n' },
});

export const quickCheckBenchmark = defineMetric({
  name: 'devex_quick_check_benchmark_score',
  kind: 'state',
  help: "The mean of what respondents of an industry scored in the Quick Check of a year's report, 0 to 10 and 10 is best.",
  unit: 'count',
  labels: ['metric', 'industry', 'year'],
  additive: false,
  level: 'organisation',
  maxSeries: 500,
  reads: ['survey_benchmarks'],
  sql: sql('benchmark'),
});

export const quickCheckMetrics = [
  ...bothLevels(quickCheckScore),
  ...bothLevels(quickCheckScoreInterval),
  ...bothLevels(quickCheckResponses),
  quickCheckBenchmark,
] as const;
