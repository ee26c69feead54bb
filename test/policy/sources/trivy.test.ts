/** Trivy's misconfigurations and trivy-operator's audits, on whole files and on each shape. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { corpus } from '../../e2e/lib/corpus.ts';
import { countBy, keysOf, readAs, reportOf } from '../reading.ts';

function scan(t: TestContext, file: string): Buffer | undefined {
  const whole = path.join(corpus, 'supply-chain', file);
  if (existsSync(whole)) return readFileSync(whole);
  t.skip(`${file} is not in PLUMBLINE_CORPUS`);
  return undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: counts what stands there, whatever it is.
type Json = any;
const failed = { Type: 'x', Title: 'x', Severity: 'HIGH', Status: 'FAIL' };
const config = (Misconfigurations: readonly object[], more: object = {}) => ({
  SchemaVersion: 2,
  CreatedAt: '2026-11-19T08:00:00Z',
  ArtifactName: '.',
  ArtifactType: 'repository',
  Results: [
    {
      Target: 'main.tf',
      Class: 'config',
      Type: 'terraform',
      MisconfSummary: { Successes: 5, Failures: 1 },
      Misconfigurations,
      ...more,
    },
  ],
});

test('reports of code: failures as an independent count has them, passes by number', async t => {
  const files = [
    'dockerfile',
    'dockerfile-custom-policies',
    'dockerfile_file_pattern',
    'helm',
    'helm_testchart',
    'helm_testchart.overridden',
    'terraform-exclude-misconfs-remote-module',
    'terraform-remote-module-in-child',
    'terraform-terraform-registry',
  ];
  for (const file of files) {
    const bytes = scan(t, `trivy/${file}.json.golden`);
    if (bytes === undefined) return;
    const results: Json[] = JSON.parse(bytes.toString('utf8')).Results;
    const all = results.flatMap(one => one.Misconfigurations ?? []);
    const successes = results.reduce((sum, one) => sum + (one.MisconfSummary?.Successes ?? 0), 0);
    const reading = await readAs('trivy', bytes);
    const report = reportOf(reading);
    assert.deepEqual([reading.records, reading.rejections], [all.length, []], file);
    // What is said twice of one thing is one finding.
    const distinct = new Set(all.map(one => `${one.ID} ${one.Message} ${one.CauseMetadata.Resource}`)).size;
    assert.equal(report.results.length, distinct, file);
    assert.equal(report.counts?.[0]?.count, successes, file);
    assert.deepEqual([report.engine, report.scope, report.completeness], ['trivy', 'repository:acme/shop', 'complete']);
  }
  const [first] = keysOf(reportOf(await readAs('trivy', scan(t, 'trivy/dockerfile.json.golden')!)));
  assert.equal(first, 'DS-0002 Dockerfile');
});

test('one check by all the names that it has had is one finding', async () => {
  const names = [{ ID: 'KSV017', AVDID: 'AVD-KSV-0017' }, { ID: 'AVD-KSV-0017' }, { ID: 'KSV-0017' }, { ID: 'KSV017' }];
  for (const name of names) {
    const [key] = keysOf(
      reportOf(
        await readAs('trivy', JSON.stringify(config([{ ...failed, ...name, CauseMetadata: { Resource: 'a.b' } }]))),
      ),
    );
    assert.equal(key, 'KSV-0017 a.b');
  }
  const others = ['N/A', 'USR-CUSTOM-1', 'KSV-01010', 'DS002'];
  const keys = keysOf(
    reportOf(await readAs('trivy', JSON.stringify(config(others.map(ID => ({ ...failed, ID, Title: 'No limits' })))))),
  );
  assert.deepEqual(keys, ['no-limits main.tf', 'USR-CUSTOM-1 main.tf', 'KSV-01010 main.tf', 'DS-0002 main.tf']);
});

test('statuses, what was set aside, and records that cannot be read', async () => {
  const listed = [
    { ...failed, ID: 'AWS-0001', CauseMetadata: { Resource: 'a', StartLine: 7 } },
    { ...failed, ID: 'AWS-0002', Status: 'PASS' },
    { ...failed, ID: 'AWS-0003', Status: 'NEW' },
    'text',
  ];
  const aside = [
    {
      Type: 'misconfiguration',
      Status: 'ignored',
      Statement: 'until 2027-01-01',
      Finding: { ...failed, ID: 'AWS-0004', Status: 'FAIL' },
    },
  ];
  const reading = await readAs(
    'trivy',
    JSON.stringify(config(listed as readonly object[], { ExperimentalModifiedFindings: aside })),
  );
  const report = reportOf(reading);
  assert.deepEqual({ ...countBy(report.results, ({ outcome }) => outcome) }, { excepted: 1, fail: 1, pass: 1 });
  assert.equal(report.results.find(({ outcome }) => outcome === 'fail')?.location, 'main.tf:7');
  // One of five passes is listed.
  assert.deepEqual([report.counts?.[0]?.count, report.completeness, report.reason], [4, 'partial', 'records_rejected']);
  assert.deepEqual(
    reading.rejections.map(({ reason }) => reason),
    ['status_unknown', 'not_a_result'],
  );
  const [exception] = reading.told.exceptions![0]!.exceptions;
  assert.deepEqual(
    [exception?.policy, exception?.expiresAt, exception?.isApplied],
    ['AWS-0004', '2027-01-01T23:59:59.000Z', true],
  );
});

test('what says nothing of configuration mends nothing', async () => {
  const packages = {
    ...config([]),
    Results: [{ Target: 'package-lock.json', Class: 'lang-pkgs', Type: 'npm', Vulnerabilities: [] }],
  };
  assert.equal((await readAs('trivy', JSON.stringify(packages))).fault, 'belongs_to_supply_chain');
  assert.equal((await readAs('trivy', JSON.stringify({ ...packages, Results: [] }))).fault, 'no_misconfigurations');
  for (const body of ['null', '{}', '[]', '{"results":[]}'])
    assert.equal((await readAs('trivy', body)).fault, 'not_trivy', body);
  assert.equal((await readAs('trivy', JSON.stringify(config([])), {})).fault, 'missing_scope');
});

test('a report of a cluster: workloads by name, whatever their rollout', async () => {
  const resource = (Kind: string, Name: string) => ({
    Namespace: 'shop',
    Kind,
    Name,
    Results: [
      {
        Target: `${Kind}/${Name}`,
        Class: 'config',
        Type: 'kubernetes',
        MisconfSummary: { Successes: 10 },
        Misconfigurations: [{ ...failed, ID: 'KSV-0001' }],
      },
    ],
  });
  const body = {
    ClusterName: 'prod-eu',
    Resources: [
      resource('ReplicaSet', 'cart-6d4cf56db6'),
      resource('Service', 'cart'),
      { Kind: 'Pod', Name: 'x', Error: 'denied' },
    ],
  };
  const report = reportOf(await readAs('trivy', JSON.stringify(body), {}));
  assert.deepEqual(
    [report.scope, report.parts, report.completeness, report.reason],
    ['cluster:prod-eu', ['trivy-k8s'], 'partial', 'scan_error'],
  );
  assert.deepEqual(
    report.results.map(({ resource: of }) => of),
    ['k8s:prod-eu/shop/workload/cart', 'k8s:prod-eu/shop/service/cart'],
  );
  assert.equal(
    report.results[0]?.owner,
    '{"cluster":"prod-eu","namespace":"shop","resource":"prod-eu/shop/cart-6d4cf56db6"}',
  );
});

test('trivy-operator: audits, compliance in detail and in summary, of a cluster', async t => {
  const folder = 'trivy-operator-reports/trivy_operator';
  const place = { cluster: 'prod' };
  const expected: Readonly<Record<string, readonly [number, Readonly<Record<string, number>>]>> = {
    'configauditreport_many.json': [13, { fail: 13 }],
    'configauditreport_no_vuln.json': [0, {}],
    'configauditreport_missing_checkid.json': [1, { fail: 1 }],
    'findings_in_list.json': [13, { fail: 13 }],
    'all_reports_in_dict.json': [1, { fail: 1 }],
    'clustercompliancereport.json': [3, { fail: 2, pass: 1 }],
    'compliance_severity.json': [2, { fail: 2 }],
  };
  for (const [file, [records, outcomes]] of Object.entries(expected)) {
    const bytes = scan(t, `${folder}/${file}`);
    if (bytes === undefined) return;
    const reading = await readAs('trivy', bytes, place);
    assert.deepEqual([reading.records, reading.rejections], [records, []], file);
    assert.deepEqual({ ...countBy(reportOf(reading).results, ({ outcome }) => outcome) }, outcomes, file);
  }
  const bytes = scan(t, `${folder}/cis_benchmark.json`)!;
  const controls: Json[] = JSON.parse(bytes.toString('utf8')).status.detailReport.results;
  const checks = controls.flatMap(control => control.checks.map((check: Json) => ({ ...check, control: control.id })));
  const reading = await readAs('trivy', bytes, place);
  const report = reportOf(reading);
  assert.equal(reading.records, checks.length);
  assert.deepEqual(
    new Set(keysOf(report).map(key => key.split(' ')[0])),
    new Set(checks.filter(one => !one.success).map(one => `cis/${one.control}`)),
  );
  // A control fails of a workload once, whatever checks of it do and however many replica sets it has had.
  const workload = (target: string) => target.replace(/(replicaset-.*)-[bcdfghjklmnpqrstvwxz2456789]{6,10}$/, '$1');
  const distinct = new Set(
    checks
      .filter(one => !one.success)
      .map(
        one =>
          `${one.control} ${workload(one.target).replace(/\/(replicaset|statefulset|daemonset|job|cronjob|pod|deployment)-/, '/')}`,
      ),
  );
  assert.equal(report.results.filter(({ outcome }) => outcome === 'fail').length, distinct.size);
  assert.deepEqual(
    [report.evaluatedAt, report.parts],
    [
      new Date(JSON.parse(bytes.toString('utf8')).status.updateTimestamp).toISOString(),
      ['ClusterComplianceReport:/cis'],
    ],
  );
  const severity = reportOf(await readAs('trivy', scan(t, `${folder}/compliance_severity.json`)!, place));
  assert.deepEqual(
    severity.results.map(one => one.severity),
    ['medium', 'high'],
  );
  for (const file of ['vulnerabilityreport_many.json', 'exposedsecretreport_many.json'])
    assert.equal((await readAs('trivy', scan(t, `${folder}/${file}`)!, place)).fault, 'belongs_to_supply_chain');
  assert.equal((await readAs('trivy', bytes, {})).fault, 'missing_scope');
});
