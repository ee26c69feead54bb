/**
 * What Four Keys' events say, as facts: deployments, changes and incidents as its views defined them, but for these
 * differences.
 *
 * - Its deployments had no environment: staging counted as production did. Here each has the one that its event names
 *   (`environment` of the configuration where it names none), and `dora.production` says which counts.
 * - It knew successes only; here failures are kept as well. A deployment of GitHub's is one, however often its status
 *   was told; there each status `success` was a deployment. A pipeline of GitLab is a run, and its jobs with an
 *   environment are deployments, the same that deployment events tell of; there the pipeline was a deployment of its
 *   own, on any branch, beside them.
 * - Its changes were the commits of the one push whose head was deployed: those of the pushes between two deployments
 *   had no lead time. Here pushes to the default branch are a history, and a deployment brings what came since the last.
 * - Its incidents were joined with each change of each deployment, so that its failure rate counted one several times
 *   and could exceed 1; here an incident is one, and names the commit that its `root cause: SHA` names.
 * - PagerDuty's incidents were resolved at MAX(occurred_at) of any event: at once, when they were triggered. Here
 *   `incident.resolved` resolves. An issue that once had the label was an incident for ever; here it is one as long as
 *   it has it.
 */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { FourKeysConfig } from './config.ts';
import type { FourKeysEvent } from './event.ts';
import { githubReaders } from './github.ts';
import { gitlabReaders } from './gitlab.ts';
import { otherReaders } from './others.ts';
import type { Readers, Reading } from './reading.ts';

export type { Reading } from './reading.ts';

/** A reading's rules, compiled once. */
export interface Rules {
  readonly environment: string;
  readonly repository: string;
  readonly incidentLabels: readonly string[];
  readonly isDeployWorkflow: (name: string) => boolean;
  readonly pipelinesDeploy: boolean;
  readonly takesCommits: boolean;
}

export const rulesOf = (config: FourKeysConfig): Rules => ({
  environment: config.environment,
  repository: config.repository?.toLowerCase() ?? '',
  incidentLabels: config.incident_labels,
  isDeployWorkflow: wildcard(config.circleci_workflows, true),
  pipelinesDeploy: config.gitlab_pipelines === 'deployments',
  takesCommits: config.commits,
});

const readers: Readers = { github: githubReaders, gitlab: gitlabReaders, ...otherReaders };

/** The types of each system that tell anything; others need not be looked at. */
export const toldTypes: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(readers).map(([system, { types }]) => [system, types]),
);

/** Never throws: what can't be read is a rejection that names the field. */
export function readFact(event: FourKeysEvent, rules: Rules): Reading {
  if (event.isMock) return { rejection: { reason: 'mock_event' } };
  return readers[event.system].read(event, rules);
}
