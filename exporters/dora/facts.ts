/**
 * What the sources of this room bring, and the one way into the ledger. Times are ISO 8601 with an offset or `Z`;
 * repositories are slugs (catalog/repository.ts). tables.sql tells what each column means.
 */
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';
import { addFacts, type Fact, type FactTable } from './statements.ts';

/** queued and running come before the end, inactive after a success: it is no end. */
export type RunStatus = 'queued' | 'running' | 'success' | 'failure' | 'cancelled' | 'inactive';

export interface CommitFact {
  readonly repository: string;
  readonly sha: string;
  readonly parents: readonly string[];
  readonly authoredAt: string;
  readonly committedAt: string;
  readonly authorName: string;
  readonly authorEmail: string;
  readonly subject: string;
  /** Shas that the message says it reverts, or was cherry-picked from. */
  readonly reverts?: readonly string[];
  readonly pickedFrom?: readonly string[];
  readonly pullRequest?: number;
  /** Lines of `Key: value`. */
  readonly trailers?: string;
  /** True where a push alone tells of it: such a one gives way to the commit as its repository has it. */
  readonly isPartial?: boolean;
}

export interface TagFact {
  readonly repository: string;
  readonly tag: string;
  readonly sha: string;
  readonly taggedAt: string;
  /** When it was seen to be so; taggedAt unless given. A tag that has moved needs it. */
  readonly updatedAt?: string;
}

export interface DeploymentFact {
  /** The source's own id. */
  readonly deployment: string;
  readonly repository: string;
  readonly environment: string;
  readonly sha?: string;
  readonly ref?: string;
  readonly version?: string;
  readonly service?: string;
  readonly team?: string;
  readonly task?: string;
  readonly actor?: string;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly changedProduction?: boolean;
  readonly isPlanned?: boolean;
  readonly incident?: string;
  readonly rollsBackTo?: string;
  readonly createdAt: string;
  /** When the source says that this was so; createdAt unless given. */
  readonly updatedAt?: string;
  readonly statuses: readonly { readonly status: RunStatus; readonly at: string }[];
  /** Where it brings several repositories: all of them, its own too. */
  readonly commits?: readonly { readonly repository: string; readonly sha: string }[];
}

export interface PullRequestFact {
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly author: string;
  readonly isBot: boolean;
  readonly state: 'open' | 'merged' | 'closed';
  readonly base: string;
  readonly head: string;
  readonly headSha?: string;
  readonly mergeSha?: string;
  readonly reverts?: number;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly firstCommitAt?: string;
  readonly createdAt: string;
  readonly readyAt?: string;
  readonly firstReviewAt?: string;
  readonly approvedAt?: string;
  readonly mergedAt?: string;
  readonly closedAt?: string;
  readonly updatedAt: string;
  readonly commits?: readonly { readonly sha: string; readonly authoredAt: string; readonly committedAt: string }[];
}

export interface PipelineRunFact {
  readonly run: string;
  readonly repository: string;
  readonly pipeline: string;
  readonly branch: string;
  readonly event: string;
  readonly sha: string;
  readonly attempt: number;
  readonly status: RunStatus;
  readonly url?: string;
  readonly queuedAt: string;
  readonly startedAt?: string;
  readonly finishedAt?: string;
  readonly updatedAt: string;
}

export interface IncidentFact {
  readonly incident: string;
  readonly title: string;
  readonly service?: string;
  readonly team?: string;
  readonly repository?: string;
  readonly environment?: string;
  readonly severity?: string;
  readonly status: 'open' | 'resolved' | 'cancelled';
  readonly isDeleted?: boolean;
  /** The deployment that caused it, where the incident says so: `SOURCE:ID`, or an id alone. */
  readonly deployment?: string;
  readonly rootCauseSha?: string;
  readonly labels?: readonly string[];
  readonly url?: string;
  readonly startedAt: string;
  readonly resolvedAt?: string;
  readonly updatedAt: string;
}

