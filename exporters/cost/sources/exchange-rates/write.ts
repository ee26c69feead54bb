/** Writes rates as versions: a row is added where a day's rate is new or another, or is gone from the file. */
import type { Transaction } from '../../../core/ledger.ts';
import type { Rate } from './rates.ts';

/**
 * Returns how many rates were new or changed. A rate that is gone is withdrawn by a row without one, but only within the
 * file's own days: a file of the last 90 says nothing of those before.
 */
export async function writeRates(
  tx: Transaction,
  rates: readonly Rate[],
  { reportingCurrency, now }: { readonly reportingCurrency: string; readonly now: string },
): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE exchange_rates_read AS
     SELECT r.currency, r.day::DATE AS rate_day, r.rate::DECIMAL(38, 18) AS rate
     FROM (SELECT unnest(from_json($rates, '[{"currency":"VARCHAR","day":"VARCHAR","rate":"VARCHAR"}]')) AS r)`,
    { rates: JSON.stringify(rates) },
  );
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE exchange_rates_moved AS
     WITH known AS (
       SELECT currency, rate_day, rate FROM exchange_rates
       WHERE reporting_currency = $reporting
         AND rate_day BETWEEN (SELECT min(rate_day) FROM exchange_rates_read) AND (SELECT max(rate_day) FROM exchange_rates_read)
       QUALIFY row_number() OVER (PARTITION BY currency, rate_day ORDER BY learned_at DESC) = 1)
     SELECT currency, rate_day, r.rate
     FROM exchange_rates_read r FULL JOIN known k USING (currency, rate_day)
     WHERE r.rate IS DISTINCT FROM k.rate`,
    { reporting: reportingCurrency },
  );
  // A version of the same instant is replaced.
  await tx.run(
    `DELETE FROM exchange_rates e
     WHERE reporting_currency = $reporting AND learned_at = $now::TIMESTAMP AND EXISTS (
       FROM exchange_rates_moved m WHERE m.currency = e.currency AND m.rate_day = e.rate_day)`,
    { reporting: reportingCurrency, now },
  );
  await tx.run(
    `INSERT INTO exchange_rates BY NAME
     SELECT *, $reporting AS reporting_currency, (rate_day + 1)::TIMESTAMP AS occurred_at, $now::TIMESTAMP AS learned_at
     FROM exchange_rates_moved`,
    { reporting: reportingCurrency, now },
  );
  const moved = Number(await tx.scalar('SELECT count(*) FROM exchange_rates_moved'));
  await tx.run('DROP TABLE exchange_rates_read; DROP TABLE exchange_rates_moved;');
  if (moved > 0) tx.touch('exchange_rates');
  return moved;
}
