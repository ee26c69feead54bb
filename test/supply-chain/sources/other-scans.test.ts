/** Grype, OSV-Scanner, Harbor, Dependency-Track, GitLab and trivy-operator: what each calls what. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundIn, rawDocument, readScans, recognisedBy, scanOf } from '../scans.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const shop = { image: 'ghcr.io/acme/shop:1' };

const match = (
  vulnerability: object,
  more: { readonly related?: readonly string[]; readonly artifact?: object } = {},
) => ({
  vulnerability: {
    id: 'GHSA-4374-p667-p6c8',
    severity: 'High',
    fix: { versions: ['0.17.0'], state: 'fixed' },
    ...vulnerability,
  },
  relatedVulnerabilities: (more.related ?? []).map(id => ({ id })),
  artifact: { name: 'golang.org/x/net', version: 'v0.9.0', type: 'go-module', ...more.artifact },
});

test('Grype: an image by its manifest, other names, fixes, and what was set aside', async () => {
  const source = {
    type: 'image',
    target: {
      userInput: 'registry:ghcr.io/acme/shop:1',
      imageID: digest('c'),
      manifestDigest: digest('b'),
      tags: [],
      repoDigests: [`ghcr.io/acme/shop@${digest('a')}`],
    },
  };
  const ignored = {
    ...match({ id: 'CVE-2020-1' }),
    appliedIgnoreRules: [
      {
        vulnerability: 'CVE-2020-1',
        namespace: 'vex',
        'vex-status': 'not_affected',
        'vex-justification': 'component_not_present',
      },
    ],
  };
  const scan = scanOf(
    await readScans('grype', {
      matches: [match({}, { related: ['CVE-2023-39325', 'GHSA-4374-p667-p6c8'] })],
      ignoredMatches: [
        ignored,
        { ...match({ id: 'CVE-2020-2' }), appliedIgnoreRules: [{ 'fix-state': 'unknown', reason: 'accepted' }] },
      ],
      source,
      distro: { name: 'debian', version: '12' },
      descriptor: {
        name: 'grype',
        version: '0.99.1',
        timestamp: '2026-11-19T08:00:00.5Z',
        db: { status: { built: '2026-11-19T01:00:00Z' } },
      },
    }),
  );
  assert.deepEqual(scan.artifact, {
    kind: 'image',
    name: 'ghcr.io/acme/shop',
    tag: '1',
    digests: [digest('a'), digest('b'), digest('c')],
  });
  assert.deepEqual(
    [scan.scannedAt, scan.scannerVersion, scan.databaseAt, scan.os],
    ['2026-11-19T08:00:00.500Z', '0.99.1', '2026-11-19T01:00:00.000Z', { family: 'debian', version: '12' }],
  );
  assert.deepEqual(
    scan.found.map(one => [one.id, one.package, one.aliases, one.fix, one.fixedVersions, one.suppressed]),
    [
      ['GHSA-4374-p667-p6c8', 'pkg:golang/golang.org/x/net', ['CVE-2023-39325'], 'fixed', ['0.17.0'], undefined],
      [
        'CVE-2020-1',
        'pkg:golang/golang.org/x/net',
        undefined,
        'fixed',
        ['0.17.0'],
        { by: 'vex', reason: 'component_not_present' },
      ],
      [
        'CVE-2020-2',
        'pkg:golang/golang.org/x/net',
        undefined,
        'fixed',
        ['0.17.0'],
        { by: 'ignore_file', reason: 'accepted' },
      ],
    ],
  );
});

test('Grype: states, severities and scores of all its versions', async () => {
  const found = await foundIn(
    'grype',
    {
      matches: [
        match({ fix: { versions: [], state: '' }, severity: 'Negligible' }),
        match({ fix: { versions: [], state: 'wont-fix' }, severity: 'Unknown' }),
        match({ fix: { versions: [], state: 'not-fixed' }, severity: 'Critical' }),
        // 0.7 had neither a fix nor a list of scores.
        match({ fix: undefined, fixedInVersion: '1.2', cvssV2: { baseScore: 5 }, cvssV3: { baseScore: 7.5 } }),
        match({
          cvss: [
            { version: '2.0', metrics: { baseScore: 10 } },
            { version: '4.0', metrics: { baseScore: 6.9 } },
            { version: '3.1', metrics: { baseScore: 9.8 } },
          ],
        }),
        match({ id: 'ELSA-2021-1' }, { related: ['CVE-2021-1', 'CVE-2021-2'] }),
        match(
          { id: 'ELSA-2021-3' },
          { related: ['CVE-2021-3'], artifact: { name: 'bash', type: 'rpm', purl: 'pkg:rpm/ol/bash@5?distro=ol-8' } },
        ),
        match({}, { artifact: { name: 'bash', type: 'deb', purl: '' } }),
        match(
          {},
          {
            artifact: {
              type: 'java-archive',
              metadata: { pomGroupID: 'org.apache', pomArtifactID: 'avro' },
              version: '17.0.10+7\u0000-J',
            },
          },
        ),
      ],
      distro: { name: 'ubuntu' },
      source: { type: 'directory', target: '/src' },
    },
    { repository: 'acme/shop' },
  );
  assert.deepEqual(found.map(one => [one.fix, one.severity, one.score]).slice(0, 5), [
    ['unknown', 'info', undefined],
    ['wont_fix', 'unknown', undefined],
    ['not_fixed', 'critical', undefined],
    ['fixed', 'high', 7.5],
    ['fixed', 'high', 6.9],
  ]);
  // One advisory of several vulnerabilities makes them not one.
  assert.deepEqual([found[5]?.aliases, found[6]?.aliases], [undefined, ['CVE-2021-3']]);
  assert.deepEqual(
    found.slice(6).map(one => one.package),
    ['pkg:rpm/oracle/bash', 'pkg:deb/ubuntu/bash', 'pkg:maven/org.apache/avro'],
  );
  assert.equal(found[8]?.version, '17.0.10+7');
});

test('OSV-Scanner: a group of ids is one vulnerability, and its fixes are of its package', async () => {
  const entry = (id: string, more: object = {}) => ({
    id,
    summary: 'text',
    affected: [
      {
        package: { ecosystem: 'PyPI', name: 'My_Lib' },
        ranges: [
          { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '2.1' }] },
          { type: 'GIT', events: [{ fixed: 'abc' }] },
        ],
      },
      { package: { ecosystem: 'PyPI', name: 'other' }, ranges: [{ type: 'ECOSYSTEM', events: [{ fixed: '9' }] }] },
    ],
    ...more,
  });
  const packages = [
    {
      package: { name: 'My_Lib', version: '1.0', ecosystem: 'PyPI' },
      dependency_groups: ['dev'],
      vulnerabilities: [
        entry('GHSA-aaaa', { aliases: ['CVE-2024-1'], database_specific: { severity: 'MODERATE' } }),
        entry('PYSEC-2024-1'),
      ],
      groups: [
        { ids: ['GHSA-aaaa', 'PYSEC-2024-1'], aliases: ['CVE-2024-1', 'GHSA-aaaa', 'DSA-1-1'], max_severity: '9.8' },
      ],
      license_violations: ['GPL-3.0'],
    },
    {
      package: { name: 'shop', ecosystem: '', commit: 'abcdef' },
      vulnerabilities: [
        entry('OSV-2024-2', { severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }] }),
      ],
      groups: [{ ids: ['OSV-2024-2'], experimentalAnalysis: { 'OSV-2024-2': { called: false } } }],
    },
    { package: { name: 'x' }, vulnerabilities: [{ summary: 'no id' }, 7] },
  ];
  const reading = await readScans(
    'osv-scanner',
    { results: [{ source: { path: '/src/a.lock', type: 'lockfile' }, packages }] },
    { repository: 'acme/shop' },
  );
  const scan = scanOf(reading);
  assert.deepEqual(
    scan.found.map(one => [
      one.class,
      one.id,
      one.package,
      one.version,
      one.severity,
      one.originalSeverity,
      one.score,
      one.fix,
    ]),
    [
      ['vulnerability', 'GHSA-aaaa', 'pkg:pypi/my-lib', '1.0', 'medium', 'MODERATE', 9.8, 'fixed'],
      ['license', 'GPL-3.0', 'pkg:pypi/my-lib', '1.0', 'unknown', '', undefined, 'unknown'],
      ['vulnerability', 'OSV-2024-2', 'shop', 'abcdef', 'critical', '9.8', 9.8, 'not_fixed'],
    ],
  );
  assert.deepEqual(scan.found[0]?.aliases, ['PYSEC-2024-1', 'CVE-2024-1']);
  assert.deepEqual([scan.found[0]?.fixedVersions, scan.found[0]?.isDevelopment], [['2.1'], true]);
  assert.deepEqual(scan.found[2]?.suppressed, { by: 'ignored', reason: 'vulnerable_code_not_in_execute_path' });
  assert.deepEqual([scan.completeness, reading.rejections.length], ['partial', 2]);
});

test('Harbor: by its media type or without, of an image that the place names', async () => {
  const body = {
    generated_at: '2026-11-19T08:00:00Z',
    scanner: { name: 'Trivy', version: 'v0.60.0' },
    severity: 'High',
    vulnerabilities: [
      {
        id: 'CVE-2024-1',
        package: 'libc6',
        version: '2.31',
        fix_version: '',
        severity: 'High',
        preferred_cvss: { score_v3: 7.8, score_v2: null },
        artifact_digests: [digest('d')],
      },
    ],
  };
  for (const document of [body, { 'application/vnd.security.vulnerability.report; version=1.1': body }]) {
    assert.deepEqual(recognisedBy(rawDocument(Buffer.from(JSON.stringify(document)))), ['harbor']);
    const scan = scanOf(await readScans('harbor', document, shop));
    assert.deepEqual(
      [scan.scanner, scan.artifact.digests, scan.found[0]?.score, scan.found[0]?.fix],
      ['trivy', [digest('d')], 7.8, 'not_fixed'],
    );
  }
  const adapter = { ...body, artifact: { repository: 'harbor.example.com/acme/cart', digest: digest('e'), tag: '2' } };
  assert.equal(scanOf(await readScans('harbor', adapter)).artifact.name, 'harbor.example.com/acme/cart');
});

test('Dependency-Track: projects by place or package URL, analyses, and since when', async () => {
  const finding = (analysis: object, more: object = {}) => ({
    component: {
      name: 'log4j-core',
      group: 'org.apache.logging.log4j',
      version: '2.14.1',
      purl: 'pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1?type=jar',
    },
    vulnerability: {
      source: 'NVD',
      vulnId: 'CVE-2021-44228',
      severity: 'CRITICAL',
      aliases: [{ cveId: 'CVE-2021-44228', ghsaId: 'GHSA-jfh8-c2jp-5v3q', allBySource: { OSV: 'DSA-5020-1' } }],
      cvssV3BaseScore: 10,
      ...more,
    },
    attribution: { attributedOn: '2024-01-31 15:19:45.978' },
    analysis,
    matrix: 'a:b:c',
  });
  const findings = [
    finding({ state: 'EXPLOITABLE', isSuppressed: false }),
    finding({ state: 'NOT_AFFECTED', justification: 'CODE_NOT_REACHABLE', isSuppressed: false }),
    finding({ isSuppressed: true }),
    finding({}, { source: 'NPM', vulnId: '533', aliases: [] }),
  ];
  const document = {
    version: '1.3',
    meta: { application: 'Dependency-Track', version: '4.14.0', timestamp: '2026-11-19T08:00:00Z' },
    project: {
      name: 'shop',
      version: '1.2',
      purl: `pkg:oci/shop@${digest('a').replace(':', '%3A')}?repository_url=ghcr.io/acme/shop`,
    },
    findings,
  };
  const scan = scanOf(await readScans('dependency-track', document));
  assert.deepEqual(scan.artifact, { kind: 'image', name: 'ghcr.io/acme/shop', tag: '1.2', digests: [digest('a')] });
  assert.deepEqual(
    scan.found.map(one => [one.id, one.package, one.aliases, one.suppressed]),
    [
      ['CVE-2021-44228', 'pkg:maven/org.apache.logging.log4j/log4j-core', ['GHSA-jfh8-c2jp-5v3q'], undefined],
      [
        'CVE-2021-44228',
        'pkg:maven/org.apache.logging.log4j/log4j-core',
        ['GHSA-jfh8-c2jp-5v3q'],
        { by: 'vex', reason: 'code_not_reachable' },
      ],
      [
        'CVE-2021-44228',
        'pkg:maven/org.apache.logging.log4j/log4j-core',
        ['GHSA-jfh8-c2jp-5v3q'],
        { by: 'suppression' },
      ],
      ['NPM-533', 'pkg:maven/org.apache.logging.log4j/log4j-core', undefined, undefined],
    ],
  );
  assert.equal(scan.found[0]?.firstSeenAt, '2024-01-31T15:19:45.978Z');
  const placed = scanOf(await readScans('dependency-track', document, { repository: 'acme/shop' }));
  assert.deepEqual([placed.artifact.name, placed.part], ['acme/shop', 'shop']);
  assert.equal(scanOf(await readScans('dependency-track', findings, shop)).found.length, 4);
});

test('GitLab: what its analyzers find in images and dependencies', async () => {
  const vulnerabilities = [
    {
      id: 'x',
      name: 'prototype pollution',
      severity: 'Medium',
      solution: 'Upgrade jquery to 3.4.0',
      location: {
        image: 'registry.example.com/acme/shop:1',
        dependency: { package: { name: 'jquery' }, version: '3.3.9' },
      },
      identifiers: [
        { type: 'ghsa', name: 'GHSA-6c3j-c64m-qhgq', value: 'GHSA-6c3j-c64m-qhgq' },
        { type: 'cve', value: 'CVE-2019-11358', url: 'https://x' },
        { type: 'cwe', value: '79' },
      ],
    },
  ];
  const document = {
    version: '15.0.7',
    scan: {
      scanner: { id: 'trivy', version: '0.60' },
      type: 'container_scanning',
      end_time: '2026-11-19T08:00:00',
      status: 'success',
    },
    vulnerabilities,
  };
  const scan = scanOf(await readScans('gitlab', document));
  assert.deepEqual(
    [scan.artifact.name, scan.scannedAt],
    ['registry.example.com/acme/shop', '2026-11-19T08:00:00.000Z'],
  );
  const [found] = scan.found;
  assert.deepEqual(
    [found?.id, found?.aliases, found?.fixedVersions, found?.severity],
    ['CVE-2019-11358', ['GHSA-6c3j-c64m-qhgq'], ['3.4.0'], 'medium'],
  );
  const packageIn = async (name: string, location: object) =>
    scanOf(
      await readScans(
        'gitlab',
        {
          ...document,
          vulnerabilities: [{ ...vulnerabilities[0], location: { ...location, dependency: { package: { name } } } }],
        },
        shop,
      ),
    ).found[0]?.package;
  assert.equal(await packageIn('openssl', { operating_system: 'debian 12' }), 'pkg:deb/debian/openssl');
  assert.equal(await packageIn('musl', { operating_system: 'alpine:3.19' }), 'pkg:apk/alpine/musl');
  assert.equal(await packageIn('@acme/a', { file: 'web/package-lock.json' }), 'pkg:npm/%40acme/a');
  assert.equal(await packageIn('org.x/y', { file: 'pom.xml' }), 'pkg:maven/org.x/y');
  assert.equal(await packageIn('jquery', { operating_system: 'Unknown' }), 'jquery', 'nothing says of what');
  const sast = { ...document, scan: { ...document.scan, type: 'sast' } };
  assert.equal((await readScans('gitlab', sast, shop)).fault, 'not_of_supply_chain');
});

test('trivy-operator: one, lists by kind, and what the API answers without kinds', async () => {
  const metadata = {
    name: 'replicaset-web-abc-web',
    namespace: 'shop',
    labels: {
      'trivy-operator.resource.kind': 'ReplicaSet',
      'trivy-operator.resource.name': 'web-abc',
      'trivy-operator.resource.namespace': 'shop',
      'app.kubernetes.io/part-of': 'shop',
    },
  };
  const body = {
    artifact: { repository: 'acme/web', tag: '1', digest: digest('a') },
    registry: { server: 'ghcr.io' },
    os: { family: 'alpine', name: '3.9', eosl: true },
    scanner: { version: '0.60' },
    updateTimestamp: '2026-11-19T08:00:00Z',
  };
  const item = {
    metadata,
    report: {
      ...body,
      vulnerabilities: [
        {
          vulnerabilityID: 'CVE-1',
          resource: 'musl',
          installedVersion: '1',
          fixedVersion: '',
          severity: 'NONE',
          packageType: 'alpine',
          packagePURL: 'pkg:apk/alpine/musl@1',
        },
      ],
    },
  };
  const typed = { apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'VulnerabilityReport', ...item };
  const documents = [
    typed,
    [typed],
    { apiVersion: 'v1', kind: 'List', items: [typed] },
    { apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'VulnerabilityReportList', items: [item] },
    { 'vulnerabilityreports.aquasecurity.github.io': [item], 'sbomreports.aquasecurity.github.io': [] },
  ];
  for (const document of documents) {
    assert.deepEqual(recognisedBy(rawDocument(Buffer.from(JSON.stringify(document)))), ['trivy-operator']);
    const scan = scanOf(await readScans('trivy-operator', document, { cluster: 'prod' }));
    assert.deepEqual(scan.artifact, { kind: 'image', name: 'ghcr.io/acme/web', tag: '1', digests: [digest('a')] });
    assert.deepEqual(
      [scan.classes, scan.os?.isEndOfLife, scan.found[0]?.package, scan.found[0]?.severity],
      [['vulnerability'], true, 'pkg:apk/alpine/musl', 'info'],
    );
    assert.equal(
      scan.owner,
      '{"cluster":"prod","image":"ghcr.io/acme/web","namespace":"shop","resource":"prod/shop/web-abc","tags":{"app.kubernetes.io/part-of":"shop"}}',
    );
  }
  const osOf = async (os: object, kind = 'VulnerabilityReport') => {
    const report = { ...item.report, os, secrets: [] };
    return scanOf(await readScans('trivy-operator', { ...typed, kind, report })).os;
  };
  assert.equal((await osOf({ family: 'alpine', name: '3.20' }))?.isEndOfLife, false, 'false is left out');
  assert.equal((await osOf({ family: 'alpine', name: '3.20' }, 'ExposedSecretReport'))?.isEndOfLife, undefined);
  assert.equal((await osOf({ family: 'wolfi', name: '' }))?.isEndOfLife, undefined);
  assert.deepEqual([await osOf({ family: 'none' }), await osOf({})], [undefined, undefined]);
  const fixOf = async (more: object) => {
    const [one] = item.report.vulnerabilities;
    const { fixedVersion: _, ...rest } = one!;
    const report = { ...item.report, vulnerabilities: [{ ...rest, ...more }] };
    return scanOf(await readScans('trivy-operator', { ...typed, report })).found[0]?.fix;
  };
  assert.deepEqual(
    [await fixOf({ fixedVersion: '2' }), await fixOf({ fixedVersion: '' }), await fixOf({})],
    [...['fixed', 'not_fixed', 'unknown']],
  );
  const audit = {
    apiVersion: 'aquasecurity.github.io/v1alpha1',
    kind: 'ConfigAuditReport',
    metadata,
    report: { checks: [] },
  };
  assert.equal((await readScans('trivy-operator', audit)).fault, 'belongs_to_policy');
  const secret = {
    ...typed,
    kind: 'ExposedSecretReport',
    report: { ...body, secrets: [{ ruleID: 'aws', severity: 'HIGH', target: '/app/x', match: 'KEY=AKIA' }] },
  };
  const both = await readScans('trivy-operator', [typed, secret, audit, { ...typed, report: {} }]);
  assert.deepEqual(
    both.heard.scans?.map(one => one.classes),
    [['vulnerability'], ['secret']],
  );
  assert.deepEqual(
    both.rejections.map(({ reason }) => reason),
    ['missing_subject'],
  );
  assert.ok(!JSON.stringify(both).includes('AKIA'));
});
