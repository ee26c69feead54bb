import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, readAuto, readKind, sbomOf } from '../documents.ts';

const core = {
  ...{ purl: 'pkg:maven/org.acme/core@1.0', type: 'maven', namespace: 'org.acme', name: 'core', version: '1.0' },
  isDirect: true,
};
const inner = { purl: '', type: '', namespace: '', name: 'inner', version: '', licenses: ['ISC'], isDirect: false };

test('tag-value tells of packages, and not of what stands in texts', async () => {
  const read = await readAuto(fixture('shop.spdx'));
  assert.equal(read.kind, 'spdx');
  const sbom = sbomOf(read);
  const digests = [`sha256:${'a'.repeat(64)}`];
  assert.deepEqual(sbom.artifact, { kind: 'image', name: 'ghcr.io/acme/shop', tag: '1.2', digests });
  assert.deepEqual([sbom.specVersion, sbom.tool, sbom.createdAt], ['2.3', 'maker', '2026-11-01T08:00:00.000Z']);
  assert.deepEqual(sbom.components, [{ ...core, licenses: ['Apache-2.0 OR MIT'] }, inner]);
  assert.deepEqual(sbom.gaps, ['no_versions', 'no_identifiers', 'no_supplier']);
});

test('RDF/XML and YAML tell the same', async () => {
  const rdf = sbomOf(await readAuto(fixture('shop.spdx.rdf')));
  assert.deepEqual(rdf.artifact, { kind: 'image', name: 'ghcr.io/acme/shop', tag: '1.2', digests: [] });
  assert.deepEqual(rdf.components, [{ ...core, licenses: ['Apache-2.0'] }]);
  assert.deepEqual([rdf.tool, rdf.createdAt, rdf.gaps], ['maker', '2026-11-01T08:00:00.000Z', []]);
  const yaml = `spdxVersion: "SPDX-2.3"
SPDXID: SPDXRef-DOCUMENT
name: shop
creationInfo: { created: 2026-11-01T08:00:00Z, creators: ["Tool: maker-1.2.3"] }
documentDescribes: [SPDXRef-shop]
packages:
- { SPDXID: SPDXRef-shop, name: ghcr.io/acme/shop, versionInfo: 1.20, primaryPackagePurpose: CONTAINER }
- SPDXID: SPDXRef-core
  name: core
  versionInfo: 1.0
  externalRefs: [{ referenceCategory: PACKAGE_MANAGER, referenceType: purl, referenceLocator: "pkg:maven/org.acme/core@1.0" }]
`;
  const read = sbomOf(await readAuto(yaml));
  assert.equal(read.artifact.tag, '1.20', 'versions stay texts');
  assert.deepEqual(
    read.components.map(({ purl, version }) => [purl, version]),
    [['pkg:maven/org.acme/core@1.0', '1.0']],
  );
  assert.deepEqual(read.gaps, ['no_supplier']);
  // With its names sorted, as Go writes them, the version is far from the beginning.
  const [version = '', id = '', ...rest] = yaml.trimEnd().split('\n');
  const sorted = [id, `comment: "${'of no use '.repeat(800)}"`, ...rest, version, ''].join('\n');
  assert.deepEqual(sbomOf(await readAuto(sorted)).components, read.components);
});

test('text may begin with a byte order mark, of UTF-8 or UTF-16', async () => {
  const tagged = fixture('shop.spdx').toString();
  const yaml =
    'spdxVersion: "SPDX-2.3"\nSPDXID: SPDXRef-DOCUMENT\nname: shop\npackages: [{SPDXID: SPDXRef-a, name: a}]\n';
  for (const [text, packages] of [
    [tagged, 2],
    [yaml, 1],
  ] as const)
    for (const bytes of [
      Buffer.from(`\ufeff${text}`),
      Buffer.from(`\ufeff${text}`, 'utf16le'),
      Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ]) {
      const read = await readAuto(bytes);
      assert.deepEqual(
        [read.kind, read.fault, read.heard.sboms?.[0]?.components.length],
        ['spdx', undefined, packages],
      );
    }
});

const document = (more: object) =>
  JSON.stringify({ spdxVersion: 'SPDX-2.3', SPDXID: 'SPDXRef-DOCUMENT', name: 'doc', ...more });
const one = (id: string, more: object = {}) => ({ SPDXID: id, name: id.slice(8), ...more });

test('what a document is of is no package of it; where it describes several, all are', async () => {
  const packages = [one('SPDXRef-a'), one('SPDXRef-b')];
  const described = (documentDescribes: string[], more = {}) =>
    readAuto(document({ packages, documentDescribes, ...more }));
  assert.deepEqual(
    sbomOf(await described(['SPDXRef-a'])).components.map(({ name }) => name),
    ['b'],
  );
  assert.equal(sbomOf(await described(['SPDXRef-a'])).artifact.name, 'a');
  const several = sbomOf(await described(['SPDXRef-a', 'SPDXRef-b']));
  assert.deepEqual([several.artifact.name, several.components.length], ['doc', 2]);
  const by = { spdxElementId: 'SPDXRef-b', relationshipType: 'DESCRIBED_BY', relatedSpdxElement: 'SPDXRef-DOCUMENT' };
  assert.equal(sbomOf(await described([], { relationships: [by] })).artifact.name, 'b');
});

