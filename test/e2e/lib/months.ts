/** Bills shifted by whole months, and what a DuckDB of its own says of them as of an instant. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { fixtureEnd, makeBill } from '../../fixtures/cost/make-bill.ts';
import { corpusBills, formatOf, instantFor, readerOf } from './corpus.ts';
import { settle } from './plumbline.ts';
import { duckdb, type Expected } from './raw.ts';

export interface MonthBill {
  readonly name: string;
  /** The bill as it is, of some month. */
  readonly source: string;
  /** The column that names the provider. */
  readonly provider: string;
  /** Tags as rules name them, and as the file spells them. */
  readonly teamTags: readonly string[];
  readonly serviceTags: readonly string[];
  /** Its Billing Period dataset. */
  readonly statements?: string;
}

/** The fixture bill, written to the folder, and those of the corpus; tells by name which are not there. */
export function monthBills(t: TestContext, directory: string): readonly MonthBill[] {
  const source = path.join(directory, 'fixture.csv');
  writeFileSync(source, makeBill({ end: fixtureEnd }));
  const teamTags = ['team', 'Team', 'owner', 'user:team'];
  const own: MonthBill = { name: 'fixture', source, provider: 'ProviderName', teamTags, serviceTags: ['service'] };
  const others = corpusBills(t).map(({ teamTag, serviceTag, ...bill }) => ({
    ...bill,
    teamTags: [teamTag],
    serviceTags: [serviceTag],
  }));
  return [own, ...others];
}

/**
 * Writes the bill so that its newest charge is in the month (such as 2026-10), and every line bears an invoice id or
 * none does. A month's last days may fall together, where the new one is shorter.
 */
export async function writeShifted(bill: MonthBill, file: string, month: string, invoiced: boolean): Promise<void> {
  const read = readerOf(bill.source);
  const [has] = await duckdb(
    `SELECT count(*)::INTEGER AS n FROM (DESCRIBE FROM ${read}) WHERE column_name = 'InvoiceId'`,
  );
  const anyId = `'INV-' || BillingAccountId`;
  const invoice = has?.n === 1 ? `coalesce(nullif(InvoiceId, ''), ${anyId})` : anyId;
  const instant = (at: string, name: string) => `${instantFor(file, at)} AS ${name}`;
  const later = (column: string) => `(${column}::TIMESTAMP + to_months(months))`;
  // Of a month with fewer days, so that no charge ends before it begins.
  const end = `greatest(${later('ChargePeriodEnd')}, ${later('ChargePeriodStart')}
    + least(ChargePeriodEnd::TIMESTAMP - ChargePeriodStart::TIMESTAMP, INTERVAL 1 DAY))`;
  await duckdb(
    `COPY (
       SELECT COLUMNS(c -> c NOT IN ('months', 'InvoiceId', 'ChargePeriodStart', 'ChargePeriodEnd', 'BillingPeriodStart', 'BillingPeriodEnd')),
         ${instant(later('ChargePeriodStart'), 'ChargePeriodStart')}, ${instant(end, 'ChargePeriodEnd')},
         ${instant(later('BillingPeriodStart'), 'BillingPeriodStart')}, ${instant(later('BillingPeriodEnd'), 'BillingPeriodEnd')},
         ${invoiced ? invoice : 'NULL::VARCHAR'} AS InvoiceId
       FROM ${read}, (
         SELECT date_diff('month', max(ChargePeriodStart::TIMESTAMP), TIMESTAMP '${month}-01')::INTEGER AS months FROM ${read})
     ) TO '${file}' (${formatOf(file)})`,
  );
  settle(file);
}

/** Writes the bill's Billing Period file for the month, with its own status unless another is given. */
export async function writeStatements(source: string, file: string, month: string, status?: string): Promise<void> {
  const dates = ['BillingPeriodCreated', 'BillingPeriodEnd', 'BillingPeriodLastUpdated', 'BillingPeriodStart'];
  const replaced = dates.map(name => `${instantFor(file, `${name}::TIMESTAMP + to_months(months)`)} AS ${name}`);
  if (status) replaced.push(`'${status}' AS BillingPeriodStatus`);
  const read = readerOf(source);
  await duckdb(
    `COPY (
       SELECT * EXCLUDE (months) REPLACE (${replaced.join(', ')}) FROM ${read}, (
         SELECT date_diff('month', max(BillingPeriodStart::TIMESTAMP), TIMESTAMP '${month}-01')::INTEGER AS months FROM ${read})
     ) TO '${file}' (FORMAT csv, HEADER)`,
  );
  settle(file);
}

