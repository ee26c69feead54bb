/** A failure event of Datadog's DORA metrics, as an incident of each service and environment that it names. */
import { z } from 'zod';
import { datadogTime } from '../../../vendors/datadog/time.ts';
import type { IncidentReport } from '../../reports.ts';
import { translator } from '../../service-words.ts';
import type { DatadogConfig } from './config.ts';

/** DORA failures and incidents of Incident Management are of one source. */
export const failurePrefix = 'failure:';

const time = z.unknown().optional().transform(datadogTime);
/** The reference says a text or a list, and answers have had both. */
const words = z
  .union([z.string(), z.array(z.string())])
  .nullish()
  .transform(value => (value == null ? [] : [value].flat().filter(word => word !== '')));

export const failureSchema = z.looseObject({
  id: z.string().min(1),
  attributes: z.looseObject({
    name: z.string().nullish(),
    services: words,
    service: words,
    env: words,
    team: words,
    severity: z.string().nullish(),
    started_at: time.refine(value => value !== undefined, 'expected a time'),
    finished_at: time,
    created_at: time,
    custom_tags: z.array(z.string()).nullish(),
  }),
});

export type Failure = z.infer<typeof failureSchema>;

export function reportOf({ id, attributes }: Failure, config: DatadogConfig): IncidentReport {
  const { started_at, finished_at, created_at, team, env } = attributes;
  const startedAt = started_at!;
  const names = [...new Set([...attributes.services, ...attributes.service])];
  const affectedOf = translator(config.services);
  const own = team.length === 1 ? { team: team[0]! } : {};
  const services = names.length > 0 ? names.map(name => affectedOf({ name })) : [{}];
  const environments = env.length > 0 ? env.map(environment => ({ environment })) : [{}];
  return {
    incident: {
      incident: `${failurePrefix}${id}`,
      title: attributes.name ?? '',
      severity: attributes.severity ?? '',
      status: finished_at === undefined ? 'open' : 'resolved',
      labels: attributes.custom_tags ?? [],
      startedAt,
      ...(finished_at === undefined ? {} : { resolvedAt: finished_at }),
      // Nothing says when it was changed; what has ended is newer than what hadn't.
      updatedAt: [startedAt, finished_at, created_at]
        .filter(at => at !== undefined)
        .sort()
        .at(-1)!,
    },
    affected: services.flatMap(service => environments.map(environment => ({ ...own, ...environment, ...service }))),
  };
}
