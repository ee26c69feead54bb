/** Documents that someone made wrong on purpose are told, never thrown, and hold nobody up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentKinds } from '../../../exporters/supply-chain/kinds.ts';
import { documentOf, kindOf } from '../../../exporters/supply-chain/raw.ts';
import { at, rawDocument, readScans, recognisedBy, scanOf } from '../scans.ts';

const kinds = ['dependency-track', 'gitlab', 'grype', 'harbor', 'osv-scanner', 'sarif', 'trivy', 'trivy-operator'];
const place = { image: 'ghcr.io/acme/shop:1' };

/** Well-formed by their outline, with room for anything inside. */
const shapes: Readonly<Record<string, (inside: unknown) => unknown>> = {
  'dependency-track': inside => ({
    meta: { application: 'Dependency-Track', timestamp: inside },
    project: { name: 'a' },
    findings: [inside, { component: inside, vulnerability: { vulnId: 'X', aliases: [inside] }, analysis: inside }],
  }),
  gitlab: inside => ({
    version: '15',
    scan: { scanner: { id: 'x' }, type: 'container_scanning', end_time: inside },
    vulnerabilities: [inside, { location: inside, identifiers: inside }, { identifiers: [inside] }],
  }),
  grype: inside => ({
    matches: [
      {
        vulnerability: { id: 'X', cvss: [inside], fix: { versions: [inside], state: inside } },
        artifact: { name: 'a', purl: inside, version: inside, locations: [inside], metadata: inside },
      },
      inside,
    ],
    source: inside,
    distro: inside,
    descriptor: inside,
  }),
  harbor: inside => ({
    generated_at: '',
    scanner: {},
    severity: inside,
    vulnerabilities: [
      inside,
      { id: 'X', package: 'a', fix_version: inside, preferred_cvss: inside, artifact_digests: inside },
    ],
    artifact: inside,
  }),
  'osv-scanner': inside => ({
    results: [
      {
        source: { type: 'lockfile', path: inside },
        packages: [
          inside,
          {
            package: inside,
            vulnerabilities: [inside, { id: 'X', affected: [inside, { ranges: [inside] }], severity: [inside] }],
            groups: [inside, { ids: ['X'] }],
          },
        ],
      },
      inside,
    ],
    experimental_config: inside,
  }),
  sarif: inside => ({
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Trivy', rules: [inside] } },
        results: [inside, { ruleId: 'X', message: inside, locations: [inside] }],
        properties: inside,
      },
      inside,
    ],
  }),
  trivy: inside => ({
    SchemaVersion: 2,
    ArtifactName: 'a:1',
    ArtifactType: 'container_image',
    CreatedAt: inside,
    Metadata: { RepoTags: inside, RepoDigests: [inside], OS: inside },
    Results: [
      inside,
      {
        Target: 'x',
        Class: inside,
        Packages: [inside],
        Vulnerabilities: [
          inside,
          {
            VulnerabilityID: 'X',
            PkgName: 'a',
            PkgIdentifier: inside,
            CVSS: { nvd: inside },
            VendorIDs: [inside],
            FixedVersion: inside,
            Status: inside,
          },
        ],
        Secrets: inside,
        Licenses: [inside],
        ExperimentalModifiedFindings: [inside, { Finding: inside }],
      },
    ],
  }),
  'trivy-operator': inside => [
    {
      apiVersion: 'aquasecurity.github.io/v1alpha1',
      kind: 'VulnerabilityReport',
      metadata: inside,
      report: {
        artifact: { repository: 'a', tag: inside, digest: inside },
        registry: inside,
        os: inside,
        vulnerabilities: [inside, { vulnerabilityID: 'X', resource: 'a', score: inside }],
      },
    },
    inside,
    { kind: inside },
  ],
};

const deep = (levels: number): unknown => {
  let value: unknown = 'x';
  for (let level = 0; level < levels; level += 1) value = level % 2 === 0 ? [value] : { value };
  return value;
};

