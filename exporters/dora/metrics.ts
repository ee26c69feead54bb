/**
 * What Plumbline says about delivery. Every family is a query over the dora ledger as of an instant. A deployment is one
 * of a service to production: one that brings several services counts for each. `window` is 7d, 30d or 90d before the
 * instant; `percentile` p50, p75 or p90. RULES.md tells how each is computed.
 */
import { benchmarkMetrics } from './metrics/benchmark.ts';
import { deploymentMetrics } from './metrics/deployments.ts';
import { externalMetrics } from './metrics/external.ts';
import { incidentMetrics } from './metrics/incidents.ts';
import { leadTimeMetrics } from './metrics/lead-time.ts';
import { pipelineMetrics } from './metrics/pipelines.ts';
import { pullRequestMetrics } from './metrics/pull-requests.ts';
import { recoveryMetrics } from './metrics/recovery.ts';
import { stabilityMetrics } from './metrics/stability.ts';

export * from './metrics/benchmark.ts';
export * from './metrics/deployments.ts';
export * from './metrics/external.ts';
export * from './metrics/incidents.ts';
export * from './metrics/lead-time.ts';
export * from './metrics/pipelines.ts';
export * from './metrics/pull-requests.ts';
export * from './metrics/recovery.ts';
export * from './metrics/stability.ts';

/** Every family of the dora exporter, in the order of the page. */
export const doraMetrics = [
  ...deploymentMetrics,
  ...leadTimeMetrics,
  ...pullRequestMetrics,
  ...stabilityMetrics,
  ...recoveryMetrics,
  ...incidentMetrics,
  ...pipelineMetrics,
  ...externalMetrics,
  ...benchmarkMetrics,
] as const;
