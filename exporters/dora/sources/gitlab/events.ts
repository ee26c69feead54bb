/**
 * GitLab's webhook events, as facts. Their times are spelt in three ways, and none tells all of a thing: what it lacks is
 * completed from what else is known (completed.ts). Source: "Webhook events" of GitLab's documentation.
 */
import { z } from 'zod';
import { fold } from '../../../catalog/refs.ts';
import type { Facts, IncidentFact, PullRequestFact } from '../../facts.ts';
import { given, isBot, isEnd, revertedBy, rootCauseOf, stateOf, statusOf } from './facts.ts';
import { labels, time } from './shapes.ts';

const text = z.string().nullish();
const maybeTime = time.nullish();
const project = z.looseObject({ path_with_namespace: z.string().transform(fold), default_branch: text });
const user = z.looseObject({ id: z.number().nullish(), username: text }).nullish();

const deploymentEvent = z.looseObject({
  project,
  user,
  deployment_id: z.number(),
  deployable_url: text,
  environment: z.string(),
  status: z.string(),
  status_changed_at: time,
  ref: text,
  short_sha: text,
  commit_url: text,
});

const build = z.looseObject({ created_at: maybeTime, started_at: maybeTime, finished_at: maybeTime });
const pipelineEvent = z.looseObject({
  project,
  builds: z.array(build).nullish(),
  object_attributes: z.looseObject({
    id: z.number(),
    ref: text,
    sha: z.string(),
    source: text,
    status: z.string(),
    created_at: time,
    finished_at: maybeTime,
    queued_duration: z.number().nullish(),
    url: text,
  }),
});

const changes = z
  .looseObject({
    draft: z.looseObject({ previous: z.boolean().nullish(), current: z.boolean().nullish() }).nullish(),
  })
  .nullish();

const mergeRequest = z.looseObject({
  iid: z.number(),
  title: z.string(),
  description: text,
  state: z.string(),
  author_id: z.number().nullish(),
  source_branch: z.string(),
  target_branch: z.string(),
  target: z.looseObject({ path_with_namespace: z.string().transform(fold) }).nullish(),
  merge_commit_sha: text,
  squash_commit_sha: text,
  last_commit: z.looseObject({ id: text }).nullish(),
  labels,
  url: text,
  created_at: time,
  updated_at: time,
  action: text,
});
const mergeRequestEvent = z.looseObject({ project, user, labels, changes, object_attributes: mergeRequest });

const noteEvent = z.looseObject({
  project,
  user,
  object_attributes: z.looseObject({ created_at: time, system: z.boolean().nullish() }),
  merge_request: mergeRequest.nullish(),
});

const issueEvent = z.looseObject({
  project,
  labels,
  changes: z.looseObject({ labels: z.looseObject({ previous: labels }).nullish() }).nullish(),
  object_attributes: z.looseObject({
    id: z.number(),
    title: z.string(),
    description: text,
    type: text,
    state: z.string(),
    severity: text,
    escalation_status: text,
    labels,
    url: text,
    created_at: time,
    updated_at: time,
    closed_at: maybeTime,
    action: text,
  }),
});

const tagEvent = z.looseObject({
  project,
  ref: z.string(),
  checkout_sha: text,
  commits: z.array(z.looseObject({ id: z.string(), timestamp: time })).nullish(),
});

export interface EventRules {
  readonly incidentLabels: readonly string[];
}

export interface ReadEvent {
  readonly facts: Facts;
  /** Issues that are no incidents; one that was one is none any more. */
  readonly notIncidents?: readonly { readonly fact: IncidentFact; readonly wasOne: boolean }[];
}

type EventReader = (payload: unknown, rules: EventRules) => z.ZodSafeParseResult<ReadEvent>;

const reader =
  <Schema extends z.ZodType>(
    schema: Schema,
    read: (event: z.output<Schema>, rules: EventRules) => ReadEvent,
  ): EventReader =>
  (payload, rules) =>
    schema
      .transform(event => read(event as z.output<Schema>, rules))
      .safeParse(payload) as z.ZodSafeParseResult<ReadEvent>;

const nothing: ReadEvent = { facts: {} };

const deployment = reader(deploymentEvent, one => {
  const status = statusOf(one.status);
  if (status === undefined) return nothing;
  const at = one.status_changed_at;
  return {
    facts: {
      deployments: [
        {
          deployment: String(one.deployment_id),
          repository: one.project.path_with_namespace,
          environment: one.environment,
          ...given('sha', /\/commit\/([0-9a-f]+)/.exec(one.commit_url ?? '')?.[1] ?? one.short_sha),
          ...given('ref', one.ref),
          ...given('actor', one.user?.username),
          ...given('url', one.deployable_url),
          ...{ createdAt: at, updatedAt: at, statuses: [{ status, at }] },
        },
      ],
    },
  };
});

const latest = (times: readonly (string | null | undefined)[]) =>
  times
    .flatMap(at => at ?? [])
    .sort()
    .at(-1);

