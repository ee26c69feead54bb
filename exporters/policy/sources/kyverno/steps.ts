/** Brings the ledger's copy of a cluster's objects up to now: watches of all kinds at once, lists where they must be. */
import { keepRejections } from '../../../core/rejections.ts';
import type { Batch, SourceContext } from '../../../core/source.ts';
import type { KubernetesClient } from '../../../vendors/kubernetes/client.ts';
import type { Mirrored } from '../../../vendors/kubernetes/mirror.ts';
import { mirrorSteps } from '../../../vendors/kubernetes/mirror-steps.ts';
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
  const { name: source, watch_seconds: watchSeconds, relist_hours: relistHours } = config;
  const notes: Notes = { read: [], rejections: [] };
  const mirrored = (before.found?.resources ?? []).map(
    (resource): Mirrored => ({
      ...{ source, path: resource.path, keep: keeper(resource, notes) },
      ...{ forgets: resource.role !== 'reports', options: optionsOf(resource) },
    }),
  );
  let cursor = before;
  let objects = 0;
  let isChanged = false;
  const all = mirrorSteps({ client, mirrored, states: before.mirrors, at, watchSeconds, relistHours });
  for (;;) {
    const { done, value } = await all.next();
    // Where only a bookmark has come, what is told next commits it.
    if (done) return { cursor: { ...cursor, mirrors: value }, isChanged };
    cursor = {
      ...cursor,
      mirrors: value.states,
      // What is no longer served may be served by another version: look again next time.
      ...(value.isMissing && cursor.found ? { found: { ...cursor.found, at: 0 } } : {}),
    };
    objects += value.objects;
    isChanged = true;
    context.progress(objects, undefined, 'objects');
    const noted = { read: notes.read.splice(0), rejections: notes.rejections.splice(0) };
    yield {
      cursor,
      write: async tx => {
        await value.write(tx);
        return { records: value.objects, changed: 0, rejected: await keepRejections(tx, source, noted, at) };
      },
    };
  }
}
