/** Notes of what has to be derived anew, of pasts that are being read, and of deliveries that were received. */
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

/** Notes repositories whose facts have changed, whichever; for writers that do not go through storeFacts. */
export async function mark(tx: Transaction, repositories: readonly string[]): Promise<void> {
  await markDeployments(
    tx,
    repositories.map(repository => ({ repository, deployment: '*' })),
  );
  await markRepositories(tx, repositories);
}

export async function markRepositories(tx: Transaction, repositories: readonly string[]): Promise<void> {
  if (repositories.length === 0) return;
  await tx.run(
    `INSERT INTO repositories_to_derive
     SELECT DISTINCT unnest(from_json($repositories::JSON, '["VARCHAR"]')) EXCEPT FROM repositories_to_derive`,
    { repositories: JSON.stringify(repositories) },
  );
}

export async function markDeployments(
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
