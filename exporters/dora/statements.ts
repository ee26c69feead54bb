/** Keeps what sources say: a row for each distinct statement, so that what comes twice, late or out of order is the same ledger. */
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

export type Cell = string | number | boolean | null | readonly string[];
export type Fact = Readonly<Record<string, Cell>>;

/** A table of facts without its `learned_at`; types are DuckDB's. */
export interface FactTable {
  readonly table: string;
  /** What tells one thing from another: only rows of the same things are compared. */
  readonly identity: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  /** True where a thing never changes: the first row of it stays, and what comes later is not even compared. */
  readonly isFixed?: boolean;
}

const rowsPerStatement = 5_000;

/** Adds the rows that were not there; returns how many. NULL equals NULL, and absent columns are NULL. */
export async function addFacts(tx: Transaction, to: FactTable, rows: readonly Fact[], now: Date): Promise<number> {
  const { table, identity, columns, isFixed = false } = to;
  const names = Object.keys(columns);
  const compared = isFixed ? identity : names;
  const shape = names.map(name => `"${name}":${columns[name]!.endsWith('[]') ? '["VARCHAR"]' : '"VARCHAR"'}`).join();
  let added = 0;
  for (let start = 0; start < rows.length; start += rowsPerStatement) {
    const [result] = await tx.all(
      `INSERT INTO ${table} BY NAME
       SELECT told.*, $now::TIMESTAMP AS learned_at
       FROM (
         SELECT ${isFixed ? `DISTINCT ON (${identity.join(', ')})` : 'DISTINCT'}
           ${names.map(name => `row.${name}::${columns[name]} AS ${name}`).join(', ')}
         FROM (SELECT unnest(from_json($rows::JSON, '[{${shape}}]')) AS row)
       ) AS told
       WHERE NOT EXISTS (
         FROM ${table} AS known
         WHERE ${compared.map(name => `known.${name} IS NOT DISTINCT FROM told.${name}`).join(' AND ')}
       )`,
      { rows: JSON.stringify(rows.slice(start, start + rowsPerStatement)), now: sqlTime(now) },
    );
    added += Number(Object.values(result ?? {})[0] ?? 0);
  }
  if (added > 0) tx.touch(table);
  return added;
}
