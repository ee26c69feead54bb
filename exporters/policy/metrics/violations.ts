/** Violations at present, by whom, of what, and since when. All is state: what is violated today may be fixed tomorrow. */
import { defineMetric } from '../../core/metric.ts';
import { aged, findingSpans, foundAt, reportSpans, scopesAt, servicesFolded } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_states', 'finding_reports', 'owners'] as const;
const found = [findingSpans, reportSpans, scopesAt, foundAt, 'findings_at'] as const;
/** Staleness moves with time alone. */
const everySeconds = 300;

export const violations = defineMetric({
  name: 'policy_violations',
  kind: 'state',
  help: 'Violations by state: open, excepted (someone allowed it), unknown (not evaluated any more, or its scope fell silent). Services beyond the setting top_services are "other".',
  unit: 'count',
  labels: ['team', 'service', 'environment', 'engine', 'requirement', 'severity', 'enforcement', 'state'],
  additive: true,
  maxSeries: 20_000,
  reads: [...reads, 'policy_rules', 'policy_settings'],
  everySeconds,
  sql: sql(...found, 'violations_owned', servicesFolded, 'violations'),
});

export const violationsByAge = defineMetric({
  name: 'policy_violations_by_age',
  kind: 'state',
  help: 'Open violations by the time since they were opened: 0-7d, 7-30d, 30-90d, 90-365d, 365d+.',
  unit: 'count',
  labels: ['team', 'age', 'severity'],
  additive: true,
  maxSeries: 5_000,
  reads,
  everySeconds,
  sql: sql(...found, aged, 'violations_by_age'),
});

export const oldestViolation = defineMetric({
  name: 'policy_oldest_violation_timestamp_seconds',
  kind: 'state',
  help: "When a team's oldest open violation was opened, by severity, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team', 'severity'],
  additive: false,
  level: 'team',
  maxSeries: 2_000,
  reads,
  everySeconds,
  sql: sql(...found, 'oldest_violation'),
});

export const violationMetrics = [violations, violationsByAge, oldestViolation] as const;