test('wrong types anywhere, prototype keys, huge numbers and depth are told', async () => {
  const insides: readonly unknown[] = [
    ...[null, 7, -1e308, '', 'text', [], {}, [[]], true, '\u0000', 'x'.repeat(100_000), deep(2_000)],
    JSON.parse('{"__proto__":{"id":"X"},"constructor":"x","toString":1,"hasOwnProperty":2}'),
    Number.MAX_SAFE_INTEGER,
  ];
  for (const kind of kinds)
    for (const inside of insides) {
      const reading = await readScans(kind, shapes[kind]!(inside), place);
      assert.ok(reading.fault === undefined || /^[a-z_]+$/.test(reading.fault), `${kind}: ${reading.fault}`);
      for (const scan of reading.heard.scans ?? []) {
        assert.match(scan.scannedAt, /^20\d\d-/);
        for (const one of scan.found) assert.ok(typeof one.id === 'string' && one.id.length <= 200, kind);
      }
    }
  assert.equal(({} as { readonly id?: string }).id, undefined);
});

test('what is nested too deep to be written down is read, or told', async () => {
  const levels = 150_000;
  const depth = `${'['.repeat(levels)}${']'.repeat(levels)}`;
  for (const kind of kinds) {
    const body = JSON.stringify(shapes[kind]!('@')).replaceAll('"@"', depth);
    const reading = await readScans(kind, body, place);
    assert.ok(reading.fault === undefined || /^[a-z_]+$/.test(reading.fault), `${kind}: ${reading.fault}`);
  }
});

test('whole documents of any type are recognised by nobody, or read without a throw', async () => {
  const wholes = [
    '',
    '{',
    '[',
    'null',
    '0',
    '"x"',
    '[]',
    '{}',
    '[null]',
    '[[]]',
    '{"results":null}',
    '{"items":[null]}',
    '[{"Target":"x"}]',
  ];
  for (const whole of wholes) {
    const document = rawDocument(Buffer.from(whole));
    for (const one of documentKinds) {
      const recognised = one.recognises(document);
      const reading = await one.read(document, { at, now: at, place, file: 'x' });
      assert.ok(!recognised || reading.fault !== `not_${one.kind}`, `${one.kind} ${whole}`);
    }
  }
  // Nothing empty is anybody's.
  assert.deepEqual(
    wholes.filter(whole => recognisedBy(rawDocument(Buffer.from(whole))).length > 0),
    [],
  );
});

test('UTF-16 with a byte order mark, as PowerShell writes it, is read', async () => {
  const text = JSON.stringify(shapes.trivy!('x'));
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]);
  const marked = Buffer.from(`\ufeff${text}`);
  for (const bytes of [utf16, marked]) assert.equal(scanOf(await readScans('trivy', bytes, place)).found[0]?.id, 'X');
});

test('large documents are read by parts, as the small ones are', async () => {
  const noise = { Description: 'x'.repeat(500), References: ['https://example.com'] };
  const vulnerability = (index: number) => ({
    VulnerabilityID: `CVE-2024-${index}`,
    PkgID: 'a@1',
    PkgName: 'a',
    InstalledVersion: '1',
    Severity: 'HIGH',
    ...noise,
  });
  const Results = [1, 2].map(result => ({
    Target: `${result}/package-lock.json`,
    Class: 'lang-pkgs',
    Type: 'npm',
    Packages: [{ ID: 'b@1' }, { ID: 'a@1', Dev: result === 2 }],
    Vulnerabilities: [...Array.from({ length: 200 }, (_, index) => vulnerability(index)), 7],
  }));
  const report = { SchemaVersion: 2, ArtifactName: 'a:1', ArtifactType: 'container_image', Results };
  const match = {
    vulnerability: {
      id: 'CVE-1',
      severity: 'High',
      description: 'x'.repeat(5000),
      fix: { state: 'fixed', versions: ['2'] },
    },
    relatedVulnerabilities: [{ id: 'GHSA-1', description: 'y' }],
    artifact: { name: 'a', version: '1', type: 'npm', licenses: [] },
  };
  const bodies: Readonly<Record<string, unknown>> = {
    trivy: report,
    grype: {
      matches: Array.from({ length: 500 }, () => match),
      ignoredMatches: [match],
      source: { type: 'image', target: { userInput: 'a:1' } },
      descriptor: { name: 'grype', version: '1' },
    },
  };
  const cluster = {
    ClusterName: 'c',
    Resources: [{ Namespace: 'n', Kind: 'Pod', Name: 'p', Metadata: [{ RepoTags: ['a:1'] }], Results }],
  };
  for (const [kind, body] of [...Object.entries(bodies), ['trivy', cluster], ['trivy', Results]] as const) {
    const bytes = Buffer.from(JSON.stringify(body));
    const large = await documentOf(bytes, 100);
    assert.ok(large.json === undefined && large.outline !== undefined);
    assert.equal((await kindOf(large, documentKinds))?.kind, kind);
    const reader = documentKinds.find(one => one.kind === kind)!;
    const [small, parted] = [
      await readScans(kind, bytes, place),
      await reader.read(large, { at, now: new Date('2026-11-26T00:00:00Z'), place, file: 'report' }),
    ];
    assert.deepEqual(parted, small);
    assert.ok((small.heard.scans?.[0]?.found.length ?? 0) >= 400, kind);
  }
});

