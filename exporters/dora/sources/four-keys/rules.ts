/** A reading's rules. */
import { wildcard } from '../../../catalog/wildcard.ts';
import type { FourKeysConfig } from './config.ts';

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
