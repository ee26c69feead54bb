import { deploymentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { answer } from './roadmap/answer.ts';
import { feedback } from './roadmap/feedback.ts';
import { kept } from './roadmap/promises.ts';
import { flow, items } from './roadmap/work.ts';
import { areas, roadmapPeriod, roadmapTeams } from './variables.ts';

/** What the platform team ships, how that moved, what is on its list, what it promised, and who waits for it. */
export const roadmapDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-roadmap',
    title: 'Roadmap',
    description:
      'What the platform team has on its list, how much of it gets done and how fast, which promises of a quarter are kept, and who waits for an answer.',
    tags: ['roadmap'],
    variables: [roadmapTeams, areas, roadmapPeriod],
    rows: [answer, flow, items, kept, feedback],
    annotations: deploymentMarks({ team: roadmapTeams }, { shown: 'none' }),
    from: 'now-1y',
  });
