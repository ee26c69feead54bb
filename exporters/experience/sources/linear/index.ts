/**
 * Linear: issues by when they were changed, newest first, each page with the cursor to go on from; now and then a list of
 * all of them, by which deleted issues are found, and what changes without the issue: cycles that were moved, projects
 * that were renamed.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { knownItems, storeRoadmap, storeWhole } from '../../roadmap/store.ts';
import type { RoadmapItem } from '../../roadmap/told.ts';
import { type Words, wordsOf } from '../../roadmap/words.ts';
import { type LinearApi, type LinearOptions, linearApi } from './client.ts';
import type { LinearConfig } from './config.ts';
import { commentsSchema, issueSchema, type LinearComments, versionsOfIssue } from './issue.ts';
import { commentsQuery, issuesQuery, listQuery, pageSizes } from './queries.ts';

interface Cursor {
  /** Of the configuration: what was read with another one is read anew. */
  readonly shape: string;
  /** All changes before have been read; ISO 8601, absent before the first reading has come to its end. */
  readonly through?: string;
  /** The reading that is under way: its newest change, and the oldest that it has come to. */
  readonly reading?: { readonly newest: string; readonly oldest: string };
  /** When all issues were listed last; ms since the epoch. */
  readonly sweptAt: number;
}

const connection = z.looseObject({
  issues: z.looseObject({
    pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
    nodes: z.array(z.unknown()),
  }),
});

/** Changes that were being committed when they were asked for. */
const overlapMs = 60_000;

export function linearSource(config: LinearConfig, options: LinearOptions = {}): PullSource {
  const { name, team } = config;
  const words = wordsOf(config);
  const shape = shapeOf(config);
  const own = [
    ...(config.teams ? [{ team: { key: { in: config.teams } } }] : []),
    ...(config.filter ? [config.filter] : []),
  ];
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger, now }) => {
      const known = (await ledger.read(reader => knownItems(reader, name))).length;
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof text === 'string' ? (JSON.parse(text) as Cursor) : undefined;
      const isFirst = cursor?.shape !== shape || cursor.through === undefined;
      const isSweep = isFirst || isSweepDue(config, cursor.sweptAt, now().getTime());
      return {
        requests: 1 + (isSweep ? Math.ceil(known / pageSizes.list) + 1 : 0),
        text: isFirst
          ? `all issues, ${pageSizes.issues} a request, then those that have changed, every ${config.every} s`
          : `issues that have changed, every ${config.every} s${isSweep ? '; now all of them, to find what was deleted' : ''}`,
      };
    },
    batches: async function* (context, before) {
      const api = linearApi(config, context, options);
      let cursor: Cursor = (before as Cursor | undefined)?.shape === shape ? (before as Cursor) : { shape, sweptAt: 0 };
      const batchOf = (page: Page): Batch => ({
        cursor,
        write: async tx => {
          const now = context.now();
          const changed = await storeRoadmap(tx, name, { items: page.items, isWhole: false }, { now, team });
          const { read, rejections } = page;
          return { records: read.length, changed, rejected: await keepRejections(tx, name, { read, rejections }, now) };
        },
      });
      const pageOf = (nodes: readonly unknown[]) => readPage(nodes, { config, words, api });

      const { through, reading } = cursor;
      const conditions = [
        ...own,
        ...(through === undefined
          ? []
          : [{ updatedAt: { gte: new Date(Date.parse(through) - overlapMs).toISOString() } }]),
        ...(reading === undefined ? [] : [{ updatedAt: { lte: reading.oldest } }]),
      ];
      let count = 0;
      const changes = pages(api, 'its issues', issuesQuery, {
        ...(conditions.length > 0 ? { filter: { and: conditions } } : {}),
        ...{ first: pageSizes.issues, history: config.state_history },
      });
      for await (const nodes of changes) {
        const page = await pageOf(nodes);
        count += nodes.length;
        context.progress(count, undefined, 'issues');
        if (page.newest !== undefined && page.oldest !== undefined)
          cursor = { ...cursor, reading: { newest: cursor.reading?.newest ?? page.newest, oldest: page.oldest } };
        yield batchOf(page);
      }
      const { reading: done, ...rest } = cursor;
      const newest = done?.newest ?? through;
      cursor = { ...rest, ...(newest === undefined ? {} : { through: newest }) };
      const start = context.now().getTime();
      const isSweep = isSweepDue(config, cursor.sweptAt, start);
      if (!isSweep) {
        yield batchOf(await pageOf([]));
        return;
      }
      const listed = new Set<string>();
      const all = pages(api, 'all of its issues', listQuery, {
        ...(own.length > 0 ? { filter: { and: own } } : {}),
        first: pageSizes.list,
      });
      for await (const nodes of all) {
        const page = await pageOf(nodes);
        for (const id of page.ids) listed.add(id);
        yield batchOf(page);
      }
      cursor = { ...cursor, sweptAt: start };
      yield {
        cursor,
        write: async tx => ({
          records: 0,
          changed: await storeWhole(tx, name, listed, { now: context.now(), team }),
          rejected: {},
        }),
      };
    },
  };
}

