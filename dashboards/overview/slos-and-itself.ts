/** How promises are kept, and whether all of this arrives. */

import { snapshotProblems, sourceLastSuccess, sourceUp } from '../../exporters/core/metrics.ts';
import { identity, noSlos, slosOf } from '../common/slos.ts';
import { linksToPage } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { age, compare, countBy, current, dividedBy, maxBy, minBy, minus, sum, unlessOn } from '../lib/promql.ts';
import { origin } from '../origin.ts';
import { anyToActOn, budgetLeft, noneAllowed } from '../thresholds.ts';
import { first, moved, needs, needsToo } from './scope.ts';

const { all, left, burning, orNone } = slosOf(identity);

export const slos = [
  stat({
    title: 'SLOs: within budget',
    description: 'How many SLOs have anything left of their error budget? Of those that had traffic.',
    query: dividedBy(orNone([], countBy([], compare(left, '>', 0))), countBy([], left)),
    whenEmpty: noSlos,
    more: linksToPage('Open the page about SLOs', 'slo'),
    ...first,
  }),
  stat({
    title: 'Least budget left',
    description:
      'How much is left of the budget of the SLO that is worst off? Its own window is the comparison; below 0 it is overspent.',
    query: minBy([], left),
    thresholds: budgetLeft,
    otherwise: 'bad',
    whenEmpty: noSlos,
    ...moved,
  }),
  stat({
    title: 'SLOs that burn',
    description: 'How many SLOs spend their budget so fast that an alert fires?',
    query: orNone([], countBy([], burning)),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...needs,
  }),
  stat({
    title: 'Budget spent',
    description: 'How many SLOs have nothing left of their budget?',
    query: orNone([], countBy([], compare(left, '<=', 0))),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...needsToo,
  }),
  stat({
    title: 'Without traffic',
    description: 'Of how many does nobody know whether they are kept? Nothing was counted within their window.',
    query: orNone([], countBy([], unlessOn(identity, all, left))),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: noSlos,
    ...needsToo,
  }),
];

export const itself = [
  stat({
    title: 'Plumbline: sources failing',
    description: 'Does all of this arrive? Sources that failed at their last refresh; what they told before grows old.',
    query: minus(countBy([], current(sourceUp)), sum(current(sourceUp))),
    thresholds: noneAllowed,
    otherwise: 'good',
    more: linksToPage('Open the page about Plumbline itself', 'health'),
    ...first,
  }),
  stat({
    title: 'Longest wait',
    description: 'How old is the oldest answer that is still shown?',
    query: maxBy([], age(current(sourceLastSuccess))),
    thresholds: [{ from: 86_400, is: 'warning' }],
    otherwise: 'good',
    ...moved,
  }),
  stat({
    title: 'Stale families',
    description: 'How many metric families keep old values because their query failed?',
    query: sum(current(snapshotProblems)),
    thresholds: noneAllowed,
    otherwise: 'good',
    ...needs,
  }),
  stat({
    title: 'Sources',
    description: 'Of how many sources is this page made?',
    query: countBy([], current(sourceUp)),
    ...needsToo,
  }),
  origin(4, 3),
];
