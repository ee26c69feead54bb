import { randomBytes } from 'node:crypto';
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { readCatalog } from '../catalog/backstage.ts';
import { buildCatalog, type Catalog } from '../catalog/catalog.ts';
import { loadConfig } from '../config.ts';
import { listFiles } from '../core/files.ts';
import { holdRuns, isBill } from '../cost/index.ts';
import { lookAtRepository } from '../dora/index.ts';
import { PlumblineError } from './errors.ts';
import { catalogGlobs } from './init/catalog.ts';
import { proposeDeployments } from './init/deployments.ts';
import { lookAtDocuments } from './init/documents.ts';
import { lookAt } from './init/look.ts';
import { componentNamed, nothingProposed, propose } from './init/propose.ts';
import { lookAtReports, type ReportLook, reportsAmong } from './init/reports.ts';
import { problemLines, type Summary, summarise, summaryText } from './init/summary.ts';
import { lookAtSurveys } from './init/surveys.ts';
import { ownersOfWorkloads } from './init/workloads.ts';
import { configText, type ProposedRepository } from './init/write.ts';
import { configOption, urlArgument } from './options.ts';
import { print } from './output.ts';
import { createProgress, type Progress } from './progress.ts';

interface Options {
  readonly catalog?: string;
  readonly bill?: readonly string[];
  readonly git?: readonly string[];
  readonly policy?: readonly string[];
  readonly survey?: readonly string[];
  readonly scan?: readonly string[];
  readonly sbom?: readonly string[];
  readonly prometheus?: string;
  readonly config: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** Beside the configuration. */
const pseudonymKey = 'survey-pseudonym.key';

export const initCommand = (): Command =>
  new Command('init')
    .description(
      'write a commented plumbline.yaml from a catalog, bills, repositories, reports of policies, scans, bills of materials and surveys, and tell what was understood',
    )
    .option('--catalog <dir>', 'a folder of Backstage entities (YAML); bills need it, to tell whose they are')
    .option(
      '--bill <file...>',
      'bills in the FOCUS format, Cost and Usage Reports of AWS, or cost exports of Azure: files, folders or globs',
    )
    .option('--git <place...>', 'git repositories: folders, or addresses to clone')
    .option('--policy <path...>', 'reports of policy engines and scanners: files or folders')
    .option('--survey <file...>', 'tables of answers that survey tools export; no answer is written')
    .option(
      '--scan <path...>',
      'scans for vulnerabilities, VEX, signatures and lists of what runs: files, folders or globs',
    )
    .option('--sbom <path...>', 'bills of materials (CycloneDX, SPDX, Syft): files, folders or globs')
    .option(
      '--prometheus <url>',
      'the Prometheus that you have: the past and the daily facts are written to it',
      urlArgument,
    )
    .addOption(configOption('the configuration to write'))
    .option('-o, --out <file>', 'another name of --config')
    .option('--force', 'overwrite it where it exists')
    .action(init);

async function init(options: Options, command: Command): Promise<void> {
  if (options.out !== undefined && command.getOptionValueSource('config') === 'cli')
    throw new PlumblineError('COMMAND_USAGE', { reason: '--out and --config name the same file; give one of them' });
  const { bill, git, policy, scan, sbom, survey } = options;
  if ([bill, git, policy, scan, sbom, survey].every(given => given === undefined))
    throw new PlumblineError('COMMAND_USAGE', {
      reason: 'what is there to read? give --bill, --git, --policy, --scan, --sbom or --survey',
    });
  if (options.catalog === undefined && bill !== undefined)
    throw new PlumblineError('COMMAND_USAGE', {
      reason: 'whose is what the bills say? give --catalog, a folder of Backstage entities',
    });
  const file = options.out ?? options.config;
  const out = path.resolve(file);
  if (existsSync(out) && options.force !== true) throw new PlumblineError('FILE_EXISTS', { file });
  const progress = createProgress();
  // Paths in the file are relative to it, so it is tried where it will stand.
  const draft = `${out}.draft-${process.pid}`;
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'plumbline-init-'));
  // Pseudonyms are made with it from the first reading on, so that it has to be there before.
  const key = path.join(path.dirname(out), pseudonymKey);
  let isKeyNew = options.survey !== undefined && !existsSync(key);
  try {
    const { text, files, leftOut } = await textFor(options, { folder: path.dirname(out), scratch: dataDir, progress });
    try {
      if (isKeyNew) writeFileSync(key, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600, flag: 'wx' });
      writeFileSync(draft, text);
    } catch (error) {
      throw new PlumblineError('FILE_UNWRITABLE', { file, reason: (error as NodeJS.ErrnoException).code }, error);
    }
    // What is set from outside for a server is not for this trial.
    const { PLUMBLINE_REMOTE_WRITE_URL: _, PLUMBLINE_OTLP_ENDPOINT: __, ...env } = process.env;
    const config = await loadConfig(draft, { env: { ...env, PLUMBLINE_DATA_DIR: dataDir } });
    const told = await summarise(config, progress);
    const summary = { ...told, leftOut: withOthers(told.leftOut, leftOut) };
    progress.end();
    // What waits, or is held back by another part, is read later; what is broken never is.
    const isHopeless =
      summary.bill?.rows === 0 &&
      summary.leftOut.length > 0 &&
      summary.leftOut.every(({ state }) => state === 'broken');
    if (files === 0 || isHopeless)
      throw new PlumblineError('BILLS_UNREADABLE', { problems: problemLines(summary).join('\n') });
    if (summary.delivery?.commits === 0 && summary.errors.length > 0)
      throw new PlumblineError('REPOSITORIES_UNREADABLE', { problems: problemLines(summary).join('\n') });
    renameSync(draft, out);
    isKeyNew = false;
    await print(summaryText(file, summary, options.prometheus));
  } finally {
    progress.end();
    rmSync(draft, { force: true });
    if (isKeyNew) rmSync(key, { force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function textFor(
  options: Options,
  { folder, scratch, progress }: { readonly folder: string; readonly scratch: string; readonly progress: Progress },
): Promise<{
  readonly text: string;
  readonly files: number | undefined;
  readonly leftOut: ReportLook['leftOut'];
}> {
  if (options.catalog !== undefined) progress.stage('reading the catalog');
  const { catalog, globs } = await catalogIn(options.catalog, folder);
  const { bill: bills = [], git: places = [], policy: folders = [], survey: tables = [] } = options;
  if (places.length > 0) progress.stage('looking at the repositories');
  const repositories = [];
  for (const place of places) repositories.push(await repositoryOf(place, folder, catalog));
  if (folders.length > 0) progress.stage('looking at the reports');
  const { folders: found, leftOut } = await lookAtReports(folders);
  if (tables.length > 0) progress.stage('looking at the surveys');
  const surveys = (await lookAtSurveys(tables)).map(one => ({ ...one, where: relative(folder, one.path) }));
  const { scan = [], sbom = [] } = options;
  if (scan.length + sbom.length > 0) progress.stage('looking at the scans and bills of materials');
  const documents = await lookAtDocuments({ scan, sbom });
  const roots = folders.map(one => path.resolve(one));
  const besides = await reportsAmong(
    documents.places.map(({ path: where, besides: own }) => ({
      path: where,
      scans: own.filter(file => !roots.some(root => isWithin(root, file))),
    })),
  );
  const reports = [...found, ...besides].map(one => ({
    ...one,
    where: relative(folder, one.path),
    service: componentNamed(catalog, one.name),
  }));
  if (bills.length > 0) progress.stage('looking at the bills');
  const look = bills.length > 0 ? await lookAt(bills, path.join(scratch, 'look.duckdb'), progress) : undefined;
  try {
    const text = configText({
      schema: relative(folder, fileURLToPath(new URL('../plumbline.schema.json', import.meta.url))),
      catalogGlobs: globs,
      bills: await Promise.all(
        bills.map(async bill => ({
          path: relative(folder, path.resolve(bill)),
          format: look?.formats.get(bill) ?? ('focus' as const),
          ...(await deliveryOf(bill)),
        })),
      ),
      repositories,
      reports,
      workloads: ownersOfWorkloads(
        catalog,
        reports.flatMap(({ workloads }) => workloads),
      ),
      surveys,
      pseudonymKey,
      prometheus: options.prometheus,
      documents: {
        ...documents,
        places: documents.places.map(one => ({ ...one, where: relative(folder, one.path) })),
        images: documents.images.map(image => ({
          image,
          service: componentNamed(catalog, image.split('/').at(-1) ?? ''),
        })),
      },
      proposal: look ? await propose(catalog, look) : nothingProposed,
    });
    const scanned = new Set(documents.places.flatMap(({ looked }) => looked));
    const unread = leftOut.filter(one => !(one.isOfSupplyChain && scanned.has(one.path)));
    return { text, files: look?.files, leftOut: unread };
  } finally {
    await look?.close();
  }
}

/** Files that no source reads, beside those that a source has left out, of which the first look may say more. */
const withOthers = (leftOut: Summary['leftOut'], others: ReportLook['leftOut']): Summary['leftOut'] => [
  ...leftOut.map(one => ({ ...one, reason: others.find(other => other.path === one.path)?.reason ?? one.reason })),
  ...others
    .filter(({ path: file, isOfSource }) => isOfSource !== true && !leftOut.some(one => one.path === file))
    .map(({ path: file, reason }) => ({ path: file, reason, state: 'broken' })),
];

/** The catalog of a folder, and its globs relative to the configuration's; none where there is none. */
async function catalogIn(
  place: string | undefined,
  folder: string,
): Promise<{ readonly catalog: Catalog; readonly globs: readonly string[] }> {
  if (place === undefined) return { catalog: buildCatalog([]), globs: [] };
  const directory = path.resolve(place);
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new PlumblineError('COMMAND_USAGE', { reason: `--catalog ${place} is no folder` });
  const files = await catalogGlobs(directory);
  const catalog = await readCatalog({ files, directory });
  return { catalog, globs: files.map(glob => relative(folder, path.join(directory, glob))) };
}

async function repositoryOf(place: string, folder: string, catalog: Catalog): Promise<ProposedRepository> {
  const look = await lookAtRepository(place);
  const name = look.repository.split('/').at(-1) ?? '';
  return {
    look,
    where: look.isLocal ? relative(folder, path.resolve(place)) : place,
    deployments: proposeDeployments(look),
    service: componentNamed(catalog, name),
  };
}

async function deliveryOf(bill: string): Promise<{ delivery?: 'folders' | 'runs' }> {
  const root = path.resolve(bill);
  if (!existsSync(root) || !statSync(root).isDirectory()) return {};
  const files = await listFiles(root, isBill);
  return {
    delivery: holdRuns(
      root,
      files.map(file => file.path),
    )
      ? 'runs'
      : 'folders',
  };
}

const isWithin = (root: string, file: string): boolean => file === root || file.startsWith(root + path.sep);

function relative(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/') || '.';
}
