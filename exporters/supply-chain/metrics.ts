/** The metric families of the supply chain, in the order of the reference page. */
import type { Metric } from '../core/metric.ts';

export const supplyChainMetrics: readonly Metric[] = [];
