import { burnRate, errorRatio, timeToExhaustion } from '../../alerts/slo/metrics.ts';
import { identity, slosOf } from '../common/slos.ts';
import { row } from '../lib/dashboard.ts';
import { linksToSlo } from '../lib/links.ts';
import { stat, table } from '../lib/panels.ts';
import { compare, countBy, current, dividedBy, maxBy, minBy, or, unlessOn } from '../lib/promql.ts';
import { anyToActOn, budgetLeft, budgetsLeft, errorBurn, noneAllowed, soonSpent } from '../thresholds.ts';
import { team } from '../variables.ts';

const mine = { team } as const;
const { all, left, burning, orNone } = slosOf(identity, mine);
const burn = (window: string) => maxBy(identity, current(burnRate, { team, window }));
const noSlos = 'it has no SLO';
const told = { width: 4, height: 4 } as const;

/** What the team promised, and what is left of it. Only Prometheus holds it: its past is told on the pages about SLOs. */
export const slos = row(
  'SLOs of $team',
  stat({
    title: 'Within budget',
    description: 'How many of its SLOs have anything left of their error budget? Of those that had traffic.',
    query: dividedBy(orNone([], countBy([], compare(left, '>', 0))), countBy([], left)),
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Burn now',
    description: 'How many spend their budget so fast that an alert fires?',
    query: orNone([], countBy([], burning)),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Budget spent',
    description: 'How many have nothing left of their budget?',
    query: orNone([], countBy([], compare(left, '<=', 0))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Least budget left',
    description:
      'How much is left of the budget of the one that is worst off? Below 0 it is overspent. Its own window is the past that it is held against.',
    query: minBy([], left),
    thresholds: budgetLeft,
    otherwise: 'bad',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'Without traffic',
    description: 'Of how many does nobody know whether they are kept? Nothing was counted within their window.',
    query: orNone([], countBy([], unlessOn(identity, all, left))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...told,
  }),
  stat({
    title: 'n: SLOs',
    description: 'Of how many SLOs is this told? Each objective of an SLO counts as one.',
    query: countBy([], all),
    whenEmpty: noSlos,
    ...told,
  }),
  table({
    title: 'Its SLOs, the least budget first',
    description:
      'Which of its promises needs someone? What is left of the budget, how fast it burned within the last hour, when it is spent at that rate, and which part of the events was bad within its window. The name leads to its page, which has its past; – is what nothing was counted of.',
    columns: [
      { label: 'service', title: 'Service' },
      { label: 'slo', title: 'SLO', links: linksToSlo },
      { label: 'objective', title: 'Objective' },
    ],
    values: [
      { title: 'Budget left', query: left, thresholds: budgetsLeft },
      { title: 'Burn, 1 h', query: or(burn('1h'), burn('2d')), unit: 'score', thresholds: errorBurn },
      { title: 'Spent in', query: maxBy(identity, current(timeToExhaustion, mine)), thresholds: soonSpent },
      { title: 'Bad', query: maxBy(identity, current(errorRatio, mine)), unit: 'small_share' },
      { title: 'To be good', query: all, unit: 'small_share' },
    ],
    first: 'least',
    whenEmpty: noSlos,
    width: 24,
    height: 9,
  }),
);
