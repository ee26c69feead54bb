/** The supply-chain exporter over a ledger in memory, with documents of one kind that tests make: what was heard, as JSON. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { ownerText } from '../../exporters/catalog/keys.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openLedger, type Row } from '../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../exporters/core/refresh.ts';
import type { BatchCounts, Principal, PushSource } from '../../exporters/core/source.ts';
import { placeAttributes } from '../../exporters/findings/place.ts';
import { objectOf } from '../../exporters/formats/json.ts';
import { supplyChainSchema } from '../../exporters/supply-chain/config.ts';
import type { Heard } from '../../exporters/supply-chain/document.ts';
import { supplyChainExporter } from '../../exporters/supply-chain/index.ts';
import { type DocumentKind, faulty } from '../../exporters/supply-chain/reading.ts';
import { documentFilesSource } from '../../exporters/supply-chain/sources/files/index.ts';
import { documentPosts } from '../../exporters/supply-chain/sources/posts/index.ts';

/** `{"heard": …}`; a scan without an owner is of the place. */
export const heardKind: DocumentKind = {
  kind: 'heard',
  accepts: name => name.endsWith('.json'),
  recognises: ({ json }) => objectOf(json).heard !== undefined,
  read: ({ json }, { place }) => {
    const { heard } = objectOf(json);
    if (heard === undefined) return faulty('not_heard');
    const { scans = [], ...rest } = heard as Heard;
    const owned = scans.map(scan => ({ ...scan, owner: scan.owner ?? ownerText(placeAttributes(place)) }));
    return { heard: { ...rest, scans: owned }, records: scans.length, rejections: [] };
  },
};

const admin: Principal = { name: 'ci', role: 'admin' };

export interface Post {
  readonly kind: string;
  readonly body: string | Buffer;
  readonly query?: Readonly<Record<string, string>>;
  readonly principal?: Principal;
  readonly now?: string;
}

export interface RunOptions {
  /** Items of supply_chain.files, whose paths are within `folder`. */
  readonly files?: readonly object[];
  readonly rules?: readonly object[];
  readonly kinds?: readonly DocumentKind[];
}

export async function documentRun(t: TestContext, { files = [], rules = [], kinds = [heardKind] }: RunOptions = {}) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-supply-chain-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const within = files.map(item => ({ settle: 0, ...item, path: path.join(folder, (item as { path: string }).path) }));
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const config = supplyChainSchema.parse({ files: within });
  const log = pino({ level: 'silent' });
  let instant = new Date('2026-11-20T00:00:00Z');
  const now = () => instant;
  const exporter = {
    ...supplyChainExporter(config, ownership, { now }),
    sources: [
      ...config.files.map(item => documentFilesSource(item, { kinds })),
      ...documentPosts(config.posts, { ownership, kinds }),
    ],
  };
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