const pipeline = reader(
  pipelineEvent,
  ({ project: { path_with_namespace: repository }, builds, object_attributes: one }) => {
    const status = statusOf(one.status);
    // A child's time is in its parent's.
    if (status === undefined || one.source === 'parent_pipeline') return nothing;
    const finished = isEnd(status) ? (one.finished_at ?? undefined) : undefined;
    const jobs = (builds ?? []).flatMap(job => [job.created_at, job.started_at, job.finished_at]);
    // It says no time of its own change: that of its newest job, or its end.
    const updatedAt = finished ?? latest([one.created_at, ...jobs]) ?? one.created_at;
    const begun =
      one.queued_duration != null
        ? new Date(Date.parse(one.created_at) + one.queued_duration * 1000).toISOString()
        : (builds ?? []).flatMap(({ started_at }) => started_at ?? []).sort()[0];
    return {
      facts: {
        pipelineRuns: [
          {
            ...{ run: String(one.id), repository, pipeline: '.gitlab-ci.yml', branch: one.ref ?? '' },
            ...{ event: one.source ?? '', sha: one.sha, attempt: 1, status, queuedAt: one.created_at, updatedAt },
            ...given('url', one.url),
            ...given('startedAt', status === 'queued' ? undefined : begun),
            ...given('finishedAt', isEnd(status) ? (finished ?? updatedAt) : undefined),
          },
        ],
      },
    };
  },
);

type MergeRequestAttributes = z.output<typeof mergeRequest>;

function pullRequestOf(repository: string, one: MergeRequestAttributes, labelled: readonly string[]): PullRequestFact {
  return {
    ...{ repository: one.target?.path_with_namespace ?? repository, number: one.iid, title: one.title },
    ...{ author: '', isBot: false, state: stateOf(one.state), base: one.target_branch, head: one.source_branch },
    labels: labelled,
    ...given('headSha', one.last_commit?.id),
    ...given('mergeSha', one.squash_commit_sha || one.merge_commit_sha),
    ...given('reverts', revertedBy(one)),
    ...given('url', one.url),
    ...{ createdAt: one.created_at, updatedAt: one.updated_at },
  };
}

const mergeRequests = reader(mergeRequestEvent, event => {
  const { object_attributes: one, user: by } = event;
  const at = one.updated_at;
  const isAuthor = by?.id != null && by.id === one.author_id;
  const author = isAuthor ? (by.username ?? '') : '';
  const isApproval = one.action === 'approved' || one.action === 'approval';
  const isRead = event.changes?.draft?.previous === true && event.changes.draft.current === false;
  return {
    facts: {
      pullRequests: [
        {
          ...pullRequestOf(event.project.path_with_namespace, one, one.labels ?? event.labels ?? []),
          ...(author === '' ? {} : { author, isBot: isBot(author) }),
          ...given('readyAt', isRead ? at : undefined),
          ...given('firstReviewAt', (isApproval || one.action === 'unapproval') && !isAuthor ? at : undefined),
          ...given('approvedAt', isApproval ? at : undefined),
          ...given('mergedAt', one.action === 'merge' ? at : undefined),
          ...given('closedAt', one.action === 'close' || one.action === 'merge' ? at : undefined),
        },
      ],
    },
  };
});

/** The first word of anyone but the author is the first review. */
const note = reader(noteEvent, ({ project: { path_with_namespace: repository }, user: by, ...event }) => {
  const { merge_request: one, object_attributes: said } = event;
  if (!one || said.system || by?.id == null || by.id === one.author_id || isBot(by.username ?? '')) return nothing;
  const firstReviewAt = said.created_at;
  return { facts: { pullRequests: [{ ...pullRequestOf(repository, one, one.labels ?? []), firstReviewAt }] } };
});

const issue = reader(issueEvent, (event, { incidentLabels }) => {
  const { object_attributes: one, project: of } = event;
  const labelled = one.labels ?? event.labels ?? [];
  const isWanted = (label: string) => incidentLabels.includes(label);
  const isIncident = fold(one.type ?? '') === 'incident' || !!one.escalation_status || labelled.some(isWanted);
  const wasOne = (event.changes?.labels?.previous ?? []).some(isWanted);
  const isClosed = one.state === 'closed';
  const severity = one.severity?.toLowerCase();
  const fact: IncidentFact = {
    ...{ incident: String(one.id), title: one.title, repository: of.path_with_namespace, labels: labelled },
    status: isClosed ? 'resolved' : 'open',
    ...given('severity', severity === 'unknown' ? undefined : severity),
    ...given('rootCauseSha', rootCauseOf(one.description)),
    ...given('url', one.url),
    ...{ startedAt: one.created_at, updatedAt: one.updated_at },
    ...given('resolvedAt', isClosed ? (one.closed_at ?? one.updated_at) : undefined),
  };
  return isIncident
    ? { facts: { incidents: [fact] } }
    : { facts: {}, notIncidents: [{ fact: { ...fact, isDeleted: true }, wasOne }] };
});

const tag = reader(tagEvent, ({ project: of, ref, checkout_sha, commits }) => {
  const at = commits?.find(({ id }) => id === checkout_sha)?.timestamp;
  // A tag that is deleted has no commit.
  if (!checkout_sha || at === undefined) return nothing;
  const name = ref.replace(/^refs\/tags\//, '');
  return { facts: { tags: [{ repository: of.path_with_namespace, tag: name, sha: checkout_sha, taggedAt: at }] } };
});

/** By `object_kind`. A push names commits without their parents: they are read from the API, or by the source `git`. */
const readers: Readonly<Record<string, EventReader>> = {
  deployment,
  pipeline,
  merge_request: mergeRequests,
  note,
  issue,
  incident: issue,
  work_item: issue,
  tag_push: tag,
  push: reader(z.looseObject({ project }), () => nothing),
};

/** Undefined for kinds that tell nothing of delivery. */
export function readEvent(payload: unknown, rules: EventRules): z.ZodSafeParseResult<ReadEvent> | undefined {
  const kind = (payload as { readonly object_kind?: unknown } | null)?.object_kind;
  const read = typeof kind === 'string' && Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  return read?.(payload, rules);
}
