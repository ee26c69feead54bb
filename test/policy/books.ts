/** A policy exporter over reports that are told by hand, and values of its families as of an instant. */
import { pino } from 'pino';
import type { Ownership } from '../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import type { Report, Result, Told } from '../../exporters/findings/report.ts';
import { storeTold } from '../../exporters/findings/store.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';

export interface Books {
  readonly ledger: Ledger;
  readonly exporter: Exporter;
  /** Tells at an instant of our clock, in one transaction, as a source does. */
  readonly tell: (told: Told, now: string, staleDays?: number) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  /** `label value … = value` lines of a family as of an instant. */
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** The team sales has the services shop and cart, ops has pay; nobody is asked about ads. */
export const teams = ownershipOf({
  sales: { shop: 'acme/shop', cart: 'acme/cart' },
  ops: { pay: 'acme/pay', ads: 'acme/ads' },
});

export interface BooksOptions {
  readonly policy?: unknown;
  readonly ownership?: Ownership;
  readonly ledger?: Ledger;
  readonly now?: string;
}

export async function openBooks({
  policy = {},
  ownership = teams,
  ledger: own,
  now = '2026-01-01T00:00:00Z',
}: BooksOptions = {}): Promise<Books> {
  const log = pino({ level: 'silent' });
  const exporter = policyExporter(policySchema.parse(policy), ownership);
  const ledger = own ?? (await openLedger({ path: ':memory:', tables: exporter.tables }));
  const at = (text: string) => ({ now: () => new Date(text), log });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, at(now));
    await exporter.derive?.(tx, at(now));
  });
  return {
    ledger,
    exporter,
    tell: (told, when, staleDays) =>
      ledger.write(async tx => {
        const stale = staleDays === undefined ? {} : { staleSeconds: staleDays * 86_400 };
        await storeTold(tx, 'test', told, { now: new Date(when), ...stale });
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

export const owner = (repository: string, environment?: string) =>
  JSON.stringify({ ...(environment === undefined ? {} : { environment }), repository });

/** `outcome policy resource`, such as `fail run-as-root cart`, of acme/shop; the rest as it is given. */
export function result(text: string, more: Partial<Result> = {}): Result {
  const [outcome, policy = '', resource = ''] = text.split(' ') as [Result['outcome'], string, string];
  return {
    ...{ outcome, policy, resource, severity: 'high', enforcement: 'audit', owner: owner('acme/shop') },
    ...more,
  };
}

/** A complete report of the scope `cluster:eu` by kyverno, whose digest is its content. */
export function report(evaluatedAt: string, results: readonly (string | Result)[], more: Partial<Report> = {}): Report {
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

/** Of 2026: `day(32)` is 1 February at midnight, `day(32.5)` noon. */
export const day = (number: number) => new Date(Date.UTC(2026, 0, 1) + (number - 1) * 86_400_000).toISOString();
