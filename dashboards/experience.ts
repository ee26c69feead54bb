import { deploymentMarks } from './events.ts';
import { answer } from './experience/answer.ts';
import { hidden } from './experience/hidden.ts';
import { acts, paths } from './experience/paths.ts';
import { quickCheck } from './experience/quick-check.ts';
import { recommend } from './experience/recommend.ts';
import { scorecards } from './experience/scorecards.ts';
import { questions, space } from './experience/space.ts';
import { usage } from './experience/usage.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { experiencePage } from './lib/links.ts';
import { benchmarkYear, features, industry, npsQuestion, survey, toldTeams } from './variables.ts';

/** What developers say of the platform and what they use of it, with how sure that is, and what may not be told. */
export const experienceDashboard = (): DashboardJson =>
  dashboard({
    uid: experiencePage,
    title: 'Experience',
    description:
      'What developers say of the platform, beside what the systems measure, and what they use of it. Every number stands with its n and interval; what could tell of single people is absent, and an absent number is not 0.',
    tags: ['experience'],
    variables: [survey, npsQuestion, toldTeams, features, benchmarkYear, industry],
    rows: [answer, recommend, space, quickCheck, usage, paths, hidden, questions, acts, scorecards],
    annotations: deploymentMarks({ team: toldTeams }, { shown: 'none' }),
    from: 'now-1y',
  });
