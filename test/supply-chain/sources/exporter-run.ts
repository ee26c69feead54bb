/** The supply-chain exporter over a ledger in memory, with one source of it refreshed and posted to at instants that tests name. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openLedger, type Row } from '../../../exporters/core/ledger.ts';
import { commitBatch, type RefreshResult, refreshSource } from '../../../exporters/core/refresh.ts';
import type { BatchCounts, Principal, PullSource, PushRequest, PushSource } from '../../../exporters/core/source.ts';
import { type SupplyChainConfig, supplyChainSchema } from '../../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../../exporters/supply-chain/index.ts';

export interface ExporterRun {
  readonly logged: () => string;
  readonly rows: (sql: string) => Promise<readonly Row[]>;
  readonly refresh: (at: string) => Promise<RefreshResult>;
  /** As `refresh`, but the process is killed after so many batches. */
  readonly killedAfter: (at: string, batches: number) => Promise<void>;
  /** What the server does with a post. Undefined where it would answer 401. */
  readonly post: (at: string, request: Pick<PushRequest, 'body' | 'headers'>) => Promise<BatchCounts | undefined>;
}

/** `section` as in plumbline.yaml; `sourceOf` makes the source that is asked, with options for tests. */
export async function exporterRun(
  t: TestContext,
  section: object,
  sourceOf: (config: SupplyChainConfig) => PullSource | undefined,
): Promise<ExporterRun> {
  const lines: string[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const config = supplyChainSchema.parse(section);
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  let instant = new Date('2026-11-20T00:00:00Z');
  const now = () => instant;
  const exporter = supplyChainExporter(config, ownership, { now });
  const ledger = await openLedger({ path: ':memory:', tables: exporter.tables, threads: 1 });
  t.after(() => ledger.close());
  const context = { exporter, ledger, log, now, signal: new AbortController().signal, progress: () => undefined };
  await ledger.write(async tx => exporter.prepare?.(tx, context));
  const source = sourceOf(config);
  const push = exporter.sources.find((one): one is PushSource => one.kind === 'push' && one.name.endsWith('-webhooks'));
  return {
    logged: () => lines.join(''),
    rows: sql => ledger.read(reader => reader.all(sql)),
    refresh: async at => {
      instant = new Date(at);
      assert.ok(source);
      return refreshSource(source, context);
    },
    killedAfter: async (at, batches) => {
      instant = new Date(at);
      assert.ok(source);
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
    post: async (at, request) => {
      instant = new Date(at);
      assert.ok(push);
      const principal: Principal | undefined = await push.verify?.(request.body, request.headers);
      if (!principal) return undefined;
      return commitBatch(push.name, await push.accept(context, { ...request, principal }), context);
    },
  };
}
