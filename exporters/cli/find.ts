import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { csvOf } from '../core/api.ts';
import { runOnLedger } from './ask.ts';
import { exitCodes } from './exit.ts';
import { type FindOutput, findCommand } from './ledger/find.ts';
import { configOption } from './options.ts';
import { print, say, table } from './output.ts';

const formats = ['table', 'json', 'csv'] as const;

interface Options {
  readonly config: string;
  readonly range?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly service?: string;
  readonly running?: boolean;
  readonly format: (typeof formats)[number];
}

export const findSubcommand = (): Command =>
  new Command('find')
    .description('tell which images and repositories have a package, and where they run')
    .argument('<purl>', 'a package URL with or without a version, * for any text; or a name: log4j-core')
    .option('--range <vers>', "versions, compared by the package's own order: vers:maven/<2.17.1")
    .option('--team <team>', 'of these teams alone, separated by commas')
    .option('--environment <environment>', 'in these environments alone')
    .option('--service <service>', 'of these services alone')
    .option('--running', 'what runs alone')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
    .addOption(configOption())
    .addHelpText(
      'after',
      '\nIt exits with 0 where something has it, 1 where nothing has, 2 where the question is wrong.',
    )
    .action(find);

async function find(purl: string, { config: file, format, running = false, ...asked }: Options): Promise<void> {
  const config = await loadConfig(file);
  const { range, team, environment, service } = asked;
  const output = await runOnLedger(
    findCommand,
    config,
    { purl, running, ...defined({ range, team, environment, service }) },
    { only: ['supply-chain'] },
  );
  if (format === 'json') await print(`${JSON.stringify(output.items, null, 2)}\n`);
  else if (format === 'csv') await print(csvOf(output));
  else if (output.items.length > 0) await print(tableOf(output));
  if (output.items.length > 0) return;
  say(`plumbline: no bill of materials has ${purl}${range === undefined ? '' : ` in ${range}`}`);
  process.exitCode = exitCodes.problem;
}

const defined = (words: Readonly<Record<string, string | undefined>>) =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));

const headings = ['IMAGE', 'VERSION', 'PACKAGE', 'ENVIRONMENT', 'SERVICE', 'TEAM', 'RUNNING SINCE', 'DIRECT'];

const tableOf = ({ items }: FindOutput): string =>
  table([
    headings,
    ...items.map(item => [
      nameOf(item),
      ...[item.version, item.package, item.environment, item.service, item.team].map(text => String(text)),
      item.running === true ? String(item.since ?? 'unknown').slice(0, 16) : '-',
      item.direct === null ? '' : item.direct === true ? 'yes' : 'no',
    ]),
  ]);

/** Builds of one name are told apart by their tag, else by their digest. */
function nameOf({ kind, name, tag, artifact }: FindOutput['items'][number]): string {
  if (kind !== 'image') return `${String(kind)}:${String(name)}`;
  const digest = String(artifact);
  const build = tag === '' ? (digest.startsWith('sha256:') ? `@${digest.slice(0, 19)}` : '') : `:${String(tag)}`;
  return `${String(name)}${build}`;
}
