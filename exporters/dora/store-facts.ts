/** The one way of facts into the ledger. */
import type { Transaction } from '../core/ledger.ts';
import {
  commitTable,
  deploymentCommitTable,
  deploymentTable,
  externalMetricTable,
  incidentTable,
  pipelineRunTable,
  pullRequestCommitTable,
  pullRequestTable,
  statusTable,
  tagTable,
} from './fact-tables.ts';
import {
  type CommitFact,
  type DeploymentFact,
  type Facts,
  type IncidentFact,
  type PullRequestFact,
  utc,
} from './facts.ts';
import { markDeployments, markIncidents, markRepositories } from './marks.ts';
import { addFacts, type Fact, type FactTable } from './statements.ts';

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
