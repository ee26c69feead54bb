/** Where an alert of a team goes, in words, for the page of routes and for `plumbline route`. */
import type { RouteNode } from './file.ts';

/** One place that an alert reaches. */
export interface Place {
  readonly at: string;
  readonly receiver: string;
  /** What the receiver sends with, such as `slack` and `email`; none where it tells nobody. */
  readonly channels: readonly string[];
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  /** The hours at which it is told, by name; none where it is told at any. */
  readonly activeIn: readonly string[];
  readonly mutedIn: readonly string[];
}

/** A receiver as the file has it. */
export type ReceiverValue = { readonly name: string; readonly [channels: string]: unknown };

/** The channels of each receiver of a file, by the names of their keys: `slack_configs` is slack. */
export const channelsOf = (receivers: readonly ReceiverValue[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    receivers.map(({ name, ...configs }) => [
      name,
      Object.entries(configs).flatMap(([key, value]) =>
        key.endsWith('_configs') && Array.isArray(value) && value.length > 0 ? [key.replace(/_configs$/, '')] : [],
      ),
    ]),
  );

export const placeOf = (node: RouteNode, channels: ReadonlyMap<string, readonly string[]>): Place => ({
  ...{ at: node.at, receiver: node.receiver, channels: channels.get(node.receiver) ?? [] },
  ...{ groupBy: node.groupBy, groupWait: node.groupWait, groupInterval: node.groupInterval },
  ...{ repeatInterval: node.repeatInterval, activeIn: node.activeIn, mutedIn: node.mutedIn },
});

/** `one message per team and service, after 10s, then each 1m where it changes, again after 1h`. */
export function timingWords({ groupBy, groupWait, groupInterval, repeatInterval }: Place): string {
  const per = groupBy.includes('...') ? 'one message per alert' : `one message per ${groupBy.join(', ') || 'route'}`;
  return `${per}; after ${groupWait}, changes each ${groupInterval}, again after ${repeatInterval}`;
}

export const hourWords = ({ activeIn, mutedIn }: Place): string =>
  [...activeIn.map(each => `only in ${each}`), ...mutedIn.map(each => `not in ${each}`)].join(', ') || 'at any hour';

/** A place as lines of a terminal. */
export function placeLines(place: Place): readonly string[] {
  const through = place.channels.join(', ') || 'nobody: it sends nothing';
  return [
    `${place.receiver} (${through})`,
    `  route     ${place.at}`,
    `  grouping  ${timingWords(place)}`,
    `  hours     ${hourWords(place)}`,
  ];
}
