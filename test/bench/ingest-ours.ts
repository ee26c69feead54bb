/** Worker: reads a bill into a new ledger as `serve` does, and tells the time, the peak memory and the grain. */
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { billNow } from './bill.ts';
import { watchLoop } from './loop-delay.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface OursInput {
  readonly file: string;
  readonly dataDir: string;
  /** With a rule that reads the resource's id, which makes it part of the grain. */
  readonly byResource?: boolean;
}

export interface OursAnswer {
  readonly refreshMs: number;
  readonly refreshCpuMs: number;
  readonly rereadMs: number;
  readonly snapshotMs: number;
  readonly peakMiB: number;
  readonly records: number;
  readonly keys: number;
  readonly lines: number;
  readonly allocations: number;
  readonly ledgerMiB: number;
  /** Event-loop delay in ms. */
  readonly refreshLoop: { readonly p99: number; readonly max: number };
  readonly snapshotLoop: { readonly p99: number; readonly max: number };
}

const { file, dataDir, byResource = false } = inputOf<OursInput>();
const ownership = buildOwnership(
  buildCatalog([]),
  ownershipSchema.parse({
    rules: [
      ...(byResource ? [{ name: 'batch', resource: '*instance/i-00*', team: 'batch' }] : []),
      { name: 'team tag', tag: { keys: ['team', 'cost-center'], gives: 'team' } },
      { name: 'app tag', tag: { keys: ['app'], gives: 'service' } },
      { name: 'env tag', tag: { keys: ['env'], gives: 'environment' } },
      { name: 'network', account: { '200000000007': { split: 'network' } } },
    ],
    splits: [{ name: 'network', method: 'proportional' }],
  }),
);
const exporter = costExporter(costSchema.parse({ focus: [{ path: file, settle: 0 }] }), ownership, {
  now: () => billNow,
});
const runtime = await openRuntime(exporter, {
  dataDir,
  log: pino({ level: 'error' }),
  now: () => billNow,
  pageDays: 40,
});
const timed = async <T>(work: () => Promise<T>) => {
  const stop = watchLoop();
  const began = performance.now();
  const cpuBefore = cpuMs();
  const result = await work();
  const ms = performance.now() - began;
  const cpu = cpuMs() - cpuBefore;
  return { result, ms, cpu, loop: await stop() };
};
const refresh = await timed(() => runtime.refresh());
const [told] = refresh.result;
if (!told || told.error !== undefined) throw new Error(told?.error ?? 'nothing was refreshed');
const peak = peakMiB();
const snapshot = await timed(() => runtime.takeSnapshot());
const problems = runtime.problems();
if (problems.length > 0) throw new Error(problems.join('; '));
const reread = await timed(() => runtime.refresh());
const count = (table: string) =>
  runtime.ledger.read(async reader => Number(await reader.scalar(`SELECT count(*) FROM ${table}`)));
answer({
  refreshMs: refresh.ms,
  refreshCpuMs: refresh.cpu,
  rereadMs: reread.ms,
  snapshotMs: snapshot.ms,
  peakMiB: peak,
  records: told.records,
  keys: await count('charge_keys'),
  lines: await count('charges'),
  allocations: await count('allocations'),
  ledgerMiB: runtime.ledger.size() / 2 ** 20,
  refreshLoop: refresh.loop,
  snapshotLoop: snapshot.loop,
} satisfies OursAnswer);
await runtime.stop();
process.disconnect();
