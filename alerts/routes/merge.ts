/**
 * Our routes under an alertmanager.yml that others wrote. Theirs stays as it is, with its comments; ours is one route, and
 * receivers, hours and inhibitions whose names begin with `plumbline`, so that a second merge replaces the first, where
 * it stands. What was merged is proved over the whole tree, since a route before ours may take what is ours.
 */
import { type Document, isMap, isScalar, isSeq, parseDocument, type YAMLMap, YAMLSeq } from 'yaml';
import { PlumblineError } from '../errors.ts';
import { type Inhibition, inhibitionValue, type Route, routeValue } from '../lib/routing.ts';
import { routeParts, templateFile } from '../routes.ts';
import type { Settings } from '../settings.ts';
import { platformReceiver } from './channels.ts';
import { copies, coverage, routeProblems } from './coverage.ts';
import { type RouteNode, type RouteValue, routeNode } from './file.ts';
import { inheritedHttp, inheritedMail, slackProblems } from './inherited.ts';
import { inhibitions } from './inhibitions.ts';
import { intervalValue } from './intervals.ts';
import { matchesAll } from './matchers.ts';
import type { RoutedAlert } from './routed.ts';
import { channelsOf, type ReceiverValue } from './say.ts';

const prefix = 'plumbline-';
const inhibitionPrefix = 'plumbline: ';

export interface Merged {
  readonly text: string;
  /** What others' routes get of ours, and other things to know; in sentences. */
  readonly notes: readonly string[];
  readonly root: RouteNode;
  readonly receivers: readonly ReceiverValue[];
}

export interface MergeOptions {
  readonly file: string;
  readonly text: string;
  readonly settings: Settings;
  readonly alerts: readonly RoutedAlert[];
  readonly teams: readonly string[];
}

interface FileValue {
  readonly global?: Readonly<Record<string, unknown>> | null;
  readonly route?: RouteValue | null;
  readonly receivers?: readonly ReceiverValue[] | null;
  readonly inhibit_rules?: readonly object[] | null;
}

/**
 * Merges. Errors: ROUTES_UNREADABLE where the text is no configuration, ROUTES_CLASH where others use our names,
 * ROUTES_UNPROVED with a sentence for every alert that would go astray.
 */
export function mergeRoutes({ file, text, settings, alerts, teams }: MergeOptions): Merged {
  const document = parseDocument(text, { merge: true });
  const unreadable = (reason: string): never => {
    throw new PlumblineError('ROUTES_UNREADABLE', { file, reason });
  };
  const [broken] = document.errors;
  if (broken?.code === 'MULTIPLE_DOCS')
    unreadable('it holds several documents, of which Alertmanager reads the first alone; leave one of them there');
  if (broken) unreadable(broken.message.split('\n')[0] ?? '');
  const theirs = (document.toJS() ?? {}) as FileValue;
  if (!isMap(document.contents) || !theirs.route?.receiver) unreadable('it has no route with a receiver');
  provable(() => [routeNode(theirs.route ?? {}), inhibited(theirs, [])], unreadable);
  const before = ours(document);
  const names = before === undefined ? clashes(theirs, document) : [];
  if (names.length > 0) throw new PlumblineError('ROUTES_CLASH', { file, names: names.join(', ') });

  const parts = prefixed(settings, alerts);
  const route = document.createNode(routeValue(parts.tree));
  const routes = sequence(document, ['route', 'routes']);
  const at = before === undefined ? 0 : routes.items.indexOf(before);
  routes.items.splice(at, before === undefined ? 0 : 1, route);
  replace(document, 'receivers', parts.receivers, prefix);
  replace(document, 'time_intervals', parts.intervals, prefix);
  replace(document, 'inhibit_rules', parts.inhibitions, inhibitionPrefix);
  const templates = sequence(document, ['templates']);
  if (!(templates.toJSON() as string[]).includes(templateFile)) templates.add(templateFile);

  const merged = document.toJS() as FileValue;
  const root = routeNode(merged.route ?? {});
  const receivers = merged.receivers ?? [];
  const path = `route.routes[${at}]`;
  const isOurs = (node: RouteNode) => node.at === path || node.at.startsWith(`${path}.`);
  const sends = new Map([...channelsOf(receivers)].map(([name, channels]) => [name, channels.length > 0]));
  const known = [
    ...new Set([...teams, settings.alerts.platform_team, ...settings.alerts.receivers.map(each => each.team), '']),
  ];
  const mail = inheritedMail(merged, settings);
  const problems = [
    ...routeProblems({ root, receivers: sends, alerts, teams: known, isOurs, settings }),
    ...slackProblems(merged, settings),
    ...mail.problems,
  ];
  if (problems.length > 0) throw new PlumblineError('ROUTES_UNPROVED', { file, problems: listed(problems) });
  return {
    text: document.toString({ lineWidth: 0, flowCollectionPadding: false }),
    notes: [
      ...copies(coverage(root, alerts, known), isOurs),
      ...inhibited(theirs, alerts),
      ...mail.notes,
      ...inheritedHttp(merged),
    ],
    root,
    receivers,
  };
}

