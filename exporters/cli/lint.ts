/** `plumbline lint rules`: what is wrong with rules and can be told without a server. */
import { readFileSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PlumblineError } from '../../alerts/errors.ts';
import { alertFiles } from '../../alerts/index.ts';
import { withoutAccepted } from '../../alerts/lint/accepted.ts';
import { lintRules } from '../../alerts/lint/lint.ts';
import type { Finding } from '../../alerts/lint/model.ts';
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
      .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
      .action(lint),
  );

function durationArgument(text: string): number {
  const seconds = durationSeconds(text);
  if (seconds === undefined || seconds <= 0) throw new InvalidArgumentError('A duration such as 30s or 1m is meant.');
  return seconds;
}

/** Exit code 1 where something was found. */
async function lint(names: readonly string[], options: Options, command: Command): Promise<void> {
  const isDefault = command.getOptionValueSource('config') === 'default';
  const teams = await teamsOf(await optionalConfig(options.config, isDefault));
  const texts = names.length > 0 ? names.map(read) : rendered(alertFiles(teams.config, teams.ofServices));
  const scrapeInterval = options.scrapeInterval ?? teams.config?.slos?.server.scrape_interval ?? 60;
  const all = lintRules(texts, { scrapeInterval, evaluationInterval: options.evaluationInterval });
  const { findings } = withoutAccepted(all);
  if (options.format === 'json') await print(`${JSON.stringify(findings, null, 2)}\n`);
  else if (findings.length > 0) await print(`${findings.map(lineOf).join('\n')}\n`);
  say(`${count(findings.length, 'finding')} in ${count(texts.length, 'rule file')}`);
  if (findings.length > 0) process.exitCode = exitCodes.problem;
}

function lineOf({ rule, check, position, sentence, remedy }: Finding): string {
  const { file, line, field, character } = position;
  const where = [field, character === undefined ? undefined : `character ${character}`].filter(Boolean).join(', ');
  return `${file}:${line}: ${rule}${where === '' ? '' : ` (${where})`}: ${sentence} [${check}]\n  ${remedy}`;
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
