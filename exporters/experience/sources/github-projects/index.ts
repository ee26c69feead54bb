/**
 * GitHub Projects v2: all items at every refresh, for a project can't be asked for what has changed. Items that it doesn't
 * list any more are asked for by their ids: archived ones are there still, others are gone. Items that the token may not
 * see (REDACTED) are counted as rejected, and stay as they were known.
 */
import { z } from 'zod';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource } from '../../../core/source.ts';
import { type ClientOptions, githubClient } from '../../../vendors/github/client.ts';
import { PlumblineError } from '../../errors.ts';
import { knownItems, storeRoadmap, storeWhole } from '../../roadmap/store.ts';
import type { RoadmapItem } from '../../roadmap/told.ts';
import { type Words, wordsOf } from '../../roadmap/words.ts';
import type { GitHubProjectConfig } from './config.ts';
import { type Fields, fieldsOf } from './fields.ts';
import { itemSchema, roadmapItemOf } from './item.ts';
import { itemsQuery, nodesQuery } from './queries.ts';

interface Cursor {
  /** When archived items were asked for last; ms since the epoch. */
  readonly sweptAt: number;
}

const pageSchema = z.looseObject({
  userOrOrganization: z.looseObject({
    projectV2: z.looseObject({
      items: z.looseObject({
        pageInfo: z.looseObject({ hasNextPage: z.boolean(), endCursor: z.string().nullish() }),
        nodes: z.array(z.unknown()),
      }),
    }),
  }),
});
const nodesSchema = z.looseObject({ nodes: z.array(z.unknown()) });

interface Page {
  readonly items: readonly RoadmapItem[];
  /** Ids of all items, those that aren't told too. */
  readonly ids: readonly string[];
  readonly rejections: readonly Rejection[];
}

export function githubProjectSource(config: GitHubProjectConfig, options: ClientOptions = {}): PullSource {
  const { name, team, owner, number } = config;
  const words = wordsOf(config);
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    plan: async ({ ledger }) => {
      const known = (await ledger.read(reader => knownItems(reader, name))).length;
      return {
        requests: 2 + Math.ceil(known / 100),
        text: `the fields of project ${number} of ${owner} and all of its items, 100 a request, every ${config.every} s`,
      };
    },
    batches: async function* (context, before) {
      const client = githubClient(config, { log: context.log, signal: context.signal, ...options });
      const cursor = (before as Cursor | undefined) ?? { sweptAt: 0 };
      const start = context.now().getTime();
      const fields = await fieldsOf(client, config);
      const withTexts = fields.area?.dataType === 'TEXT';
      const batchOf = ({ items, ids, rejections }: Page): Batch => ({
        cursor,
        write: async tx => {
          const now = context.now();
          const changed = await storeRoadmap(tx, name, { items, isWhole: false }, { now, team });
          const read = [...ids, ...rejections.map(({ file }) => file)].map(placeOf);
          const rejected = await keepRejections(
            tx,
            name,
            { read, rejections: rejections.map(one => ({ ...one, file: placeOf(one.file) })) },
            now,
          );
          return { records: ids.length, changed, rejected };
        },
      });

      const there = new Set<string>();
      const seen = new Set<string>();
      for (let after: string | null = null; ; ) {
        const said = pageSchema.safeParse(await client.graphql(itemsQuery, { owner, number, after, withTexts }));
        if (!said.success) throw unexpected('the items of a project', said.error);
        const { pageInfo, nodes } = said.data.userOrOrganization.projectV2.items;
        const page = pageOf(nodes, { fields, words, config });
        for (const id of page.ids) there.add(id);
        context.progress(there.size, undefined, 'items');
        yield batchOf(page);
        if (!pageInfo.hasNextPage) break;
        const { endCursor } = pageInfo;
        if (!endCursor || seen.has(endCursor))
          throw new PlumblineError('HTTP_PAGING_LOOP', { url: 'GraphQL RoadmapItems' });
        seen.add(endCursor);
        after = endCursor;
      }

      const isSweep = start - cursor.sweptAt >= config.sweep_hours * 3_600_000;
      const missing = (await context.ledger.read(reader => knownItems(reader, name))).filter(
        ({ item }) => !there.has(item),
      );
      // Archived items that have ended are many, and stay as they are.
      const asked = missing.filter(({ status }) => isSweep || there.size === 0 || !/^(done|cancelled)$/.test(status));
      const isAsked = new Set(asked.map(({ item }) => item));
      for (const { item } of missing) if (!isAsked.has(item)) there.add(item);
      for (let at = 0; at < asked.length; at += 100) {
        const ids = asked.slice(at, at + 100).map(({ item }) => item);
        const said = nodesSchema.safeParse(await client.graphql(nodesQuery, { ids, withTexts }, { partial: true }));
        if (!said.success) throw unexpected('items by their ids', said.error);
        const page = pageOf(
          said.data.nodes.filter(node => node !== null),
          { fields, words, config },
        );
        for (const id of page.ids) there.add(id);
        yield batchOf(page);
      }
      yield {
        cursor: { sweptAt: isSweep ? start : cursor.sweptAt } satisfies Cursor,
        write: async tx => ({
          records: 0,
          changed: await storeWhole(tx, name, there, { now: context.now(), team }),
          rejected: {},
        }),
      };
    },
  };
}

const placeOf = (id: string) => `item ${id}`;

interface Reading {
  readonly fields: Fields;
  readonly words: Words;
  readonly config: GitHubProjectConfig;
}

function pageOf(nodes: readonly unknown[], { fields, words, config }: Reading): Page {
  const items: RoadmapItem[] = [];
  const ids: string[] = [];
  const rejections: Rejection[] = [];
  for (const node of nodes) {
    const read = itemSchema.safeParse(node);
    const { id: file = 'without an id', type } = (node ?? {}) as { readonly id?: string; readonly type?: string };
    if (type === 'REDACTED') {
      ids.push(file);
      rejections.push({ file, reason: 'redacted_item', value: 'the token may not see what it is' });
    } else if (!read.success) {
      ids.push(file);
      const [first] = read.error.issues;
      rejections.push({
        file,
        reason: 'unreadable_item',
        field: first?.path.join('.') ?? '',
        value: first?.message ?? '',
      });
    } else if (type !== 'PULL_REQUEST' || config.pull_requests) {
      ids.push(read.data.id);
      items.push(roadmapItemOf(read.data, fields, words));
    }
  }
  return { items, ids, rejections };
}

const unexpected = (what: string, error: z.ZodError) =>
  new PlumblineError('GITHUB_PROJECT_ANSWER', {
    what,
    reason: z.prettifyError(error).replace(/\s+/g, ' ').slice(0, 300),
  });
