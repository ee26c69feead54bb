import {
  budgetConsumption,
  dailyCost,
  monthToDate,
  organisationForecast,
  previousMonth,
  reportingMonthToDate,
} from '../../exporters/cost/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { daysSum, dividedBy, latest, maxBy, minus, sum, sumBy, topk } from '../lib/promql.ts';
import { budgetShares, growth } from '../thresholds.ts';
import { costBasis, teams } from '../variables.ts';
import { budgets, chosen, effective, untilComplete } from './scope.ts';

/** The answer in big numbers, each with what to compare it with. */
export const answer = row(
  'What do we spend?',
  stat({
    title: 'This month ($currency)',
    description: `What has this calendar month cost so far, for the chosen teams, services and environments? ${untilComplete}`,
    query: sum(latest(monthToDate, chosen)),
    decimals: 0,
    width: 4,
  }),
  stat({
    title: 'Its forecast ($currency)',
    description:
      'What will the whole month cost? The mean forecast of effective cost, of all teams and services whatever is chosen; its interval is drawn below.',
    query: maxBy([], latest(organisationForecast, { ...effective, bound: 'mean' })),
    decimals: 0,
    whenEmpty: 'needs 14 days of bills',
    width: 4,
  }),
  stat({
    title: 'Last month ($currency)',
    description: 'What did the whole previous calendar month cost, as known by now? Bills may still restate it.',
    query: sum(latest(previousMonth, chosen)),
    decimals: 0,
    width: 4,
  }),
  stat({
    title: 'All currencies',
    description:
      'What has this month cost so far in one currency? Every bill of the chosen teams at the exchange rates of its days; it is never added to the number in a billing currency.',
    query: sumBy(['currency'], latest(reportingMonthToDate, { cost_basis: costBasis, team: teams })),
    name: '{{currency}}',
    decimals: 0,
    whenEmpty: 'no reporting currency configured',
    width: 4,
  }),
  stat({
    title: '30-day change',
    description:
      'Do we spend more or less than before? The last 30 complete days over the 30 days before them, less 1.',
    query: minus(dividedBy(sum(daysSum(dailyCost, 30, chosen)), sum(daysSum(dailyCost, 30, chosen, 30))), 1),
    thresholds: growth,
    whenEmpty: 'needs 60 days of history',
    width: 4,
  }),
  stat({
    title: 'Fullest budget',
    description: 'Which budget has the least left? Its month to date over its amount; 100 % is all of it.',
    query: topk(1, maxBy(['budget'], latest(budgetConsumption, budgets))),
    name: '{{budget}}',
    thresholds: budgetShares,
    otherwise: 'good',
    whenEmpty: 'no budgets configured',
    width: 4,
  }),
);
