/**
 * What Backstage's generic HTTP analytics module posts to /ingest/experience/NAME: from each open browser every some
 * minutes, or each event by itself. Browsers can't keep a secret, so that it is best posted by way of Backstage's proxy,
 * which adds the token. A post is on the disk until it is committed, a moment later, and then removed. Tried with bodies
 * made after the module's source; no Backstage was run.
 */
import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseRef } from '../../../catalog/refs.ts';
import { gunzipped } from '../../../core/gzip.ts';
import type { QueuedPost } from '../../../core/post-queue.ts';
import { keepRejections } from '../../../core/rejections.ts';
import type { QueueSource } from '../../../core/source.ts';
import { type StoreUsageOptions, storeUsage } from '../../usage/store.ts';
import type { BackstageConfig } from './config.ts';
import { type ReadPost, readPost } from './post.ts';

export type UsageContext = Omit<StoreUsageOptions, 'now'>;

const mib = 2 ** 20;
const mostInflated = 64 * mib;

export function analyticsPosts(config: BackstageConfig, usage: UsageContext): QueueSource {
  const { name, basic_auth: basic } = config;
  return {
    kind: 'push',
    name,
    everySeconds: config.silent_after,
    ...(basic === undefined
      ? {}
      : {
          verify: (_, { authorization = '' }) =>
            same(authorization.replace(/^Basic +/i, ''), basic) && /^Basic /i.test(authorization)
              ? { name, role: 'admin' }
              : undefined,
        }),
    queue: {
      ...{ maxBodyBytes: 8 * mib, maxInflatedBytes: mostInflated, maxBytes: config.queue_mib * mib, maxPosts: 50_000 },
      ...{ drainPosts: 500, drainInflatedBytes: 32 * mib },
      note: ({ principal }) => JSON.stringify(principal.role === 'team' ? [principal.team] : []),
      drain: async (context, posts) => {
        const read: (ReadPost & { readonly id: string })[] = [];
        const teams = new Map(usage.ownership.document.directory.users.map(({ ref, team }) => [ref, team]));
        for (const post of posts) read.push({ id: post.id, ...(await readQueued(post, teams)) });
        return {
          cursor: { through: posts.at(-1)?.id },
          write: async tx => {
            const now = context.now();
            // After a kill between commit and removal posts come again; what is wrong with them is counted once.
            const through = await tx.scalar(`SELECT cursor->>'through' FROM cursors WHERE source = $name`, { name });
            const fresh = read.filter(({ id }) => typeof through !== 'string' || id > through);
            const events = fresh.flatMap(post => post.events);
            const changed = await storeUsage(tx, name, { events, tasks: [] }, { ...usage, now });
            const rejections = fresh.flatMap(post => post.rejections);
            const files = [...new Set(rejections.map(({ file }) => file))];
            await keepRejections(tx, name, { read: files, rejections }, now);
            return { records: events.length, changed, rejected: summed(fresh.map(({ rejected }) => rejected)) };
          },
        };
      },
    },
  };
}

async function readQueued(post: QueuedPost, teams: ReadonlyMap<string, string>): Promise<ReadPost> {
  const [team] = JSON.parse(post.note) as readonly string[];
  const file = `post ${post.id.slice(0, 15)} of ${post.at.toISOString()}`;
  const bytes = await gunzipped(await readFile(post.file), mostInflated);
  if (typeof bytes === 'string') return { events: [], rejections: [{ file, reason: bytes }], rejected: { [bytes]: 1 } };
  const teamOf = (user: string) => teams.get(parseRef(user, { kind: 'user' }) ?? '');
  return readPost(bytes.toString('utf8'), {
    ...{ file, at: post.at },
    mayTell: user => team === undefined || (user !== undefined && teamOf(user) === team),
  });
}

const digest = (text: string) => createHash('sha256').update(text).digest();
const same = (given: string, wanted: string) => timingSafeEqual(digest(given), digest(wanted));

function summed(counts: readonly Readonly<Record<string, number>>[]): Readonly<Record<string, number>> {
  const sums: Record<string, number> = {};
  for (const count of counts) for (const [reason, n] of Object.entries(count)) sums[reason] = (sums[reason] ?? 0) + n;
  return sums;
}
