/** A ledger of findings that is told of by hand. */
import { syncOwners } from '../../exporters/catalog/owners.ts';
import type { Ownership } from '../../exporters/catalog/ownership.ts';
import { recordVersion } from '../../exporters/catalog/versions.ts';
import { type Ledger, openLedger, type Row } from '../../exporters/core/ledger.ts';
import type { Report, Result, Told } from '../../exporters/findings/report.ts';
import { settleOwners, storeTold } from '../../exporters/findings/store.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';

export interface Books {
  readonly ledger: Ledger;
  /** Tells at an instant of our clock, in one transaction; the rows that are new. */
  readonly tell: (told: Told, now: string, staleSeconds?: number, follows?: boolean) => Promise<number>;
  /** From then on others own. */
  readonly reorganise: (ownership: Ownership, now: string) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** The values of each row with spaces between them. */
  readonly lines: (sql: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const room = (name: string) => new URL(`../../exporters/${name}/tables.sql`, import.meta.url);

export const sales = ownershipOf({ sales: { shop: 'acme/shop' }, ops: { pay: 'acme/pay' } });

export async function openBooks({
  file = ':memory:',
  ownership = sales,
}: {
  readonly file?: string;
  readonly ownership?: Ownership;
} = {}): Promise<Books> {
  const ledger = await openLedger({ path: file, tables: [room('catalog'), room('findings')] });
  const reorganise = (changed: Ownership, now: string) =>
    ledger.write(async tx => {
      await recordVersion(tx, changed, { now: new Date(now) });
      await syncOwners(tx);
    });
  await reorganise(ownership, '2026-01-01T00:00:00Z');
  const rows = (sql: string) => ledger.read(reader => reader.all(sql));
  return {
    ledger,
    tell: (told, now, staleSeconds, follows = false) =>
      ledger.write(async tx => {
        const options = { now: new Date(now), follows, ...(staleSeconds === undefined ? {} : { staleSeconds }) };
        const added = await storeTold(tx, 'test', told, options);
        await syncOwners(tx);
        await settleOwners(tx);
        return added;
      }),
    reorganise,
    rows,
    lines: async sql => (await rows(sql)).map(row => Object.values(row).join(' ')),
    close: () => ledger.close(),
  };
}

export const owner = (repository: string) => JSON.stringify({ repository });

/** `outcome policy resource [part]`, such as `fail run-as-root cart`; the rest as it is given. */
export function result(text: string, more: Partial<Result> = {}): Result {
  const [outcome, policy, resource, part] = text.split(' ') as [Result['outcome'], string, string, string | undefined];
  return {
    ...{ outcome, policy, resource, severity: 'high', enforcement: 'audit', owner: owner('acme/shop') },
    ...(part === undefined ? {} : { part }),
    ...more,
  };
}

/** A complete report of the scope `cluster:eu`, of an hour of 10 February, whose digest is its content. */
export function report(
  hour: number | string,
  results: readonly (string | Result)[],
  more: Partial<Report> = {},
): Report {
  const evaluatedAt =
    typeof hour === 'string' ? hour : new Date(Date.UTC(2026, 1, 10) + Math.round(hour * 3_600_000)).toISOString();
  const told = {
    ...{
      engine: 'kyverno',
      scope: 'cluster:eu',
      owner: owner('acme/shop'),
      evaluatedAt,
      completeness: 'complete' as const,
    },
    results: results.map(one => (typeof one === 'string' ? result(one) : one)),
    ...more,
  };
  return { ...told, digest: more.digest ?? JSON.stringify(told) };
}

/** The states of findings as they are by now: `resource state reason`. */
export const states = (books: Books) =>
  books.lines(`
    SELECT resource, state, reason FROM finding_states AS s JOIN findings USING (finding)
    QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1
    ORDER BY resource, scope`);

/** `resource event reason hour`. */
export const events = (books: Books) =>
  books.lines(`
    SELECT resource, event, reason, hour(occurred_at) FROM finding_events JOIN findings USING (finding)
    ORDER BY occurred_at, resource, event`);

/** All that the ledger holds of findings, whatever the order it was written in. */
export async function contents(books: Books): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await books.rows(
    `SELECT table_name AS name FROM duckdb_tables() WHERE table_name LIKE 'finding%' AND NOT temporary ORDER BY 1`,
  );
  const held: Record<string, readonly string[]> = {};
  for (const { name } of tables) held[String(name)] = await books.lines(`FROM ${String(name)} ORDER BY ALL`);
  return held;
}
