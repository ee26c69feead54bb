/**
 * Alertmanager's routes as an AlertmanagerConfig (monitoring.coreos.com/v1alpha1, the stored version), and what of them
 * it can't say. Secrets are keys of the Secret `plumbline-alertmanager`.
 */
import { type Inhibition, type Matchers, matcherLines, type Route } from '../../alerts/lib/routing.ts';
import { platformReceiver } from '../../alerts/routes/channels.ts';
import { inhibitions } from '../../alerts/routes/inhibitions.ts';
import { parseMatchers } from '../../alerts/routes/matchers.ts';
import type { RoutedAlert } from '../../alerts/routes/routed.ts';
import { routeParts } from '../../alerts/routes.ts';
import type { Settings } from '../../alerts/settings.ts';
import type { KubernetesConfig } from './config.ts';
import { hasSummerTime, inUtc } from './hours.ts';
import { dataKey, type Manifest, metadata } from './objects.ts';
import { withWords } from './words.ts';

export const routesSecret = 'plumbline-alertmanager';

export interface Routes {
  readonly manifest: Manifest;
  /** Keys of the Secret, and the file that each is made of. */
  readonly secretFiles: ReadonlyMap<string, string>;
  /** What an AlertmanagerConfig can't say, in sentences. */
  readonly notes: readonly string[];
}

type Value = Readonly<Record<string, unknown>>;

export function alertmanagerConfig(
  kubernetes: KubernetesConfig,
  settings: Settings,
  alerts: readonly RoutedAlert[],
): Routes {
  const secretFiles = new Map<string, string>();
  const secret = (file: unknown) => {
    const from = String(file);
    const key = [...secretFiles].find(([, known]) => known === from)?.[0] ?? dataKey(from, secretFiles.keys());
    secretFiles.set(key, from);
    return { name: routesSecret, key };
  };
  const { tree, receivers, intervals } = routeParts(settings, alerts, mailOf(settings));
  const converted = (receivers as readonly Value[]).map(({ name, ...channels }) => {
    const lost = Object.keys(channels).filter(key => !(key in channelsOf));
    const said = Object.entries(channels).filter(([key]) => key in channelsOf);
    return {
      ...{ name: String(name), lost, isEmpty: lost.length > 0 && said.length === 0 },
      value: Object.fromEntries(
        said.map(([key, list]) => [
          camel(key),
          (list as readonly Value[]).map(channel => channelsOf[key]!(channel, secret)),
        ]),
      ),
    };
  });
  // It has a channel that takes digests, and Jira takes none: so it can be said in part at least.
  const platform = converted.find(({ name }) => name === platformReceiver);
  const zoned = intervals.filter(({ location }) => location !== 'UTC');
  const rooted: Route = {
    ...tree,
    matchers: { alertname: [...new Set(alerts.map(({ name }) => name))].sort() },
  };
  const manifest: Manifest = {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'AlertmanagerConfig',
    metadata: metadata(kubernetes, 'plumbline', 'alerts', { labels: kubernetes.labels }),
    spec: {
      route: routeOf(rooted),
      receivers: converted.map(({ name, isEmpty, value }) => ({
        name,
        // What would go nowhere goes to the platform team.
        ...(isEmpty ? platform?.value : value),
      })),
      inhibitRules: inhibitions.map(inhibitionOf),
      muteTimeIntervals: intervals.map(interval => ({ name: interval.name, timeIntervals: inUtc(interval) })),
    },
  };
  return {
    manifest,
    secretFiles,
    notes: [
      ...converted.flatMap(({ name, lost, isEmpty }) =>
        lost.map(
          key =>
            `an AlertmanagerConfig has no ${key}: the receiver ${name} ${isEmpty ? 'tells the platform team instead' : 'is without it'}`,
        ),
      ),
      ...zoned.map(
        ({ name, location }) =>
          `an AlertmanagerConfig knows UTC alone: "${name}" is written as the hours of ${location} in winter${hasSummerTime(location) ? ', and is an hour late in summer' : ''}`,
      ),
    ],
  };
}

/** What each e-mail says of its server, for a cluster's Alertmanager may have another, or none. */
const mailOf = ({ alerts: { smtp } }: Settings) =>
  smtp === undefined
    ? {}
    : {
        ...{ smarthost: smtp.smarthost, from: smtp.from },
        ...(smtp.auth_username === undefined ? {} : { auth_username: smtp.auth_username }),
        ...(smtp.auth_password_file === undefined ? {} : { auth_password_file: smtp.auth_password_file }),
        ...(smtp.require_tls === undefined ? {} : { require_tls: smtp.require_tls }),
      };

