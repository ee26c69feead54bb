/**
 * Who gets an alert: Alertmanager's configuration, made of the teams' receivers.
 *
 * The files lie like this wherever Alertmanager runs, and it must be *started in* that folder, since it resolves
 * `url_file` and the like against its working directory and not against the configuration's (a Jira token is the
 * exception: it stands in `http_config`, whose files are relative to the configuration):
 *   alertmanager.yml
 *   plumbline.tmpl          the words of the messages
 *   secrets/webhook-url     the address of the default receiver, nothing else; may be a template, such as
 *                           https://chat.example.org/hooks/{{ .GroupLabels.team }}
 */
import { inhibitionValue, type Route, routeValue } from './lib/routing.ts';
import { routeTree, watchdogReceiver } from './routes/build.ts';
import { platformReceiver, receiverName, teamReceivers } from './routes/channels.ts';
import { type ChannelName, channelNames } from './routes/config.ts';
import { inhibitions } from './routes/inhibitions.ts';
import { type Interval, intervals, intervalValue } from './routes/intervals.ts';
import { receiverValue, watchdogValue } from './routes/receivers.ts';
import type { RoutedAlert } from './routes/routed.ts';
import type { Settings } from './settings.ts';

/** The words of the messages, beside alertmanager.yml. */
export const templateFile = 'plumbline.tmpl';

/** The parts of alertmanager.yml that are ours, before they are written whole or merged under others. */
export interface RouteParts {
  readonly tree: Route;
  readonly receivers: readonly object[];
  readonly intervals: readonly Interval[];
}

/** The value of alertmanager.yml, for Alertmanager 0.31. */
export function alertmanagerFile(settings: Settings, alerts: readonly RoutedAlert[]): object {
  const { smtp } = settings.alerts;
  const parts = routeParts(settings, alerts);
  return {
    ...(smtp === undefined
      ? {}
      : {
          global: {
            smtp_smarthost: smtp.smarthost,
            smtp_from: smtp.from,
            ...(smtp.auth_username === undefined ? {} : { smtp_auth_username: smtp.auth_username }),
            ...(smtp.auth_password_file === undefined ? {} : { smtp_auth_password_file: smtp.auth_password_file }),
            ...(smtp.require_tls === undefined ? {} : { smtp_require_tls: smtp.require_tls }),
          },
        }),
    templates: [templateFile],
    route: routeValue(parts.tree),
    inhibit_rules: inhibitions.map(inhibitionValue),
    receivers: parts.receivers,
    time_intervals: parts.intervals.map(intervalValue),
  };
}

/** The tree, and the receivers and intervals that it names. `mail` is what each e-mail says of its server. */
export function routeParts(settings: Settings, alerts: readonly RoutedAlert[], mail: object = {}): RouteParts {
  const tree = routeTree(settings, alerts);
  const named = { receivers: new Set([platformReceiver]), intervals: new Set<string>() };
  const visit = ({ receiver, activeTimeIntervals = [], routes = [] }: Route): void => {
    if (receiver !== undefined) named.receivers.add(receiver);
    for (const each of activeTimeIntervals) named.intervals.add(each);
    for (const each of routes) visit(each);
  };
  visit(tree);
  const all = teamReceivers(settings).flatMap(team => {
    const sets = new Map(subsets(team.channels).map(channels => [receiverName(team, channels), channels] as const));
    return [...sets]
      .filter(([name]) => named.receivers.has(name))
      .map(([name, channels]) => receiverValue(name, team, channels, mail));
  });
  const watched = named.receivers.has(watchdogReceiver) ? [watchdogValue(settings)] : [];
  return {
    tree,
    receivers: [...all, ...watched],
    intervals: intervals(settings).filter(({ name }) => named.intervals.has(name)),
  };
}

/** Every choice of channels, all of them first. */
function subsets(channels: readonly ChannelName[]): readonly (readonly ChannelName[])[] {
  const ordered = channelNames.filter(name => channels.includes(name));
  const choices = Array.from({ length: 2 ** ordered.length - 1 }, (_, index) => index + 1);
  return choices.map(bits => ordered.filter((_, at) => bits & (1 << at))).sort((a, b) => b.length - a.length);
}
