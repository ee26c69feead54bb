/** Reads releases, newest first, with the commits of their tags; a page more than is new, for drafts that were published. */
import { z } from 'zod';
import type { Part } from './parts.ts';
import { releasesQuery } from './queries.ts';
import { answerOf, nextCursor, pageInfoSchema, type Reader } from './reading.ts';
import { releasePart, tagPart } from './releases.ts';
import { readAll, type Unread } from './shapes.ts';

const nodeSchema = z.object({
  tagName: z.string(),
  isDraft: z.boolean(),
  isPrerelease: z.boolean(),
  url: z.string(),
  createdAt: z.string(),
  publishedAt: z.string().nullish(),
  updatedAt: z.string(),
  tagCommit: z.object({ oid: z.string() }).nullish(),
});

const answerSchema = z.object({
  repository: z.object({
    releases: z.object({
      pageInfo: pageInfoSchema,
      nodes: z.array(z.unknown()),
    }),
  }),
});

/** One step: a repository has few of them. */
export const readReleases: Reader = async function* ({ client, repository, owner, name, state }) {
  const floor = state.releases?.floor ?? state.since;
  const parts: Part[] = [];
  const unread: Unread[] = [];
  let records = 0;
  let top = floor;
  for (let after: string | null = null; ; ) {
    const told = await client.graphql(releasesQuery, { owner, name, after });
    const answer: z.infer<typeof answerSchema> = answerOf(answerSchema, told, 'Releases');
    const { pageInfo, nodes } = answer.repository.releases;
    const page = readAll(nodeSchema, nodes, { file: repository, kind: 'release' });
    unread.push(...page.unread);
    records += page.read.length;
    for (const node of page.read) {
      if (node.createdAt > top) top = node.createdAt;
      const at = { tag: node.tagName, saidAt: node.updatedAt, origin: 'read' as const };
      const { isDraft, isPrerelease, url, publishedAt } = node;
      if ((publishedAt ?? node.createdAt) < state.since) continue;
      parts.push(releasePart(repository, at, { isDraft, isPrerelease, url, publishedAt: publishedAt ?? '' }));
      if (node.tagCommit) parts.push(tagPart(repository, node.tagName, 'read', node.tagCommit.oid));
    }
    const next: string | undefined = page.read.some(node => node.createdAt <= floor)
      ? undefined
      : nextCursor(pageInfo, after);
    if (next === undefined) break;
    after = next;
  }
  yield { news: { parts, unread, records }, state: { ...state, releases: { floor: top } } };
};
