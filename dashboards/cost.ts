import { act, budgetDays, budgetsByTeam } from './cost/action.ts';
import { answer } from './cost/answer.ts';
import { clusters } from './cost/clusters.ts';
import { commitments } from './cost/commitments.ts';
import { currencies } from './cost/currencies.ts';
import { breakdown, moved } from './cost/movement.ts';
import { finality, trust } from './cost/trust.ts';
import { costExplorer, cube, vendors } from './cost/vendors.ts';
import { budgetMarks, deploymentMarks, restatementMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { costBasis, currency, environments, services, teams } from './variables.ts';

/** The organisation's cost: what it is, how it moved, where it goes, whether to trust it, what to do; then details. */
export const costDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-cost',
    title: 'Cost',
    description: 'What the organisation spends, who bears it, and what nobody answers for.',
    tags: ['finops'],
    variables: [currency, costBasis, teams, services, environments, cube],
    rows: [
      ...[answer, moved, breakdown, trust, budgetsByTeam, act],
      ...[budgetDays, finality, commitments, vendors, currencies, clusters, costExplorer],
    ],
    annotations: [
      ...deploymentMarks({ team: teams }, { shown: 'none' }),
      restatementMarks({ shown: true }),
      budgetMarks({ team: teams, currency }, { shown: true }),
    ],
    from: 'now-90d',
  });
