/**
 * Any alertmanager.yml, ours or merged into others': its route tree, and where it sends an alert. It does what
 * Alertmanager does (dispatch/route.go of 0.31): `continue`, inheritance, `match`, `match_re` and `matchers` alike.
 */
import { type Matcher, matcherOf, matcherOfRegexp, matchesAll, parseMatchers } from './matchers.ts';

type Labels = Readonly<Record<string, string>>;

/** A route as the file has it. */
export interface RouteValue {
  readonly receiver?: string | null;
  readonly group_by?: readonly string[] | null;
  readonly group_wait?: string | null;
  readonly group_interval?: string | null;
  readonly repeat_interval?: string | null;
  readonly match?: Labels | null;
  readonly match_re?: Labels | null;
  readonly matchers?: string | readonly string[] | null;
  readonly mute_time_intervals?: readonly string[] | null;
  readonly active_time_intervals?: readonly string[] | null;
  readonly continue?: boolean | null;
  readonly routes?: readonly RouteValue[] | null;
}

/** A route with what it has or inherits. */
export interface RouteNode {
  /** Where it stands: `route.routes[1].routes[0]`. */
  readonly at: string;
  readonly matchers: readonly Matcher[];
  readonly receiver: string;
  readonly groupBy: readonly string[];
  readonly groupWait: string;
  readonly groupInterval: string;
  readonly repeatInterval: string;
  /** Not inherited. */
  readonly mutedIn: readonly string[];
  readonly activeIn: readonly string[];
  readonly continue: boolean;
  readonly routes: readonly RouteNode[];
}

const defaults = { receiver: '', groupBy: [], groupWait: '30s', groupInterval: '5m', repeatInterval: '4h' } as const;

/** The tree of a file's `route`. Throws a TypeError with a sentence where Alertmanager would refuse a matcher. */
export function routeNode(
  value: RouteValue,
  at = 'route',
  parent: Pick<RouteNode, keyof typeof defaults> = defaults,
): RouteNode {
  const own = {
    receiver: value.receiver ?? parent.receiver,
    groupBy: value.group_by ?? parent.groupBy,
    groupWait: value.group_wait ?? parent.groupWait,
    groupInterval: value.group_interval ?? parent.groupInterval,
    repeatInterval: value.repeat_interval ?? parent.repeatInterval,
  };
  return {
    at,
    ...own,
    matchers: matchersOf(value, at),
    mutedIn: value.mute_time_intervals ?? [],
    activeIn: value.active_time_intervals ?? [],
    continue: value.continue ?? false,
    routes: (value.routes ?? []).map((each, index) => routeNode(each, `${at}.routes[${index}]`, own)),
  };
}

function matchersOf({ match, match_re: matchRe, matchers }: RouteValue, at: string): readonly Matcher[] {
  const refuse = (name: string): never => {
    throw new TypeError(`${at}.match_re.${name} is empty, which Alertmanager refuses`);
  };
  return [
    ...Object.entries(match ?? {}).map(([name, value]) => matcherOf(name, '=', String(value))),
    ...Object.entries(matchRe ?? {}).map(([name, value]) =>
      value === null || value === undefined ? refuse(name) : matcherOfRegexp(name, String(value)),
    ),
    ...[matchers ?? []].flat().flatMap(each => parseMatchers(each, `${at}.matchers`)),
  ];
}

/** Every route that takes an alert with these labels, in the order in which Alertmanager asks them; at least the root. */
export function reached(node: RouteNode, labels: Labels): readonly RouteNode[] {
  if (!matchesAll(node.matchers, labels)) return [];
  const all: RouteNode[] = [];
  for (const child of node.routes) {
    const found = reached(child, labels);
    all.push(...found);
    if (found.length > 0 && !child.continue) break;
  }
  return all.length > 0 ? all : [node];
}

/** Every route of a tree, parents first. */
export const nodesOf = (node: RouteNode): readonly RouteNode[] => [node, ...node.routes.flatMap(nodesOf)];
