/** An exporter of findings over a ledger in memory, with files that are delivered and bodies that are posted. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership, type Ownership } from '../../exporters/catalog/ownership.ts';
import type { Exporter } from '../../exporters/core/exporter.ts';
import { openLedger, type Row } from '../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../exporters/core/refresh.ts';
import type { BatchCounts, Principal, PushSource } from '../../exporters/core/source.ts';

export interface Post {
  readonly kind: string;
  readonly body: string | Buffer;
  readonly query?: Readonly<Record<string, string>>;
  readonly principal?: Principal;
  readonly now?: string;
}

export interface RunOptions {
  /** Items of the exporter's `files`, whose paths are within `folder`. */
  readonly files?: readonly object[];
  /** Of ownership. */
  readonly rules?: readonly object[];
}

interface Means {
  readonly files: readonly object[];
  readonly ownership: Ownership;
  readonly now: () => Date;
}

const admin: Principal = { name: 'ci', role: 'admin' };

export async function exporterRun(
  t: TestContext,
  { files = [], rules = [] }: RunOptions,
  exporterOf: (means: Means) => Exporter,
) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-findings-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const within = files.map(item => ({ settle: 0, ...item, path: path.join(folder, (item as { path: string }).path) }));
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const log = pino({ level: 'silent' });
  let instant = new Date('2026-11-20T00:00:00Z');
  const now = () => instant;
  const exporter = exporterOf({ files: within, ownership, now });
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  t.after(() => ledger.close());
  const progress = () => undefined;
  const context = { exporter, ledger, log, now, signal: new AbortController().signal, progress };
  await ledger.write(async tx => exporter.prepare?.(tx, context));
  const rows = (sql: string): Promise<readonly Row[]> => ledger.read(reader => reader.all(sql));
  return {
    folder,
    rows,
    exporter,
    ledger,
    /** Writes a file, as of an instant. */
    deliver: (name: string, body: string | Buffer, at: string) => {
      const file = path.join(folder, name);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, body);
      utimesSync(file, new Date(at), new Date(at));
    },
    refresh: async (at = '2026-11-20T00:00:00Z'): Promise<RefreshResult> => {
      instant = new Date(at);
      const source = exporter.sources.find(({ kind }) => kind === 'read');
      assert.ok(source);
      return refreshSource(source, context);
    },
    post: async ({ kind, body, query = {}, principal = admin, now: at }: Post): Promise<BatchCounts> => {
      if (at !== undefined) instant = new Date(at);
      const source = exporter.sources.find(({ name }) => name === kind) as PushSource;
      const request = { body: Buffer.from(body as Buffer), headers: {}, query, principal };
      return commitBatch(kind, await source.accept(context, request), context);
    },
  };
}
