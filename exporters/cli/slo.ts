/**
 * `plumbline slo import`: specifications of other generators as SLOs of ours, with all that could not be carried; and
 * `plumbline slo history`: the past that their rules never saw.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { durationSeconds } from '../../alerts/slo/durations.ts';
import {
  defaultImportOptions,
  type ImportFormat,
  importFormats,
  importSlos,
  type Remark,
  type SpecFile,
} from '../../alerts/slo/import/index.ts';
import { shortText } from '../../alerts/slo/import/write.ts';
import { loadConfig } from '../config.ts';
import { describeError } from '../core/errors.ts';
import { redactUrl } from '../core/secrets.ts';
import { PlumblineError } from './errors.ts';
import { exitCodes } from './exit.ts';
import { configOption, urlArgument } from './options.ts';
import { count, print, say, table } from './output.ts';
import { pastDays, writePastOfSlos } from './slo/past.ts';

interface Options {
  readonly format?: ImportFormat;
  readonly out?: string;
  readonly team: string;
  readonly period: number;
}

export const sloSubcommand = (): Command =>
  new Command('slo')
    .description('service level objectives')
    .addCommand(
      new Command('import')
        .description('make SLOs of the specifications of Sloth and Pyrra')
        .argument('<file...>', 'their files; - is the standard input. Sloth’s files of AlertWindows go with them')
        .addOption(
          new Option('--format <name>', 'read this one’s documents alone, and refuse others').choices(importFormats),
        )
        .option('-o, --out <file>', 'where to write; the standard output unless given')
        .option('--team <name>', 'who owns those that name nobody', defaultImportOptions.team)
        .addOption(
          new Option('--period <duration>', 'Sloth’s --default-slo-period')
            .default(defaultImportOptions.period, '30d')
            .argParser(periodArgument),
        )
        .action(importFiles),
    )
    .addCommand(
      new Command('history')
        .description('write what the rules of the SLOs would have recorded, from what Prometheus remembers')
        .addOption(
          new Option('--prometheus <url>', 'the server that evaluates the rules')
            .argParser(urlArgument)
            .makeOptionMandatory(),
        )
        .addOption(
          new Option(
            '--remote-write <url>',
            'where it is written to; /api/v1/write of the server unless given',
          ).argParser(urlArgument),
        )
        .addOption(
          new Option('--days <days>', 'how far back budgets and burn are told; events are counted for a window more')
            .argParser(daysArgument)
            .default(pastDays),
        )
        .addOption(configOption())
        .action(history),
    );

function periodArgument(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds <= 0) throw new InvalidArgumentError('A duration such as 30d or 4w is meant.');
  return seconds;
}

function daysArgument(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 366)
    throw new InvalidArgumentError('A number of days from 1 to 366 is meant.');
  return days;
}

interface HistoryOptions {
  readonly config: string;
  readonly prometheus: string;
  readonly remoteWrite?: string;
  readonly days: number;
}

async function history({ config: file, prometheus, remoteWrite, days }: HistoryOptions): Promise<void> {
  const config = await loadConfig(file);
  const { samples, since } = await writePastOfSlos(config, {
    ...{ prometheus, days },
    ...(remoteWrite === undefined ? {} : { remoteWrite: [remoteWrite] }),
  });
  const rows = [...since].map(([slo, at]) => [slo, new Date(at * 1000).toISOString()]);
  await print(table([['SLO', 'EVENTS SINCE'], ...rows.sort()]));
  await print(`${count(samples, 'sample')} written to ${redactUrl(remoteWrite ?? prometheus)}\n`);
}

/** Exit code 1 where something was refused; what was not carried is listed, and is no failure. */
async function importFiles(names: readonly string[], { format, out, team, period }: Options): Promise<void> {
  const { slos, remarks, refusals } = importSlos(names.map(readSpec), { team, period }, format);
  const text = shortText(slos);
  if (slos.length > 0) {
    if (out === undefined) await print(text);
    else write(out, text);
  }
  for (const line of remarkLines(remarks)) say(line);
  for (const { origin, reason } of refusals) say(`refused: ${origin}: ${reason}`);
  const made = slos.length > 0 ? `${count(slos.length, 'SLO')} written in the short form` : 'no SLO written';
  say(`${made}; ${count(refusals.length, 'refusal')}`);
  if (refusals.length > 0) process.exitCode = exitCodes.problem;
}

function readSpec(name: string): SpecFile {
  try {
    return name === '-'
      ? { name: 'standard input', text: readFileSync(0, 'utf8') }
      : { name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    throw new PlumblineError('SPEC_UNREADABLE', { file: name, reason: (error as NodeJS.ErrnoException).code }, error);
  }
}

function write(file: string, text: string): void {
  try {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
  } catch (error) {
    throw new PlumblineError('FILE_UNWRITABLE', { file, reason: describeError(error) }, error);
  }
}

/** What is the same for several SLOs is said once, with those that it holds for. */
function remarkLines(remarks: readonly Remark[]): readonly string[] {
  const same = Map.groupBy(remarks, ({ kind, what, why }) => `${kind}: ${what}: ${why}`);
  return [...same].map(([text, all]) => {
    const origins = [...new Set(all.map(({ origin }) => origin))];
    const more = origins.length > 3 ? ` and ${origins.length - 3} more` : '';
    return `${text} (${origins.slice(0, 3).join('; ')}${more})`;
  });
}
