/**
 * What OPAs post: their decision-log plugin to /ingest/policy/NAME/logs, their status plugin to …/status, which are the
 * paths that OPA itself puts behind `services.….url`. A post is on the disk before it is answered; one that comes again,
 * as OPA sends whatever was not answered in time, changes nothing.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { PlumblineError } from '../../../core/errors.ts';
import type { Transaction } from '../../../core/ledger.ts';
import type { QueuedPost } from '../../../core/post-queue.ts';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { QueueSource } from '../../../core/source.ts';
import type { OpaConfig } from './config.ts';
import { extract } from './extract.ts';
import { noteStatuses, type ReceivedStatus } from './instances.ts';
import { readStatus } from './status.ts';
import { storeDecisions } from './store.ts';

const mib = 2 ** 20;

export function opaPosts(config: OpaConfig): QueueSource {
  const { name } = config;
  return {
    kind: 'push',
    name,
    everySeconds: config.silent_after,
    queue: {
      // OPA sends again for ever what is refused, so that what it may be told to send must fit.
      ...{ maxBodyBytes: 32 * mib, maxInflatedBytes: 384 * mib, maxBytes: config.queue_mib * mib, maxPosts: 50_000 },
      ...{ drainPosts: 500, drainInflatedBytes: 48 * mib },
      note: ({ rest = '', principal }) => {
        const [kind = ''] = rest.split('/');
        if (kind !== 'logs' && kind !== 'status' && kind !== '')
          throw new PlumblineError('PUSH_INVALID', {
            ...{ source: name, reason: `${rest} is not what an OPA posts to; expected logs or status` },
          });
        return JSON.stringify([kind || 'logs', ...(principal.role === 'team' ? [principal.team] : [])]);
      },
      drain: async (context, posts) => {
        const now = context.now();
        const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-opa-'));
        try {
          const logs = posts.filter(post => kindOf(post) === 'logs');
          const read =
            logs.length === 0
              ? undefined
              : await extract(context.ledger, config, {
                  files: logs.map(post => ({ path: post.file, name: nameOf(post), ...teamOf(post) })),
                  ...{ format: 'array', into: path.join(folder, 'decisions'), now },
                });
          const told = await statusesOf(posts.filter(post => kindOf(post) === 'status'));
          const rejections = [...(read?.rejections ?? []), ...told.rejections];
          return {
            cursor: { through: posts.at(-1)?.id },
            write: async tx => {
              try {
                const statuses = await freshStatuses(tx, name, told.statuses);
                const sizes = new Map(logs.map(({ file, bytes }) => [file, bytes]));
                const changed = read ? await storeDecisions(tx, read.file, { config, now, sizes }) : 0;
                if (statuses.length > 0) await noteStatuses(tx, statuses, { config, now });
                const names = [...new Set(rejections.map(({ file }) => file))];
                const rejected = await keepRejections(tx, name, { read: names, rejections }, now);
                const records = (read?.records ?? 0) + told.statuses.length;
                return { records, changed: changed + statuses.length, rejected };
              } finally {
                await rm(folder, { recursive: true, force: true });
              }
            },
          };
        } catch (error) {
          await rm(folder, { recursive: true, force: true });
          throw error;
        }
      },
    },
  };
}

const kindOf = ({ note }: QueuedPost): string => (JSON.parse(note) as readonly string[])[0] ?? '';
const teamOf = ({ note }: QueuedPost): { readonly team?: string } => {
  const team = (JSON.parse(note) as readonly string[])[1];
  return team === undefined ? {} : { team };
};
const nameOf = ({ id, at }: QueuedPost) => `post ${id.slice(0, 15)} of ${at.toISOString()}`;

/** Those that were not committed before: after a kill between commit and removal posts come again, and counters must not. */
async function freshStatuses(tx: Transaction, source: string, statuses: readonly Numbered[]): Promise<Numbered[]> {
  const cursor = await tx.scalar(`SELECT cursor->>'through' FROM cursors WHERE source = $source`, { source });
  return statuses.filter(({ id }) => typeof cursor !== 'string' || id > cursor);
}

type Numbered = ReceivedStatus & { readonly id: string };

const mostStatusBytes = 4 * mib;

async function statusesOf(posts: readonly QueuedPost[]) {
  const statuses: Numbered[] = [];
  const rejections: Rejection[] = [];
  for (const post of posts) {
    if (post.inflatedBytes > mostStatusBytes) {
      rejections.push({ file: nameOf(post), reason: 'too_large' });
      continue;
    }
    const bytes = await readFile(post.file);
    // 60 KB each: reading one holds nothing up, and the next waits for a file.
    const status = readStatus((post.isGzip ? gunzipSync(bytes) : bytes).toString('utf8'));
    if (typeof status === 'string') rejections.push({ file: nameOf(post), reason: status });
    else statuses.push({ id: post.id, status, at: post.at, ...teamOf(post) });
  }
  return { statuses, rejections };
}
