/** An incident of Datadog's Incident Management. Source: "Incidents" of Datadog's API reference (v2). */
import { z } from 'zod';
import { datadogApp } from '../../../vendors/datadog/config.ts';
import { datadogTime } from '../../../vendors/datadog/time.ts';
import type { IncidentReport } from '../../reports.ts';
import { translator } from '../../service-words.ts';
import type { DatadogConfig, DatadogIncidents } from './config.ts';

const time = z.unknown().optional().transform(datadogTime);
const needed = time.refine(value => value !== undefined, 'expected a time');

export const incidentSchema = z.looseObject({
  id: z.string().min(1),
  attributes: z.looseObject({
    public_id: z.union([z.number(), z.string()]).nullish(),
    title: z.string().nullish(),
    created: needed,
    modified: time,
    detected: time,
    resolved: time,
    customer_impact_start: time,
    severity: z.string().nullish(),
    state: z.string().nullish(),
    is_test: z.boolean().nullish(),
    fields: z.record(z.string(), z.looseObject({ value: z.unknown() })).nullish(),
  }),
});

export type Incident = z.infer<typeof incidentSchema>;

const words = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [value]).flatMap(one => (typeof one === 'string' && one !== '' ? [one] : []));

const fieldOf = ({ attributes }: Incident, name: string | undefined): string[] =>
  name === undefined ? [] : words(attributes.fields?.[name]?.value);

/** Its state is a field of its own where the incident's own attribute says none. */
const stateOf = (incident: Incident): string =>
  (incident.attributes.state ?? fieldOf(incident, 'state')[0] ?? 'active').toLowerCase();

export const isOpen = (incident: Incident, { resolved_states }: DatadogIncidents): boolean =>
  !resolved_states.some(state => state.toLowerCase() === stateOf(incident));

export function reportOf(incident: Incident, config: DatadogConfig, options: DatadogIncidents): IncidentReport {
  const { attributes } = incident;
  const created = attributes.created!;
  const updatedAt = attributes.modified ?? created;
  const starts = {
    impact: attributes.customer_impact_start ?? attributes.detected,
    detected: attributes.detected,
    created,
  };
  const startedAt = starts[options.started] ?? created;
  const resolvedAt = isOpen(incident, options) ? undefined : (attributes.resolved ?? updatedAt);
  const [environment] = fieldOf(incident, options.environment_field);
  const teams = fieldOf(incident, 'teams');
  const own = {
    ...(environment === undefined ? {} : { environment }),
    // Of several teams none is the one.
    ...(teams.length === 1 ? { team: teams[0]! } : {}),
  };
  const affectedOf = translator(config.services);
  const services = fieldOf(incident, 'services');
  const [deployment] = fieldOf(incident, options.deployment_field);
  const number = attributes.public_id;
  return {
    incident: {
      incident: incident.id,
      title: attributes.title ?? '',
      severity: attributes.severity ?? fieldOf(incident, 'severity')[0] ?? '',
      status: attributes.is_test === true ? 'cancelled' : resolvedAt === undefined ? 'open' : 'resolved',
      ...(deployment === undefined ? {} : { deployment }),
      labels: [`state:${stateOf(incident)}`],
      url: number == null ? '' : `${datadogApp(config)}/incidents/${number}`,
      startedAt,
      ...(resolvedAt === undefined ? {} : { resolvedAt }),
      updatedAt,
    },
    affected:
      services.length > 0
        ? services.map(name => ({ ...own, ...affectedOf({ name }) }))
        : Object.keys(own).length > 0
          ? [own]
          : [],
  };
}
