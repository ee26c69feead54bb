import { budgetMarks, deploymentMarks, incidentMarks, restatementMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { runbooks } from './lib/links.ts';
import { action } from './overview/action.ts';
import { answer } from './overview/answer.ts';
import { movement } from './overview/movement.ts';
import { teams } from './overview/teams.ts';
import { costBasis, currency } from './variables.ts';

/** The platform team's page: one line per domain, what moved within a month, and what needs someone. */
export const overviewDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-overview',
    title: 'Overview',
    description:
      'All of the platform on one page: how each domain stands, how it moved against a month ago, which teams need a hand, and what fires. Each number leads to the page that tells of it; what says that it is not known is not 0.',
    tags: ['platform'],
    variables: [currency, costBasis, runbooks],
    rows: [answer, movement, teams, action],
    annotations: [
      ...deploymentMarks({}, { shown: 'none' }),
      incidentMarks({}, { shown: false }),
      restatementMarks({ shown: true }),
      budgetMarks({ currency }, { shown: true }),
    ],
    from: 'now-90d',
  });
