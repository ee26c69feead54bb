/** Brings rows of JavaScript into a temporary table, a slice at a time: never row by row. */
import type { Transaction } from './ledger.ts';

/** Fills a temporary table from rows of texts, in slices; `columns` gives each column's type. */
export async function stage(
  tx: Transaction,
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly Readonly<Record<string, string | number | boolean | null | readonly string[]>>[],
): Promise<void> {
  const names = Object.keys(columns);
  await tx.run(`CREATE OR REPLACE TEMP TABLE ${table} (${names.map(name => `"${name}" ${columns[name]}`).join(', ')})`);
  const shape = names.map(name => `"${name}":${columns[name]!.endsWith('[]') ? '["VARCHAR"]' : '"VARCHAR"'}`).join();
  for (let start = 0; start < rows.length; start += rowsPerStatement)
    await tx.run(
      `INSERT INTO ${table} SELECT ${names.map(name => `row."${name}"::${columns[name]}`).join(', ')}
       FROM (SELECT unnest(from_json($rows::JSON, '[{${shape}}]')) AS row)`,
      { rows: JSON.stringify(rows.slice(start, start + rowsPerStatement)) },
    );
}

const rowsPerStatement = 5_000;
