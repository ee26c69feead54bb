/** Keeps `allocations` in step with charges, owners and splits: posts what has changed on the days that are out of date. */
import { readFileSync } from 'node:fs';
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

const allocateSql = readFileSync(new URL('./allocate.sql', import.meta.url), 'utf8');
const temporary = ['allocation_days', 'owned_charges', 'split_weights', 'split_charges', 'allocation_differences'];

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
  await tx.run(allocateSql);
  const posted = Number(await tx.scalar('SELECT count(*) FROM allocation_differences'));
  await tx.run(
    `INSERT INTO allocations BY NAME
     SELECT *, charge_day + INTERVAL 1 DAY AS occurred_at, $now::TIMESTAMP AS learned_at FROM allocation_differences`,
    { now: sqlTime(now) },
  );
  await tx.run(`${temporary.map(table => `DROP TABLE temp.${table}`).join(';\n')};\nDELETE FROM days_to_allocate`);
  if (posted > 0) tx.touch('allocations');
  tx.touch('days_to_allocate');
  return { days, posted };
}

/** Marks every day that has charges, from a UTC day on, as out of date; all of them without one. */
export async function markDays(tx: Transaction, from?: string): Promise<void> {
  await tx.run(
    `INSERT INTO days_to_allocate
     SELECT DISTINCT charge_day FROM charges WHERE $from::DATE IS NULL OR charge_day >= $from::DATE`,
    { from: from ?? null },
  );
}
