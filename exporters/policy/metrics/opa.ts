/** Decisions of Open Policy Agents, and how whole the log of them is. */
import { readFileSync } from 'node:fs';
import { defineMetric } from '../../core/metric.ts';
import { decisionBuckets } from '../decision-buckets.ts';

const sql = (file: string) => readFileSync(new URL(`./${file}.sql`, import.meta.url), 'utf8').trimEnd();

const owner = ['team', 'service', 'environment'] as const;

/** A counter over a table of minutes. */
const counted = (table: string, labels: readonly string[], value: string) =>
  sql('opa_counted')
    .replaceAll('{table}', table)
    .replaceAll('{labels}', labels.join(', '))
    .replaceAll('{value}', value);

export const decisions = defineMetric({
  name: 'policy_decisions_total',
  kind: 'count',
  help: 'Decisions that Open Policy Agents made and that have come, by path and outcome; undefined is not deny.',
  unit: 'count',
  labels: [...owner, 'path', 'outcome'],
  additive: true,
  maxSeries: 20_000,
  reads: ['opa_decisions'],
  sql: counted('opa_decisions', [...owner, 'path', 'outcome'], 'decisions'),
});

export const decisionDuration = defineMetric({
  name: 'policy_decision_duration_seconds',
  kind: 'histogram',
  help: 'How long Open Policy Agents took to answer with a decision, as their decision logs say; of those that say so.',
  unit: 'seconds',
  labels: owner,
  additive: true,
  buckets: decisionBuckets,
  maxSeries: 28_000,
  reads: ['opa_times'],
  sql: sql('opa_decision_duration').replace('{size}', String(decisionBuckets.length + 1)),
});

export const opaRequests = defineMetric({
  name: 'policy_opa_requests_total',
  kind: 'count',
  help: 'Requests that Open Policy Agents say they answered with a decision, once the upload after them was well.',
  unit: 'count',
  labels: owner,
  additive: true,
  maxSeries: 2_000,
  reads: ['opa_exports'],
  sql: counted('opa_exports', owner, 'requests'),
});

export const opaReceived = defineMetric({
  name: 'policy_opa_received_total',
  kind: 'count',
  help: 'Decisions of those requests that have come; what is missing is lost, or removed by a drop rule.',
  unit: 'count',
  labels: owner,
  additive: true,
  maxSeries: 2_000,
  reads: ['opa_exports'],
  sql: counted('opa_exports', owner, 'received'),
});

export const opaCompleteness = defineMetric({
  name: 'policy_opa_completeness_ratio',
  kind: 'state',
  help: "How many of a service's Open Policy Agents' decisions of the last hour have come.",
  unit: 'ratio',
  labels: owner,
  additive: false,
  level: 'service',
  maxSeries: 2_000,
  reads: ['opa_exports'],
  everySeconds: 60,
  sql: sql('opa_completeness'),
});

export const opaGaps = defineMetric({
  name: 'policy_opa_gap_ratio',
  kind: 'state',
  help: "How many numbers of a service's Open Policy Agents' requests of the last hour came with no decision; some always do.",
  unit: 'ratio',
  labels: owner,
  additive: false,
  level: 'service',
  maxSeries: 2_000,
  reads: ['opa_numbers'],
  everySeconds: 60,
  sql: sql('opa_gaps'),
});

export const opaDropped = defineMetric({
  name: 'policy_opa_dropped_total',
  kind: 'count',
  help: 'What Open Policy Agents say they dropped: decisions by rate_limit, chunks by encoding, uploads that dropped something by buffer_size.',
  unit: 'count',
  labels: [...owner, 'kind'],
  additive: true,
  maxSeries: 6_000,
  reads: ['opa_drops'],
  sql: counted('opa_drops', [...owner, 'kind'], 'drops'),
});

export const opaInstances = defineMetric({
  name: 'policy_opa_instances',
  kind: 'state',
  help: 'Open Policy Agents by state: ok, failing (uploads), not_ready (a plugin), no_status, silent where none of a service sends any more.',
  unit: 'count',
  labels: [...owner, 'state'],
  additive: true,
  maxSeries: 4_000,
  reads: ['opa_states'],
  everySeconds: 60,
  sql: sql('opa_instances'),
});

export const opaLastSeen = defineMetric({
  name: 'policy_opa_last_seen_timestamp_seconds',
  kind: 'state',
  help: "When one of a service's Open Policy Agents last sent something, to five minutes.",
  unit: 'timestamp_seconds',
  labels: owner,
  additive: false,
  level: 'service',
  maxSeries: 2_000,
  reads: ['opa_states'],
  sql: sql('opa_last_seen'),
});

export const opaBundleActivation = defineMetric({
  name: 'policy_opa_bundle_activation_timestamp_seconds',
  kind: 'state',
  help: "When the oldest of the bundles that a service's Open Policy Agents run was activated.",
  unit: 'timestamp_seconds',
  labels: [...owner, 'bundle'],
  additive: false,
  level: 'service',
  maxSeries: 4_000,
  reads: ['opa_bundles'],
  everySeconds: 60,
  sql: sql('opa_bundles').replace('{value}', 'epoch(min(activated_at))'),
});

export const opaBundleRequest = defineMetric({
  name: 'policy_opa_bundle_request_timestamp_seconds',
  kind: 'state',
  help: "When the one of a service's Open Policy Agents that is furthest behind last asked for the bundle with success.",
  unit: 'timestamp_seconds',
  labels: [...owner, 'bundle'],
  additive: false,
  level: 'service',
  maxSeries: 4_000,
  reads: ['opa_bundles'],
  everySeconds: 60,
  sql: sql('opa_bundles').replace('{value}', 'epoch(min(requested_at))'),
});

export const opaBundleRevisions = defineMetric({
  name: 'policy_opa_bundle_revisions',
  kind: 'state',
  help: "Different revisions of a bundle that a service's Open Policy Agents run at once.",
  unit: 'count',
  labels: [...owner, 'bundle'],
  additive: false,
  level: 'service',
  maxSeries: 4_000,
  reads: ['opa_bundles'],
  everySeconds: 60,
  sql: sql('opa_bundles').replace('{value}', 'count(DISTINCT revision)'),
});

export const opaMetrics = [
  ...[decisions, decisionDuration, opaRequests, opaReceived, opaCompleteness, opaGaps, opaDropped],
  ...[opaInstances, opaLastSeen, opaBundleActivation, opaBundleRequest, opaBundleRevisions],
] as const;
