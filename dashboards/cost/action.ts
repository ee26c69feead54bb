import { budgetBurn, budgetConsumption, dailyServiceCost, teamUntaggedRatio } from '../../exporters/cost/metrics.ts';
import { budgetsTable } from '../common/budgets.ts';
import { details, row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { lines, table } from '../lib/panels.ts';
import { compare, latest, maxBy, rangeSum, sumBy } from '../lib/promql.ts';
import { budgetShares, burnRates, untaggedShares } from '../thresholds.ts';
import { budgets, money } from './scope.ts';

/** Budgets, what will be spent of them, and how fast they are used up. */
export const budgetsByTeam = row('Do budgets last?', budgetsTable(budgets));

/** Budgets over time. */
export const budgetDays = details(
  'Details: budgets over time',
  lines({
    title: 'Consumption of budgets',
    description: 'How fast are budgets used up over the month? Each starts at 0 on the first day.',
    queries: [{ query: maxBy(['budget'], latest(budgetConsumption, budgets)), name: '{{budget}}' }],
    thresholds: budgetShares,
  }),
  lines({
    title: 'Burn of budgets over 14 days',
    description: 'Does a budget burn faster than it may? At 100 % usage alone spends exactly the amount of the month.',
    queries: [{ query: maxBy(['budget'], latest(budgetBurn, { ...budgets, window: '14d' })), name: '{{budget}}' }],
    thresholds: burnRates,
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
      { label: 'provider', title: 'Provider', width: 110 },
      { label: 'service_category', title: 'Category', width: 180 },
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
