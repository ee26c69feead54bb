/**
 * Alertmanager's route tree as values, and its matching as a function, so that who gets an alert is proved before a
 * server reads the file. https://prometheus.io/docs/alerting/latest/configuration/#route (0.31)
 */
import type { Duration } from './duration.ts';

type Labels = Readonly<Record<string, string>>;

/** Equality only: a regular expression would make "who gets it" a question for a server. */
export type Matchers = Readonly<Record<string, string | readonly string[]>>;

export interface Route {
  /** Names the route in proofs; it isn't written to the file. */
  readonly name: string;
  /** Absent in the root, which takes everything. */
  readonly matchers?: Matchers;
  /** Inherited from the parent where absent. */
  readonly receiver?: string;
  readonly groupBy?: readonly string[];
  readonly groupWait?: Duration;
  readonly groupInterval?: Duration;
  readonly repeatInterval?: Duration;
  readonly activeTimeIntervals?: readonly string[];
  readonly routes?: readonly Route[];
}

/** An alert that, while it fires, silences others whose `equal` labels have its values. */
export interface Inhibition {
  readonly name: string;
  readonly source: Matchers;
  readonly target: Matchers;
  readonly equal: readonly string[];
}

/** What an alert reaches: the deepest route that matches, and the receiver it has or inherits. */
export interface Reached {
  readonly route: string;
  readonly receiver: string;
}

/** Whether labels match; one of a list is enough. A label that is absent has the value "". */
export function matches(matchers: Matchers, labels: Labels): boolean {
  return Object.entries(matchers).every(([name, wanted]) => [wanted].flat().includes(labels[name] ?? ''));
}

/**
 * Where an alert with these labels goes. No route of ours has `continue`, so it is one place.
 * Throws where the root has no receiver.
 */
export function reach(root: Route, labels: Labels): Reached {
  let [route, receiver] = [root, root.receiver];
  for (;;) {
    const next = route.routes?.find(each => matches(each.matchers ?? {}, labels));
    if (next === undefined) break;
    [route, receiver] = [next, next.receiver ?? receiver];
  }
  if (receiver === undefined) throw new TypeError(`no route from the root to ${route.name} has a receiver`);
  return { route: route.name, receiver };
}

/** Every route of a tree, parents first. */
export function allRoutes(root: Route): readonly Route[] {
  return [root, ...(root.routes ?? []).flatMap(allRoutes)];
}

/** `name="value"`, and `name=~"a|b"` for a list, in Alertmanager's matcher syntax. */
export function matcherLines(matchers: Matchers): readonly string[] {
  return Object.entries(matchers).map(([name, wanted]) =>
    typeof wanted === 'string'
      ? `${name}=${quoted(wanted)}`
      : `${name}=~${quoted(wanted.map(each => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'))}`,
  );
}

const quoted = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

const written = (entries: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined));

/** A route as Alertmanager's file has it. */
export function routeValue(route: Route): object {
  return written({
    receiver: route.receiver,
    matchers: route.matchers && matcherLines(route.matchers),
    group_by: route.groupBy,
    group_wait: route.groupWait,
    group_interval: route.groupInterval,
    repeat_interval: route.repeatInterval,
    active_time_intervals: route.activeTimeIntervals,
    routes: route.routes && route.routes.length > 0 ? route.routes.map(routeValue) : undefined,
  });
}

/** An inhibition as Alertmanager's file has it. */
export function inhibitionValue({ name, source, target, equal }: Inhibition): object {
  return { name, source_matchers: matcherLines(source), target_matchers: matcherLines(target), equal };
}
