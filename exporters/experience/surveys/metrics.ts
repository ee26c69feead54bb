/** The families of surveys. */
import type { Metric } from '../../core/metric.ts';

export const surveysMetrics: readonly Metric[] = [];
