/** How each part of a project is read: requests, facts, and where it goes on from. */

import type { Rejection } from '../../../core/rejections.ts';
import { idOf } from '../../../vendors/gitlab/client.ts';
import { PlumblineError } from '../../../vendors/gitlab/errors.ts';
import type { DeploymentFact, Facts, IncidentFact, PipelineRunFact } from '../../facts.ts';
import { changedSince, type ListCursor } from './changed-list.ts';
import { readCommits } from './commits.ts';
import type { Part } from './config.ts';
import { deploymentFact, incidentFact, isEnd, mergeRequestFact, pipelineFact, statusOf, tagFact } from './facts.ts';
import { type PartReader, parseAll, type Reading, type Step } from './reading.ts';
import {
  commitSchema,
  deploymentSchema,
  issueSchema,
  type MergeRequest,
  mergeRequestSchema,
  noteSchema,
  type Pipeline,
  pipelineSchema,
  tagSchema,
} from './shapes.ts';

const pathOf = ({ project }: Reading, rest: string) => `projects/${idOf(project)}/${rest}`;

const unknownStatus = (file: string, status: unknown): Rejection => ({
  ...{ file, reason: 'unknown_status', field: 'status', value: String(status) },
});

/** A list by changes, each page a step. */
async function* steps(
  reading: Reading,
  cursor: unknown,
  {
    path,
    query,
    what,
  }: { readonly path: string; readonly query?: Readonly<Record<string, string>>; readonly what: string },
  read: (items: readonly unknown[], what: string) => Promise<Pick<Step, 'facts' | 'read' | 'rejections'>>,
): AsyncGenerator<Step> {
  const request = { path: pathOf(reading, path), ...(query === undefined ? {} : { query }) };
  const from = { cursor: cursor as ListCursor | undefined, since: reading.since };
  for await (const { items, cursor: next, isLast } of changedSince(reading.client, request, from))
    yield { ...(await read(items, what)), records: items.length, cursor: next, hasMore: !isLast };
}

const deployments: PartReader = (reading, cursor) =>
  steps(reading, cursor, { path: 'deployments', what: 'deployment' }, async (items, what) => {
    const { repository } = reading;
    const parsed = parseAll(deploymentSchema, items, { repository, what });
    const facts: DeploymentFact[] = [];
    const rejections = [...parsed.rejections];
    for (const one of parsed.values) {
      const fact = deploymentFact(repository, one);
      if (fact) facts.push(fact);
      else rejections.push(unknownStatus(`${repository} ${what} ${one.iid ?? one.id}`, one.status));
    }
    return { facts: { deployments: facts }, read: parsed.read, rejections };
  });

/** Only a pipeline's own page says when it started and finished; that of one that has ended is asked for. */
async function withTimes(reading: Reading, one: Pipeline): Promise<Pipeline> {
  const status = statusOf(one.status);
  if (status === undefined || !isEnd(status)) return one;
  const said = await reading.client.get({ path: pathOf(reading, `pipelines/${one.id}`) }).catch((error: unknown) => {
    // Deleted between the two.
    if (error instanceof PlumblineError && error.code === 'GITLAB_NOT_FOUND') return one;
    throw error;
  });
  const parsed = pipelineSchema.safeParse(said);
  return parsed.success ? parsed.data : one;
}

const pipelines: PartReader = (reading, cursor) =>
  steps(reading, cursor, { path: 'pipelines', what: 'pipeline' }, async (items, what) => {
    const { repository } = reading;
    const parsed = parseAll(pipelineSchema, items, { repository, what });
    const facts: PipelineRunFact[] = [];
    const rejections = [...parsed.rejections];
    for (const one of await Promise.all(parsed.values.map(each => withTimes(reading, each)))) {
      const fact = pipelineFact(repository, one);
      if (fact) facts.push(fact);
      else rejections.push(unknownStatus(`${repository} ${what} ${one.iid ?? one.id}`, one.status));
    }
    return { facts: { pipelineRuns: facts }, read: parsed.read, rejections };
  });

