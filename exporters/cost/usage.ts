/** Quantities of usage metrics: what splits weigh by and unit costs divide by. */
import type { Transaction } from '../core/ledger.ts';
import { postChanges } from './postings.ts';

const journal = {
  table: 'usage_quantities',
  keys: ['usage', 'team', 'service', 'environment'],
  amounts: ['quantity'],
} as const;

/** Where quantities end: splits count them in units of 1e-10 within 128 bits. */
export const largestQuantity = 1e17;

/**
 * Posts the quantities of a usage metric as the temporary table `read_usage` (charge_day, team, service, environment,
 * quantity) has them: all of the days in it, or of those in `read_usage_days`, and nothing of other days. Marks the days whose splits weigh by them. Returns
 * how many quantities changed.
 */
export async function postQuantities(
  tx: Transaction,
  usage: string,
  now: Date,
  days: 'read_usage' | 'read_usage_days' = 'read_usage',
): Promise<number> {
  const posted = await postChanges(tx, journal, {
    wanted: '(SELECT $usage AS usage, * FROM read_usage)',
    scope: `usage = $usage AND charge_day IN (SELECT charge_day FROM ${days})`,
    parameters: { usage },
    now,
  });
  if (posted > 0)
    await tx.run(
      `INSERT INTO days_to_allocate
       SELECT DISTINCT charges.charge_day
       FROM (
         SELECT DISTINCT charge_day, carry_days
         FROM usage_quantities_changes
         CROSS JOIN (SELECT max(carry_days) AS carry_days FROM splits WHERE usage = $usage)
       ) AS changed
       JOIN (SELECT DISTINCT charge_day FROM charges) AS charges
         ON charges.charge_day BETWEEN changed.charge_day AND changed.charge_day + carry_days`,
      { usage },
    );
  return posted;
}
