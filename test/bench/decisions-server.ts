/** Worker: the real server with an OPA source; tells what came, and how late its event loop was. */
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { viewOf } from '../../exporters/core/server-types.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { type LoopDelay, watchLoop } from './loop-delay.ts';
import { answer, cpuMs, inputOf, peakMiB } from './worker.ts';

export interface DecisionServerInput {
  readonly dataDir: string;
  readonly token: string;
}

export interface DecisionServerAnswer {
  readonly decisions: number;
  /** From the first message to the last commit. */
  readonly ms: number;
  readonly cpuMs: number;
  readonly loop: LoopDelay;
  readonly peakMiB: number;
}

const { dataDir, token } = inputOf<DecisionServerInput>();
const exporter = policyExporter(
  policySchema.parse({ opa: [{}] }),
  buildOwnership(buildCatalog([]), ownershipSchema.parse({})),
);
const log = pino({ level: 'error' });
const runtime = await openRuntime(exporter, { dataDir, log });
const server = createServer({
  exporters: () => [viewOf(runtime)],
  tokens: [{ name: 'opa', role: 'admin', token }],
  ...{ self: createSelfMetrics({ version: 'bench', runtime: false }), log, version: 'bench' },
});
const { url } = await server.listen(0);
runtime.start();
answer({ url });
await new Promise<void>(resolve => process.once('message', () => resolve()));
const began = performance.now();
const cpuBefore = cpuMs();
const loop = watchLoop();
const wanted = await new Promise<number>(resolve =>
  process.once('message', message => resolve(Number((message as { wanted: number }).wanted))),
);
const count = () =>
  runtime.ledger.read(async reader =>
    Number(await reader.scalar('SELECT coalesce(sum(decisions), 0) FROM opa_decisions')),
  );
while ((await count()) < wanted) await new Promise(resolve => setTimeout(resolve, 50));
const ms = performance.now() - began;
answer({
  ...{ decisions: await count(), ms, cpuMs: cpuMs() - cpuBefore, loop: await loop(), peakMiB: peakMiB() },
} satisfies DecisionServerAnswer);
await server.close();
await runtime.stop();
