import { type DashboardJson, dashboard } from './lib/dashboard.ts';
import { costRow } from './team/cost.ts';
import { costBasis, currency, environments, servicesOfTeam, team } from './variables.ts';

/** One team's page; each domain adds a row. */
export const teamDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-team',
    title: 'Team',
    description: 'One team: what it spends, against its budget and over time.',
    tags: ['team'],
    variables: [currency, costBasis, team, servicesOfTeam, environments],
    rows: [costRow],
    from: 'now-90d',
  });
