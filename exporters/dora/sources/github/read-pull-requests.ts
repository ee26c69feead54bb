/**
 * Reads pull requests as they were updated, newest first, down to where the last reading began: with their commits,
 * reviews and drafts by one GraphQL request a page. What is updated meanwhile moves to the top, and is read the next time.
 */
import { z } from 'zod';
import type { PlumblineError as AnyError } from '../../../core/errors.ts';
import { PlumblineError } from '../../../vendors/github/errors.ts';
import type { PullRequestFact } from '../../facts.ts';
import { type Part, thingKey } from './parts.ts';
import { graphqlPerson, restPerson } from './people.ts';
import { detailsPart, earliest, latest, reviewPart, snapshotPart } from './pull-requests.ts';
import { pullRequestsQuery } from './queries.ts';
import { answerOf, nextCursor, pageInfoSchema, type Reader, type Reading } from './reading.ts';
import { pullRequestCommitSchema, readAll, reviewSchema, type Unread } from './shapes.ts';
import type { News } from './store.ts';

const pageSize = 25;
/** Of the last seconds that were read more may come. */
const overlapMs = 120_000;
/** GitHub's own limit of a pull request's commits. */
const mostCommits = 250;

const actorSchema = z.object({ login: z.string(), __typename: z.string().optional() }).nullish();

const nodeSchema = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  url: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  mergedAt: z.string().nullish(),
  closedAt: z.string().nullish(),
  baseRefName: z.string(),
  headRefName: z.string(),
  headRefOid: z.string(),
  mergeCommit: z.object({ oid: z.string() }).nullish(),
  author: actorSchema,
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).nullish(),
  commits: z.object({
    totalCount: z.int(),
    nodes: z.array(
      z.object({ commit: z.object({ oid: z.string(), authoredDate: z.string(), committedDate: z.string() }) }),
    ),
  }),
  reviews: z.object({
    totalCount: z.int(),
    nodes: z.array(
      z.object({
        fullDatabaseId: z.union([z.string(), z.int(), z.bigint()]),
        state: z.string(),
        submittedAt: z.string().nullish(),
        author: actorSchema,
      }),
    ),
  }),
  timelineItems: z.object({ nodes: z.array(z.object({ createdAt: z.string().optional() })) }),
});

const answerSchema = z.object({
  repository: z.object({ pullRequests: z.object({ pageInfo: pageInfoSchema, nodes: z.array(z.unknown()) }) }),
});

type Node = z.infer<typeof nodeSchema>;
type Commits = NonNullable<PullRequestFact['commits']>;

export const readPullRequests: Reader = async function* (reading) {
  const { repository, context } = reading;
  let { state } = reading;
  const floor = state.pullRequests?.floor ?? state.since;
  let top = state.pullRequests?.pass?.top;
  let after: string | null = state.pullRequests?.pass?.after ?? null;
  let records = 0;
  for (;;) {
    const { pageInfo, nodes } = (await pageOf(reading, after)).repository.pullRequests;
    const { read, unread } = readAll(nodeSchema, nodes, { file: repository, kind: 'pull_request' });
    top ??= read[0]?.updatedAt ?? floor;
    const due = read.filter(({ updatedAt }) => Date.parse(updatedAt) >= Date.parse(floor) - overlapMs);
    const next = due.length < read.length ? undefined : nextCursor(pageInfo, after);
    state = {
      ...state,
      pullRequests: next === undefined ? { floor: latest([top, floor])! } : { floor, pass: { top, after: next } },
    };
    yield { news: await newsOf(reading, due, unread), state };
    records += due.length;
    context.progress(records, undefined, `pull requests of ${repository}`);
    if (next === undefined) return;
    after = next;
  }
};

/** A page; a smaller one where GitHub can't answer for so many at once. */
async function pageOf({ client, owner, name }: Reading, after: string | null) {
  for (let first = pageSize; ; first = Math.ceil(first / 3)) {
    try {
      return answerOf(
        answerSchema,
        await client.graphql(pullRequestsQuery, { owner, name, first, after }),
        'PullRequests',
      );
    } catch (error) {
      if (first === 1 || !isOverload(error)) throw error;
    }
  }
}