export interface ExternalMetricFact {
  readonly tool: 'linearb' | 'sleuth' | 'cortex' | 'datadog' | 'gitlab';
  readonly metric: 'change_lead_time' | 'deployments' | 'change_fail_ratio' | 'recovery_time' | 'rework_ratio';
  readonly statistic: 'p50' | 'p75' | 'p90' | 'mean' | '';
  readonly team?: string;
  readonly service?: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  /** Seconds, a count, or a ratio. */
  readonly value: number;
  /** When it was asked for. */
  readonly updatedAt: string;
}

export interface Facts {
  readonly commits?: readonly CommitFact[];
  readonly tags?: readonly TagFact[];
  readonly deployments?: readonly DeploymentFact[];
  readonly pullRequests?: readonly PullRequestFact[];
  readonly pipelineRuns?: readonly PipelineRunFact[];
  readonly incidents?: readonly IncidentFact[];
  readonly externalMetrics?: readonly ExternalMetricFact[];
}

const time = 'TIMESTAMP';
const text = 'VARCHAR';

const commitTable: FactTable = {
  table: 'commits',
  identity: ['repository', 'sha'],
  isFixed: true,
  columns: {
    ...{ repository: text, sha: text, parents: text, authored_at: time, committed_at: time, author_name: text },
    ...{ author_email: text, subject: text, reverts: text, picked_from: text, pull_request: 'BIGINT' },
    ...{ trailers: text, is_partial: 'BOOLEAN' },
  },
};
const tagTable: FactTable = {
  table: 'tags',
  identity: ['repository', 'tag'],
  columns: { repository: text, tag: text, sha: text, tagged_at: time, updated_at: time },
};
const deploymentTable: FactTable = {
  table: 'deployments',
  identity: ['source', 'deployment'],
  columns: {
    ...{ source: text, deployment: text, repository: text, environment: text, sha: text, ref: text, version: text },
    ...{ service: text, team: text, task: text, actor: text, labels: 'VARCHAR[]', url: text },
    ...{ changed_production: 'BOOLEAN', is_planned: 'BOOLEAN', incident: text, rolls_back_to: text },
    ...{ created_at: time, updated_at: time },
  },
};
const statusTable: FactTable = {
  table: 'deployment_statuses',
  identity: ['source', 'deployment'],
  columns: { source: text, deployment: text, status: text, occurred_at: time },
};
const deploymentCommitTable: FactTable = {
  table: 'deployment_commits',
  identity: ['source', 'deployment'],
  columns: { source: text, deployment: text, repository: text, sha: text },
};
const pullRequestTable: FactTable = {
  table: 'pull_requests',
  identity: ['source', 'repository', 'number'],
  columns: {
    ...{ source: text, repository: text, number: 'BIGINT', title: text, author: text, is_bot: 'BOOLEAN', state: text },
    ...{ base: text, head: text, head_sha: text, merge_sha: text, reverts: 'BIGINT', labels: 'VARCHAR[]', url: text },
    ...{ first_commit_at: time, created_at: time, ready_at: time, first_review_at: time, approved_at: time },
    ...{ merged_at: time, closed_at: time, updated_at: time },
  },
};
const pullRequestCommitTable: FactTable = {
  table: 'pull_request_commits',
  identity: ['repository', 'number', 'sha'],
  isFixed: true,
  columns: { repository: text, number: 'BIGINT', sha: text, authored_at: time, committed_at: time },
};
const pipelineRunTable: FactTable = {
  table: 'pipeline_runs',
  identity: ['source', 'run'],
  columns: {
    ...{ source: text, run: text, repository: text, pipeline: text, branch: text, event: text, sha: text },
    ...{ attempt: 'INTEGER', status: text, url: text, queued_at: time, started_at: time, finished_at: time },
    ...{ updated_at: time },
  },
};
const incidentTable: FactTable = {
  table: 'incidents',
  identity: ['source', 'incident'],
  columns: {
    ...{ source: text, incident: text, title: text, service: text, team: text, repository: text, environment: text },
    ...{ severity: text, status: text, is_deleted: 'BOOLEAN', deployment: text, root_cause_sha: text },
    ...{ labels: 'VARCHAR[]', url: text, started_at: time, resolved_at: time, updated_at: time },
  },
};
const externalMetricTable: FactTable = {
  table: 'external_metrics',
  identity: ['source', 'metric'],
  columns: {
    ...{ source: text, tool: text, metric: text, statistic: text, team: text, service: text },
    ...{ period_start: time, period_end: time, value: 'DOUBLE', updated_at: time },
  },
};

