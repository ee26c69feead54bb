/** Ignores, dismissals, suppressions and VEX in one ledger: how many, whose, until when. */
import { defineMetric } from '../../core/metric.ts';
import { exceptionSpans, exceptionsAt } from '../../findings/sql.ts';
import { sql } from './sql.ts';

const reads = ['finding_exceptions', 'owners', 'supply_chain_settings'] as const;
/** They expire with the clock. */
const everySeconds = 300;

export const exceptions = defineMetric({
  name: 'supply_chain_exceptions',
  kind: 'state',
  help: 'Exceptions by status: active, expiring (within the setting expiring_days), permanent (without an end), expired, expired_applied (past its end, and still holding findings back); approved tells whether someone answers for it.',
  unit: 'count',
  labels: ['team', 'class', 'status', 'approved'],
  additive: true,
  maxSeries: 3_000,
  reads,
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'exceptions'),
});

export const nextExceptionExpiry = defineMetric({
  name: 'supply_chain_exception_next_expiry_timestamp_seconds',
  kind: 'state',
  help: "When the next of a team's exceptions expires, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 300,
  reads,
  everySeconds,
  sql: sql(exceptionSpans, exceptionsAt, 'next_exception_expiry'),
});

export const exceptionMetrics = [exceptions, nextExceptionExpiry] as const;
