/** The families of roadmap. */
import type { Metric } from '../../core/metric.ts';

export const roadmapMetrics: readonly Metric[] = [];
