/** An experience exporter over a ledger of its own, refreshed as the runtime does; its log is kept, for what must not be in it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import pino from 'pino';
import type { Ownership } from '../../exporters/catalog/ownership.ts';
import type { Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import type { RefreshResult } from '../../exporters/core/refresh.ts';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import type { Source } from '../../exporters/core/source.ts';
import { type ExperienceConfig, experienceSchema } from '../../exporters/experience/config.ts';
import { experienceExporter } from '../../exporters/experience/index.ts';
import { evaluate } from '../core/as-of.ts';

export interface ExperienceRun {
  readonly runtime: Runtime;
  readonly clock: { now: Date };
  readonly waits: number[];
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** `label value … = value` lines of a family as of an instant, now unless given. */
  readonly lines: (metric: Metric, instant?: string) => Promise<readonly string[]>;
}

interface Options {
  readonly config: Readonly<Record<string, unknown>>;
  readonly sources: (config: ExperienceConfig, ownership: Ownership, client: ClientOptions) => readonly Source[];
  readonly ownership: Ownership;
  readonly now: string;
  /** What is in no line of the log and in no table. */
  readonly secrets?: readonly string[];
  readonly retries?: number;
}

interface ClientOptions {
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly retries: number;
}

export async function experienceRun(t: TestContext, options: Options): Promise<ExperienceRun> {
  const { config, sources, ownership, now, secrets = [], retries = 2 } = options;
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-experience-'));
  const logged: string[] = [];
  const waits: number[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(now) };
  const section = experienceSchema.parse(config);
  const exporter = experienceExporter(section, ownership, { now: () => clock.now });
  const client: ClientOptions = { sleep: async wait => void waits.push(wait), retries };
  const runtime = await openRuntime(
    { ...exporter, sources: sources(section, ownership, client) },
    { dataDir, log, now: () => clock.now, threads: 1 },
  );
  const rows = (sql: string) => runtime.ledger.read(reader => reader.all(sql));
  t.after(async () => {
    const tables = await rows('SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary');
    const kept = JSON.stringify(await Promise.all(tables.map(({ name }) => rows(`FROM ${name}`))));
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
    for (const secret of secrets) {
      assert.ok(!logged.some(line => line.includes(secret)), 'a secret was logged');
      assert.ok(!kept.includes(secret), 'a secret is in the ledger');
    }
  });
  return {
    ...{ runtime, clock, waits, rows },
    refresh: async () => (await runtime.refresh())[0]!,
    lines: async (metric, instant) =>
      (
        await evaluate(runtime.ledger, exporter, metric, {
          instants: [instant === undefined ? clock.now : new Date(instant)],
        })
      ).map(row => [...metric.labels.map(label => String(row[label])), '=', String(row.value)].join(' ')),
  };
}
