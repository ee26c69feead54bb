/** `plumbline lint rules`: what is wrong with rules and can be told without a server. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PlumblineError } from '../../alerts/errors.ts';
import { alertFiles } from '../../alerts/index.ts';
import { withoutAccepted } from '../../alerts/lint/accepted.ts';
import { lintFiles } from '../../alerts/lint/lint.ts';
import { type CheckName, checkNames, type Finding } from '../../alerts/lint/model.ts';
import type { RuleText } from '../../alerts/lint/read.ts';
import { durationSeconds } from '../../alerts/slo/durations.ts';
import { exitCodes } from './exit.ts';
import { configOption } from './options.ts';
import { count, print, say } from './output.ts';
import { optionalConfig } from './render.ts';
import { teamsOf } from './teams.ts';

interface Options {
  readonly config: string;
  readonly scrapeInterval?: number;
  readonly evaluationInterval: number;
  readonly disable: readonly CheckName[];
  readonly format: 'text' | 'json';
}

export const lintSubcommand = (): Command =>
  new Command('lint').description('look for faults without a server').addCommand(
    new Command('rules')
      .description('look for faults in alerting and recording rules')
      .argument(
        '[file...]',
        'rule files of Prometheus, looked at together; - is the standard input; those that are rendered of the configuration unless given',
      )
      .addOption(configOption())
      .addOption(
        new Option(
          '--scrape-interval <duration>',
          'how often targets are scraped; slos.server.scrape_interval, or 1m',
        ).argParser(durationArgument),
      )
      .addOption(
        new Option('--evaluation-interval <duration>', 'how often groups are evaluated that don’t say it')
          .default(60, '1m')
          .argParser(durationArgument),
      )
      .addOption(
        new Option('--disable <check,...>', 'checks that are left out; may be given again')
          .default([], 'none')
          .argParser(checksArgument),
      )
      .addHelpText(
        'after',
        `
A comment above a rule, or within it, accepts what is found there:
  # plumbline lint: disable=CHECK[,CHECK] reason
and one anywhere in a file what is found in the file:
  # plumbline lint: file-disable=CHECK[,CHECK] reason

Checks: ${checkNames.join(', ')}

Exits with 1 where something was found that is no note and not accepted.`,
      )
      .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
      .action(lint),
  );

function durationArgument(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds <= 0) throw new InvalidArgumentError('A duration such as 30s or 1m is meant.');
  return seconds;
}

function checksArgument(text: string, before: readonly CheckName[]): readonly CheckName[] {
  const named = text.split(',').map(each => {
    const check = checkNames.find(name => name === each.trim());
    if (check === undefined)
      throw new InvalidArgumentError(`There is no check ${each.trim()}; there are ${checkNames.join(', ')}.`);
    return check;
  });
  return [...before, ...named];
}

/** Exit code 1 where something was found that is no note. */
async function lint(names: readonly string[], options: Options, command: Command): Promise<void> {
  const isDefault = command.getOptionValueSource('config') === 'default';
  const teams = await teamsOf(await optionalConfig(options.config, isDefault));
  const texts = names.length > 0 ? names.map(read) : rendered(alertFiles(teams.config, teams.ofServices));
  const scrapeInterval = options.scrapeInterval ?? teams.config?.slos?.server.scrape_interval ?? 60;
  const { evaluationInterval, disable: disabled } = options;
  const { findings: all, accepted, unused } = lintFiles(texts, { scrapeInterval, evaluationInterval, disabled });
  const { findings } = withoutAccepted(all);
  const printed = [...findings, ...accepted];
  if (options.format === 'json') await print(`${JSON.stringify(printed, null, 2)}\n`);
  else if (printed.length > 0) await print(`${printed.map(lineOf).join('\n')}\n`);
  for (const { at, check } of unused) say(`${at}: disable=${check} accepts nothing: the check finds nothing there`);
  const faults = findings.filter(({ level }) => level === 'fault');
  const notes = findings.length - faults.length;
  const others = [
    ...(notes > 0 ? [count(notes, 'note')] : []),
    ...(accepted.length > 0 ? [`${accepted.length} accepted`] : []),
  ];
  say([`${count(faults.length, 'finding')} in ${count(texts.length, 'rule file')}`, ...others].join('; '));
  if (faults.length > 0) process.exitCode = exitCodes.problem;
}

function lineOf({ rule, check, level, position, sentence, remedy, accepted }: Finding): string {
  const { file, line, field, character } = position;
  const where = [field, character === undefined ? undefined : `character ${character}`].filter(Boolean).join(', ');
  const kind = accepted === undefined ? (level === 'note' ? 'note: ' : '') : 'accepted: ';
  const then = accepted === undefined ? remedy : `because: ${accepted}`;
  return `${file}:${line}: ${kind}${rule}${where === '' ? '' : ` (${where})`}: ${sentence} [${check}]\n  ${then}`;
}

const rendered = (files: Readonly<Record<string, string>>): readonly RuleText[] =>
  Object.entries(files)
    .filter(([name]) => name.endsWith('.rules.yml'))
    .map(([file, text]) => ({ file, text }));

function read(name: string): RuleText {
  try {
    return name === '-'
      ? { file: 'standard input', text: readFileSync(0, 'utf8') }
      : { file: name, text: readFileSync(name, 'utf8') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlumblineError('LINT_FILE', { file: name, reason }, error);
  }
}
