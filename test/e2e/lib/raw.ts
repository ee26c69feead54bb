/** Sums over a raw bill by a DuckDB of its own, that know nothing of the ledger: by day and team, and by day and service. */
import { DuckDBInstance } from '@duckdb/node-api';
import { readerOf } from './corpus.ts';

export interface RawBill {
  /** CSV or Parquet. */
  readonly file: string;
  /** Tags that name team and service, as the file spells them. */
  readonly teamTag: string;
  readonly serviceTag: string;
  /** How the money of a sub-account that names no team is shared out, by weights. */
  readonly shared?: { readonly account: string; readonly weights: Readonly<Record<string, number>> };
  /** Services shown by name, a month and currency. */
  readonly top: number;
}

export type Basis = 'billed' | 'effective';
/** A sum, and by how much it may be off: the ledger keeps ten decimals of a line. */
export interface Expected {
  readonly value: number;
  readonly tolerance: number;
}
/** By JSON of [day, team, currency], [day, team, service, currency] or [day, service name, currency]. */
export interface RawSums {
  readonly byTeam: ReadonlyMap<string, Expected>;
  readonly byService: ReadonlyMap<string, Expected>;
  readonly byServiceName: ReadonlyMap<string, Expected>;
  readonly firstDay: string;
  readonly lastDay: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** Runs statements in a DuckDB of its own; returns the rows of the last. */
export async function duckdb(...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    await connection.run("SET TimeZone = 'UTC'");
    let rows: Record<string, unknown>[] = [];
    for (const sql of statements) rows = (await connection.runAndReadAll(sql)).getRowObjectsJson();
    return rows;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export async function rawSums(bill: RawBill, basis: Basis): Promise<RawSums> {
  const cost = basis === 'billed' ? 'BilledCost' : 'EffectiveCost';
  const { account, weights } = bill.shared ?? { account: '', weights: {} };
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0) || 1;
  const parts = Object.entries(weights).map(([team, weight]) => `(${quoted(team)}, ${weight})`);
  const tag = (name: string) =>
    `nullif(lower(trim(json_extract_string(CASE WHEN json_valid(Tags) THEN Tags END, ${quoted(`$."${name}"`)}))), '')`;
  // Services are ranked by what the ledger keeps: in the real sample most costs are less than its ten decimals.
  const lines = `
    raw AS (
      SELECT ChargePeriodStart::TIMESTAMP::DATE AS day, BillingCurrency AS currency, coalesce(ServiceName, 'unnamed') AS service_name,
             EffectiveCost::DECIMAL(38, 10) AS rank_cost, ${cost}::DECIMAL(38, 18) AS cost,
             ${tag(bill.teamTag)} AS team, ${tag(bill.serviceTag)} AS service,
             ${tag(bill.teamTag)} IS NULL AND SubAccountId = ${quoted(account)} AS is_shared
      FROM ${readerOf(bill.file)}
      -- A line that costs nothing in any way is nothing to rank.
      WHERE ${['BilledCost', 'EffectiveCost', 'ListCost', 'ContractedCost'].map(name => `coalesce(try_cast(${name} AS DECIMAL(38, 10)), 0) <> 0`).join(' OR ')}
    ),
    line AS (
      SELECT day, currency, service_name, rank_cost, cost::DOUBLE AS cost,
             coalesce(team, 'unowned') AS team, coalesce(service, 'unassigned') AS service FROM raw WHERE NOT is_shared
      ${
        parts.length === 0
          ? ''
          : `UNION ALL
      SELECT day, currency, service_name, (rank_cost * weight / ${total})::DECIMAL(38, 10), cost * weight / ${total}, part.team, 'shared'
      FROM raw, (VALUES ${parts.join(', ')}) AS part(team, weight) WHERE is_shared`
      }
    ),
    place AS (
      SELECT *, row_number() OVER (PARTITION BY charge_month, currency ORDER BY size DESC, team, service) AS place
      FROM (
        SELECT date_trunc('month', day) AS charge_month, currency, team, service, abs(sum(rank_cost)) AS size
        FROM line GROUP BY ALL
      )
    ),
    shown AS (
      SELECT line.*, CASE WHEN place <= ${bill.top} THEN line.service ELSE 'other' END AS shown_as
      FROM line JOIN place ON charge_month = date_trunc('month', day) AND place.currency = line.currency
        AND place.team = line.team AND place.service = line.service
    )`;
  const sums = async (...keys: readonly string[]) => {
    const rows = await duckdb(
      `WITH ${lines} SELECT day::VARCHAR AS day, ${keys.join(', ')}, sum(cost)::VARCHAR AS value, count(*)::INTEGER AS n
       FROM shown GROUP BY ALL`,
    );
    return new Map(
      rows.map(row => {
        const value = Number(row.value);
        const key = JSON.stringify([row.day, ...keys.map(name => String(row[name.split(' AS ').at(-1) ?? name]))]);
        return [key, { value, tolerance: Math.abs(value) * 1e-9 + Number(row.n) * 1e-10 }] as const;
      }),
    );
  };
  const byTeam = await sums('team', 'currency');
  const dates = [...byTeam.keys()].map(key => String((JSON.parse(key) as unknown[])[0])).sort();
  return {
    byTeam,
    byService: await sums('team', 'shown_as', 'currency'),
    byServiceName: await sums('service_name', 'currency'),
    firstDay: dates[0] ?? '',
    lastDay: dates.at(-1) ?? '',
  };
}

/** Throws with the first differences. What nobody expects may be there as 0: it once had another value. */
export function assertSame(
  actual: ReadonlyMap<string, number>,
  expected: ReadonlyMap<string, Expected>,
  what: string,
): void {
  const none: Expected = { value: 0, tolerance: 1e-9 };
  const wrong = [...new Set([...actual.keys(), ...expected.keys()])].flatMap(key => {
    const { value, tolerance } = expected.get(key) ?? none;
    const found = actual.get(key) ?? 0;
    return Math.abs(found - value) <= tolerance ? [] : [`${key}: ${found}, expected ${value}`];
  });
  if (wrong.length > 0)
    throw new Error(`${what}: ${wrong.length} of ${expected.size} differ:\n${wrong.slice(0, 8).join('\n')}`);
  if (expected.size === 0) throw new Error(`${what}: nothing to compare with`);
}
