import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../../exporters/core/self-metrics.ts';
import { createServer } from '../../../exporters/core/server.ts';
import { viewOf } from '../../../exporters/core/server-types.ts';
import type { Principal } from '../../../exporters/core/source.ts';
import { supplyChainSchema } from '../../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../../exporters/supply-chain/index.ts';
import { documentRun } from '../document-run.ts';

const image = (name: string) => ({ kind: 'image', name: `ghcr.io/acme/${name}`, digests: [`sha256:${name}`] });
const scan = (name: string, more: object = {}) => ({
  ...{ artifact: image(name), scanner: 'trivy', scannedAt: '2026-11-19T00:00:00Z', classes: ['vulnerability'] },
  ...{ completeness: 'complete', found: [], digest: `scan ${name}`, ...more },
});
const body = (heard: object) => JSON.stringify({ heard });
const team = (name: string): Principal => ({ name: `${name}-ci`, role: 'team', team: name });
const rules = [
  { name: 'shop', image: 'ghcr.io/acme/shop', team: 'shop' },
  { name: 'net', image: 'ghcr.io/acme/net*', team: 'net' },
];

test('files are read by what they are, and where they are from may stand in their path', async t => {
  const files = [{ path: 'scans/{image}/{environment}.json' }];
  const run = await documentRun(t, { files });
  run.deliver('scans/ghcr.io/acme/shop/production.json', body({ scans: [scan('shop')] }), '2026-11-19T00:00:00Z');
  run.deliver('scans/ghcr.io/acme/shop/other.json', '{"Results":[]}', '2026-11-19T00:00:00Z');
  run.deliver('scans/ghcr.io/acme/shop/cut.json', body({ scans: [] }).slice(0, -3), '2026-11-19T00:00:00Z');
  run.deliver('scans/ghcr.io/acme/shop/empty.json', '', '2026-11-19T00:00:00Z');
  const { records, rejected, error } = await run.refresh();
  assert.deepEqual(
    [error, records, rejected],
    [undefined, 1, { file_unknown_format: 1, file_not_json: 1, file_empty: 1 }],
  );
  assert.deepEqual(await run.rows('SELECT scanner, source, stale_seconds::INTEGER AS stale FROM artifact_scans'), [
    { scanner: 'trivy', source: 'document-files', stale: 7 * 86_400 },
  ]);
});

test('a post says of itself what the document does not, and is refused where it can not be read', async t => {
  const run = await documentRun(t);
  assert.deepEqual(
    run.exporter.sources.map(({ name }) => name),
    ['auto', 'heard'],
  );
  const post = { kind: 'auto', body: body({ scans: [scan('shop')] }) };
  const query = { stale: '12', environment: 'production' };
  const { records, changed } = await run.post({ ...post, query });
  assert.deepEqual([records, changed > 0], [1, true]);
  assert.equal((await run.post({ ...post, kind: 'heard', query })).changed, 0);
  assert.deepEqual(await run.rows('SELECT source, stale_seconds::INTEGER AS stale FROM artifact_scans'), [
    { source: 'auto', stale: 12 * 3600 },
  ]);
  const refused = (message: RegExp, kind: string, text: string, given: Readonly<Record<string, string>> = {}) =>
    assert.rejects(() => run.post({ kind, body: text, query: given }), { code: 'PUSH_INVALID', message });
  await refused(/nothing here recognises its format/, 'auto', '{"Results":[]}');
  await refused(/it is not heard/, 'heard', '{"Results":[]}');
  await refused(/it is not JSON/, 'auto', '{"heard":');
  await refused(/it is empty/, 'auto', ' ');
  await refused(/no parameter is called imge/, 'auto', post.body, { imge: 'x' });
});

test("a team's token tells of what is its team's or nobody's", async t => {
  const run = await documentRun(t, { rules });
  const post = (heard: object, who: string) =>
    run.post({ kind: 'auto', body: body(heard), query: { environment: 'production' }, principal: team(who) });
  const refused = (heard: object, who: string, message: RegExp) =>
    assert.rejects(() => post(heard, who), { code: 'PUSH_FORBIDDEN', message });
  await post({ scans: [scan('shop')] }, 'shop');
  await refused({ scans: [scan('shop')] }, 'net', /the image ghcr.io\/acme\/shop is owned by shop/);
  await refused({ scans: [scan('shop', { owner: '{"team":"net"}' })] }, 'net', /owned by shop/);
  await refused({ scans: [scan('new', { owner: '{"team":"shop"}' })] }, 'net', /is of the team shop/);
  // It is net's from the first word on.
  await post({ scans: [scan('new')] }, 'net');
  await refused({ scans: [scan('new')] }, 'shop', /ghcr.io\/acme\/new is known as net's/);
  // Not by the digest of what is another's, either.
  const disguised = { ...scan('other'), artifact: { ...image('other'), digests: ['sha256:new'] } };
  await refused({ scans: [disguised] }, 'shop', /ghcr.io\/acme\/new is known as net's/);
  const statement = {
    id: 'v',
    vulnerability: 'CVE-1',
    status: 'not_affected',
    at: '2026-11-19T00:00:00Z',
    owner: '{}',
  };
  await refused({ vex: [{ ...statement, purl: 'pkg:npm/a' }] }, 'shop', /names no artifact/);
  await refused({ vex: [{ ...statement, artifact: image('net') }] }, 'shop', /owned by net/);
  await refused({ kev: { at: '2026-11-19T00:00:00Z', entries: [] } }, 'shop', /only an admin/);
  const runs = (name: string) => ({
    ...{ artifact: image(name), workload: name, container: 'app', replicas: 1, owner: '{}' },
  });
  const list = (names: readonly string[]) => ({
    running: [{ place: 'eu/all', at: '2026-11-19T00:00:00Z', lists: 'all', images: names.map(runs) }],
  });
  await run.post({ kind: 'auto', body: body(list(['shop', 'new'])) });
  await refused(list(['shop']), 'shop', /ghcr.io\/acme\/new is known as net's/);
});

test('over HTTP: posts are answered, and the page without any family is a page', async t => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-posts-'));
  const log = pino({ level: 'silent' });
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const runtime = await openRuntime(
    { ...supplyChainExporter(supplyChainSchema.parse({}), ownership), metrics: [] },
    { dataDir, log, threads: 1 },
  );
  const tokens = [{ name: 'shop-ci', role: 'team', team: 'shop', token: 'shop-token' }] as const;
  const self = createSelfMetrics({ version: 'test', runtime: false });
  const server = createServer({ exporters: () => [viewOf(runtime)], tokens, self, log, version: 'test' });
  t.after(async () => {
    await server.close();
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  await runtime.refresh();
  const { url } = await server.listen(0);
  const post = await fetch(`${url}/ingest/supply-chain/auto`, {
    ...{ method: 'POST', body: '{"a":1}', headers: { authorization: 'Bearer shop-token' } },
  });
  assert.deepEqual([post.status, ((await post.json()) as { code: string }).code], [400, 'PUSH_INVALID']);
  const page = await fetch(`${url}/metrics/supply-chain`);
  assert.equal(page.status, 200);
});
