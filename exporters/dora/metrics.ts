/** What Plumbline says about delivery. Every family is a query over the dora ledger as of an instant. */
import type { Metric } from '../core/metric.ts';

export const doraMetrics: readonly Metric[] = [];
