/** Receivers as Alertmanager's file has them. Every secret is a file; what each is relative to, its schema says. */
import type { Settings } from '../settings.ts';
import { watchdogReceiver } from './build.ts';
import { channelOf, type TeamReceivers } from './channels.ts';
import type { ChannelName, ReceiverConfig } from './config.ts';

const told = { send_resolved: true } as const;

/** Calls a template of plumbline.tmpl. */
const template = (name: string): string => `{{ template "plumbline.${name}" . }}`;

const severity = '{{ .CommonLabels.severity }}';

type Written = {
  readonly [Name in ChannelName]: (channel: NonNullable<ReceiverConfig[Name]>) => readonly [string, object];
};

const written = {
  webhook: ({ url_file }) => ['webhook_configs', { url_file, ...told }],
  slack: ({ api_url_file, channel }) => [
    'slack_configs',
    {
      ...{ api_url_file, channel, ...told },
      color:
        '{{ if eq .Status "resolved" }}good{{ else if eq .CommonLabels.severity "page" }}danger{{ else }}warning{{ end }}',
      title: template('slack.title'),
      title_link: template('link'),
      fallback: template('slack.title'),
      text: template('slack.text'),
    },
  ],
  msteams: ({ webhook_url_file }) => [
    'msteamsv2_configs',
    { webhook_url_file, ...told, title: template('title'), text: template('teams.text') },
  ],
  email: ({ to }) => [
    'email_configs',
    {
      to,
      ...told,
      headers: { Subject: template('title') },
      html: template('email.html'),
      text: template('email.text'),
    },
  ],
  pagerduty: ({ routing_key_file, url }) => [
    'pagerduty_configs',
    {
      ...{ routing_key_file, ...(url === undefined ? {} : { url }), ...told },
      client: 'Plumbline',
      client_url: template('link'),
      description: template('title'),
      severity: `{{ if eq .CommonLabels.severity "page" }}critical{{ else }}warning{{ end }}`,
      class: '{{ .GroupLabels.alertname }}',
      component: '{{ .CommonLabels.service }}',
      group: '{{ .CommonLabels.team }}',
      details: {
        firing: template('pagerduty.firing'),
        resolved: template('pagerduty.resolved'),
        runbook: template('runbook'),
      },
      links: [
        { href: template('link'), text: 'Dashboard' },
        { href: template('runbook'), text: 'Runbook' },
      ],
    },
  ],
  jira: ({ api_url, user, token_file, project, issue_type, reopen_transition, resolve_transition }) => [
    'jira_configs',
    {
      ...{ api_url, project, issue_type },
      // Alertmanager asks for a transition whatever there is, and tries again and again where there is none
      send_resolved: resolve_transition !== undefined,
      ...(reopen_transition === undefined ? {} : { reopen_transition }),
      ...(resolve_transition === undefined ? {} : { resolve_transition }),
      summary: template('title'),
      // version 3 takes a document in JSON, and nothing else; Alertmanager tells the versions apart by the path too
      description: template(/\/3\/*$/.test(api_url) ? 'jira.document' : 'text'),
      labels: ['plumbline', severity],
      http_config:
        user === undefined
          ? { authorization: { type: 'Bearer', credentials_file: token_file } }
          : { basic_auth: { username: user, password_file: token_file } },
    },
  ],
  jsm: ({ api_key_file, api_url }) => [
    'opsgenie_configs',
    {
      ...{ api_key_file, api_url, ...told },
      message: template('title'),
      description: template('text'),
      source: 'Plumbline',
      priority: `{{ if eq .CommonLabels.severity "page" }}P1{{ else }}P3{{ end }}`,
    },
  ],
} as const satisfies Written;

/** A receiver with some of a team's channels. `mail` is what each e-mail says of its server. */
export function receiverValue(
  name: string,
  { config }: TeamReceivers,
  channels: readonly ChannelName[],
  mail: object = {},
): object {
  const entries = channels.flatMap(each => {
    const channel = channelOf(config, each);
    if (channel === undefined) return [];
    const [key, value] = (written[each] as (channel: unknown) => readonly [string, object])(channel);
    return [[key, [each === 'email' ? { ...value, ...mail } : value]]];
  });
  return { name, ...Object.fromEntries(entries) };
}

/** Who is told that alerts come through; a receiver that tells nobody where there is none. */
export function watchdogValue({ alerts: { watchdog } }: Settings): object {
  return {
    name: watchdogReceiver,
    ...(watchdog === undefined
      ? {}
      : { webhook_configs: [{ url_file: watchdog.webhook_url_file, send_resolved: false, max_alerts: 1 }] }),
  };
}
