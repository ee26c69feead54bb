/**
 * What respondents of DORA's surveys said, as the Quick Check of dora.dev holds a team's answers against: mean and
 * standard deviation by edition and industry, on its scale of 0 to 10. Transcribed from
 * svelte/quick-check/src/lib/data/editions of dora-team/dora.dev (commit fcaf07b49791; DORA, Apache-2.0, its texts
 * CC BY 4.0). Those files count failures and rework as tenths of a percentage, so 1.9 is 19 %; `benchmarks` turns these
 * around as the Quick Check does, so that 10 is best everywhere.
 */
import { type QuickCheckMetric, type QuickCheckParts, quickCheckSummary } from './quick-check.ts';

export interface Benchmark {
  readonly edition: number;
  readonly industry: string;
  readonly metric: QuickCheckMetric;
  /** 0 to 10; 10 is best. */
  readonly mean: number;
  /** Undefined where the mean is one of means, of which nothing says how they vary together. */
  readonly deviation: number | undefined;
}

/** Mean and standard deviation. */
type Said = readonly [mean: number, deviation: number];

interface Answers {
  readonly industry: string;
  readonly leadTime: Said;
  readonly frequency: Said;
  readonly recovery: Said;
  /** Tenths of a percentage, as is `rework`. */
  readonly failures: Said;
  /** Asked since 2025, as are the two means that DORA publishes beside it. */
  readonly rework?: Said;
  readonly throughput?: Said;
  readonly instability?: Said;
}

const answers2024: readonly Answers[] = [
  {
    industry: 'all',
    ...{ leadTime: [5.1, 2.6], frequency: [5.3, 2.9], recovery: [7.5, 2.3], failures: [1.7, 2] },
  },
  {
    industry: 'technology',
    ...{ leadTime: [5.4, 2.5], frequency: [5.5, 2.9], recovery: [7.7, 2.1], failures: [1.6, 1.9] },
  },
  {
    industry: 'financial_services',
    ...{ leadTime: [4.9, 2.4], frequency: [5.2, 2.7], recovery: [7.9, 1.9], failures: [1.6, 1.8] },
  },
  {
    industry: 'consumer',
    ...{ leadTime: [5.8, 2.6], frequency: [6.3, 3], recovery: [8, 1.9], failures: [1.5, 1.6] },
  },
  {
    industry: 'telecommunications',
    ...{ leadTime: [4.8, 2.5], frequency: [4.9, 2.7], recovery: [7.2, 2.3], failures: [1.9, 2] },
  },
  {
    industry: 'media_entertainment',
    ...{ leadTime: [5.7, 2.7], frequency: [5.7, 2.7], recovery: [7.9, 2.4], failures: [1.5, 1.9] },
  },
  {
    industry: 'healthcare_pharmaceuticals',
    ...{ leadTime: [4.6, 2.6], frequency: [4.4, 2.6], recovery: [7.4, 2.5], failures: [1.4, 1.5] },
  },
  {
    industry: 'insurance',
    ...{ leadTime: [4.4, 2.5], frequency: [4.9, 3], recovery: [6.9, 2.6], failures: [1.8, 2.2] },
  },
  {
    industry: 'government',
    ...{ leadTime: [4.6, 2.6], frequency: [4.4, 2.6], recovery: [6.8, 2.1], failures: [2.4, 2.3] },
  },
  {
    industry: 'education',
    ...{ leadTime: [4.8, 3.1], frequency: [5.1, 3.2], recovery: [6.6, 3], failures: [1.6, 2.1] },
  },
  {
    industry: 'industrials_manufacturing',
    ...{ leadTime: [4.8, 2.4], frequency: [4.9, 2.9], recovery: [6.6, 2.6], failures: [1.7, 1.9] },
  },
  {
    industry: 'energy',
    ...{ leadTime: [4.6, 2.5], frequency: [4.9, 3.1], recovery: [6.6, 2.9], failures: [2.7, 2.7] },
  },
  {
    industry: 'non_profit',
    ...{ leadTime: [5.6, 3.1], frequency: [4.9, 2.5], recovery: [7.6, 2], failures: [1.5, 2.3] },
  },
  {
    industry: 'other',
    ...{ leadTime: [5.5, 2.4], frequency: [5.6, 2.9], recovery: [7.8, 2.1], failures: [1.7, 1.9] },
  },
];

