/** Keeps what providers say of budgets, forecasts and anomalies as versions: a row is added when anything changed. */
import type { DuckDBValue } from '@duckdb/node-api';
import type { Transaction } from '../core/ledger.ts';
import { sqlTime } from '../core/time.ts';

/** Whose word it is. */
export interface VendorScope {
  readonly source: string;
  readonly provider: string;
  readonly billingAccount: string;
}

/** Decimal text; days are `2026-11-01`, and `periodEnd` is the period's last one. */
export interface VendorBudget {
  readonly budget: string;
  readonly periodStart: string;
  readonly periodEnd: string;
  readonly amount: string;
  readonly actual?: string | undefined;
  readonly forecast?: string | undefined;
  readonly currency: string;
}

export interface VendorForecast {
  /** The month's first day. */
  readonly month: string;
  readonly mean: string;
  readonly lower?: string | undefined;
  readonly upper?: string | undefined;
  /** Percent. */
  readonly intervalLevel: number;
  readonly currency: string;
}

export interface VendorAnomaly {
  readonly anomaly: string;
  readonly serviceName: string;
  readonly started: string;
  /** The last day that is known to be part of it. */
  readonly ended?: string | undefined;
  readonly impact: string;
  readonly currency: string;
}

/** All budgets of the scope: those that are no more get a version without amounts. Returns how many versions are new. */
export const noteBudgets = (tx: Transaction, scope: VendorScope, budgets: readonly VendorBudget[], now: Date) =>
  noteVersions(tx, scope, now, {
    table: 'vendor_budgets',
    identity: ['budget', 'currency'],
    columns: {
      budget: 'VARCHAR',
      period_start: 'DATE',
      period_end: 'DATE',
      amount: 'DECIMAL(38,10)',
      actual: 'DECIMAL(38,10)',
      forecast: 'DECIMAL(38,10)',
      currency: 'VARCHAR',
    },
    gone: { when: 'amount IS NOT NULL', nulls: ['amount', 'actual', 'forecast'] },
    rows: budgets.map(({ periodStart, periodEnd, ...budget }) => ({
      ...budget,
      period_start: periodStart,
      period_end: periodEnd,
    })),
  });

/** A month that is not among them keeps what was last said of it. */
export const noteForecasts = (tx: Transaction, scope: VendorScope, forecasts: readonly VendorForecast[], now: Date) =>
  noteVersions(tx, scope, now, {
    table: 'vendor_forecasts',
    identity: ['month', 'currency'],
    columns: {
      month: 'DATE',
      mean: 'DECIMAL(38,10)',
      lower: 'DECIMAL(38,10)',
      upper: 'DECIMAL(38,10)',
      interval_level: 'INTEGER',
      currency: 'VARCHAR',
    },
    rows: forecasts.map(({ intervalLevel, ...forecast }) => ({ ...forecast, interval_level: String(intervalLevel) })),
  });

/** All anomalies of the scope that have not ended before `since`; those that had keep what is known of them. */
export const noteAnomalies = (
  tx: Transaction,
  scope: VendorScope,
  anomalies: readonly VendorAnomaly[],
  options: { readonly now: Date; readonly since: string },
) =>
  noteVersions(tx, scope, options.now, {
    table: 'vendor_anomalies',
    identity: ['anomaly'],
    columns: {
      anomaly: 'VARCHAR',
      service_name: 'VARCHAR',
      started: 'DATE',
      ended: 'DATE',
      impact: 'DECIMAL(38,10)',
      currency: 'VARCHAR',
    },
    gone: {
      when: `anomaly <> '' AND impact IS NOT NULL AND (ended IS NULL OR ended >= $since::DATE)`,
      nulls: ['impact'],
      parameters: { since: options.since },
    },
    // That someone looked and found none is a fact too.
    rows: [
      { anomaly: '', service_name: '', currency: '' },
      ...anomalies.map(({ serviceName, ...anomaly }) => ({ ...anomaly, service_name: serviceName })),
    ],
  });

interface Versions {
  readonly table: string;
  /** What tells one thing from another within a scope. */
  readonly identity: readonly string[];
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Readonly<Record<string, string | undefined>>[];
  readonly gone?: {
    readonly when: string;
    readonly nulls: readonly string[];
    readonly parameters?: Readonly<Record<string, DuckDBValue>>;
  };
}

async function noteVersions(tx: Transaction, scope: VendorScope, now: Date, versions: Versions): Promise<number> {
  const { table, identity, columns, rows, gone } = versions;
  const names = Object.keys(columns);
  const parameters = { source: scope.source, provider: scope.provider, account: scope.billingAccount };
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE told AS
     SELECT ${names.map(name => `nullif(told.${name}, '')::${columns[name]} AS ${name}`).join(', ')}
     FROM (SELECT unnest(from_json($rows, '[{${names.map(name => `"${name}":"VARCHAR"`).join()}}]')) AS told)`,
    { rows: JSON.stringify(rows) },
  );
  for (const name of names.filter(name => columns[name] === 'VARCHAR'))
    await tx.run(`UPDATE told SET ${name} = '' WHERE ${name} IS NULL`);
  await tx.run(
    `CREATE OR REPLACE TEMP TABLE told_before AS
     SELECT ${names.join(', ')} FROM ${table}
     WHERE source = $source AND provider = $provider AND billing_account = $account
     QUALIFY row_number() OVER (PARTITION BY ${identity.join(', ')} ORDER BY learned_at DESC) = 1`,
    parameters,
  );
  const added = await tx.all(
    `INSERT INTO ${table} BY NAME
     SELECT $source AS source, $provider AS provider, $account AS billing_account, news.*, $now::TIMESTAMP AS learned_at
     FROM (
       (FROM told EXCEPT FROM told_before)
       ${
         gone === undefined
           ? ''
           : `UNION ALL
       SELECT * REPLACE (${gone.nulls.map(name => `NULL AS ${name}`).join(', ')})
       FROM told_before ANTI JOIN told USING (${identity.join(', ')}) WHERE ${gone.when}`
       }
     ) AS news`,
    { ...parameters, now: sqlTime(now), ...gone?.parameters },
  );
  await tx.run('DROP TABLE temp.told; DROP TABLE temp.told_before');
  const count = Number(Object.values(added[0] ?? {})[0] ?? 0);
  if (count > 0) tx.touch(table);
  return count;
}
