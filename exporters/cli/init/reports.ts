/** Which kinds of reports of policies stand in folders, known by the content of some of each; and what becomes of them. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { listFiles } from '../../core/files.ts';
import { gunzipped } from '../../core/gzip.ts';
import type { Ledger } from '../../core/ledger.ts';
import { faultSentence } from '../../findings/faults.ts';
import { auto, readByContent, reportKinds, type Subject } from '../../policy/index.ts';
import { PlumblineError } from '../errors.ts';
import { count } from '../output.ts';
import { type Workload, workloadsIn } from './workloads.ts';

export interface ReportFolder {
  /** `auto` of a folder of several kinds, or of one kind's reports of both clusters and repositories. */
  readonly kind: string;
  /** A folder; its own files alone, as a glob, where a folder below it has reports of its own. */
  readonly path: string;
  readonly files: number;
  /** What was looked at, by the folder's name: a cluster, a repository, or some of each. */
  readonly of: readonly ('cluster' | 'repository')[];
  readonly name: string;
  /** Of clusters: what the files that were looked at name. */
  readonly workloads: readonly Workload[];
}

export interface ReportLook {
  readonly folders: readonly ReportFolder[];
  /** Files that no kind can read, each with the reason in words. */
  readonly leftOut: readonly {
    readonly path: string;
    readonly reason: string;
    /** A source looks at it, and may read it after all. */
    readonly isOfSource?: boolean;
    /** It tells of vulnerabilities and the like, and of no policy. */
    readonly isOfSupplyChain?: boolean;
  }[];
}

/** Of each folder so many are read to know its kinds; the file that is written has all of them read. */
const mostRead = 200;
/** Of files that no report is called as. */
const mostOthers = 20;
const mostBytes = 64 << 20;

/** Errors: COMMAND_USAGE where a path is none, or nothing in it is a report. */
export async function lookAtReports(places: readonly string[]): Promise<ReportLook> {
  const folders: ReportFolder[] = [];
  const leftOut: ReportLook['leftOut'][number][] = [];
  for (const place of places) {
    const root = path.resolve(place);
    if (!existsSync(root))
      throw new PlumblineError('COMMAND_USAGE', { reason: `--policy ${place} is no file and no folder` });
    const files = await filesIn(root);
    const own: FolderLook[] = [];
    const groups = Map.groupBy(files, file => path.dirname(file));
    for (const of of groups) own.push(await folderOf(of, [...groups.keys()]));
    const found = own.flatMap(one => one.items);
    const others = own.flatMap(one => one.leftOut);
    if (found.length === 0) {
      const why = [...new Set(others.map(({ reason }) => reason))].slice(0, 3).join('; ');
      throw new PlumblineError('COMMAND_USAGE', {
        reason: `--policy ${place} has no report${why === '' ? '' : ` (${why})`}; they are of ${reportKinds.map(({ kind }) => kind).join(', ')}`,
      });
    }
    folders.push(...found.map(one => (statSync(root).isFile() ? { ...one, path: root } : one)));
    leftOut.push(...others);
  }
  return { folders, leftOut };
}

/**
 * Reports of policies that stand in scans, such as Trivy's misconfigurations beside the vulnerabilities of one file, by the
 * places where the scans are: a file, a folder or a glob, and the files of it that may be such. What else stands there is of
 * packages: only auto makes no fault of it.
 */
export async function reportsAmong(
  places: readonly { readonly path: string; readonly scans: readonly string[] }[],
): Promise<readonly ReportFolder[]> {
  const found: ReportFolder[] = [];
  for (const { path: where, scans } of places) {
    const accepted = scans.filter(file => reportKinds.some(kind => kind.accepts(file)));
    const groups = Map.groupBy(accepted, file => path.dirname(file));
    const items: ReportFolder[] = [];
    for (const of of groups) items.push(...(await folderOf(of, [...groups.keys()])).items);
    const [first] = items;
    if (first === undefined) continue;
    const look = statSync(where, { throwIfNoEntry: false });
    if (look?.isDirectory()) found.push(...items.map(one => ({ ...one, kind: auto })));
    else if (look?.isFile()) found.push({ ...first, path: where });
    else found.push({ ...first, ...{ path: where, kind: auto, of: [...new Set(items.flatMap(({ of }) => of))] } });
  }
  return found;
}

