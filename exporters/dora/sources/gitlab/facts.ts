/** What GitLab's API says, as facts. */
import type {
  CommitFact,
  DeploymentFact,
  IncidentFact,
  PipelineRunFact,
  PullRequestFact,
  RunStatus,
  TagFact,
} from '../../facts.ts';
import { messageOf } from '../../message.ts';
import type { Commit, Deployment, Issue, MergeRequest, Note, Pipeline, Tag } from './shapes.ts';

/** A pipeline that waits for a person has not ended; one that was skipped never ran. */
const statuses: Readonly<Record<string, RunStatus>> = {
  created: 'queued',
  waiting_for_resource: 'queued',
  waiting_for_callback: 'queued',
  preparing: 'queued',
  pending: 'queued',
  scheduled: 'queued',
  manual: 'queued',
  blocked: 'queued',
  running: 'running',
  canceling: 'running',
  success: 'success',
  failed: 'failure',
  canceled: 'cancelled',
  skipped: 'cancelled',
};

/** The status of a deployment, a pipeline or a job; undefined for a word that is not known. */
export const statusOf = (said: string): RunStatus | undefined => statuses[said];
export const isEnd = (status: RunStatus): boolean => !['queued', 'running'].includes(status);

/** A value under its name, or nothing where there is none. */
export const given = <Name extends string, Value>(name: Name, value: Value | null | undefined | '') =>
  (value === undefined || value === null || value === '' ? {} : { [name]: value }) as { readonly [N in Name]?: Value };

/** The end of a deployment is its job's: it is updated again when its environment changes. */
export function deploymentFact(repository: string, one: Deployment): DeploymentFact | undefined {
  const { deployable, created_at: createdAt } = one;
  const updatedAt = one.updated_at ?? createdAt;
  const status = statusOf(one.status ?? deployable?.status ?? 'created');
  if (status === undefined) return undefined;
  const begun = deployable?.started_at ?? (status === 'running' ? updatedAt : undefined);
  return {
    deployment: String(one.id),
    repository,
    environment: one.environment.name,
    ...given('sha', one.sha),
    ...given('ref', one.ref),
    ...given('version', deployable?.tag ? one.ref : undefined),
    ...given('task', deployable?.name),
    ...given('actor', one.user?.username),
    ...given('url', deployable?.web_url),
    createdAt,
    updatedAt,
    statuses: [
      { status: 'queued', at: createdAt },
      ...(begun && status !== 'queued' ? [{ status: 'running', at: begun } as const] : []),
      ...(isEnd(status) ? [{ status, at: deployable?.finished_at ?? updatedAt }] : []),
    ],
  };
}

/** All pipelines of a project run by one file: their names hold variables, and would make a series each. */
const pipelineFile = '.gitlab-ci.yml';

export function pipelineFact(repository: string, one: Pipeline): PipelineRunFact | undefined {
  const status = statusOf(one.status);
  if (status === undefined) return undefined;
  const updatedAt = one.updated_at ?? one.finished_at ?? one.started_at ?? one.created_at;
  return {
    ...{ run: String(one.id), repository, pipeline: pipelineFile, branch: one.ref ?? '', event: one.source ?? '' },
    ...{ sha: one.sha, attempt: 1, status, queuedAt: one.created_at, updatedAt },
    ...given('url', one.web_url),
    ...given('startedAt', one.started_at),
    ...given('finishedAt', isEnd(status) ? (one.finished_at ?? updatedAt) : undefined),
  };
}

export interface MergeRequestDetails {
  readonly commits: readonly Commit[];
  readonly notes: readonly Note[];
}

export function mergeRequestFact(
  repository: string,
  one: MergeRequest,
  details?: MergeRequestDetails,
): PullRequestFact {
  const commits = details?.commits ?? [];
  const author = one.author?.username ?? '';
  return {
    ...{ repository, number: one.iid, title: one.title, author, isBot: isBot(author) },
    state: stateOf(one.state),
    ...{ base: one.target_branch, head: one.source_branch, labels: one.labels ?? [] },
    ...given('headSha', one.sha),
    // Of a squash that a merge commit brings in, the squash is the change; a fast-forward has its own head alone.
    ...given('mergeSha', one.squash_commit_sha || one.merge_commit_sha || (one.merged_at ? one.sha : undefined)),
    ...given('reverts', revertedBy(one)),
    ...given('url', one.web_url),
    ...{ createdAt: one.created_at, updatedAt: one.updated_at },
    ...given('mergedAt', one.merged_at),
    ...given('closedAt', one.closed_at ?? one.merged_at),
    ...given('firstCommitAt', commits.map(({ authored_date }) => authored_date).sort()[0]),
    ...reviewTimes(details?.notes ?? [], author),
    ...(commits.length === 0
      ? {}
      : {
          commits: commits.map(({ id, authored_date, committed_date }) => ({
            ...{ sha: id, authoredAt: authored_date, committedAt: committed_date },
          })),
        }),
  };
}

