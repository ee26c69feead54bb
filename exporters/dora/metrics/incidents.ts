/**
 * The incidents themselves, so that a team sees which of its deployments each is of. Only so many as people read: of
 * each team the newest of those that are open or began within 90 days. How many there are is for dora_incidents to tell.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

/** `source` is the one that told of it, as incidents of two may have one id. */
const identity = ['team', 'source', 'incident'] as const;

const common = { kind: 'state', reads: ['incident_links', 'dora_settings'], instantsAtOnce: 16 } as const;
const listed = ['incident_spans', 'listed_incidents'] as const;

/** What may change stands in this one alone. As its own n it adds up: what holds no longer is 0 for a day and not 1. */
export const incidentInfo = defineMetric({
  ...common,
  name: 'dora_incident_info',
  help: 'The newest incidents of a team that are open or began in the last 90 days, dora.listed_incidents of each team: status open or resolved, the deployment that each is linked to with its version, else "none", why (names_deployment, names_commit, service_and_time, project_and_time) or why not, and how sure that is; always 1, and 0 for a day where it is so no longer.',
  unit: 'info',
  labels: [
    ...['team', 'service', 'environment', 'source', 'incident', 'status'],
    ...['deployment', 'version', 'reason', 'confidence'],
  ],
  additive: true,
  // 5,000 at once, and as they were before for a day.
  maxSeries: 20_000,
  reads: [...common.reads, 'production_deployments'],
  sql: sql(...listed, 'deployment_versions', 'incident_info'),
});

export const incidentStart = defineMetric({
  ...common,
  name: 'dora_incident_start_timestamp_seconds',
  help: 'When each of the incidents of dora_incident_info began, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: identity,
  additive: false,
  maxSeries: 5_000,
  sql: sql(...listed, 'incident_start'),
});

export const incidentDuration = defineMetric({
  ...common,
  name: 'dora_incident_duration_seconds',
  help: 'How long each of the incidents of dora_incident_info was open until it was resolved, or has been open so far.',
  unit: 'seconds',
  labels: identity,
  additive: false,
  maxSeries: 5_000,
  sql: sql(...listed, 'incident_duration'),
});

export const incidentMetrics = [incidentInfo, incidentStart, incidentDuration] as const;
