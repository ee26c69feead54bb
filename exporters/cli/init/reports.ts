/** Which kinds of reports of policies stand in folders, found by reading some of each; and what becomes of them. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { listFiles } from '../../core/files.ts';
import type { Ledger } from '../../core/ledger.ts';
import { type ReportKind, reportKinds } from '../../policy/index.ts';
import { PlumblineError } from '../errors.ts';
import { count } from '../output.ts';
import { type Workload, workloadsIn } from './workloads.ts';

export interface ReportFolder {
  readonly kind: string;
  /** A folder, or a file where its folder holds reports of several kinds. */
  readonly path: string;
  readonly files: number;
  /** What was looked at: a cluster or a repository, by the folder's name. */
  readonly of: 'cluster' | 'repository';
  readonly name: string;
  /** Of clusters: what the files that were looked at name. */
  readonly workloads: readonly Workload[];
}

/** Of each folder so many are read to know their kind. */
const mostRead = 20;
const mostBytes = 64 << 20;
const ofClusters = new Set(['gatekeeper', 'policyreport']);

/** Errors: COMMAND_USAGE where a path is none, or nothing in it is a report. */
export async function lookAtReports(places: readonly string[]): Promise<readonly ReportFolder[]> {
  const found: ReportFolder[] = [];
  for (const place of places) {
    const root = path.resolve(place);
    if (!existsSync(root))
      throw new PlumblineError('COMMAND_USAGE', { reason: `--policy ${place} is no file and no folder` });
    const files = (await listFiles(root, name => reportKinds.some(kind => kind.accepts(name)))).map(file => file.path);
    const own = await Promise.all([...Map.groupBy(files, file => path.dirname(file))].map(folderOf));
    if (own.flat().length === 0)
      throw new PlumblineError('COMMAND_USAGE', {
        reason: `--policy ${place} has no report; they are of ${reportKinds.map(({ kind }) => kind).join(', ')}`,
      });
    found.push(...own.flat().map(one => (statSync(root).isFile() ? { ...one, path: root } : one)));
  }
  return found;
}

async function folderOf([folder, files]: [string, readonly string[]]): Promise<readonly ReportFolder[]> {
  const told = (
    await Promise.all(
      files.slice(0, mostRead).map(async file => {
        const known = await kindOf(file);
        return known === undefined ? [] : [{ file, kind: known.kind.kind, workloads: known.workloads }];
      }),
    )
  ).flat();
  const kinds = [...Map.groupBy(told, ({ kind }) => kind).keys()];
  const item = (kind: string, where: string, number: number, workloads: readonly Workload[]): ReportFolder => ({
    ...{ kind, path: where, files: number, name: path.basename(folder) },
    of: ofClusters.has(kind) ? 'cluster' : 'repository',
    workloads,
  });
  const all = told.flatMap(({ workloads }) => workloads);
  return kinds.length === 1
    ? [item(kinds[0]!, folder, files.length, all)]
    : told.map(one => item(one.kind, one.file, 1, one.workloads));
}

async function kindOf(
  file: string,
): Promise<{ readonly kind: ReportKind; readonly workloads: readonly Workload[] } | undefined> {
  if (statSync(file).size > mostBytes) return undefined;
  const packed = await readFile(file);
  let bytes = packed;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    try {
      bytes = gunzipSync(packed, { maxOutputLength: 2 * mostBytes });
    } catch {
      return undefined;
    }
  }
  if (bytes.toString('utf8', 0, 4_096).trim() === '') return undefined;
  const now = new Date();
  // Several kinds read a SARIF of any scanner.
  for (const kind of reportKinds.toSorted((a, b) => Number(b.kind === 'sarif') - Number(a.kind === 'sarif'))) {
    if (!kind.accepts(file)) continue;
    const { fault, records, told } = await kind.read(bytes, { at: now, now, place: { scope: 'init' }, file });
    if (fault === undefined && (records > 0 || (told.reports ?? []).length > 0))
      return { kind, workloads: workloadsIn(told) };
  }
  return undefined;
}

export interface PolicySummary {
  readonly reports: number;
  readonly scopes: number;
  readonly engines: string;
  readonly open: number;
}

export const summarisePolicy = (ledger: Ledger): Promise<PolicySummary> =>
  ledger.read(async reader => {
    const [row] = await reader.all(
      `SELECT count(*)::INTEGER AS reports, count(DISTINCT scope)::INTEGER AS scopes,
         coalesce(string_agg(DISTINCT engine, ', ' ORDER BY engine), '') AS engines,
         (SELECT count(*) FROM (
           FROM finding_states QUALIFY row_number() OVER (
             PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC
           ) = 1
         ) WHERE state = 'open')::INTEGER AS open
       FROM finding_reports`,
    );
    return {
      ...{ reports: Number(row?.reports ?? 0), scopes: Number(row?.scopes ?? 0) },
      ...{ engines: String(row?.engines ?? ''), open: Number(row?.open ?? 0) },
    };
  });

export const policyLine = ({ reports, scopes, engines, open }: PolicySummary): string =>
  `policy       ${count(reports, 'report')} of ${count(scopes, 'scope')}${engines === '' ? '' : ` by ${engines}`}; ${count(open, 'open violation')}`;