/** A time of any offset as the ledger keeps it: naive UTC. Throws RangeError for what is no time. */
export function utc(at: string): string {
  const parsed = new Date(at);
  if (Number.isNaN(parsed.getTime())) throw new RangeError(`no time: ${at}`);
  return sqlTime(parsed);
}
const maybe = (at: string | undefined) => (at === undefined || at === '' ? null : utc(at));

/** Writes facts; returns how many rows are new. What was known already changes nothing. */
export async function storeFacts(tx: Transaction, source: string, facts: Facts, now: Date): Promise<number> {
  const { commits = [], tags = [], deployments = [], pullRequests = [], pipelineRuns = [] } = facts;
  const { incidents = [], externalMetrics = [] } = facts;
  const changed = new Set<string>();
  let added = 0;
  const add = async (table: FactTable, rows: readonly Fact[], touches: readonly string[]) => {
    if (rows.length === 0) return 0;
    const news = await addFacts(tx, table, rows, now);
    added += news;
    if (news > 0) for (const repository of touches) changed.add(repository);
    return news;
  };
  const repositoriesOf = (list: readonly { readonly repository: string }[]) => list.map(({ repository }) => repository);

  await dropPartial(tx, commits);
  await add(commitTable, commits.map(commitRow), repositoriesOf(commits));
  await add(
    tagTable,
    tags.map(({ repository, tag, sha, taggedAt, updatedAt = taggedAt }) => ({
      ...{ repository, tag, sha, tagged_at: utc(taggedAt), updated_at: utc(updatedAt) },
    })),
    repositoriesOf(tags),
  );
  await add(
    deploymentTable,
    deployments.map(fact => deploymentRow(source, fact)),
    repositoriesOf(deployments),
  );
  await add(
    statusTable,
    deployments.flatMap(({ deployment, statuses }) =>
      statuses.map(({ status, at }) => ({ source, deployment, status, occurred_at: utc(at) })),
    ),
    repositoriesOf(deployments),
  );
  await add(
    deploymentCommitTable,
    deployments.flatMap(({ deployment, commits: brought = [] }) =>
      brought.map(({ repository, sha }) => ({ source, deployment, repository, sha })),
    ),
    // What it brings of another repository is derived there.
    [...repositoriesOf(deployments), ...deployments.flatMap(({ commits: brought = [] }) => repositoriesOf(brought))],
  );
  await add(
    pullRequestTable,
    pullRequests.map(fact => pullRequestRow(source, fact)),
    repositoriesOf(pullRequests),
  );
  await add(
    pullRequestCommitTable,
    pullRequests.flatMap(({ repository, number, commits: own = [] }) =>
      own.map(({ sha, authoredAt, committedAt }) => ({
        ...{ repository, number, sha, authored_at: utc(authoredAt), committed_at: utc(committedAt) },
      })),
    ),
    repositoriesOf(pullRequests),
  );
  const newRuns = await add(
    pipelineRunTable,
    pipelineRuns.map(({ queuedAt, startedAt, finishedAt, updatedAt, url = '', ...run }) => ({
      ...{ source, ...run, url, queued_at: utc(queuedAt), started_at: maybe(startedAt) },
      ...{ finished_at: maybe(finishedAt), updated_at: utc(updatedAt) },
    })),
    [],
  );
  if (newRuns > 0)
    await tx.run(
      `INSERT INTO runs_to_count
       SELECT $source, unnest(from_json($runs::JSON, '["VARCHAR"]')) EXCEPT FROM runs_to_count`,
      { source, runs: JSON.stringify(pipelineRuns.map(({ run }) => run)) },
    );
  const newIncidents = await add(
    incidentTable,
    incidents.map(fact => incidentRow(source, fact)),
    [],
  );
  if (newIncidents > 0)
    await markIncidents(
      tx,
      source,
      incidents.map(({ incident }) => incident),
    );
  await add(
    externalMetricTable,
    externalMetrics.map(({ periodStart, periodEnd, updatedAt, team = '', service = '', ...metric }) => ({
      ...{ source, ...metric, team, service, period_start: utc(periodStart), period_end: utc(periodEnd) },
      ...{ updated_at: utc(updatedAt) },
    })),
    [],
  );
  await markDeployments(
    tx,
    deployments
      .filter(({ repository }) => changed.has(repository))
      .map(({ repository, deployment }) => ({ repository, deployment: `${source}:${deployment}` })),
  );
  await markRepositories(tx, [...changed]);
  return added;
}

