/** The queues of an exporter: posts go to the disk as they come, and from there into the ledger in the background. */
import path from 'node:path';
import type { Logger } from 'pino';
import { jitteredBackoff, sleep } from './backoff.ts';
import { PlumblineError } from './errors.ts';
import type { Exporter } from './exporter.ts';
import { inflatedSize, isGzip } from './inflate.ts';
import { openPostQueue, type PostQueue } from './post-queue.ts';
import type { Batch, BatchCounts, PushRequest, QueueSource, Source, SourceContext } from './source.ts';

export interface QueuesContext extends Omit<SourceContext, 'log'> {
  readonly log: Logger;
  readonly exporter: Exporter;
  readonly dataDir: string;
  readonly commit: (source: Source, startedAt: Date, batch: Batch) => Promise<BatchCounts>;
}

export interface Queues {
  /** Keeps a post. Throws PUSH_INVALID, PUSH_TOO_LARGE, PUSH_BUSY. */
  readonly accept: (source: QueueSource, request: PushRequest) => Promise<BatchCounts>;
  /** Commits all that waits now. */
  readonly drain: () => Promise<void>;
  /** Commits what comes, until it is stopped; what fails is tried again. */
  readonly run: () => Promise<void>;
  readonly stop: () => void;
}

export function postQueues(context: QueuesContext): Queues {
  const { exporter, dataDir, commit, now, signal } = context;
  const sources = exporter.sources.filter(source => source.kind === 'push').filter(source => 'queue' in source);
  const queues = new Map(sources.map(source => [source.name, { source, queue: open(exporter.name, dataDir, source) }]));
  let stop: () => void = () => undefined;
  const stopped = new Promise<void>(resolve => {
    stop = resolve;
  });

  const drainSome = async (source: QueueSource, queue: PostQueue): Promise<void> => {
    const { drainPosts, drainInflatedBytes, drain } = source.queue;
    const posts = queue.oldest({ posts: drainPosts, inflatedBytes: drainInflatedBytes });
    const startedAt = now();
    const log = context.log.child({ source: source.name });
    await commit(source, startedAt, await drain({ ...context, log }, posts));
    // A kill before this has them read again, which their source must see.
    await queue.remove(posts);
  };

  const runOne = async (source: QueueSource, queue: PostQueue): Promise<void> => {
    let failures = 0;
    while (!signal.aborted) {
      if (queue.posts() === 0) {
        await Promise.race([queue.changed(), stopped]);
        continue;
      }
      try {
        await drainSome(source, queue);
        failures = 0;
      } catch (err) {
        context.log.error({ err, source: source.name, posts: queue.posts() }, 'could not read posts; they are kept');
        await sleep(1000 + jitteredBackoff(failures, 1000, 60_000, Math.random), signal).catch(() => undefined);
        failures += 1;
      }
    }
  };

  return {
    accept: async (source, request) => {
      const { name, queue: limits } = source;
      const { body, ...rest } = request;
      const invalid = (reason: string) => new PlumblineError('PUSH_INVALID', { source: name, reason });
      const note = limits.note(rest);
      const gzip = isGzip(body);
      const encoding = request.headers['content-encoding'] ?? 'identity';
      if (!gzip && encoding !== 'identity') throw invalid(`its Content-Encoding is ${encoding}, and it is no gzip`);
      const size = gzip ? await inflatedSize(body, limits.maxInflatedBytes) : body.length;
      if (size === 'corrupt') throw invalid('its gzip is cut or damaged');
      if (size === 'too_large' || size > limits.maxInflatedBytes)
        throw new PlumblineError('PUSH_TOO_LARGE', { source: name, bytes: limits.maxInflatedBytes });
      const { queue } = queues.get(name)!;
      await queue.put({ body, isGzip: gzip, inflatedBytes: size, at: now(), note });
      return { records: 0, changed: 0, rejected: {}, waiting: 1 };
    },
    drain: async () => {
      for (const { source, queue } of queues.values()) while (queue.posts() > 0) await drainSome(source, queue);
    },
    run: async () => {
      await Promise.all([...queues.values()].map(({ source, queue }) => runOne(source, queue)));
    },
    stop: () => stop(),
  };
}

function open(exporter: string, dataDir: string, { name, queue }: QueueSource): PostQueue {
  const directory = path.join(path.resolve(dataDir), `${exporter}-${name}.posts`);
  return openPostQueue({ source: name, directory, maxBytes: queue.maxBytes, maxPosts: queue.maxPosts });
}
