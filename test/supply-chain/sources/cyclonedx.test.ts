import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fixture, readAuto, readKind, sbomOf } from '../documents.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const shop = { kind: 'image', name: 'ghcr.io/acme/shop', digests: [digest] };
const bom = (more: object) => JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', ...more });

test('XML tells of nested packages, licences, dependencies and what is missing', async () => {
  const read = await readAuto(fixture('shop.cdx.xml'));
  assert.equal(read.kind, 'cyclonedx');
  const sbom = sbomOf(read);
  assert.deepEqual(sbom.artifact, shop);
  assert.deepEqual([sbom.specVersion, sbom.tool, sbom.createdAt], ['1.4', 'maker', '2026-11-01T08:00:00.000Z']);
  assert.deepEqual(sbom.components, [
    {
      ...{ purl: 'pkg:maven/org.acme/core@1.0', type: 'maven', namespace: 'org.acme', name: 'core', version: '1.0' },
      ...{ licenses: ['Apache-2.0', 'House licence'], isDirect: true },
    },
    {
      ...{ purl: 'pkg:npm/%40acme/inner@2.10', type: 'npm', namespace: '@acme', name: 'inner', version: '2.10' },
      ...{ licenses: ['MIT OR ISC'], isDirect: false },
    },
  ]);
  assert.deepEqual(sbom.gaps, ['no_supplier', 'declared_incomplete']);
  assert.deepEqual(sbom.bom, { link: 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2', ref: 'shop' });
  assert.equal(sbom.owner, '{"image":"ghcr.io/acme/shop"}');
});

test('XML without anything in its lists is read as what has none', async () => {
  const xml = (inside: string) => `<bom xmlns="http://cyclonedx.org/schema/bom/1.6" version="1">${inside}</bom>`;
  const component = '<component type="container"><name>ghcr.io/acme/shop</name></component>';
  for (const inside of [
    '<components/>',
    '<components>\n  </components><dependencies/>',
    '<vulnerabilities/><components/>',
  ]) {
    const { fault, heard } = await readAuto(xml(`<metadata><tools/>${component}</metadata>${inside}`));
    assert.deepEqual([fault, heard.sboms?.[0]?.components], [undefined, []], inside);
  }
});

test('vulnerabilities are a scan, their analysis is VEX', async () => {
  const { heard } = await readAuto(fixture('shop.cdx.xml'));
  const [scan] = heard.scans!;
  assert.deepEqual(
    [scan?.scanner, scan?.completeness, scan?.scannedAt, scan?.os],
    ['maker', 'complete', '2026-11-01T08:00:00.000Z', { family: 'debian', version: '12' }],
  );
  assert.deepEqual(scan?.found[0], {
    ...{
      class: 'vulnerability',
      id: 'CVE-2026-0001',
      aliases: ['GHSA-aaaa-bbbb-cccc'],
      package: 'pkg:npm/%40acme/inner',
    },
    ...{ version: '2.10', severity: 'critical', originalSeverity: 'critical', score: 9.8, fix: 'fixed' },
    ...{ fixedVersions: ['2.11'], url: 'https://nvd.nist.gov/vuln/detail/CVE-2026-0001' },
  });
  assert.deepEqual(
    scan?.found.slice(1).map(one => [one.package, one.fix, one.suppressed]),
    ['pkg:maven/org.acme/core', ''].map(one => [one, 'wont_fix', { by: 'vex', reason: 'code_not_reachable' }]),
  );
  const statement = {
    ...{ vulnerability: 'CVE-2026-0002', status: 'not_affected', at: '2026-11-01T08:00:00.000Z' },
    ...{ owner: '{"image":"ghcr.io/acme/shop"}', artifact: shop, statement: 'Never called.' },
    justification: 'vulnerable_code_not_in_execute_path',
  };
  const link = 'urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/2';
  assert.deepEqual(heard.vex, [
    { ...statement, id: `${link}#1.0`, purl: 'pkg:maven/org.acme/core@1.0' },
    { ...statement, id: `${link}#1.1` },
  ]);
});

test('a package is called as other scanners call it', async () => {
  const of = async (purl: string) => {
    const { heard } = await readAuto(
      bom({
        components: [{ type: 'library', name: 'x', 'bom-ref': 'x', purl }],
        vulnerabilities: [{ id: 'CVE-1', affects: [{ ref: 'x' }, { ref: purl }] }],
      }),
    );
    return heard.scans?.[0]?.found.map(one => one.package);
  };
  assert.deepEqual(await of('pkg:rpm/rhel/openssl-libs@3.0?arch=x86_64'), Array(2).fill('pkg:rpm/redhat/openssl-libs'));
});

test('VEX without packages is no bill of materials, and is joined by its BOM-Link', async () => {
  const link = 'urn:cdx:411dafd2-c29f-491a-97d7-e97de5bc2289/3';
  const states = { resolved: 'fixed', exploitable: 'affected', in_triage: 'under_investigation' };
  const vulnerabilities = Object.keys(states).map(state => ({
    ...{ id: `CVE-${state}`, analysis: { state }, affects: [{ ref: `${link}#pkg:npm/a@1` }] },
  }));
  const { heard } = await readAuto(bom({ metadata: { timestamp: '2026-11-01T08:00:00Z' }, vulnerabilities }));
  assert.deepEqual(Object.keys(heard), ['vex']);
  assert.deepEqual(
    heard.vex?.map(({ vulnerability, status, bom }) => [vulnerability, status, bom]),
    Object.entries(states).map(([state, status]) => [`CVE-${state}`, status, { link, ref: 'pkg:npm/a@1' }]),
  );
  const plain = await readAuto(bom({ vulnerabilities: [{ id: 'CVE-1', ratings: [{ severity: 'high' }] }] }), {
    repository: 'acme/shop',
  });
  assert.deepEqual(
    plain.heard.scans?.map(one => [one.completeness, one.reason, one.artifact.name, one.found.length]),
    [['partial', 'no_components', 'acme/shop', 1]],
  );
  const none = await readAuto(bom({ components: [], vulnerabilities: [] }));
  assert.deepEqual(Object.keys(none.heard), ['sboms'], 'a tool that was not asked lists none, too');
});

test('tools are a list or an object; the artifact is an image, a repository, what its place says, or a name', async () => {
  for (const tools of [[{ name: 'trivy' }], { components: [{ name: 'trivy' }] }, { services: [{ name: 'trivy' }] }])
    assert.equal(sbomOf(await readAuto(bom({ metadata: { tools } }))).tool, 'trivy');
  const of = async (component: object, place = {}) => {
    const { kind, name, tag, digests } = sbomOf(await readAuto(bom({ metadata: { component } }), place)).artifact;
    return [kind, name, tag, ...digests];
  };
  const url = 'repository_url=ghcr.io/acme/shop&tag=1.2';
  assert.deepEqual(await of({ purl: `pkg:oci/shop@sha256%3A${'a'.repeat(64)}?${url}` }), [
    ...['image', 'ghcr.io/acme/shop', '1.2', digest],
  ]);
  assert.deepEqual(await of({ type: 'container', name: 'redis:7', version: digest }), [
    ...['image', 'docker.io/library/redis', '7', digest],
  ]);
  const trivy = [
    ['RepoDigest', `ghcr.io/acme/shop@${digest}`],
    ['RepoTag', 'ghcr.io/acme/shop:2'],
    ['ImageID', `sha256:${'b'.repeat(64)}`],
  ];
  const properties = trivy.map(([name, value]) => ({ name: `aquasecurity:trivy:${name}`, value }));
  assert.deepEqual(await of({ type: 'container', name: 'shop.tar', properties }), [
    ...['image', 'ghcr.io/acme/shop', '2', digest, `sha256:${'b'.repeat(64)}`],
  ]);
  const vcs = [{ type: 'vcs', url: 'git@github.com:Acme/Shop.git' }];
  const application = { type: 'application', name: 'shop', version: '1', externalReferences: vcs };
  assert.deepEqual(await of(application), ['repository', 'acme/shop', undefined]);
  assert.deepEqual(await of(application, { image: 'ghcr.io/acme/shop:3' }), ['image', 'ghcr.io/acme/shop', '3']);
  assert.deepEqual(await of({ type: 'file', name: '.' }, { repository: 'acme/x' }), [
    'repository',
    'acme/x',
    undefined,
  ]);
  assert.deepEqual(await of({ type: 'application', name: 'shop', version: '1' }), ['file', 'shop', '1']);
});

test('what is not CycloneDX, not yet CycloneDX or broken is refused by name', async () => {
  const refused = async (body: string) => (await readKind('cyclonedx', body)).fault;
  assert.equal(await refused('{"bomFormat":"CDX","specVersion":"1.4"}'), 'not_cyclonedx');
  assert.equal(await refused(bom({ specVersion: '2.0' })), 'unsupported_version');
  assert.equal(await refused(bom({ components: {} })), 'not_cyclonedx');
  assert.equal(await refused('{"bomFormat":"CycloneDX",'), 'not_cyclonedx');
  assert.equal(await refused(''), 'empty');
  assert.equal(await refused('[]'), 'not_cyclonedx');
  const xml = fixture('shop.cdx.xml').toString();
  assert.equal(await refused(xml.slice(0, -30)), 'not_xml');
  assert.equal(await refused(xml.replace('<bom', '<!DOCTYPE b [<!ENTITY a "aaaa">]><bom')), 'xml_entities');
  assert.equal(await refused('<html/>'), 'not_cyclonedx');
});

test('records that can not be read are rejected one by one', async () => {
  const components = [
    { name: 'a', purl: 'pkg:npm/a@1' },
    3,
    { type: 'library' },
    { name: 7 },
    { name: 'a', purl: 'pkg:npm/a@1' },
  ];
  const read = await readAuto(
    bom({ components, vulnerabilities: [{}, null], dependencies: [null, { ref: 1, dependsOn: 'a' }] }),
  );
  assert.equal(sbomOf(read).components.length, 1);
  assert.deepEqual(
    read.rejections.map(({ line, reason }) => [line, reason]),
    [
      ...[
        [2, 'not_a_component'],
        [3, 'missing_name'],
        [4, 'missing_name'],
        [6, 'missing_id'],
      ],
      [7, 'not_a_vulnerability'],
    ],
  );
  assert.equal(read.records, 7);
});

test('packages a hundred thousand deep or beside each other, and hostile keys, harm nobody', async () => {
  let nested = '{"name":"last","purl":"pkg:npm/last@1"}';
  for (let depth = 0; depth < 3000; depth += 1) nested = `{"name":"n${depth}","components":[${nested}]}`;
  assert.equal(
    sbomOf(await readAuto(`{"bomFormat":"CycloneDX","specVersion":"1.5","components":[${nested}]}`)).components.length,
    3001,
  );
  const many = Array.from({ length: 20_000 }, (_, number) => ({ name: `p${number}` }));
  assert.equal(
    sbomOf(await readAuto(bom({ components: [{ name: 'x', components: many }] }))).components.length,
    20_001,
  );
  const hostile =
    '{"bomFormat":"CycloneDX","specVersion":"1.5","__proto__":{"x":1},"components":[{"name":"__proto__","purl":"pkg:npm/__proto__@constructor","version":1e400,"licenses":{"length":9},"__proto__":null}],"metadata":[{}],"dependencies":7}';
  assert.deepEqual(
    sbomOf(await readAuto(hostile)).components.map(({ name, version }) => [name, version]),
    [['__proto__', 'constructor']],
  );
});
