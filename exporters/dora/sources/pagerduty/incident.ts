/**
 * An incident as PagerDuty's REST API and its v3 webhooks have it. Source: PagerDuty's OpenAPI document (REST v2) and
 * "Webhooks Overview" of its developer documentation.
 */
import { z } from 'zod';
import type { IncidentReport } from '../../reports.ts';
import type { Affected, Told } from '../../service-words.ts';
import type { PagerDutyConfig } from './config.ts';

const time = z.iso.datetime({ offset: true });
const reference = z.looseObject({ id: z.string(), summary: z.string().nullish() });

export const incidentSchema = z.looseObject({
  id: z.string().min(1),
  title: z.string().nullish(),
  summary: z.string().nullish(),
  html_url: z.string().nullish(),
  status: z.enum(['triggered', 'acknowledged', 'resolved']),
  urgency: z.enum(['high', 'low']).nullish(),
  created_at: time,
  /** Absent in answers of before 2023. */
  updated_at: time.nullish(),
  last_status_change_at: time.nullish(),
  resolved_at: time.nullish(),
  service: reference.nullish(),
  teams: z.array(reference).nullish(),
  priority: reference.nullish(),
  incident_type: z.looseObject({ name: z.string().nullish() }).nullish(),
  resolve_reason: z.looseObject({ type: z.string().nullish(), incident: reference.nullish() }).nullish(),
});

export type Incident = z.infer<typeof incidentSchema>;

/** When it was resolved; undefined while it is open. An incident that is reopened loses it. */
export const resolvedAt = (incident: Incident): string | undefined =>
  incident.status === 'resolved' ? (incident.resolved_at ?? incident.last_status_change_at ?? undefined) : undefined;

/** Why an incident does not count, where it doesn't: merged into another, or of an urgency that isn't asked for. */
function cancelledBy(incident: Incident, { urgencies }: Pick<PagerDutyConfig, 'urgencies'>): string | undefined {
  const reason = incident.resolve_reason;
  if (incident.status === 'resolved' && reason?.type === 'merge_resolve_reason')
    return `merged:${reason.incident?.id ?? ''}`;
  if (incident.urgency && !urgencies.includes(incident.urgency)) return `urgency:${incident.urgency}`;
  return undefined;
}

/**
 * The report of an incident. One that was merged into another is cancelled: the other one goes on for both. `at` is when
 * the source says so, where the incident itself doesn't.
 */
export function reportOf(
  incident: Incident,
  config: Pick<PagerDutyConfig, 'urgencies'>,
  affectedOf: (told: Told) => Affected,
  at?: string,
): IncidentReport {
  const cancelled = cancelledBy(incident, config);
  const resolved = resolvedAt(incident);
  const { service, teams } = incident;
  // Of several teams none is the one.
  const team = teams?.length === 1 ? teams[0]?.summary : undefined;
  const kind = incident.incident_type?.name;
  return {
    incident: {
      incident: incident.id,
      title: incident.title ?? incident.summary ?? '',
      severity: incident.priority?.summary ?? incident.urgency ?? '',
      status: cancelled === undefined ? (resolved === undefined ? 'open' : 'resolved') : 'cancelled',
      labels: [
        ...(incident.urgency ? [`urgency:${incident.urgency}`] : []),
        ...(kind ? [`incident_type:${kind}`] : []),
        ...(cancelled?.startsWith('merged:') ? [cancelled] : []),
      ],
      url: incident.html_url ?? '',
      startedAt: incident.created_at,
      ...(resolved === undefined ? {} : { resolvedAt: resolved }),
      updatedAt: at ?? incident.updated_at ?? incident.last_status_change_at ?? incident.created_at,
    },
    affected: service
      ? [{ ...(team ? { team } : {}), ...affectedOf({ name: service.summary ?? service.id, aliases: [service.id] }) }]
      : team
        ? [{ team }]
        : [],
  };
}
