/** Whether findings are remedied in time: limits by severity, a shorter one for what is known to be exploited. */
import { defineMetric } from '../../core/metric.ts';
import { findingSpans, foundAt, reportSpans, scopesAt, servicesFolded } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = [
  ...([
    'finding_states',
    'finding_reports',
    'owners',
    'finding_fixes',
    'kev_entries',
    'vulnerability_aliases',
  ] as const),
  ...(['supply_chain_settings', 'supply_chain_sla'] as const),
] as const;
const limits = [
  ...([findingSpans, reportSpans, scopesAt, foundAt, 'findings_at'] as const),
  ...(['exploited_at', 'fixes_at', 'described', 'sla_at'] as const),
] as const;
/** Limits end with the clock. */
const everySeconds = 300;

export const slaFindings = defineMetric({
  name: 'supply_chain_sla_findings',
  kind: 'state',
  help: 'Vulnerabilities and secrets that are open, or were when they were last seen (state unknown), by how they stand to the limit of their severity (setting sla): breached, due (within the setting due_days), within, waiting (the clock runs from a fix, and there is none), none (their severity has no limit). Services beyond the setting top_services are "other".',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'class', 'severity', 'exploited', 'state', 'status'],
  additive: true,
  maxSeries: 30_000,
  reads,
  everySeconds,
  sql: sql(...limits, 'sla_owned', servicesFolded, 'sla_findings'),
});

export const slaNextDue = defineMetric({
  name: 'supply_chain_sla_next_due_timestamp_seconds',
  kind: 'state',
  help: "When the next of a team's open findings has to be remedied, by severity, in seconds since 1970; those past their limit are not among them.",
  unit: 'timestamp_seconds',
  labels: ['team', 'severity'],
  additive: false,
  level: 'team',
  maxSeries: 2_000,
  reads,
  everySeconds,
  sql: sql(...limits, 'sla_next'),
});

export const slaLimit = defineMetric({
  name: 'supply_chain_sla_limit_seconds',
  kind: 'state',
  help: 'How long a finding may stay open, as configured; absent for a severity without a limit.',
  unit: 'seconds',
  labels: ['severity', 'exploited'],
  additive: false,
  level: 'organisation',
  maxSeries: 20,
  reads: ['supply_chain_sla'],
  sql: sql('sla_limits'),
});

export const slaMetrics = [slaFindings, slaNextDue, slaLimit] as const;
