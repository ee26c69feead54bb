import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuto, readKind } from '../documents.ts';

const vex = (statements: readonly unknown[], more: object = {}) =>
  JSON.stringify({
    ...{ '@context': 'https://openvex.dev/ns/v0.2.0', '@id': 'doc', author: 'Acme', version: 1 },
    ...{ timestamp: '2026-11-01T08:00:00Z', statements, ...more },
  });
const digest = `sha256:${'a'.repeat(64)}`;
const image = { kind: 'image', name: 'ghcr.io/acme/shop', digests: [digest] };
const oci = `pkg:oci/shop@sha256%3A${'a'.repeat(64)}?repository_url=ghcr.io/acme/shop`;

test('OpenVEX: a statement for each product and each of its parts, at the time of its document where it has none', async () => {
  const products = [
    { '@id': oci, subcomponents: [{ '@id': 'pkg:npm/a@1' }, 'pkg:npm/b@1'] },
    { '@id': 'https://acme.example/shop', identifiers: { purl: oci } },
    'pkg:npm/c@1',
    { '@id': 'https://acme.example/thing' },
  ];
  const read = await readAuto(
    vex([
      {
        ...{ vulnerability: { name: 'CVE-1', aliases: ['GHSA-1'] }, status: 'not_affected', products },
        ...{ justification: 'component_not_present', impact_statement: 'Not shipped.' },
      },
      { vulnerability: 'CVE-2', status: 'fixed', products: ['pkg:npm/c@1'], timestamp: '2026-11-02T09:00:00+01:00' },
    ]),
  );
  assert.equal(read.kind, 'openvex');
  const first = {
    ...{ vulnerability: 'CVE-1', aliases: ['GHSA-1'], status: 'not_affected', justification: 'component_not_present' },
    ...{ statement: 'Not shipped.', author: 'Acme', at: '2026-11-01T08:00:00.000Z' },
  };
  const ofImage = { ...first, artifact: image, owner: '{"image":"ghcr.io/acme/shop"}' };
  assert.deepEqual(read.heard.vex, [
    { id: 'doc#0.0', ...ofImage, purl: 'pkg:npm/a@1' },
    { id: 'doc#0.1', ...ofImage, purl: 'pkg:npm/b@1' },
    { id: 'doc#0.2', ...ofImage },
    { id: 'doc#0.3', ...first, owner: '{}', purl: 'pkg:npm/c@1' },
    {
      id: 'doc#0.4',
      ...first,
      owner: '{}',
      artifact: { kind: 'file', name: 'https://acme.example/thing', digests: [] },
    },
    {
      ...{ id: 'doc#1.0', vulnerability: 'CVE-2', purl: 'pkg:npm/c@1', status: 'fixed', author: 'Acme', owner: '{}' },
      at: '2026-11-02T08:00:00.000Z',
    },
  ]);
});

test('OpenVEX: of two statements of one time about the same, the later in the list holds', async () => {
  const said = (status: string, timestamp?: string) => ({
    vulnerability: 'CVE-1',
    status,
    products: ['pkg:npm/a@1'],
    timestamp,
  });
  const { heard } = await readAuto(
    vex([said('under_investigation'), said('fixed'), said('affected', '2026-10-01T00:00:00Z')]),
  );
  assert.deepEqual(
    heard.vex?.map(({ status, at }) => [status, at.slice(0, 10)]),
    [
      ['fixed', '2026-11-01'],
      ['affected', '2026-10-01'],
    ],
  );
});

test('OpenVEX: what cannot be told of is rejected, and nothing else', async () => {
  const good = { vulnerability: 'CVE-1', status: 'fixed', products: ['pkg:npm/a@1'] };
  const bad = [{ ...good, status: 'mended' }, { ...good, vulnerability: {} }, { ...good, products: [] }, 4, good];
  const read = await readAuto(vex(bad));
  assert.deepEqual(
    read.rejections.map(({ line, reason }) => [line, reason]),
    [
      ...[
        [1, 'unknown_status'],
        [2, 'missing_vulnerability'],
        [3, 'missing_product'],
        [4, 'not_a_statement'],
      ],
    ],
  );
  assert.equal(read.heard.vex?.length, 1);
  const { products: _, ...everywhere } = good;
  const placed = await readAuto(vex([everywhere]), { image: `ghcr.io/acme/shop@${digest}` });
  assert.deepEqual(
    placed.heard.vex?.map(({ artifact }) => artifact),
    [image],
  );
  assert.equal((await readKind('openvex', '{"statements":{}}')).fault, 'not_openvex');
  assert.equal((await readKind('openvex', '[]')).fault, 'not_openvex');
});

test('CSAF: packages of components in platforms, flags and impacts', async () => {
  const product = (id: string, purl?: string) => ({
    product: { product_id: id, name: id, product_identification_helper: purl ? { purl } : { cpe: 'cpe:/o:x' } },
  });
  const csaf = {
    document: {
      ...{ category: 'csaf_vex', csaf_version: '2.0', publisher: { name: 'Acme' } },
      tracking: { id: 'ACME-1', current_release_date: '2026-11-01T08:00:00Z' },
    },
    product_tree: {
      branches: [{ branches: [product('lib', 'pkg:npm/a@1'), { branches: [product('img', oci)] }] }, product('os')],
      relationships: [
        { full_product_name: { product_id: 'os:lib' }, product_reference: 'lib', relates_to_product_reference: 'os' },
      ],
    },
    vulnerabilities: [
      {
        ...{ cve: 'CVE-1', flags: [{ label: 'component_not_present', product_ids: ['img'] }] },
        threats: [{ category: 'impact', details: 'None.', product_ids: ['img'] }],
        product_status: { known_not_affected: ['img'], fixed: ['os:lib', 'lib'], known_affected: ['os'] },
      },
      { product_status: { fixed: ['lib'] } },
    ],
  };
  const read = await readAuto(JSON.stringify(csaf));
  assert.equal(read.kind, 'csaf');
  const all = { vulnerability: 'CVE-1', at: '2026-11-01T08:00:00.000Z', author: 'Acme' };
  assert.deepEqual(read.heard.vex, [
    { ...all, id: 'ACME-1#0.0', status: 'fixed', purl: 'pkg:npm/a@1', owner: '{}' },
    {
      ...{ ...all, id: 'ACME-1#0.1', status: 'not_affected', artifact: image, owner: '{"image":"ghcr.io/acme/shop"}' },
      ...{ justification: 'component_not_present', statement: 'None.' },
    },
  ]);
  assert.deepEqual(
    read.rejections.map(({ reason, value }) => [reason, value]),
    [
      ...[
        ['missing_vulnerability', undefined],
        ['product_without_purl', 'os'],
      ],
    ],
  );
});
