/** The golden path's part in the monthly retrospective, for `plumbline review`: all teams together, and one text a team. */
import type { ReviewAsked, ReviewPart } from '../core/exporter.ts';
import type { Ledger, Row } from '../core/ledger.ts';
import { prepareInstants } from '../core/views.ts';
import { table } from '../formats/markdown.ts';
import { linkOf } from './links.ts';
import { checksAtSql } from './sql.ts';
import { scorecardFacts } from './store.ts';

const mostRows = 15;
const none = '–';

/** Empty where the month, or the team that is asked for, has no service. Of a month that is over. */
export async function reviewScorecard(ledger: Ledger, { month, team }: ReviewAsked): Promise<readonly ReviewPart[]> {
  const start = new Date(`${month}-01T00:00:00Z`);
  const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
  const rows = await ledger.read(async reader => {
    await prepareInstants(reader, scorecardFacts, { name: 'review', kind: 'state' }, { instants: [start, end] });
    return reader.all(`SELECT * FROM (${checksAtSql}) ORDER BY service, "check"`);
  });
  const isAt = (row: Row, at: Date) => String(row.ts).startsWith(at.toISOString().replace('T', ' ').slice(0, 19));
  const measured = rows.filter(({ state }) => state === 'pass' || state === 'fail');
  const teams = [...new Set(measured.filter(row => isAt(row, end)).map(row => String(row.team)))].sort();
  const of = (rest: readonly Row[], name: string | undefined, at: Date) =>
    rest.filter(row => isAt(row, at) && (name === undefined || row.team === name));
  const text = (name: string | undefined) =>
    `${[
      `# Golden path review ${month}: ${name ?? 'all teams'}`,
      numbers(of(rows, name, start), of(rows, name, end), month),
      drift(of(rows, undefined, start), of(rows, name, end)),
    ].join('\n\n')}\n`;
  if (team !== undefined) return teams.includes(team) ? [{ team, text: text(team) }] : [];
  if (teams.length === 0) return [];
  return [{ text: text(undefined) }, ...teams.map(name => ({ team: name, text: text(name) }))];
}

const count = (rows: readonly Row[], state: string) => rows.filter(row => row.state === state).length;

function ratio(rows: readonly Row[]): string {
  const sum = (state: string) =>
    rows.filter(row => row.state === state).reduce((total, row) => total + Number(row.weight), 0);
  const measured = sum('pass') + sum('fail');
  return measured === 0 ? none : `${Math.round((100 * sum('pass')) / measured)} %`;
}

function numbers(before: readonly Row[], after: readonly Row[], month: string): string {
  const services = (rows: readonly Row[]) => String(new Set(rows.map(({ service }) => service)).size);
  const rows = [
    ['Services', services(before), services(after)],
    ['Conformance (by weight, of what is measured)', ratio(before), ratio(after)],
    ...(['pass', 'fail', 'not_measured', 'exempt'] as const).map(state => [
      `Checks: ${state.replace('_', ' ')}`,
      String(count(before, state)),
      String(count(after, state)),
    ]),
  ];
  return `## Golden path\n\n${table(['', `begin of ${month}`, `end of ${month}`], rows)}`;
}

/** What passed at the beginning and fails at the end, and the other way round. */
function drift(before: readonly Row[], after: readonly Row[]): string {
  const keyOf = (row: Row) => JSON.stringify([row.service, row.check]);
  const was = new Map(before.map(row => [keyOf(row), row.state]));
  const changed = (from: string, to: string) => after.filter(row => row.state === to && was.get(keyOf(row)) === from);
  const [lost, recovered] = [changed('pass', 'fail'), changed('fail', 'pass')];
  const text = (row: Row, name: string) => (row[name] === null || row[name] === undefined ? '' : String(row[name]));
  const lostRows = lost.slice(0, mostRows).map(row => [
    ...[
      text(row, 'service'),
      text(row, 'team'),
      text(row, 'title'),
      text(row, 'since').slice(0, 10),
      text(row, 'detail'),
    ],
    linkOf(text(row, 'link'), {
      ...{ service: text(row, 'service'), team: text(row, 'team'), repository: text(row, 'repository') },
    }),
  ]);
  const more = lost.length > lostRows.length ? `\n\nand ${lost.length - lostRows.length} more` : '';
  return [
    '### What was lost',
    lost.length === 0
      ? 'No check that passed at the beginning fails at the end.'
      : `${table(['Service', 'Team', 'Check', 'Since', 'Evidence', 'Mend'], lostRows)}${more}`,
    '### What was mended',
    recovered.length === 0
      ? 'No check that failed at the beginning passes at the end.'
      : table(
          ['Service', 'Team', 'Check'],
          recovered.slice(0, mostRows).map(row => [text(row, 'service'), text(row, 'team'), text(row, 'title')]),
        ),
  ].join('\n\n');
}
