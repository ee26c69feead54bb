import { burnRate } from '../../alerts/slo/metrics.ts';
import { identity, noSlos } from '../common/slos.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSloOfSeries } from '../lib/links.ts';
import { lines, ranking } from '../lib/panels.ts';
import { compare, countBy, current, maxBy, minBy, plus, times } from '../lib/promql.ts';
import { budgetLeft } from '../thresholds.ts';
import { budgets, burning, chosen, orNone, spent } from './scope.ts';

const name = '{{service}}: {{slo}} {{objective}}';

/** Whether it gets better or worse. */
export const movement = row(
  'How did it move?',
  lines({
    title: 'Least budget left, by team',
    description:
      'Whose budgets run out? Of each team the SLO that is worst off at that moment; nothing before its rules were there.',
    queries: [{ query: minBy(['team'], budgets), name: '{{team}}' }],
    thresholds: budgetLeft,
    tellsZeros: true,
    whenEmpty: noSlos,
    width: 12,
  }),
  lines({
    title: 'SLOs that burn, and that are spent',
    description: 'Were there times when many went wrong at once? SLOs with an alert of burn, and without any budget.',
    queries: [
      { query: orNone([], countBy([], burning)), name: 'burning' },
      { query: orNone([], countBy([], spent)), name: 'spent' },
    ],
    tellsZeros: true,
    whenEmpty: noSlos,
    width: 12,
  }),
);

/** The SLOs that stand out, by name. */
export const worst = row(
  'Which stand out?',
  ranking({
    title: 'Burn of the last hour',
    description:
      'Which SLOs spend their budget fastest now? Times of what is allowed; at 1, the budget lasts exactly as long as the window.',
    query: compare(maxBy(identity, current(burnRate, { ...chosen, window: '1h' })), '>', 0),
    name,
    unit: 'score',
    links: linksToSloOfSeries,
    whenEmpty: 'none burns',
    width: 12,
  }),
  ranking({
    title: 'Most of the budget spent',
    description: 'Which SLOs have spent most of the budget of their window? Above 100 % they are overspent.',
    query: plus(maxBy(identity, times(budgets, -1)), 1),
    name,
    links: linksToSloOfSeries,
    whenEmpty: noSlos,
    width: 12,
  }),
);
