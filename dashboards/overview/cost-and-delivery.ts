/** How money and delivery stand. */

import {
  budgetConsumption,
  dailyCost,
  monthToDate,
  teamUntaggedRatio,
  unallocatedRatio,
} from '../../exporters/cost/metrics.ts';
import {
  changeFailRatio,
  changeLeadTimeQuantile,
  deployments,
  unrecoveredDeployments,
} from '../../exporters/dora/metrics.ts';
import { linksToPage } from '../lib/links.ts';
import { stat } from '../lib/panels.ts';
import { compare, countBy, daysSum, dividedBy, earlier, latest, maxBy, minus, or, sum, times } from '../lib/promql.ts';
import { anyToActOn, growth, unrecovered, untaggedShares } from '../thresholds.ts';
import { currency } from '../variables.ts';
import { first, median, money, month, moved, needs, needsToo } from './scope.ts';

const budgets = maxBy(['budget'], latest(budgetConsumption, { currency }));
export const cost = [
  stat({
    title: 'Cost: this month ($currency)',
    description: 'What has this calendar month cost so far, of all teams? Days are UTC days and count once complete.',
    query: sum(latest(monthToDate, money)),
    decimals: 0,
    more: linksToPage('Open the page about cost', 'cost'),
    ...first,
  }),
  stat({
    title: '30-day change',
    description: 'Do we spend more or less than before? The last 30 complete days over the 30 before them, less 1.',
    query: minus(dividedBy(sum(daysSum(dailyCost, 30, money)), sum(daysSum(dailyCost, 30, money, 30))), 1),
    thresholds: growth,
    whenEmpty: 'needs 60 days of history',
    ...moved,
  }),
  stat({
    title: 'Budgets at 80 %',
    description: 'How many budgets have used four fifths of their amount, or more? The alerts speak at the same share.',
    query: or(countBy([], compare(budgets, '>=', 0.8)), times(countBy([], budgets), 0)),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'no budget configured',
    ...needs,
  }),
  stat({
    title: 'Unowned',
    description: 'How much of the taggable effective cost of 30 days does no rule give to a team?',
    query: maxBy([], latest(unallocatedRatio, { currency })),
    thresholds: untaggedShares,
    otherwise: 'good',
    whenEmpty: 'nothing that can be tagged',
    ...needsToo,
  }),
  stat({
    title: 'Untagged at worst',
    description: 'Whose cost carries the least tags? The share of the team with the most that could carry one.',
    query: maxBy([], latest(teamUntaggedRatio, { currency })),
    thresholds: untaggedShares,
    otherwise: 'good',
    whenEmpty: 'nothing that can be tagged',
    ...needsToo,
  }),
];

const lead = maxBy([], latest(changeLeadTimeQuantile.organisation, median));
const deployed = { ...month, outcome: 'success' } as const;
export const delivery = [
  stat({
    title: 'Delivery: lead time, median',
    description: "How long does a change take from its author's first commit to production? Over commits of 30 days.",
    query: lead,
    whenEmpty: 'too few changes',
    more: linksToPage('Open the page about delivery', 'delivery'),
    ...first,
  }),
  stat({
    title: 'Lead time, 30-day change',
    description: 'Do changes get to production faster or slower? Over what it was 30 days before, less 1.',
    query: minus(dividedBy(lead, maxBy([], earlier(changeLeadTimeQuantile.organisation, '30d', median))), 1),
    thresholds: growth,
    whenEmpty: 'too few changes',
    ...moved,
  }),
  stat({
    title: 'Deployments, 30 days',
    description: 'How often do we deploy to production with success?',
    query: sum(latest(deployments, deployed)),
    whenEmpty: 'no deployment is told of',
    ...needs,
  }),
  stat({
    title: 'Change fail rate',
    description: 'How often does a deployment need immediate repair? Of the deployments of 30 days without rollbacks.',
    query: maxBy([], latest(changeFailRatio.organisation, month)),
    whenEmpty: 'too few deployments',
    ...needsToo,
  }),
  stat({
    title: 'Not recovered',
    description: 'Which failed deployments has nothing remedied yet, whenever they were?',
    query: sum(latest(unrecoveredDeployments)),
    thresholds: unrecovered,
    otherwise: 'good',
    whenEmpty: 'no deployment is told of',
    ...needsToo,
  }),
];
