/** The page of an OPA whose uploads and statuses are posted in turn. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { page } from '../../exporters/core/exposition.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { policySchema } from '../../exporters/policy/config.ts';
import { policyExporter } from '../../exporters/policy/index.ts';
import { opaMetrics } from '../../exporters/policy/metrics/opa.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures/policy/opa');
const read = (file: string) => JSON.parse(readFileSync(path.join(fixtures, file), 'utf8')) as readonly unknown[];

export async function goldenOpaPage(): Promise<string> {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-golden-'));
  const now = new Date('2026-11-26T09:02:00Z');
  const ownership = buildOwnership(
    buildCatalog([]),
    ownershipSchema.parse({ rules: [{ name: 'search', namespace: 'search-*', service: 'search-api' }] }),
  );
  const exporter = policyExporter(policySchema.parse({ opa: [{}] }), ownership, { now: () => now });
  const runtime = await openRuntime(
    { ...exporter, metrics: opaMetrics },
    { dataDir, log: pino({ level: 'silent' }), now: () => now },
  );
  try {
    const post = async (rest: string, body: Buffer) => {
      const principal = { name: 'opa', role: 'admin' } as const;
      await runtime.accept('opa', { body, headers: {}, rest, principal });
      await runtime.drain();
    };
    const [first, ...others] = read('statuses.json').map(status => Buffer.from(JSON.stringify(status)));
    await post('status', first!);
    await post('logs', gzipSync(JSON.stringify(read('upload.json'))));
    for (const status of others) await post('status', status);
    const snapshot = await runtime.takeSnapshot();
    if (runtime.problems().length > 0) throw new Error(runtime.problems().join('; '));
    return Buffer.concat(page(snapshot.families, 'text')).toString();
  } finally {
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
}
