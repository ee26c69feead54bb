/**
 * Who gets an alert, as values: by severity first, since it decides how fast and how often, then by team.
 *
 * The files lie like this wherever Alertmanager runs, and it must be *started in* that folder, since it resolves
 * `url_file` against its working directory and not against the configuration's:
 *   alertmanager.yml
 *   secrets/webhook-url     the address of the default receiver, nothing else; may be a template, such as
 *                           https://chat.example.org/hooks/{{ .GroupLabels.team }}
 */
import type { Alert } from './lib/alert.ts';
import { allRoutes, type Inhibition, inhibitionValue, matches, type Route, reach, routeValue } from './lib/routing.ts';
import { labelsOf } from './lib/rules.ts';
import { fillIn } from './lib/text.ts';
import type { ReceiverConfig, Settings } from './settings.ts';

/** The default receiver: the platform team's. */
export const platformReceiver = 'platform';

/** Relative to the folder Alertmanager is started in. */
export const defaultWebhookUrlFile = 'secrets/webhook-url';

const receiverName = (team: string): string => `team-${team}`;

const digestTime = 'digest-time';

/** The route tree: every severity has its route, and in it every team that has a receiver of its own. */
export function routeTree({ alerts }: Settings): Route {
  const own = alerts.receivers.filter(({ team }) => team !== alerts.platform_team);
  const severity = (
    name: 'page' | 'ticket' | 'digest',
    timing: Omit<Route, 'name' | 'matchers' | 'routes'>,
  ): Route => ({
    name,
    matchers: { severity: name },
    ...timing,
    routes: own.map(({ team }) => ({ name: `${name}/${team}`, matchers: { team }, receiver: receiverName(team) })),
  });
  return {
    name: 'root',
    receiver: platformReceiver,
    groupBy: ['alertname', 'team'],
    groupWait: '30s',
    groupInterval: '5m',
    repeatInterval: '1d',
    routes: [
      severity('page', { groupWait: '10s', groupInterval: '1m', repeatInterval: '1h' }),
      // beneath Alertmanager's retention of 5 days, after which it forgets that it has told
      severity('ticket', { groupWait: '30s', groupInterval: '5m', repeatInterval: '4d' }),
      // looked at every half hour so that one look falls into the digest's time; 20 hours so that each day has one
      severity('digest', {
        groupBy: ['team'],
        groupWait: '5m',
        groupInterval: '30m',
        repeatInterval: '20h',
        activeTimeIntervals: [digestTime],
      }),
    ],
  };
}

/** Which alert keeps which others quiet. Every label of `equal` is on both sides: one absent on both would match all. */
export const inhibitions: readonly Inhibition[] = [
  {
    name: 'an exceeded budget is no longer at risk or on the way',
    source: { alertname: 'BudgetExceeded' },
    target: { alertname: ['BudgetAtRisk', 'BudgetForecastExceeded', 'BudgetBurnHigh'] },
    equal: ['team', 'budget', 'cost_basis', 'currency'],
  },
  {
    name: 'nothing arrives while Plumbline is down',
    source: { alertname: 'PlumblineDown' },
    target: {
      alertname: [
        ...['BillingDataStale', 'PolicyEngineSilent', 'ScannerSilent', 'SourceFailing', 'SourceStale'],
        'RemoteWriteStuck',
      ],
    },
    equal: ['team'],
  },
];

function receiverValue(name: string, channels: Omit<ReceiverConfig, 'team'>): object {
  const { webhook_url_file: url, slack, email } = channels;
  return {
    name,
    ...(url === undefined ? {} : { webhook_configs: [{ url_file: url, send_resolved: true }] }),
    ...(slack === undefined ? {} : { slack_configs: [{ ...slack, send_resolved: true, ...slackTexts }] }),
    ...(email === undefined ? {} : { email_configs: [{ to: email.to, send_resolved: true }] }),
  };
}

const slackTexts = {
  title: '{{ .Status | toUpper }}: {{ .CommonLabels.alertname }} for {{ .GroupLabels.team }}',
  text: '{{ range .Alerts }}{{ .Annotations.summary }} <{{ .Annotations.runbook_url }}|runbook> <{{ .Annotations.dashboard_url }}|page>\n{{ end }}',
} as const;

