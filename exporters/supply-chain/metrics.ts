/**
 * What Plumbline says about the supply chain. Every family is a query over its ledger as of an instant. `class` is
 * vulnerability, secret or license; `exploited` is what KEV lists; images are counted as they run.
 */
import { countMetrics } from './metrics/counts.ts';
import { coverageMetrics } from './metrics/coverage.ts';
import { eventMetrics } from './metrics/events.ts';
import { exceptionMetrics } from './metrics/exceptions.ts';
import { findingMetrics } from './metrics/findings.ts';
import { gateMetrics } from './metrics/gate.ts';
import { licenseMetrics } from './metrics/licenses.ts';
import { remediationMetrics } from './metrics/remediation.ts';
import { scorecardMetrics } from './metrics/scorecards.ts';
import { slaMetrics } from './metrics/sla.ts';
import { watchMetrics } from './metrics/watch.ts';

export * from './metrics/counts.ts';
export * from './metrics/coverage.ts';
export * from './metrics/events.ts';
export * from './metrics/exceptions.ts';
export * from './metrics/findings.ts';
export * from './metrics/gate.ts';
export * from './metrics/licenses.ts';
export * from './metrics/remediation.ts';
export * from './metrics/scorecards.ts';
export * from './metrics/sla.ts';
export * from './metrics/watch.ts';

/** Every family of the supply-chain exporter, in the order of the page. */
export const supplyChainMetrics = [
  ...findingMetrics,
  ...countMetrics,
  ...slaMetrics,
  ...eventMetrics,
  ...remediationMetrics,
  ...exceptionMetrics,
  ...coverageMetrics,
  ...gateMetrics,
  ...watchMetrics,
  ...licenseMetrics,
  ...scorecardMetrics,
] as const;
