/**
 * The scores of DORA's Quick Check (dora.dev/quickcheck, edition 2025): 0 to 10 and 10 is best. A duration or a
 * frequency is an answer of six and scores (answer - 1) / 5 * 10, a share scores 10 less a tenth of its percentage.
 * Throughput is the mean of lead time, frequency and recovery, stability that of failures and rework, overall that of all.
 *
 * The Quick Check asks people; here the answers follow from what was measured. Frequency counts deployments a weekday
 * (five sevenths of the days), as who is asked "how often" does: at least two are "on demand (multiple deploys per day)",
 * at least one is "between once per hour and once per day", which overlaps with it as worded.
 */
export const quickCheckMetrics = [
  'change_lead_time',
  'deployment_frequency',
  'failed_deployment_recovery_time',
  'change_fail_rate',
  'deployment_rework_rate',
  'throughput',
  'stability',
  'overall',
] as const;

export type QuickCheckMetric = (typeof quickCheckMetrics)[number];

/** Scores of the five metrics; one that isn't known is absent. */
export type QuickCheckParts = {
  readonly [Metric in Exclude<QuickCheckMetric, 'throughput' | 'stability' | 'overall'>]?: number;
};

const hour = 3_600;
const day = 24 * hour;

/** Weekdays between two of so many deployments in so many days, in whole seconds: what bounds of the frequency are in. */
export const weekdaySecondsBetween = (deployments: number, days: number): number =>
  Math.round((days * 5 * day) / 7 / deployments);

/** What an answer is at the most, best answer first; whoever is above all of them has answer 1. */
export interface AnswerBound {
  readonly metric: 'change_lead_time' | 'failed_deployment_recovery_time' | 'deployment_frequency';
  readonly answer: number;
  /** Seconds; of the frequency the seconds of weekdays between two deployments. Less than it has the answer. */
  readonly below: number;
  /** Whether what is just as much has the answer too. */
  readonly isClosed: boolean;
}

const durations = [
  [6, hour],
  [5, day],
  [4, 7 * day],
  [3, 30 * day],
  [2, 180 * day],
] as const;

const intervals = [
  [6, day / 2],
  [5, day],
  [4, weekdaySecondsBetween(1, 7)],
  [3, weekdaySecondsBetween(1, 30)],
  [2, weekdaySecondsBetween(1, 180)],
] as const;

export const answerBounds: readonly AnswerBound[] = [
  ...(['change_lead_time', 'failed_deployment_recovery_time'] as const).flatMap(metric =>
    durations.map(([answer, below]) => ({ metric, answer, below, isClosed: false })),
  ),
  ...intervals.map(([answer, below]) => ({ metric: 'deployment_frequency', answer, below, isClosed: true }) as const),
];

export const answerOf = (metric: AnswerBound['metric'], value: number): number =>
  answerBounds.find(
    bound => bound.metric === metric && (value < bound.below || (bound.isClosed && value === bound.below)),
  )?.answer ?? 1;

export const scoreOfAnswer = (answer: number): number => ((answer - 1) / 5) * 10;
export const scoreOfRatio = (ratio: number): number => 10 - 10 * ratio;

/** The means; absent where one of their parts is. Editions before 2025 did not ask for rework. */
export function quickCheckSummary(
  parts: QuickCheckParts,
  edition: number,
): {
  readonly throughput: number | undefined;
  readonly stability: number | undefined;
  readonly overall: number | undefined;
} {
  const throughput = [
    parts.change_lead_time,
    parts.deployment_frequency,
    parts.failed_deployment_recovery_time,
  ] as const;
  const stability = [parts.change_fail_rate, ...(edition < 2025 ? [] : [parts.deployment_rework_rate])];
  return {
    throughput: meanOf(throughput),
    stability: meanOf(stability),
    overall: meanOf([...throughput, ...stability]),
  };
}

function meanOf(scores: readonly (number | undefined)[]): number | undefined {
  const known = scores.filter(score => score !== undefined);
  if (known.length < scores.length) return undefined;
  return Number((known.reduce((sum, score) => sum + score, 0) / known.length).toFixed(6));
}
