import {
  budgetAmount,
  budgetConsumption,
  budgetSpent,
  dailyCost,
  dailyServiceCost,
  monthToDate,
  previousMonth,
  restated,
  teamUntaggedRatio,
} from '../../exporters/cost/metrics.ts';
import { allOthers } from '../lib/colours.ts';
import { row } from '../lib/dashboard.ts';
import { days, ranking, stat, table } from '../lib/panels.ts';
import {
  dayBars,
  dayIncrease,
  daysSum,
  dividedBy,
  largestDays,
  latest,
  maxBy,
  minus,
  rangeSum,
  sum,
  sumBy,
  topk,
} from '../lib/promql.ts';
import { origin } from '../origin.ts';
import { budgetShares, growth, untaggedShares } from '../thresholds.ts';
import { costBasis, currency, environments, servicesOfTeam, team } from '../variables.ts';

const money = { currency, cost_basis: costBasis };
const ofTeam = { ...money, team };
const chosen = { ...ofTeam, service: servicesOfTeam, environment: environments };
const budgets = { currency, team };
const budgetLabels = ['budget', 'cost_basis'] as const;
const byService = largestDays(12, ['service'], dailyCost, chosen);

/** The team's money, for the team itself. */
export const costRow = row(
  'Cost of $team',
  stat({
    title: 'This month ($currency)',
    description:
      'What has the team spent in this calendar month so far? Days are UTC days and count once they are complete.',
    query: sum(latest(monthToDate, chosen)),
    decimals: 0,
    width: 4,
  }),
  stat({
    title: 'Last month ($currency)',
    description: 'What did the team spend in the whole previous calendar month, as known by now?',
    query: sum(latest(previousMonth, chosen)),
    decimals: 0,
    width: 4,
  }),
  stat({
    title: '30-day change',
    description:
      'Does the team spend more or less than before? The last 30 complete days over the 30 before them, less 1.',
    query: minus(dividedBy(sum(daysSum(dailyCost, 30, chosen)), sum(daysSum(dailyCost, 30, chosen, 30))), 1),
    thresholds: growth,
    whenEmpty: 'needs 60 days of history',
    width: 4,
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
    width: 4,
  }),
  stat({
    title: 'Untagged',
    description:
      "How much of the team's cost carries no tag that a rule reads, though it could? Effective cost of the last 30 days.",
    query: maxBy(['team'], latest(teamUntaggedRatio, budgets)),
    thresholds: untaggedShares,
    otherwise: 'good',
    whenEmpty: 'nothing that can be tagged',
    width: 4,
  }),
  origin(4),
  days({
    title: 'By service and day ($currency)',
    description: 'Which of its services moved, and on which day? The twelve greatest of the time range.',
    queries: [
      { query: byService.largest, name: '{{service}}' },
      { query: byService.others, name: allOthers },
    ],
    width: 24,
  }),
  days({
    title: 'By environment and day ($currency)',
    description: 'How much is production, and how much is everything else?',
    queries: [{ query: sumBy(['environment'], dayBars(dailyCost, chosen)), name: '{{environment}}' }],
  }),
  ranking({
    title: "Providers' services in the time range ($currency)",
    description: 'Which cloud services does the team buy the most of? The sum over the days of the time range.',
    query: sumBy(['provider', 'service_name'], rangeSum(dailyServiceCost, ofTeam)),
    name: '{{provider}}: {{service_name}}',
    width: 12,
  }),
  table({
    title: 'Budgets ($currency)',
    description:
      "How much of each of the team's budgets is used up, and how large is it? Each reads its own cost basis.",
    columns: [
      { label: 'budget', title: 'Budget' },
      { label: 'cost_basis', title: 'Basis' },
    ],
    values: [
      { title: 'Consumed', query: maxBy(budgetLabels, latest(budgetConsumption, budgets)), thresholds: budgetShares },
      { title: 'Spent', query: maxBy(budgetLabels, latest(budgetSpent, budgets)) },
      { title: 'Amount', query: maxBy(budgetLabels, latest(budgetAmount, budgets)) },
    ],
    whenEmpty: 'no budget configured',
  }),
  days({
    title: 'Restated for all teams by day ($currency)',
    description:
      'Did the past change under us? How much bills changed days that we already knew, by the day we learned it; this is known per provider, not per team.',
    queries: [{ query: sumBy(['direction'], dayIncrease(restated, money)), name: '{{direction}}' }],
  }),
);
