/**
 * Keeps in the ledger what a reader makes of a resource's objects: listed once, then followed by watches from where the
 * last one ended. Each step is a write to commit together with the state that it returns.
 */
import { breather } from '../../core/breathe.ts';
import type { Transaction } from '../../core/ledger.ts';
import { stage } from '../../core/stage.ts';
import { sqlTime } from '../../core/time.ts';
import type { KubernetesClient } from './client.ts';
import { type ListOptions, listPages } from './list.ts';
import { objectSchema } from './objects.ts';
import { type Changes, watchChanges } from './watch.ts';

export interface MirrorState {
  /** Where the next watch goes on from; absent where all has to be listed. */
  readonly resourceVersion?: string;
  /** When all was listed last; ms since the epoch. */
  readonly listedAt?: number;
  /** The resource was served, and is no longer. */
  readonly isMissing?: true;
}

/** What a reader makes of an object; undefined where it is none of its. */
export type Keep = (object: Readonly<Record<string, unknown>>) => string | undefined;

export interface Mirrored {
  readonly source: string;
  /** `/apis/GROUP/VERSION/NAME`. */
  readonly path: string;
  readonly keep: Keep;
  /** True where an object that is gone leaves nothing behind; else its row stays with `gone_at`. */
  readonly forgets: boolean;
  readonly options?: ListOptions;
}

export interface MirrorStep {
  readonly state: MirrorState;
  /** Objects read in this step. */
  readonly objects: number;
  readonly write: (tx: Transaction) => Promise<void>;
}

interface Kept {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly body: string;
}

/** What has changed since the state; undefined where all has to be listed. Nothing is written yet. */
export async function follow(
  client: KubernetesClient,
  { path, options }: Mirrored,
  state: MirrorState | undefined,
  seconds: number,
): Promise<Changes | undefined> {
  if (state?.resourceVersion === undefined) return undefined;
  const { limit: _, ...selectors } = options ?? {};
  return watchChanges(client, path, { ...selectors, resourceVersion: state.resourceVersion, seconds });
}

/** The step of a watch's changes; of an object that changed several times the last holds. */
export function applied(mirrored: Mirrored, state: MirrorState, told: Changes, now: Date): MirrorStep {
  const last = new Map<string, { readonly isGone: boolean; readonly object: unknown }>();
  for (const { type, object } of told.changes) {
    const key = keyOf(object);
    if (key === undefined) continue;
    last.delete(key);
    last.set(key, { isGone: type === 'deleted', object });
  }
  const kept: Kept[] = [];
  const gone: { namespace: string; name: string }[] = [];
  for (const { isGone, object } of last.values()) {
    // Of what is gone a reader makes nothing.
    const one = isGone ? undefined : keptOf(mirrored.keep, object);
    if (one) kept.push(one);
    else gone.push(placeOf(object));
  }
  return {
    state: { ...state, resourceVersion: told.resourceVersion },
    objects: told.changes.length,
    write: async tx => {
      await upsert(tx, mirrored, '', kept);
      await stage(tx, 'kubernetes_gone', { namespace: 'VARCHAR', name: 'VARCHAR' }, gone);
      const which = `source = $source AND path = $path
        AND EXISTS (SELECT 1 FROM kubernetes_gone AS g WHERE g.namespace = o.namespace AND g.name = o.name)`;
      await leave(tx, mirrored, which, {}, now);
    },
  };
}

/** All of a resource, page by page; the last step's state is what a watch goes on from. */
export async function* listed(
  client: KubernetesClient,
  mirrored: Mirrored,
  state: MirrorState | undefined,
  now: Date,
): AsyncGenerator<MirrorStep> {
  const list = `${now.getTime()}`;
  const breathe = breather();
  for await (const page of listPages(client, mirrored.path, mirrored.options)) {
    if (page === undefined) {
      // A resource that is no longer served tells nothing of what was in it.
      yield { state: { isMissing: true }, objects: 0, write: async () => undefined };
      return;
    }
    const kept: Kept[] = [];
    for (const item of page.items) {
      if (breathe.due()) await breathe.now();
      const one = keptOf(mirrored.keep, item);
      if (one) kept.push(one);
    }
    const { isMissing: _, ...before } = state ?? {};
    yield {
      // A list that is broken off is begun anew.
      state: page.isLast ? { resourceVersion: page.resourceVersion, listedAt: now.getTime() } : withoutVersion(before),
      objects: page.items.length,
      write: async tx => {
        await upsert(tx, mirrored, list, kept);
        if (page.isLast)
          await leave(tx, mirrored, 'source = $source AND path = $path AND list <> $list', { list }, now);
      },
    };
  }
}

const withoutVersion = ({ resourceVersion: _, ...state }: MirrorState): MirrorState => state;

function keptOf(keep: Keep, item: unknown): Kept | undefined {
  const read = objectSchema.safeParse(item);
  if (!read.success) return undefined;
  const body = keep(read.data);
  return body === undefined ? undefined : { ...placeOf(item), uid: read.data.metadata.uid ?? '', body };
}

function placeOf(item: unknown): { readonly namespace: string; readonly name: string } {
  const { namespace = '', name = '' } = objectSchema.safeParse(item).data?.metadata ?? {};
  return { namespace, name };
}

function keyOf(item: unknown): string | undefined {
  const { namespace, name } = placeOf(item);
  return name === '' ? undefined : `${namespace}/${name}`;
}

/** An object whose body is the same as before is still told. */
async function upsert(tx: Transaction, { source, path }: Mirrored, list: string, kept: readonly Kept[]): Promise<void> {
  if (kept.length === 0) return;
  const columns = { namespace: 'VARCHAR', name: 'VARCHAR', uid: 'VARCHAR', body: 'VARCHAR' };
  await stage(
    tx,
    'kubernetes_read',
    columns,
    kept.map(each => ({ ...each })),
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE kubernetes_new AS
     SELECT r.*, coalesce(o.is_told AND o.gone_at IS NULL AND o.body = r.body, false) AS is_told,
       CASE WHEN $list = '' THEN coalesce(o.list, '') ELSE $list END AS list
     FROM kubernetes_read AS r
     LEFT JOIN kubernetes_objects AS o
       ON o.source = $source AND o.path = $path AND o.namespace = r.namespace AND o.name = r.name`,
    { source, path, list },
  );
  await tx.run(
    `DELETE FROM kubernetes_objects AS o WHERE source = $source AND path = $path
       AND EXISTS (SELECT 1 FROM kubernetes_read AS r WHERE r.namespace = o.namespace AND r.name = o.name)`,
    { source, path },
  );
  await tx.run(
    `INSERT INTO kubernetes_objects
     SELECT $source, $path, namespace, name, uid, list, body, NULL, is_told FROM kubernetes_new`,
    { source, path },
  );
  tx.touch('kubernetes_objects');
}

async function leave(
  tx: Transaction,
  { source, path, forgets }: Mirrored,
  which: string,
  parameters: Readonly<Record<string, string>>,
  now: Date,
): Promise<void> {
  const bound = { source, path, ...parameters };
  if (forgets) await tx.run(`DELETE FROM kubernetes_objects AS o WHERE ${which}`, bound);
  else
    await tx.run(
      `UPDATE kubernetes_objects AS o SET gone_at = $now::TIMESTAMP, is_told = false WHERE gone_at IS NULL AND ${which}`,
      { ...bound, now: sqlTime(now) },
    );
  tx.touch('kubernetes_objects');
}
