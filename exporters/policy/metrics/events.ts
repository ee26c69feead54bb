/** What happened, counted once and for ever, to whose it was then. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['finding_events', 'policy_rules'] as const;

export const violationsOpened = defineMetric({
  name: 'policy_violations_opened_total',
  kind: 'count',
  help: 'Violations that were found for the first time.',
  unit: 'count',
  labels: ['team', 'engine', 'requirement', 'severity', 'enforcement'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_opened', 'events_by_team', 'events_total'),
});

export const violationsReopened = defineMetric({
  name: 'policy_violations_reopened_total',
  kind: 'count',
  help: 'Violations that were found again after they had been resolved.',
  unit: 'count',
  labels: ['team', 'engine', 'requirement', 'severity', 'enforcement'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_reopened', 'events_by_team', 'events_total'),
});

export const violationsResolved = defineMetric({
  name: 'policy_violations_resolved_total',
  kind: 'count',
  help: 'Violations that were resolved, by reason: fixed (it passes now), gone (it is listed no longer).',
  unit: 'count',
  labels: ['team', 'engine', 'requirement', 'severity', 'enforcement', 'reason'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_resolved', 'events_by_team', 'resolved_total'),
});

export const blocked = defineMetric({
  name: 'policy_blocked_total',
  kind: 'count',
  help: 'Requests and runs that a policy refused (enforcement enforce) or, in another mode, would have. Policies beyond the first ones that the ledger has seen, as many as the setting top_policies says, are "other".',
  unit: 'count',
  labels: ['team', 'engine', 'policy', 'requirement', 'enforcement'],
  additive: true,
  maxSeries: 10_000,
  reads: ['finding_blocks', 'policy_rules', 'policy_settings'],
  sql: sql('blocks_by_team', 'blocked_total'),
});

export const eventMetrics = [violationsOpened, violationsReopened, violationsResolved, blocked] as const;
