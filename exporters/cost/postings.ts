/** A journal's postings: differences between what a source says now and what its postings sum to. */
import type { Parameters, Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

/** A table with `charge_day`, keys, amounts (DECIMAL), `occurred_at` (the day's end) and `learned_at`. */
export interface Journal {
  readonly table: string;
  /** Columns that identify a value, `charge_day` left out. */
  readonly keys: readonly string[];
  readonly amounts: readonly string[];
}

export interface Changes {
  /** A table that has the journal's keys, `charge_day` and amounts: what holds now; several rows of a key add up. */
  readonly wanted: string;
  /** Which postings `wanted` is all of: a condition on the journal's columns. */
  readonly scope: string;
  readonly parameters?: Parameters;
  readonly now: Date;
}

/**
 * Posts what differs; what has not changed posts nothing, what is no longer wanted is taken back. The differences stay
 * in the temporary table `TABLE_changes` until the next call. Returns how many were posted.
 */
export async function postChanges(
  tx: Transaction,
  { table, keys, amounts }: Journal,
  { wanted, scope, parameters = {}, now }: Changes,
): Promise<number> {
  const columns = ['charge_day', ...keys].join(', ');
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE ${table}_changes AS
     SELECT ${columns}, ${amounts.map(amount => `sum(${amount}) AS ${amount}`).join(', ')}
     FROM (
       SELECT ${columns}, ${amounts.join(', ')} FROM ${wanted}
       UNION ALL
       SELECT ${columns}, ${amounts.map(amount => `-${amount}`).join(', ')} FROM ${table} WHERE ${scope}
     )
     GROUP BY ALL
     HAVING ${amounts.map(amount => `sum(${amount}) <> 0`).join(' OR ')}`,
    parameters,
  );
  const posted = Number(await tx.scalar(`SELECT count(*) FROM ${table}_changes`));
  if (posted === 0) return 0;
  await tx.run(
    `INSERT INTO ${table} BY NAME
     SELECT *, charge_day + INTERVAL 1 DAY AS occurred_at, $now::TIMESTAMP AS learned_at FROM ${table}_changes`,
    { now: sqlTime(now) },
  );
  tx.touch(table);
  return posted;
}