/** The commits and notes of a merged one: what its stages are told from. Others have none yet. */
async function detailsOf(reading: Reading, one: MergeRequest) {
  if (one.state !== 'merged') return undefined;
  const path = (rest: string) => pathOf(reading, `merge_requests/${one.iid}/${rest}`);
  const [commits, notes] = await Promise.all([
    reading.client.all({ path: path('commits') }),
    reading.client.all({ path: path('notes'), query: { sort: 'asc', order_by: 'created_at' } }),
  ]);
  const { repository } = reading;
  const of = `merge request ${one.iid}`;
  return {
    commits: parseAll(commitSchema, commits, { repository, what: `${of} commit` }).values,
    notes: parseAll(noteSchema, notes, { repository, what: `${of} note` }).values,
  };
}

const mergeRequests: PartReader = (reading, cursor) =>
  steps(
    reading,
    cursor,
    { path: 'merge_requests', query: { scope: 'all', state: 'all' }, what: 'merge request' },
    async (items, what) => {
      const { repository } = reading;
      const parsed = parseAll(mergeRequestSchema, items, { repository, what });
      const pullRequests = await Promise.all(
        parsed.values.map(async one => mergeRequestFact(repository, one, await detailsOf(reading, one))),
      );
      return { facts: { pullRequests }, read: parsed.read, rejections: parsed.rejections };
    },
  );

interface IncidentCursor {
  /** By the filter of each list. */
  readonly lists: Readonly<Record<string, ListCursor>>;
}

async function* incidents(reading: Reading, cursor: unknown): AsyncGenerator<Step> {
  const { repository, config } = reading;
  let { lists } = (cursor ?? { lists: {} }) as IncidentCursor;
  const filters: Readonly<Record<string, string>>[] = [
    { issue_type: 'incident' },
    ...config.incident_labels.map(labels => ({ labels })),
  ];
  for (const [index, filter] of filters.entries()) {
    const key = JSON.stringify(filter);
    const query = { scope: 'all', ...filter };
    const isLastList = index === filters.length - 1;
    for await (const step of steps(
      reading,
      lists[key],
      { path: 'issues', query, what: 'incident' },
      async (items, what) => {
        const parsed = parseAll(issueSchema, items, { repository, what });
        const facts: IncidentFact[] = parsed.values.map(one => incidentFact(repository, one));
        return { facts: { incidents: facts }, read: parsed.read, rejections: parsed.rejections };
      },
    )) {
      lists = { ...lists, [key]: step.cursor as ListCursor };
      yield { ...step, cursor: { lists }, hasMore: step.hasMore || !isLastList };
    }
  }
}

interface TagCursor {
  /** True when all tags have been read once. */
  readonly isComplete: boolean;
}

/** Newest first, up to a page that brings nothing new; all of them the first time. */
async function* tags(reading: Reading, cursor: unknown): AsyncGenerator<Step> {
  const { client, context, repository } = reading;
  const { isComplete } = (cursor ?? { isComplete: false }) as TagCursor;
  const rows = await context.ledger.read(reader =>
    reader.all(
      'SELECT tag, arg_max(sha, (updated_at, learned_at)) AS sha FROM tags WHERE repository = $repository GROUP BY tag',
      {
        repository,
      },
    ),
  );
  const known = new Map(rows.map(row => [String(row.tag), String(row.sha)]));
  const request = { path: pathOf(reading, 'repository/tags'), query: { order_by: 'updated', sort: 'desc' } };
  for (let at: string | undefined; ; ) {
    const page = await client.page(request, at);
    const parsed = parseAll(tagSchema, page.items, { repository, what: 'tag' });
    const news = parsed.values
      .flatMap(one => tagFact(repository, one) ?? [])
      .filter(({ tag, sha }) => known.get(tag) !== sha)
      // One that has moved may lead to an older commit: what holds is what was seen last.
      .map(fact => (known.has(fact.tag) ? { ...fact, updatedAt: context.now().toISOString() } : fact));
    const hasMore = page.next !== undefined && !(isComplete && news.length === 0);
    const facts: Facts = { tags: news };
    yield {
      facts,
      records: page.items.length,
      ...restOf(parsed),
      cursor: { isComplete: isComplete || !hasMore },
      hasMore,
    };
    if (!hasMore) return;
    at = page.next;
  }
}

const restOf = ({ read, rejections }: Pick<Step, 'read' | 'rejections'>) => ({ read, rejections });

export const readers: Readonly<Record<Exclude<Part, 'dora_metrics'>, PartReader>> = {
  // Commits first: what is derived of the others needs them.
  commits: readCommits,
  tags,
  merge_requests: mergeRequests,
  pipelines,
  deployments,
  incidents,
};
