import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { parse } from 'yaml';
import { PlumblineError } from '../../alerts/errors.ts';
import { alertFiles, routedAlerts } from '../../alerts/index.ts';
import { type RouteValue, reached, routeNode } from '../../alerts/routes/file.ts';
import { labelsFor, type RoutedAlert } from '../../alerts/routes/routed.ts';
import { channelsOf, placeLines, placeOf, type ReceiverValue } from '../../alerts/routes/say.ts';
import { configOption } from './options.ts';
import { didYouMean, print } from './output.ts';
import { optionalConfig } from './render.ts';
import { teamsOf } from './teams.ts';

interface Options {
  readonly config: string;
  readonly team?: string;
  readonly alertmanager?: string;
  readonly format: 'text' | 'json';
}

export const routeSubcommand = (): Command =>
  new Command('route')
    .description('tell where an alert of a team goes: receiver, channels, grouping and hours')
    .argument('<alert>', 'the name of an alert, such as BudgetExceeded')
    .option('--team <team>', 'the team it is about; the platform team unless given')
    .option('--alertmanager <file>', 'an alertmanager.yml that Plumbline’s routes are merged into')
    .addOption(new Option('--format <format>', 'how to print it').choices(['text', 'json']).default('text'))
    .addOption(configOption())
    .action(route);

async function route(name: string, options: Options, command: Command): Promise<void> {
  const isDefault = command.getOptionValueSource('config') === 'default';
  const teams = await teamsOf(await optionalConfig(options.config, isDefault));
  const { config } = teams;
  const alerts = routedAlerts(config, teams.ofServices);
  const found = alerts.filter(each => each.name === name);
  if (found.length === 0) {
    const guess = didYouMean(
      name,
      alerts.map(each => each.name),
    );
    throw new PlumblineError('ALERT_UNKNOWN', { name, guess });
  }
  const platform = config?.alerts.platform_team ?? 'platform';
  const team = options.team ?? platform;
  if (teams.names.length > 1 && !teams.names.includes(team) && team !== 'unowned')
    throw new PlumblineError('ROUTE_TEAM_UNKNOWN', { team, guess: didYouMean(team, teams.names) });

  const text =
    options.alertmanager === undefined
      ? alertFiles(config, teams.ofServices)['alertmanager.yml']
      : await read(options.alertmanager);
  const file = parse(text ?? '', { merge: true }) as {
    readonly route: RouteValue;
    readonly receivers: readonly ReceiverValue[];
  };
  const [root, channels] = [routeNode(file.route), channelsOf(file.receivers ?? [])];
  const alert = found.find(each => each.team === undefined || each.team === team) ?? (found[0] as RoutedAlert);
  const labels = labelsFor(alert, team);
  const places = reached(root, labels).map(node => placeOf(node, channels));
  if (options.format === 'json')
    return print(`${JSON.stringify({ alert: name, severity: alert.severity, team: labels.team, places }, null, 2)}\n`);
  const about = `${name}, a ${alert.severity} of ${labels.team}${labels.team === team ? '' : `, whatever team it is about`}`;
  await print(`${[`${about}:`, ...places.flatMap(placeLines)].join('\n')}\n`);
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new PlumblineError('ROUTES_UNREADABLE', {
      file,
      reason: error instanceof Error ? error.message : String(error),
    });
  }
}
