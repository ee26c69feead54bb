import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAuto, readKind, sbomOf } from '../documents.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const syft = (more: object, artifacts: readonly unknown[] = []) =>
  JSON.stringify({
    artifacts,
    descriptor: { name: 'syft', version: '1.57.0' },
    schema: { version: '16.1.13' },
    ...more,
  });

test('images of old and new schemas are known by registry digest, manifest and configuration', async () => {
  const target = {
    ...{ userInput: 'acme/shop:1.2', imageID: digest('c'), manifestDigest: digest('b'), tags: ['acme/shop:1.2'] },
    repoDigests: [`acme/shop@${digest('a')}`],
  };
  const expected = {
    ...{ kind: 'image', name: 'docker.io/acme/shop', tag: '1.2', digests: [digest('a'), digest('b'), digest('c')] },
  };
  assert.deepEqual(sbomOf(await readAuto(syft({ source: { type: 'image', target } }))).artifact, expected);
  const source = { id: 'x', name: 'acme/shop', version: digest('b'), type: 'image', metadata: target };
  assert.deepEqual(sbomOf(await readAuto(syft({ source }))).artifact, expected);
  const archive = { userInput: './shop.tar', imageID: digest('c'), manifestDigest: digest('b'), tags: [] };
  const { artifact } = sbomOf(
    await readAuto(syft({ source: { type: 'image', metadata: archive } }), { image: 'acme/shop:3' }),
  );
  assert.deepEqual(artifact, {
    kind: 'image',
    name: 'docker.io/acme/shop',
    tag: '3',
    digests: [digest('b'), digest('c')],
  });
});

test('folders are of their repository, files known by their digest', async () => {
  const folder = syft({ source: { type: 'directory', target: '/src' } });
  assert.deepEqual(sbomOf(await readAuto(folder)).artifact, { kind: 'file', name: '/src', digests: [] });
  assert.equal(sbomOf(await readAuto(folder, { repository: 'Acme/Shop' })).artifact.name, 'acme/shop');
  const metadata = { path: 'a.jar', digests: [{ algorithm: 'sha256', value: 'D'.repeat(64) }] };
  assert.deepEqual(sbomOf(await readAuto(syft({ source: { type: 'file', name: 'a.jar', metadata } }))).artifact, {
    ...{ kind: 'file', name: 'a.jar', digests: [digest('d')] },
  });
});

test('packages told twice are one, two versions are two; licences are words or objects', async () => {
  const artifacts = [
    { name: 'a', version: '1', purl: 'pkg:npm/a@1', licenses: ['MIT'], cpes: ['cpe:2.3:a:a:a:1'] },
    { name: 'a', version: '1', purl: 'pkg:npm/a@1', licenses: [] },
    {
      name: 'a',
      version: '2',
      purl: 'pkg:npm/a@2',
      licenses: [{ value: 'x', spdxExpression: 'ISC' }, { value: 'ISC' }],
    },
    { name: 'b', version: 'UNKNOWN', cpes: [{ cpe: 'cpe:2.3:a:b:b:*' }], licenses: null },
    { name: 'b', version: '' },
    { name: 'b', version: '3' },
    ...[{ version: '1' }, 'x', null],
  ];
  const read = await readAuto(syft({ source: {} }, artifacts));
  const { components, gaps, specVersion, tool } = sbomOf(read);
  assert.deepEqual(
    components.map(({ purl, name, version, licenses, cpe }) => [purl, name, version, licenses.join(), cpe]),
    [
      ['pkg:npm/a@1', 'a', '1', 'MIT', undefined],
      ['pkg:npm/a@2', 'a', '2', 'ISC', undefined],
      ['', 'b', '', '', 'cpe:2.3:a:b:b:*'],
      ['', 'b', '3', '', undefined],
    ],
  );
  assert.deepEqual(gaps, ['no_versions', 'no_identifiers', 'no_dependencies', 'no_supplier']);
  assert.deepEqual([specVersion, tool], ['16.1.13', 'syft']);
  assert.deepEqual(
    read.rejections.map(({ line, reason }) => [line, reason]),
    [
      ...[
        [7, 'missing_name'],
        [8, 'not_a_package'],
        [9, 'not_a_package'],
      ],
    ],
  );
  assert.equal(read.records, 9);
});

test('one in ten without a version is a gap, one in eleven is none', async () => {
  const list = (count: number) =>
    Array.from({ length: count }, (_, number) => ({ name: `p${number}`, version: number === 0 ? '' : '1' }));
  assert.ok(sbomOf(await readAuto(syft({}, list(10)))).gaps.includes('no_versions'));
  assert.ok(!sbomOf(await readAuto(syft({}, list(11)))).gaps.includes('no_versions'));
});

test('it lacks no time, for which it has no place, and dependencies only where it tells of none', async () => {
  const artifacts = ['a', 'b'].map(name => ({ id: name, name, version: '1', purl: `pkg:npm/${name}@1` }));
  const gapsWith = async (type: string) =>
    sbomOf(await readAuto(syft({ artifactRelationships: [{ parent: 'a', child: 'b', type }] }, artifacts))).gaps;
  assert.deepEqual(await gapsWith('dependency-of'), ['no_supplier']);
  assert.deepEqual(await gapsWith('contains'), ['no_dependencies', 'no_supplier']);
});

test('what another tool wrote is refused', async () => {
  assert.equal((await readKind('syft', '{"artifacts":[],"matches":[]}')).fault, 'not_syft');
  assert.equal((await readKind('syft', '{"bomFormat":"CycloneDX"}')).fault, 'not_syft');
  assert.equal((await readKind('syft', '{"artifacts":[')).fault, 'not_json');
  assert.equal((await readKind('syft', 'SPDXVersion: SPDX-2.3')).fault, 'not_json');
});