const answers2025: readonly Answers[] = [
  {
    industry: 'all',
    ...{ leadTime: [5.5, 2.4], frequency: [4.8, 2.8], recovery: [7.4, 2.1], failures: [1.9, 2.1] },
    ...{ rework: [2.2, 2.2], throughput: [6, 2.1], instability: [2.1, 2] },
  },
  {
    industry: 'technology',
    ...{ leadTime: [5.7, 2.4], frequency: [4.9, 2.8], recovery: [7.4, 2.1], failures: [1.9, 2] },
    ...{ rework: [2.3, 2.2], throughput: [6.1, 2.1], instability: [2.1, 2] },
  },
  {
    industry: 'financial_services',
    ...{ leadTime: [5.4, 2.3], frequency: [5.1, 2.6], recovery: [7.7, 1.9], failures: [1.7, 2.1] },
    ...{ rework: [1.9, 1.9], throughput: [6.1, 1.9], instability: [1.8, 1.8] },
  },
  {
    industry: 'consumer',
    ...{ leadTime: [5.9, 2.3], frequency: [5.3, 2.7], recovery: [7.8, 1.8], failures: [1.7, 2] },
    ...{ rework: [2, 1.9], throughput: [6.3, 2], instability: [1.8, 1.7] },
  },
  {
    industry: 'telecommunications',
    ...{ leadTime: [5.2, 2.4], frequency: [4.7, 2.6], recovery: [7.2, 2.3], failures: [2.4, 2.5] },
    ...{ rework: [2.6, 2.5], throughput: [5.7, 2.1], instability: [2.5, 2.4] },
  },
  {
    industry: 'media_entertainment',
    ...{ leadTime: [5.8, 2.4], frequency: [5.2, 2.7], recovery: [7.6, 2.1], failures: [1.8, 1.8] },
    ...{ rework: [1.8, 1.7], throughput: [6.2, 2.2], instability: [1.8, 1.6] },
  },
  {
    industry: 'healthcare_pharmaceuticals',
    ...{ leadTime: [5, 2.6], frequency: [4.3, 2.8], recovery: [7.1, 2.2], failures: [2.5, 2.3] },
    ...{ rework: [2.6, 2.4], throughput: [5.6, 2.2], instability: [2.5, 2.2] },
  },
  {
    industry: 'insurance',
    ...{ leadTime: [4.8, 2.2], frequency: [4.4, 2.5], recovery: [7.5, 1.8], failures: [1.7, 2] },
    ...{ rework: [1.8, 1.9], throughput: [5.7, 1.8], instability: [1.8, 1.8] },
  },
  {
    industry: 'government',
    ...{ leadTime: [4.8, 2.6], frequency: [4.3, 3], recovery: [7, 2.1], failures: [2.1, 2.2] },
    ...{ rework: [2.4, 2.2], throughput: [5.4, 2.3], instability: [2.3, 2] },
  },
  {
    industry: 'education',
    ...{ leadTime: [5.5, 2.6], frequency: [4.5, 2.9], recovery: [6.6, 2.6], failures: [2.7, 2.4] },
    ...{ rework: [2.9, 2.3], throughput: [5.6, 2.3], instability: [2.7, 2.1] },
  },
  {
    industry: 'industrials_manufacturing',
    ...{ leadTime: [4.9, 2.6], frequency: [3.7, 2.7], recovery: [6.5, 2.3], failures: [2, 1.9] },
    ...{ rework: [2.4, 2.3], throughput: [5.1, 2.3], instability: [2.2, 2] },
  },
  {
    industry: 'energy',
    ...{ leadTime: [5.4, 2.5], frequency: [4.5, 2.7], recovery: [7.2, 1.9], failures: [1.8, 1.8] },
    ...{ rework: [2.1, 1.9], throughput: [5.8, 2], instability: [1.9, 1.6] },
  },
  {
    industry: 'non_profit',
    ...{ leadTime: [5.9, 2.7], frequency: [4.5, 2.6], recovery: [7.5, 1.8], failures: [2.2, 2.8] },
    ...{ rework: [2.1, 2.5], throughput: [6.1, 2], instability: [2.2, 2.7] },
  },
  {
    industry: 'other',
    ...{ leadTime: [5.7, 2.4], frequency: [5, 2.7], recovery: [7.6, 2], failures: [1.6, 1.9] },
    ...{ rework: [2, 2], throughput: [6.1, 2.1], instability: [1.8, 1.7] },
  },
];

/** Every published value; the edition's year is the year of its report. */
export const benchmarks: readonly Benchmark[] = [
  ...answers2024.flatMap(answers => benchmarksOf(2024, answers)),
  ...answers2025.flatMap(answers => benchmarksOf(2025, answers)),
];

function benchmarksOf(edition: number, answers: Answers): Benchmark[] {
  const { industry, leadTime, frequency, recovery, failures, rework, throughput, instability } = answers;
  const parts: QuickCheckParts = {
    change_lead_time: leadTime[0],
    deployment_frequency: frequency[0],
    failed_deployment_recovery_time: recovery[0],
    change_fail_rate: turned(failures[0]),
    ...(rework === undefined ? {} : { deployment_rework_rate: turned(rework[0]) }),
  };
  const of = (metric: QuickCheckMetric, mean: number | undefined, deviation: number | undefined): Benchmark[] =>
    mean === undefined ? [] : [{ edition, industry, metric, mean, deviation }];
  return [
    ...of('change_lead_time', parts.change_lead_time, leadTime[1]),
    ...of('deployment_frequency', parts.deployment_frequency, frequency[1]),
    ...of('failed_deployment_recovery_time', parts.failed_deployment_recovery_time, recovery[1]),
    ...of('change_fail_rate', parts.change_fail_rate, failures[1]),
    ...of('deployment_rework_rate', parts.deployment_rework_rate, rework?.[1]),
    ...of('throughput', throughput?.[0], throughput?.[1]),
    ...of('stability', instability && turned(instability[0]), instability?.[1]),
    ...of('overall', quickCheckSummary(parts, edition).overall, undefined),
  ];
}

/** 0 is best of what is turned; decimals as published, without the noise of binary fractions. */
function turned(mean: number): number {
  return Number((10 - mean).toFixed(6));
}
