import { promises, promisesKept, snapshotsSince } from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { age, latest, maxBy, or, sumBy, times } from '../lib/promql.ts';
import { ofTeams, whateverArea, wholeOrganisation } from './scope.ts';

const quarter = ['quarter'] as const;
const both = ['quarter', 'team'] as const;
const promised = sumBy(quarter, latest(promises, ofTeams));
const became = (outcome: string) => or(sumBy(quarter, latest(promises, { ...ofTeams, outcome })), times(promised, 0));
const notYet = 'no quarter has begun since the tracker is read';

/** What was said for a quarter, and what became of it. */
export const kept = row(
  'Are promises kept?',
  table({
    title: 'Promises by quarter',
    description: `Do we do what we say? What was open, and due in a quarter or in a cycle that ends in it, as our own snapshot knew it at the end of its first day, and what became of it by its last. Dropped is cancelled or deleted. A quarter that began before the first snapshot is absent, since trackers do not keep what they promised. ${whateverArea} Kept, of all is of the whole organisation.`,
    columns: [{ label: 'quarter', title: 'Quarter' }],
    values: [
      { title: 'Promised', query: promised },
      { title: 'Kept', query: became('kept') },
      { title: 'Late', query: became('late') },
      { title: 'Dropped', query: became('dropped') },
      { title: 'Open', query: became('open') },
      { title: 'Missed', query: became('missed') },
      { title: 'Kept, of all', query: maxBy(quarter, latest(promisesKept.organisation)) },
    ],
    sortedBy: 'Quarter',
    whenEmpty: notYet,
    compact: true,
    width: 16,
    height: 9,
  }),
  table({
    title: 'Kept by team',
    description:
      "Who keeps them? The share of a team's promises for each quarter that is over that were done by its last day; absent for few. Who promises little keeps it easily.",
    columns: [
      { label: 'quarter', title: 'Quarter' },
      { label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) },
    ],
    values: [
      { title: 'Kept', query: maxBy(both, latest(promisesKept.team, ofTeams)) },
      { title: 'n', query: sumBy(both, latest(promises, ofTeams)) },
    ],
    sortedBy: 'Quarter',
    whenEmpty: notYet,
    compact: true,
    width: 8,
    height: 9,
  }),
  table({
    title: 'Trackers and since when they are read',
    description: `From when on are promises known? Those of quarters whose first day ended after a tracker was first read whole. ${wholeOrganisation}`,
    columns: [
      { label: 'source', title: 'Source' },
      { label: 'team', title: 'Team' },
    ],
    values: [
      { title: 'First read ago', query: age(maxBy(['source', 'team'], latest(snapshotsSince))), unit: 'seconds' },
    ],
    whenEmpty: 'no tracker is read',
    width: 24,
    height: 5,
  }),
);
