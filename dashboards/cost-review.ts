import { decided } from './cost-review/action.ts';
import { answer, explained } from './cost-review/answer.ts';
import { foreseen } from './cost-review/forecast.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { linksToRunbooks, runbooks } from './lib/links.ts';
import { currency, teams } from './variables.ts';

/**
 * The monthly review: what last month cost, what explains its change, whether it was foreseen, and what to decide. It
 * has no time axis, so that nothing is marked on it.
 */
export const costReviewDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-cost-review',
    title: 'Cost review',
    description: 'The monthly review of cost: what changed and why, whether it was foreseen, and what to decide.',
    tags: ['finops'],
    variables: [currency, teams, runbooks],
    rows: [answer, explained, foreseen, decided],
    links: [linksToRunbooks()],
    from: 'now-90d',
  });