/** What pushes told of commits that are known in whole now goes. */
async function dropPartial(tx: Transaction, commits: readonly CommitFact[]): Promise<void> {
  const whole = commits.filter(({ isPartial = false }) => !isPartial);
  if (whole.length === 0 || (await tx.scalar('SELECT 1 FROM commits WHERE is_partial LIMIT 1')) === undefined) return;
  await tx.run(
    `DELETE FROM commits AS known
     USING (SELECT unnest(from_json($commits::JSON, '[{"repository":"VARCHAR","sha":"VARCHAR"}]')) AS told)
     WHERE known.is_partial AND known.repository = told.repository AND known.sha = told.sha`,
    { commits: JSON.stringify(whole.map(({ repository, sha }) => ({ repository, sha }))) },
  );
}

/** Notes repositories whose facts have changed, whichever; for writers that do not go through storeFacts. */
export async function mark(tx: Transaction, repositories: readonly string[]): Promise<void> {
  await markDeployments(
    tx,
    repositories.map(repository => ({ repository, deployment: '*' })),
  );
  await markRepositories(tx, repositories);
}

async function markRepositories(tx: Transaction, repositories: readonly string[]): Promise<void> {
  if (repositories.length === 0) return;
  await tx.run(
    `INSERT INTO repositories_to_derive
     SELECT DISTINCT unnest(from_json($repositories::JSON, '["VARCHAR"]')) EXCEPT FROM repositories_to_derive`,
    { repositories: JSON.stringify(repositories) },
  );
}

async function markDeployments(
  tx: Transaction,
  deployments: readonly { readonly repository: string; readonly deployment: string }[],
): Promise<void> {
  if (deployments.length === 0) return;
  await tx.run(
    `INSERT INTO deployments_to_derive
     SELECT row.repository, row.deployment
     FROM (SELECT unnest(from_json($rows::JSON, '[{"repository":"VARCHAR","deployment":"VARCHAR"}]')) AS row)
     EXCEPT FROM deployments_to_derive`,
    { rows: JSON.stringify(deployments) },
  );
}

/** Notes incidents of which something new was said. */
export async function markIncidents(tx: Transaction, source: string, incidents: readonly string[]): Promise<void> {
  await tx.run(
    `INSERT INTO incidents_to_derive
     SELECT $source, unnest(from_json($incidents::JSON, '["VARCHAR"]')) EXCEPT FROM incidents_to_derive`,
    { source, incidents: JSON.stringify(incidents) },
  );
}

