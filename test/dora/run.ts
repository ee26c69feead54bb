/** Refreshes sources into a ledger in memory, as the runtime does: each batch is committed with its cursor. */
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { type Ledger, openLedger, type Parameters, type Row } from '../../exporters/core/ledger.ts';
import { type RefreshResult, refreshSource } from '../../exporters/core/refresh.ts';
import type { SourceContext } from '../../exporters/core/source.ts';
import { type DoraConfig, doraSchema } from '../../exporters/dora/config.ts';
import { doraExporter } from '../../exporters/dora/index.ts';

export interface DoraRun {
  readonly ledger: Ledger;
  readonly config: DoraConfig;
  /** Refreshes every source, at an instant; what was logged is in `logged`. */
  readonly refresh: (now: string) => Promise<readonly RefreshResult[]>;
  readonly rows: (sql: string, parameters?: Parameters) => Promise<readonly Row[]>;
  readonly logged: () => string;
  readonly context: (now: string) => SourceContext;
  readonly exporter: Exporter;
}

export interface RunOptions {
  /** Another run's: what it read is there, as after a restart. */
  readonly ledger?: Ledger;
  /** A file; in memory unless given. */
  readonly path?: string;
  /** In place of the exporter's own derivation; for tests of one step, which put what comes before it in by hand. */
  readonly derive?: NonNullable<Exporter['derive']>;
  readonly signal?: AbortSignal;
}

/** A dora exporter of a configuration's `dora` section. */
export async function doraRun(t: TestContext, dora: unknown, options: RunOptions = {}): Promise<DoraRun> {
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const signal = options.signal ?? new AbortController().signal;
  let instant = new Date('2026-11-01T00:00:00Z');
  const now = () => instant;
  const config = doraSchema.parse(dora);
  const exporter: Exporter = {
    ...doraExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})), { now }),
    ...(options.derive === undefined ? {} : { derive: options.derive }),
  };
  const ledger = options.ledger ?? (await openLedger({ path: options.path ?? ':memory:', tables: exporter.tables }));
  if (options.ledger === undefined) t.after(() => ledger.close());
  await ledger.write(async tx => {
    await exporter.prepare?.(tx, { now, log });
    await exporter.derive?.(tx, { now, log });
  });
  const progress = () => undefined;
  return {
    ledger,
    config,
    exporter,
    refresh: async at => {
      instant = new Date(at);
      const results: RefreshResult[] = [];
      for (const source of exporter.sources)
        results.push(await refreshSource(source, { exporter, ledger, log, now, signal, progress }));
      return results;
    },
    rows: (sql, parameters) => ledger.read(reader => reader.all(sql, parameters)),
    logged: () => lines.join(''),
    context: at => ({ ledger, log, now: () => new Date(at), signal, progress }),
  };
}