test('dependencies that nobody vouches for make it incomplete', async () => {
  const packages = [one('SPDXRef-a'), one('SPDXRef-b')];
  const gaps = async (to: string) => {
    const relationships = [{ spdxElementId: 'SPDXRef-a', relationshipType: 'DEPENDS_ON', relatedSpdxElement: to }];
    return sbomOf(await readAuto(document({ packages, relationships }))).gaps;
  };
  const always = ['no_versions', 'no_identifiers'];
  const last = ['no_timestamp', 'no_author', 'no_supplier'];
  assert.deepEqual(await gaps('SPDXRef-b'), [...always, ...last]);
  assert.deepEqual(await gaps('NONE'), [...always, 'no_dependencies', ...last]);
  assert.deepEqual(await gaps('NOASSERTION'), [...always, 'no_dependencies', ...last, 'declared_incomplete']);
});

test("GitHub's export is of its repository", async () => {
  const root = one('SPDXRef-github-acme-shop-main-abc', {
    ...{ name: 'com.github.acme/shop', versionInfo: 'main' },
    externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:github/acme/shop@main' }],
  });
  const gem = one('SPDXRef-gem', {
    externalRefs: [{ referenceType: 'purl', referenceLocator: 'pkg:gem/rails@7.1.0' }],
  });
  const relationships = [
    { spdxElementId: 'SPDXRef-DOCUMENT', relationshipType: 'DESCRIBES', relatedSpdxElement: root.SPDXID },
    { spdxElementId: 'SPDXRef-gem', relationshipType: 'RUNTIME_DEPENDENCY_OF', relatedSpdxElement: root.SPDXID },
  ];
  const sbom = JSON.parse(document({ packages: [gem, root], relationships })) as object;
  const { artifact, components } = sbomOf(await readAuto(JSON.stringify({ sbom })));
  assert.deepEqual(artifact, { kind: 'repository', name: 'acme/shop', digests: [] });
  assert.deepEqual(
    components.map(({ name, version, isDirect }) => [name, version, isDirect]),
    [['rails', '7.1.0', true]],
  );
});

test('a dependency snapshot is read with its manifests together', async () => {
  const resolved = (list: Record<string, object>) => ({ name: 'x', resolved: list });
  const snapshot = {
    ...{ version: 0, ref: 'refs/heads/main', sha: 'abc', job: { id: '1' }, scanned: '2026-11-01T08:00:00Z' },
    detector: { name: 'trivy', version: '0.50.0', url: 'https://trivy.dev' },
    manifests: {
      'package-lock.json': resolved({
        a: { package_url: 'pkg:npm/a@1', relationship: 'direct', dependencies: ['b@2'] },
        b: { package_url: 'pkg:npm/b@2', relationship: 'indirect' },
        c: {},
      }),
      'web/package-lock.json': resolved({ b: { package_url: 'pkg:npm/b@2', relationship: 'direct' } }),
    },
  };
  const read = await readAuto(JSON.stringify(snapshot), { repository: 'acme/shop' });
  assert.equal(read.kind, 'github-snapshot');
  const { components, tool, artifact, gaps } = sbomOf(read);
  assert.deepEqual(
    components.map(({ purl, isDirect }) => [purl, isDirect]),
    [
      ['pkg:npm/a@1', true],
      ['pkg:npm/b@2', true],
    ],
  );
  assert.deepEqual([tool, artifact.name, gaps], ['trivy', 'acme/shop', ['no_supplier']]);
  assert.deepEqual(
    read.rejections.map(({ reason, value }) => [reason, value]),
    [['missing_purl', 'c']],
  );
});

test('what is not SPDX, another version or broken is refused by name', async () => {
  const refused = async (body: string) => (await readKind('spdx', body)).fault;
  assert.equal(await refused('{"spdxVersion":"SPDX-1.2"}'), 'unsupported_version');
  assert.equal(await refused('{"spdxVersion":2}'), 'missing_version');
  assert.equal(await refused('{"a":1}'), 'not_spdx');
  assert.equal(await refused('{"spdxVersion":'), 'not_json');
  assert.equal(await refused(' '), 'empty');
  assert.equal(await refused('hello'), 'not_spdx');
  assert.equal(await refused('spdxVersion: SPDX-2.3\n  a: b\n c'), 'not_yaml');
  assert.equal(await refused(fixture('shop.spdx.rdf').toString().slice(0, -40)), 'not_xml');
  assert.equal(await refused('{"@context":"https://spdx.org/rdf/3.0.1/spdx-context.jsonld","@graph":[]}'), 'not_spdx');
});

test('a document that describes each of many packages is read in time', async () => {
  const packages = Array.from({ length: 20_000 }, (_, number) => ({
    SPDXID: `SPDXRef-${number}`,
    name: `p${number}`,
  }));
  const documentDescribes = packages.map(({ SPDXID }) => SPDXID);
  assert.equal(sbomOf(await readAuto(document({ packages, documentDescribes }))).components.length, 20_000);
});
