/** A dora exporter over a ledger of its own, refreshed as the runtime does; its log is kept, for secrets in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../../exporters/core/refresh.ts';
import { openRuntime, type Runtime } from '../../../exporters/core/runtime.ts';
import type { Source } from '../../../exporters/core/source.ts';
import { type DoraConfig, doraSchema } from '../../../exporters/dora/config.ts';
import { doraExporter } from '../../../exporters/dora/index.ts';

export interface DoraRun {
  readonly runtime: Runtime;
  readonly clock: { now: Date };
  readonly waits: number[];
  readonly logged: string[];
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** Ends it as a restart would; the next one opens the same file. */
  readonly restart: () => Promise<DoraRun>;
}

interface Options {
  readonly config: Readonly<Record<string, unknown>>;
  readonly sources: (config: DoraConfig, client: ClientOptions) => readonly Source[];
  readonly now: string;
  readonly secrets?: readonly string[];
  readonly retries?: number;
  readonly dataDir?: string;
}

interface ClientOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly retries: number;
}

export async function doraRun(t: TestContext, options: Options): Promise<DoraRun> {
  const { config, sources, now, secrets = [], retries = 2 } = options;
  const dataDir = options.dataDir ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-dora-'));
  const logged: string[] = [];
  const waits: number[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(now) };
  const section = doraSchema.parse(config);
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const exporter = doraExporter(section, ownership, { now: () => clock.now });
  const client: ClientOptions = { sleep: async wait => void waits.push(wait), retries };
  const runtime = await openRuntime(
    { ...exporter, sources: sources(section, client) },
    { dataDir, log, now: () => clock.now, threads: 1 },
  );
  let stopped = false;
  const stop = async () => {
    if (!stopped) await runtime.stop();
    stopped = true;
  };
  t.after(async () => {
    await stop();
    rmSync(dataDir, { recursive: true, force: true });
    for (const secret of secrets) assert.ok(!logged.some(line => line.includes(secret)), 'a secret was logged');
  });
  return {
    ...{ runtime, clock, waits, logged },
    refresh: async () => (await runtime.refresh())[0]!,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    restart: async () => {
      await stop();
      return doraRun(t, { ...options, dataDir, now: clock.now.toISOString() });
    },
  };
}

/** Present incidents: the newest statement of each that isn't gone, as `id status service started resolved`. */
export const incidentsOf = async ({ rows }: Pick<DoraRun, 'rows'>): Promise<string[]> =>
  (
    await rows(
      `SELECT concat_ws(' ', incident, status, coalesce(nullif(service, ''), '-'),
         strftime(started_at, '%m-%dT%H:%M'), coalesce(strftime(resolved_at, '%m-%dT%H:%M'), '-')) AS line
       FROM (SELECT * FROM incidents
             QUALIFY row_number() OVER (PARTITION BY source, incident ORDER BY updated_at DESC, learned_at DESC) = 1)
       WHERE NOT is_deleted ORDER BY ALL`,
    )
  ).map(({ line }) => String(line));

/** Every statement of a table but when it was learned, so that two ledgers can be compared. */
export const statementsOf = async ({ rows }: Pick<DoraRun, 'rows'>, table: string): Promise<string[]> =>
  (await rows(`SELECT * EXCLUDE (learned_at) FROM ${table} ORDER BY ALL`)).map(row => JSON.stringify(row));
