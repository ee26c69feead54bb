/** One source of the supply chain over a ledger of its own, refreshed and restarted as the runtime does. */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { Ledger, Row } from '../../../exporters/core/ledger.ts';
import type { RefreshResult } from '../../../exporters/core/refresh.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import type { Source } from '../../../exporters/core/source.ts';
import { supplyChainSchema } from '../../../exporters/supply-chain/config.ts';
import type { Heard } from '../../../exporters/supply-chain/document.ts';
import { supplyChainExporter } from '../../../exporters/supply-chain/index.ts';
import type { StoreOptions, storeHeard } from '../../../exporters/supply-chain/store.ts';
import type { Ending } from '../../core/local-server.ts';

export interface SourceRun {
  readonly clock: { now: Date };
  readonly logged: string[];
  /** What the source told since it was looked at last. */
  readonly told: () => readonly { readonly heard: readonly Heard[]; readonly options: StoreOptions }[];
  readonly ledger: Ledger;
  readonly refresh: () => Promise<RefreshResult>;
  readonly rows: (sql: string) => Promise<Row[]>;
  /** Ends it as a restart would; the next one opens the same file. */
  readonly restart: () => Promise<SourceRun>;
}

export async function sourceRun(
  t: Ending,
  source: (store: typeof storeHeard) => Source,
  now: string,
  folder?: string,
): Promise<SourceRun> {
  const dataDir = folder ?? mkdtempSync(path.join(os.tmpdir(), 'plumbline-supply-chain-'));
  const logged: string[] = [];
  const log = pino({ level: 'trace' }, { write: line => void logged.push(line) });
  const clock = { now: new Date(now) };
  const told: { heard: readonly Heard[]; options: StoreOptions }[] = [];
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const exporter = supplyChainExporter(supplyChainSchema.parse({}), ownership, { now: () => clock.now });
  const own = source(async (_tx, _source, heard, options) => {
    told.push({ heard, options });
    return heard.length;
  });
  const runtime = await openRuntime(
    { ...exporter, sources: [own] },
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
  });
  return {
    ...{ clock, logged, ledger: runtime.ledger },
    told: () => told.splice(0),
    refresh: async () => (await runtime.refresh())[0]!,
    rows: sql => runtime.ledger.read(reader => reader.all(sql)),
    restart: async () => {
      await stop();
      return sourceRun(t, source, clock.now.toISOString(), dataDir);
    },
  };
}

export const later = (run: SourceRun, minutes: number): void => {
  run.clock.now = new Date(run.clock.now.getTime() + minutes * 60_000);
};
