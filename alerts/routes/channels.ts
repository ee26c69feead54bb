/** Which of a team's channels take an alert, and what the receiver is called that has just these. */
import type { Settings } from '../settings.ts';
import {
  type ChannelName,
  channelNames,
  type Kind,
  type OfficeHours,
  type ReceiverConfig,
  type RoutedSeverity,
  routedSeverities,
} from './config.ts';

/** The default receiver: the platform team's. */
export const platformReceiver = 'platform';

/** Relative to the folder Alertmanager is started in. */
export const defaultWebhookUrlFile = 'secrets/webhook-url';

/** These remember an alert until they are told that it is over, so that a resolution that is held back would be lost. */
const remembering: ReadonlySet<ChannelName> = new Set(['pagerduty', 'jira', 'jsm']);

type Channels = Pick<ReceiverConfig, ChannelName | 'webhook_url_file'>;

export interface TeamReceivers {
  readonly team: string;
  readonly platform: boolean;
  readonly config: Channels;
  /** In the order of their names. */
  readonly channels: readonly ChannelName[];
  readonly hours: (OfficeHours & { readonly location: string }) | undefined;
  readonly location: string;
}

/** Every team that has receivers; the platform team first, which always has. */
export function teamReceivers({ alerts }: Settings): readonly [TeamReceivers, ...TeamReceivers[]] {
  const { receivers, platform_team: platform, office_hours: usual, digest } = alerts;
  const of = ({
    team,
    ...config
  }: Omit<ReceiverConfig, 'time_zone'> & { readonly time_zone?: string | undefined }): TeamReceivers => {
    const location = config.time_zone ?? usual?.location ?? digest.location;
    const hours = config.office_hours ?? usual ?? (config.time_zone === undefined ? undefined : plainHours);
    return {
      team,
      platform: team === platform,
      config,
      channels: channelNames.filter(name => channelOf(config, name) !== undefined),
      hours: hours && { weekdays: hours.weekdays, from: hours.from, to: hours.to, location },
      location: config.time_zone ?? digest.location,
    };
  };
  const own = receivers.find(({ team }) => team === platform) ?? {
    team: platform,
    webhook_url_file: defaultWebhookUrlFile,
  };
  return [of(own), ...receivers.filter(({ team }) => team !== platform).map(of)];
}

const plainHours: OfficeHours = { weekdays: ['monday:friday'], from: '08:00', to: '18:00' };

/** A channel's configuration; `webhook_url_file` is a webhook that takes everything. */
export function channelOf<Name extends ChannelName>(config: Channels, name: Name): Channels[Name] {
  const plain = config.webhook_url_file;
  const channels: Channels =
    plain === undefined ? config : { ...config, webhook: { url_file: plain, severities: [...routedSeverities] } };
  return channels[name];
}

/** The channels that take a severity of a kind; without a kind, those that take all kinds of it. */
export function taking({ config, channels }: TeamReceivers, severity: RoutedSeverity, kind?: Kind) {
  return channels.filter(name => {
    const channel = channelOf(config, name);
    if (channel === undefined || !(channel.severities as readonly string[]).includes(severity)) return false;
    return channel.kinds === undefined || (kind !== undefined && channel.kinds.includes(kind));
  });
}

/**
 * `platform`, `team-shop` where it has all channels of the team, else `team-shop/slack+email`. A team that is called
 * like that itself (`shop/slack`, a group of the namespace shop) is `team-shop/slack/all`.
 */
export function receiverName({ team, platform, channels: all }: TeamReceivers, channels: readonly ChannelName[]) {
  const base = platform ? platformReceiver : `team-${team}`;
  if (channels.length !== all.length) return `${base}/${channels.join('+')}`;
  return !platform && isLikePart.test(team) ? `${base}/all` : base;
}

const isLikePart = new RegExp(`/(?:all|(?:${channelNames.join('|')})(?:\\+(?:${channelNames.join('|')}))*)$`);

/** Channels by whether they wait for office hours. */
export const held = (channels: readonly ChannelName[]) => channels.filter(name => !remembering.has(name));
export const unheld = (channels: readonly ChannelName[]) => channels.filter(name => remembering.has(name));
