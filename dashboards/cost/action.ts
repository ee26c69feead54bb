import {
  budgetAmount,
  budgetConsumption,
  budgetSpent,
  dailyServiceCost,
  teamUntaggedRatio,
} from '../../exporters/cost/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { compare, latest, maxBy, rangeSum, sumBy } from '../lib/promql.ts';
import { budgetShares, untaggedShares } from '../thresholds.ts';
import { budgets, money } from './scope.ts';

const budgetLabels = ['budget', 'team', 'cost_basis'] as const;

/** Budgets and how fast they are used up. */
export const budgetsByTeam = row(
  'Budgets',
  table({
    title: 'Budgets of this month ($currency)',
    description:
      'Which budgets are running out, and whose are they? Each reads its own cost basis; budgets may overlap, so they have no total.',
    columns: [
      { label: 'budget', title: 'Budget' },
      { label: 'team', title: 'Team', links: linksToTeam('Team') },
      { label: 'cost_basis', title: 'Basis' },
    ],
    values: [
      { title: 'Consumed', query: maxBy(budgetLabels, latest(budgetConsumption, budgets)), thresholds: budgetShares },
      { title: 'Spent', query: maxBy(budgetLabels, latest(budgetSpent, budgets)) },
      { title: 'Amount', query: maxBy(budgetLabels, latest(budgetAmount, budgets)) },
    ],
    whenEmpty: 'no budgets configured',
    width: 14,
  }),
  lines({
    title: 'Consumption of budgets',
    description: 'How fast are budgets used up over the month? Each starts at 0 on the first day.',
    queries: [{ query: maxBy(['budget'], latest(budgetConsumption, budgets)), name: '{{budget}}' }],
    thresholds: budgetShares,
    width: 10,
  }),
);

const unownedBy = ['provider', 'service_category', 'service_name'] as const;

/** The tables to act on. */
export const act = row(
  'What is to be done?',
  table({
    title: 'Unowned spend in the time range ($currency)',
    description:
      'What should get an owner first? Spend that no rule gives to a team, by what it was bought as: add a tag, an account or a resource rule.',
    columns: [
      { label: 'provider', title: 'Provider' },
      { label: 'service_category', title: 'Category' },
      { label: 'service_name', title: 'Service' },
    ],
    values: [
      {
        title: 'Cost',
        query: compare(sumBy(unownedBy, rangeSum(dailyServiceCost, { ...money, team: 'unowned' })), '!=', 0),
      },
    ],
    whenEmpty: 'everything has an owner',
    width: 14,
  }),
  table({
    title: 'Untagged share by team',
    description:
      "Who should tag first? Share of a team's effective cost of the last 30 days that could carry a tag and carries none that a rule reads.",
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team') }],
    values: [
      {
        title: 'Untagged',
        query: maxBy(['team'], latest(teamUntaggedRatio, budgets)),
        thresholds: untaggedShares,
      },
    ],
    width: 10,
  }),
);
