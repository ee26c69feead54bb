/** From manifests to deliveries: the newest version of each billing period whose files are all there. */
import path from 'node:path';
import { endlessSettleSeconds, type FileStat, isSettled, sameLook } from '../../../core/files.ts';
import { fileNameOf } from '../../../core/objects.ts';
import type { FoundDeliveries } from '../../bills/deliveries.ts';
import { type DeliveryLook, isBill } from '../../bills/files.ts';
import { isInPeriod, isManifest, type Manifest, type manifestReader } from './manifests.ts';

/**
 * A version is complete when all files that its manifest lists are there, none of them is known to be broken, and none
 * was written after the manifest, as when a report is being overwritten. What was read stays until a newer version is
 * complete: there is no way back to an older one. Undefined where there is no manifest and nothing that waits for one.
 */
export async function curDeliveries(
  look: DeliveryLook,
  readManifest: ReturnType<typeof manifestReader>,
): Promise<FoundDeliveries | undefined> {
  const { listed, root, settleSeconds } = look;
  const known = look.known.files;
  if (root === undefined) return undefined;
  const files = listed.filter(({ path: file }) => isManifest(file));
  if (files.length === 0 && !listed.some(({ path: file }) => isInPeriod(file, root))) return undefined;
  const places = new Map(listed.filter(({ path: file }) => isBill(file)).map(file => [file.path, file]));
  const manifests: FoundDeliveries['manifests'][number][] = [];
  const note = (manifest: { readonly file: FileStat }, state: 'waiting' | 'skipped', reason: string) =>
    manifests.push({ file: manifest.file, state, reason });

  const found: Manifest[] = [];
  for (const file of files) {
    const manifest = await readManifest(file, root);
    if (manifest) found.push(manifest);
    else note({ file }, 'waiting', 'no_manifest');
  }
  const deliveries = [...Map.groupBy(found, ({ unit }) => unit)].flatMap(([unit, all]) => {
    const versions = all.map(manifest => ({ ...manifest, files: filesOf(manifest, root, places) })).sort(inOrder);
    const listedBy = (some: typeof versions) =>
      new Set(some.flatMap(version => version.files.flatMap(file => (file ? [file.path] : []))));
    const own = listedBy(versions);
    const notes = [...known.values()].filter(
      ({ path: file }) => isBill(file) && (own.has(file) || versions.some(one => isOf(one, file))),
    );
    // What was read may be broken now, or cleared away with its manifest.
    const read = look.known.deliveries.get(unit)?.mtimeMs ?? 0;
    const written = ({ file, files }: (typeof versions)[number]) =>
      Math.max(file.mtimeMs, ...files.map(one => one?.mtimeMs ?? 0));
    const wasRead = (file: FileStat | undefined) => file !== undefined && known.get(file.path)?.state === 'loaded';
    const last = versions.findLastIndex(({ files }) => files.some(wasRead));
    const isLater = (index: number) => index === last || (index > last && written(versions[index]!) >= read);
    const isBroken = (file: FileStat) => {
      const before = known.get(file.path);
      return before?.state === 'broken' && sameLook(file, before);
    };
    const fault = (version: (typeof versions)[number]): string | undefined => {
      const present = version.files.filter(file => file !== undefined);
      if (!isSettled(version.file, known.get(version.file.path), settleSeconds)) return 'being_written';
      if (present.length < version.files.length || present.length === 0) return 'files_missing';
      if (present.some(isBroken)) return 'file_broken';
      const isNewer = (file: FileStat) => file.mtimeMs > version.file.mtimeMs;
      if (present.some(file => isNewer(file) && !isSettled(file, undefined, endlessSettleSeconds)))
        return 'files_newer_than_manifest';
      return undefined;
    };
    const faults = versions.map(fault);
    const chosen = faults.findLastIndex((reason, index) => reason === undefined && isLater(index));
    for (const [index, version] of versions.entries())
      if (index > chosen && isLater(index)) note(version, 'waiting', faults[index] ?? 'being_written');
      else note(version, 'skipped', index === chosen ? 'manifest' : 'superseded_run');
    if (chosen < 0) return [];
    const present = versions[chosen]!.files.filter(file => file !== undefined);
    const later = listedBy(versions.slice(chosen));
    const gone = notes.filter(({ path: file, state }) => state !== 'skipped' && !later.has(file));
    return [{ path: unit, files: present, gone: gone.map(({ path: file }) => file) }];
  });
  return { deliveries, manifests };
}

/** Whether a file known from before lies in the period's folder, that of the manifests or that of the data. */
const isOf = ({ folder }: Manifest, file: string): boolean =>
  folder !== undefined &&
  (file.startsWith(folder + path.sep) ||
    file.startsWith(folder.replace(`${path.sep}metadata${path.sep}`, `${path.sep}data${path.sep}`) + path.sep));

/** Of two copies of one manifest that which stands above the folder of its version is the later. */
export const inOrder = (one: Manifest, other: Manifest) =>
  one.version.localeCompare(other.version) ||
  one.file.mtimeMs - other.file.mtimeMs ||
  other.file.path.length - one.file.path.length;

/** What a manifest lists, each the file there is of it: its key below the root, or as much of it as the root leaves. */
function filesOf(
  { file, keys }: Manifest,
  root: string,
  places: ReadonlyMap<string, FileStat>,
): readonly (FileStat | undefined)[] {
  const folders = above(path.dirname(file.path), root);
  const isFlat = !isInPeriod(file.path, root);
  return keys.map(key => {
    const parts = fileNameOf(key).split('/');
    // A name alone is looked for beside the manifest only where all lies in one folder.
    for (let from = 0; from < parts.length - 1; from++)
      for (const folder of folders) {
        const found = places.get(path.join(folder, ...parts.slice(from)));
        if (found) return found;
      }
    return isFlat ? places.get(path.join(path.dirname(file.path), parts.at(-1) ?? '')) : undefined;
  });
}

/** A folder and those above it, down from the root. */
const above = (folder: string, root: string): string[] =>
  folder === root || !folder.startsWith(root) ? [root] : [...above(path.dirname(folder), root), folder];
