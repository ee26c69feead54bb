import {
  budgetConsumption,
  dailyCost,
  monthToDate,
  previousMonth,
  teamForecast,
  teamUntaggedRatio,
} from '../../exporters/cost/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { daysSum, dividedBy, latest, maxBy, minus, sum, topk } from '../lib/promql.ts';
import { origin } from '../origin.ts';
import { budgetShares, growth, untaggedShares } from '../thresholds.ts';
import { budgets, chosen, effective } from './scope.ts';

/** The team's money in big numbers. */
export const answer = row(
  'Cost of $team',
  stat({
    title: 'This month ($currency)',
    description:
      'What has the team spent in this calendar month so far? Days are UTC days and count once they are complete.',
    query: sum(latest(monthToDate, chosen)),
    decimals: 0,
    width: 6,
    height: 3,
  }),
  stat({
    title: 'Its forecast ($currency)',
    description:
      'What will the whole month cost? The mean forecast of effective cost of all its services; the interval is drawn below.',
    query: maxBy([], latest(teamForecast, { ...effective, bound: 'mean' })),
    decimals: 0,
    whenEmpty: 'needs 14 days of bills',
    width: 6,
    height: 3,
  }),
  stat({
    title: 'Last month ($currency)',
    description: 'What did the team spend in the whole previous calendar month, as known by now?',
    query: sum(latest(previousMonth, chosen)),
    decimals: 0,
    width: 6,
    height: 3,
  }),
  stat({
    title: '30-day change',
    description:
      'Does the team spend more or less than before? The last 30 complete days over the 30 before them, less 1.',
    query: minus(dividedBy(sum(daysSum(dailyCost, 30, chosen)), sum(daysSum(dailyCost, 30, chosen, 30))), 1),
    thresholds: growth,
    whenEmpty: 'needs 60 days of history',
    width: 6,
    height: 3,
  }),
  stat({
    title: 'Fullest budget',
    description:
      "Which of the team's budgets has the least left? Its month to date over its amount; 100 % is all of it.",
    query: topk(1, maxBy(['budget'], latest(budgetConsumption, budgets))),
    name: '{{budget}}',
    thresholds: budgetShares,
    otherwise: 'good',
    whenEmpty: 'no budget configured',
    width: 8,
    height: 3,
  }),
  stat({
    title: 'Untagged',
    description:
      "How much of the team's cost carries no tag that a rule reads, though it could? Effective cost of the last 30 days.",
    query: maxBy(['team'], latest(teamUntaggedRatio, budgets)),
    thresholds: untaggedShares,
    otherwise: 'good',
    whenEmpty: 'nothing that can be tagged',
    width: 8,
    height: 3,
  }),
  origin(8, 3),
);
