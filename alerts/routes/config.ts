/** Where alerts go and when, as `alerts` in plumbline.yaml says it. No secret stands in it: each is a file. */
import { z } from 'zod';
import { clock, forwards, timeZone, weekday, weekdays } from './hours.ts';

const text = z.string().min(1);
const file = text.describe('A file that holds the secret; where relative, to the folder Alertmanager is started in.');
/** What receivers take apart, besides severities: the domain an alert is of. */
export const kindNames = [
  'slo',
  'cost',
  'delivery',
  'policy',
  'supply-chain',
  'experience',
  'scorecard',
  'plumbline',
] as const;
export type Kind = (typeof kindNames)[number];

/** Severities that go to somebody; `none` is the watchdog's. */
export const routedSeverities = ['page', 'ticket', 'digest'] as const;
export type RoutedSeverity = (typeof routedSeverities)[number];

const kinds = z.array(z.enum(kindNames)).min(1).optional().describe('These alone; all unless given.');
const takes = (severities: readonly RoutedSeverity[], usual = severities) => ({
  severities: z
    .array(z.enum(severities))
    .min(1)
    .default([...usual])
    .describe('These alone.'),
  kinds,
});

/** A secret that was written where its file's name belongs is refused by name, and never repeated. */
const onlyAsFile = (inline: string, asFile: string) =>
  z
    .unknown()
    .refine(given => given === undefined, {
      error: `expected a file: ${inline} is a secret, and ${asFile} names the file that holds it`,
    })
    .optional()
    .describe(`Refused: a secret stands in a file, ${asFile}.`);

const inlineSecrets = {
  slack: { api_url: onlyAsFile('api_url', 'api_url_file') },
  msteams: { webhook_url: onlyAsFile('webhook_url', 'webhook_url_file') },
  pagerduty: {
    routing_key: onlyAsFile('routing_key', 'routing_key_file'),
    service_key: onlyAsFile('service_key', 'routing_key_file'),
  },
  jira: {
    token: onlyAsFile('token', 'token_file'),
    password: onlyAsFile('password', 'token_file'),
  },
  jsm: { api_key: onlyAsFile('api_key', 'api_key_file') },
  webhook: { url: onlyAsFile('url', 'url_file') },
} as const;

const channel = {
  webhook_url_file: file.optional().describe('Short for webhook with url_file.'),
  webhook: z.strictObject({ url_file: file, ...takes(routedSeverities), ...inlineSecrets.webhook }).optional(),
  slack: z
    .strictObject({ api_url_file: file, channel: text, ...takes(routedSeverities), ...inlineSecrets.slack })
    .optional(),
  msteams: z
    .strictObject({ webhook_url_file: file, ...takes(routedSeverities), ...inlineSecrets.msteams })
    .optional()
    .describe('Microsoft Teams, by the address of a workflow.'),
  email: z.strictObject({ to: text, ...takes(routedSeverities) }).optional(),
  pagerduty: z
    .strictObject({
      routing_key_file: file,
      url: z.url().optional().describe('Of the Events API v2; PagerDuty’s own unless given.'),
      ...takes(['page', 'ticket'], ['page']),
      ...inlineSecrets.pagerduty,
    })
    .optional(),
  jira: z
    .strictObject({
      api_url: z.url().describe('Such as https://example.atlassian.net/rest/api/3.'),
      user: text.optional().describe('With token_file as its password; without, token_file is a bearer token.'),
      token_file: file.describe('A file that holds the token; where relative, to the folder of alertmanager.yml.'),
      project: text,
      issue_type: text.default('Task'),
      reopen_transition: text
        .optional()
        .describe('Such as To Do; an issue that is done is left, and a new one made, unless given.'),
      resolve_transition: text
        .optional()
        .describe('Such as Done; unless given, an issue stays open when its alerts are over.'),
      ...takes(['page', 'ticket'], ['ticket']),
      ...inlineSecrets.jira,
    })
    .optional()
    .describe('Issues of a Jira or Jira Service Management project.'),
  jsm: z
    .strictObject({
      api_key_file: file,
      api_url: z.url().default('https://api.atlassian.com/jsm/ops/integration/'),
      ...takes(['page', 'ticket']),
      ...inlineSecrets.jsm,
    })
    .optional()
    .describe('Alerts of Jira Service Management’s operations, the successor of Opsgenie.'),
} as const;