/** Says that a source has begun or finished reading a repository's past ('*' for all it reads). */
export async function noteBackfill(
  tx: Transaction,
  source: string,
  repository: string,
  state: 'running' | 'done',
): Promise<void> {
  await tx.run('DELETE FROM backfills WHERE source = $source AND repository = $repository', { source, repository });
  if (state === 'running') await tx.run('INSERT INTO backfills VALUES ($source, $repository)', { source, repository });
  else await mark(tx, [repository]);
}

/** Notes a webhook's delivery; false where it was received before. */
export async function isNewDelivery(tx: Transaction, source: string, delivery: string, now: Date): Promise<boolean> {
  const known = await tx.scalar(
    'SELECT count(*) FROM webhook_deliveries WHERE source = $source AND delivery = $delivery',
    { source, delivery },
  );
  if (Number(known) > 0) return false;
  await tx.run('INSERT INTO webhook_deliveries VALUES ($source, $delivery, $now::TIMESTAMP)', {
    ...{ source, delivery, now: sqlTime(now) },
  });
  return true;
}

const commitRow = (fact: CommitFact): Fact => ({
  ...{ repository: fact.repository, sha: fact.sha, parents: fact.parents.join(' ') },
  ...{ authored_at: utc(fact.authoredAt), committed_at: utc(fact.committedAt) },
  ...{ author_name: fact.authorName, author_email: fact.authorEmail, subject: fact.subject },
  reverts: (fact.reverts ?? []).join(' '),
  picked_from: (fact.pickedFrom ?? []).join(' '),
  pull_request: fact.pullRequest ?? null,
  trailers: fact.trailers ?? '',
  is_partial: fact.isPartial ?? false,
});

const deploymentRow = (source: string, fact: DeploymentFact): Fact => ({
  ...{ source, deployment: fact.deployment, repository: fact.repository, environment: fact.environment },
  ...{ sha: fact.sha ?? '', ref: fact.ref ?? '', version: fact.version ?? '', service: fact.service ?? '' },
  ...{ team: fact.team ?? '', task: fact.task ?? '', actor: fact.actor ?? '', labels: fact.labels ?? [] },
  ...{ url: fact.url ?? '', changed_production: fact.changedProduction ?? null, is_planned: fact.isPlanned ?? null },
  ...{ incident: fact.incident ?? '', rolls_back_to: fact.rollsBackTo ?? '' },
  ...{ created_at: utc(fact.createdAt), updated_at: utc(fact.updatedAt ?? fact.createdAt) },
});

const pullRequestRow = (source: string, fact: PullRequestFact): Fact => ({
  ...{ source, repository: fact.repository, number: fact.number, title: fact.title, author: fact.author },
  ...{ is_bot: fact.isBot, state: fact.state, base: fact.base, head: fact.head, head_sha: fact.headSha ?? '' },
  ...{ merge_sha: fact.mergeSha ?? '', reverts: fact.reverts ?? null, labels: fact.labels ?? [], url: fact.url ?? '' },
  ...{ first_commit_at: maybe(fact.firstCommitAt), created_at: utc(fact.createdAt), ready_at: maybe(fact.readyAt) },
  ...{ first_review_at: maybe(fact.firstReviewAt), approved_at: maybe(fact.approvedAt) },
  ...{ merged_at: maybe(fact.mergedAt), closed_at: maybe(fact.closedAt), updated_at: utc(fact.updatedAt) },
});

const incidentRow = (source: string, fact: IncidentFact): Fact => ({
  ...{ source, incident: fact.incident, title: fact.title, service: fact.service ?? '', team: fact.team ?? '' },
  ...{ repository: fact.repository ?? '', environment: fact.environment ?? '', severity: fact.severity ?? '' },
  ...{ status: fact.status, is_deleted: fact.isDeleted ?? false, deployment: fact.deployment ?? '' },
  ...{ root_cause_sha: fact.rootCauseSha ?? '', labels: fact.labels ?? [], url: fact.url ?? '' },
  ...{ started_at: utc(fact.startedAt), resolved_at: maybe(fact.resolvedAt), updated_at: utc(fact.updatedAt) },
});