type Secret = (file: unknown) => { readonly name: string; readonly key: string };

const words = (text: unknown) => withWords(String(text));

/**
 * The operator reads some addresses by Go's own templates, without Alertmanager's functions: there the dashboard's link is
 * without the time from which on it shows.
 */
const plainLink = (text: unknown) =>
  words(
    String(text).replace(
      '{{ template "plumbline.link" . }}',
      '{{ if .Alerts }}{{ (index .Alerts 0).Annotations.dashboard_url }}{{ end }}',
    ),
  );
const pairs = (map: unknown) =>
  Object.entries((map ?? {}) as Readonly<Record<string, string>>).map(([key, value]) => ({ key, value: words(value) }));
const sendResolved = ({ send_resolved }: Value) => ({ sendResolved: send_resolved });

/** Each channel of Alertmanager's file that there is one of in an AlertmanagerConfig. */
const channelsOf: Readonly<Record<string, (channel: Value, secret: Secret) => Value>> = {
  webhook_configs: (channel, secret) => ({
    ...{ urlSecret: secret(channel.url_file), ...sendResolved(channel) },
    ...(channel.max_alerts === undefined ? {} : { maxAlerts: channel.max_alerts }),
  }),
  slack_configs: (channel, secret) => ({
    ...{ apiURL: secret(channel.api_url_file), channel: channel.channel, ...sendResolved(channel) },
    ...{ color: words(channel.color), title: words(channel.title), titleLink: words(channel.title_link) },
    ...{ fallback: words(channel.fallback), text: words(channel.text) },
  }),
  msteamsv2_configs: (channel, secret) => ({
    ...{ webhookURL: secret(channel.webhook_url_file), ...sendResolved(channel) },
    ...{ title: words(channel.title), text: words(channel.text) },
  }),
  email_configs: (channel, secret) => ({
    ...{ to: channel.to, ...sendResolved(channel), headers: pairs(channel.headers) },
    ...{ html: words(channel.html), text: words(channel.text) },
    ...{ smarthost: channel.smarthost, from: channel.from },
    ...(channel.auth_username === undefined ? {} : { authUsername: channel.auth_username }),
    ...(channel.auth_password_file === undefined ? {} : { authPassword: secret(channel.auth_password_file) }),
    ...(channel.require_tls === undefined ? {} : { requireTLS: channel.require_tls }),
  }),
  pagerduty_configs: (channel, secret) => ({
    ...{ routingKey: secret(channel.routing_key_file), ...sendResolved(channel) },
    ...(channel.url === undefined ? {} : { url: channel.url }),
    ...{ client: channel.client, clientURL: plainLink(channel.client_url), description: words(channel.description) },
    ...{ severity: channel.severity, class: channel.class, component: channel.component, group: channel.group },
    details: pairs(channel.details),
    pagerDutyLinkConfigs: (channel.links as readonly { readonly href: string; readonly text: string }[]).map(
      ({ href, text }) => ({ href: plainLink(href), alt: text }),
    ),
  }),
  opsgenie_configs: (channel, secret) => ({
    ...{ apiKey: secret(channel.api_key_file), apiURL: channel.api_url, ...sendResolved(channel) },
    ...{ message: words(channel.message), description: words(channel.description) },
    ...{ source: channel.source, priority: channel.priority },
  }),
};

const camel = (key: string) => key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());

const matchersOf = (matchers: Matchers) =>
  matcherLines(matchers)
    .flatMap(line => parseMatchers(line, line))
    .map(({ name, operator, value }) => ({ name, matchType: operator, value }));

function routeOf(route: Route): object {
  return {
    ...(route.receiver === undefined ? {} : { receiver: route.receiver }),
    ...(route.matchers === undefined ? {} : { matchers: matchersOf(route.matchers) }),
    ...(route.groupBy === undefined ? {} : { groupBy: route.groupBy }),
    ...(route.groupWait === undefined ? {} : { groupWait: route.groupWait }),
    ...(route.groupInterval === undefined ? {} : { groupInterval: route.groupInterval }),
    ...(route.repeatInterval === undefined ? {} : { repeatInterval: route.repeatInterval }),
    ...(route.activeTimeIntervals === undefined ? {} : { activeTimeIntervals: route.activeTimeIntervals }),
    ...(route.continue === undefined ? {} : { continue: route.continue }),
    ...(route.routes === undefined || route.routes.length === 0 ? {} : { routes: route.routes.map(routeOf) }),
  };
}

const inhibitionOf = ({ source, target, equal }: Inhibition) => ({
  sourceMatch: matchersOf(source),
  targetMatch: matchersOf(target),
  ...(equal.length === 0 ? {} : { equal }),
});
