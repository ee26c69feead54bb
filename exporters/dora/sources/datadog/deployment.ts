/**
 * A deployment event of Datadog's DORA metrics: as a deployment of ours, and what Datadog says of it. Its reference gives
 * fewer attributes than its answers have: change_failure, recovery_time_sec and the commits with their lead times are
 * read where they are there.
 */
import { z } from 'zod';
import { repositorySlug } from '../../../catalog/repository.ts';
import { datadogTime } from '../../../vendors/datadog/time.ts';
import type { DeploymentFact } from '../../facts.ts';
import { translator } from '../../service-words.ts';
import type { DatadogConfig } from './config.ts';

const text = z.string().nullish();
const seconds = z.number().nonnegative().nullish().catch(undefined);
const time = z.unknown().optional().transform(datadogTime);

export const deploymentSchema = z.looseObject({
  id: z.string().min(1),
  attributes: z.looseObject({
    service: z.string().min(1),
    team: text,
    env: text,
    version: text,
    started_at: time.refine(value => value !== undefined, 'expected a time'),
    finished_at: time,
    git: z.looseObject({ commit_sha: text, repository_url: text, repository_id: text }).nullish(),
    custom_tags: z.array(z.string()).nullish(),
    source: text,
    change_failure: z.boolean().nullish().catch(undefined),
    recovery_time_sec: seconds,
    commits: z
      .array(z.looseObject({ change_lead_time: seconds }))
      .nullish()
      .catch(undefined),
  }),
});

export type Deployment = z.infer<typeof deploymentSchema>;

/** The deployment; undefined where it has no repository, without which it is nowhere. */
export function factOf({ id, attributes }: Deployment, config: DatadogConfig): DeploymentFact | undefined {
  const { git, service, started_at, finished_at } = attributes;
  const repository = repositorySlug(git?.repository_url ?? hostless(git?.repository_id ?? ''));
  if (repository === undefined) return undefined;
  const words = translator(config.services)({ name: service });
  const started = started_at!;
  return {
    ...{ deployment: id, repository, environment: attributes.env ?? '' },
    ...(git?.commit_sha ? { sha: git.commit_sha } : {}),
    ...(attributes.version ? { version: attributes.version } : {}),
    ...(words.service === undefined ? {} : { service: words.service }),
    ...((words.team ?? attributes.team) ? { team: words.team ?? attributes.team! } : {}),
    ...(attributes.source ? { task: attributes.source } : {}),
    labels: attributes.custom_tags ?? [],
    createdAt: started,
    updatedAt: finished_at ?? started,
    statuses: [
      { status: 'running', at: started },
      // Datadog takes deployments that have reached their environment.
      ...(finished_at === undefined ? [] : [{ status: 'success', at: finished_at } as const]),
    ],
  };
}

/** `github.com/acme/shop`, without a scheme. */
const hostless = (id: string) => (/^[a-z0-9-]+(\.[a-z0-9-]+)+\//i.test(id) ? id.slice(id.indexOf('/') + 1) : id);

/** A row of `datadog_deployments`; undefined while it isn't finished. */
export function judgementOf({ id, attributes }: Deployment) {
  const { started_at, finished_at, commits, change_failure, recovery_time_sec } = attributes;
  if (finished_at === undefined) return undefined;
  const leads = (commits ?? []).flatMap(({ change_lead_time }) => change_lead_time ?? []);
  return {
    ...{ deployment: id, service: attributes.service, team: attributes.team ?? '', environment: attributes.env ?? '' },
    ...{ started_at: started_at!, finished_at, change_failure: change_failure ?? null },
    recovery: change_failure === true ? (recovery_time_sec ?? null) : null,
    lead_time: leads.length > 0 ? leads.reduce((sum, lead) => sum + lead, 0) / leads.length : null,
    commits: leads.length,
  };
}

export type Judgement = NonNullable<ReturnType<typeof judgementOf>>;
