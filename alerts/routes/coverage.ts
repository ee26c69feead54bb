/** The proof of coverage: where the file that Alertmanager reads sends every alert of every team, and what it misses. */
import type { Settings } from '../settings.ts';
import { watchdogAlert } from './build.ts';
import { nodesOf, type RouteNode, reached } from './file.ts';
import { inhibitionProblems } from './inhibitions.ts';
import { labelsFor, type RoutedAlert } from './routed.ts';

export interface Coverage {
  readonly alert: RoutedAlert;
  readonly severity: string;
  readonly team: string;
  /** In the order in which they are told; more than one where a route has `continue`. */
  readonly places: readonly RouteNode[];
}

/** Who gets each alert for each team that it can be about; an alert of a fixed team counts once. */
export function coverage(
  root: RouteNode,
  alerts: readonly RoutedAlert[],
  teams: readonly string[],
): readonly Coverage[] {
  return alerts.flatMap(alert =>
    (alert.team === undefined ? [...new Set(teams)] : [alert.team]).map(team => ({
      alert,
      severity: alert.severity,
      team,
      places: reached(root, labelsFor(alert, team)),
    })),
  );
}

export interface Proof {
  readonly root: RouteNode;
  /** The receivers of the file, and which of them have something to send with. */
  readonly receivers: ReadonlyMap<string, boolean>;
  readonly alerts: readonly RoutedAlert[];
  readonly teams: readonly string[];
  /** Whether a route is of ours; of a merged file the others' are not proved. */
  readonly isOurs: (node: RouteNode) => boolean;
  readonly settings: Settings;
}

/** What is wrong with the routes, in sentences. */
export function routeProblems({ root, receivers, alerts, teams, isOurs, settings }: Proof): readonly string[] {
  const covered = coverage(root, alerts, teams);
  const told = ({ alert, team }: Coverage) => `${alert.name} of ${team === '' ? 'no team' : team}`;
  const used = new Set(covered.flatMap(each => each.places.map(({ at }) => at)));
  const reachable = (node: RouteNode): boolean => used.has(node.at) || node.routes.some(reachable);
  return [
    ...new Set([
      ...alerts.filter(({ team }) => team === '').map(({ name }) => `${name} has no team, and so no owner`),
      ...covered
        .filter(({ places }) => places.every(({ at }) => at === root.at))
        .map(each => `${told(each)} has the severity ${each.severity}, which no route takes`),
      ...covered.flatMap(each => misled(each, isOurs, root).map(where => `${told(each)} goes to ${where} before ours`)),
      ...covered.flatMap(each =>
        each.places
          .filter(({ receiver }) => !receivers.has(receiver))
          .map(({ receiver, at }) => `${told(each)} reaches ${at}, whose receiver ${receiver} is not defined`),
      ),
      ...covered
        .filter(
          ({ alert: { name }, places }) =>
            name !== watchdogAlert && !places.some(({ receiver }) => receivers.get(receiver)),
        )
        .map(each => `${told(each)}, a ${each.severity}, reaches no receiver that sends anything`),
      ...covered
        .filter(
          each =>
            each.severity === 'page' &&
            each.places.some(({ activeIn, mutedIn }) => activeIn.length + mutedIn.length > 0),
        )
        .map(each => `${told(each)} is a page, and is held back at some hours`),
      ...nodesOf(root)
        .filter(node => node !== root && isOurs(node) && !reachable(node))
        .map(({ at, receiver }) => `nothing reaches the route ${at} to ${receiver}`),
    ]),
    ...inhibitionProblems(alerts),
    ...alerts
      .filter(({ name, severity }) => severity === 'page' && !mayPage.has(name))
      .map(({ name }) => `${name} may not page`),
    ...(settings.alerts.platform_team === '' ? ['there is no platform team'] : []),
  ];
}

/** What alone may wake someone. */
export const mayPage: ReadonlySet<string> = new Set([
  'SloBudgetBurnFast',
  'KnownExploitedInProduction',
  'PlumblineDown',
]);

/** Others' routes that take an alert, and ours never hears of it. */
function misled({ places }: Coverage, isOurs: (node: RouteNode) => boolean, root: RouteNode): readonly string[] {
  if (places.some(isOurs) || places.every(({ at }) => at === root.at)) return [];
  return places.map(({ at, receiver }) => `${at} (${receiver})`);
}

/** Others' routes with `continue` that get copies, a sentence each. */
export function copies(covered: readonly Coverage[], isOurs: (node: RouteNode) => boolean): readonly string[] {
  const taken = covered
    .filter(({ places }) => places.some(isOurs))
    .flatMap(({ alert, places }) => places.filter(node => !isOurs(node)).map(node => ({ node, name: alert.name })));
  const byPlace = Map.groupBy(taken, ({ node }) => `${node.receiver} (${node.at})`);
  return [...byPlace].map(([place, each]) => {
    const names = [...new Set(each.map(({ name }) => name))];
    return `${place} gets a copy of ${names.length} alerts of Plumbline, ${names[0]} among them`;
  });
}
