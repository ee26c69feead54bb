/** What may be posted to /push/dora/events: deployments, incidents, commits, pull requests and pipeline runs of any system. */
import { z } from 'zod';
import { repositorySlug } from '../../../catalog/repository.ts';

const text = z.string().trim().min(1);
const longest = 1000;
const word = text.max(longest);
const labels = z.array(word).max(100).optional();

const time = z.iso
  .datetime({ offset: true, error: 'expected a time such as 2026-11-30T12:00:00Z or 2026-11-30T13:00:00+01:00' })
  .meta({ format: 'date-time' });

const sha = z
  .string()
  .trim()
  .regex(/^[0-9a-fA-F]{7,64}$/, 'expected the id of a commit, best in full: 40 hexadecimal digits')
  .toLowerCase();

const repository = word
  .refine(said => repositorySlug(said) !== undefined, 'expected a repository such as acme/shop, or its clone URL')
  .overwrite(said => repositorySlug(said) ?? said);

/** Words of whoever posts; ownership rules and the catalog make teams, services and environments of them. */
const owner = {
  service: word.optional().describe('The service: a Component of the catalog, or a name of its own.'),
  team: word
    .optional()
    .describe('The team, where neither rules nor the catalog say it. A team token fills in its own.'),
  repository: repository.optional().describe('The repository, as acme/shop or a clone URL.'),
} as const;

const hasOwner = ({ service, repository: slug }: { readonly service?: unknown; readonly repository?: unknown }) =>
  service !== undefined || slug !== undefined;
const noOwner = { path: ['service'], error: 'expected service or repository: whose it is must be told by one of them' };

const updatedAt = time
  .optional()
  .describe(
    'When this was so: of two events of one id the later one holds. The latest time of the event unless given.',
  );

export const deploymentEventSchema = z
  .strictObject({
    type: z.literal('deployment'),
    id: word.describe('Its id; an event with an id that is known tells more of the same deployment.'),
    ...owner,
    environment: word.describe('Where to, as the deploying system calls it; dora.production says which is production.'),
    status: z
      .enum(['queued', 'running', 'success', 'failure', 'cancelled'])
      .default('success')
      .describe('How it stands.'),
    sha: sha.optional().describe('The commit that was deployed; lead times need it.'),
    ref: word.optional().describe('The branch or tag.'),
    version: word.optional().describe('The version, as people call it.'),
    task: word.optional().describe('The workflow, job or pipeline that deploys.'),
    actor: word.optional().describe('Who deployed.'),
    labels,
    url: word.optional().describe('Where to read more.'),
    created_at: time.optional().describe('When it was asked for.'),
    started_at: time.optional().describe('When it began.'),
    finished_at: time.optional().describe('When it ended; needed with success, failure and cancelled.'),
    updated_at: updatedAt,
    changed_production: z
      .boolean()
      .optional()
      .describe('Of a failed one: whether production was changed. One that was not is no failure of production.'),
    is_planned: z.boolean().optional().describe('False for a repair that no one had planned.'),
    incident: word.optional().describe('The incident that it was made for.'),
    rolls_back_to: word.optional().describe('The version or commit that it returns to.'),
    commits: z
      .array(z.strictObject({ repository, sha }))
      .max(1000)
      .optional()
      .describe('Where it brings several repositories: all of them, its own too.'),
  })
  .refine(hasOwner, noOwner)
  .refine(({ status, finished_at }) => finished_at !== undefined || ['queued', 'running'].includes(status), {
    path: ['finished_at'],
    error: 'expected the end of a deployment that has ended',
  })
  .refine(({ status, started_at }) => started_at !== undefined || status !== 'running', {
    path: ['started_at'],
    error: 'expected the beginning of a deployment that is running',
  })
  .refine(
    ({ status, created_at, started_at }) => created_at !== undefined || started_at !== undefined || status !== 'queued',
    {
      path: ['created_at'],
      error: 'expected when a deployment that is queued was asked for',
    },
  )
  .refine(
    ({ started_at, finished_at }) =>
      started_at === undefined || finished_at === undefined || Date.parse(started_at) <= Date.parse(finished_at),
    { path: ['finished_at'], error: 'expected an end that is not before started_at' },
  );

