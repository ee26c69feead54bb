/** Reads series of a team back from the page of metrics: bytes that are rendered once, and here looked through. */
import { parseLabels } from '../labels.ts';
import type { RenderedFamily, Snapshot } from '../snapshot-types.ts';

export interface TeamSeries<Label extends string = string> {
  readonly labels: Readonly<Partial<Record<Label, string>>>;
  readonly value: number;
}

/** As the page and published days write it: `team="a \"b\""`. */
export const pairOf = (team: string) =>
  `team="${team.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('"', '\\"')}"`;

/** The series of a family that are a team's; empty where there is none, and where there is no page yet. */
export function seriesOfTeam(snapshot: Snapshot | undefined, family: string, team: string): readonly TeamSeries[] {
  const text = snapshot?.families.find(({ name, stamped }) => name === family && !stamped)?.text;
  if (text === undefined) return [];
  const pair = pairOf(team);
  const found: TeamSeries[] = [];
  for (let at = text.indexOf(pair); at >= 0; at = text.indexOf(pair, at)) {
    const start = text.lastIndexOf('\n', at) + 1;
    const end = text.indexOf('\n', at);
    at = end < 0 ? text.length : end;
    const line = text.toString('utf8', start, at);
    const gap = line.lastIndexOf(' ');
    const labels = Object.fromEntries(parseLabels(line.slice(line.indexOf('{'), gap)));
    // The words may stand within another label's value.
    if (labels.team === team) found.push({ labels, value: numberOf(line.slice(gap + 1)) });
  }
  return found;
}

/** Whether a page has any series of a family. */
export const isOnPage = (snapshot: Snapshot | undefined, family: string): boolean =>
  snapshot?.families.some(({ name, series }) => name === family && series > 0) ?? false;

const numberOf = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);

const teams = new WeakMap<Snapshot, ReadonlySet<string>>();

/** All teams that a page has series of. */
export function teamsOfPage(snapshot: Snapshot | undefined): ReadonlySet<string> {
  if (snapshot === undefined) return new Set();
  const known = teams.get(snapshot);
  if (known !== undefined) return known;
  const found = new Set(snapshot.families.filter(hasTeams).flatMap(namesIn));
  teams.set(snapshot, found);
  return found;
}

const hasTeams = ({ metric, stamped }: RenderedFamily) => !stamped && metric.labels.includes('team');

/** Lines are sorted by their labels, so that most have the pair of the line before. */
function namesIn({ text }: RenderedFamily): string[] {
  const pairs = new Set(text.toString('utf8').match(/[{,]team="(?:[^"\\\n]|\\.)*"/g));
  return [...pairs].flatMap(pair => parseLabels(`{${pair.slice(1)}}`).map(([, value]) => value));
}
