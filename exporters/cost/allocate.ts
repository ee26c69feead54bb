/** Keeps `allocations` in step with charges, owners, splits and usage: posts what has changed on the days out of date. */
import { readFileSync } from 'node:fs';
import type { Reader, Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

const sqlOf = (file: string) => readFileSync(new URL(`./allocate/${file}.sql`, import.meta.url), 'utf8');
const weighSql = [sqlOf('owned'), sqlOf('weights')].join('\n');
const shareSql = [sqlOf('parts'), sqlOf('differences')].join('\n');
const temporary = [
  ...['allocation_days', 'owned_charges', 'split_weights', 'split_charges'],
  ...['allocation_differences', 'split_differences'],
];

/**
 * Recomputes who bears the charges of the UTC days in `days_to_allocate`, posts the differences to what is posted
 * already (learned at `now`, occurred at the day's end) and empties `days_to_allocate`. Returns how many were posted;
 * what has not changed posts nothing.
 */
export async function allocate(
  tx: Transaction,
  now: Date,
): Promise<{ readonly days: number; readonly posted: number }> {
  const days = Number(await tx.scalar('SELECT count(DISTINCT charge_day) FROM days_to_allocate'));
  if (days === 0) return { days: 0, posted: 0 };
  await tx.run('CREATE OR REPLACE TEMP TABLE allocation_days AS SELECT DISTINCT charge_day FROM days_to_allocate');
  await tx.run(`${weighSql}\n${shareSql}`);
  const posted = await postDifferences(tx, 'allocations', 'allocation_differences', now);
  await postDifferences(tx, 'split_costs', 'split_differences', now);
  await tx.run(`${temporary.map(table => `DROP TABLE temp.${table}`).join(';\n')};\nDELETE FROM days_to_allocate`);
  tx.touch('days_to_allocate');
  return { days, posted };
}

async function postDifferences(tx: Transaction, table: string, differences: string, now: Date): Promise<number> {
  const posted = Number(await tx.scalar(`SELECT count(*) FROM ${differences}`));
  if (posted === 0) return 0;
  await tx.run(
    `INSERT INTO ${table} BY NAME
     SELECT *, charge_day + INTERVAL 1 DAY AS occurred_at, $now::TIMESTAMP AS learned_at FROM ${differences}`,
    { now: sqlTime(now) },
  );
  tx.touch(table);
  return posted;
}

/** Makes `owned_charges` and `split_weights` of a UTC day, as the allocation has them, in a reader's transaction. */
export async function weighDay(reader: Reader, day: string): Promise<void> {
  await reader.run('CREATE OR REPLACE TEMP TABLE allocation_days AS SELECT $day::DATE AS charge_day', { day });
  await reader.run(weighSql);
}

/** Marks every day that has charges, from a UTC day on, as out of date; all of them without one. */
export async function markDays(tx: Transaction, from?: string): Promise<void> {
  await tx.run(
    `INSERT INTO days_to_allocate
     SELECT DISTINCT charge_day FROM charges WHERE $from::DATE IS NULL OR charge_day >= $from::DATE`,
    { from: from ?? null },
  );
}
