import { Argument, Command } from 'commander';
import { loadConfig } from '../config.ts';
import { exporterNames, readOwnership } from '../registry.ts';
import { runOnLedger } from './ask.ts';
import { problemText } from './check/report.ts';
import { exitCodes } from './exit.ts';
import { pageCommand } from './ledger/page.ts';
import { configOption, dayArgument } from './options.ts';
import { count, print, say } from './output.ts';

interface Options {
  readonly config: string;
  readonly reassignFrom?: string;
}

export const scrapeCommand = (): Command =>
  new Command('scrape')
    .description('refresh every source once, print the page, and leave')
    .addArgument(new Argument('[exporter]', 'only this one').choices(exporterNames))
    .addOption(configOption())
    .option(
      '--reassign-from <day>',
      'let a change of ownership hold from this day (UTC) on, and not from today',
      dayArgument,
    )
    .action(scrape);

async function scrape(exporter: string | undefined, { config: file, reassignFrom }: Options): Promise<void> {
  const config = await loadConfig(file);
  const { ownership, answers } = await readOwnership(config);
  for (const { error, readAt } of answers)
    if (error !== undefined) say(`warning: ${error}; its answer of ${readAt.toISOString()} stands in`);
  for (const problem of ownership.problems) say(`warning: ${problemText(problem, ownership.teams)}`);
  const output = await runOnLedger(pageCommand, config, exporter === undefined ? {} : { exporter }, {
    ...(exporter === undefined ? {} : { only: [exporter] }),
    ...(reassignFrom === undefined ? {} : { reassignFrom }),
  });
  for (const { source, records, changed, rejected, waiting, error } of output.refreshed) {
    const bad = Object.values(rejected).reduce((sum, n) => sum + n, 0);
    say(
      `${source}: ${count(records, 'record')}, ${changed.toLocaleString('en-US')} new or changed, ${bad.toLocaleString('en-US')} rejected${waitingText(waiting)}`,
    );
    if (error !== undefined) say(`${source}: ${error}`);
  }
  for (const problem of output.problems) say(problem);
  await print(output.page);
  if (output.problems.length > 0 || output.refreshed.some(({ error }) => error !== undefined))
    process.exitCode = exitCodes.problem;
}

const waitingText = (files: number) =>
  files === 0 ? '' : `; ${count(files, 'file waits', 'files wait')}, plumbline check says why`;
