/** Which files of an export's folder may be read: parts of complete runs, and each day's charges from one folder only. */
import path from 'node:path';
import { type FileStat, listFiles } from '../../../core/files.ts';
import { PlumblineError } from '../../errors.ts';
import type { ExportCost } from './dialect.ts';
import { type ExportRun, readRun } from './manifest.ts';

export interface Admission {
  readonly files: ReadonlySet<string>;
  /** What is left aside for now, or for good: a folder and why. */
  readonly left: readonly { readonly folder: string; readonly reason: string }[];
}

const isPart = (name: string) => /\.(csv|csv\.gz|gz|parquet)$/i.test(name);
const isManifest = (name: string) => /^_?manifest\.json$/i.test(path.basename(name));
const rangeName = /^(\d{8})-(\d{8})$/;

/** Usage exports are of the time before purchases were exported, and are actual costs. */
const costOfType: Readonly<Record<string, ExportCost>> = {
  actualcost: 'actual',
  usage: 'actual',
  amortizedcost: 'amortized',
};

/**
 * Looks at what lies below a folder. Where exports write manifests, a run without one is still being written. Errors:
 * AZURE_EXPORT_FILES where a period's folder holds several whole files, which only `delivery: snapshots` reads.
 */
export async function admit(
  root: string,
  options: { readonly cost: ExportCost; readonly delivery: 'runs' | 'snapshots' },
): Promise<Admission> {
  const listed = await listFiles(root, name => isPart(name) || isManifest(name));
  const parts = listed.filter(({ path: file }) => !isManifest(file));
  const left: { folder: string; reason: string }[] = [];
  const runs = new Map<string, ExportRun>();
  for (const { path: file } of listed.filter(other => isManifest(other.path))) {
    const folder = path.dirname(file);
    runs.set(
      folder,
      await readRun(
        file,
        parts.filter(part => part.path.startsWith(folder + path.sep)),
      ),
    );
  }
  const isRead = (run: ExportRun) => {
    const reason =
      run.incomplete ??
      (run.type !== '' && costOfType[run.type] !== options.cost ? `it is an export of type ${run.type}` : undefined);
    if (reason !== undefined) left.push({ folder: run.folder, reason });
    return reason === undefined;
  };
  const files = new Map([...runs.values()].filter(isRead).flatMap(run => run.parts.map(part => [part.path, part])));
  const withManifests = new Set([...runs.keys()].map(exportOf));
  for (const [folder, own] of Map.groupBy(parts, part => path.dirname(part.path))) {
    if ([...runs.keys()].some(run => folder === run || folder.startsWith(run + path.sep))) continue;
    const isRun = folder !== periodOf(folder) || [...runs.keys()].some(run => run.startsWith(folder + path.sep));
    if (isRun && withManifests.has(exportOf(folder))) left.push({ folder, reason: 'it has no manifest yet' });
    else for (const part of own) files.set(part.path, part);
  }
  if (options.delivery === 'runs') refuseWholeFiles([...files.values()]);
  for (const { folder, beside } of overlapping([...files.keys()])) {
    left.push({ folder, reason: `its days are in ${beside} too` });
    for (const file of files.keys()) if (file.startsWith(folder + path.sep)) files.delete(file);
  }
  return { files: new Set(files.keys()), left };
}

/** The folder of the export: the one above a period's folder, or the folder itself where there is none. */
function exportOf(folder: string): string {
  const period = periodOf(folder);
  return period === undefined ? path.dirname(folder) : path.dirname(period);
}

/** The nearest folder, itself or above, that is named by a range of days. */
function periodOf(folder: string): string | undefined {
  for (let at = folder; at !== path.dirname(at); at = path.dirname(at))
    if (rangeName.test(path.basename(at))) return at;
  return undefined;
}

const wholeFile = /_[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}\.(csv|csv\.gz|gz|parquet)$/i;

/** Exports without partitions write a file for every run, each the whole month: their sum would count days many times. */
function refuseWholeFiles(files: readonly FileStat[]): void {
  for (const [folder, own] of Map.groupBy(files, file => path.dirname(file.path)))
    if (own.length > 1 && own.every(file => wholeFile.test(file.path)))
      throw new PlumblineError('AZURE_EXPORT_FILES', { folder, count: own.length });
}

/** Folders of periods that share days with another of the same export: whole months stay, else the longest. */
function overlapping(files: readonly string[]): { readonly folder: string; readonly beside: string }[] {
  const periods = [...new Set(files.flatMap(file => periodOf(path.dirname(file)) ?? []))];
  return [...Map.groupBy(periods, folder => path.dirname(folder)).values()].flatMap(all => {
    const kept: string[] = [];
    const sorted = all.toSorted(
      (a, b) => Number(isMonth(b)) - Number(isMonth(a)) || lengthOf(b) - lengthOf(a) || (a < b ? 1 : -1),
    );
    return sorted.flatMap(folder => {
      const beside = kept.find(other => daysOf(folder)[0] <= daysOf(other)[1] && daysOf(other)[0] <= daysOf(folder)[1]);
      if (beside === undefined) kept.push(folder);
      return beside === undefined ? [] : [{ folder, beside: path.basename(beside) }];
    });
  });
}

function daysOf(folder: string): readonly [from: string, to: string] {
  const [, from = '', to = ''] = rangeName.exec(path.basename(folder)) ?? [];
  return [from, to];
}

const timeOf = (day: string) => Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
const lengthOf = (folder: string) => timeOf(daysOf(folder)[1]) - timeOf(daysOf(folder)[0]);

/** From a first to the last day of the same month. */
function isMonth(folder: string): boolean {
  const [from, to] = daysOf(folder);
  const after = new Date(timeOf(to) + 86_400_000);
  return from.endsWith('01') && from.slice(0, 6) === to.slice(0, 6) && after.getUTCDate() === 1;
}
