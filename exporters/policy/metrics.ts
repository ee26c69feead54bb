/**
 * What Plumbline says about policy. Every family is a query over the policy ledger as of an instant. `engine` is what
 * looked (checkov, kyverno, azure_policy), `requirement` what a platform asks for, whichever engine checks it,
 * `enforcement` the mode: enforce, warn, dryrun or audit.
 */
import { coverageMetrics } from './metrics/coverage.ts';
import { eventMetrics } from './metrics/events.ts';
import { exceptionMetrics } from './metrics/exceptions.ts';
import { opaMetrics } from './metrics/opa.ts';
import { remediationMetrics } from './metrics/remediation.ts';
import { resultMetrics } from './metrics/results.ts';
import { ruleMetrics } from './metrics/rules.ts';
import { violationMetrics } from './metrics/violations.ts';

export * from './metrics/coverage.ts';
export * from './metrics/events.ts';
export * from './metrics/exceptions.ts';
export * from './metrics/opa.ts';
export * from './metrics/remediation.ts';
export * from './metrics/results.ts';
export * from './metrics/rules.ts';
export * from './metrics/violations.ts';

/** Every family of the policy exporter, in the order of the page. */
export const policyMetrics = [
  ...violationMetrics,
  ...resultMetrics,
  ...ruleMetrics,
  ...eventMetrics,
  ...remediationMetrics,
  ...exceptionMetrics,
  ...coverageMetrics,
  ...opaMetrics,
] as const;
