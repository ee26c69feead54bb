/** What /teams/TEAM tells of the golden path: how far its services are on it, and what of it fails first. */
import type { TeamReader } from '../core/team/reader.ts';
import type { Amount, TeamLink, TeamSection, TeamTable } from '../core/team/section.ts';
import { countOf, highestOf, select, sumOf, valuesOf } from '../core/team/select.ts';
import { checks, failingSince, requiredLost, services, teamConformance, teamMeasured } from './metrics.ts';

const ago = '30 days ago';
const mostRows = 15;
const unjudged = 'the catalog gives the team no services, or nothing of them is measured';

const ratio = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'ratio' };
const count = (value: number | undefined): Amount | undefined =>
  value === undefined ? undefined : { value, unit: 'count' };

export async function goldenPathOfTeam(read: TeamReader): Promise<TeamSection> {
  const standing = read.series(checks);
  const then = await read.daysAgo(checks, 30);
  const list = (text: string, query: Readonly<Record<string, string>>): TeamLink => ({
    text,
    href: `/api/scorecard/checks?${new URLSearchParams({ team: read.team, ...query })}`,
  });
  const owned = sumOf(read.series(services));
  const failing = countOf(standing, { state: 'fail' });
  const lost = countOf(read.series(requiredLost), {}, standing.length > 0);
  return {
    title: 'Golden path',
    about: 'Checks of its services, by their weight. What is not measured passes nothing and fails nothing.',
    numbers: [
      {
        label: 'Conformance',
        amount: ratio(highestOf(read.series(teamConformance))),
        absent: unjudged,
        ...(owned > 0 && { detail: `n = ${owned.toLocaleString('en')} services` }),
        before: { value: highestOf(await read.daysAgo(teamConformance, 30)), when: ago },
        better: 'more',
      },
      {
        label: 'Checks that are measured',
        amount: ratio(highestOf(read.series(teamMeasured))),
        absent: unjudged,
        better: 'more',
      },
      {
        label: 'Checks that fail',
        amount: count(failing),
        absent: unjudged,
        before: { value: countOf(then, { state: 'fail' }), when: ago },
        better: 'less',
        ...(failing !== undefined && failing > 0 && { links: [list('List them', { state: 'fail' })] }),
      },
      {
        label: 'Required checks lost in 7 days',
        amount: count(lost),
        absent: unjudged,
        ...(lost !== undefined && {
          verdict: lost > 0 ? { tone: 'bad', text: 'passed before, and fails' } : { tone: 'good', text: 'none' },
        }),
      },
    ],
    tables: [whatFails(read, list)],
    links: standing.length > 0 ? [list('All checks', {}), list('What is not measured', { state: 'not_measured' })] : [],
  };
}

function whatFails(
  read: TeamReader,
  list: (text: string, query: Readonly<Record<string, string>>) => TeamLink,
): TeamTable {
  const all = read.series(checks);
  const failed = select(all, { state: 'fail' }).filter(({ value }) => value > 0);
  const since = read.series(failingSince);
  const rows = valuesOf(failed, 'check')
    .map(check => ({ check, own: select(failed, { check }) }))
    .toSorted((a, b) => sumOf(b.own) - sumOf(a.own));
  return {
    caption: 'Checks that fail, those of most services first',
    columns: ['Check', 'Services', 'Which', 'The newest since', 'With the evidence, and where to mend it'],
    rows: rows.slice(0, mostRows).map(({ check, own }) => {
      const newest = highestOf(since, { check });
      return [
        check,
        count(sumOf(own)),
        valuesOf(own, 'service').join(', '),
        newest === undefined ? 'not known' : { value: newest, unit: 'timestamp_seconds' },
        list('JSON', { check, state: 'fail' }),
      ];
    }),
    empty: all.length > 0 ? 'None fails.' : `Not measured: ${unjudged}.`,
    more: Math.max(0, rows.length - mostRows),
  };
}