export const stateOf = (said: string): PullRequestFact['state'] =>
  said === 'merged' || said === 'closed' ? said : 'open';

/** Project and group access tokens act as `project_12_bot_…`; so are service accounts of GitLab's own named. */
export const isBot = (username: string): boolean =>
  /^(project|group)_\d+_bot|^service_account_|(^|[-_])bot$|\[bot\]$/i.test(username);

/** GitLab writes it under the description of a revert. */
export const revertedBy = ({ description }: Pick<MergeRequest, 'description'>): number | undefined => {
  const number = /^This reverts merge request \S*!(\d+)/m.exec(description ?? '')?.[1];
  return number === undefined ? undefined : Number(number);
};

const isApproval = /^approved this merge request/;
const isRefusal = /^(requested changes|unapproved this merge request)/;
const isReady = /^(marked (this merge request|as) .*ready|unmarked .*(draft|work in progress))/i;

/**
 * Approvals and drafts are told by system notes alone. The last approval that no one took back counts; the first review
 * is the first word of anyone but the author, or the first approval or refusal.
 */
export function reviewTimes(
  notes: readonly Note[],
  author: string,
): Pick<PullRequestFact, 'readyAt' | 'firstReviewAt' | 'approvedAt'> {
  const inOrder = [...notes].sort((a, b) => (a.created_at < b.created_at ? -1 : 1));
  const approvals = new Map<string, string>();
  for (const { system, body, author: by, created_at } of inOrder) {
    const who = by?.username ?? '';
    if (system && isApproval.test(body)) approvals.set(who, created_at);
    if (system && /^unapproved/.test(body)) approvals.delete(who);
  }
  const review = inOrder.find(({ system, body, author: by }) => {
    const others = by?.username !== author && !isBot(by?.username ?? '');
    return others && (system ? isApproval.test(body) || isRefusal.test(body) : true);
  });
  return {
    ...given('readyAt', inOrder.findLast(({ system, body }) => system && isReady.test(body))?.created_at),
    ...given('firstReviewAt', review?.created_at),
    ...given('approvedAt', [...approvals.values()].sort().at(-1)),
  };
}

/** `root cause: SHA` in the description names the commit, as Four Keys has it. */
export const rootCauseOf = (said: string | null | undefined): string | undefined =>
  /root cause:\s*([0-9a-f]{7,64})\b/i.exec(said ?? '')?.[1]?.toLowerCase();

export function incidentFact(repository: string, one: Issue): IncidentFact {
  const isClosed = one.state === 'closed';
  const severity = one.severity?.toLowerCase();
  return {
    ...{ incident: String(one.id), title: one.title, repository, labels: one.labels ?? [] },
    status: isClosed ? 'resolved' : 'open',
    ...given('severity', severity === 'unknown' ? undefined : severity),
    ...given('rootCauseSha', rootCauseOf(one.description)),
    ...given('url', one.web_url),
    ...{ startedAt: one.created_at, updatedAt: one.updated_at },
    ...given('resolvedAt', isClosed ? (one.closed_at ?? one.updated_at) : undefined),
  };
}

export function tagFact(repository: string, { name, created_at, commit }: Tag): TagFact | undefined {
  const taggedAt = created_at ?? commit?.committed_date;
  return commit == null || taggedAt === undefined ? undefined : { repository, tag: name, sha: commit.id, taggedAt };
}

export function commitFact(repository: string, one: Commit): CommitFact {
  const message = one.message ?? one.title ?? '';
  return {
    ...{ repository, sha: one.id, parents: one.parent_ids ?? [] },
    ...{ authoredAt: one.authored_date, committedAt: one.committed_date },
    ...{ authorName: one.author_name ?? '', authorEmail: one.author_email ?? '' },
    ...messageOf(message, { isHashAnIssue: true }),
    ...(one.title == null ? {} : { subject: one.title }),
    trailers: Object.entries(one.trailers ?? {})
      .map(([key, value]) => `${key}: ${value}`)
      .join('\n'),
  };
}
