/** Writes what was read or told of GitHub: parts become facts, and what is behind what is known already changes nothing. */
import type { Transaction } from '../../../core/ledger.ts';
import type { BatchCounts } from '../../../core/source.ts';
import { sqlTime } from '../../../core/time.ts';
import {
  type CommitFact,
  type DeploymentFact,
  type PullRequestFact,
  type RunStatus,
  type TagFact,
  utc,
} from '../../facts.ts';
import { storeFacts } from '../../store-facts.ts';
import type { GitHubConfig } from './config.ts';
import { incidentsOf } from './issues.ts';
import { keepParts, type Part } from './parts.ts';
import { deploymentsOfMerges, pullRequestOf } from './pull-requests.ts';
import { deploymentsOfReleases } from './releases.ts';
import { deploymentsOfRuns, isEnd, progressOf, type ReadRun } from './runs.ts';
import type { Unread } from './shapes.ts';

export interface News {
  readonly deployments?: readonly DeploymentFact[];
  readonly runs?: readonly ReadRun[];
  readonly parts?: readonly Part[];
  /** The commits of pull requests, by `thingKey`. */
  readonly pullRequestCommits?: ReadonlyMap<string, PullRequestFact['commits']>;
  readonly commits?: readonly CommitFact[];
  readonly tags?: readonly TagFact[];
  readonly unread?: readonly Unread[];
  /** Things read, known or not. */
  readonly records: number;
}

export type Store = (tx: Transaction, news: News, now: Date) => Promise<BatchCounts>;

/** How the news of a source are written; made once, for its rules are compiled. */
export function storeOf(
  config: Pick<GitHubConfig, 'name' | 'deployments_from' | 'pipeline_runs' | 'incident_labels'>,
): Store {
  const { name: source, deployments_from: rules } = config;
  const ofRun = deploymentsOfRuns(rules);
  const ofMerge = deploymentsOfMerges(rules);
  const ofRelease = deploymentsOfReleases(rules);
  const ofIssue = incidentsOf(config.incident_labels);
  return async (tx, news, now) => {
    const { parts = [], commits = [], tags = [], unread = [], pullRequestCommits } = news;
    const things = await keepParts(tx, source, parts);
    const of = (kind: Part['kind']) => [...things].filter(([, [first]]) => first?.kind === kind);
    const pullRequests = of('pull_request').flatMap(
      ([key, all]) => pullRequestOf(all, pullRequestCommits?.get(key)) ?? [],
    );
    const runs = await notBehind(tx, source, news.runs ?? []);
    const deployments = [
      ...(news.deployments ?? []),
      ...runs.flatMap(run => ofRun(run) ?? []),
      ...pullRequests.flatMap(pull => ofMerge(pull) ?? []),
      ...of('release').flatMap(([, all]) => ofRelease(all) ?? []),
    ];
    const changed = await storeFacts(
      tx,
      source,
      {
        ...{ commits, tags, pullRequests, deployments },
        pipelineRuns: config.pipeline_runs ? runs.map(({ fact }) => fact) : [],
        incidents: of('issue').flatMap(([, all]) => ofIssue(all) ?? []),
      },
      now,
    );
    return { records: news.records, changed, rejected: await keepUnread(tx, source, unread, now) };
  };
}

