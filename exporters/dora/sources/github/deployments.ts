/** GitHub's deployments as facts. Source: REST API, "Deployments" and "Deployment statuses". */
import type { DeploymentFact, RunStatus } from '../../facts.ts';
import type { RestDeployment } from './shapes.ts';

/** By the state of a status, in lower case; GraphQL writes the same in upper case. */
const statuses: Readonly<Record<string, RunStatus>> = {
  ...{ queued: 'queued', pending: 'queued', waiting: 'queued', requested: 'queued', in_progress: 'running' },
  ...{ success: 'success', failure: 'failure', error: 'failure', cancelled: 'cancelled', inactive: 'inactive' },
};

/** Undefined for a state that is none of GitHub's. */
export const statusOfState = (state: string): RunStatus | undefined => statuses[state.toLowerCase()];

/** A deployment without its statuses. `web` is where people read the repository, such as https://github.com. */
export function deploymentFact(
  deployment: RestDeployment,
  { repository, web }: { readonly repository: string; readonly web: string },
): DeploymentFact {
  const { version, service } = wordsOf(deployment.payload);
  return {
    deployment: String(deployment.id),
    repository,
    environment: deployment.environment,
    sha: deployment.sha,
    ref: deployment.ref ?? '',
    task: deployment.task ?? '',
    actor: deployment.creator?.login ?? '',
    url: `${web}/${repository}/deployments/${encodeURIComponent(deployment.environment)}`,
    createdAt: deployment.created_at,
    updatedAt: deployment.updated_at,
    statuses: [],
    ...(version === undefined ? {} : { version }),
    ...(service === undefined ? {} : { service }),
  };
}

/** The payload is free: an object or its text. `version` and `service` are taken where they are text. */
function wordsOf(payload: unknown): { readonly version?: string; readonly service?: string } {
  const object = typeof payload === 'string' ? parsed(payload) : payload;
  if (typeof object !== 'object' || object === null) return {};
  const { version, service } = object as { readonly version?: unknown; readonly service?: unknown };
  return {
    ...(typeof version === 'string' ? { version } : {}),
    ...(typeof service === 'string' ? { service } : {}),
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where people read what an API address is of: https://github.com, or the Enterprise Server itself. */
export function webOf(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
