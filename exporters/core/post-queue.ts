/**
 * Posts that are kept on disk before they are answered, each a file as it was posted, and committed later, many at a
 * time. What was answered survives a kill: a file is written whole (temporary name, fsync, rename, fsync of the folder)
 * first, and removed once it is committed. One process owns a folder at a time.
 */
import { closeSync, fsync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { open, rename, rm, unlink } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { PlumblineError } from './errors.ts';

export interface QueuedPost {
  readonly id: string;
  /** Absolute path of its body as it was posted. */
  readonly file: string;
  readonly isGzip: boolean;
  /** Bytes on the disk, and those of the body uncompressed. */
  readonly bytes: number;
  readonly inflatedBytes: number;
  readonly at: Date;
  /** What its source noted of it when it came. */
  readonly note: string;
}

export type NewPost = Pick<QueuedPost, 'isGzip' | 'inflatedBytes' | 'at' | 'note'> & { readonly body: Buffer };

export interface PostQueue {
  readonly directory: string;
  /** Keeps a post; it is on the disk when this resolves. Throws PUSH_BUSY where it doesn't fit; nothing is kept then. */
  readonly put: (post: NewPost) => Promise<void>;
  /** The oldest posts: at least one where there is any, and no more than so many, or so many bytes uncompressed. */
  readonly oldest: (most: { readonly posts: number; readonly inflatedBytes: number }) => readonly QueuedPost[];
  readonly remove: (posts: readonly QueuedPost[]) => Promise<void>;
  readonly posts: () => number;
  readonly bytes: () => number;
  /** Resolves at the next put. */
  readonly changed: () => Promise<void>;
}

export interface PostQueueOptions {
  readonly source: string;
  readonly directory: string;
  readonly maxBytes: number;
  readonly maxPosts: number;
}

const namePattern = /^(\d{15})-(\d+)-(\d+)-([\w-]*)\.(json|gz)$/;

/** Opens the folder, creating it where it is missing; what was kept and not committed is there again. */
export function openPostQueue({ source, directory, maxBytes, maxPosts }: PostQueueOptions): PostQueue {
  const queued = new Map<string, QueuedPost>();
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory).sort()) {
    const post = postOf(directory, name);
    if (post) queued.set(name, post);
    // A kill before the rename leaves it; it was never answered.
    else if (name.endsWith('.tmp')) rmSync(path.join(directory, name));
  }
  // From the clock, so that ids go on growing after a restart with an empty folder.
  let sequence = Math.max(Date.now(), Number([...queued.keys()].at(-1)?.slice(0, 15) ?? 0));
  let held = [...queued.values()].reduce((sum, { bytes }) => sum + bytes, 0);
  let coming = 0;
  let waiting: (() => void)[] = [];
  const syncDirectory = joined(async () => {
    const handle = openSync(directory, 'r');
    try {
      await promisify(fsync)(handle);
    } finally {
      closeSync(handle);
    }
  });

  return {
    directory,
    put: async ({ body, isGzip, inflatedBytes, at, note }) => {
      if (held + body.length > maxBytes || queued.size + coming >= maxPosts)
        throw new PlumblineError('PUSH_BUSY', { source, reason: `${queued.size + coming} posts wait to be read` });
      held += body.length;
      coming += 1;
      sequence += 1;
      const words = [String(sequence).padStart(15, '0'), at.getTime(), inflatedBytes];
      const name = `${words.join('-')}-${Buffer.from(note).toString('base64url')}.${isGzip ? 'gz' : 'json'}`;
      const file = path.join(directory, name);
      try {
        const handle = await open(`${file}.tmp`, 'w', 0o600);
        try {
          await handle.writeFile(body);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(`${file}.tmp`, file);
        await syncDirectory();
      } catch (error) {
        held -= body.length;
        await rm(`${file}.tmp`, { force: true }).catch(() => undefined);
        await rm(file, { force: true }).catch(() => undefined);
        throw error;
      } finally {
        coming -= 1;
      }
      queued.set(name, { id: name, file, isGzip, bytes: body.length, inflatedBytes, at, note });
      const woken = waiting;
      waiting = [];
      for (const resolve of woken) resolve();
    },
    oldest: most => {
      const chosen: QueuedPost[] = [];
      let inflated = 0;
      for (const post of [...queued.values()].sort((a, b) => (a.id < b.id ? -1 : 1))) {
        inflated += post.inflatedBytes;
        if (chosen.length > 0 && (chosen.length >= most.posts || inflated > most.inflatedBytes)) break;
        chosen.push(post);
      }
      return chosen;
    },
    remove: async posts => {
      for (const { id, file, bytes } of posts) {
        // `rm` looks at each file first, on the event loop.
        await unlink(file).catch((error: NodeJS.ErrnoException) => {
          if (error.code !== 'ENOENT') throw error;
        });
        if (queued.delete(id)) held -= bytes;
      }
    },
    posts: () => queued.size,
    bytes: () => held,
    changed: () => new Promise(resolve => waiting.push(resolve)),
  };
}

function postOf(directory: string, name: string): QueuedPost | undefined {
  const [, , at, inflated, note, ending] = namePattern.exec(name) ?? [];
  if (at === undefined) return undefined;
  const file = path.join(directory, name);
  return {
    ...{ id: name, file, isGzip: ending === 'gz', bytes: statSync(file).size },
    ...{ inflatedBytes: Number(inflated), at: new Date(Number(at)) },
    note: Buffer.from(note ?? '', 'base64url').toString('utf8'),
  };
}

/** Calls that come while one is under way share the next one: each is served by work that began after it. */
function joined(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  return () => {
    if (!running) {
      running = work().finally(() => {
        running = undefined;
      });
      return running;
    }
    next ??= running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        running = work().finally(() => {
          running = undefined;
        });
        return running;
      });
    return next;
  };
}
