import { vendorBudgetActual, vendorBudgetAmount, vendorBudgetForecast } from '../../exporters/cost/metrics.ts';
import { linksToTeam, type TeamLinks } from '../lib/links.ts';
import { type Panel, table } from '../lib/panels.ts';
import { dividedBy, type LabelValue, latest, maxBy } from '../lib/promql.ts';
import { budgetShares } from '../thresholds.ts';

const labels = ['provider', 'billing_account', 'budget', 'team', 'currency'] as const;

/** What providers say of the budgets that are kept with them: of some teams, or of all and of nobody's. */
export function vendorBudgetsTable(
  of: { readonly team?: LabelValue } = {},
  {
    title = 'Their budgets',
    links = linksToTeam('Team'),
    height = 8,
  }: { readonly title?: string; readonly links?: TeamLinks; readonly height?: number } = {},
): Panel {
  const amount = maxBy(labels, latest(vendorBudgetAmount, of));
  const forecast = maxBy(labels, latest(vendorBudgetForecast, of));
  return table({
    title,
    description:
      'What do AWS and Azure say of the budgets that are kept with them, in periods and currencies of their own? budget_teams in plumbline.yaml says whose they are.',
    columns: [
      { label: 'provider', title: 'Provider' },
      { label: 'billing_account', title: 'Billing account' },
      { label: 'budget', title: 'Budget' },
      { label: 'team', title: 'Team', links },
      { label: 'currency', title: 'Currency' },
    ],
    values: [
      { title: 'Expected', query: dividedBy(forecast, amount), thresholds: budgetShares },
      {
        title: 'Consumed',
        query: dividedBy(maxBy(labels, latest(vendorBudgetActual, of)), amount),
        thresholds: budgetShares,
      },
      { title: 'Spent', query: maxBy(labels, latest(vendorBudgetActual, of)) },
      { title: 'Forecast', query: forecast },
      { title: 'Amount', query: amount },
    ],
    whenEmpty: of.team === undefined ? 'no provider is asked' : 'none is told to be of this team',
    width: 24,
    height,
  });
}
