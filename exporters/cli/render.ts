import path from 'node:path';
import { Command, Option } from 'commander';
import { renderAlerts, type TeamsOfServices } from '../../alerts/index.ts';
import { renderDashboards } from '../../dashboards/render.ts';
import { readCatalog } from '../catalog/backstage.ts';
import { directoryOf } from '../catalog/directory.ts';
import { PlumblineError } from '../config/errors.ts';
import { type Config, loadConfig } from '../config.ts';
import { configOption } from './options.ts';
import { print } from './output.ts';

interface Options {
  readonly config: string;
  readonly out: string;
}

const outOption = () =>
  new Option('-o, --out <dir>', 'the folder to write to; it is made where it is missing').makeOptionMandatory();

export const renderCommand = (): Command =>
  new Command('render')
    .description('write the generated files')
    .addCommand(
      new Command('dashboards')
        .description('the Grafana dashboards, as JSON')
        .addOption(configOption())
        .addOption(outOption())
        .action(async ({ out }: Options) => printPaths(await renderDashboards(path.resolve(out)))),
    )
    .addCommand(
      new Command('alerts')
        .description('the Prometheus rules with their tests, and the Alertmanager routes, as YAML')
        .addOption(configOption())
        .addOption(outOption())
        .action(alerts),
    );

async function alerts(options: Options, command: Command): Promise<void> {
  const config = await optionalConfig(options.config, command.getOptionValueSource('config') === 'default');
  await printPaths(await renderAlerts(path.resolve(options.out), config, await teamsOf(config)));
}

/** The team of each service, as the catalog's files tell it; where only a server does, an SLO names its team. */
async function teamsOf(config: Config | undefined): Promise<TeamsOfServices> {
  if (config === undefined || config.catalog.files.length === 0) return new Map();
  const catalog = await readCatalog({ files: config.catalog.files, directory: config.directory });
  return new Map(
    directoryOf(catalog).services.flatMap(({ service, team }) =>
      team === undefined ? [] : [[service, team] as const],
    ),
  );
}

/** Without a configuration, and none asked for, the defaults are rendered. */
async function optionalConfig(file: string, isDefault: boolean): Promise<Config | undefined> {
  try {
    return await loadConfig(file);
  } catch (error) {
    if (isDefault && error instanceof PlumblineError && error.code === 'CONFIG_MISSING') return undefined;
    throw error;
  }
}

const printPaths = (paths: readonly string[]) => print(paths.map(file => `${file}\n`).join(''));