/** The value of alertmanager.yml, for Alertmanager 0.31. */
export function alertmanagerFile(settings: Settings): object {
  const { receivers, platform_team: platform, smtp, digest } = settings.alerts;
  const platformChannels = receivers.find(({ team }) => team === platform) ?? {
    webhook_url_file: defaultWebhookUrlFile,
  };
  const own = receivers.filter(({ team }) => team !== platform);
  return {
    ...(smtp === undefined
      ? {}
      : {
          global: {
            smtp_smarthost: smtp.smarthost,
            smtp_from: smtp.from,
            ...(smtp.auth_username === undefined ? {} : { smtp_auth_username: smtp.auth_username }),
            ...(smtp.auth_password_file === undefined ? {} : { smtp_auth_password_file: smtp.auth_password_file }),
          },
        }),
    route: routeValue(routeTree(settings)),
    inhibit_rules: inhibitions.map(inhibitionValue),
    receivers: [
      receiverValue(platformReceiver, platformChannels),
      ...own.map(({ team, ...channels }) => receiverValue(receiverName(team), channels)),
    ],
    time_intervals: [
      {
        name: digestTime,
        time_intervals: [
          {
            times: [{ start_time: digest.from, end_time: digest.to }],
            weekdays: digest.weekdays,
            location: digest.location,
          },
        ],
      },
    ],
  };
}

export interface Coverage {
  readonly alert: string;
  readonly severity: string;
  readonly team: string;
  readonly route: string;
  readonly receiver: string;
}

/** Who gets each alert for each team it can be about; a fixed team counts alone. */
export function coverage(alerts: readonly Alert[], teams: readonly string[], settings: Settings): readonly Coverage[] {
  const root = routeTree(settings);
  return alerts.flatMap(alert => {
    const labels = labelsOf(alert, settings);
    const reached = teams.map(team => {
      const filled = Object.fromEntries(
        Object.entries(labels).map(([name, each]) => [name, fillIn(each, { team }, 0)]),
      );
      const { severity = '', team: to = '' } = filled;
      return { alert: alert.name, severity, team: to, ...reach(root, { ...filled, alertname: alert.name }) };
    });
    return reached.filter((one, index) => reached.findIndex(each => each.team === one.team) === index);
  });
}

/** What is wrong with the routes, in sentences: a route that nothing reaches, an alert that no severity's route takes. */
export function routeProblems(
  alerts: readonly Alert[],
  teams: readonly string[],
  settings: Settings,
): readonly string[] {
  const root = routeTree(settings);
  const known = [
    ...new Set([...teams, settings.alerts.platform_team, ...settings.alerts.receivers.map(each => each.team)]),
  ];
  const covered = coverage(alerts, known, settings);
  const severities = new Set(covered.map(each => each.severity));
  const orphans = covered.filter(each => each.route === root.name);
  // a severity without alerts leaves its routes unused, not unreachable
  const unreachable = allRoutes(root).filter(route => {
    const severity = route.name.split('/')[0] ?? '';
    if (route === root || !severities.has(severity)) return false;
    return !known.some(team => {
      const { route: reached } = reach(root, { severity, team });
      return reached === route.name || reached.startsWith(`${route.name}/`);
    });
  });
  return [
    ...orphans.map(({ alert, severity }) => `${alert} has the severity ${severity}, which no route takes`),
    ...unreachable.map(({ name }) => `nothing reaches the route ${name}`),
    ...inhibitionProblems(alerts, settings),
  ];
}

function inhibitionProblems(alerts: readonly Alert[], settings: Settings): readonly string[] {
  return inhibitions.flatMap(({ name, source, target, equal }) => {
    const concerned = alerts.filter(
      each => matches(source, { alertname: each.name }) || matches(target, { alertname: each.name }),
    );
    const without = concerned.flatMap(alert => {
      const labels = new Set([...alert.expr.labels, ...Object.keys(labelsOf(alert, settings))]);
      return equal.filter(label => !labels.has(label)).map(label => `${alert.name} has no label ${label}`);
    });
    const named = [source, target].flatMap(each => [each.alertname ?? []].flat());
    const unknown = named
      .filter(each => !alerts.some(alert => alert.name === each))
      .map(each => `there is no alert ${each}`);
    return [...without, ...unknown].map(problem => `the inhibition "${name}": ${problem}`);
  });
}
