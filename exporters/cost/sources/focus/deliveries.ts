/** Which files belong together, and which of them have to be read. */
import path from 'node:path';
import { type FileNote, type FileStat, isSettled, sameLook } from '../../../core/files.ts';
import type { Reader } from '../../../core/ledger.ts';

/**
 * What a file or folder stands for when it comes again:
 * - `files`: a file replaces what that path gave before. A deleted file keeps what it gave.
 * - `folders`: a folder is the delivery, its files are parts. It is read whole when any part is new, changed or gone; a
 *   vanished part's money goes away; a part that is broken or still being written holds its folder back.
 * - `snapshots`: a file is whole for each provider, billing account and billing period that it holds; the one written
 *   last wins.
 *
 * Where nothing is said, folders below the given one are `folders`, and the files in it `files`.
 */
export type DeliveryMode = 'files' | 'folders' | 'snapshots';

export interface Delivery {
  /** The file or the folder. */
  readonly path: string;
  readonly files: readonly FileStat[];
  /** The newest file's time. */
  readonly mtimeMs: number;
  /** Undefined for snapshots: one per provider, account and period. */
  readonly origin: string | undefined;
  /** False where the grain changed since it was posted: then money that changes its key was not restated. */
  readonly sameGrain: boolean;
  /** Files that the folder held before. */
  readonly gone: readonly string[];
}

export interface Plan {
  readonly deliveries: readonly Delivery[];
  /** Files seen as still being written for the first time. */
  readonly waiting: readonly FileStat[];
}

export interface Known {
  /** The deliveries in the ledger: path to its origins and the shape of their grain. */
  readonly deliveries: ReadonlyMap<string, { readonly origins: readonly string[]; readonly shape: string }>;
  readonly files: ReadonlyMap<string, FileNote>;
}

export async function knownDeliveries(reader: Reader, source: string): Promise<Known['deliveries']> {
  const rows = await reader.all(
    'SELECT path, list(origin)::JSON::VARCHAR AS origins, min(shape) AS shape FROM deliveries WHERE source = $source GROUP BY path',
    { source },
  );
  return new Map(
    rows.map(row => [
      String(row.path),
      { origins: JSON.parse(String(row.origins)) as string[], shape: String(row.shape) },
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
    readonly settleSeconds: number;
    readonly shape: string;
  },
): Plan {
  const { mode, root, settleSeconds, shape } = options;
  const inFolder = (folder: string) =>
    mode === 'folders' || (mode === undefined && root !== undefined && folder !== root);
  const waiting = listed.filter(file => !isSettled(file, known.files.get(file.path), settleSeconds));
  const unsettled = new Set(waiting);
  const units = Map.groupBy(listed, file => (inFolder(path.dirname(file.path)) ? path.dirname(file.path) : file.path));
  const deliveries = [...units].flatMap(([unit, files]): Delivery[] => {
    if (files.some(file => unsettled.has(file))) return [];
    const before = known.deliveries.get(unit);
    const isFolder = files[0]?.path !== unit;
    const gone = isFolder
      ? [...known.files.keys()].filter(name => path.dirname(name) === unit && !files.some(file => file.path === name))
      : [];
    const changed = gone.length > 0 || files.some(file => isNews(file, known.files));
    const sameGrain = before === undefined || before.shape === shape;
    if (!changed && sameGrain) return [];
    const origin = mode === 'snapshots' ? undefined : (before?.origins[0] ?? `${isFolder ? 'folder' : 'file'}:${unit}`);
    return [{ path: unit, files, mtimeMs: Math.max(...files.map(file => file.mtimeMs)), origin, sameGrain, gone }];
  });
  return {
    deliveries: deliveries.sort((a, b) => a.mtimeMs - b.mtimeMs || (a.path < b.path ? -1 : 1)),
    waiting: waiting.filter(file => !sameLook(file, known.files.get(file.path))),
  };
}

/** New, changed, settled since, or a copy whose original is no longer what it copied. */
function isNews(file: FileStat, seen: Known['files']): boolean {
  const before = seen.get(file.path);
  if (!before || !sameLook(file, before)) return true;
  if (before.state === 'waiting') return before.reason !== 'held_back';
  if (before.state !== 'duplicate') return false;
  return ![...seen.values()].some(other => other.state === 'loaded' && other.digest === before.digest);
}
