/** Tables of the ledger that hold what is configured. */
import type { Parameters, Transaction } from '../core/ledger.ts';

/**
 * Replaces a table by what a query gives (columns in the table's order), where the two differ; touches it only then.
 * Returns whether it did.
 */
export async function replaceConfigured(
  tx: Transaction,
  table: string,
  wanted: string,
  parameters: Parameters,
): Promise<boolean> {
  const differing = await tx.scalar(
    `WITH wanted AS (${wanted})
     SELECT count(*) FROM (
       (FROM wanted EXCEPT ALL FROM ${table}) UNION ALL (FROM ${table} EXCEPT ALL FROM wanted)
     )`,
    parameters,
  );
  if (Number(differing) === 0) return false;
  await tx.run(`DELETE FROM ${table}`);
  await tx.run(`INSERT INTO ${table} ${wanted}`, parameters);
  tx.touch(table);
  return true;
}
