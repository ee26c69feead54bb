/**
 * The performance bands of DORA's reports of 2021 and 2023, with the bounds that Apache DevLake's dashboards give them
 * (dora_benchmarks of backend/plugins/dora; Apache-2.0), so that who moves from it finds the same. Later reports have no
 * bounds: the clusters of 2024 aren't monotonic (its medium fails less than its high), and 2025 has none.
 *
 * The reports name spans of everyday words; a month is 30 days here. "On demand" is more often than once a weekday,
 * since once a day is the beginning of the band below. The shares of 2021 that DevLake splits in 16-20, 21-30 and over
 * 30 % are one span in the report.
 */
import { weekdaySecondsBetween } from './quick-check.ts';

export type Band = 'elite' | 'high' | 'medium' | 'low';
export type BandMetric =
  | 'change_lead_time'
  | 'deployment_frequency'
  | 'change_fail_rate'
  | 'failed_deployment_recovery_time';

export interface BandBound {
  readonly year: 2021 | 2023;
  readonly metric: BandMetric;
  readonly band: Band;
  /** 1 for the best. */
  readonly position: number;
  /**
   * Seconds of durations; of the frequency the seconds of weekdays between two deployments; a ratio. Less than it, and
   * no less than the bound before, is in the band; Infinity for the last.
   */
  readonly below: number;
  /** Whether what is just as much is in the band too. */
  readonly isClosed: boolean;
}

const hour = 3_600;
const day = 24 * hour;
const onceIn = (days: number) => weekdaySecondsBetween(1, days);

const bandNames = ['elite', 'high', 'medium', 'low'] as const;

const bounds = (
  year: BandBound['year'],
  metric: BandMetric,
  upTo: readonly [number, number, number],
  closed: readonly [boolean, boolean, boolean] = [false, false, false],
): readonly BandBound[] =>
  bandNames.map((band, index) => ({
    ...{ year, metric, band, position: index + 1 },
    below: upTo[index] ?? Number.POSITIVE_INFINITY,
    isClosed: closed[index] ?? false,
  }));

const allClosed = [true, true, true] as const;

export const bandBounds: readonly BandBound[] = [
  ...bounds(2021, 'change_lead_time', [hour, 7 * day, 180 * day]),
  ...bounds(2021, 'deployment_frequency', [day, onceIn(30), onceIn(180)], [false, true, true]),
  ...bounds(2021, 'change_fail_rate', [0.15, 0.2, 0.3], allClosed),
  ...bounds(2021, 'failed_deployment_recovery_time', [hour, day, 7 * day]),
  ...bounds(2023, 'change_lead_time', [day, 7 * day, 30 * day]),
  ...bounds(2023, 'deployment_frequency', [day, onceIn(7), onceIn(30)], [false, true, true]),
  ...bounds(2023, 'change_fail_rate', [0.05, 0.1, 0.15], allClosed),
  ...bounds(2023, 'failed_deployment_recovery_time', [hour, day, 7 * day]),
];

/** The band of a value in the unit of its metric's bounds. */
export const bandOf = (year: BandBound['year'], metric: BandMetric, value: number): Band =>
  bandBounds.find(
    bound =>
      bound.year === year &&
      bound.metric === metric &&
      (value < bound.below || (bound.isClosed && value === bound.below)),
  )?.band ?? 'low';
