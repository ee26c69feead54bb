import path from 'node:path';
import { Command, Option } from 'commander';
import { loadConfig } from '../config.ts';
import { runOnLedger } from './ask.ts';
import { PlumblineError } from './errors.ts';
import { type HistoryInput, historyCommand } from './ledger/history.ts';
import { configOption, durationArgument, instantArgument, urlArgument } from './options.ts';
import { count, print, table } from './output.ts';

interface Options {
  readonly config: string;
  readonly from: Date;
  readonly to: Date;
  readonly step: number;
  readonly rewrite?: boolean;
  readonly refresh: boolean;
  readonly remoteWrite?: string;
  readonly openmetrics?: string;
}

export const historySubcommand = (): Command =>
  new Command('history')
    .description('write the past, up to what was scraped, to a time series database or into a file')
    .addOption(
      new Option('--from <time>', 'the first instant (UTC), such as 2026-01-01')
        .argParser(instantArgument)
        .makeOptionMandatory(),
    )
    .addOption(
      new Option('--to <time>', 'the last instant (UTC)').argParser(instantArgument).default(new Date(), 'now'),
    )
    .addOption(
      new Option('--step <duration>', 'between two instants').argParser(durationArgument).default(86_400, '1d'),
    )
    .option('--rewrite', 'write everything anew, for a server that is empty')
    .option('--no-refresh', 'write what the ledger holds, without a look at the sources')
    .addOption(
      new Option('--remote-write <url>', 'send it to this server').argParser(urlArgument).conflicts('openmetrics'),
    )
    .option('--openmetrics <file>', 'write it into this file, for promtool tsdb create-blocks-from openmetrics')
    .addOption(configOption())
    .action(history);

async function history(options: Options): Promise<void> {
  const config = await loadConfig(options.config);
  const { families, ...output } = await runOnLedger(historyCommand, config, {
    from: options.from.toISOString(),
    to: options.to.toISOString(),
    stepSeconds: options.step,
    rewrite: options.rewrite === true,
    refresh: options.refresh,
    destination: destinationOf(options),
  });
  const rows = families.map(({ metric, series, samples }) => [metric, String(series), String(samples)]);
  await print(table([['FAMILY', 'SERIES', 'SAMPLES'], ...rows]));
  if (output.begins !== undefined) await print(`begins on ${output.begins.slice(0, 10)}: there is no fact before\n`);
  const clipped =
    output.clipped > 0 ? `; ${count(output.clipped, 'sample')} older than the target's window left out` : '';
  await print(`${count(output.samples, 'sample')} written to ${output.destination}${clipped}\n`);
}

function destinationOf({ remoteWrite, openmetrics }: Options): HistoryInput['destination'] {
  if (remoteWrite !== undefined) return { remoteWrite };
  if (openmetrics !== undefined) return { openMetrics: path.resolve(openmetrics) };
  throw new PlumblineError('COMMAND_USAGE', {
    reason: 'history needs a destination: --remote-write URL or --openmetrics FILE',
  });
}
