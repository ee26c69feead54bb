/** Writes what events say, and gives deployments that name no repository the one that their commit was pushed to. */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import { completedDeployments, completedIncidents, completedPullRequests } from '../../completed.ts';
import type { Facts } from '../../facts.ts';
import { mark } from '../../marks.ts';
import { storeFacts } from '../../store-facts.ts';
import type { Reading } from './reading.ts';

/** Returns how many rows are new. */
export async function storeReadings(
  tx: Transaction,
  source: string,
  readings: readonly Reading[],
  now: Date,
): Promise<number> {
  const all = <Name extends keyof Facts>(name: Name) =>
    readings.flatMap(({ facts }) => (facts?.[name] ?? []) as never[]);
  const told: Facts = {
    ...{ commits: all('commits'), tags: all('tags'), pipelineRuns: all('pipelineRuns') },
    deployments: await completedDeployments(tx, source, all('deployments')),
    pullRequests: await completedPullRequests(tx, source, all('pullRequests')),
    incidents: await completedIncidents(tx, source, [
      ...all<'incidents'>('incidents'),
      ...(await gone(tx, source, readings)),
    ]),
  };
  const added = await storeFacts(tx, source, told, now);
  return added + (await placeDeployments(tx, source, now));
}

/** Issues without the label that are known as incidents, or say that they were. */
async function gone(tx: Transaction, source: string, readings: readonly Reading[]) {
  const candidates = readings.flatMap(({ notIncidents = [] }) => notIncidents);
  if (candidates.length === 0) return [];
  const rows = await tx.all(
    `SELECT DISTINCT incident FROM incidents
     WHERE source = $source AND list_contains(from_json($ids::JSON, '["VARCHAR"]'), incident)`,
    { source, ids: JSON.stringify(candidates.map(({ fact }) => fact.incident)) },
  );
  const known = new Set([
    ...rows.map(row => String(row.incident)),
    ...readings.flatMap(({ facts }) => (facts?.incidents ?? []).map(({ incident }) => incident)),
  ]);
  return candidates.flatMap(({ fact, wasOne }) => (wasOne || known.has(fact.incident) ? fact : []));
}

/** Cloud Build, Tekton and Argo CD may name a commit alone; the push that brought it may come before or after. */
async function placeDeployments(tx: Transaction, source: string, now: Date): Promise<number> {
  const placed = await tx.all(
    `INSERT INTO deployments BY NAME
     SELECT told.* REPLACE (place.repository AS repository, $now::TIMESTAMP AS learned_at)
     FROM (
       FROM deployments WHERE source = $source
       QUALIFY row_number() OVER (PARTITION BY deployment ORDER BY updated_at DESC, learned_at DESC) = 1
     ) AS told
     JOIN (
       SELECT sha, min(repository) AS repository FROM commits
       WHERE sha IN (SELECT sha FROM deployments WHERE source = $source AND repository = '' AND sha <> '')
       GROUP BY sha HAVING count(DISTINCT repository) = 1
     ) AS place USING (sha)
     WHERE told.repository = ''
     RETURNING repository`,
    { source, now: sqlTime(new Date(now.getTime() + 1)) },
  );
  if (placed.length > 0) {
    tx.touch('deployments');
    await mark(tx, [...new Set(placed.map(row => String(row.repository)))]);
  }
  return placed.length;
}
