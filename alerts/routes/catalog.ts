/**
 * Receivers that stand in the catalog: annotations of a Group, for teams that `alerts.receivers` doesn't name. None of them
 * is a secret. A file is one below `secrets/`, since whoever may write the catalog may not read Alertmanager's machine.
 */
import type { Catalog } from '../../exporters/catalog/catalog.ts';
import { kindOf, labelOf } from '../../exporters/catalog/refs.ts';
import type { AlertsConfig } from '../settings.ts';
import { type ReceiverConfig, receiverSchema } from './config.ts';
import { timeZone } from './hours.ts';

const prefix = 'plumbline.dev/';

export const catalogAnnotations = {
  slackChannel: `${prefix}slack-channel`,
  email: `${prefix}email`,
  webhook: `${prefix}webhook-url-file`,
  msteams: `${prefix}msteams-webhook-url-file`,
  pagerduty: `${prefix}pagerduty-routing-key-file`,
  timeZone: `${prefix}time-zone`,
} as const;

export interface CatalogReceivers {
  readonly alerts: AlertsConfig;
  /** What could not be used, in sentences. */
  readonly problems: readonly string[];
}

/** The configuration of alerts with the receivers of the catalog's teams behind its own. */
export function withCatalogReceivers(alerts: AlertsConfig, catalog: Catalog): CatalogReceivers {
  const groups = [...catalog.entities.values()].filter(({ ref }) => kindOf(ref) === 'group');
  const named = new Map(alerts.receivers.map(each => [each.team, each]));
  const read = groups.flatMap((group): readonly Read[] => {
    const team = labelOf(group.namespace, group.name);
    const configured = named.get(team);
    if (configured === undefined) return [receiverOf(team, group.annotations, alerts)];
    if (configured.time_zone !== undefined || group.annotations[catalogAnnotations.timeZone] === undefined) return [];
    const why = 'alerts.receivers names the team, so that its time_zone is to be said there';
    return [{ problems: [unusedOf('timeZone', team, why)] }];
  });
  const receivers = read.flatMap(({ receiver }) => receiver ?? []);
  return {
    alerts: { ...alerts, receivers: [...alerts.receivers, ...receivers] },
    problems: read.flatMap(({ problems }) => problems),
  };
}

interface Read {
  readonly receiver?: ReceiverConfig;
  readonly problems: readonly string[];
}

const unusedOf = (name: keyof typeof catalogAnnotations, team: string, why: string): string =>
  `${catalogAnnotations[name]} of the team ${team} is not used: ${why}`;

function receiverOf(
  team: string,
  annotations: Readonly<Record<string, string>>,
  { smtp, slack_api_url_file: slack }: AlertsConfig,
): Read {
  const problems: string[] = [];
  const of = (name: keyof typeof catalogAnnotations): string | undefined => annotations[catalogAnnotations[name]];
  const unused = (name: keyof typeof catalogAnnotations, why: string): undefined => {
    problems.push(unusedOf(name, team, why));
  };
  const file = (name: 'webhook' | 'msteams' | 'pagerduty'): string | undefined => {
    const given = of(name);
    if (given === undefined || /^secrets\/[\w-][\w.-]*$/.test(given)) return given;
    return unused(name, 'expected a file such as secrets/NAME');
  };
  const channel = of('slackChannel');
  const email = of('email');
  const [webhook, msteams, pagerduty] = [file('webhook'), file('msteams'), file('pagerduty')];
  if (channel !== undefined && slack === undefined)
    unused('slackChannel', 'alerts.slack_api_url_file names no Slack to tell it through');
  if (email !== undefined && smtp === undefined) unused('email', 'alerts.smtp names no mail server');
  const given = {
    ...(of('timeZone') === undefined ? {} : { time_zone: of('timeZone') }),
    ...(webhook === undefined ? {} : { webhook_url_file: webhook }),
    ...(channel === undefined || slack === undefined ? {} : { slack: { api_url_file: slack, channel } }),
    ...(msteams === undefined ? {} : { msteams: { webhook_url_file: msteams } }),
    ...(email === undefined || smtp === undefined ? {} : { email: { to: email } }),
    ...(pagerduty === undefined ? {} : { pagerduty: { routing_key_file: pagerduty } }),
  };
  if (Object.keys(given).every(key => key === 'time_zone')) {
    if (given.time_zone === undefined) return { problems };
    const [fault] = timeZone.safeParse(given.time_zone).error?.issues ?? [];
    const also = fault === undefined ? '' : `; and it is none: ${fault.message}`;
    unused('timeZone', `the team has no receiver whose hours it could tell${also}`);
    return { problems };
  }
  const checked = receiverSchema.safeParse({ team, ...given });
  if (checked.success) return { receiver: checked.data, problems };
  const said = checked.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  return { problems: [...problems, `the annotations of the team ${team} are not used: ${said}`] };
}