export const incidentEventSchema = z
  .strictObject({
    type: z.literal('incident'),
    id: word.describe('Its id; an event with an id that is known tells more of the same incident.'),
    ...owner,
    environment: word.optional(),
    title: z.string().trim().max(longest).default(''),
    severity: word.optional(),
    status: z
      .enum(['open', 'resolved', 'cancelled'])
      .default('open')
      .describe('cancelled: it was no incident after all.'),
    started_at: time.optional().describe('When it began; may be left out where an earlier event said it.'),
    resolved_at: time.optional().describe('When it was over; needed with resolved.'),
    updated_at: updatedAt,
    is_deleted: z.boolean().optional().describe('True to take it back.'),
    deployment: word.optional().describe('The deployment that caused it: SOURCE:ID, or the id of one of these events.'),
    root_cause_sha: sha.optional().describe('The commit that caused it.'),
    labels,
    url: word.optional(),
  })
  .refine(hasOwner, noOwner)
  .refine(({ status, resolved_at }) => (status === 'resolved') === (resolved_at !== undefined), {
    path: ['resolved_at'],
    error: 'expected resolved_at with the status resolved, and with no other',
  })
  .refine(({ started_at, resolved_at, updated_at }) => (started_at ?? resolved_at ?? updated_at) !== undefined, {
    path: ['started_at'],
    error: 'expected when it began',
  })
  .refine(
    ({ started_at, resolved_at }) =>
      started_at === undefined || resolved_at === undefined || Date.parse(started_at) <= Date.parse(resolved_at),
    { path: ['resolved_at'], error: 'expected an end that is not before started_at' },
  );

export const commitEventSchema = z.strictObject({
  type: z.literal('commit'),
  repository,
  sha: sha.length(40, 'expected all 40 hexadecimal digits'),
  parents: z.array(sha).max(100).describe('Its parents, the first one first; without them there is no history.'),
  authored_at: time,
  committed_at: time.optional().describe('authored_at unless given.'),
  author_name: z.string().max(longest).default(''),
  author_email: z.string().max(longest).default(''),
  message: z.string().max(100_000).default('').describe('Read for what it reverts and which pull request it merges.'),
});

export const pullRequestEventSchema = z.strictObject({
  type: z.literal('pull_request'),
  repository,
  number: z.int().min(1),
  title: z.string().max(longest).default(''),
  author: z.string().max(longest).default(''),
  is_bot: z.boolean().default(false),
  state: z.enum(['open', 'merged', 'closed']),
  base: word.describe('The branch that it is merged into.'),
  head: word.describe('The branch that it comes from.'),
  head_sha: sha.optional(),
  merge_sha: sha.optional().describe('The commit on the base that brought it in.'),
  reverts: z.int().min(1).optional().describe('The pull request that it reverts.'),
  labels,
  url: word.optional(),
  first_commit_at: time.optional(),
  created_at: time,
  ready_at: time.optional(),
  first_review_at: time.optional(),
  approved_at: time.optional(),
  merged_at: time.optional(),
  closed_at: time.optional(),
  updated_at: updatedAt,
  commits: z
    .array(z.strictObject({ sha, authored_at: time, committed_at: time.optional() }))
    .max(1000)
    .optional()
    .describe('Its commits as they were, before a squash or a rebase.'),
});

export const pipelineRunEventSchema = z
  .strictObject({
    type: z.literal('pipeline_run'),
    id: word.describe('Its id within the repository; another attempt has an id of its own.'),
    repository,
    pipeline: word.describe('The name of the pipeline or workflow.'),
    status: z.enum(['queued', 'running', 'success', 'failure', 'cancelled']).describe('How it stands.'),
    branch: word.optional(),
    event: word.optional().describe('What set it off, such as push or schedule.'),
    sha: sha.optional(),
    attempt: z.int().min(1).default(1),
    url: word.optional(),
    queued_at: time.optional(),
    started_at: time.optional().describe('When it began; without it its duration is not known.'),
    finished_at: time.optional().describe('When it ended; needed with success, failure and cancelled.'),
    updated_at: updatedAt,
  })
  .refine(
    ({ status, finished_at }) => (finished_at !== undefined) === ['success', 'failure', 'cancelled'].includes(status),
    { path: ['finished_at'], error: 'expected the end of a run that has ended, and of no other' },
  )
  .refine(({ queued_at, started_at, finished_at }) => (queued_at ?? started_at ?? finished_at) !== undefined, {
    path: ['queued_at'],
    error: 'expected when it was queued or began',
  })
  .refine(
    ({ started_at, finished_at }) =>
      started_at === undefined || finished_at === undefined || Date.parse(started_at) <= Date.parse(finished_at),
    { path: ['finished_at'], error: 'expected an end that is not before started_at' },
  );

export const eventSchema = z.discriminatedUnion('type', [
  deploymentEventSchema,
  incidentEventSchema,
  commitEventSchema,
  pullRequestEventSchema,
  pipelineRunEventSchema,
]);

export type DeliveryEvent = z.output<typeof eventSchema>;
export type DeploymentEvent = z.output<typeof deploymentEventSchema>;
export type IncidentEvent = z.output<typeof incidentEventSchema>;
export type CommitEvent = z.output<typeof commitEventSchema>;
export type PullRequestEvent = z.output<typeof pullRequestEventSchema>;
export type PipelineRunEvent = z.output<typeof pipelineRunEventSchema>;
