/** Deployments to production put into the ledger by hand, and what is derived of them. */
import type { Transaction } from '../../../exporters/core/ledger.ts';
import { deriveChanges } from '../../../exporters/dora/changes/index.ts';
import { mark } from '../../../exporters/dora/marks.ts';
import type { DoraRun } from '../run.ts';

export interface Deployed {
  readonly deployment: string;
  readonly sha: string;
  readonly at: string;
  readonly service?: string;
  readonly team?: string;
  readonly environment?: string;
  readonly repository?: string;
  readonly outcome?: string;
  readonly ref?: string;
  readonly version?: string;
}

export async function deploy(run: DoraRun, now: string, deployments: readonly Deployed[]): Promise<void> {
  await run.ledger.write(async tx => {
    await tx.run(
      `INSERT INTO production_deployments BY NAME
       SELECT d.deployment, coalesce(d.service, 'shop') AS service, coalesce(d.team, 'sales') AS team,
         coalesce(d.environment, 'production') AS environment, coalesce(d.repository, 'acme/shop') AS repository, d.sha,
         coalesce(d.version, '') AS version, coalesce(d.ref, '') AS ref, coalesce(d.outcome, 'success') AS outcome,
         d.at::TIMESTAMP AS started_at, d.at::TIMESTAMP AS finished_at, d.at::TIMESTAMP AS occurred_at,
         $now::TIMESTAMP AS learned_at
       FROM (SELECT unnest(from_json($rows, '[{"deployment":"VARCHAR","service":"VARCHAR","team":"VARCHAR",
         "environment":"VARCHAR","repository":"VARCHAR","sha":"VARCHAR","version":"VARCHAR","ref":"VARCHAR",
         "outcome":"VARCHAR","at":"VARCHAR"}]')) AS d)`,
      { rows: JSON.stringify(deployments), now },
    );
    await mark(tx, [...new Set(deployments.map(({ repository = 'acme/shop' }) => repository))]);
    await derived(tx, run, now);
  });
}

/** For doraRun: nothing is derived of what is read but what these functions derive. */
export const byHand = async (): Promise<void> => undefined;

/** Derives, and clears what was to be derived, as derive.ts does. */
export async function derived(tx: Transaction, run: DoraRun, now: string): Promise<void> {
  await deriveChanges(tx, run.config, { now: () => new Date(`${now.replace(' ', 'T')}Z`) });
  await tx.run('DELETE FROM repositories_to_derive');
}

export const derive = (run: DoraRun, now: string): Promise<void> => run.ledger.write(tx => derived(tx, run, now));

/** Every tag or branch deployment that a git source has found becomes one to production, of one service. */
export async function deployFound(run: DoraRun, now: string): Promise<void> {
  await run.ledger.write(async tx => {
    await tx.run(
      `INSERT INTO production_deployments BY NAME
       SELECT source || ':' || deployment AS deployment, 'shop' AS service, 'sales' AS team, environment, repository, sha,
         version, ref, 'success' AS outcome, created_at AS started_at, created_at AS finished_at,
         created_at AS occurred_at, $now::TIMESTAMP AS learned_at
       FROM deployments AS d
       WHERE NOT EXISTS (FROM production_deployments AS p WHERE p.deployment = d.source || ':' || d.deployment)`,
      { now },
    );
    await mark(tx, ['*']);
    await derived(tx, run, now);
  });
}

/** `deployment basis previous commits/merges` of the ranges that hold, in the order of their ends. */
export async function rangesOf(run: DoraRun): Promise<readonly string[]> {
  const rows = await run.rows(
    `SELECT deployment, service, repository, basis, previous, commits, merges FROM (
       FROM deployment_ranges QUALIFY row_number() OVER (
         PARTITION BY deployment, service, repository, environment ORDER BY learned_at DESC) = 1
     ) WHERE holds ORDER BY occurred_at, deployment, service, repository`,
  );
  return rows.map(row => `${row.deployment} ${row.basis} ${row.previous || '-'} ${row.commits}/${row.merges}`);
}

/** Changes that hold: `deployment sha clock excluded`, with the commits' names for shas. */
export async function changesOf(
  run: DoraRun,
  names: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const rows = await run.rows(
    `SELECT deployment, service, sha, clock_at::VARCHAR AS clock, excluded FROM (
       FROM deployed_changes QUALIFY row_number() OVER (
         PARTITION BY deployment, service, environment, repository, sha ORDER BY learned_at DESC) = 1
     ) WHERE holds ORDER BY occurred_at, deployment, service, clock_at, committed_at, sha`,
  );
  const nameOf = new Map(Object.entries(names).map(([name, sha]) => [sha, name]));
  return rows.map(row =>
    [row.deployment, nameOf.get(String(row.sha)) ?? row.sha, row.clock, row.excluded].join(' ').trim(),
  );
}