/** In the order in which a receiver's name lists them. */
export const channelNames = ['webhook', 'slack', 'msteams', 'email', 'pagerduty', 'jira', 'jsm'] as const;
export type ChannelName = (typeof channelNames)[number];

const officeHours = z.strictObject({
  weekdays: weekdays.default(['monday:friday']).describe('Such as monday or monday:friday.'),
  from: clock.default('08:00').describe('Tickets are told from then,'),
  to: clock.default('18:00').describe('to then; what fires between is told when the next day begins.'),
});
const officeHoursSchema = officeHours.check(forwards);
export type OfficeHours = z.output<typeof officeHoursSchema>;

export const receiverSchema = z
  .strictObject({
    team: text.describe('The team whose alerts go there.'),
    time_zone: timeZone.optional().describe('Of the team’s office hours and digests.'),
    office_hours: officeHoursSchema.optional().describe('The team’s own.'),
    ...channel,
  })
  .refine(receiver => [receiver.webhook_url_file, ...channelNames.map(each => receiver[each])].some(Boolean), {
    error: `expected one of webhook_url_file, ${channelNames.join(', ')} beside the team`,
  })
  .refine(receiver => receiver.webhook_url_file === undefined || receiver.webhook === undefined, {
    error: 'expected one of webhook_url_file and webhook',
    path: ['webhook'],
  });
export type ReceiverConfig = z.output<typeof receiverSchema>;

/** Whether one of a receiver's channels takes every kind of a severity. */
export const takesAll = (receiver: ReceiverConfig, severity: RoutedSeverity): boolean =>
  receiver.webhook_url_file !== undefined ||
  channelNames.some(name => {
    const channel = receiver[name];
    return channel?.kinds === undefined && (channel?.severities as readonly string[] | undefined)?.includes(severity);
  });

export const smtpSchema = z.strictObject({
  smarthost: text.describe('host:port of the mail server.'),
  from: text,
  auth_username: text.optional(),
  auth_password_file: file.optional(),
  auth_password: onlyAsFile('auth_password', 'auth_password_file'),
  require_tls: z.boolean().optional().describe('Whether mail goes encrypted or not at all; it does unless this is no.'),
});

export const digestSchema = z
  .strictObject({
    weekdays: weekdays.default(['monday:friday']).describe('Days of digests, such as monday or monday:friday.'),
    weekly: weekday.default('monday').describe('The day of the weekly digest of surveys, adoption and roadmaps.'),
    from: clock.default('08:00').describe('Digests are sent from then,'),
    to: clock.default('10:00').describe('to then.'),
    location: timeZone.default('UTC').describe('The time zone of both, such as Europe/Zurich, where a team has none.'),
  })
  .check(forwards);

export const officeSchema = officeHours
  .extend({ location: timeZone.default('UTC').describe('Where a team has no time_zone.') })
  .check(forwards)
  .optional()
  .describe('Tickets wait for these hours, pages never do; absent: tickets are told at any hour.');

export const watchdogSchema = z
  .strictObject({
    webhook_url_file: file,
    webhook_url: onlyAsFile('webhook_url', 'webhook_url_file'),
    every: z
      .string()
      .regex(/^[1-9]\d*[smh]$/, 'expected a duration like 5m')
      .default('5m')
      .describe('How often it is told that alerts still come through.'),
  })
  .optional()
  .describe('Who is told that alerts come through, and raises the alarm when that stops; outside of this platform.');