test('large documents of Snyk and Dependabot are read by parts, and tell the same', async () => {
  const place = { repository: 'acme/shop' };
  const vulnerabilities = Array.from({ length: 300 }, (_, n) => ({
    ...{ id: `SNYK-JS-A-${n}`, title: 'x', severity: 'high', packageName: `p${n}`, version: '1', name: `p${n}` },
    ...{
      packageManager: 'npm',
      description: 'long',
      references: [{ url: 'https://x' }],
      identifiers: { CVE: [`CVE-2024-${1000 + n}`] },
    },
  }));
  const project = { ok: false, vulnerabilities, packageManager: 'npm', displayTargetFile: 'package-lock.json' };
  const alerts = Array.from({ length: 300 }, (_, n) => ({
    ...{
      number: n + 1,
      state: 'open',
      dependency: { package: { ecosystem: 'npm', name: `p${n}` }, manifest_path: 'p' },
    },
    security_advisory: { ghsa_id: `GHSA-aaaa-bbbb-${1000 + n}`, severity: 'high', summary: 's', description: 'long' },
    security_vulnerability: { package: { ecosystem: 'npm', name: `p${n}` }, severity: 'high' },
    ...{ created_at: '2026-11-01T00:00:00Z', updated_at: '2026-11-01T00:00:00Z', url: 'https://api.github.com/x' },
  }));
  for (const [kind, body] of [
    ['snyk', project],
    ['snyk', [project, { ...project, displayTargetFile: 'b/package-lock.json' }]],
    ['dependabot', alerts],
  ] as const) {
    const bytes = Buffer.from(JSON.stringify(body));
    const large = await documentOf(bytes, 100);
    assert.equal((await kindOf(large, documentKinds))?.kind, kind);
    const reader = documentKinds.find(one => one.kind === kind)!;
    assert.equal(reader.isLarge, true);
    const context = {
      at: new Date('2026-11-20T10:00:00Z'),
      now: new Date('2026-11-26T00:00:00Z'),
      place,
      file: 'report',
    };
    const [small, parted] = [await readScans(kind, bytes, place), await reader.read(large, context)];
    assert.deepEqual(parted, small);
    assert.equal(small.heard.scans?.[0]?.found.length, 300, kind);
  }
});

test('a large report lets others run meanwhile', async () => {
  const one = {
    VulnerabilityID: 'CVE-2024-1',
    PkgName: 'a',
    InstalledVersion: '1',
    Severity: 'HIGH',
    Description: 'x'.repeat(100),
  };
  const Vulnerabilities = Array.from({ length: 60_000 }, (_, index) => ({ ...one, PkgName: `p${index}` }));
  const document = {
    bytes: Buffer.from('x'),
    json: {
      SchemaVersion: 2,
      ArtifactName: 'a:1',
      ArtifactType: 'container_image',
      Results: [{ Target: 'x', Class: 'lang-pkgs', Type: 'npm', Vulnerabilities }],
    },
  };
  const kind = documentKinds.find(({ kind: name }) => name === 'trivy')!;
  let ran = 0;
  const timer = setInterval(() => {
    ran += 1;
  }, 1);
  const reading = await kind.read(document, { at, now: at, place, file: 'x' });
  clearInterval(timer);
  assert.equal(reading.records, 60_000);
  assert.ok(ran > 0);
});
