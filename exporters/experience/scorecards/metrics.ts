/** The families of scorecards. */
import type { Metric } from '../../core/metric.ts';

export const scorecardsMetrics: readonly Metric[] = [];
