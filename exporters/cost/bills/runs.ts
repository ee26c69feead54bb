/** Folders of runs: which run of a billing period is the newest one that is complete. */
import path from 'node:path';
import type { FileNote } from '../../core/file-notes.ts';
import { type FileStat, sameLook } from '../../core/files.ts';

const periodName = /(^|=)\d{4}-?\d{2}$|^\d{8}-\d{8}$|^month=\d{1,2}$/i;
const datedName = /^\d{4}-?\d{2}-?\d{2}/;

/**
 * The folder whose runs replace one another: the nearest one above a file that is named like a billing period
 * (`2026-10`, `BILLING_PERIOD=2026-10`, `20261001-20261031`, `month=10`), else the one above the file's own. Looks no
 * higher than `root`.
 */
export function folderOfRuns(file: string, root: string | undefined): string {
  for (let folder = path.dirname(file); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (periodName.test(path.basename(folder))) return folder;
    if (folder === root) break;
  }
  const own = path.dirname(file);
  return own === root ? own : path.dirname(own);
}

/** A run is what stands below one folder in the folder of runs, or the files beside these folders. */
const runOf = (unit: string, file: string): string => {
  const [first = '', ...rest] = path.relative(unit, file).split(path.sep);
  return rest.length === 0 ? '' : first;
};

const runName = /[0-9a-f]{8}-[0-9a-f]{4}-|^\d{12}|\dT\d{2}:?\d{2}/i;

/** Whether every file of a folder stands in a run: below a folder named like a period, in one named by a moment or id. */
export const holdRuns = (root: string, files: readonly string[]): boolean =>
  files.length > 0 &&
  files.every(file => {
    const unit = folderOfRuns(file, root);
    return periodName.test(path.basename(unit)) && runName.test(runOf(unit, file));
  });

export interface Runs {
  /** The files of the newest complete run, where it isn't older than the one that was read last. */
  readonly files: readonly FileStat[];
  /** Files known of the runs before it. */
  readonly gone: readonly string[];
  /** Files of runs older than the one that was read last. */
  readonly superseded: readonly FileStat[];
}

/**
 * Chooses among the runs of one folder. A run is complete when none of its files is still being written or broken, and
 * none that was read is missing. Runs come in the order of their names where all begin with a date, else of their newest
 * files. What was read last stays until a newer run is complete: there is no way back to an older one.
 */
export function newestRun(
  unit: string,
  listed: readonly FileStat[],
  options: {
    readonly known: ReadonlyMap<string, FileNote>;
    readonly isWaiting: (file: FileStat) => boolean;
  },
): Runs {
  const { known, isWaiting } = options;
  const names = new Set(listed.map(file => file.path));
  const notes = [...known.values()].filter(note => note.path.startsWith(unit + path.sep));
  const wasRead = notes.filter(note => note.state === 'loaded');
  const missing = wasRead.filter(note => !names.has(note.path));
  const runs = [...Map.groupBy<string, FileStat>([...listed, ...missing], file => runOf(unit, file.path))]
    .map(([name, files]) => ({ name, files, mtimeMs: Math.max(...files.map(file => file.mtimeMs)) }))
    .sort((a, b) => a.mtimeMs - b.mtimeMs || (a.name < b.name ? -1 : 1));
  if (runs.every(({ name }) => datedName.test(name))) runs.sort((a, b) => (a.name < b.name ? -1 : 1));
  const position = new Map(runs.map(({ name }, index) => [name, index]));
  const read = Math.max(-1, ...wasRead.map(note => position.get(runOf(unit, note.path)) ?? -1));
  const isBroken = (file: FileStat) => {
    const note = known.get(file.path);
    return note?.state === 'broken' && sameLook(file, note);
  };
  const chosen = runs.findLastIndex(
    ({ files }, index) =>
      index >= read && files.every(file => names.has(file.path) && !isWaiting(file) && !isBroken(file)),
  );
  const isOlder = (file: string, than: number) => (position.get(runOf(unit, file)) ?? -1) < than;
  return {
    files: chosen < 0 ? [] : runs[chosen]!.files,
    gone: chosen > read ? notes.filter(note => isOlder(note.path, chosen)).map(note => note.path) : [],
    superseded: listed.filter(file => isOlder(file.path, read)),
  };
}
