import { act } from './delivery/action.ts';
import { answer } from './delivery/answer.ts';
import { breakdown } from './delivery/breakdown.ts';
import { benchmarks, otherTools } from './delivery/comparison.ts';
import { excluded, pipelines } from './delivery/details.ts';
import { broke } from './delivery/failures.ts';
import { moved } from './delivery/movement.ts';
import { deploymentMarks, incidentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { deployedServices, deployingTeams, lookBack, productions } from './variables.ts';

/** The organisation's delivery: the five DORA metrics, how they moved, where the time goes, what waits for someone. */
export const deliveryDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-delivery',
    title: 'Delivery',
    description:
      'How changes reach production: how fast, how often, how safely. Distributions of the whole organisation; teams are not ranked.',
    tags: ['dora'],
    variables: [lookBack, deployingTeams, deployedServices, productions],
    rows: [answer, moved, breakdown, broke, act, excluded, benchmarks, otherTools, pipelines],
    annotations: [
      ...deploymentMarks({ team: deployingTeams, service: deployedServices }, { shown: 'failures' }),
      incidentMarks({ team: deployingTeams }, { shown: false }),
    ],
    from: 'now-90d',
  });
