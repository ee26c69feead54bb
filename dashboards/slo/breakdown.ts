import { noSlos } from '../common/slos.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { table } from '../lib/panels.ts';
import { compare, countBy, minBy } from '../lib/promql.ts';
import { anyToActOn, budgetsLeft, noneAllowed } from '../thresholds.ts';
import { allSlos, budgets, burning, orNone, spent } from './scope.ts';

const valuesBy = <By extends 'team' | 'service'>(by: readonly By[]) =>
  [
    { title: 'Least left', query: minBy(by, budgets), thresholds: budgetsLeft },
    { title: 'Burn now', query: orNone(by, countBy(by, burning)), thresholds: noneAllowed },
    { title: 'Spent', query: orNone(by, countBy(by, spent)), thresholds: noneAllowed },
    { title: '75 % spent', query: orNone(by, countBy(by, compare(budgets, '<=', 0.25))), thresholds: anyToActOn },
    { title: 'SLOs', query: countBy(by, allSlos) },
  ] as const;

/** Whose promises they are. */
export const breakdown = row(
  'Whose are they?',
  table({
    title: 'By team',
    description:
      'Which teams have a promise to look after? The least that is left of any of their budgets, how many burn and are spent, and how many there are.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: valuesBy(['team']),
    first: 'least',
    whenEmpty: noSlos,
  }),
  table({
    title: 'By service',
    description: 'Which services keep what is promised of them? The same numbers by service.',
    columns: [{ label: 'service', title: 'Service' }],
    values: valuesBy(['service']),
    first: 'least',
    whenEmpty: noSlos,
  }),
);
