/** Exceptions of all engines in one ledger: how many, whose, how old, until when. */
import { defineMetric } from '../../core/metric.ts';
import { exceptionSpans, exceptionsAt } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_exceptions', 'owners'] as const;
/** They expire with the clock. */
const everySeconds = 300;

export const exceptions = defineMetric({
  name: 'policy_exceptions',
  kind: 'state',
  help: 'Exceptions by status: active, expiring (within the setting expiring_days), permanent (without an end), expired, expired_applied (past its end, and still holding results back); approved tells whether someone answers for it.',
  unit: 'count',
  labels: ['team', 'engine', 'requirement', 'status', 'approved'],
  additive: true,
  maxSeries: 5_000,
  reads: [...reads, 'policy_rules', 'policy_settings'],
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'exceptions'),
});

export const oldestException = defineMetric({
  name: 'policy_oldest_exception_timestamp_seconds',
  kind: 'state',
  help: "When a team's oldest exception that is in force was created, else first seen, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team', 'engine'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads: [...reads, 'policy_settings'],
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'oldest_exception'),
});

export const nextExceptionExpiry = defineMetric({
  name: 'policy_exception_next_expiry_timestamp_seconds',
  kind: 'state',
  help: "When the next of a team's exceptions expires, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team', 'engine'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads: [...reads, 'policy_settings'],
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'next_exception_expiry'),
});

export const exceptionMetrics = [exceptions, oldestException, nextExceptionExpiry] as const;
