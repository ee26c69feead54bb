/**
 * Tasks of Backstage's scaffolder, newest first: at first all that are kept, then those since the oldest that was under
 * way. Documented shape only, after the backend's source; no Backstage was run.
 */
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource, SourceContext } from '../../../core/source.ts';
import { storeUsage } from '../../usage/store.ts';
import type { TemplateTask } from '../../usage/told.ts';
import type { UsageContext } from './analytics.ts';
import { type ClientOptions, pageSize, taskLister } from './client.ts';
import type { BackstageConfig } from './config.ts';
import { readTask } from './task.ts';

export type { ClientOptions } from './client.ts';

interface Cursor {
  readonly url: string;
  /** Tasks created since then are read again: ISO 8601. */
  readonly since: string;
}

const dayMs = 864e5;
/** A task that is under way for longer is not waited for. */
const longestDays = 30;

export function scaffolderSource(config: BackstageConfig, usage: UsageContext, client: ClientOptions = {}): PullSource {
  const name = `${config.name}-scaffolder`;
  const retentionDays = usage.config.privacy.retention_days;
  return {
    kind: 'pull',
    name,
    everySeconds: config.every,
    batches: async function* (context, before) {
      const cursor = before as Cursor | undefined;
      const now = context.now();
      const oldest = new Date(now.getTime() - retentionDays * dayMs).toISOString();
      const since = cursor?.url === config.url && cursor !== undefined && cursor.since > oldest ? cursor.since : oldest;
      const { tasks, rejections } = await tasksSince(config, since, context, client);
      const write: Batch['write'] = async tx => {
        const changed = await storeUsage(tx, name, { events: [], tasks }, { ...usage, now });
        const read = [...tasks.map(({ id }) => `task ${id}`), ...rejections.map(({ file }) => file)];
        const rejected = await keepRejections(tx, name, { read: [...new Set(read)], rejections }, now);
        return { records: tasks.length, changed, rejected };
      };
      yield { cursor: { url: config.url ?? '', since: nextSince(tasks, since, now) } satisfies Cursor, write };
    },
  };
}

interface Read {
  readonly tasks: readonly TemplateTask[];
  readonly rejections: readonly Rejection[];
}

async function tasksSince(
  config: BackstageConfig,
  since: string,
  { signal, progress }: SourceContext,
  client: ClientOptions,
): Promise<Read> {
  const list = taskLister(config, { ...client, signal });
  const tasks = new Map<string, TemplateTask>();
  const rejections = new Map<string, Rejection>();
  let before: number | undefined;
  for (let offset = 0; ; ) {
    const page = await list(offset);
    // Where tasks were deleted meanwhile, others have moved up.
    const gone = Math.max(0, (before ?? page.total ?? 0) - (page.total ?? 0));
    before = page.total;
    if (gone > 0 && offset > 0) {
      offset = Math.max(0, offset - gone);
      continue;
    }
    const known = tasks.size + rejections.size;
    let isOlder = false;
    for (const [index, told] of page.tasks.entries()) {
      const task = readTask(told);
      if ('reason' in task) {
        const file = task.id === undefined ? `task ${offset + index + 1} of the list` : `task ${task.id}`;
        rejections.set(file, { file, reason: task.reason });
      } else if (task.createdAt < since) isOlder = true;
      else tasks.set(task.id, task);
    }
    offset += page.tasks.length;
    progress(tasks.size, page.total, 'tasks');
    const isWhole = page.total === undefined ? page.tasks.length !== pageSize : offset >= page.total;
    if (isOlder || isWhole || page.tasks.length === 0 || tasks.size + rejections.size === known) break;
  }
  return { tasks: [...tasks.values()], rejections: [...rejections.values()] };
}

/** The oldest that is under way, or a day before the newest: what is created meanwhile moves others down a page. */
function nextSince(tasks: readonly TemplateTask[], since: string, now: Date): string {
  const newest = Math.max(Date.parse(since), ...tasks.slice(0, 1).map(({ createdAt }) => Date.parse(createdAt)));
  const waited = new Date(now.getTime() - longestDays * dayMs).toISOString();
  return tasks.reduce(
    (first, { status, createdAt }) =>
      (status === 'open' || status === 'processing') && createdAt > waited && createdAt < first ? createdAt : first,
    new Date(Math.max(Date.parse(since), newest - dayMs)).toISOString(),
  );
}
