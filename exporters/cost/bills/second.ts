/** Postings of money that only reconciles: by account, period and day, for nobody bears it. */
import type { Transaction } from '../../core/ledger.ts';
import type { Posting } from './posting.ts';

const amounts = ['billed', 'effective'] as const;
const key = 'origin, provider, billing_account, billing_period, charge_day, currency';

/** Posts what differs from what the delivery's origins posted before. Returns how many postings were made. */
export async function postSecond(tx: Transaction, posting: Posting): Promise<number> {
  const { staged, source, now } = posting;
  const posted = await tx.all(
    `INSERT INTO second_charges BY NAME
     WITH entries AS (
       SELECT line.origin, provider, billing_account, billing_period, charge_day, currency,
         ${amounts.map(name => `coalesce(${name}, 0) AS ${name}`).join(', ')}
       FROM ${staged.lines} AS line JOIN ${staged.keys} AS keys USING (key)
       WHERE line.origin IN (SELECT origin FROM focus_origins)
       UNION ALL
       SELECT ${key}, ${amounts.map(name => `-${name}`).join(', ')}
       FROM second_charges WHERE origin IN (SELECT origin FROM focus_origins))
     SELECT $source AS source, ${key}, ${amounts.map(name => `sum(${name}) AS ${name}`).join(', ')},
       (charge_day + 1)::TIMESTAMP AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM entries GROUP BY ${key}
     HAVING ${amounts.map(name => `sum(${name}) <> 0`).join(' OR ')}
     RETURNING 1`,
    { source, now },
  );
  if (posted.length > 0) tx.touch('second_charges');
  return posted.length;
}
