/** The section of budgets: ours, and those that a provider keeps. */
import { percent, table } from '../../formats/markdown.ts';
import { money } from './markdown.ts';
import { amount, inScope, type Scope, text } from './scope.ts';

export function budgets(scope: Scope): string {
  const rows = inScope(scope.facts.budgets, scope);
  const ofProviders = budgetsOfProviders(scope);
  if (rows.length === 0 && ofProviders.length > 0) return ['## Budget', ...ofProviders].join('\n\n');
  if (rows.length === 0)
    return `## Budget\n\n${scope.team === undefined ? 'No budget is set.' : `No budget names ${scope.team}.`}`;
  const lines = rows.map(row => {
    const currency = text(row, 'currency');
    const spent = amount(row, 'spent');
    const limit = amount(row, 'amount');
    return [
      text(row, 'budget'),
      text(row, 'cost_basis'),
      money(limit, currency),
      money(spent, currency),
      percent(Number(spent) / Number(limit)),
      spent > limit ? `over by ${money(spent - limit, currency)}` : `${money(limit - spent, currency)} left`,
    ];
  });
  return ['## Budget', table(['Budget', 'Cost', 'Amount', 'Spent', 'Share', ''], lines, 2), ...ofProviders].join(
    '\n\n',
  );
}

/** Those of a team are its by `budget_teams`; all teams together see every one. */
function budgetsOfProviders(scope: Scope): string[] {
  const rows = inScope(scope.facts.vendorBudgets, scope);
  if (rows.length === 0) return [];
  const ofAll = scope.team === undefined;
  const lines = rows.map(row => {
    const currency = text(row, 'currency');
    const [limit, spent] = [amount(row, 'amount'), amount(row, 'actual')];
    const isTold = row.actual !== null && row.actual !== undefined;
    return [
      `${text(row, 'provider')}: ${text(row, 'budget')}`,
      `${text(row, 'period_start')} to ${text(row, 'period_end')}`,
      ...(ofAll ? [text(row, 'team')] : []),
      money(limit, currency),
      isTold ? money(spent, currency) : 'not told',
      isTold && limit > 0n ? percent(Number(spent) / Number(limit)) : '',
    ];
  });
  const head = ['Budget with the provider', 'Period', ...(ofAll ? ['Team'] : []), 'Amount', 'Spent', 'Share'];
  return [
    table(head, lines, ofAll ? 3 : 2),
    'As their providers last said; what such a budget covers is theirs to say, so it need not be the cost above.',
  ];
}
