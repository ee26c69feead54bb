import { Argument, Command } from 'commander';
import { loadConfig } from '../config.ts';
import { exporterNames } from '../registry.ts';
import { PlumblineError } from './errors.ts';
import { runningServer } from './local.ts';
import { createLog } from './log.ts';
import { configOption, dayArgument } from './options.ts';
import { startService } from './serve/service.ts';
import { untilStopped } from './serve/until-stopped.ts';

interface Options {
  readonly config: string;
  readonly reassignFrom?: string;
}

export const serveCommand = (): Command =>
  new Command('serve')
    .description('serve /metrics, and refresh the sources on their schedules')
    .addArgument(new Argument('[exporter...]', 'only these').choices(exporterNames))
    .addOption(configOption())
    .option(
      '--reassign-from <day>',
      'let a change of ownership hold from this day (UTC) on, and not from today',
      dayArgument,
    )
    .action(serve);

async function serve(only: readonly string[], { config: file, reassignFrom }: Options): Promise<void> {
  const config = await loadConfig(file);
  const log = createLog();
  const stopped = untilStopped();
  const options = { log, only, ...(reassignFrom === undefined ? {} : { reassignFrom }) };
  const service = await startService(config, options).catch(async (error: unknown) => {
    if (!(error instanceof PlumblineError) || error.code !== 'LEDGER_LOCKED') throw error;
    const url = await runningServer(config);
    throw url === undefined ? error : new PlumblineError('ALREADY_SERVED', { pid: error.details.pid, url }, error);
  });
  await stopped;
  log.info('stopping');
  await service.stop();
}
