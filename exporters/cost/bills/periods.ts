/** What is known of billing periods: invoice ids from the charges, Open or Closed from the Billing Period dataset. */

import { readFileSync } from 'node:fs';
import type { Ledger, Row, Transaction } from '../../core/ledger.ts';
import { type FileGroup, fromFiles, periodDay, text } from './scan.ts';

/**
 * Notes invoices by provider, account and period, and who issues them; `periods` is the staged table's SQL. A period
 * counts as invoiced when every charge of it that has a BilledCost bears an invoice id, in all deliveries that hold some
 * of it: a marketplace's invoice or last month's correction comes earlier than the provider's own.
 */
export async function noteInvoices(tx: Transaction, options: { periods: string; now: string }): Promise<void> {
  const { periods, now } = options;
  await tx.run(
    `INSERT INTO invoice_issuers
     SELECT DISTINCT issuer, provider FROM ${periods} p WHERE issuer <> ''
       AND NOT EXISTS (FROM invoice_issuers i WHERE i.issuer = p.issuer AND i.provider = p.provider)`,
  );
  await tx.run('DELETE FROM period_invoices WHERE origin IN (SELECT origin FROM focus_origins)');
  await tx.run(
    `INSERT INTO period_invoices BY NAME
     SELECT origin, provider, billing_account, billing_period, count(DISTINCT nullif(invoice, '')) AS invoice_ids,
       bool_or(invoice = '' AND is_billed) AS lacks_invoice
     FROM ${periods} WHERE origin IN (SELECT origin FROM focus_origins) GROUP BY ALL`,
  );
  await syncPeriods(tx, now);
}

/** Notes what a vendor's API says of the periods just posted: Open or Closed. */
export async function notePeriodStatus(
  tx: Transaction,
  options: { readonly periods: string; readonly status: 'Open' | 'Closed'; readonly now: string },
): Promise<void> {
  await tx.run(
    `INSERT INTO billing_period_statements
     SELECT DISTINCT p.provider, p.billing_period, $status, $now::TIMESTAMP FROM ${options.periods} p
     LEFT JOIN (SELECT issuer, billing_period, arg_max(status, learned_at) AS status
                FROM billing_period_statements GROUP BY ALL) k ON k.issuer = p.provider AND k.billing_period = p.billing_period
     WHERE k.status IS DISTINCT FROM $status`,
    { status: options.status, now: options.now },
  );
  await syncPeriods(tx, options.now);
}

/** Reads a Billing Period file: a few rows of issuer, period and status. */
export async function readStatements(ledger: Ledger, group: FileGroup): Promise<Row[]> {
  const macros = readFileSync(new URL('./values.sql', import.meta.url), 'utf8');
  return ledger.read(async reader => {
    await reader.run(macros);
    return reader.all(
      `SELECT ${text(group, 'issuer')} AS issuer, (${periodDay(group)})::VARCHAR AS period,
         ${text(group, 'status')} AS status
       FROM ${fromFiles(group)}`,
    );
  });
}

/** Notes what the Billing Period dataset says; returns how many statements are new. */
export async function noteStatements(tx: Transaction, statements: readonly Row[], now: string): Promise<number> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_statements AS
     SELECT DISTINCT coalesce(s.issuer, '') AS issuer, s.period AS billing_period,
       CASE lower(trim(s.status)) WHEN 'closed' THEN 'Closed' WHEN 'open' THEN 'Open' ELSE '' END AS status
     FROM (SELECT unnest(from_json($rows, '[{"issuer":"VARCHAR","period":"DATE","status":"VARCHAR"}]')) AS s)
     WHERE s.period IS NOT NULL`,
    { rows: JSON.stringify(statements) },
  );
  await tx.run(
    `INSERT INTO billing_period_statements
     SELECT s.issuer, s.billing_period, s.status, $now::TIMESTAMP FROM focus_statements s
     LEFT JOIN (SELECT issuer, billing_period, arg_max(status, learned_at) AS status
                FROM billing_period_statements GROUP BY ALL) k USING (issuer, billing_period)
     WHERE k.status IS DISTINCT FROM s.status`,
    { now },
  );
  await syncPeriods(tx, now);
  const changed = await tx.scalar('SELECT count(*) FROM billing_period_statements WHERE learned_at = $now::TIMESTAMP', {
    now,
  });
  await tx.run('DROP TABLE focus_statements');
  return Number(changed);
}

/**
 * Brings `billing_periods` up to date: a new version where the number of invoices or the status changed. A version of the
 * same instant is replaced.
 */
async function syncPeriods(tx: Transaction, now: string): Promise<void> {
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE focus_periods_wanted AS
     WITH known AS (
       SELECT provider, billing_account, billing_period, arg_max(status, learned_at) AS status,
         arg_max(invoice_ids, learned_at) AS invoice_ids
       FROM billing_periods GROUP BY ALL),
     seen AS (
       SELECT provider, billing_account, billing_period, CASE WHEN bool_or(lacks_invoice) THEN 0 ELSE sum(invoice_ids) END AS invoice_ids
       FROM period_invoices GROUP BY ALL),
     stated AS (
       SELECT coalesce(i.provider, s.issuer) AS provider, s.billing_period, arg_max(s.status, s.learned_at) AS status
       FROM billing_period_statements s LEFT JOIN invoice_issuers i USING (issuer) GROUP BY ALL),
     wanted AS (
       SELECT provider, billing_account, billing_period,
         coalesce(stated.status, known.status, '') AS status,
         coalesce(seen.invoice_ids, known.invoice_ids, 0)::BIGINT AS invoice_ids
       FROM seen FULL JOIN known USING (provider, billing_account, billing_period)
       LEFT JOIN stated USING (provider, billing_period))
     SELECT wanted.* FROM wanted LEFT JOIN known USING (provider, billing_account, billing_period)
     WHERE known.status IS DISTINCT FROM wanted.status OR known.invoice_ids IS DISTINCT FROM wanted.invoice_ids`,
  );
  await tx.run(
    `DELETE FROM billing_periods b WHERE learned_at = $now::TIMESTAMP AND EXISTS (
       FROM focus_periods_wanted w WHERE w.provider = b.provider AND w.billing_account = b.billing_account
         AND w.billing_period = b.billing_period)`,
    { now },
  );
  await tx.run('INSERT INTO billing_periods SELECT *, $now::TIMESTAMP FROM focus_periods_wanted', { now });
  await tx.run('DROP TABLE focus_periods_wanted');
  tx.touch('billing_periods');
}
