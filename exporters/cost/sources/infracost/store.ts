/** Writes estimates as versions: one that says nothing new adds no row. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import type { Estimate } from './document.ts';

const storeSql = readFileSync(new URL('./store.sql', import.meta.url), 'utf8');

/** Returns how many estimates were new or have changed. */
export async function storeEstimates(
  tx: Transaction,
  source: string,
  estimates: readonly Estimate[],
  now: Date,
): Promise<number> {
  if (estimates.length === 0) return 0;
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE read_estimates AS
     SELECT unnest(from_json($rows, '[{"repository":"VARCHAR","project":"VARCHAR","workspace":"VARCHAR","name":"VARCHAR",
       "pullRequest":"VARCHAR","merges":"VARCHAR","onDefaultBranch":"BOOLEAN","commit":"VARCHAR","committedAt":"VARCHAR",
       "generatedAt":"VARCHAR","currency":"VARCHAR","monthly":"VARCHAR","change":"VARCHAR","resources":"BIGINT",
       "unsupported":"BIGINT","unpriced":"BIGINT","error":"VARCHAR"}]'), recursive := true)`,
    { rows: JSON.stringify(estimates) },
  );
  await tx.run(storeSql);
  const changed = Number(await tx.scalar('SELECT count(*) FROM new_estimates'));
  const parameters = { now: sqlTime(now) };
  await tx.run(
    `INSERT INTO owner_keys
     SELECT DISTINCT owner_key, json_object('repository', repository), $now::TIMESTAMP FROM new_estimates AS e
     WHERE NOT EXISTS (FROM owner_keys AS k WHERE k.owner_key = e.owner_key)`,
    parameters,
  );
  await tx.run(
    `INSERT INTO cost_estimates BY NAME
     SELECT $source AS source, *, committed_at AS occurred_at, $now::TIMESTAMP AS learned_at FROM new_estimates`,
    { ...parameters, source },
  );
  await tx.run('DROP TABLE temp.read_estimates; DROP TABLE temp.new_estimates');
  if (changed > 0) tx.touch('cost_estimates', 'owner_keys');
  return changed;
}
