/** The policy part of the monthly retrospective, for `plumbline review`: all teams together, and one text a team. */
import type { ReviewAsked, ReviewPart } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import type { Metric } from '../core/metric.ts';
import { prepareInstants } from '../core/views.ts';
import { span, table } from '../formats/markdown.ts';
import {
  blocked,
  exceptions,
  remediationMedian,
  ruleViolations,
  violations,
  violationsOpened,
  violationsReopened,
  violationsResolved,
} from './metrics.ts';

const families = {
  ...{ opened: violationsOpened, reopened: violationsReopened, resolved: violationsResolved, blocked },
  ...{ violations, policies: ruleViolations, exceptions },
  ...{ team: remediationMedian.team, organisation: remediationMedian.organisation },
} as const satisfies Readonly<Record<string, Metric>>;
type Family = keyof typeof families;

/** Rows of each family at the ends of the month before the last, of the last and of the month, in that order. */
type Facts = Readonly<Record<Family, readonly (readonly Row[])[]>>;

const mostRows = 10;
const none = '–';

/** Empty where the month, or the team that is asked for, has nothing of policy. Of a month that is over at `now`. */
export async function reviewPolicy(
  ledger: Ledger,
  { month, team }: ReviewAsked,
  facts: readonly string[],
): Promise<readonly ReviewPart[]> {
  const start = new Date(`${month}-01T00:00:00Z`);
  const monthsOn = (months: number) => new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months, 1));
  const read = await readFamilies(ledger, facts, [monthsOn(-1), start, monthsOn(1)]);
  const rows = (['opened', 'resolved', 'blocked', 'violations', 'exceptions'] as const).flatMap(name =>
    read[name].flat(),
  );
  const teams = [...new Set(rows.map(row => String(row.team)))].sort();
  const before = monthsOn(-1).toISOString().slice(0, 7);
  const text = (name: string | undefined) =>
    `${[`# Policy review ${month}: ${name ?? 'all teams'}`, numbers(read, name, before, month), policies(read, name)].join('\n\n')}\n`;
  if (team !== undefined) return teams.includes(team) ? [{ team, text: text(team) }] : [];
  if (teams.length === 0) return [];
  return [{ text: text(undefined) }, ...teams.map(name => ({ team: name, text: text(name) }))];
}

const readFamilies = (ledger: Ledger, facts: readonly string[], instants: readonly Date[]): Promise<Facts> =>
  ledger.read(async reader => {
    const read: { [name in Family]?: (readonly Row[])[] } = {};
    for (const [name, metric] of Object.entries(families) as [Family, Metric][]) {
      await prepareInstants(reader, facts, metric, { instants });
      const rows = await reader.all(`SELECT * FROM (${metric.sql}) WHERE value IS NOT NULL`);
      read[name] = instants.map(at => {
        const text = at.toISOString().replace('T', ' ').slice(0, 19);
        return rows.filter(row => String(row.ts).startsWith(text));
      });
    }
    return read as Facts;
  });

function numbers(facts: Facts, team: string | undefined, before: string, month: string): string {
  const at = (family: Family, end: 0 | 1 | 2, keeps: (row: Row) => boolean = () => true) =>
    (facts[family][end] ?? [])
      .filter(row => (team === undefined || row.team === team) && keeps(row))
      .reduce((sum, row) => sum + Number(row.value), 0);
  const both = (cell: (end: 1 | 2) => string): readonly [string, string] => [cell(1), cell(2)];
  const within = (family: Family, keeps?: (row: Row) => boolean) =>
    both(end => String(at(family, end, keeps) - at(family, end === 1 ? 0 : 1, keeps)));
  const atEnd = (family: Family, keeps: (row: Row) => boolean) => both(end => String(at(family, end, keeps)));
  const isOpen = ({ state }: Row) => state === 'open';
  const median = (end: 1 | 2) => {
    const rows = facts[team === undefined ? 'organisation' : 'team'][end] ?? [];
    const row = rows.find(
      one => one.severity === 'all' && one.window === '90d' && (team === undefined || one.team === team),
    );
    return row === undefined ? none : span(Number(row.value));
  };
  const rows: readonly (readonly string[])[] = [
    ['Violations opened', ...within('opened')],
    ['Violations opened again', ...within('reopened')],
    ['Violations resolved', ...within('resolved')],
    ['Requests refused', ...within('blocked', ({ enforcement }) => enforcement === 'enforce')],
    ['Open at its end', ...atEnd('violations', isOpen)],
    [
      'of them critical or high',
      ...atEnd('violations', row => isOpen(row) && /^(critical|high)$/.test(String(row.severity))),
    ],
    ['of them enforced', ...atEnd('violations', row => isOpen(row) && row.enforcement === 'enforce')],
    ['Not known any more at its end', ...atEnd('violations', ({ state }) => state === 'unknown')],
    ['Exceptions in force at its end', ...atEnd('exceptions', ({ status }) => status !== 'expired')],
    [
      'of them past their end or without one',
      ...atEnd('exceptions', ({ status }) => /^(expired_applied|permanent)$/.test(String(status))),
    ],
    ['Median time to remediate (90 days)', ...both(median)],
  ];
  return `## Policy\n\n${table(['', before, month], rows)}\n\n${none} is too few to tell, or fewer than half resolved. The median counts what still is open too (Kaplan-Meier).`;
}

function policies(facts: Facts, team: string | undefined): string {
  const heading = '### What is violated most';
  const own = (facts.policies[2] ?? []).filter(row => team === undefined || row.team === team);
  if (own.length === 0) return `${heading}\n\nNothing was open at the end of the month.`;
  const keyOf = ({ engine, policy, requirement, enforcement }: Row) =>
    JSON.stringify([policy, engine, requirement, enforcement]);
  const before = Map.groupBy(
    (facts.policies[1] ?? []).filter(row => team === undefined || row.team === team),
    keyOf,
  );
  const sum = (rows: readonly Row[] = []) => rows.reduce((total, row) => total + Number(row.value), 0);
  const rows = [...Map.groupBy(own, keyOf)]
    .map(([key, group]) => ({ key, names: JSON.parse(key) as string[], n: sum(group), was: sum(before.get(key)) }))
    .sort((a, b) => b.n - a.n || (a.key < b.key ? -1 : 1));
  const shown = rows.slice(0, mostRows).map(({ names, was, n }) => [...names, String(was), String(n)]);
  const rest = rows.length - shown.length;
  return `${heading}\n\n${table(['Policy', 'Engine', 'Requirement', 'Mode', 'Open a month before', 'Open'], shown, 4)}${rest > 0 ? `\n\n… and ${rest} more.` : ''}`;
}
