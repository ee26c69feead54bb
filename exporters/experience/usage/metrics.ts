/** The families of usage. */
import type { Metric } from '../../core/metric.ts';

export const usageMetrics: readonly Metric[] = [];
