import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { readOwnership } from '../registry.ts';
import { runOnLedger } from './ask.ts';
import { type Finding, findingLines, ok, summary } from './check/finding.ts';
import { checkPrometheus } from './check/prometheus.ts';
import { backstageFindings, familyTable, ledgerFindings, ownershipFindings, rejectTable } from './check/report.ts';
import { exitCodes } from './exit.ts';
import { inspectCommand } from './ledger/inspect.ts';
import { configOption, urlArgument } from './options.ts';
import { print } from './output.ts';

interface Options {
  readonly config: string;
  readonly prometheus?: string;
  readonly refresh: boolean;
}

export const checkCommand = (): Command =>
  new Command('check')
    .description('look at the configuration, the sources, what was rejected, the series and the sums')
    .addOption(configOption())
    .addOption(
      new Option('--prometheus <url>', 'also ask this server for what Plumbline needs of it').argParser(urlArgument),
    )
    .option('--no-refresh', 'tell what the ledger holds, without a look at the sources')
    .action(check);

async function check({ config: file, prometheus, refresh }: Options): Promise<void> {
  const config = await loadConfig(file);
  const { catalog, ownership, answers } = await readOwnership(config, {
    maxAgeSeconds: refresh ? 0 : Number.POSITIVE_INFINITY,
  });
  const report = await runOnLedger(inspectCommand, config, { refresh });
  const findings: Finding[] = [
    ok('configuration', config.file),
    ...backstageFindings(answers, catalog),
    ...ownershipFindings(config, catalog, ownership),
    ...ledgerFindings(config, report),
  ];
  // What is long comes first: a terminal shows the end, and what is wrong stands there.
  await print(`${familyTable(report)}\n`);
  if (report.rejects.length > 0) await print(`${rejectTable(report)}\n`);
  try {
    if (prometheus !== undefined) findings.push(...(await checkPrometheus(config, prometheus)));
  } finally {
    await print(`${findingLines(findings)}\n${summary(findings)}`);
  }
  if (findings.some(({ level }) => level === 'wrong')) process.exitCode = exitCodes.problem;
}
