import { deploymentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { checksList, explain, shadowList } from './lib/links.ts';
import { action } from './scorecard/action.ts';
import { answer } from './scorecard/answer.ts';
import { byCheck, byService } from './scorecard/breakdown.ts';
import { drift, movement } from './scorecard/movement.ts';
import { shadow } from './scorecard/shadow.ts';
import { askedChecks, scoredServices, scoredTeams } from './variables.ts';

/** The golden path: which services pass which checks, who drifts and why, and what nobody owns. */
export const scorecardDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-scorecard',
    title: 'Golden path',
    description:
      'Whether services are on the golden path: which checks each passes, which it fails and where that is mended, who drifts and why, and what runs that nothing in the catalog explains. What is not measured is neither a pass nor a failure.',
    tags: ['scorecard'],
    variables: [scoredTeams, scoredServices, askedChecks, checksList, shadowList, explain],
    rows: [answer, movement, drift, byCheck, byService, shadow, action],
    annotations: deploymentMarks({ team: scoredTeams, service: scoredServices }, { shown: 'none' }),
    from: 'now-90d',
  });
