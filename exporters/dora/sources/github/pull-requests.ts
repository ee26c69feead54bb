/**
 * A pull request of its parts: what it is (`pull_request`), its commits and drafts as they were read (`details`), when a
 * webhook said that it is ready (`ready`), and each review (`review:ID`).
 */
import { fold } from '../../../catalog/refs.ts';
import { wildcard } from '../../../catalog/wildcard.ts';
import type { DeploymentFact, PullRequestFact } from '../../facts.ts';
import type { DeploymentsFrom } from './config.ts';
import { bodyOf, type Part, ranks } from './parts.ts';
import { restPerson } from './people.ts';
import type { RestPullRequest, RestReview } from './shapes.ts';

type Snapshot = Omit<
  PullRequestFact,
  'repository' | 'number' | 'firstCommitAt' | 'readyAt' | 'firstReviewAt' | 'approvedAt' | 'commits'
>;

interface Details {
  readonly firstCommitAt?: string;
  readonly readyAt?: string;
}

interface Review {
  /** Upper case, as GraphQL writes it. */
  readonly state: string;
  readonly at: string;
  readonly author: string;
  readonly isBot: boolean;
}

const partOf = (repository: string, number: number) => ({
  ...{ repository, kind: 'pull_request' as const, thing: String(number) },
});

/** The part that says what it is, of REST's or a webhook's object. */
export function pullRequestPart(pull: RestPullRequest, repository: string, origin: 'read' | 'told'): Part {
  const { login, isBot } = restPerson(pull.user);
  const isMerged = Boolean(pull.merged_at);
  return snapshotPart(repository, pull.number, origin, {
    ...{ title: pull.title, author: login, isBot, base: pull.base.ref, head: pull.head.ref },
    headSha: pull.head.sha ?? '',
    state: isMerged ? 'merged' : pull.state,
    // Of an open one GitHub tells a merge that it has tried, and that nobody has made.
    mergeSha: isMerged ? (pull.merge_commit_sha ?? '') : '',
    labels: (pull.labels ?? []).map(({ name }) => name),
    url: pull.html_url ?? '',
    body: pull.body ?? '',
    ...{ createdAt: pull.created_at, updatedAt: pull.updated_at },
    ...{ mergedAt: pull.merged_at ?? '', closedAt: pull.closed_at ?? '' },
  });
}

/** The same part of what any of GitHub's APIs has said. */
export function snapshotPart(
  repository: string,
  number: number,
  origin: 'read' | 'told',
  { body, mergedAt, closedAt, ...told }: Omit<Snapshot, 'reverts'> & { readonly body: string },
): Part {
  const reverts = revertedBy({ body, head: told.head, repository });
  const snapshot: Snapshot = {
    ...told,
    labels: [...(told.labels ?? [])].sort(),
    ...(reverts === undefined ? {} : { reverts }),
    ...(mergedAt ? { mergedAt } : {}),
    ...(closedAt ? { closedAt } : {}),
  };
  const rank = origin === 'read' ? ranks.read : told.state === 'open' ? ranks.told : ranks.toldEnd;
  return { ...partOf(repository, number), part: 'pull_request', saidAt: told.updatedAt, rank, body: snapshot };
}

/** GitHub's own button writes "Reverts owner/repo#12" and names the branch revert-12-BRANCH. */
export function revertedBy({
  body,
  head,
  repository,
}: {
  readonly body: string;
  readonly head: string;
  readonly repository: string;
}): number | undefined {
  const said = /\breverts\s+([\w.-]+\/[\w.-]+)?#(\d+)/i.exec(body);
  if (said) return said[1] === undefined || fold(said[1]) === repository ? Number(said[2]) : undefined;
  const branch = /^revert-(\d+)-/.exec(head)?.[1];
  return branch === undefined ? undefined : Number(branch);
}

export const detailsPart = (repository: string, number: number, saidAt: string, body: Details): Part => ({
  ...{ ...partOf(repository, number), part: 'details', saidAt, rank: ranks.read, body },
});

/** When a webhook says that a draft has become ready. */
export const readyPart = (repository: string, number: number, at: string): Part => ({
  ...{ ...partOf(repository, number), part: 'ready', saidAt: at, rank: ranks.told, body: { at } },
});

