import {
  budgetAmount,
  budgetBurn,
  budgetConsumption,
  budgetForecast,
  budgetSpent,
} from '../../exporters/cost/metrics.ts';
import { linksToTeam, type TeamLinks } from '../lib/links.ts';
import { type Panel, table } from '../lib/panels.ts';
import { dividedBy, type LabelValue, latest, maxBy } from '../lib/promql.ts';
import { budgetShares, burnRates } from '../thresholds.ts';

const labels = ['budget', 'team', 'cost_basis'] as const;

/** Every budget of some teams: what is spent of it, what will be, and how fast it burns. */
export function budgetsTable(
  of: { readonly currency: LabelValue; readonly team: LabelValue },
  { links = linksToTeam('Team'), height = 9 }: { readonly links?: TeamLinks; readonly height?: number } = {},
): Panel {
  const amount = maxBy(labels, latest(budgetAmount, of));
  const forecast = (bound: string) => maxBy(labels, latest(budgetForecast, { ...of, bound }));
  const burn = (window: string) => maxBy(labels, latest(budgetBurn, { ...of, window }));
  return table({
    title: 'Budgets of this month ($currency)',
    description:
      'Which budgets will not last, and whose are they? Consumed is spent by now, expected is the forecast of the whole month over the amount; a burn of 100 % spends exactly the amount by usage alone. Each budget reads its own cost basis; budgets may overlap, so they have no total.',
    columns: [
      { label: 'budget', title: 'Budget' },
      { label: 'team', title: 'Team', links },
      { label: 'cost_basis', title: 'Basis', width: 90 },
    ],
    values: [
      { title: 'Expected', query: dividedBy(forecast('mean'), amount), thresholds: budgetShares },
      { title: 'Consumed', query: maxBy(labels, latest(budgetConsumption, of)), thresholds: budgetShares },
      { title: 'Burn, 3 d', query: burn('3d'), thresholds: burnRates },
      { title: 'Burn, 14 d', query: burn('14d'), thresholds: burnRates },
      { title: 'Spent', query: maxBy(labels, latest(budgetSpent, of)) },
      { title: 'Forecast', query: forecast('mean') },
      { title: 'At most', query: forecast('upper') },
      { title: 'Amount', query: amount },
    ],
    whenEmpty: 'no budgets configured',
    width: 24,
    height,
  });
}
