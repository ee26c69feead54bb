/** When bills were restated last, and how much moved since the days were first seen. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

export const lastRestatement = defineMetric({
  name: 'finops_last_restatement_timestamp_seconds',
  kind: 'state',
  help: 'When a bill last changed a day that was already known, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: ['provider'],
  additive: false,
  maxSeries: 50,
  reads: ['restatements'],
  sql: sql('last_restatement'),
});

export const restatedSinceFirstSeen = defineMetric({
  name: 'finops_restated_since_first_seen_cost',
  kind: 'state',
  help: 'Money by which the days of a UTC calendar month changed since they were first seen, by direction; months_ago 0 is the current month.',
  unit: 'currency',
  labels: ['provider', 'months_ago', 'direction', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 1_500,
  reads: ['restatements', 'charges', 'charge_keys'],
  sql: sql('restated_since_first_seen'),
});

export const restatementMetrics = [lastRestatement, restatedSinceFirstSeen] as const;
