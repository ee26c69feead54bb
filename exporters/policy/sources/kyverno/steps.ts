/** Brings the ledger's copy of a cluster's objects up to now: watches of all kinds at once, lists where they must be. */
import { keepRejections } from '../../../core/rejections.ts';
import type { Batch, SourceContext } from '../../../core/source.ts';
import type { KubernetesClient } from '../../../vendors/kubernetes/client.ts';
import { applied, follow, listed, type Mirrored, type MirrorState } from '../../../vendors/kubernetes/mirror.ts';
import type { KyvernoConfig } from './config.ts';
import type { KyvernoCursor } from './cursor.ts';
import { keeper, type Notes, optionsOf } from './resources.ts';

export interface Steps {
  readonly client: KubernetesClient;
  readonly config: KyvernoConfig;
  readonly context: SourceContext;
  readonly at: Date;
}

export interface Stepped {
  readonly cursor: KyvernoCursor;
  /** False where no object has changed. */
  readonly isChanged: boolean;
}

export type Step = Batch & { readonly cursor: KyvernoCursor };

/** A report that vanished may be made anew; of the others nothing is left. */
export async function* steps(
  { client, config, context, at }: Steps,
  before: KyvernoCursor,
): AsyncGenerator<Step, Stepped> {
  const { name: source, watch_seconds: seconds, relist_hours: relistHours } = config;
  const notes: Notes = { read: [], rejections: [] };
  const mirrors = (before.found?.resources ?? []).map(
    (resource): Mirrored => ({
      ...{ source, path: resource.path, keep: keeper(resource, notes) },
      ...{ forgets: resource.role !== 'reports', options: optionsOf(resource) },
    }),
  );
  const isDue = ({ listedAt = 0 }: MirrorState) => at.getTime() - listedAt >= relistHours * 3_600_000;
  const followed = await Promise.all(
    mirrors.map(mirrored => {
      const state = before.mirrors[mirrored.path];
      return state === undefined || isDue(state) ? undefined : follow(client, mirrored, state, seconds);
    }),
  );
  let cursor = before;
  let objects = 0;
  let isChanged = false;
  const stepOf = (path: string, { state, objects: count, write }: Awaited<ReturnType<typeof applied>>): Step => {
    cursor = {
      ...cursor,
      mirrors: { ...cursor.mirrors, [path]: state },
      // What is no longer served may be served by another version: look again next time.
      ...(state.isMissing && cursor.found ? { found: { ...cursor.found, at: 0 } } : {}),
    };
    objects += count;
    isChanged = true;
    context.progress(objects, undefined, 'objects');
    const noted = { read: notes.read.splice(0), rejections: notes.rejections.splice(0) };
    return {
      cursor,
      write: async tx => {
        await write(tx);
        return { records: count, changed: 0, rejected: await keepRejections(tx, source, noted, at) };
      },
    };
  };
  for (const [index, mirrored] of mirrors.entries()) {
    const told = followed[index];
    const state = cursor.mirrors[mirrored.path];
    if (told !== undefined && told.changes.length > 0)
      yield stepOf(mirrored.path, applied(mirrored, state ?? {}, told, at));
    // Where only a bookmark has come, what is told next commits it.
    else if (told !== undefined)
      cursor = {
        ...cursor,
        mirrors: { ...cursor.mirrors, [mirrored.path]: { ...state, resourceVersion: told.resourceVersion } },
      };
    if (told === undefined || told.isExpired)
      for await (const step of listed(client, mirrored, cursor.mirrors[mirrored.path], at))
        yield stepOf(mirrored.path, step);
  }
  return { cursor, isChanged };
}
