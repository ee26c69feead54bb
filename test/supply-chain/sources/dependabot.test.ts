/** GitHub's alerts as documents: of dependencies and of secrets. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Found } from '../../../exporters/supply-chain/document.ts';
import { corpusFiles, foundIn, rawDocument, readScans, recognisedBy, scanOf } from '../scans.ts';
import { alert } from './alerts.ts';

const one = async (more: object, kind = 'dependabot'): Promise<Found> => {
  const [found, ...others] = await foundIn(kind, [alert(more)]);
  assert.ok(found && others.length === 0);
  return found;
};

describe('an alert', () => {
  test('is a finding of its package since it was created', async () => {
    assert.deepEqual(await one({}), {
      ...{ class: 'vulnerability', id: 'GHSA-jfh8-c2jp-5v3q', aliases: ['CVE-2021-44228'] },
      ...{ package: 'pkg:maven/org.apache.logging.log4j/log4j-core', version: '', severity: 'critical' },
      ...{ originalSeverity: 'critical', fix: 'fixed', fixedVersions: ['2.15.0'], firstSeenAt: '2026-03-01T08:00:00Z' },
      ...{ score: 9.3, title: 'Remote code injection in Log4j', location: 'api/pom.xml' },
      url: 'https://github.com/acme/shop/security/dependabot/1',
    });
  });

  test('that is fixed was there until then', async () => {
    const { fixedAt, suppressed } = await one({ state: 'fixed', fixed_at: '2026-03-05T09:00:00Z' });
    assert.deepEqual([fixedAt, suppressed], ['2026-03-05T09:00:00Z', undefined]);
  });

  test('that is dismissed is excepted by whom and why, except where a fix has begun', async () => {
    const dismissed = (reason: string) =>
      one({
        ...{ state: 'dismissed', dismissed_reason: reason, dismissed_at: '2026-03-04T00:00:00Z' },
        dismissed_by: { login: 'ann' },
      });
    assert.deepEqual((await dismissed('tolerable_risk')).suppressed, {
      ...{ by: 'dismissal', reason: 'tolerable_risk', approvedBy: 'ann', createdAt: '2026-03-04T00:00:00Z' },
    });
    const begun = await dismissed('fix_started');
    assert.deepEqual([begun.suppressed, begun.fixedAt], [undefined, undefined]);
    const rule = await one({ state: 'auto_dismissed', auto_dismissed_at: '2026-03-02T00:00:00Z' });
    assert.deepEqual(rule.suppressed, { by: 'dismissal', reason: 'auto_dismissed', createdAt: '2026-03-02T00:00:00Z' });
  });

  test('may have no fix, be of development only, and have no score but an older one', async () => {
    const found = await one({
      security_vulnerability: { severity: 'low', first_patched_version: null },
      dependency: { package: { ecosystem: 'rust', name: 'time' }, scope: 'development', manifest_path: 'Cargo.lock' },
      security_advisory: {
        ghsa_id: 'GHSA-1',
        cvss_severities: { cvss_v4: { score: 0 }, cvss_v3: { score: 6.2 } },
      },
    });
    assert.deepEqual(
      [found.fix, found.isDevelopment, found.score, found.package, found.severity],
      ['not_fixed', true, 6.2, 'pkg:cargo/time', 'low'],
    );
    const action = { package: { ecosystem: 'actions', name: 'tj-actions/changed-files' } };
    assert.equal((await one({ dependency: action })).package, 'pkg:githubactions/tj-actions/changed-files');
  });
});

describe('a list', () => {
  test('of an organisation is a whole look at each repository', async () => {
    const { heard, records } = await readScans('dependabot', [
      alert(),
      alert({ number: 2, repository: { full_name: 'Acme/Cart' } }),
      alert({ number: 3, repository: { full_name: 'acme/cart' }, state: 'odd' }),
    ]);
    assert.equal(records, 3);
    assert.deepEqual(
      heard.scans?.map(({ artifact, found, completeness }) => [artifact.name, found.length, completeness]),
      [
        ['acme/shop', 1, 'partial'],
        ['acme/cart', 1, 'partial'],
      ],
    );
  });

  test('as long as a page may not be all there is; pages that were joined are', async () => {
    const page = Array.from({ length: 100 }, (_, index) => alert({ number: index + 1 }));
    assert.equal(scanOf(await readScans('dependabot', page)).reason, 'one_page');
    assert.equal(scanOf(await readScans('dependabot', [page, [alert({ number: 101 })]])).completeness, 'complete');
  });

  test('with a package in two manifests has it as long as one of them does', async () => {
    const fixed = alert({ number: 2, state: 'fixed', fixed_at: '2026-03-05T09:00:00Z' });
    const found = await foundIn('dependabot', [fixed, alert()]);
    assert.deepEqual(
      found.map(({ fixedAt }) => fixedAt),
      [undefined],
    );
  });
});

test('a webhook tells of one alert, at the time of its change', async () => {
  const payload = { action: 'fixed', alert: alert({ state: 'fixed', fixed_at: '2026-03-05T09:00:00Z' }) };
  const scan = scanOf(await readScans('dependabot', { ...payload, repository: { full_name: 'acme/shop' } }));
  assert.deepEqual(
    [scan.part, scan.scannedAt, scan.artifact.name],
    ['alert 1', '2026-03-01T08:00:00.000Z', 'acme/shop'],
  );
});

test("GraphQL's alerts are those of the repository above them, or of the place where that is the only one", async () => {
  const node = {
    ...{ number: 7, state: 'DISMISSED', createdAt: '2026-03-01T08:00:00Z', dismissedAt: '2026-03-02T08:00:00Z' },
    ...{ dismissReason: 'tolerable_risk', vulnerableManifestPath: 'pom.xml', vulnerableRequirements: '= 5.3.29' },
    securityVulnerability: {
      ...{ severity: 'MODERATE', package: { name: 'org.springframework:spring-web', ecosystem: 'MAVEN' } },
      firstPatchedVersion: { identifier: '6.0.0' },
      advisory: {
        summary: 'x',
        identifiers: [
          { type: 'GHSA', value: 'GHSA-4wrc' },
          { type: 'CVE', value: 'CVE-2016-1000027' },
        ],
      },
    },
  };
  const list = (more: object) => ({
    ...more,
    vulnerabilityAlerts: { nodes: [node], pageInfo: { hasNextPage: false } },
  });
  const scan = scanOf(await readScans('dependabot', { data: { repository: list({ nameWithOwner: 'acme/shop' }) } }));
  assert.deepEqual([scan.artifact.name, scan.found.length], ['acme/shop', 1]);
  const { package: name, version, severity, suppressed } = scan.found[0]!;
  assert.deepEqual(
    [name, version, severity, suppressed?.reason],
    ['pkg:maven/org.springframework/spring-web', '5.3.29', 'medium', 'tolerable_risk'],
  );
  // What a query doesn't ask for is not known; null is none.
  const fixOf = async (firstPatchedVersion: null | undefined) => {
    const securityVulnerability = { ...node.securityVulnerability, firstPatchedVersion };
    const repository = {
      nameWithOwner: 'acme/shop',
      vulnerabilityAlerts: { nodes: [{ ...node, securityVulnerability }] },
    };
    return scanOf(await readScans('dependabot', { data: { repository } })).found[0]?.fix;
  };
  assert.deepEqual([await fixOf(undefined), await fixOf(null)], ['unknown', 'not_fixed']);
  const placed = await readScans(
    'dependabot',
    { data: { repository: list({ name: 'shop' }) } },
    { repository: 'acme/web' },
  );
  assert.equal(scanOf(placed).artifact.name, 'acme/web');
  const several = { data: { search: { nodes: [list({ name: 'shop' }), list({ name: 'cart' })] } } };
  const { heard } = await readScans('dependabot', several, { repository: 'acme/web' });
  assert.deepEqual(
    heard.scans?.map(({ artifact }) => artifact.name),
    ['shop', 'cart'],
  );
  const cut = {
    ...list({ nameWithOwner: 'acme/shop' }),
    vulnerabilityAlerts: { nodes: [node], pageInfo: { hasNextPage: true } },
  };
  assert.equal(scanOf(await readScans('dependabot', { data: { repository: cut } })).reason, 'one_page');
});

test('a secret is kept by its type and place, and never itself', async () => {
  const secret = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
  const alert = {
    ...{ number: 4, state: 'open', secret_type: 'github_token', secret, created_at: '2026-03-01T00:00:00Z' },
    html_url: 'https://github.com/acme/shop/security/secret-scanning/4',
    first_location_detected: { path: '/deploy/.env', start_line: 3 },
  };
  const { heard } = await readScans('github-secrets', [alert]);
  assert.ok(!JSON.stringify(heard).includes(secret));
  const [found] = heard.scans?.[0]?.found ?? [];
  assert.deepEqual([found?.id, found?.package, found?.location], ['github_token', 'deploy/.env', 'deploy/.env:3']);
  const resolved = async (resolution: string) =>
    (
      await foundIn('github-secrets', [
        { ...alert, state: 'resolved', resolution, resolved_at: '2026-03-02T00:00:00Z' },
      ])
    )[0];
  assert.equal((await resolved('revoked'))?.fixedAt, '2026-03-02T00:00:00Z');
  assert.equal((await resolved('used_in_tests'))?.suppressed?.reason, 'used_in_tests');
});

test('hostile alerts are refused or counted, and never thrown for', async () => {
  const odd = [
    { security_advisory: {}, dependency: {} },
    alert({ dependency: { package: { name: 1 } } }),
    'x',
    null,
    7,
  ];
  const reading = await readScans('dependabot', [...odd, alert()]);
  assert.equal(reading.rejections.length, odd.length);
  let deep: unknown = { vulnerabilityAlerts: { nodes: [1] } };
  for (let depth = 0; depth < 5000; depth += 1) deep = { a: deep };
  assert.deepEqual(recognisedBy({ bytes: Buffer.from(''), json: { data: deep } }), []);
  assert.equal((await readScans('dependabot', [])).fault, 'empty');
  assert.equal((await readScans('dependabot', { alert: 1 })).fault, 'not_dependabot');
});

test('every file of the corpus is read with as many alerts as it has, or refused by name', async t => {
  const refused: Record<string, string> = {};
  const others: Record<string, string> = {};
  for (const folder of ['dependabot', 'github-openapi', 'github-webhooks'])
    for (const { file, bytes } of corpusFiles(t, folder)) {
      const document = rawDocument(bytes);
      const [kind] = recognisedBy(document);
      assert.ok(kind, file);
      if (kind !== 'dependabot' && kind !== 'github-secrets') {
        const { fault, heard } = await readScans(kind, bytes, { repository: 'acme/shop' });
        others[file] = fault ?? `${kind} ${Object.keys(heard).join()}`;
        continue;
      }
      const reading = await readScans(kind, bytes, { repository: 'acme/shop' });
      if (reading.fault !== undefined) {
        refused[reading.fault] = [refused[reading.fault], file].filter(Boolean).join(' ');
        continue;
      }
      assert.deepEqual(reading.rejections, [], file);
      const expected = (
        bytes
          .toString()
          .match(/"(?:securityVulnerability|security_vulnerability|affected_package_name|secret_type)"/g) ?? []
      ).length;
      const found = reading.heard.scans?.flatMap(one => one.found).length;
      assert.equal(found, expected, file);
    }
  if (Object.keys(refused).length === 0) return;
  assert.deepEqual(others, {
    'attestation.json': 'sigstore signatures',
    ...Object.fromEntries(
      [
        ...['global-advisory-items.json', 'global-advisory.json', 'list-repository-advisories.json'],
        ...['repository-advisory-pvr.json', 'repository-advisory.json'],
        ...['published', 'updated', 'withdrawn'].map(
          name => `payload-examples/api.github.com/security_advisory/${name}.payload.json`,
        ),
      ].map(file => [file, 'github-advisories aliases']),
    ),
    'dependency-graph-create-snapshot-request.json': 'github-snapshot sboms',
    'dependency-graph-export-sbom-response.json': 'spdx sboms',
    'list-attestations-bulk.json': 'sigstore signatures',
    'list-attestations.json': 'bundles_elsewhere',
  });
  const names = (fault: string) => refused[fault]?.split(' ').map(file => file.split('/').slice(-2).join('/'));
  assert.deepEqual(Object.keys(refused).sort(), [
    ...['acknowledgement', 'code_scanning', 'deployments_without_image', 'names_alone', 'not_json_in_form', 'schema'],
  ]);
  assert.ok(refused.schema?.split(' ').every(file => file.startsWith('schema.')));
  assert.ok(names('code_scanning')?.every(file => /code[-_]scanning|issue_9582/.test(file)));
});
