/** What happened, counted once and for ever, to whose it was then. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['finding_events'] as const;

export const findingsOpened = defineMetric({
  name: 'supply_chain_findings_opened_total',
  kind: 'count',
  help: 'Findings that were found for the first time.',
  unit: 'count',
  labels: ['team', 'environment', 'class', 'severity'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_opened', 'events_by_team', 'events_total'),
});

export const findingsReopened = defineMetric({
  name: 'supply_chain_findings_reopened_total',
  kind: 'count',
  help: 'Findings that were found again after they had been resolved.',
  unit: 'count',
  labels: ['team', 'environment', 'class', 'severity'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_reopened', 'events_by_team', 'events_total'),
});

export const findingsResolved = defineMetric({
  name: 'supply_chain_findings_resolved_total',
  kind: 'count',
  help: 'Findings that were resolved, by reason: fixed (a scan of what runs does not have it any more, or says so), gone (what had it runs no longer).',
  unit: 'count',
  labels: ['team', 'environment', 'class', 'severity', 'reason'],
  additive: true,
  maxSeries: 10_000,
  reads,
  sql: sql('events_resolved', 'events_by_team', 'resolved_total'),
});

export const signerChanges = defineMetric({
  name: 'supply_chain_signer_changes_total',
  kind: 'count',
  help: 'Contents of an image whose verified signature is by none of those who had signed the content before.',
  unit: 'count',
  labels: ['team', 'environment'],
  additive: true,
  maxSeries: 1_000,
  reads: ['signer_changes'],
  sql: sql('signer_steps', 'signer_changes'),
});

export const eventMetrics = [findingsOpened, findingsReopened, findingsResolved, signerChanges] as const;
