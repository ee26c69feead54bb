/** What a webhook's delivery says, as news. Source: GitHub's "Webhook events and payloads". */
import { z } from 'zod';
import { repositorySlug } from '../../../catalog/repository.ts';
import { wildcard } from '../../../catalog/wildcard.ts';
import type { GitHubConfig } from './config.ts';
import { deploymentFact, statusOfState, webOf } from './deployments.ts';
import { deletedPart, issuePart, labelPart } from './issues.ts';
import { type Part, ranks } from './parts.ts';
import { restPerson } from './people.ts';
import { pullRequestPart, readyPart, reviewPart } from './pull-requests.ts';
import { releaseParts, tagPart } from './releases.ts';
import { readRun } from './runs.ts';
import {
  deploymentSchema,
  deploymentStatusSchema,
  issueSchema,
  pullRequestSchema,
  readAll,
  releaseSchema,
  reviewSchema,
  runSchema,
  type Unread,
} from './shapes.ts';
import type { News } from './store.ts';

const payloadSchema = z.looseObject({
  action: z.string().optional(),
  repository: z.object({ full_name: z.string() }).optional(),
  label: z.object({ name: z.string() }).nullish(),
});

type Payload = z.infer<typeof payloadSchema>;

interface Told {
  readonly payload: Payload;
  readonly repository: string;
  readonly config: Pick<GitHubConfig, 'url' | 'incident_labels' | 'deployments_from'>;
}

const none: News = { records: 0 };

/** Undefined where the body is no payload of a webhook; no news of an event that isn't ours to read, such as ping. */
export function newsOfEvent(
  event: string,
  body: unknown,
  config: Told['config'],
  isOurs: (repository: string) => boolean,
): News | undefined {
  const parsed = payloadSchema.safeParse(body);
  if (!parsed.success) return undefined;
  const { repository } = parsed.data;
  const slug = repository && repositorySlug(repository.full_name);
  const read = Object.hasOwn(readers, event) ? readers[event] : undefined;
  if (!read) return none;
  if (slug === undefined) return undefined;
  return isOurs(slug) ? read({ payload: parsed.data, repository: slug, config }) : none;
}

/** One object of the payload, or why it can't be read. */
function object<T>({ payload, repository }: Told, key: string, schema: z.ZodType<T>): { value?: T; unread: Unread[] } {
  const { read, unread } = readAll(schema, [payload[key]], { file: repository, kind: key });
  return read[0] === undefined ? { unread } : { value: read[0], unread };
}

const deployment = (told: Told): News => {
  const { repository, config } = told;
  const rule = config.deployments_from.some(
    ({ kind, repositories }) => kind === 'deployments' && wildcard(repositories, true)(repository),
  );
  if (!rule) return none;
  const { value, unread } = object(told, 'deployment', deploymentSchema);
  if (!value) return { unread, records: 1 };
  const fact = deploymentFact(value, { repository, web: webOf(config.url) });
  if (told.payload.deployment_status === undefined) return { deployments: [fact], records: 1 };
  const status = object(told, 'deployment_status', deploymentStatusSchema);
  const known = status.value && statusOfState(status.value.state);
  const odd: Unread[] =
    status.value && known === undefined
      ? [
          {
            ...{ file: `${repository} deployment ${value.id}`, reason: 'unknown_status', field: 'state' },
            value: status.value.state,
          },
        ]
      : status.unread;
  const statuses = known === undefined ? [] : [{ status: known, at: status.value!.created_at }];
  return { deployments: [{ ...fact, statuses }], unread: odd, records: 1 };
};

const workflowRun = (told: Told): News => {
  const { value, unread } = object(told, 'workflow_run', runSchema);
  if (!value) return { unread, records: 1 };
  const run = readRun(value, told.repository);
  if (run) return { runs: [run], records: 1 };
  const odd = { file: `${told.repository} run ${value.id}`, reason: 'unknown_status', field: 'conclusion' };
  return { unread: [{ ...odd, value: `${value.status} ${value.conclusion}` }], records: 1 };
};

const pullRequest = (told: Told): News => {
  const { value, unread } = object(told, 'pull_request', pullRequestSchema);
  if (!value) return { unread, records: 1 };
  const { repository, payload } = told;
  const parts: Part[] = [pullRequestPart(value, repository, 'told')];
  if (payload.action === 'ready_for_review') parts.push(readyPart(repository, value.number, value.updated_at));
  return { parts, records: 1 };
};

const pullRequestReview = (told: Told): News => {
  const pull = object(told, 'pull_request', pullRequestSchema);
  const { value: review, unread } = object(told, 'review', reviewSchema);
  if (!pull.value || !review) return { unread: [...pull.unread, ...unread], records: 1 };
  const of = { repository: told.repository, number: pull.value.number, ...restPerson(review.user) };
  const part = reviewPart(review, of);
  return { parts: [pullRequestPart(pull.value, told.repository, 'told'), ...(part ? [part] : [])], records: 1 };
};

const issues = (told: Told): News => {
  const { value, unread } = object(told, 'issue', issueSchema);
  if (!value) return { unread, records: 1 };
  if (value.pull_request) return none;
  const { repository, payload, config } = told;
  const isIncident = wildcard(config.incident_labels, true);
  const labels = [...(value.labels ?? []), ...(payload.label ? [payload.label] : [])].map(({ name }) => name);
  const parts: Part[] = [
    issuePart(value, repository, 'told'),
    ...labels.filter(isIncident).map(label => labelPart(repository, value.number, label)),
  ];
  if (payload.action === 'deleted' || payload.action === 'transferred')
    parts.push(deletedPart(repository, value.number));
  return { parts, records: 1 };
};

const release = (told: Told): News => {
  const { value, unread } = object(told, 'release', releaseSchema);
  return value ? { parts: releaseParts(value, told.repository), records: 1 } : { unread, records: 1 };
};

const pushSchema = z.object({
  ref: z.string(),
  after: z.string(),
  deleted: z.boolean().nullish(),
  head_commit: z.object({ id: z.string(), timestamp: z.string() }).nullish(),
});

/**
 * A push tells its commits without their parents, so they are no history yet: the head is noted, and read from the API
 * where commits are. The push of a tag tells the commit that a release is of.
 */
const push = (told: Told): News => {
  const { repository } = told;
  const parsed = pushSchema.safeParse(told.payload);
  if (!parsed.success) return { unread: [{ file: `${repository} push`, reason: 'bad_push' }], records: 1 };
  const { ref, after, deleted, head_commit: head } = parsed.data;
  if (deleted || !head) return none;
  const tag = /^refs\/tags\/(.+)$/.exec(ref)?.[1];
  if (tag !== undefined)
    return {
      parts: [tagPart(repository, tag, 'push', head.id)],
      tags: [{ repository, tag, sha: head.id, taggedAt: head.timestamp }],
      records: 1,
    };
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined) return none;
  const of = { repository, kind: 'branch' as const, thing: branch, part: 'head', rank: ranks.told };
  return { parts: [{ ...of, saidAt: head.timestamp, body: { sha: after } }], records: 1 };
};

const readers: Readonly<Record<string, (told: Told) => News>> = {
  ...{ deployment, deployment_status: deployment, workflow_run: workflowRun, pull_request: pullRequest },
  ...{ pull_request_review: pullRequestReview, issues, release, push },
};
