/** Snyk's documents: what its CLI writes and pages of its REST API. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Found } from '../../../exporters/supply-chain/document.ts';
import { corpusFiles, foundIn, rawDocument, readScans, recognisedBy, scanOf } from '../scans.ts';

const vulnerability = (more: object = {}) => ({
  ...{ id: 'SNYK-JS-QS-3153490', title: 'Prototype Poisoning', name: 'qs', version: '6.2.0', packageManager: 'npm' },
  ...{
    severity: 'high',
    cvssScore: 7.5,
    fixedIn: ['6.2.4', '6.3.3'],
    from: ['shop@1.0.0', 'express@4.14.0', 'qs@6.2.0'],
  },
  identifiers: { CVE: ['CVE-2022-24999'], CWE: ['CWE-1321'], GHSA: ['GHSA-hrpp-h998-j3pp'] },
  ...more,
});
const project = (more: object = {}) => ({
  ...{ ok: false, vulnerabilities: [vulnerability()], dependencyCount: 60, packageManager: 'npm', uniqueCount: 1 },
  ...{
    projectName: 'shop',
    displayTargetFile: 'package-lock.json',
    licensesPolicy: { severities: {} },
    path: '/build/shop',
  },
  ...more,
});
const place = { repository: 'acme/shop' };

describe('a project', () => {
  test('has one occurrence of an issue in a version of a package, by however many paths it comes in', async () => {
    const paths = [
      vulnerability(),
      vulnerability({ from: ['shop@1.0.0', 'body-parser@1.15.0', 'qs@6.2.0'] }),
      vulnerability({ version: '6.1.0', from: ['shop@1.0.0', 'qs@6.1.0'] }),
    ];
    const reading = await readScans('snyk', project({ vulnerabilities: paths }), place);
    const scan = scanOf(reading);
    assert.equal(reading.records, 3);
    const expected = {
      ...{ class: 'vulnerability', id: 'SNYK-JS-QS-3153490', aliases: ['CVE-2022-24999', 'GHSA-hrpp-h998-j3pp'] },
      ...{ package: 'pkg:npm/qs', version: '6.2.0', severity: 'high', originalSeverity: 'high', score: 7.5 },
      ...{ title: 'Prototype Poisoning', url: 'https://security.snyk.io/vuln/SNYK-JS-QS-3153490' },
      ...{ location: 'package-lock.json', fix: 'fixed', fixedVersions: ['6.2.4', '6.3.3'] },
    };
    assert.deepEqual(scan.found, [expected, { ...expected, version: '6.1.0' }]);
    assert.deepEqual(
      [scan.artifact, scan.part, scan.scanner, scan.classes, scan.completeness],
      [
        { kind: 'repository', name: 'acme/shop', digests: [] },
        'package-lock.json',
        'snyk',
        ['vulnerability', 'license'],
        'complete',
      ],
    );
  });

  test('of several is a part by its manifest, with forward slashes, and by its name where two share one', async () => {
    const parts = async (projects: readonly object[]) =>
      (await readScans('snyk', projects, place)).heard.scans?.map(({ part }) => part);
    const of = (target: string, name = 'shop') => project({ displayTargetFile: target, projectName: name });
    assert.deepEqual(await parts([of('web\\package.json'), of('api/pom.xml')]), ['web/package.json', 'api/pom.xml']);
    assert.deepEqual(await parts([of('build.gradle', 'shop'), of('build.gradle', 'shop/api')]), [
      'build.gradle#shop',
      'build.gradle#shop/api',
    ]);
    const bare = project({ displayTargetFile: undefined });
    assert.deepEqual(await parts([bare]), [undefined]);
    assert.deepEqual(await parts([bare, { ...bare, path: 'C:\\build\\api' }]), ['shop', 'api']);
  });

  test('that nothing names otherwise is called by its own name', async () => {
    const { artifact } = scanOf(await readScans('snyk', project()));
    assert.deepEqual(artifact, { kind: 'file', name: 'shop', digests: [] });
  });

  test('that could not be tested tells that it failed, and of findings nothing', async () => {
    const error = { ok: false, error: 'Could not detect supported target files', path: '/build/shop' };
    const reading = await readScans('snyk', error, place);
    const { completeness, reason, found } = scanOf(reading);
    assert.deepEqual([completeness, reason, found], ['failed', 'scan_error', []]);
    assert.equal(reading.rejections[0]?.reason, 'scan_failed');
    assert.deepEqual(recognisedBy(rawDocument(Buffer.from(JSON.stringify(error)))), ['snyk']);
  });

  test('which counts more issues than it lists is partial', async () => {
    const { completeness, reason } = scanOf(await readScans('snyk', project({ uniqueCount: 12 }), place));
    assert.deepEqual([completeness, reason], ['partial', 'results_missing']);
  });
});

describe('an issue', () => {
  const one = async (more: object, projectMore: object = {}): Promise<Found> => {
    const found = await foundIn('snyk', project({ vulnerabilities: [vulnerability(more)], ...projectMore }), place);
    assert.equal(found.length, 1);
    return found[0]!;
  };

  test('of several CVEs is called by none of them: they are not one vulnerability', async () => {
    assert.equal((await one({ identifiers: { CVE: ['CVE-1-1', 'CVE-1-2'], GHSA: [] } })).aliases, undefined);
  });

  test('of a licence is a licence, by its SPDX id', async () => {
    const license = { type: 'license', id: 'snyk:lic:npm:readline:GPL-3.0', license: undefined, name: 'readline' };
    const { class: kind, id, package: name } = await one(license);
    assert.deepEqual([kind, id, name], ['license', 'GPL-3.0', 'pkg:npm/readline']);
  });

  test('has the newest score that is given, and the severity that Snyk once said beside', async () => {
    const cvssSources = [
      { cvssVersion: '3.1', baseScore: 9.8, type: 'primary' },
      { cvssVersion: '4.0', baseScore: 9.3, type: 'primary' },
      { cvssVersion: '4.0', baseScore: 5.1, type: 'secondary' },
    ];
    assert.equal((await one({ cvssSources })).score, 9.3);
    assert.equal((await one({ severity: 'high', severityWithCritical: 'critical' })).severity, 'critical');
  });

  test('is of the binary that is installed, of unmanaged code without where it is from', async () => {
    const system = { name: 'gcc-10/libgcc-s1', packageManager: 'debian:11', id: 'SNYK-DEBIAN11-GCC10-1' };
    assert.equal((await one(system)).package, 'pkg:deb/debian/libgcc-s1');
    const { package: name, version } = await one({
      ...{ name: 'https://curl.se|curl@7.58.0', version: undefined, packageManager: 'Unmanaged (C/C++)' },
    });
    assert.deepEqual([name, version], ['pkg:generic/curl', '7.58.0']);
    assert.equal(
      (await one({ name: 'golang.org/x/net/http2', packageManager: 'gomodules' })).package,
      'pkg:golang/golang.org/x/net/http2',
    );
  });

  test('has a fix where a version or an upgrade is named, and none where the list of versions is empty', async () => {
    assert.equal((await one({ fixedIn: [] })).fix, 'not_fixed');
    assert.equal((await one({ fixedIn: undefined })).fix, 'unknown');
    assert.equal((await one({ fixedIn: undefined, isUpgradable: true })).fix, 'fixed');
  });

  test('that is ignored is excepted with its words and until when; along another path it is open', async () => {
    const ignored = vulnerability({
      filtered: {
        ignored: [
          {
            ...{ reason: 'no way in', reasonType: 'not-vulnerable', source: 'api', created: '2026-10-01T00:00:00Z' },
            ...{ expires: '2026-12-01T00:00:00.000Z', ignoredBy: { name: 'Ann', email: 'ann@acme.test' } },
          },
        ],
      },
    });
    const filtered = { ignore: [ignored], patch: [] };
    const [found] = await foundIn('snyk', project({ vulnerabilities: [], uniqueCount: 0, filtered }), place);
    assert.deepEqual(found?.suppressed, {
      ...{ by: 'ignore_file', reason: 'not_vulnerable', approvedBy: 'ann@acme.test' },
      ...{ createdAt: '2026-10-01T00:00:00Z', expiresAt: '2026-12-01T00:00:00.000Z' },
    });
    assert.equal((await one({}, { filtered })).suppressed, undefined);
  });
});

describe('an image', () => {
  const application = project({ projectName: 'shop', displayTargetFile: '/app/package.json', docker: {} });
  const image = (more: object = {}) =>
    project({
      ...{ docker: { baseImage: 'debian:11' }, packageManager: 'deb', displayTargetFile: undefined, uniqueCount: 2 },
      ...{ projectName: 'docker-image|ghcr.io/acme/shop', path: 'ghcr.io/acme/shop:1.2/shop' },
      vulnerabilities: [
        vulnerability({ id: 'SNYK-DEBIAN11-ZLIB-1', name: 'zlib/zlib1g', packageManager: 'debian:11' }),
      ],
      ...more,
    });

  test('is one look with its applications, whose tag the path has', async () => {
    const scan = scanOf(await readScans('snyk', image({ applications: [application] }), place));
    assert.deepEqual(scan.artifact, { kind: 'image', name: 'ghcr.io/acme/shop', tag: '1.2', digests: [] });
    assert.deepEqual(
      scan.found.map(({ package: name, location }) => [name, location]),
      [
        ['pkg:deb/debian/zlib1g', 'express@4.14.0 > qs@6.2.0'],
        ['pkg:npm/qs', '/app/package.json'],
      ],
    );
    assert.deepEqual(
      [scan.os, scan.part, scan.completeness],
      [{ family: 'debian', version: '11' }, undefined, 'complete'],
    );
  });

  test('is one look also where its applications stand beside it', async () => {
    const beside = { ...application, path: 'ghcr.io/acme/shop:1.2' };
    const scan = scanOf(await readScans('snyk', [image(), beside]));
    assert.equal(scan.found.length, 2);
  });

  test('whose application ignores what another does not has it open', async () => {
    const other = project({ docker: {}, displayTargetFile: '/other/package.json' });
    const ignoring = { ...other, vulnerabilities: [], uniqueCount: 0, filtered: { ignore: [vulnerability()] } };
    for (const applications of [
      [application, ignoring],
      [ignoring, application],
    ]) {
      const { found } = scanOf(await readScans('snyk', image({ applications }), place));
      assert.deepEqual(
        found.map(({ suppressed }) => suppressed),
        [undefined, undefined],
      );
    }
  });

  test('has the digest that the place names of it', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const { artifact } = scanOf(
      await readScans('snyk', image({ uniqueCount: 1 }), { image: `ghcr.io/acme/shop@${digest}` }),
    );
    assert.deepEqual(artifact.digests, [digest]);
    const other = scanOf(await readScans('snyk', image(), { image: `ghcr.io/acme/other@${digest}` }));
    assert.deepEqual([other.artifact.name, other.artifact.digests], ['ghcr.io/acme/shop', []]);
  });
});

describe('a page of the REST API', () => {
  const issue = (more: object = {}, id = 'p1') => ({
    ...{ id: 'i1', type: 'issue' },
    attributes: {
      ...{ key: 'SNYK-JS-QS-3153490', title: 'Prototype Poisoning', type: 'package_vulnerability', status: 'open' },
      ...{ ignored: false, effective_severity_level: 'high', created_at: '2026-01-02T00:00:00Z' },
      coordinates: [
        { is_upgradeable: true, representations: [{ dependency: { package_name: 'qs', package_version: '6.2.0' } }] },
      ],
      problems: [
        { id: 'SNYK-JS-QS-3153490', source: 'SNYK', type: 'vulnerability' },
        { id: 'CVE-2022-24999', source: 'NVD', type: 'vulnerability' },
        { id: 'CWE-1321', source: 'CWE', type: 'weakness' },
      ],
      severities: [
        { score: 7.5, version: '3.1', source: 'Snyk' },
        { score: 8.7, version: '4.0', source: 'Snyk' },
      ],
      ...more,
    },
    relationships: { scan_item: { data: { id, type: 'project' } } },
  });
  const page = (data: readonly object[], links: object = {}) => ({ jsonapi: { version: '1.0' }, data, links });

  test('is read by project, with what Snyk knows of the life of each issue', async () => {
    const resolved = issue({
      ...{ status: 'resolved', resolution: { type: 'disappeared', resolved_at: '2026-03-04T00:00:00Z' } },
    });
    const { heard } = await readScans('snyk', page([issue(), resolved, issue({ ignored: true }, 'p2')]), place);
    const [first, second] = heard.scans ?? [];
    assert.deepEqual([first?.part, first?.found.length, first?.completeness], ['p1', 2, 'complete']);
    assert.deepEqual(first?.found[0], {
      ...{ class: 'vulnerability', id: 'SNYK-JS-QS-3153490', aliases: ['CVE-2022-24999'], package: 'pkg:npm/qs' },
      ...{ version: '6.2.0', severity: 'high', originalSeverity: 'high', firstSeenAt: '2026-01-02T00:00:00Z' },
      ...{ title: 'Prototype Poisoning', score: 8.7, fix: 'fixed' },
    });
    assert.equal(first?.found[1]?.fixedAt, '2026-03-04T00:00:00Z');
    assert.deepEqual([second?.part, second?.found[0]?.suppressed], ['p2', { by: 'ignored' }]);
  });

  test('that others follow is not all there is', async () => {
    const { reason } = scanOf(
      await readScans('snyk', page([issue()], { next: '/orgs/o/issues?starting_after=x' }), place),
    );
    assert.equal(reason, 'one_page');
    const empty = scanOf(await readScans('snyk', page([]), place));
    assert.deepEqual([empty.completeness, empty.reason], ['partial', 'query_unknown']);
  });

  test('of code is refused, and code among packages is left out by name', async () => {
    const code = issue({ type: 'code' });
    assert.equal((await readScans('snyk', page([code]), place)).fault, 'belongs_to_policy');
    const { rejections } = await readScans('snyk', page([issue(), code]), place);
    assert.deepEqual(
      rejections.map(({ reason }) => reason),
      ['belongs_to_policy'],
    );
  });
});

test('infrastructure and code belong to policy, and what is no report of Snyk is no report of Snyk', async () => {
  const infrastructure = {
    ok: false,
    vulnerabilities: [],
    infrastructureAsCodeIssues: [],
    packageManager: 'terraform',
  };
  assert.equal((await readScans('snyk', [infrastructure], place)).fault, 'belongs_to_policy');
  const mixed = await readScans('snyk', [infrastructure, project()], place);
  assert.deepEqual([mixed.heard.scans?.length, mixed.rejections[0]?.reason], [1, 'belongs_to_policy']);
  assert.equal((await readScans('snyk', { Results: [] }, place)).fault, 'not_snyk');
  assert.equal((await readScans('snyk', 'Testing shop...', place)).fault, 'not_json');
});

test('hostile reports are refused or counted, and never thrown for', async () => {
  const deep = JSON.parse(`${'[{"ok":true,"vulnerabilities":'.repeat(400)}[]${'}]'.repeat(400)}`);
  const odd = [
    null,
    1,
    'x',
    [],
    {},
    { id: 1 },
    { id: 'SNYK-1' },
    { id: 'SNYK-1', name: {} },
    { ['__proto__']: { id: 'x' } },
  ];
  const reading = await readScans('snyk', project({ vulnerabilities: odd, uniqueCount: 1e308 }), place);
  assert.equal(reading.rejections.length, odd.length);
  assert.equal(scanOf(reading).completeness, 'partial');
  for (const value of [deep, { ok: true, vulnerabilities: {} }, [[project()]], project({ docker: 'x', filtered: [1] })])
    await readScans('snyk', value, place);
  const marked = Buffer.from(`\uFEFF${JSON.stringify(project())}`, 'utf16le');
  assert.equal(scanOf(await readScans('snyk', marked, place)).found.length, 1);
});

test('every file of the corpus is read with counts that agree with the report, or refused by name', async t => {
  const refused: Record<string, string> = {};
  for (const { file, bytes } of corpusFiles(t, 'snyk')) {
    const document = rawDocument(bytes);
    const [kind = 'snyk'] = recognisedBy(document);
    const reading = await readScans(kind, bytes, place);
    if (reading.fault !== undefined) {
      refused[file] = `${kind} ${reading.fault}`;
      continue;
    }
    assert.equal(kind, 'snyk', file);
    assert.deepEqual(reading.rejections, [], file);
    if (file.startsWith('snyk_issue_api')) continue;
    // Different (issue, package, version) of each project, and of an image with its applications.
    type Project = { vulnerabilities?: object[]; applications?: Project[] };
    const listed = [document.json].flat() as Project[];
    const count = (one: Project): Set<string> => {
      const all = [one, ...(one.applications ?? [])].flatMap(({ vulnerabilities = [] }) => vulnerabilities);
      const key = (item: object) => {
        const { id, name, version, type } = item as Record<string, string>;
        return JSON.stringify([type === 'license' ? id?.split(':').at(-1) : id, name, version]);
      };
      return new Set(all.map(key));
    };
    assert.deepEqual(
      reading.heard.scans?.map(({ found }) => found.length),
      listed.map(one => count(one).size),
      file,
    );
    // Snyk's own count, of ids.
    for (const [index, scan] of (reading.heard.scans ?? []).entries()) {
      const { uniqueCount } = listed[index] as { uniqueCount?: number };
      if (
        uniqueCount !== undefined &&
        scan.completeness === 'complete' &&
        scan.found.every(one => one.class !== 'license')
      )
        assert.equal(new Set(scan.found.map(({ id }) => id)).size, uniqueCount, file);
    }
  }
  if (Object.keys(refused).length > 0)
    assert.deepEqual(refused, {
      'snyk/snykcode_issue_9270.json': 'sarif belongs_to_policy',
      'snyk_code/single_project_many_vulns.json': 'sarif belongs_to_policy',
      'snyk_code/snykcode_issue_9270.json': 'sarif belongs_to_policy',
      'snyk_issue_api/snyk_code_scan_api_many_vuln.json': 'snyk belongs_to_policy',
      'test/fixtures/iac-test-report.json': 'snyk belongs_to_policy',
      'test/fixtures/invalid-input.json': 'snyk not_json',
      'test/fixtures/test-code-openrefine.json': 'sarif belongs_to_policy',
    });
});
