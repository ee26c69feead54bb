/**
 * Alertmanager's routes and inhibitions as values, and how its file writes them.
 * https://prometheus.io/docs/alerting/latest/configuration/#route (0.31)
 */
import type { Duration } from './duration.ts';

type Labels = Readonly<Record<string, string>>;

/** A label that is there, whatever its value. */
export const present = Object.freeze({ present: true as const });

/** Equality, one of a list, or presence; nothing else, so that who gets an alert can be read. */
export type Matchers = Readonly<Record<string, string | readonly string[] | typeof present>>;

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
  /** Alone among these it is *not* inherited: a child without it sends at any hour. */
  readonly activeTimeIntervals?: readonly string[];
  /** Whether the next sibling is asked too. */
  readonly continue?: boolean;
  readonly routes?: readonly Route[];
}

/** An alert that, while it fires, silences others whose `equal` labels have its values. */
export interface Inhibition {
  readonly name: string;
  readonly source: Matchers;
  readonly target: Matchers;
  readonly equal: readonly string[];
}

/** Whether labels match; one of a list is enough. A label that is absent has the value "". */
export function matches(matchers: Matchers, labels: Labels): boolean {
  return Object.entries(matchers).every(([name, wanted]) => {
    const value = labels[name] ?? '';
    if (typeof wanted === 'string') return value === wanted;
    return 'present' in wanted ? value !== '' : wanted.includes(value);
  });
}

/** Every route of a tree, parents first. */
export function allRoutes(root: Route): readonly Route[] {
  return [root, ...(root.routes ?? []).flatMap(allRoutes)];
}

/** `name="value"`, `name=~"a|b"` for a list, `name=~".+"` for what is present, in Alertmanager's matcher syntax. */
export function matcherLines(matchers: Matchers): readonly string[] {
  return Object.entries(matchers).map(([name, wanted]) => {
    if (typeof wanted === 'string') return `${name}=${quoted(wanted)}`;
    if ('present' in wanted) return `${name}=~".+"`;
    return `${name}=~${quoted(wanted.map(each => each.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'))}`;
  });
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
    continue: route.continue,
    routes: route.routes && route.routes.length > 0 ? route.routes.map(routeValue) : undefined,
  });
}

/** An inhibition as Alertmanager's file has it. */
export function inhibitionValue({ name, source, target, equal }: Inhibition): object {
  return written({
    name,
    source_matchers: matcherLines(source),
    target_matchers: matcherLines(target),
    equal: equal.length > 0 ? equal : undefined,
  });
}
