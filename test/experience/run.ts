/** A source of the experience exporter over a ledger of its own, refreshed as the runtime does; its log is kept, for secrets in it. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { type Ledger, openLedger, type Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../exporters/core/refresh.ts';
import type { PullSource } from '../../exporters/core/source.ts';
import { type ExperienceConfig, experienceSchema } from '../../exporters/experience/config.ts';
import { experienceExporter } from '../../exporters/experience/index.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';

export interface ClientOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly retries: number;
}

export interface SourceRun {
  readonly ledger: Ledger;
  readonly clock: { now: Date };
  readonly waits: number[];
  readonly logged: () => string;
  readonly refresh: (now?: string) => Promise<RefreshResult>;
  /** As `refresh`, but the process is killed after so many batches. */
  readonly killedAfter: (batches: number) => Promise<void>;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  readonly lines: (metric: Metric, instant: string) => Promise<readonly string[]>;
  readonly plan: () => Promise<string>;
}

export interface RunOptions {
  readonly config: unknown;
  readonly source: (config: ExperienceConfig, client: ClientOptions) => PullSource;
  readonly now: string;
  readonly retries?: number;
  /** Texts that no log, error, rejection or ledger may hold. */
  readonly secrets?: readonly string[];
  /** Another run's, as after a change of the configuration. */
  readonly ledger?: Ledger;
}

export async function sourceRun(t: TestContext, options: RunOptions): Promise<SourceRun> {
  const { secrets = [], retries = 2 } = options;
  const lines: string[] = [];
  const waits: number[] = [];
  const log = pino({ level: 'trace' }, { write: line => void lines.push(line) });
  const clock = { now: new Date(options.now) };
  const now = () => clock.now;
  const config = experienceSchema.parse(options.config);
  const exporter = experienceExporter(config, ownershipOf({ platform: {}, data: {} }), { now });
  const ledger = options.ledger ?? (await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 }));
  const source = options.source(config, { sleep: async ms => void waits.push(ms), retries });
  const rows = (sql: string) => ledger.read(reader => reader.all(sql));
  t.after(async () => {
    const kept = JSON.stringify([lines, await rows('FROM roadmap_items'), await rows('FROM rejects')]);
    if (options.ledger === undefined) await ledger.close();
    for (const secret of secrets) assert.ok(!kept.includes(secret), `${secret} is in a log or the ledger`);
  });
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now, log });
    await exporter.derive?.(tx, { now, log });
  });
  const context = { exporter, ledger, log, now, signal: new AbortController().signal, progress: () => undefined };
  return {
    ledger,
    clock,
    waits,
    logged: () => lines.join(''),
    refresh: async at => {
      clock.now = at === undefined ? new Date(clock.now.getTime() + 60_000) : new Date(at);
      return refreshSource(source, context);
    },
    killedAfter: async batches => {
      const text = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $source', { source: source.name }),
      );
      let done = 0;
      for await (const batch of source.batches(context, typeof text === 'string' ? JSON.parse(text) : undefined)) {
        if (done === batches) return;
        await commitBatch(source.name, batch, context);
        done += 1;
      }
    },
    rows,
    lines: async (metric, instant) =>
      (await evaluate(ledger, exporter, metric, { instants: [new Date(instant)] })).map(row =>
        [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' '),
      ),
    plan: async () => (await source.plan!({ ledger, now })).text,
  };
}

/** `key status area start end due cycle-end feedback/answer/office/deleted` of the newest version of each item. */
export const newest = `SELECT concat_ws(' ', key, status, CASE WHEN area = '' THEN '-' ELSE area END,
    coalesce(strftime(started_at, '%m-%dT%H'), '-'), coalesce(strftime(ended_at, '%m-%dT%H'), '-'),
    coalesce(strftime(due_on, '%m-%d'), '-'), coalesce(strftime(cycle_from, '%m-%d') || '/' || strftime(cycle_until, '%m-%d'), '-'),
    CASE WHEN is_feedback THEN 'feedback' END, strftime(answered_at, '%m-%dT%H'),
    CASE WHEN is_office_hours THEN 'office' END, CASE WHEN is_deleted THEN 'deleted' END) AS line
  FROM roadmap_items QUALIFY row_number() OVER (PARTITION BY source, item ORDER BY version DESC) = 1
  ORDER BY key`;

export const linesOf = async (run: Pick<SourceRun, 'rows'>, sql = newest): Promise<readonly string[]> =>
  (await run.rows(sql)).map(({ line }) => String(line));