/** Those that may be reports by their names; where there is none, some others, to tell what they are. */
async function filesIn(root: string): Promise<readonly string[]> {
  const named = await listFiles(root, name => reportKinds.some(kind => kind.accepts(name)));
  const files = named.length > 0 ? named : (await listFiles(root, () => true)).slice(0, mostOthers);
  return files.map(file => file.path);
}

interface FolderLook {
  readonly items: readonly ReportFolder[];
  readonly leftOut: ReportLook['leftOut'];
}

async function folderOf([folder, files]: [string, readonly string[]], folders: readonly string[]): Promise<FolderLook> {
  const looks: FileLook[] = [];
  // From all of it: names often begin with what wrote them.
  const step = Math.ceil(files.length / mostRead);
  for (const [index, file] of files.entries()) if (index % step === 0) looks.push(await lookAtFile(file));
  const known = looks.filter(({ kinds }) => kinds.length > 0);
  const leftOut = looks.flatMap(({ kinds, file, reason = '', isOfSupplyChain = false }) =>
    kinds.length === 0 ? [{ path: file, reason, isOfSupplyChain }] : [],
  );
  if (known.length === 0) return { items: [], leftOut };
  const kinds = [...new Set(known.flatMap(one => one.kinds))];
  const of = new Set(known.flatMap(one => one.of));
  const isAbove = folders.some(other => other.startsWith(folder + path.sep)) && !/[*?[\]{}!()]/.test(folder);
  const item: ReportFolder = {
    // Among scans, which another source reads and of which auto makes no fault.
    kind: kinds.length === 1 && of.size === 1 && !leftOut.some(one => one.isOfSupplyChain) ? kinds[0]! : auto,
    path: isAbove ? path.join(folder, '*') : folder,
    files: files.length,
    of: (['cluster', 'repository'] as const).filter(one => of.has(one)),
    name: path.basename(folder),
    workloads: of.has('cluster') ? known.flatMap(({ workloads }) => workloads) : [],
  };
  return { items: [item], leftOut: leftOut.map(one => ({ ...one, isOfSource: !one.isOfSupplyChain })) };
}

interface FileLook {
  readonly file: string;
  /** Empty where nothing reads it. */
  readonly kinds: readonly string[];
  readonly of: readonly Subject[];
  /** Why it is none, where it is none. */
  readonly reason?: string;
  /** It tells of vulnerabilities and the like, and of no policy. */
  readonly isOfSupplyChain?: boolean;
  readonly workloads: readonly Workload[];
}

async function lookAtFile(file: string): Promise<FileLook> {
  const none = (reason: string): FileLook => ({ file, reason, kinds: [], of: [], workloads: [] });
  if (statSync(file).size > mostBytes) return none('too large');
  const bytes = await gunzipped(await readFile(file), 2 * mostBytes);
  if (typeof bytes === 'string') return none(bytes.replaceAll('_', ' '));
  const now = new Date();
  const read = await readByContent(bytes, { at: now, now, place: { scope: 'init' }, file });
  if ('fault' in read)
    return { ...none(whyNone(read.fault)), isOfSupplyChain: read.fault === 'belongs_to_supply_chain' };
  return {
    file,
    kinds: read.readings.map(({ kind }) => kind.kind),
    of: read.readings.map(({ of }) => of),
    workloads: read.readings.flatMap(({ reading }) => workloadsIn(reading.told)),
  };
}

function whyNone(fault: string): string {
  if (fault === 'belongs_to_supply_chain') return 'belongs to the supply chain, which --scan reads';
  if (fault === 'nothing_found_by_whom') return 'says that nothing was found, and not by which program';
  return ['empty', 'not_json', 'unknown_format'].includes(fault) ? fault.replaceAll('_', ' ') : faultSentence(fault);
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
