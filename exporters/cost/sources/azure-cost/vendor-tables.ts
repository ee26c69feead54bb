/** Writes Azure's budgets and forecasts as versions: a row is added when anything of it has changed. */
import type { Transaction } from '../../../core/ledger.ts';
import { sqlTime } from '../../../core/time.ts';
import { azureProvider } from '../../azure-terms.ts';
import type { AzureBudget } from './budgets.ts';
import type { Forecast } from './forecast.ts';

export interface Versioned {
  readonly source: string;
  readonly billingAccount: string;
  readonly now: Date;
}

/**
 * Returns how many were new or changed. A budget that is no longer there gets a version without an amount, so that it
 * ends; `currency` is for those that name none.
 */
export async function writeBudgets(
  tx: Transaction,
  budgets: readonly (AzureBudget & { readonly currency: string })[],
  of: Versioned,
): Promise<number> {
  const read = JSON.stringify(
    budgets.map(({ budget, periodStart, periodEnd, amount, actual, forecast, currency }) => ({
      budget,
      period_start: periodStart,
      period_end: periodEnd,
      amount,
      actual: actual ?? null,
      forecast: forecast ?? null,
      currency,
    })),
  );
  tx.touch('vendor_budgets');
  return changedRows(
    tx,
    `INSERT INTO vendor_budgets BY NAME
       WITH read AS (
         SELECT r.budget, r.period_start::DATE AS period_start, r.period_end::DATE AS period_end,
           r.amount::DECIMAL(38,10) AS amount, r.actual::DECIMAL(38,10) AS actual, r.forecast::DECIMAL(38,10) AS forecast,
           r.currency
         FROM (SELECT unnest(from_json($read, '[{"budget":"VARCHAR","period_start":"VARCHAR","period_end":"VARCHAR",
           "amount":"VARCHAR","actual":"VARCHAR","forecast":"VARCHAR","currency":"VARCHAR"}]')) AS r)),
       known AS (
         SELECT budget, period_start, period_end, amount, actual, forecast, currency FROM vendor_budgets
         WHERE source = $source AND provider = $provider AND billing_account = $account
         QUALIFY row_number() OVER (PARTITION BY budget ORDER BY learned_at DESC) = 1)
       SELECT $source AS source, $provider AS provider, $account AS billing_account, *, $now::TIMESTAMP AS learned_at
       FROM (
         (SELECT * FROM read EXCEPT SELECT * FROM known)
         UNION ALL
         SELECT budget, period_start, period_end, NULL, NULL, NULL, currency FROM known
         WHERE amount IS NOT NULL AND budget NOT IN (SELECT budget FROM read))`,
    read,
    of,
  );
}

export async function writeForecasts(tx: Transaction, forecasts: readonly Forecast[], of: Versioned): Promise<number> {
  tx.touch('vendor_forecasts');
  return changedRows(
    tx,
    `INSERT INTO vendor_forecasts BY NAME
     WITH read AS (
       SELECT r.month::DATE AS month, r.mean::DECIMAL(38,10) AS mean, r.currency
       FROM (SELECT unnest(from_json($read, '[{"month":"VARCHAR","mean":"VARCHAR","currency":"VARCHAR"}]')) AS r)),
     known AS (
       SELECT month, mean, currency FROM vendor_forecasts
       WHERE source = $source AND provider = $provider AND billing_account = $account
       QUALIFY row_number() OVER (PARTITION BY month, currency ORDER BY learned_at DESC) = 1)
     SELECT $source AS source, $provider AS provider, $account AS billing_account, *, $now::TIMESTAMP AS learned_at
     FROM (SELECT * FROM read EXCEPT SELECT * FROM known)`,
    JSON.stringify(forecasts),
    of,
  );
}

async function changedRows(tx: Transaction, sql: string, read: string, of: Versioned): Promise<number> {
  const added = await tx.all(`${sql} RETURNING 1`, {
    read,
    source: of.source,
    provider: azureProvider,
    account: of.billingAccount,
    now: sqlTime(of.now),
  });
  return added.length;
}
