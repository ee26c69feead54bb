/** Brings what views read of the configuration into tables, and touches those alone that it changes. */
import type { Transaction } from './ledger.ts';
import { stage } from './stage.ts';

/** Replaces a table where it differs from what is wanted; returns whether it did. */
export async function replaceConfigured(
  tx: Transaction,
  table: string,
  ...[columns, rows]: StagedRows
): Promise<boolean> {
  await stage(tx, 'configured_now', columns, rows);
  const differs = await tx.scalar(
    `SELECT EXISTS ((FROM configured_now EXCEPT ALL FROM ${table}) UNION ALL (FROM ${table} EXCEPT ALL FROM configured_now))`,
  );
  if (differs === true) {
    await tx.run(`DELETE FROM ${table}; INSERT INTO ${table} SELECT * FROM configured_now`);
    tx.touch(table);
  }
  await tx.run('DROP TABLE configured_now');
  return differs === true;
}

type StagedRows =
  Parameters<typeof stage> extends [unknown, unknown, ...infer Rest extends [unknown, unknown]] ? Rest : never;
