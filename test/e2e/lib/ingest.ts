/**
 * Reads the bills of a configuration once, in a process that a test may kill: `ingest.ts CONFIG [hold]`. Says `open`
 * when the ledger is, `done` at the end; with `hold` it then keeps the ledger until it is ended.
 */
import { loadConfig } from '../../../exporters/config.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { buildExporters } from '../../../exporters/registry.ts';
import { silent } from './plumbline.ts';

const [configFile = '', hold] = process.argv.slice(2);
const config = await loadConfig(configFile, { env: {} });
const [exporter] = await buildExporters(config);
if (exporter === undefined) throw new Error(`${configFile} configures no exporter`);
const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log: silent });
process.stdout.write('open\n');
await runtime.refresh();
await runtime.takeSnapshot();
process.stdout.write('done\n');
if (hold === 'hold') setInterval(() => undefined, 1000);
else await runtime.stop();
