/** Brings a derived table in step with what follows from the facts now: rows are added where that differs, never changed. */
import type { Parameters, Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

export interface DerivedTable {
  readonly table: string;
  /** Columns that identify a row; the newest (learned_at) of the same holds. */
  readonly keys: readonly string[];
  /** The other columns but `occurred_at` and `learned_at`. */
  readonly values: readonly string[];
  /**
   * How a row says that the one before it never was, as in `SELECT * REPLACE`, and whether a row holds; without it
   * nothing is taken back.
   */
  readonly takenBack?: { readonly replace: string; readonly isHeld: string };
  /**
   * From when a newer row counts: from its own `occurred_at`, the older one standing until then (`own`: what goes on);
   * from the earlier of both (`earliest`); or from its own, the older one being taken back (`instead`).
   */
  readonly counts: 'own' | 'earliest' | 'instead';
}

export interface Wanted {
  /** A table with the keys, the values and `occurred_at`: all that should hold within the scope. */
  readonly wanted: string;
  /** Which rows `wanted` is all of: a condition on the derived table, there called `derived`. */
  readonly scope: string;
  readonly parameters?: Parameters;
  readonly now: Date;
}

/** Returns how many rows were added; they stay in the temporary table `TABLE_differences` until the next call. */
export async function postDifferences(
  tx: Transaction,
  { table, keys, values, takenBack, counts }: DerivedTable,
  { wanted, scope, parameters = {}, now }: Wanted,
): Promise<number> {
  const same = (names: readonly string[]) =>
    names.map(name => `wanted."${name}" IS NOT DISTINCT FROM newest."${name}"`).join(' AND ');
  // Two batches may be derived in one millisecond; the later row of a key must be the newer one all the same.
  const after = (microseconds: number) => `CASE WHEN newest.learned_at IS NULL THEN $now::TIMESTAMP
    ELSE greatest($now::TIMESTAMP, newest.learned_at) + INTERVAL ${microseconds} MICROSECOND END`;
  const columns = [...keys, ...values].map(name => `"${name}"`);
  const occurred = counts === 'earliest' ? 'least(wanted.occurred_at, newest.occurred_at)' : 'wanted.occurred_at';
  const isLater = counts === 'instead' ? 'wanted.occurred_at > newest.occurred_at' : 'false';
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE ${table}_newest AS
     SELECT * FROM ${table} AS derived WHERE ${scope}
     QUALIFY row_number() OVER (PARTITION BY ${keys.map(key => `"${key}"`).join(', ')} ORDER BY learned_at DESC) = 1`,
    parameters,
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE ${table}_differences AS
     SELECT ${columns.map(name => `wanted.${name}`).join(', ')}, ${occurred} AS occurred_at, ${after(2)} AS learned_at
     FROM ${wanted} AS wanted LEFT JOIN ${table}_newest AS newest ON ${same(keys)}
     WHERE newest.learned_at IS NULL OR NOT (${same(values)})`,
    { now: sqlTime(now) },
  );
  if (takenBack !== undefined)
    await tx.run(
      `INSERT INTO ${table}_differences BY NAME
       SELECT newest.* REPLACE (${takenBack.replace}, ${after(1)} AS learned_at)
       FROM ${table}_newest AS newest LEFT JOIN ${wanted} AS wanted ON ${same(keys)}
       WHERE ${takenBack.isHeld}
         AND (wanted.occurred_at IS NULL OR (${isLater} AND NOT (${same(values)})))`,
      { now: sqlTime(now) },
    );
  const added = Number(await tx.scalar(`SELECT count(*) FROM ${table}_differences`));
  if (added > 0) {
    await tx.run(`INSERT INTO ${table} BY NAME SELECT * FROM ${table}_differences`);
    tx.touch(table);
  }
  await tx.run(`DROP TABLE ${table}_newest`);
  return added;
}