const isSweepDue = ({ sweep_hours }: LinearConfig, sweptAt: number, now: number) =>
  now - sweptAt >= sweep_hours * 3_600_000;

/** Everything that an item follows from; not how often and with which key it is asked. */
function shapeOf(config: LinearConfig): string {
  const {
    every: _,
    api_key,
    api_key_file,
    access_token,
    access_token_file,
    app,
    timeout,
    longest_wait,
    ...read
  } = config;
  const { sweep_hours, name: __, ...shape } = read;
  return createHash('sha256').update(JSON.stringify(shape)).digest('hex').slice(0, 16);
}

async function* pages(api: LinearApi, what: string, query: string, variables: Readonly<Record<string, unknown>>) {
  const seen = new Set<string>();
  for (let after: string | undefined; ; ) {
    const said = connection.safeParse(
      await api.query(what, query, { ...variables, ...(after === undefined ? {} : { after }) }),
    );
    if (!said.success)
      throw new PlumblineError('LINEAR_ANSWER', {
        ...{ what, reason: z.prettifyError(said.error).replace(/\s+/g, ' ').slice(0, 300) },
      });
    const { nodes, pageInfo } = said.data.issues;
    yield nodes;
    if (!pageInfo.hasNextPage) return;
    const { endCursor } = pageInfo;
    if (!endCursor || seen.has(endCursor)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: `GraphQL ${what}` });
    seen.add(endCursor);
    after = endCursor;
  }
}

interface Page {
  readonly items: readonly RoadmapItem[];
  readonly ids: readonly string[];
  /** What was read, as rejections name it. */
  readonly read: readonly string[];
  readonly rejections: readonly Rejection[];
  /** By the changes of its issues; undefined where it has none. */
  readonly newest: string | undefined;
  readonly oldest: string | undefined;
}

interface Reading {
  readonly config: LinearConfig;
  readonly words: Words;
  readonly api: LinearApi;
}

async function readPage(nodes: readonly unknown[], { config, words, api }: Reading): Promise<Page> {
  const items: RoadmapItem[] = [];
  const ids: string[] = [];
  const rejections: Rejection[] = [];
  const times: string[] = [];
  for (const node of nodes) {
    const { id, updatedAt } = (node ?? {}) as { readonly id?: unknown; readonly updatedAt?: unknown };
    if (typeof id === 'string') ids.push(id);
    if (typeof updatedAt === 'string' && !Number.isNaN(Date.parse(updatedAt))) times.push(updatedAt);
    const read = issueSchema.safeParse(node);
    if (read.success) {
      const { comments, labels } = read.data;
      const isFeedback = words.ofLabels(labels.nodes.map(label => label.name)).isFeedback;
      const all = isFeedback && comments ? await allComments(api, read.data.id, comments) : comments;
      items.push(...versionsOfIssue({ ...read.data, comments: all }, config, words));
    } else {
      const [first] = read.error.issues;
      const file = placeOf(typeof id === 'string' ? id : 'without an id');
      rejections.push({
        file,
        reason: 'unreadable_issue',
        field: first?.path.join('.') ?? '',
        value: first?.message ?? '',
      });
    }
  }
  times.sort((a, b) => Date.parse(a) - Date.parse(b));
  const read = [...new Set([...ids.map(placeOf), ...rejections.map(({ file }) => file)])];
  return { items, ids, read, rejections, newest: times.at(-1), oldest: times[0] };
}

const oneIssue = z.looseObject({ issue: z.looseObject({ comments: commentsSchema }).nullish() });

async function allComments(api: LinearApi, id: string, first: LinearComments): Promise<LinearComments> {
  const nodes = [...first.nodes];
  const seen = new Set<string>();
  for (let { hasNextPage, endCursor } = first.pageInfo; hasNextPage && endCursor && !seen.has(endCursor); ) {
    seen.add(endCursor);
    const said = oneIssue.safeParse(
      await api.query('the comments of an issue', commentsQuery, { id, after: endCursor }),
    );
    const more = said.data?.issue?.comments;
    if (!more) break;
    nodes.push(...more.nodes);
    ({ hasNextPage, endCursor } = more.pageInfo);
  }
  return { ...first, nodes };
}

const placeOf = (id: string) => `issue ${id}`;
