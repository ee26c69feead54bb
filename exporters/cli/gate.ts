import { readFileSync, statSync } from 'node:fs';
import { Command, InvalidArgumentError, Option } from 'commander';
import { PlumblineError as ConfigError } from '../config/errors.ts';
import { type Config, loadConfig } from '../config.ts';
import { describeError } from '../core/errors.ts';
import { gunzipped } from '../core/gzip.ts';
import { faultSentence } from '../findings/faults.ts';
import { supplyChainSchema } from '../supply-chain/config.ts';
import { type FindingClass, findingClasses } from '../supply-chain/document.ts';
import type { GateReason, GateVerdict } from '../supply-chain/gate/evaluate.ts';
import { judgeReports, type ReportFile } from '../supply-chain/gate/report.ts';
import { makeVerifier } from '../supply-chain/verification/index.ts';
import { runOnLedger } from './ask.ts';
import { PlumblineError } from './errors.ts';
import { exitCodes } from './exit.ts';
import { gateCommand } from './ledger/gate.ts';
import { configOption } from './options.ts';
import { print, say } from './output.ts';

/** Blocked, or could not be told: never 0 for what nobody has looked at. */
const codes = { pass: exitCodes.ok, warned: exitCodes.ok, blocked: 1, unknown: 2 } as const;

interface Options {
  readonly config: string;
  readonly image?: string;
  readonly report: readonly string[];
  readonly environment?: string;
  readonly repository?: string;
  readonly classes?: readonly FindingClass[];
  readonly format: 'text' | 'json';
}

interface Line {
  readonly image: string;
  readonly environment: string;
  readonly verdict: GateVerdict['verdict'];
  readonly rule: string;
  readonly reasons: readonly GateReason[];
}

function classesArgument(text: string): readonly FindingClass[] {
  const asked = text.split(',').map(word => word.trim());
  const known = findingClasses.filter(one => asked.includes(one));
  if (known.length < new Set(asked).size)
    throw new InvalidArgumentError(`expected some of ${findingClasses.join(', ')}, with commas between them.`);
  return known;
}

const collect = (value: string, before: readonly string[]) => [...before, value];

export const gateSubcommand = (): Command =>
  new Command('gate')
    .description('tell whether an image may be deployed, by the rules of supply_chain.gate')
    .option('--image <reference>', 'a digest or reference that the ledger knows; with --report what the report is of')
    .option('--report <file>', 'a scan, and beside it SBOMs, VEX, signatures, KEV and EPSS; several times', collect, [])
    .option('--repository <name>', 'with --report: what the report is of, where it does not say')
    .option('--classes <list>', 'with --report: what was looked for, where it does not say (Trivy)', classesArgument)
    .option('--environment <name>', 'where it is to run; with --image where it runs unless given')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .addOption(configOption())
    .addHelpText('after', '\nIt exits with 0 where it may, 1 where it is blocked, 2 where that could not be told.')
    .action(gate);

async function gate(options: Options, command: Command): Promise<void> {
  const { image, report, format, environment } = options;
  if (image === undefined && report.length === 0)
    throw new PlumblineError('COMMAND_USAGE', { reason: 'expected --image or --report' });
  const isDefault = command.getOptionValueSource('config') === 'default';
  const lines =
    report.length > 0
      ? await fromReports(options, await optionalConfig(options.config, isDefault))
      : await fromLedger(await loadConfig(options.config), image!, environment);
  await print(format === 'json' ? `${JSON.stringify(lines, null, 2)}\n` : lines.map(textOf).join('\n'));
  const verdicts = new Set(lines.map(({ verdict }) => verdict));
  process.exitCode = verdicts.has('blocked') ? codes.blocked : verdicts.has('unknown') ? codes.unknown : codes.pass;
}

async function fromLedger(config: Config, image: string, environment: string | undefined): Promise<readonly Line[]> {
  const asked = { image, ...(environment === undefined ? {} : { environment }) };
  const { items } = await runOnLedger(gateCommand, config, asked, { only: ['supply-chain'] });
  if (items.length === 0) return [untold(image, 'nothing is known of it')];
  return items as unknown as readonly Line[];
}

async function fromReports(
  { report, image, repository, environment, classes }: Options,
  config: Config | undefined,
): Promise<readonly Line[]> {
  const now = new Date();
  const configured = config?.supply_chain ?? supplyChainSchema.parse({});
  const { gate: rules, sbom_optional, sbom_stale_days, verification } = configured;
  const { judged, faults } = await judgeReports(await Promise.all(report.map(file => readReport(file, now))), {
    ...(verification && { verifier: makeVerifier(verification) }),
    ...(classes && { classes }),
    ...{ now, rules: rules.rules, sbomOptional: sbom_optional, sbomStaleDays: sbom_stale_days },
    place: {
      ...(image === undefined ? {} : { image }),
      ...(repository === undefined ? {} : { repository }),
      ...(environment === undefined ? {} : { environment }),
    },
    ...(environment === undefined ? {} : { environment }),
  });
  return [
    ...judged.map(({ title, environment: where = '', verdict, rule, reasons }) => ({
      ...{ image: title, environment: where, verdict, rule, reasons },
    })),
    ...faults.map(({ file, fault, records }) =>
      untold(file, records === undefined ? faultSentence(fault) : `${records} records could not be read (${fault})`),
    ),
    ...(judged.length === 0 && faults.length === 0 ? [untold(report.join(', '), 'it tells of no image')] : []),
  ];
}

const mostBytes = 640 << 20;

async function readReport(file: string, now: Date): Promise<ReportFile> {
  try {
    const bytes = file === '-' ? readFileSync(0) : readFileSync(file);
    const plain = await gunzipped(bytes, mostBytes);
    if (typeof plain === 'string') throw new Error(faultSentence(plain));
    return { name: file, bytes: plain, at: file === '-' ? now : statSync(file).mtime };
  } catch (error) {
    throw new PlumblineError('COMMAND_USAGE', { reason: `could not read ${file}: ${describeError(error)}` }, error);
  }
}

const untold = (image: string, text: string): Line => ({
  ...{ image, environment: '', verdict: 'unknown', rule: '' },
  reasons: [{ rule: '', mode: 'enforce', outcome: 'unknown', text }],
});

/** Without a configuration the rules are those that come along. */
async function optionalConfig(file: string, isDefault: boolean): Promise<Config | undefined> {
  try {
    return await loadConfig(file);
  } catch (error) {
    if (!isDefault || !(error instanceof ConfigError) || error.code !== 'CONFIG_MISSING') throw error;
    say(`plumbline: there is no ${file}; the rules are those that come along`);
    return undefined;
  }
}

const words = { pass: 'PASS', warned: 'PASS', blocked: 'BLOCKED', unknown: 'COULD NOT TELL' } as const;

function textOf({ image, environment, verdict, reasons }: Line): string {
  const where = environment === '' ? '' : ` in ${environment}`;
  const lines = reasons.map(({ rule, mode, outcome, text }) => {
    const word = mode === 'warn' ? 'warning' : outcome === 'violated' ? 'blocked' : 'not known';
    return `  ${word}${rule === '' ? '' : ` by ${rule}`}: ${text}\n`;
  });
  return `${words[verdict]}  ${image}${where}\n${lines.join('')}`;
}
