/**
 * Manifests of Cost and Usage Reports: which files make a delivery of a billing period. AWS writes a manifest last.
 *
 * - Legacy: `PREFIX/REPORT/20261001-20261101/REPORT-Manifest.json`, a copy of it in `…/ASSEMBLY_ID/`; `reportKeys` are keys
 *   of the bucket. Source: AWS Data Exports User Guide, "Understanding your report versions".
 * - Data Exports: `PREFIX/EXPORT/metadata/BILLING_PERIOD=2026-10/[EXECUTION/]EXPORT-Manifest.json`; `dataFiles` are
 *   `s3://BUCKET/KEY`. Source: the same, "Understanding export delivery".
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { type FileStat, sameLook } from '../../../core/files.ts';

export interface Manifest {
  readonly file: FileStat;
  /** Report and billing period: manifests of one are versions of the same delivery, wherever they lie. */
  readonly unit: string;
  /** The folder of the period that the manifest lies in; undefined where it lies in none. */
  readonly folder: string | undefined;
  /** Keys in the bucket, without a slash at their beginning. */
  readonly keys: readonly string[];
  /** Its place among versions of the delivery: the moment that the folder of its version names, else the file's time. */
  readonly version: string;
}

const legacySchema = z.object({
  reportKeys: z.array(z.string()),
  bucket: z.string().optional(),
  billingPeriod: z.object({ start: z.string() }).optional(),
});
const exportSchema = z.object({ dataFiles: z.array(z.string()) });

export const isManifest = (name: string): boolean => /-Manifest\.json$/i.test(name);

const periodFolder = /^(?:BILLING_PERIOD=)?(\d{4})-?(\d{2})(?:\d{2}-\d{8})?$/i;
const yearFolder = /^year=\d{4}$/i;

/** True where a path lies in a folder that AWS names by billing period: what is there has a manifest, or will have one. */
export const isInPeriod = (file: string, root: string): boolean =>
  path
    .relative(root, path.dirname(file))
    .split(path.sep)
    .some(part => periodFolder.test(part) || yearFolder.test(part));

/** The month of the folder that a key lies in: `2026-10`; undefined where it lies in none. */
export function periodOf(key: string): string | undefined {
  const folder = key
    .split('/')
    .slice(0, -1)
    .findLast(part => periodFolder.test(part));
  const [, year, month] = periodFolder.exec(folder ?? '') ?? [];
  return year === undefined ? undefined : `${year}-${month}`;
}

/** Reads manifests, each again only when it has changed. Gives undefined where a file is none, or is still being written. */
export function manifestReader(): (file: FileStat, root: string) => Promise<Manifest | undefined> {
  const read = new Map<string, { readonly file: FileStat; readonly manifest: Manifest | undefined }>();
  return async (file, root) => {
    const before = read.get(file.path);
    if (before && sameLook(file, before.file)) return before.manifest;
    const manifest = await readManifest(file, root);
    read.set(file.path, { file, manifest });
    return manifest;
  };
}

async function readManifest(file: FileStat, root: string): Promise<Manifest | undefined> {
  const json = parseJson(await readFile(file.path, 'utf8').catch(() => ''));
  const legacy = legacySchema.safeParse(json).data;
  const urls = exportSchema.safeParse(json).data?.dataFiles;
  if (!legacy && !urls) return undefined;
  const keys = legacy?.reportKeys ?? urls?.map(url => url.replace(/^s3:\/\/[^/]+\//i, '')) ?? [];
  const bucket = legacy ? legacy.bucket : /^s3:\/\/([^/]+)\//i.exec(urls?.[0] ?? '')?.[1];
  const parts = path.relative(root, file.path).split(path.sep);
  const at = parts.findLastIndex(part => periodFolder.test(part));
  const [, year, month] =
    periodFolder.exec(parts[at] ?? '') ?? /^(\d{4})-?(\d{2})/.exec(legacy?.billingPeriod?.start ?? '') ?? [];
  const period = year === undefined ? undefined : `${year}-${month}`;
  const name = path.basename(file.path).replace(/-Manifest\.json$/i, '');
  const report = reportOf(keys[0] ?? '');
  // `20261103T081120Z` and `2026-11-03T08:11:20.000Z-ID` name moments; the ids of older assemblies do not.
  const moment = [...parts.slice(at + 1, -1), ...keys.slice(0, 1).flatMap(key => key.split('/').at(-2) ?? [])]
    .map(part => /^(\d{4})-?(\d{2})-?(\d{2})T(\d{2}):?(\d{2}):?(\d{2})/.exec(part))
    .find(match => match !== null);
  // Above the folders of its versions stands a copy of the legacy report's newest manifest.
  const isNewest = legacy !== undefined && at >= 0 && at === parts.length - 2;
  return {
    file,
    unit:
      report !== undefined && period !== undefined
        ? `s3://${bucket ?? ''}/${report} ${name} ${period}`
        : path.join(path.dirname(file.path), name),
    folder: at < 0 ? undefined : path.join(root, ...parts.slice(0, at + 1)),
    keys: keys.map(key => key.replace(/^\/+/, '')),
    version: moment ? moment.slice(1).join('') : isNewest ? last : momentOf(file.mtimeMs),
  };
}

const last = '99999999999999';
const momentOf = (ms: number) => new Date(ms).toISOString().replace(/\D/g, '').slice(0, 14);

/** The folder of a report in the bucket, from the key of one of its files; undefined where the key has no period. */
function reportOf(key: string): string | undefined {
  const parts = key.split('/').filter(part => part !== '');
  const at = parts.findIndex(part => periodFolder.test(part) || yearFolder.test(part));
  if (at < 0) return undefined;
  const report = parts.slice(0, at);
  // Data Exports put `data` between the export and its periods, the legacy report's Parquet its name once more.
  if (report.at(-1) === 'data' || report.at(-1) === report.at(-2)) report.pop();
  return report.join('/');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
