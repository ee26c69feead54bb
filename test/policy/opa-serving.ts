/** A process of its own that takes what an OPA posts, to be killed by its test: `node opa-serving.ts FOLDER PORT`. */
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

const [dataDir = '', port = '0'] = process.argv.slice(2);
const log = pino({ level: 'error' });
const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
const runtime = await openRuntime(policyExporter(policySchema.parse({ opa: [{}] }), ownership), { dataDir, log });
const server = createServer({
  exporters: () => [viewOf(runtime)],
  tokens: [{ name: 'opa', role: 'admin', token: 'opa-token' }],
  ...{ self: createSelfMetrics({ version: 'test', runtime: false }), log, version: 'test' },
});
await server.listen(Number(port));
runtime.start();
process.send?.('listening');