/** Runs that are no earlier state of what is known; one that has ended keeps the end that was seen first. */
async function notBehind(tx: Transaction, source: string, runs: readonly ReadRun[]): Promise<ReadRun[]> {
  if (runs.length === 0) return [];
  const rows = await tx.all(
    `SELECT run, status, updated_at::VARCHAR AS updated_at, finished_at::VARCHAR AS finished_at FROM github_runs AS p
     WHERE source = $source
       AND EXISTS (FROM (SELECT unnest(from_json($runs::JSON, '["VARCHAR"]')) AS run) AS told WHERE told.run = p.run)`,
    { source, runs: JSON.stringify(runs.map(({ fact }) => fact.run)) },
  );
  const known = new Map(
    rows.map(row => [
      String(row.run),
      {
        status: row.status as RunStatus,
        updatedAt: String(row.updated_at),
        finishedAt: row.finished_at as string | null,
      },
    ]),
  );
  const kept: ReadRun[] = [];
  const inOrder = [...runs].sort((a, b) => Date.parse(a.fact.updatedAt) - Date.parse(b.fact.updatedAt));
  for (const run of inOrder) {
    const { fact } = run;
    const before = known.get(fact.run);
    const updatedAt = utc(fact.updatedAt);
    if (before && progressOf(before.status) > progressOf(fact.status)) continue;
    if (before && progressOf(before.status) === progressOf(fact.status) && before.updatedAt > updatedAt) continue;
    const ended = before?.finishedAt;
    const isSame = ended && isEnd(fact.status) && before.status === fact.status;
    const finishedAt = isSame ? `${ended.replace(' ', 'T')}Z` : fact.finishedAt;
    kept.push({ ...run, fact: { ...fact, ...(finishedAt === undefined ? {} : { finishedAt }) } });
    known.set(fact.run, {
      ...{ status: fact.status, updatedAt },
      finishedAt: finishedAt === undefined ? null : utc(finishedAt),
    });
  }
  const told = new Set(kept.map(({ fact }) => fact.run));
  const notes = [...known].filter(([run]) => told.has(run));
  await tx.run(
    `DELETE FROM github_runs WHERE source = $source
       AND run IN (SELECT unnest(from_json($runs::JSON, '["VARCHAR"]')))`,
    { source, runs: JSON.stringify(notes.map(([run]) => run)) },
  );
  const repositories = new Map(kept.map(({ fact }) => [fact.run, fact]));
  await tx.run(
    `INSERT INTO github_runs
     SELECT $source, r.repository, r.run, r.status, r.queued_at::TIMESTAMP, r.updated_at::TIMESTAMP, r.finished_at::TIMESTAMP
     FROM (SELECT unnest(from_json($rows::JSON, '[{"repository":"VARCHAR","run":"VARCHAR","status":"VARCHAR",
       "queued_at":"VARCHAR","updated_at":"VARCHAR","finished_at":"VARCHAR"}]')) AS r)`,
    {
      source,
      rows: JSON.stringify(
        notes.map(([run, { status, updatedAt, finishedAt }]) => ({
          ...{ run, status, updated_at: updatedAt, finished_at: finishedAt },
          ...{
            repository: repositories.get(run)?.repository,
            queued_at: utc(repositories.get(run)?.queuedAt ?? updatedAt),
          },
        })),
      ),
    },
  );
  return kept;
}

/** Keeps what could not be read and was not noted before; returns how much, by reason. */
async function keepUnread(
  tx: Transaction,
  source: string,
  unread: readonly Unread[],
  now: Date,
): Promise<Record<string, number>> {
  if (unread.length === 0) return {};
  const rows = await tx.all(
    `INSERT INTO rejects
     SELECT DISTINCT $source, told.file, NULL::BIGINT, told.reason, told.field, told.value, $now::TIMESTAMP
     FROM (SELECT unnest(from_json($rows::JSON,
       '[{"file":"VARCHAR","reason":"VARCHAR","field":"VARCHAR","value":"VARCHAR"}]'), recursive := true)) AS told
     WHERE NOT EXISTS (
       FROM rejects AS known
       WHERE known.source = $source AND known.file = told.file AND known.reason = told.reason
         AND known.field IS NOT DISTINCT FROM told.field AND known.value IS NOT DISTINCT FROM told.value
     )
     RETURNING reason`,
    { source, rows: JSON.stringify(unread), now: sqlTime(now) },
  );
  if (rows.length > 0) tx.touch('rejects');
  const counts: Record<string, number> = {};
  for (const { reason } of rows) counts[String(reason)] = (counts[String(reason)] ?? 0) + 1;
  return counts;
}