const bases = ['billed', 'effective', 'list', 'contracted'];

/** The file's lines: provider, account, currency, day, period, team, service and the four costs. */
function linesOf(bill: MonthBill, file: string): string {
  const tag = (names: readonly string[], none: string) =>
    `coalesce(${names.map(name => `nullif(lower(trim(json_extract_string(CASE WHEN json_valid(Tags) THEN Tags END, '$."${name}"'))), '')`).join(', ')}, '${none}')`;
  const costs = ['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'].map(
    (name, index) => `coalesce(try_cast(replace(${name}::VARCHAR, ',', '') AS DECIMAL(38, 18)), 0) AS ${bases[index]}`,
  );
  return `lines AS (
    SELECT ${bill.provider} AS provider, BillingAccountId AS account, BillingCurrency AS currency,
      ChargePeriodStart::TIMESTAMP::DATE AS day, BillingPeriodStart::TIMESTAMP::DATE AS period,
      ${tag(bill.teamTags, 'unowned')} AS team, ${tag(bill.serviceTags, 'unassigned')} AS service, ${costs.join(', ')}
    FROM ${readerOf(file)})`;
}

/** Of the month's days that are complete at the instant, by JSON of [team, service, currency, basis]. */
export async function monthSums(
  bill: MonthBill,
  file: string,
  month: string,
  now: Date,
): Promise<Map<string, Expected>> {
  const rows = await duckdb(
    `WITH ${linesOf(bill, file)}
     SELECT team, service, currency, unnest([${bases.map(basis => `'${basis}'`).join(', ')}]) AS basis,
       unnest([${bases.map(basis => `sum(${basis})`).join(', ')}])::VARCHAR AS value, count(*)::INTEGER AS n
     FROM lines
     WHERE strftime(day, '%Y-%m') = '${month}' AND day + INTERVAL 1 DAY <= '${now.toISOString()}'::TIMESTAMP
     GROUP BY team, service, currency`,
  );
  return new Map(
    rows.map(({ team, service, currency, basis, value, n }) => [
      JSON.stringify([team, service, currency, basis]),
      { value: Number(value), tolerance: Math.abs(Number(value)) * 1e-9 + Number(n) * 1e-10 },
    ]),
  );
}

/** Each complete charge day's finality, by JSON of [provider, day, finality]: 1. `settled`: invoices or statements say so. */
export async function finalities(
  bill: MonthBill,
  file: string,
  settled: boolean,
  now: Date,
): Promise<Map<string, Expected>> {
  const at = `'${now.toISOString()}'::TIMESTAMP`;
  const rows = await duckdb(
    `WITH ${linesOf(bill, file)}
     SELECT provider, day::VARCHAR AS day,
       CASE WHEN ${settled} AND max(period) + INTERVAL 1 MONTH <= ${at} THEN 'closed'
            WHEN day + INTERVAL 4 DAY > ${at} THEN 'estimated' ELSE 'open' END AS finality
     FROM lines WHERE day + INTERVAL 1 DAY <= ${at} GROUP BY provider, day`,
  );
  return new Map(
    rows.map(({ provider, day, finality }) => [JSON.stringify([provider, day, finality]), { value: 1, tolerance: 0 }]),
  );
}

export interface Invoice {
  readonly provider: string;
  readonly billing_account: string;
  readonly currency: string;
  readonly period: string;
  readonly total: string;
  /** How far the ledger's rounding of each line may move the ratio to the total. */
  readonly rounding: number;
}

/** An invoice for each account of the file's month, its total the billed sum over `divisor`. */
export async function invoicesOf(
  bill: MonthBill,
  file: string,
  month: string,
  divisor: number,
): Promise<readonly Invoice[]> {
  const rows = await duckdb(
    `WITH ${linesOf(bill, file)}
     SELECT provider, account, currency, count(*)::INTEGER AS n, (sum(billed) / ${divisor})::DECIMAL(38, 10)::VARCHAR AS total
     FROM lines WHERE strftime(period, '%Y-%m') = '${month}' GROUP BY ALL`,
  );
  return rows.map(({ provider, account, currency, n, total }) => ({
    provider: String(provider),
    billing_account: String(account),
    currency: String(currency),
    period: month,
    total: String(total),
    rounding: (Number(n) * 1e-10) / Math.abs(Number(total)),
  }));
}
