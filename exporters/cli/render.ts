import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { PlumblineError as RouteError } from '../../alerts/errors.ts';
import { renderAlerts, routedAlerts, settingsOf } from '../../alerts/index.ts';
import { generatedBy } from '../../alerts/lib/rules.ts';
import { isMerged, mergeRoutes } from '../../alerts/routes/merge.ts';
import { routesReference } from '../../alerts/routes/page.ts';
import { PlumblineError } from '../config/errors.ts';
import { type Config, loadConfig } from '../config.ts';
import { configOption, urlArgument } from './options.ts';
import { print, say } from './output.ts';
import { backstage } from './render/backstage.ts';
import { dashboards } from './render/dashboards.ts';
import { kubernetes } from './render/kubernetes.ts';
import { type Teams, teamsOf } from './teams.ts';

interface Options {
  readonly config: string;
  readonly out: string;
  readonly into?: string;
}

const outOption = () =>
  new Option('-o, --out <dir>', 'the folder to write to; it is made where it is missing').makeOptionMandatory();

export const renderCommand = (): Command =>
  new Command('render')
    .description('write the generated files')
    .addCommand(
      new Command('dashboards')
        .description('the Grafana dashboards, as JSON files, or into a Grafana by its API')
        .addOption(configOption())
        .option('-o, --out <dir>', 'the folder to write to; it is made where it is missing')
        .option(
          '--push <url>',
          'a Grafana to bring them to: what is different is printed, and only that is saved',
          urlArgument,
        )
        .addOption(
          new Option('--token-file <file>', 'a file with the token of a service account; else GRAFANA_TOKEN is it').env(
            'GRAFANA_TOKEN_FILE',
          ),
        )
        .option(
          '--plumbline <url>',
          'where readers reach Plumbline, for what pages link to; http://localhost:9464 unless given',
          urlArgument,
        )
        .option('--folder <title>', 'with --push: the folder of Grafana', 'Plumbline')
        .option('--prune', 'with --push: remove dashboards of Plumbline in the folder that there are no more')
        .option('--dry-run', 'with --push: print what is different, and change nothing')
        .action(dashboards),
    )
    .addCommand(
      new Command('alerts')
        .description('the Prometheus rules with their tests, and the Alertmanager routes, as YAML')
        .addOption(configOption())
        .addOption(outOption())
        .option(
          '--into <file>',
          'an alertmanager.yml of yours: its text with Plumbline’s routes is written, proved, to --out',
        )
        .action(alerts),
    )
    .addCommand(
      new Command('kubernetes')
        .description(
          'manifests for a cluster with prometheus-operator and Grafana’s sidecar, with a kustomization.yaml',
        )
        .addOption(configOption())
        .addOption(outOption())
        .option(
          '--plumbline <url>',
          'where readers reach Plumbline, for what pages and alerts link to; the Services in the cluster unless given',
          urlArgument,
        )
        .action(kubernetes),
    )
    .addCommand(
      new Command('backstage')
        .description('annotations that show dashboards and alerts on each entity’s page of Backstage')
        .addOption(configOption())
        .option('-o, --out <dir>', 'the folder to write to: a file an entity, and annotations.json with all')
        .option('--write', 'put them into the catalog’s own files, and change nothing else there')
        .action(backstage),
    );

async function alerts(options: Options, command: Command): Promise<void> {
  const out = path.resolve(options.out);
  const isDefault = command.getOptionValueSource('config') === 'default';
  const teams = await teamsOf(await optionalConfig(options.config, isDefault));
  const { config } = teams;
  const merged = options.into === undefined ? undefined : await mergedInto(options.into, teams);
  await keepOthers(path.join(out, 'alertmanager.yml'), options.into);
  const files = await renderAlerts(out, config, teams.ofServices);
  const page = path.join(out, 'ROUTES.md');
  await writeFile(page, routesReference(config, teams.names, teams.ofServices));
  if (merged !== undefined) await writeFile(path.join(out, 'alertmanager.yml'), merged.text);
  for (const note of merged?.notes ?? []) say(`plumbline: ${note}`);
  await printPaths([...files, page]);
}

/** Others' alertmanager.yml in the folder is not written over, unless it is the one that is merged into, or was once. */
async function keepOthers(file: string, into: string | undefined): Promise<void> {
  if (into !== undefined && path.resolve(into) === file) return;
  const there = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return generatedBy;
    throw error;
  });
  if (there.startsWith(generatedBy) || (into !== undefined && isMerged(there))) return;
  throw new RouteError('ROUTES_KEPT', { file });
}

async function mergedInto(file: string, { config, names: teams, ofServices }: Teams) {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new RouteError('ROUTES_UNREADABLE', { file, reason: error.message });
  });
  return mergeRoutes({ file, text, settings: settingsOf(config), alerts: routedAlerts(config, ofServices), teams });
}

/** Without a configuration, and none asked for, the defaults are rendered. */
export async function optionalConfig(file: string, isDefault: boolean): Promise<Config | undefined> {
  try {
    return await loadConfig(file);
  } catch (error) {
    if (isDefault && error instanceof PlumblineError && error.code === 'CONFIG_MISSING') return undefined;
    throw error;
  }
}

const printPaths = (paths: readonly string[]) => print(paths.map(file => `${file}\n`).join(''));
