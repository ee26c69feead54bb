/** SARIF of scanners of packages; of all else, and of misconfigurations, the policy exporter is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readScans, scanOf } from '../scans.ts';

const run = (name: string, rules: readonly object[], results: readonly object[], more: object = {}) => ({
  tool: { driver: { name, rules } },
  results,
  ...more,
});
const sarif = (...runs: readonly object[]) => ({ version: '2.1.0', runs });
const shop = { image: 'ghcr.io/acme/shop:1' };

test('Trivy: vulnerabilities, secrets and licences by their messages, of the image that the run names', async () => {
  const rule = (id: string, tag: string) => ({
    id,
    helpUri: `https://avd.aquasec.com/${id}`,
    properties: { tags: [tag, 'security', 'HIGH'], 'security-severity': '7.5' },
  });
  const result = (ruleId: string, text: string) => ({
    ruleId,
    level: 'error',
    message: { text },
    locations: [{ physicalLocation: { artifactLocation: { uri: 'app/package-lock.json' } } }],
  });
  const document = sarif(
    run(
      'Trivy',
      [
        rule('CVE-2019-11358', 'vulnerability'),
        rule('DS-0002', 'misconfiguration'),
        rule('aws-key', 'secret'),
        rule('asm:EPL-1.0', 'license'),
      ],
      [
        result(
          'CVE-2019-11358',
          'Package: jquery\nInstalled Version: 3.3.9\nVulnerability CVE-2019-11358\nSeverity: MEDIUM\nFixed Version: 3.4.0\nLink: [CVE-2019-11358](https://avd.aquasec.com)',
        ),
        result(
          'DS-0002',
          'Artifact: Dockerfile\nType: dockerfile\nVulnerability DS-0002\nSeverity: HIGH\nMessage: no user\nLink: x',
        ),
        result('aws-key', 'Artifact: app/.env\nType: \nSecret AWS key\nSeverity: CRITICAL\nMatch: KEY=****'),
        result('asm:EPL-1.0', 'Artifact: Java\nLicense EPL-1.0\nPkgName: asm\n Classification: reciprocal\n Path: '),
      ],
      { properties: { imageName: 'ghcr.io/acme/cart:2', repoDigests: [`ghcr.io/acme/cart@sha256:${'a'.repeat(64)}`] } },
    ),
  );
  const scan = scanOf(await readScans('sarif', document, shop));
  assert.deepEqual([scan.artifact.name, scan.artifact.digests.length, scan.scanner], ['ghcr.io/acme/cart', 1, 'trivy']);
  assert.deepEqual(
    scan.found.map(one => [one.class, one.id, one.package, one.version, one.severity, one.fix]),
    [
      ['vulnerability', 'CVE-2019-11358', 'jquery', '3.3.9', 'medium', 'fixed'],
      ['secret', 'aws-key', 'app/package-lock.json', '', 'critical', 'unknown'],
      ['license', 'EPL-1.0', 'asm', '', 'high', 'unknown'],
    ],
  );
});

test('Grype: by the help of its rules; a version by each message', async () => {
  const help = {
    text: 'Vulnerability CVE-2008-0732\nSeverity: low\nPackage: mail_spec\nVersion: 1.8.4\nFix Version: \nType: java-archive\nLocation: a.jar',
  };
  const rules = [{ id: 'CVE-2008-0732-mail_spec', help, properties: { 'security-severity': '2.1' } }];
  const result = (version: string) => ({
    ruleId: 'CVE-2008-0732-mail_spec',
    message: {
      text: `The path a.jar reports mail_spec at version ${version}  which would result in a vulnerable (java-archive) package installed`,
    },
  });
  const scan = scanOf(await readScans('sarif', sarif(run('Grype', rules, [result('1.8.4'), result('1.7.1')])), shop));
  assert.deepEqual(
    scan.found.map(one => [one.id, one.package, one.version, one.severity, one.score, one.fix]),
    [
      ['CVE-2008-0732', 'pkg:maven/mail_spec', '1.8.4', 'low', 2.1, 'not_fixed'],
      ['CVE-2008-0732', 'pkg:maven/mail_spec', '1.7.1', 'low', 2.1, 'not_fixed'],
    ],
  );
});

test('older Snyk has the package in the description of its rule, older Trivy in the help of its rule', async () => {
  const system = {
    ...{ id: 'SNYK-DEBIAN12-CURL-77', fullDescription: { text: '(CVE-2099-4, CVE-2099-5) curl/libcurl4@7.1-2' } },
    ...{ help: { text: '', markdown: '## Remediation\nThere is no fixed version for `Debian:12` `curl`.\n' } },
    properties: { tags: ['security', 'CWE-1', 'deb'] },
  };
  const npm = {
    ...{ id: 'SNYK-JS-LODASH-8', fullDescription: { text: '@acme/lodash@4.1.0' } },
    help: { text: '', markdown: '## Remediation\nUpgrade `@acme/lodash` to version 3.9.9, 4.2.0 or higher.\n' },
    properties: { tags: ['security', 'npm'] },
  };
  const trivy = {
    id: 'shop:1 (alpine 3.1): curl-7.1 CVE-2099-6',
    help: {
      text: 'Vulnerability CVE-2099-6\nSeverity: HIGH\nPackage: curl\nInstalled Version: 7.1\nFixed Version: 7.2\n',
    },
  };
  const results = (...rules: readonly { readonly id: string }[]) =>
    rules.map(({ id }) => ({
      ruleId: id,
      level: 'note',
      message: { text: 'This file introduces a vulnerable package.' },
    }));
  const { heard } = await readScans(
    'sarif',
    sarif(run('Snyk Container', [system, npm], results(system, npm)), run('Trivy', [trivy], results(trivy))),
    shop,
  );
  assert.deepEqual(
    heard.scans?.flatMap(({ found }) =>
      found.map(one => [one.id, one.aliases, one.package, one.version, one.fix, one.fixedVersions]),
    ),
    [
      [
        'SNYK-DEBIAN12-CURL-77',
        ['CVE-2099-4', 'CVE-2099-5'],
        'pkg:deb/debian/libcurl4',
        '7.1-2',
        'not_fixed',
        undefined,
      ],
      ['SNYK-JS-LODASH-8', undefined, 'pkg:npm/%40acme/lodash', '4.1.0', 'fixed', ['3.9.9', '4.2.0']],
      ['CVE-2099-6', undefined, 'curl', '7.1', 'fixed', ['7.2']],
    ],
  );
});

test('Snyk and OSV-Scanner, each a scan; what is suppressed says so', async () => {
  const snyk = run(
    'Snyk Open Source',
    [{ id: 'SNYK-JS-LODASH-1', properties: { purls: ['pkg:npm/lodash@4.17.4'], 'security-severity': '9.8' } }],
    [
      {
        ruleId: 'SNYK-JS-LODASH-1',
        level: 'error',
        message: { text: 'This file introduces a vulnerable lodash package with a critical severity vulnerability.' },
        locations: [{ logicalLocations: [{ fullyQualifiedName: 'lodash@4.17.4' }] }],
        suppressions: [{ kind: 'external', justification: 'no way in' }],
      },
    ],
  );
  const osv = run(
    'osv-scanner',
    [{ id: 'CVE-2024-1' }],
    [
      {
        ruleId: 'CVE-2024-1',
        level: 'warning',
        message: {
          text: "Package 'express@4.0.0' is vulnerable to 'CVE-2024-1' (also known as 'GHSA-rv95-896h-c2vc').",
        },
      },
    ],
  );
  const { heard } = await readScans('sarif', sarif(snyk, osv), { repository: 'acme/shop' });
  assert.deepEqual(
    heard.scans?.map(scan => [
      scan.scanner,
      scan.found.map(one => [one.id, one.package, one.version, one.severity, one.aliases, one.suppressed]),
    ]),
    [
      [
        'snyk',
        [
          [
            'SNYK-JS-LODASH-1',
            'pkg:npm/lodash',
            '4.17.4',
            'critical',
            undefined,
            { by: 'suppression', reason: 'no way in' },
          ],
        ],
      ],
      ['osv_scanner', [['CVE-2024-1', 'express', '4.0.0', 'medium', ['GHSA-rv95-896h-c2vc'], undefined]]],
    ],
  );
});

test('other tools belong to policy; a run without results failed', async () => {
  for (const name of ['SnykCode', 'Snyk IaC', 'CodeQL', 'checkov', ''])
    assert.equal((await readScans('sarif', sarif(run(name, [], [])), shop)).fault, 'belongs_to_policy', name);
  assert.equal((await readScans('sarif', { runs: [], version: '2.1.0' }, shop)).fault, 'belongs_to_policy');
  assert.equal((await readScans('sarif', { other: 1 }, shop)).fault, 'not_sarif');
  const failed = scanOf(await readScans('sarif', sarif({ tool: { driver: { name: 'Trivy' } } }), shop));
  assert.deepEqual([failed.completeness, failed.reason], ['failed', 'no_results']);
});

test('gitleaks: secrets of a repository by their rule and file, and nothing of what it matched', async () => {
  const key = 'AKIAIMNOJVGFDXXXE4OA';
  const document = sarif(
    run(
      'gitleaks',
      [{ id: 'aws-access-token', shortDescription: { text: 'AWS' } }],
      [
        {
          ruleId: 'aws-access-token',
          message: { text: `aws-access-token has detected secret for file app/.env at commit 1a2b: ${key}` },
          locations: [
            {
              physicalLocation: {
                artifactLocation: { uri: 'app/.env' },
                region: { startLine: 3, snippet: { text: key } },
              },
            },
          ],
        },
      ],
    ),
  );
  const read = await readScans('sarif', document, { repository: 'acme/shop' });
  const scan = scanOf(read);
  assert.deepEqual([scan.artifact.name, scan.scanner, scan.classes], ['acme/shop', 'gitleaks', ['secret']]);
  assert.deepEqual(
    scan.found.map(one => [one.class, one.id, one.package, one.severity, one.fix]),
    [['secret', 'aws-access-token', 'app/.env', 'high', 'unknown']],
  );
  assert.ok(!JSON.stringify(read).includes(key));
});
