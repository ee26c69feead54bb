import { deploymentMarks, incidentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { runbooks } from './lib/links.ts';
import { action } from './slo/action.ts';
import { answer } from './slo/answer.ts';
import { breakdown } from './slo/breakdown.ts';
import { movement, worst } from './slo/movement.ts';
import { objectives, promisingServices, promisingTeams, slos } from './variables.ts';

/** Every SLO: what is left of its budget, which burn now, whose they are. */
export const sloDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-slo',
    title: 'SLOs',
    description:
      'Which promises are kept: what is left of every error budget, which burn now, and whose they are. Nothing is told of the time before the rules of an SLO were there, and one without traffic is neither kept nor broken.',
    tags: ['slo'],
    variables: [promisingTeams, promisingServices, slos, objectives, runbooks],
    rows: [answer, movement, breakdown, worst, action],
    annotations: [
      ...deploymentMarks({ team: promisingTeams, service: promisingServices }, { shown: 'none' }),
      incidentMarks({ team: promisingTeams }, { shown: false }),
    ],
    from: 'now-30d',
  });
