/** Trivy's JSON: what a report is of, what it was looking for, and each finding's parts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foundIn, rawDocument, readScans, recognisedBy, scanOf } from '../scans.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const vulnerability = (more: object = {}) => ({
  VulnerabilityID: 'CVE-2017-20165',
  PkgName: 'debug',
  InstalledVersion: '3.0.1',
  FixedVersion: '3.1.0, 2.6.9',
  Severity: 'HIGH',
  ...more,
});
const npm = (vulnerabilities: readonly unknown[], more: object = {}) => ({
  Target: 'package-lock.json',
  Class: 'lang-pkgs',
  Type: 'npm',
  Vulnerabilities: vulnerabilities,
  ...more,
});
const report = (results: readonly unknown[], more: object = {}) => ({
  SchemaVersion: 2,
  CreatedAt: '2026-11-19T08:00:00Z',
  ArtifactName: '.',
  ArtifactType: 'filesystem',
  Results: results,
  ...more,
});
const image = (name: string, metadata: object = {}) =>
  report([], { ArtifactName: name, ArtifactType: 'container_image', Metadata: metadata });

test('an image is known by its name and tag, its manifest and its configuration', async () => {
  const metadata = {
    ImageID: digest('c'),
    RepoTags: ['ghcr.io/acme/shop:1.2'],
    RepoDigests: [`ghcr.io/acme/shop@${digest('a')}`, `mirror.example.com/shop@${digest('b')}`],
    OS: { Family: 'debian', Name: '10.1', EOSL: true },
  };
  const scan = scanOf(await readScans('trivy', image('ghcr.io/acme/shop:1.2', metadata), { image: 'other:1' }));
  const artifact = {
    kind: 'image',
    name: 'ghcr.io/acme/shop',
    tag: '1.2',
    digests: [digest('a'), digest('b'), digest('c')],
  };
  assert.deepEqual(scan.artifact, artifact);
  assert.deepEqual(scan.os, { family: 'debian', version: '10.1', isEndOfLife: true });
  assert.deepEqual([scan.scannedAt, scan.completeness], ['2026-11-19T08:00:00.000Z', 'complete']);
  assert.equal(scan.owner, '{"image":"ghcr.io/acme/shop"}');
  // Asked for by an archive, an id or a digest it has a name all the same.
  for (const name of ['/tmp/shop.tar.gz', digest('c'), '055936d39205', `ghcr.io/acme/shop@${digest('a')}`])
    assert.deepEqual(scanOf(await readScans('trivy', image(name, metadata))).artifact, artifact, name);
  const nameless = await readScans('trivy', image('shop.tar', { ImageID: digest('c') }));
  assert.equal(nameless.fault, 'missing_subject');
  const placed = scanOf(
    await readScans('trivy', image('shop.tar', { ImageID: digest('c') }), { image: 'acme/shop:2' }),
  );
  assert.deepEqual(placed.artifact, { kind: 'image', name: 'docker.io/acme/shop', tag: '2', digests: [digest('c')] });
});

test('a system still is supported where its packages were looked at, and nothing says that it is not', async () => {
  const of = async (kind: string) => {
    const results = [{ Target: 'ghcr.io/acme/shop:1.2 (debian 12.5)', Class: kind, Type: 'debian' }];
    const metadata = { ImageID: digest('c'), OS: { Family: 'debian', Name: '12.5' } };
    const told = { ArtifactName: 'ghcr.io/acme/shop:1.2', ArtifactType: 'container_image', Metadata: metadata };
    return scanOf(await readScans('trivy', report(results, told))).os?.isEndOfLife;
  };
  assert.deepEqual([await of('os-pkgs'), await of('secret')], [false, undefined]);
});

test('a repository is known by its URL, a folder by its place', async () => {
  const of = async (more: object, place = {}) =>
    (await readScans('trivy', report([], more), place)).heard.scans?.[0]?.artifact;
  const shop = { kind: 'repository', name: 'acme/shop', digests: [] };
  const url = 'https://user:secret@github.com/Acme/Shop.git';
  assert.deepEqual(await of({ ArtifactName: url, ArtifactType: 'repository' }, { repository: 'acme/other' }), shop);
  assert.deepEqual(await of({ ArtifactName: 'github.com/acme/shop', ArtifactType: 'repository' }), shop);
  assert.deepEqual(await of({ Metadata: { RepoURL: 'git@github.com:acme/shop.git' } }), shop);
  assert.deepEqual(await of({ ArtifactName: './shop' }, { repository: 'Acme/Shop' }), shop);
  assert.equal(await of({ ArtifactName: 'services/shop/api' }), undefined);
  assert.deepEqual(await of({ ArtifactName: '/images/web.img', ArtifactType: 'vm' }), {
    kind: 'file',
    name: 'web.img',
    digests: [],
  });
});

test('a finding has its package, its fixes, the newest score and its other names', async () => {
  const [found] = await foundIn(
    'trivy',
    report([
      npm(
        [
          vulnerability({
            PkgID: 'debug@3.0.1',
            PkgName: '@scope/debug',
            Status: 'fixed',
            VendorIDs: ['GHSA-9vvw-cc9w-f27h', 'RHSA-2023:1533'],
            SeveritySource: 'ghsa',
            CVSS: { nvd: { V2Score: 10, V3Score: 7.5 }, ghsa: { V3Score: 8.1 }, other: { V40Score: 9.3 } },
            Title: 'slow',
            PrimaryURL: 'https://avd.aquasec.com/nvd/cve-2017-20165',
          }),
        ],
        { Packages: [{ ID: 'debug@3.0.1', Dev: true }] },
      ),
    ]),
    { repository: 'acme/shop' },
  );
  assert.deepEqual(found, {
    class: 'vulnerability',
    id: 'CVE-2017-20165',
    package: 'pkg:npm/%40scope/debug',
    version: '3.0.1',
    severity: 'high',
    originalSeverity: 'HIGH',
    fix: 'fixed',
    // An advisory of a distribution is of several vulnerabilities.
    aliases: ['GHSA-9vvw-cc9w-f27h'],
    fixedVersions: ['3.1.0', '2.6.9'],
    score: 9.3,
    title: 'slow',
    url: 'https://avd.aquasec.com/nvd/cve-2017-20165',
    location: 'package-lock.json',
    isDevelopment: true,
  });
});

test('a status says whether there is a fix, and whether there will be one', async () => {
  const cases = [
    ['fixed', '2', 'fixed'],
    ['affected', '', 'not_fixed'],
    ['fix_deferred', '', 'not_fixed'],
    ['will_not_fix', '', 'wont_fix'],
    ['end_of_life', '', 'wont_fix'],
    ['under_investigation', '', 'unknown'],
    ['unknown', '', 'unknown'],
    ['constructor', '', 'unknown'],
    [undefined, '2', 'fixed'],
    [undefined, '', 'not_fixed'],
  ] as const;
  const listed = cases.map(([Status, FixedVersion], index) =>
    vulnerability({ Status, FixedVersion, PkgName: `p${index}` }),
  );
  const found = await foundIn('trivy', report([npm(listed)]), { repository: 'acme/shop' });
  assert.deepEqual(
    found.map(({ fix }) => fix),
    cases.map(([, , fix]) => fix),
  );
  const ranges = ['>= 3.1.0, >= 2.1.3, < 3.0.0', '~> 5.2.4.3, >= 6.0.3.1', '>=1.2.3 <2 || 3.0.1', '< 2'];
  const ranged = await foundIn('trivy', report([npm(ranges.map(FixedVersion => vulnerability({ FixedVersion })))]), {
    repository: 'a/b',
  });
  assert.deepEqual(
    ranged.map(({ fixedVersions = [] }) => fixedVersions),
    [['3.1.0', '2.1.3'], ['5.2.4.3', '6.0.3.1'], ['1.2.3', '3.0.1'], []],
  );
});

test('secrets and licences are findings of their own; the text of a secret is left unread', async () => {
  const scan = scanOf(
    await readScans(
      'trivy',
      report([
        {
          Target: '/app/.env',
          Class: 'secret',
          Secrets: [
            {
              RuleID: 'aws-access-key-id',
              Category: 'AWS',
              Severity: 'CRITICAL',
              Title: 'AWS',
              StartLine: 3,
              Match: 'KEY=AKIA0123456789ABCDEF',
            },
          ],
        },
        {
          Target: 'Java',
          Class: 'license',
          Licenses: [{ Severity: 'MEDIUM', Category: 'reciprocal', PkgName: 'org.ow2.asm:asm', Name: 'EPL-1.0' }],
        },
        {
          Target: 'Loose File License(s)',
          Class: 'license-file',
          Licenses: [
            { Severity: 'HIGH', FilePath: 'COPYING', Name: 'GPL-3.0', Link: 'https://spdx.org/licenses/GPL-3.0.html' },
          ],
        },
      ]),
      { repository: 'acme/shop' },
    ),
  );
  assert.deepEqual(
    scan.found.map(one => [one.class, one.id, one.package, one.severity, one.location]),
    [
      ['secret', 'aws-access-key-id', 'app/.env', 'critical', 'app/.env:3'],
      ['license', 'EPL-1.0', 'pkg:maven/org.ow2.asm/asm', 'medium', undefined],
      ['license', 'GPL-3.0', '', 'high', 'COPYING'],
    ],
  );
  assert.ok(!JSON.stringify(scan).includes('AKIA'));
  assert.deepEqual(scan.classes, ['secret', 'license']);
  // It doesn't say what it was looking for: without a section of them nothing is said of secrets, nor of vulnerabilities.
  const classesOf = async (results: readonly unknown[]) =>
    scanOf(await readScans('trivy', report(results), { repository: 'a/b' })).classes;
  const section = { Target: '.env', Class: 'secret', Secrets: [] };
  assert.deepEqual(await classesOf([npm([])]), ['vulnerability']);
  assert.deepEqual(await classesOf([npm([]), section]), ['vulnerability', 'secret']);
  assert.deepEqual(await classesOf([section]), ['secret']);
  assert.deepEqual(await classesOf([]), ['vulnerability']);
});

test('what was set aside is a finding with the word that sets it aside', async () => {
  const modified = [
    {
      Type: 'vulnerability',
      Status: 'not_affected',
      Statement: 'vulnerable_code_not_in_execute_path',
      Source: './vex.json',
      Finding: vulnerability(),
    },
    {
      Type: 'vulnerability',
      Status: 'ignored',
      Source: '.trivyignore.yaml',
      Finding: vulnerability({ PkgName: 'ms' }),
    },
    { Type: 'misconfiguration', Status: 'ignored', Finding: { ID: 'DS-0002' } },
  ];
  const found = await foundIn('trivy', report([npm([], { ExperimentalModifiedFindings: modified })]), {
    repository: 'a/b',
  });
  assert.deepEqual(
    found.map(({ package: name, suppressed }) => [name, suppressed]),
    [
      ['pkg:npm/debug', { by: 'vex', reason: 'vulnerable_code_not_in_execute_path' }],
      ['pkg:npm/ms', { by: 'ignore_file', reason: '.trivyignore.yaml' }],
    ],
  );
});

test('the bare array of old, and `null` where it found nothing', async () => {
  const old = [
    {
      Target: 'python:3.4-alpine (alpine 3.9.2)',
      Type: 'alpine',
      Vulnerabilities: [vulnerability({ PkgName: 'musl' })],
    },
    { Target: 'app/Pipfile.lock', Type: 'pipenv', Vulnerabilities: null },
  ];
  const scan = scanOf(await readScans('trivy', old));
  assert.deepEqual(scan.artifact, { kind: 'image', name: 'docker.io/library/python', tag: '3.4-alpine', digests: [] });
  assert.deepEqual([scan.found[0]?.package, scan.os], ['pkg:apk/alpine/musl', { family: 'alpine', version: '3.9.2' }]);
  assert.equal(scan.scannedAt, '2026-11-20T10:00:00.000Z');
  const none = scanOf(await readScans('trivy', 'null', { image: 'acme/shop:2' }));
  assert.deepEqual([none.found, none.completeness, none.artifact.name], [[], 'complete', 'docker.io/acme/shop']);
  assert.equal((await readScans('trivy', 'null')).fault, 'missing_subject');
});

test('a report of a cluster is a scan of each image, and fails resource by resource', async () => {
  const os = (name: string) => ({
    Target: `${name} (debian 12.5)`,
    Class: 'os-pkgs',
    Type: 'debian',
    Vulnerabilities: [vulnerability({ PkgName: 'apt' })],
  });
  const resources = [
    {
      Namespace: 'shop',
      Kind: 'Deployment',
      Name: 'cart',
      Metadata: [{ RepoTags: ['ghcr.io/acme/cart:1'], RepoDigests: [`ghcr.io/acme/cart@${digest('a')}`] }],
      Results: [os('ghcr.io/acme/cart:1'), { ...npm([vulnerability()]), Target: 'Node.js' }],
    },
    {
      Namespace: 'shop',
      Kind: 'Deployment',
      Name: 'pay',
      Results: [
        os('ghcr.io/acme/pay:2'),
        { ...npm([vulnerability()]), Target: 'Node.js' },
        os('ghcr.io/acme/proxy:3'),
        { Target: 'Deployment/pay', Class: 'config', Type: 'kubernetes', Misconfigurations: [{ ID: 'KSV-0001' }] },
      ],
    },
    {
      Namespace: 'shop',
      Kind: 'Pod',
      Name: 'x',
      Metadata: { RepoTags: ['ghcr.io/acme/x:1'] },
      Error: 'pull access denied',
      Results: [npm([])],
    },
    {
      Kind: 'ClusterRole',
      Name: 'admin',
      Results: [{ Target: 'ClusterRole/admin', Class: 'config', Type: 'kubernetes', Misconfigurations: [] }],
    },
    'nothing',
  ];
  const { heard, rejections, fault } = await readScans('trivy', { ClusterName: 'prod-eu', Resources: resources });
  assert.equal(fault, undefined);
  assert.deepEqual(
    heard.scans!.map(one => [
      one.artifact.name,
      one.artifact.tag,
      one.artifact.digests.length,
      one.found.length,
      one.completeness,
    ]),
    [
      ['ghcr.io/acme/cart', '1', 1, 2, 'complete'],
      ['ghcr.io/acme/pay', '2', 0, 2, 'complete'],
      ['ghcr.io/acme/proxy', '3', 0, 1, 'complete'],
      ['ghcr.io/acme/x', '1', 0, 0, 'failed'],
    ],
  );
  assert.equal(heard.scans![1]!.owner, '{"image":"ghcr.io/acme/pay","namespace":"shop","resource":"prod-eu/shop/pay"}');
  assert.equal(new Set(heard.scans!.map(one => one.digest)).size, 4);
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['not_a_resource'],
  );
  const old = {
    ClusterName: 'c',
    Vulnerabilities: [{ Namespace: 'default', Kind: 'Deployment', Name: 'redis', Results: [os('docker.io/redis:6')] }],
    Misconfigurations: [],
  };
  assert.equal(scanOf(await readScans('trivy', old)).artifact.name, 'docker.io/library/redis');
});

test('records that cannot be read are told one by one, and make the scan partial', async () => {
  const listed = [
    vulnerability(),
    'text',
    null,
    {},
    vulnerability({ PkgName: 7 }),
    vulnerability({ VulnerabilityID: '' }),
  ];
  const reading = await readScans('trivy', report([npm(listed), 'nothing']), { repository: 'a/b' });
  const scan = scanOf(reading);
  assert.deepEqual(
    [scan.found.length, scan.completeness, scan.reason, reading.records],
    [1, 'partial', 'records_rejected', 7],
  );
  assert.deepEqual(reading.rejections.map(({ reason }) => reason).sort(), [
    'missing_package',
    'missing_vulnerability',
    'missing_vulnerability',
    'not_a_result',
    'not_an_object',
    'not_an_object',
  ]);
});

test('what Trivy writes for other programs is refused by name', async () => {
  const asff = { Findings: [{ ProductArn: 'arn:aws:securityhub:x', Resources: [] }] };
  const quality = [{ type: 'issue', check_name: 'container_scanning', fingerprint: 'ab', location: { path: 'x' } }];
  const cases = [
    [JSON.stringify(asff), 'asff_without_packages'],
    [JSON.stringify(quality), 'gitlab_code_quality_without_packages'],
    ['<?xml version="1.0" ?>\n<testsuites name="trivy">', 'junit_without_packages'],
  ] as const;
  for (const [body, fault] of cases) {
    assert.deepEqual(recognisedBy(rawDocument(Buffer.from(body))), ['trivy'], fault);
    assert.equal((await readScans('trivy', body, { image: 'a' })).fault, fault);
  }
  assert.equal((await readScans('trivy', 'SARIF')).fault, 'not_json');
  assert.equal((await readScans('trivy', { other: 1 })).fault, 'not_trivy');
});
