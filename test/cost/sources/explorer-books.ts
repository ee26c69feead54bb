/** A cost ledger in memory that the source `cost-explorer` fills from a local AWS, and what stands in it. */
import type { TestContext } from 'node:test';
import { type Logger, pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../../exporters/core/exporter.ts';
import type { Ledger } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { type RefreshResult, refreshSource } from '../../../exporters/core/refresh.ts';
import type { SourceContext } from '../../../exporters/core/source.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import type { Patience } from '../../../exporters/cost/sources/cost-explorer/client.ts';
import { costExplorerSchema } from '../../../exporters/cost/sources/cost-explorer/config.ts';
import { costExplorerSource } from '../../../exporters/cost/sources/cost-explorer/index.ts';
import { linesAt, openBooks } from '../books.ts';
import { type AwsAccount, type AwsServer, startAwsServer, testKeys } from '../vendors/aws.ts';

export const payer = '100000000001';

export interface Setup {
  readonly account?: Partial<AwsAccount>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly reads?: { readonly tags: readonly string[]; readonly attributes: readonly string[] };
  readonly patience?: Patience;
}

export interface ExplorerBooks {
  readonly aws: AwsServer;
  readonly ledger: Ledger;
  /** The time; tests move it. */
  readonly clock: { now: Date };
  /** All that was logged, as JSON lines. */
  readonly logged: () => string;
  readonly waits: readonly number[];
  /** With keys of the configuration that have changed since. */
  readonly refresh: (changes?: Readonly<Record<string, unknown>>) => Promise<RefreshResult>;
  readonly plan: () => Promise<{ readonly requests: number; readonly text: string; readonly usd: string | undefined }>;
  /** Whether a refresh that failed may be tried again before the schedule's next. */
  readonly mayRetry: () => Promise<boolean>;
  /** As `linesAt`, now. */
  readonly lines: (metric: Metric, at?: string) => Promise<string[]>;
  readonly rows: (sql: string) => Promise<string[]>;
  /** Operations that AWS was asked for since the last call. */
  readonly asked: () => string[];
}

export async function explorerBooks(t: TestContext, setup: Setup = {}): Promise<ExplorerBooks> {
  const aws = await startAwsServer(t, setup.account);
  const ledger = await openBooks();
  t.after(() => ledger.close());
  const clock = { now: new Date('2026-11-23T06:00:00Z') };
  const waits: number[] = [];
  const chunks: string[] = [];
  const log: Logger = pino({ level: 'debug' }, { write: (line: string) => void chunks.push(line) });
  const given = {
    billing_account: payer,
    endpoint: aws.url,
    access_key_id: testKeys.accessKeyId,
    secret_access_key: testKeys.secretAccessKey,
    session_token: testKeys.sessionToken,
    history_months: 1,
    ...setup.config,
  };
  const ownership = buildOwnership(
    buildCatalog([]),
    ownershipSchema.parse({ rules: [{ name: 'team tags', tag: { keys: ['team'], gives: 'team' } }] }),
  );
  const sourceOf = (changes: Readonly<Record<string, unknown>>) =>
    costExplorerSource(
      costExplorerSchema.parse({ ...given, ...changes }),
      setup.reads ?? { tags: ['team'], attributes: [] },
      { random: () => 1, sleep: async milliseconds => void waits.push(milliseconds), ...setup.patience },
    );
  const source = sourceOf({});
  const exporter: Exporter = { ...costExporter(costSchema.parse({}), ownership), sources: [source] };
  const signal = new AbortController().signal;
  const context: SourceContext = { ledger, log, now: () => clock.now, signal, progress: () => undefined };
  await ledger.write(async tx => exporter.prepare?.(tx, context));
  let seen = 0;
  return {
    aws,
    ledger,
    clock,
    logged: () => chunks.join(''),
    waits,
    refresh: (changes = {}) => refreshSource(sourceOf(changes), { ...context, exporter }),
    plan: async () => {
      const { requests, text, money } = await source.plan!(context);
      return { requests, text, usd: money?.amount };
    },
    mayRetry: async () => source.mayRetry!(context),
    lines: (metric, at) => linesAt(ledger, metric, at ?? clock.now.toISOString().slice(0, 16).replace('T', ' ')),
    rows: async sql =>
      (await ledger.read(reader => reader.all(sql))).map(row => Object.values(row).map(plain).join(' ')),
    asked: () => {
      const operations = aws.requests.slice(seen).map(request => request.operation);
      seen = aws.requests.length;
      return operations;
    },
  };
}

const plain = (value: unknown) =>
  typeof value === 'string' && /^-?\d+\.\d+$/.test(value) ? value.replace(/\.?0+$/, '') : String(value);
