/** Keeps what clusters' allocations cost by owner, and so the quantities that split their bills, in step with ownership. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import type { CostConfig } from './config.ts';
import { postChanges } from './postings.ts';
import { replaceConfigured } from './replace.ts';
import { postQuantities } from './usage.ts';

const ownedSql = readFileSync(new URL('./kubernetes/owned.sql', import.meta.url), 'utf8');

const costs = {
  table: 'kubernetes_costs',
  keys: ['cluster', 'currency', 'allocation', 'team', 'service', 'environment'],
  amounts: ['cost', 'adjustment', 'requested', 'used'],
} as const;

/** Brings the configured clusters into the ledger; where they differ from it all days are out of date. */
export async function configureKubernetes(tx: Transaction, clusters: CostConfig['kubernetes']): Promise<void> {
  const changed = await replaceConfigured(
    tx,
    'kubernetes_clusters',
    `SELECT row.cluster, row.idle, coalesce(row.environment, '')
     FROM (SELECT unnest(from_json($rows, '[{"cluster":"VARCHAR","idle":"VARCHAR","environment":"VARCHAR"}]')) AS row)`,
    {
      rows: JSON.stringify(clusters.map(({ cluster, idle, environment }) => ({ cluster, idle, environment }))),
    },
  );
  if (changed) await markKubernetesDays(tx);
}

/** Marks every day of clusters, from a UTC day on, as out of date; all of them without one. */
export async function markKubernetesDays(tx: Transaction, from?: string): Promise<void> {
  await tx.run(
    `INSERT INTO kubernetes_days
     SELECT DISTINCT charge_day FROM kubernetes_allocations WHERE $from::DATE IS NULL OR charge_day >= $from::DATE`,
    { from: from ?? null },
  );
}

/**
 * Posts the costs by owner, and the quantities by which splits weigh, of the UTC days in `kubernetes_days`, and empties
 * it. Owners must be resolved before, and charges be allocated after.
 */
export async function ownKubernetes(tx: Transaction, now: Date): Promise<void> {
  if (Number(await tx.scalar('SELECT count(*) FROM kubernetes_days')) === 0) return;
  await tx.run(ownedSql);
  const scope = 'charge_day IN (SELECT charge_day FROM kubernetes_days)';
  await postChanges(tx, costs, { wanted: 'owned_allocations', scope, now });
  for (const { cluster } of await tx.all('SELECT DISTINCT cluster FROM owned_allocations ORDER BY cluster')) {
    await tx.run(
      `CREATE OR REPLACE TEMP TABLE read_usage AS
       SELECT charge_day, team, service, environment, sum(cost) AS quantity
       FROM owned_allocations
       WHERE cluster = $cluster AND weighs
       GROUP BY ALL`,
      { cluster: String(cluster) },
    );
    await tx.run(
      `CREATE OR REPLACE TEMP TABLE read_usage_days AS
       SELECT DISTINCT charge_day FROM owned_allocations WHERE cluster = $cluster`,
      { cluster: String(cluster) },
    );
    await postQuantities(tx, String(cluster), now, 'read_usage_days');
  }
  await tx.run('DELETE FROM kubernetes_days');
}
