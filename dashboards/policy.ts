import { deploymentMarks } from './events.ts';
import { dashboard } from './lib/dashboard.ts';
import type { DashboardJson } from './lib/json.ts';
import { findings } from './lib/links.ts';
import { answer } from './policy/answer.ts';
import { coverage } from './policy/coverage.ts';
import { drift } from './policy/drift.ts';
import { exceptions } from './policy/exceptions.ts';
import { stay } from './policy/life.ts';
import { agents, decisions } from './policy/opa.ts';
import { afterwards, readiness } from './policy/readiness.ts';
import { violated } from './policy/requirements.ts';
import { engines, policedEnvironments, policedServices, policedTeams, requirements } from './variables.ts';

/** The organisation's policies: what is violated, whether that grows, what can be enforced, and what nobody looks at. */
export const policyDashboard = (): DashboardJson =>
  dashboard({
    uid: 'plumbline-policy',
    title: 'Policy',
    description:
      'How far what runs has drifted from policy, whichever engine checks it, and when a policy can be enforced. Teams stand in the order of their names, and are not ranked.',
    tags: ['policy'],
    variables: [policedTeams, policedServices, policedEnvironments, engines, requirements, findings],
    rows: [answer, drift, violated, readiness, afterwards, stay, exceptions, coverage, decisions, agents],
    annotations: deploymentMarks({ team: policedTeams }, { shown: 'none' }),
    from: 'now-90d',
  });
