/** A supply-chain exporter over facts that are told by hand, and values of its families as of an instant. */
import { pino } from 'pino';
import type { Ownership } from '../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Row, type Transaction } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import type { Report, Result, Told } from '../../exporters/findings/report.ts';
import { storeTold } from '../../exporters/findings/store.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';

/** A row of a table: what it doesn't name is NULL. `owner` stands for owner_key. */
export type Fact = Readonly<Record<string, string | number | boolean | null | readonly string[]>>;
export type Facts = Readonly<Record<string, readonly Fact[]>>;

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  /** Tells of findings, and of facts by table, at an instant of our clock, in one transaction, as a source does. */
  readonly tell: (now: string, facts: Facts, told?: Told, staleDays?: number) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** The team sales has the services shop and cart, ops has pay. */
export const teams = ownershipOf({ sales: { shop: 'acme/shop', cart: 'acme/cart' }, ops: { pay: 'acme/pay' } });

export interface BooksOptions {
  readonly config?: unknown;
  readonly ownership?: Ownership;
  readonly ledger?: Ledger;
  readonly now?: string;
}

export async function openBooks({
  config = {},
  ownership = teams,
  ledger: own,
  now = '2026-01-01T00:00:00Z',
}: BooksOptions = {}): Promise<Books> {
  const log = pino({ level: 'silent' });
  const exporter = supplyChainExporter(supplyChainSchema.parse(config), ownership);
  const ledger = own ?? (await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 }));
  const at = (text: string) => ({ now: () => new Date(text), log });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, at(now));
    await exporter.derive?.(tx, at(now));
  });
  return {
    ledger,
    exporter,
    tell: (when, facts, told = {}, staleDays) =>
      ledger.write(async tx => {
        const stale = staleDays === undefined ? {} : { staleSeconds: staleDays * 86_400 };
        await storeTold(tx, 'test', told, { now: new Date(when), ...stale });
        for (const [table, rows] of Object.entries(facts)) await insert(tx, table, rows, when);
        await exporter.derive?.(tx, at(when));
      }),
    rows: sql => ledger.read(reader => reader.all(sql)),
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    close: () => ledger.close(),
  };
}

/** Rows that don't say so occurred and were learned then. */
async function insert(tx: Transaction, table: string, rows: readonly Fact[], when: string): Promise<void> {
  const columns = await tx.all(
    'SELECT column_name AS name, data_type AS type FROM duckdb_columns() WHERE table_name = $table',
    {
      table,
    },
  );
  const shape = Object.fromEntries(
    columns.map(({ name, type }) => [String(name), String(type).endsWith('[]') ? ['VARCHAR'] : String(type)]),
  );
  const timed = rows.map(row => ({
    ...('learned_at' in shape ? { learned_at: when } : {}),
    ...('occurred_at' in shape ? { occurred_at: when } : {}),
    ...row,
  }));
  const key = 'owner_key' in shape ? 'REPLACE ((md5_number(owner) // 2)::HUGEINT AS owner_key)' : '';
  await tx.run(
    `INSERT INTO ${table} BY NAME SELECT * EXCLUDE (owner) ${key} FROM (
       SELECT unnest(row) FROM (
         SELECT unnest(from_json($rows::JSON, '[${JSON.stringify({ ...shape, owner: 'VARCHAR' })}]')) AS row
       )
     )`,
    { rows: JSON.stringify(timed) },
  );
  for (const owner of new Set(rows.flatMap(row => (typeof row.owner === 'string' ? [row.owner] : []))))
    await tx.run(
      `INSERT INTO owner_keys SELECT (md5_number($owner) // 2)::HUGEINT, $owner::JSON, $when::TIMESTAMP
       WHERE (md5_number($owner) // 2)::HUGEINT NOT IN (SELECT owner_key FROM owner_keys)`,
      { owner, when },
    );
  tx.touch(table);
}

export const owner = (repository: string, environment?: string) =>
  JSON.stringify({ ...(environment === undefined ? {} : { environment }), repository });

export const production = owner('acme/shop', 'production');

/** `outcome id image|package`, such as `fail CVE-1 shop|pkg:npm/a`, of acme/shop in production. */
export function found(text: string, more: Partial<Result> = {}): Result {
  const [outcome, policy = '', resource = ''] = text.split(' ') as [Result['outcome'], string, string];
  return {
    ...{ outcome, policy, resource: `image:${resource}`, severity: 'high', enforcement: 'audit', owner: production },
    ...more,
  };
}

/** A complete look at the image shop in production. */
export function look(evaluatedAt: string, results: readonly (string | Result)[], more: Partial<Report> = {}): Report {
  const told = {
    ...{ engine: 'vulnerability', scope: 'image:shop@production', owner: production, evaluatedAt },
    ...{ completeness: 'complete' as const, results: results.map(one => (typeof one === 'string' ? found(one) : one)) },
    ...more,
  };
  return { ...told, digest: more.digest ?? JSON.stringify(told) };
}

/** Of 2026: `day(32)` is 1 February at midnight, `day(32.5)` noon. */
export const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + (number - 1) * 86_400_000).toISOString();
export const seconds = (instant: string) => Date.parse(instant) / 1000;