/** Undefined of a review that is still being written. A dismissal has no time of its own, and is never taken back. */
export function reviewPart(
  review: Pick<RestReview, 'id' | 'state' | 'submitted_at'>,
  {
    repository,
    number,
    login,
    isBot,
  }: { readonly repository: string; readonly number: number; readonly login: string; readonly isBot: boolean },
): Part | undefined {
  const state = review.state.toUpperCase();
  if (!review.submitted_at || state === 'PENDING') return undefined;
  const body: Review = { state, at: review.submitted_at, author: login, isBot };
  const rank = state === 'DISMISSED' ? ranks.toldEnd : ranks.told;
  return { ...partOf(repository, number), part: `review:${review.id}`, saidAt: review.submitted_at, rank, body };
}

/** The fact that follows from all parts; undefined as long as nobody has said what it is. */
export function pullRequestOf(
  parts: readonly Part[],
  commits: PullRequestFact['commits'] = [],
): PullRequestFact | undefined {
  const snapshot = bodyOf<Snapshot>(parts, 'pull_request');
  const first = parts[0];
  if (!snapshot || !first) return undefined;
  const read = parts.find(({ part }) => part === 'details');
  const details = (read?.body ?? {}) as Details;
  const ready = bodyOf<{ readonly at: string }>(parts, 'ready')?.at;
  // What was read since knows of every draft.
  const readyAt = ready !== undefined && (!read || isAfter(ready, read.saidAt)) ? ready : details.readyAt;
  const reviews = parts
    .filter(({ part }) => part.startsWith('review:'))
    .map(({ body }) => body as Review)
    .filter(({ author, isBot }) => !isBot && author !== snapshot.author)
    .filter(({ at }) => snapshot.mergedAt === undefined || !isAfter(at, snapshot.mergedAt));
  const firstReviewAt = earliest(reviews.map(({ at }) => at));
  const approvedAt = latest(reviews.filter(({ state }) => state === 'APPROVED').map(({ at }) => at));
  return {
    ...snapshot,
    repository: first.repository,
    number: Number(first.thing),
    updatedAt: latest([snapshot.updatedAt, ...parts.filter(({ part }) => part !== 'pull_request').map(p => p.saidAt)])!,
    ...(details.firstCommitAt === undefined ? {} : { firstCommitAt: details.firstCommitAt }),
    ...(readyAt === undefined ? {} : { readyAt }),
    ...(firstReviewAt === undefined ? {} : { firstReviewAt }),
    ...(approvedAt === undefined ? {} : { approvedAt }),
    ...(commits.length === 0 ? {} : { commits }),
  };
}

const isAfter = (one: string, other: string) => Date.parse(one) > Date.parse(other);
const sorted = (times: readonly string[]) => [...times].sort((a, b) => Date.parse(a) - Date.parse(b));
export const earliest = (times: readonly string[]): string | undefined => sorted(times)[0];
export const latest = (times: readonly string[]): string | undefined => sorted(times).at(-1);

type MergesRule = Extract<DeploymentsFrom, { readonly kind: 'merged_pull_requests' }>;

/** Makes deployments of merges, for who deploys each one at once; the first rule that matches. */
export function deploymentsOfMerges(
  rules: readonly DeploymentsFrom[],
): (pull: PullRequestFact) => DeploymentFact | undefined {
  const tests = rules
    .filter((rule): rule is MergesRule => rule.kind === 'merged_pull_requests')
    .map(rule => ({ rule, repository: wildcard(rule.repositories, true), base: wildcard(rule.base) }));
  return pull => {
    const { repository, number, mergedAt, mergeSha = '' } = pull;
    const found = tests.find(test => test.repository(repository) && test.base(pull.base));
    if (!found || mergedAt === undefined) return undefined;
    return {
      ...{ deployment: `pull/${repository}#${number}`, repository, environment: found.rule.environment },
      ...{ sha: mergeSha, ref: pull.base, task: 'merge', actor: pull.author },
      ...{ labels: pull.labels ?? [], url: pull.url ?? '', createdAt: mergedAt, updatedAt: pull.updatedAt },
      statuses: [{ status: 'success', at: mergedAt }],
    };
  };
}
