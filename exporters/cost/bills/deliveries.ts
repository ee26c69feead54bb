/** Which files belong together, and which of them have to be read. */
import path from 'node:path';
import type { FileNote } from '../../core/file-notes.ts';
import { endlessSettleSeconds, type FileStat, isSettled, sameLook } from '../../core/files.ts';
import type { Reader } from '../../core/ledger.ts';
import { folderOfRuns, newestRun } from './runs.ts';

/**
 * What a file or folder stands for when it comes again:
 * - `files`: a file replaces what that path gave before. A deleted file keeps what it gave.
 * - `folders`: a folder is the delivery, its files are parts. It is read whole when any part is new, changed or gone; a
 *   vanished part's money goes away; a part that is broken or still being written holds its folder back.
 * - `snapshots`: a file is whole for each provider, billing account and billing period that it holds; the one written
 *   last wins.
 * - `runs`: a folder holds a folder a run, each whole; the newest complete run takes the place of those before it. See
 *   runs.ts.
 *
 * Where nothing is said, folders below the given one are `folders`, and the files in it `files`.
 */
export type DeliveryMode = 'files' | 'folders' | 'snapshots' | 'runs';

export interface Delivery {
  /** The file or the folder. */
  readonly path: string;
  readonly files: readonly FileStat[];
  /** The newest file's time. */
  readonly mtimeMs: number;
  /** Undefined for snapshots: one per provider, account and period. */
  readonly origin: string | undefined;
  /** False where the grain changed since it was posted: then money that only changes its key was not restated. */
  readonly sameGrain: boolean;
  /** Files that the folder, or a run before this one, held. */
  readonly gone: readonly string[];
}

/** A delivery whose files belong together by what a manifest says. */
export interface FoundDelivery {
  /** Names it: what is found under this name later takes its place. */
  readonly path: string;
  readonly files: readonly FileStat[];
  /** Files known of it that it no longer holds. */
  readonly gone: readonly string[];
}

export interface FoundDeliveries {
  readonly deliveries: readonly FoundDelivery[];
  /** The manifests: `waiting` where the reason keeps what it lists from being read, else `skipped`. */
  readonly manifests: readonly {
    readonly file: FileStat;
    readonly state: 'waiting' | 'skipped';
    readonly reason: string;
  }[];
}

export interface Plan {
  readonly deliveries: readonly Delivery[];
  /** Files whose run a newer one has taken the place of. */
  readonly superseded: readonly FileStat[];
}

export interface Known {
  /** The deliveries in the ledger: path to its origins, the shape of their grain, and its newest file's time. */
  readonly deliveries: ReadonlyMap<
    string,
    { readonly origins: readonly string[]; readonly shape: string; readonly mtimeMs: number }
  >;
  readonly files: ReadonlyMap<string, FileNote>;
}

export async function knownDeliveries(reader: Reader, source: string): Promise<Known['deliveries']> {
  const rows = await reader.all(
    'SELECT path, list(origin)::JSON::VARCHAR AS origins, min(shape) AS shape, max(mtime_ms) AS mtime_ms FROM deliveries WHERE source = $source GROUP BY path',
    { source },
  );
  return new Map(
    rows.map(row => [
      String(row.path),
      { origins: JSON.parse(String(row.origins)) as string[], shape: String(row.shape), mtimeMs: Number(row.mtime_ms) },
    ]),
  );
}

export function planDeliveries(
  listed: readonly FileStat[],
  known: Known,
  options: {
    readonly mode: DeliveryMode | undefined;
    /** The folder that was given; undefined for a file or a glob. */
    readonly root: string | undefined;
    /** Files that are still being written. */
    readonly unsettled: ReadonlySet<FileStat>;
    readonly shape: string;
    /** Given, these are the deliveries, whatever the folders. */
    readonly found?: readonly FoundDelivery[] | undefined;
  },
): Plan {
  const { mode, root, unsettled, shape, found } = options;
  const inFolder = (folder: string) =>
    mode === 'folders' || (mode === undefined && root !== undefined && folder !== root);
  const unitOf = (file: string) => {
    if (mode === 'runs') return folderOfRuns(file, root);
    return inFolder(path.dirname(file)) ? path.dirname(file) : file;
  };
  const superseded: FileStat[] = [];
  const delivery = (
    unit: string,
    kind: string,
    { files, gone }: { readonly files: readonly FileStat[]; readonly gone: readonly string[] },
  ): Delivery[] => {
    if (files.length === 0 || files.some(file => unsettled.has(file))) return [];
    const before = known.deliveries.get(unit);
    const changed = gone.length > 0 || files.some(file => isNews(file, known.files));
    const sameGrain = before === undefined || before.shape === shape;
    if (!changed && sameGrain) return [];
    const origin = mode === 'snapshots' ? undefined : (before?.origins[0] ?? `${kind}:${unit}`);
    return [{ path: unit, files, mtimeMs: Math.max(...files.map(file => file.mtimeMs)), origin, sameGrain, gone }];
  };
  const byFolder = () =>
    [...Map.groupBy(listed, file => unitOf(file.path))].flatMap(([unit, all]): Delivery[] => {
      const kind = mode === 'runs' ? 'runs' : all[0]?.path === unit ? 'file' : 'folder';
      const isWaiting = (file: FileStat) => unsettled.has(file) || isEndless(file, known.files);
      const run = kind === 'runs' ? newestRun(unit, all, { known: known.files, isWaiting }) : undefined;
      superseded.push(...(run?.superseded ?? []));
      const files = run?.files ?? all;
      const gone = run?.gone ?? (kind === 'folder' ? goneFrom(unit, files, known.files) : []);
      return delivery(unit, kind, { files, gone });
    });
  const deliveries = found ? found.flatMap(one => delivery(one.path, 'manifest', one)) : byFolder();
  return {
    deliveries: deliveries.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1)),
    superseded,
  };
}

/** The files that are still being written. */
export const unsettledFiles = (listed: readonly FileStat[], seen: Known['files'], settleSeconds: number) =>
  new Set(listed.filter(file => !isSettled(file, seen.get(file.path), settleSeconds)));

const goneFrom = (folder: string, files: readonly FileStat[], seen: Known['files']) => {
  const present = new Set(files.map(file => file.path));
  return [...seen.keys()].filter(name => path.dirname(name) === folder && !present.has(name));
};

/** Read as ending without a newline, and not yet taken for finished. */
function isEndless(file: FileStat, seen: Known['files']): boolean {
  const before = seen.get(file.path);
  return (
    before?.reason === 'no_final_newline' && sameLook(file, before) && !isSettled(file, undefined, endlessSettleSeconds)
  );
}

/** New, changed, settled since, or a copy whose original no longer gives what it copied. */
function isNews(file: FileStat, seen: Known['files']): boolean {
  const before = seen.get(file.path);
  if (!before || !sameLook(file, before)) return true;
  if (before.state === 'waiting') return before.reason !== 'held_back' && !isEndless(file, seen);
  if (before.state !== 'duplicate') return false;
  const original = seen.get(before.reason);
  // One that is broken or being written goes on giving what it gave.
  return original === undefined || (original.state === 'loaded' && original.digest !== before.digest);
}
