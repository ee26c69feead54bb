/** The page of routes: for every alert and every team, where it goes, with what grouping and when. */
import { parse } from 'yaml';
import { alertFiles, routedAlerts, type TeamsOfServices } from '../index.ts';
import { type AlertsInput, settingsOf } from '../settings.ts';
import { type Coverage, coverage, routeProblems } from './coverage.ts';
import { type RouteValue, routeNode } from './file.ts';
import { inhibitions } from './inhibitions.ts';
import { channelsOf, hourWords, type Place, placeOf, type ReceiverValue, timingWords } from './say.ts';

interface File {
  readonly route: RouteValue;
  readonly receivers: readonly ReceiverValue[];
}

/** Whoever is not configured. */
const anybodyElse = 'any other team';

/** Markdown of every route of a configuration; `teams` are those of the catalog. */
export function routesReference(
  input: AlertsInput = {},
  teams: readonly string[] = [],
  ofServices: TeamsOfServices = new Map(),
): string {
  const settings = settingsOf(input);
  const file = parse(alertFiles(input, ofServices)['alertmanager.yml'] ?? '') as File;
  const [root, channels, alerts] = [routeNode(file.route), channelsOf(file.receivers), routedAlerts(input, ofServices)];
  const { platform_team: platform, receivers } = settings.alerts;
  const known = [...new Set([platform, ...receivers.map(({ team }) => team), ...teams]), anybodyElse];
  const covered = coverage(root, alerts, known);
  const places = new Map(covered.flatMap(each => each.places.map(node => [node.at, placeOf(node, channels)] as const)));
  const numbers = new Map([...places.keys()].sort(byPlace).map((at, index) => [at, index + 1]));
  const sends = new Map([...channels].map(([name, with_]) => [name, with_.length > 0]));
  const problems = routeProblems({ root, receivers: sends, alerts, teams: known, isOurs: () => true, settings });
  return `# Routes

Generated from the file that Alertmanager reads; do not edit. \`plumbline render alerts\` writes this page for a configuration of yours, with its teams, and \`plumbline route ALERT --team TEAM\` says one line of it.

${problems.length === 0 ? `Every one of ${alerts.length} alerts has an owner, a route and a receiver for every team; no route is unreachable.` : problems.map(each => `- **${each}**`).join('\n')}

## Places

| | receiver | sends with | grouping | hours |
|---|---|---|---|---|
${[...places.values()]
  .sort((a, b) => byPlace(a.at, b.at))
  .map(place => placeRow(place, numbers.get(place.at) ?? 0))
  .join('\n')}

${settings.alerts.watchdog === undefined ? 'The watchdog tells nobody: `alerts.watchdog` names no receiver outside, so nobody hears when alerting itself stops.\n\n' : ''}## Alerts

The number is the place above; two where one of them remembers alerts and does not wait for office hours.

| alert | severity | ${known.map(cell).join(' | ')} |
|---|---|${known.map(() => '---').join('|')}|
${alerts
  .map(alert =>
    alertRow(
      covered.filter(each => each.alert === alert),
      known,
      numbers,
    ),
  )
  .join('\n')}

## What keeps what quiet

| while this fires | these are not told | where these are equal |
|---|---|---|
${inhibitions.map(({ source, target, equal }) => `| ${words(source)} | ${words(target)} | ${equal.join(', ') || 'of every team'} |`).join('\n')}
`;
}

const byPlace = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });

/** A text in a table of Markdown. */
const cell = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('|', '\\|').replaceAll('\n', ' ');

const placeRow = (place: Place, number: number): string =>
  `| ${number} | ${cell(place.receiver)} | ${place.channels.join(', ') || 'nobody'} | ${cell(timingWords(place))} | ${cell(hourWords(place))} |`;

function alertRow(rows: readonly Coverage[], teams: readonly string[], numbers: ReadonlyMap<string, number>): string {
  const [first] = rows;
  const { name = '', labels: { service = 'any', slo = '' } = {} } = first?.alert ?? {};
  const of = service === 'any' || slo === '' ? '' : ` of ${service}/${slo}`;
  const at = (team: string) =>
    rows
      .find(each => each.team === team)
      ?.places.map(node => numbers.get(node.at))
      .join(', ') ?? '';
  return `| ${cell(name + of)} | ${first?.severity} | ${teams.map(at).join(' | ')} |`;
}

const words = (matchers: Readonly<Record<string, unknown>>): string =>
  Object.entries(matchers)
    .map(([name, value]) => (name === 'alertname' ? [value].flat().join(', ') : `${name} ${String(value)}`))
    .join(' of ');
