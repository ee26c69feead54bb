/** GET /api/supply-chain/images. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import type { Principal } from '../../exporters/core/source.ts';
import {
  gateImages,
  gateNewlyBlocked,
  imagesByBase,
  imagesByLevel,
  imagesByProvenance,
  imagesBySbom,
  imagesByScan,
  imagesBySignature,
  runningImages,
} from '../../exporters/supply-chain/metrics.ts';
import { type Books, day, type Fact, openBooks, owner, production } from './metric-books.ts';

const now = new Date(day(40));
const reader = { name: 'reader', role: 'reader' } as Principal;
const pay = owner('acme/pay', 'staging');

const running = (artifact: string, more: Fact = {}): Fact => ({
  ...{ place: 'eu/shop', workload: artifact, container: 'main', artifact, name: 'ghcr.io/acme/shop', tag: '1.0' },
  ...{ replicas: 1, owner: production, source: 'test' },
  ...more,
});

async function told(): Promise<Books> {
  const books = await openBooks({
    config: { gate: { rules: [{ name: 'signed', signature: 'verified' }] } },
  });
  const signature = { claim: 'signature', predicate_type: '', standing: 'verified', holds: true };
  await books.tell(day(10), {
    running_looks: ['eu/shop', 'eu/pay'].map(place => ({
      place,
      images: 2,
      owner: place === 'eu/pay' ? pay : production,
    })),
    artifacts: [
      { artifact: 'sha256:a', kind: 'image', name: 'ghcr.io/acme/shop', first_at: day(1) },
      { artifact: 'sha256:b', kind: 'image', name: 'ghcr.io/acme/shop', first_at: day(2) },
      { artifact: 'sha256:p', kind: 'image', name: 'ghcr.io/acme/pay', first_at: day(2) },
    ],
    running_images: [
      running('sha256:a'),
      running('sha256:a', { workload: 'again', tag: '1.0.0' }),
      running('sha256:b', { tag: '2.0' }),
      running('sha256:p', { place: 'eu/pay', name: 'ghcr.io/acme/pay', tag: '', owner: pay }),
      running('sha256:gone', { replicas: 0 }),
    ],
    artifact_scans: [
      {
        ...{ artifact: 'sha256:a', scanner: 'trivy', classes: ['vulnerability'], completeness: 'complete' },
        ...{ os_end_of_life: true, owner: production },
      },
    ],
    artifact_sboms: [{ artifact: 'sha256:a', gaps: ['no_versions'], owner: production, occurred_at: day(9) }],
    attestations: [
      { ...signature, artifact: 'sha256:a', id: 'a', identity: 'ci@acme' },
      { ...signature, artifact: 'sha256:b', id: 'b', identity: 'stranger@acme' },
    ],
    signature_looks: [
      { ...{ artifact: 'sha256:p', source: 'test', seen: 'all', outcome: 'none', stale_seconds: 86_400 * 60 } },
    ],
  });
  await books.tell(day(35), { attestations: [{ ...signature, holds: false, artifact: 'sha256:a', id: 'a' }] });
  return books;
}

const ask = async (books: Books, query: Readonly<Record<string, string>> = {}, principal: Principal = reader) =>
  books.exporter.api!.find(({ name }) => name === 'images')!.answer(books.ledger, { query, principal, now });
const artifacts = async (...of: Parameters<typeof ask>) => (await ask(...of)).items.map(({ artifact }) => artifact);

test('an image is listed once for whom it runs, with all that is known of it', async () => {
  const books = await told();
  const { items, total } = await ask(books);
  assert.equal(total, 3);
  assert.deepEqual(items[1], {
    ...{ image: 'ghcr.io/acme/shop', tags: '1.0, 1.0.0', artifact: 'sha256:a' },
    ...{ team: 'sales', service: 'shop', environment: 'production' },
    ...{ scan: 'fresh', scanned_at: '2026-01-10T00:00:00Z', base: 'end_of_life' },
    ...{ sbom: 'incomplete', sbom_created_at: '2026-01-09T00:00:00Z', sbom_gaps: 'no_versions' },
    ...{
      signature: 'unknown',
      signers: '',
      signer_changed_at: '2026-01-10T00:00:00Z',
      provenance: 'unknown',
      slsa_level: '0',
    },
    ...{ verdict: 'unknown', rule: 'signed', newly_blocked: 'no' },
  });
  const [, , second] = items;
  assert.equal(second?.signers, 'stranger@acme');
  assert.equal(second?.signer_changed_at, '2026-01-10T00:00:00Z');
  await books.close();
});

test('by each of its values there are as many as the metric counts', async () => {
  const books = await told();
  const families: readonly (readonly [column: string, label: string, metric: Metric])[] = [
    ['scan', 'status', imagesByScan],
    ['sbom', 'status', imagesBySbom],
    ['base', 'status', imagesByBase],
    ['signature', 'status', imagesBySignature],
    ['provenance', 'status', imagesByProvenance],
    ['slsa_level', 'level', imagesByLevel],
    ['verdict', 'verdict', gateImages],
  ];
  const { items } = await ask(books);
  for (const [column, label, metric] of families) {
    const counted: Record<string, number> = {};
    for (const line of await books.lines(metric, now.toISOString())) {
      const [labels = '', value] = line.split(' = ');
      const status = labels.split(' ')[metric.labels.indexOf(label as never)]!;
      counted[status] = (counted[status] ?? 0) + Number(value);
    }
    const listed: Record<string, number> = {};
    for (const item of items) listed[String(item[column])] = (listed[String(item[column])] ?? 0) + 1;
    assert.deepEqual(listed, counted, column);
  }
  assert.equal((await books.lines(runningImages, now.toISOString())).length, 2);
  assert.deepEqual(await books.lines(gateNewlyBlocked, now.toISOString()), []);
  await books.close();
});

test('it is narrowed by what alerts and panels tell of', async () => {
  const books = await told();
  for (const [query, expected] of [
    [{ team: 'ops' }, ['sha256:p']],
    [{ team: '.*', signature: 'unsigned' }, ['sha256:p']],
    [{ signature: 'unsigned,unknown' }, ['sha256:p', 'sha256:a']],
    [{ scan: 'never' }, ['sha256:p', 'sha256:b']],
    [{ sbom: 'missing', service: 'shop' }, ['sha256:b']],
    [{ base: 'end_of_life' }, ['sha256:a']],
    [{ provenance: 'missing' }, ['sha256:p']],
    [{ environment: 'production', image: 'ghcr.io/acme/shop' }, ['sha256:a', 'sha256:b']],
    // also what has replaced, or was replaced by, the content that changed it
    [{ signer_changed_days: '31' }, ['sha256:a', 'sha256:b']],
    [{ signer_changed_days: '7' }, []],
    [{ verdict: 'blocked', rule: 'signed' }, ['sha256:p']],
    [{ verdict: 'pass' }, ['sha256:b']],
    [{ newly_blocked: 'yes' }, []],
  ] as const)
    assert.deepEqual(await artifacts(books, query), expected, JSON.stringify(query));
  await books.close();
});

test('a long list comes by pages', async () => {
  const books = await told();
  const seen: unknown[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(books, { limit: '1', ...(cursor === undefined ? {} : { cursor }) });
    assert.equal(page.total, 3);
    seen.push(...page.items.map(({ artifact }) => artifact));
    cursor = page.next;
  } while (cursor !== undefined);
  assert.deepEqual(seen, ['sha256:p', 'sha256:a', 'sha256:b']);
  await books.close();
});

test('a team sees its own, and a question that cannot be meant is refused by name', async () => {
  const books = await told();
  const ops = { name: 'ops', role: 'team', team: 'ops' } as Principal;
  assert.deepEqual(await artifacts(books, {}, ops), ['sha256:p']);
  await assert.rejects(ask(books, { team: 'sales' }, ops), /sales's/);
  await assert.rejects(ask(books, { signed: 'no' }), /images.*there is no parameter signed; there are team/s);
  await assert.rejects(ask(books, { scan: 'clean' }), /scan: /);
  await assert.rejects(ask(books, { cursor: 'x' }), /cursor: it is not one/);
  await books.close();
});
