/** What Plumbline says about policy. Every family is a query over the policy ledger as of an instant. */
import type { Metric } from '../core/metric.ts';
import { opaMetrics } from './metrics/opa.ts';

export * from './metrics/opa.ts';

/** Every family of the policy exporter, in the order of the page. */
export const policyMetrics = [...opaMetrics] as const satisfies readonly Metric[];
