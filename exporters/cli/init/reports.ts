/** Which kinds of reports of policies stand in folders, found by reading some of each; and what becomes of them. */
import { existsSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { listFiles } from '../../core/files.ts';
import type { Ledger } from '../../core/ledger.ts';
import { faultSentence, whyNotJson } from '../../findings/faults.ts';
import { reportKinds } from '../../policy/index.ts';
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

export interface ReportLook {
  readonly folders: readonly ReportFolder[];
  /** Files that no kind can read, each with the reason in words. */
  readonly leftOut: readonly { readonly path: string; readonly reason: string; readonly isOfSupplyChain?: boolean }[];
}

/** Of each folder so many are read to know its kind; all of them where it holds several, or others. */
const mostRead = 200;
const mostOfMixed = 1000;
const mostBytes = 64 << 20;
const ofClusters = new Set(['gatekeeper', 'policyreport']);
/** Kinds that scans are too. */
const besideScans = new Set(['sarif', 'snyk', 'trivy']);
type Kinds = typeof reportKinds;

/** Errors: COMMAND_USAGE where a path is none, or nothing in it is a report. */
export async function lookAtReports(places: readonly string[]): Promise<ReportLook> {
  const folders: ReportFolder[] = [];
  const leftOut: ReportLook['leftOut'][number][] = [];
  for (const place of places) {
    const root = path.resolve(place);
    if (!existsSync(root))
      throw new PlumblineError('COMMAND_USAGE', { reason: `--policy ${place} is no file and no folder` });
    const files = (await listFiles(root, name => reportKinds.some(kind => kind.accepts(name)))).map(file => file.path);
    const own: FolderLook[] = [];
    for (const of of Map.groupBy(files, file => path.dirname(file))) own.push(await folderOf(of));
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

/** Reports of policies that stand in scans, such as Trivy's misconfigurations beside the vulnerabilities of one file. */
export async function reportsAmong(files: readonly string[]): Promise<readonly ReportFolder[]> {
  const kinds = reportKinds.filter(({ kind }) => besideScans.has(kind));
  const accepted = files.filter(file => kinds.some(kind => kind.accepts(file)));
  const found: ReportFolder[] = [];
  for (const of of Map.groupBy(accepted, file => path.dirname(file))) found.push(...(await folderOf(of, kinds)).items);
  return found;
}

interface FolderLook {
  readonly items: readonly ReportFolder[];
  readonly leftOut: ReportLook['leftOut'];
}

async function folderOf([folder, files]: [string, readonly string[]], asked: Kinds = reportKinds): Promise<FolderLook> {
  const looks: FileLook[] = [];
  for (const file of files.slice(0, mostRead)) looks.push(await lookAtFile(file, asked));
  const isOne = (): boolean => new Set(looks.map(({ kind }) => kind)).size === 1 && looks[0]?.kind !== undefined;
  if (!isOne()) for (const file of files.slice(mostRead, mostOfMixed)) looks.push(await lookAtFile(file, asked));
  const known = looks.filter((look): look is Known => look.kind !== undefined);
  const item = (kind: string, where: string, of: readonly Known[], number = of.length): ReportFolder => ({
    ...{ kind, path: where, files: number, name: path.basename(folder) },
    of: ofClusters.has(kind) ? 'cluster' : 'repository',
    workloads: of.flatMap(({ workloads }) => workloads),
  });
  const kinds = [...new Set(known.map(({ kind }) => kind))];
  const others = looks.filter(({ isOfSupplyChain }) => isOfSupplyChain);
  // What of a folder of one kind is none of it is told by its source; scans, which another source reads, are no faults.
  if (kinds.length === 1 && others.length === 0)
    return { items: [item(kinds[0]!, folder, known, files.length)], leftOut: [] };
  const byEnding = Map.groupBy(known, ({ file }) => path.extname(file));
  return {
    items: [...byEnding].flatMap(([ending, of]) => {
      const [one] = of;
      const isGlob =
        of.length > 1 &&
        of.every(({ kind }) => kind === one?.kind) &&
        !others.some(({ file }) => path.extname(file) === ending) &&
        !/[*?[\]{}!()]/.test(folder);
      return isGlob
        ? [item(one!.kind, path.join(folder, `*${ending}`), of)]
        : of.map(look => item(look.kind, look.file, [look]));
    }),
    leftOut: [
      ...looks.flatMap(({ kind, file, reason = '', isOfSupplyChain = false }) =>
        kind === undefined ? [{ path: file, reason, isOfSupplyChain }] : [],
      ),
      ...files
        .slice(mostOfMixed)
        .map(file => ({ path: file, reason: 'not looked at, as its folder has too many kinds' })),
    ],
  };
}

interface FileLook {
  readonly file: string;
  readonly kind?: string;
  /** Why it is none, where it is none. */
  readonly reason?: string;
  /** It tells of vulnerabilities and the like, and of no policy. */
  readonly isOfSupplyChain?: boolean;
  readonly workloads: readonly Workload[];
}

type Known = FileLook & { readonly kind: string };

async function lookAtFile(file: string, kinds: Kinds): Promise<FileLook> {
  const none = (reason: string): FileLook => ({ file, reason, workloads: [] });
  if (statSync(file).size > mostBytes) return none('too large');
  const packed = await readFile(file);
  let bytes = packed;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    try {
      bytes = gunzipSync(packed, { maxOutputLength: 2 * mostBytes });
    } catch {
      return none('corrupt gzip');
    }
  }
  if (bytes.toString('utf8', 0, 4_096).trim() === '') return none('empty');
  const now = new Date();
  const faults = new Set<string>();
  // Several kinds read a SARIF of any scanner.
  for (const kind of kinds.toSorted((a, b) => Number(b.kind === 'sarif') - Number(a.kind === 'sarif'))) {
    if (!kind.accepts(file)) continue;
    const { fault, records, told } = await kind.read(bytes, { at: now, now, place: { scope: 'init' }, file });
    if (fault !== undefined) faults.add(fault === 'not_json' ? whyNotJson(bytes) : fault);
    else if (records > 0 || (told.reports ?? []).length > 0)
      return { file, kind: kind.kind, workloads: workloadsIn(told) };
  }
  // One whose name no kind has is none that is read, but may be what a tool writes beside it.
  if (faults.size === 0) faults.add(whyNotJson(bytes));
  return { ...none(whyNone(faults)), isOfSupplyChain: faults.has('belongs_to_supply_chain') };
}

/** The fault that says most of those that the kinds told. */
function whyNone(faults: ReadonlySet<string>): string {
  if (faults.has('belongs_to_supply_chain')) return 'belongs to the supply chain, which --scan reads';
  const own = [...faults].filter(fault => !fault.startsWith('not_'));
  if (own.length > 0) return faultSentence(own[0]!);
  return faults.has('not_json') && faults.size === 1 ? 'not json' : 'unknown format';
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
