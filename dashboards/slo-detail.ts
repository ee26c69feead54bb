import { deploymentMarks, incidentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { runbooks, sloPage } from './lib/links.ts';
import { action } from './slo-detail/action.ts';
import { answer } from './slo-detail/answer.ts';
import { events, parts } from './slo-detail/events.ts';
import { burn, movement } from './slo-detail/movement.ts';
import { objectiveOfSlo, promisingService, promisingTeams, slo } from './variables.ts';

/** One SLO, as its alerts lead to it: its budget, its burn beside its thresholds, its events and its alerts. */
export const sloDetailDashboard = (): DashboardJson =>
  dashboard({
    uid: sloPage,
    title: 'SLO in detail',
    description:
      'One promise: what is left of its error budget, how fast it burns beside what makes its alerts fire, its events, good and bad, and its alerts. It says since when there are data of it: rules know nothing of the time before they were there.',
    tags: ['slo'],
    variables: [promisingTeams, promisingService, slo, objectiveOfSlo, runbooks],
    rows: [answer, movement, burn, events, parts, action],
    annotations: [
      ...deploymentMarks({ service: promisingService }, { shown: 'all' }),
      incidentMarks({ team: promisingTeams }, { shown: false }),
    ],
    from: 'now-30d',
  });
