/** Adds what counters count to what they have counted: each thing once, as it was first known. */
import { unowned } from '../catalog/ownership.ts';
import type { Transaction } from '../core/ledger.ts';
import { stage } from '../core/stage.ts';
import { fromSqlTime, sqlTime } from '../core/time.ts';
import { ownersOf } from './owned.ts';

/** Lead times of the derived repositories' deployments that have not been counted for their service and reach. */
export async function countChanges(tx: Transaction, now: Date): Promise<void> {
  const [added] = await tx.all(
    `INSERT INTO counted_changes BY NAME
     WITH deployed AS (
       SELECT DISTINCT deployment, service FROM production_deployments
       WHERE repository IN (FROM derived_repositories)
     ),
     changes AS (
       SELECT * FROM (
         SELECT * FROM deployed_changes SEMI JOIN deployed USING (deployment, service)
         QUALIFY row_number() OVER (PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC) = 1
       )
       WHERE holds AND excluded = ''
     ),
     reached AS (
       SELECT deployment, service, reach, reached_at FROM rollouts SEMI JOIN deployed USING (deployment, service)
       QUALIFY row_number() OVER (PARTITION BY deployment, service, reach ORDER BY learned_at DESC) = 1
     )
     SELECT
       c.service, c.team, c.environment, c.repository, c.sha, r.reach,
       date_sub('second', c.clock_at, r.reached_at) AS authored,
       date_sub('second', c.committed_at, r.reached_at) AS committed,
       r.reached_at AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM changes AS c
     JOIN reached AS r USING (deployment, service)
     WHERE NOT EXISTS (
       FROM counted_changes AS k
       WHERE k.service = c.service AND k.environment = c.environment AND k.repository = c.repository AND k.sha = c.sha
         AND k.reach = r.reach
     )
     QUALIFY row_number() OVER (
       PARTITION BY c.service, c.environment, c.repository, c.sha, r.reach ORDER BY r.reached_at, c.deployment
     ) = 1`,
    { now: sqlTime(now) },
  );
  if (Number(Object.values(added ?? {})[0] ?? 0) > 0) tx.touch('counted_changes');
}

/** Runs of pipelines that have finished since; `seconds` is NULL where nobody says when it started. */
export async function countPipelineRuns(tx: Transaction, now: Date): Promise<void> {
  if ((await tx.scalar('SELECT 1 FROM runs_to_count LIMIT 1')) === undefined) return;
  await tx.run(`
    CREATE OR REPLACE TEMP TABLE new_runs AS
    SELECT source, run, repository, pipeline, status AS outcome, started_at, finished_at
    FROM pipeline_runs
    SEMI JOIN runs_to_count USING (source, run)
    WHERE status IN ('success', 'failure', 'cancelled') AND finished_at IS NOT NULL
      AND source NOT IN (SELECT source FROM backfills)
      AND NOT EXISTS (FROM finished_pipeline_runs AS f WHERE f.source = pipeline_runs.source AND f.run = pipeline_runs.run)
    QUALIFY row_number() OVER (PARTITION BY source, run ORDER BY updated_at DESC, learned_at DESC, finished_at) = 1;
    DELETE FROM runs_to_count WHERE source NOT IN (SELECT source FROM backfills)`);
  const days = await tx.all('SELECT DISTINCT repository, finished_at::DATE::VARCHAR AS day FROM new_runs');
  if (days.length === 0) return;
  const owners = await ownersOf(
    tx,
    days.map(({ repository, day }) => ({
      attributes: { repository: String(repository) },
      at: fromSqlTime(`${String(day)} 00:00:00`).getTime(),
    })),
    now,
  );
  await stage(
    tx,
    'run_owners',
    { repository: 'VARCHAR', day: 'DATE', team: 'VARCHAR', service: 'VARCHAR' },
    days.map(({ repository, day }, index) => ({
      ...{ repository: String(repository), day: String(day), team: owners[index]?.team ?? unowned },
      service: owners[index]?.service ?? String(repository),
    })),
  );
  await tx.run(
    `INSERT INTO finished_pipeline_runs BY NAME
     SELECT r.source, r.run, r.repository, o.team, o.service, r.pipeline, r.outcome,
       CASE WHEN r.started_at <= r.finished_at THEN date_sub('second', r.started_at, r.finished_at) END AS seconds,
       r.finished_at AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM new_runs AS r JOIN run_owners AS o ON o.repository = r.repository AND o.day = r.finished_at::DATE`,
    { now: sqlTime(now) },
  );
  tx.touch('finished_pipeline_runs');
}
