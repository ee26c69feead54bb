/** What events say, as facts. */
import type { CommitFact, DeploymentFact, Facts, IncidentFact, PipelineRunFact, PullRequestFact } from '../../facts.ts';
import { messageOf } from '../../message.ts';
import type {
  CommitEvent,
  DeliveryEvent,
  DeploymentEvent,
  IncidentEvent,
  PipelineRunEvent,
  PullRequestEvent,
} from './schema.ts';

const latest = (...times: readonly (string | undefined)[]): string =>
  times.flatMap(at => at ?? []).sort((a, b) => Date.parse(b) - Date.parse(a))[0]!;

/** Without what was not said. */
const said = <Values extends Readonly<Record<string, unknown>>>(values: Values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as {
    readonly [Name in keyof Values]?: Exclude<Values[Name], undefined>;
  };

function deploymentOf(event: DeploymentEvent): DeploymentFact {
  const { created_at, started_at, finished_at, status } = event;
  const createdAt = created_at ?? started_at ?? finished_at!;
  return {
    ...{ deployment: event.id, repository: event.repository ?? '', environment: event.environment },
    ...said({
      ...{ sha: event.sha, ref: event.ref, version: event.version, service: event.service, team: event.team },
      ...{ task: event.task, actor: event.actor, labels: event.labels, url: event.url, commits: event.commits },
      ...{ changedProduction: event.changed_production, isPlanned: event.is_planned, incident: event.incident },
      rollsBackTo: event.rolls_back_to,
    }),
    createdAt,
    updatedAt: event.updated_at ?? latest(created_at, started_at, finished_at),
    statuses: [
      ...(created_at === undefined ? [] : [{ status: 'queued', at: created_at } as const]),
      ...(started_at === undefined || status === 'queued' ? [] : [{ status: 'running', at: started_at } as const]),
      ...(finished_at === undefined || status === 'queued' || status === 'running'
        ? []
        : [{ status, at: finished_at }]),
    ],
  };
}

function incidentOf(event: IncidentEvent): IncidentFact {
  const { started_at, resolved_at, updated_at } = event;
  const updatedAt = updated_at ?? latest(started_at, resolved_at);
  return {
    ...{ incident: event.id, title: event.title, status: event.status },
    ...said({
      ...{ service: event.service, team: event.team, repository: event.repository, environment: event.environment },
      ...{ severity: event.severity, isDeleted: event.is_deleted, deployment: event.deployment, labels: event.labels },
      ...{ rootCauseSha: event.root_cause_sha, url: event.url, resolvedAt: resolved_at },
    }),
    // Where an earlier event said when it began, that holds (completed.ts).
    startedAt: started_at ?? resolved_at ?? updatedAt,
    updatedAt,
  };
}

function commitOf(event: CommitEvent): CommitFact {
  return {
    ...{ repository: event.repository, sha: event.sha, parents: event.parents, authoredAt: event.authored_at },
    ...{ committedAt: event.committed_at ?? event.authored_at, authorName: event.author_name },
    ...{ authorEmail: event.author_email, ...messageOf(event.message) },
  };
}

const pullRequestOf = (event: PullRequestEvent): PullRequestFact => ({
  ...{ repository: event.repository, number: event.number, title: event.title, author: event.author },
  ...{ isBot: event.is_bot, state: event.state, base: event.base, head: event.head, createdAt: event.created_at },
  ...said({
    ...{ headSha: event.head_sha, mergeSha: event.merge_sha, reverts: event.reverts, labels: event.labels },
    ...{ url: event.url, firstCommitAt: event.first_commit_at, readyAt: event.ready_at },
    ...{ firstReviewAt: event.first_review_at, approvedAt: event.approved_at, mergedAt: event.merged_at },
    closedAt: event.closed_at,
    commits: event.commits?.map(({ sha, authored_at, committed_at = authored_at }) => ({
      ...{ sha, authoredAt: authored_at, committedAt: committed_at },
    })),
  }),
  updatedAt:
    event.updated_at ??
    latest(
      event.created_at,
      event.ready_at,
      event.first_review_at,
      event.approved_at,
      event.merged_at,
      event.closed_at,
    ),
});

const pipelineRunOf = (event: PipelineRunEvent): PipelineRunFact => {
  const { queued_at, started_at, finished_at, branch = '', sha = '', event: cause = '' } = event;
  return {
    // Ids of different repositories may be the same.
    ...{ run: `${event.repository}#${event.id}`, repository: event.repository, pipeline: event.pipeline },
    ...{ branch, sha, event: cause, attempt: event.attempt, status: event.status },
    ...said({ url: event.url, startedAt: started_at, finishedAt: finished_at }),
    queuedAt: queued_at ?? started_at ?? finished_at!,
    updatedAt: event.updated_at ?? latest(queued_at, started_at, finished_at),
  };
};

export function factsOf(
  events: readonly DeliveryEvent[],
): Required<Pick<Facts, 'deployments' | 'incidents' | 'commits' | 'pullRequests' | 'pipelineRuns'>> {
  const of = <Type extends DeliveryEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<DeliveryEvent, { readonly type: Type }> => event.type === type);
  return {
    deployments: of('deployment').map(deploymentOf),
    incidents: of('incident').map(incidentOf),
    commits: of('commit').map(commitOf),
    pullRequests: of('pull_request').map(pullRequestOf),
    pipelineRuns: of('pipeline_run').map(pipelineRunOf),
  };
}
