import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { glob, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { readCatalog } from '../catalog/backstage.ts';
import { loadConfig } from '../config.ts';
import { PlumblineError } from './errors.ts';
import { lookAtBills } from './init/look.ts';
import { propose } from './init/propose.ts';
import { summarise, summaryText } from './init/summary.ts';
import { configText } from './init/write.ts';
import { print } from './output.ts';
import { createProgress, type Progress } from './progress.ts';

interface Options {
  readonly catalog: string;
  readonly bill: readonly string[];
  readonly out: string;
  readonly force?: boolean;
}

export const initCommand = (): Command =>
  new Command('init')
    .description('write a commented plumbline.yaml from a catalog and bills, and tell what was understood')
    .requiredOption('--catalog <dir>', 'a folder of Backstage entities (YAML)')
    .requiredOption('--bill <file...>', 'bills in the FOCUS format: files, folders or globs')
    .option('-o, --out <file>', 'the configuration to write', 'plumbline.yaml')
    .option('--force', 'overwrite it where it exists')
    .action(init);

async function init(options: Options): Promise<void> {
  const out = path.resolve(options.out);
  if (existsSync(out) && options.force !== true) throw new PlumblineError('FILE_EXISTS', { file: options.out });
  const progress = createProgress();
  // Paths in the file are relative to it, so it is tried where it will stand.
  const draft = `${out}.draft-${process.pid}`;
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'plumbline-init-'));
  try {
    writeFileSync(draft, await textFor(options, path.dirname(out), progress));
    // What is set from outside for a server is not for this trial.
    const { PLUMBLINE_REMOTE_WRITE_URL: _, ...env } = process.env;
    const config = await loadConfig(draft, { env: { ...env, PLUMBLINE_DATA_DIR: dataDir } });
    const summary = await summarise(config, progress);
    progress.end();
    renameSync(draft, out);
    await print(summaryText(options.out, summary));
  } finally {
    rmSync(draft, { force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function textFor(options: Options, folder: string, progress: Progress): Promise<string> {
  progress.stage('reading the catalog');
  const directory = path.resolve(options.catalog);
  if (!existsSync(directory) || !statSync(directory).isDirectory())
    throw new PlumblineError('COMMAND_USAGE', { reason: `--catalog ${options.catalog} is no folder` });
  const globs = await globsOf(directory);
  const catalog = await readCatalog({ files: globs, directory });
  progress.stage('looking at the bills');
  const look = await lookAtBills(options.bill);
  try {
    return configText({
      schema: relative(folder, fileURLToPath(new URL('../plumbline.schema.json', import.meta.url))),
      catalogGlobs: globs.map(glob => relative(folder, path.join(directory, glob))),
      bills: options.bill.map(bill => ({ path: relative(folder, path.resolve(bill)), isFolder: isFolder(bill) })),
      proposal: await propose(catalog, look),
    });
  } finally {
    await look.close();
  }
}

/** A glob for each ending that the folder has. */
async function globsOf(directory: string): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of ['**/*.yaml', '**/*.yml']) {
    for await (const _ of glob(pattern, { cwd: directory })) {
      found.push(pattern);
      break;
    }
  }
  if (found.length > 0) return found;
  throw new PlumblineError('COMMAND_USAGE', { reason: `--catalog ${directory} has no YAML file` });
}

const isFolder = (file: string) => existsSync(file) && statSync(file).isDirectory();

function relative(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/') || '.';
}
