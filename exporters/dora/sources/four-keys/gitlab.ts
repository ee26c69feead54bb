/** GitLab's webhook events as Four Keys kept them: read as the source `gitlab` reads them, under names of their own. */
import { z } from 'zod';
import { fold } from '../../../catalog/refs.ts';
import type { DeploymentFact, Facts } from '../../facts.ts';
import { type ReadEvent, readEvent } from '../gitlab/events.ts';
import { given, isEnd, statusOf } from '../gitlab/facts.ts';
import { rejectionOf } from '../gitlab/reading.ts';
import { time } from '../gitlab/shapes.ts';
import {
  by,
  cutPush,
  type EventReader,
  pushedCommits,
  type Reading,
  type SystemReaders,
  systemReaders,
} from './reading.ts';
import type { Rules } from './rules.ts';

const text = z.string().nullish();
const project = z.looseObject({ path_with_namespace: z.string().transform(fold), default_branch: text });

const push = z.looseObject({
  project,
  ref: text,
  before: z.string(),
  total_commits_count: z.number().nullish(),
  commits: z.array(
    z.looseObject({
      id: z.string(),
      timestamp: time,
      message: text,
      author: z.looseObject({ name: text, email: text }).nullish(),
    }),
  ),
});

const job = z.looseObject({
  id: z.number(),
  name: text,
  status: z.string(),
  created_at: time,
  started_at: time.nullish(),
  finished_at: time.nullish(),
  environment: z.looseObject({ name: text, action: text }).nullish(),
});
const pipeline = z.looseObject({
  project,
  builds: z.array(job).nullish(),
  object_attributes: z.looseObject({
    id: z.number(),
    ref: text,
    sha: z.string(),
    tag: z.boolean().nullish(),
    status: z.string(),
    created_at: time,
    finished_at: time.nullish(),
  }),
});

const pushes = by(push, ({ project: of, ref, before, commits, total_commits_count }, _, { takesCommits }) => {
  const isDefault = !of.default_branch || !ref || ref === `refs/heads/${of.default_branch}`;
  if (!takesCommits || !isDefault) return {};
  return {
    ...cutPush(commits.length, total_commits_count),
    facts: {
      commits: pushedCommits({
        ...{ repository: of.path_with_namespace, before },
        commits: commits.map(({ id, timestamp, message, author }) => ({
          ...{ id, at: timestamp, message: message ?? '', name: author?.name ?? '', email: author?.email ?? '' },
        })),
      })!,
    },
  };
});

/** A job's id names its deployment, which an event of its own tells of too. */
const nameOf = (one: DeploymentFact) => {
  const jobId = /\/jobs\/(\d+)\/?$/.exec(one.url ?? '')?.[1];
  return jobId === undefined ? `gitlab:deployment:${one.deployment}` : jobName(jobId);
};
const jobName = (id: number | string) => `gitlab:job:${id}`;

const renamed = ({ facts, notIncidents = [] }: ReadEvent): Reading => ({
  facts: {
    ...facts,
    ...(facts.deployments && { deployments: facts.deployments.map(one => ({ ...one, deployment: nameOf(one) })) }),
    ...(facts.incidents && { incidents: facts.incidents.map(one => ({ ...one, incident: `gitlab:${one.incident}` })) }),
    ...(facts.pipelineRuns && { pipelineRuns: facts.pipelineRuns.map(one => ({ ...one, run: `gitlab:${one.run}` })) }),
  },
  notIncidents: notIncidents.map(({ fact, wasOne }) => ({
    fact: { ...fact, incident: `gitlab:${fact.incident}` },
    wasOne,
  })),
});

const asGitLab: EventReader = (event, { incidentLabels }) => {
  const read = readEvent(event.metadata, { incidentLabels });
  if (read === undefined) return {};
  return read.success ? renamed(read.data) : { rejection: rejectionOf(event.metadata, read.error, 'event') };
};

function deploymentsOf(
  { project: of, builds, object_attributes: one }: z.output<typeof pipeline>,
  rules: Rules,
): DeploymentFact[] {
  const shared = {
    repository: of.path_with_namespace,
    sha: one.sha,
    ...given('ref', one.ref),
    ...given('version', one.tag ? one.ref : undefined),
  };
  if (rules.pipelinesDeploy) {
    const status = statusOf(one.status);
    const isDefault = !of.default_branch || one.ref === of.default_branch || one.tag === true;
    if (status === undefined || !isEnd(status) || !isDefault || !one.finished_at) return [];
    const times = { createdAt: one.created_at, updatedAt: one.finished_at };
    return [
      {
        deployment: `gitlab:pipeline:${one.id}`,
        ...shared,
        environment: rules.environment,
        ...times,
        statuses: [{ status, at: one.finished_at }],
      },
    ];
  }
  return (builds ?? []).flatMap(build => {
    const status = statusOf(build.status);
    const { name, action } = build.environment ?? {};
    const at = build.finished_at;
    const isDeploy = name && (action == null || action === 'start');
    if (!isDeploy || !at || status === undefined || !isEnd(status) || status === 'cancelled') return [];
    const begun = build.started_at ? [{ status: 'running', at: build.started_at } as const] : [];
    return [
      {
        ...{ deployment: jobName(build.id), ...shared, environment: name, ...given('task', build.name) },
        ...{ createdAt: build.created_at, updatedAt: at, statuses: [...begun, { status, at }] },
      },
    ];
  });
}

const pipelines: EventReader = (event, rules) => {
  const run = asGitLab(event, rules);
  const deployed = by(pipeline, said => ({ facts: { deployments: deploymentsOf(said, rules) } }))(event, rules);
  const facts: Facts = { ...run.facts, ...deployed.facts };
  const rejection = run.rejection ?? deployed.rejection;
  return { facts, ...(rejection === undefined ? {} : { rejection }) };
};

export const gitlabReaders: SystemReaders = systemReaders({
  push: pushes,
  tag_push: asGitLab,
  deployment: asGitLab,
  pipeline: pipelines,
  merge_request: asGitLab,
  note: asGitLab,
  issue: asGitLab,
});