/** Whether a file has routes of an earlier merge. */
export const isMerged = (text: string): boolean => text.includes(`name: ${prefix}${platformReceiver}\n`);

function provable<Value>(make: () => Value, unreadable: (reason: string) => never): Value {
  try {
    return make();
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** The route of an earlier merge: of our receiver, for our alerts by name. */
function ours(document: Document): YAMLMap | undefined {
  const routes = document.getIn(['route', 'routes']);
  if (!isSeq(routes)) return undefined;
  return routes.items.find(
    (each): each is YAMLMap =>
      isMap(each) && each.get('receiver') === prefix + platformReceiver && each.has('matchers'),
  );
}

function clashes(theirs: FileValue, document: Document): readonly string[] {
  const named = (key: string) =>
    ((document.toJS() as Record<string, { name?: string }[] | null>)[key] ?? []).map(each => each.name ?? '');
  const receivers = (theirs.receivers ?? []).map(({ name }) => name).filter(name => name.startsWith(prefix));
  const hours = [...named('time_intervals'), ...named('mute_time_intervals')].filter(name => name.startsWith(prefix));
  return [...receivers.map(each => `the receiver ${each}`), ...hours.map(each => `the interval ${each}`)];
}

/** Ours with names that say whose they are, under one route that takes our alerts alone. */
function prefixed(settings: Settings, alerts: readonly RoutedAlert[]) {
  const { smtp } = settings.alerts;
  const mail =
    smtp === undefined
      ? {}
      : {
          smarthost: smtp.smarthost,
          from: smtp.from,
          ...(smtp.auth_username === undefined ? {} : { auth_username: smtp.auth_username }),
          ...(smtp.auth_password_file === undefined ? {} : { auth_password_file: smtp.auth_password_file }),
          ...(smtp.require_tls === undefined ? {} : { require_tls: smtp.require_tls }),
        };
  const { tree, receivers, intervals } = routeParts(settings, alerts, mail);
  const rename = ({ receiver, activeTimeIntervals, routes, ...route }: Route): Route => ({
    ...route,
    ...(receiver === undefined ? {} : { receiver: prefix + receiver }),
    ...(activeTimeIntervals === undefined
      ? {}
      : { activeTimeIntervals: activeTimeIntervals.map(each => prefix + each) }),
    ...(routes === undefined ? {} : { routes: routes.map(rename) }),
  });
  const alertname = [...new Set(alerts.map(({ name }) => name))].sort();
  return {
    tree: { ...rename(tree), matchers: { alertname } },
    receivers: (receivers as readonly ReceiverValue[]).map(each => ({ ...each, name: prefix + each.name })),
    intervals: intervals.map(each => intervalValue({ ...each, name: prefix + each.name })),
    inhibitions: inhibitions.map((each: Inhibition) =>
      inhibitionValue({ ...each, name: inhibitionPrefix + each.name }),
    ),
  };
}

/** A list of the document, made where it is missing or empty. */
function sequence(document: Document, path: readonly string[]): YAMLSeq {
  const found = document.getIn(path, true);
  if (isSeq(found)) return found;
  const made = new YAMLSeq();
  if (isScalar(found)) made.commentBefore = found.comment ?? found.commentBefore ?? null;
  document.setIn(path, made);
  return made;
}

/** Puts our entries of a list behind others', in the place of those of an earlier merge. */
function replace(document: Document, key: string, values: readonly object[], begins: string): void {
  const list = sequence(document, [key]);
  list.items = list.items.filter(each => !(isMap(each) && String(each.get('name') ?? '').startsWith(begins)));
  for (const value of values) list.add(document.createNode(value));
}

/** As lines; so many that they can be read. */
function listed(problems: readonly string[], most = 30): string {
  const more = problems.length > most ? [`and ${problems.length - most} more`] : [];
  return [...problems.slice(0, most), ...more].map(each => `- ${each}`).join('\n');
}

/** Others' inhibitions that may silence ours. */
function inhibited({ inhibit_rules: rules }: FileValue, alerts: readonly RoutedAlert[]): readonly string[] {
  return (rules ?? []).flatMap((rule, index) => {
    const value = rule as Readonly<Record<string, unknown>>;
    if (String(value.name ?? '').startsWith(inhibitionPrefix)) return [];
    const target = routeNode(
      {
        match: value.target_match as RouteValue['match'],
        match_re: value.target_match_re as RouteValue['match_re'],
        matchers: value.target_matchers as RouteValue['matchers'],
      } as RouteValue,
      `inhibit_rules[${index}]`,
    );
    routeNode(
      {
        match: value.source_match,
        match_re: value.source_match_re,
        matchers: value.source_matchers,
      } as RouteValue,
      `inhibit_rules[${index}].source`,
    );
    const hit = alerts.filter(({ name, severity, labels }) =>
      matchesAll(target.matchers, { ...labels, alertname: name, severity }),
    );
    return hit.length === 0
      ? []
      : [`inhibit_rules[${index}] may silence ${hit.length} alerts, ${hit[0]?.name} among them`];
  });
}