function isOverload(error: unknown): boolean {
  if (!(error instanceof PlumblineError)) return false;
  const { code, details } = error as AnyError;
  return code === 'GITHUB_GRAPHQL' || (code === 'HTTP_STATUS' && [500, 502, 504].includes(Number(details.status)));
}

async function newsOf(reading: Reading, nodes: readonly Node[], more: readonly Unread[]): Promise<News> {
  const { repository } = reading;
  const parts: Part[] = [];
  const unread: Unread[] = [...more];
  const pullRequestCommits = new Map<string, Commits>();
  for (const node of nodes) {
    const { number, updatedAt } = node;
    const snapshot = snapshotOf(node, repository);
    const commits = await commitsOf(reading, node);
    if (node.commits.totalCount > commits.length)
      unread.push({
        ...{ file: `${repository} pull_request ${number}`, reason: 'commits_beyond_250' },
        ...{ field: 'commits', value: `${node.commits.totalCount}` },
      });
    pullRequestCommits.set(thingKey(snapshot), commits);
    const firstCommitAt = earliest(commits.map(({ authoredAt }) => authoredAt));
    const readyAt = node.timelineItems.nodes.at(-1)?.createdAt;
    parts.push(
      snapshot,
      detailsPart(repository, number, updatedAt, {
        ...(firstCommitAt === undefined ? {} : { firstCommitAt }),
        ...(readyAt === undefined ? {} : { readyAt }),
      }),
      ...(await reviewsOf(reading, node)),
    );
  }
  return { parts, pullRequestCommits, unread, records: nodes.length };
}

function snapshotOf(node: Node, repository: string): Part {
  const { login, isBot } = graphqlPerson(node.author);
  return snapshotPart(repository, node.number, 'read', {
    ...{ title: node.title, author: login, isBot, base: node.baseRefName, head: node.headRefName },
    ...{ headSha: node.headRefOid, mergeSha: node.mergeCommit?.oid ?? '', body: node.body ?? '', url: node.url },
    state: node.state === 'MERGED' ? 'merged' : node.state === 'CLOSED' ? 'closed' : 'open',
    labels: (node.labels?.nodes ?? []).map(({ name }) => name),
    ...{ createdAt: node.createdAt, updatedAt: node.updatedAt },
    ...{ mergedAt: node.mergedAt ?? '', closedAt: node.closedAt ?? '' },
  });
}

async function commitsOf({ client, repository, owner, name }: Reading, node: Node): Promise<Commits> {
  const told = node.commits.nodes.map(({ commit }) => ({
    ...{ sha: commit.oid, authoredAt: commit.authoredDate, committedAt: commit.committedDate },
  }));
  if (node.commits.totalCount <= told.length) return told;
  const all: unknown[] = [];
  const route = '/repos/{owner}/{repo}/pulls/{pull_number}/commits';
  for await (const { items } of client.pages(route, { owner, repo: name, pull_number: node.number })) {
    all.push(...items);
    if (all.length >= mostCommits) break;
  }
  const { read } = readAll(pullRequestCommitSchema, all, { file: repository, kind: 'commit' });
  return read.map(({ sha, commit }) => ({ sha, authoredAt: commit.author.date, committedAt: commit.committer.date }));
}

async function reviewsOf({ client, repository, owner, name }: Reading, node: Node): Promise<Part[]> {
  const of = { repository, number: node.number };
  if (node.reviews.totalCount <= node.reviews.nodes.length)
    return node.reviews.nodes.flatMap(({ fullDatabaseId: id, state, submittedAt, author }) =>
      one(reviewPart({ id, state, submitted_at: submittedAt }, { ...of, ...graphqlPerson(author) })),
    );
  const all: unknown[] = [];
  const route = '/repos/{owner}/{repo}/pulls/{pull_number}/reviews';
  for await (const { items } of client.pages(route, { owner, repo: name, pull_number: node.number }))
    all.push(...items);
  const { read } = readAll(reviewSchema, all, { file: repository, kind: 'review' });
  return read.flatMap(review => one(reviewPart(review, { ...of, ...restPerson(review.user) })));
}

const one = (part: Part | undefined): Part[] => (part ? [part] : []);
