/** tfsec, Terrascan and KICS: three scanners of infrastructure as code, each with a list of its own shape. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFile, countBy, keysOf, readAs, reportOf } from '../reading.ts';

const folder = 'tfsec-terrascan-kics';

test('tfsec: of each version, what it tells by results', async t => {
  const files = {
    'many_findings_current.json': [19, { 'fail critical': 12, 'fail high': 3, 'fail low': 1, 'fail medium': 1 }],
    'many_findings_legacy.json': [4, { 'fail high': 2, 'fail medium': 1, 'pass high': 1 }],
    'no_findings.json': [0, {}],
    'one_finding_legacy.json': [1, { 'fail medium': 1 }],
  } as const;
  for (const [file, [records, expected]] of Object.entries(files)) {
    const bytes = corpusFile(t, `${folder}/tfsec/${file}`);
    if (bytes === undefined) return;
    const reading = await readAs('tfsec', bytes);
    const counts = countBy(reportOf(reading).results, ({ outcome, severity }) => `${outcome} ${severity}`);
    assert.deepEqual([reading.records, { ...counts }], [records, expected], file);
  }
  const [first] = keysOf(reportOf(await readAs('tfsec', corpusFile(t, `${folder}/tfsec/many_findings_current.json`)!)));
  assert.equal(first, 'aws-vpc-no-excessive-port-access module.SUBNETS:aws_network_acl_rule.public_inbound[0]');
  const named = { long_id: 'aws-s3-x', resource: 'aws_s3_bucket.a', description: 'text', status: 2, severity: 'LOW' };
  const report = reportOf(
    await readAs('tfsec', JSON.stringify({ results: [named, 'text', { rule_description: 'without an id' }] })),
  );
  assert.deepEqual(
    report.results.map(({ resource, outcome }) => [resource, outcome]),
    [['repository:acme/shop/aws_s3_bucket.a', 'excepted']],
  );
});

test('Snyk: the issues of each file of infrastructure', async t => {
  const bytes = corpusFile(t, '../supply-chain/snyk/test/fixtures/iac-test-report.json');
  if (bytes === undefined) return;
  interface File {
    readonly targetFile: string;
    readonly infrastructureAsCodeIssues: readonly { readonly severity: string; readonly publicId: string }[];
  }
  const files = JSON.parse(bytes.toString()) as readonly File[];
  const issues = files.flatMap(({ targetFile, infrastructureAsCodeIssues: list }) =>
    list.map(one => ({ ...one, targetFile })),
  );
  const reading = await readAs('snyk', bytes);
  const report = reportOf(reading);
  assert.deepEqual([reading.records, report.completeness], [issues.length, 'complete']);
  const told = report.results.map(({ policy, severity }) => `${policy} ${severity}`);
  assert.deepEqual(told.sort(), issues.map(({ publicId, severity }) => `${publicId} ${severity}`).sort());
  const resources = report.results.map(({ policy, resource }) => `${policy} ${resource}`);
  assert.equal(new Set(resources).size, issues.length, 'each is a finding of its own');

  const [file] = files.filter(one => one.infrastructureAsCodeIssues.length > 0);
  const [issue] = file!.infrastructureAsCodeIssues;
  const made = { ...file, infrastructureAsCodeIssues: [{ ...issue, isIgnored: true }, { severity: 'low' }] };
  const broken = await readAs('snyk', JSON.stringify([made, { ok: false, error: 'failed to parse' }]));
  assert.deepEqual(
    reportOf(broken).results.map(({ outcome }) => outcome),
    ['excepted'],
  );
  assert.deepEqual(
    broken.rejections.map(({ reason }) => reason),
    ['missing_rule', 'scan_error'],
  );
  assert.deepEqual([reportOf(broken).completeness, reportOf(broken).reason], ['partial', 'records_rejected']);
  assert.equal((await readAs('snyk', '{"ok":true,"vulnerabilities":[]}')).fault, 'belongs_to_supply_chain');
});

test('Terrascan: violations and skips; kinds of code that there are none of are no errors', async t => {
  const [many, none] = [
    corpusFile(t, `${folder}/terrascan/many_findings.json`),
    corpusFile(t, `${folder}/terrascan/no_findings.json`),
  ];
  if (many === undefined || none === undefined) return;
  const report = reportOf(await readAs('terrascan', many));
  assert.deepEqual([report.completeness, report.evaluatedAt], ['complete', '2021-05-19T13:13:06.083Z']);
  assert.deepEqual({ ...countBy(report.results, ({ severity }) => severity) }, { high: 7, medium: 2 });
  assert.equal(keysOf(report)[0], 'accurics.gcp.NS.109 google_container_cluster.k8s_cluster');
  assert.deepEqual(reportOf(await readAs('terrascan', none)).results, []);
  const skipped = [
    { rule_id: 'R', resource_type: 'a', resource_name: 'b', skip_comment: 'until 2027-01-01', severity: 'LOW' },
  ];
  const scan_errors = [{ iac_type: 'terraform', errMsg: 'failed to parse main.tf' }];
  const { told } = await readAs(
    'terrascan',
    JSON.stringify({ results: { violations: [], skipped_violations: skipped, scan_errors } }),
  );
  assert.deepEqual([told.reports?.[0]?.completeness, told.reports?.[0]?.reason], ['partial', 'scan_errors']);
  assert.equal(told.exceptions?.[0]?.exceptions[0]?.expiresAt, '2027-01-01T23:59:59.000Z');
});

test('KICS: a query for each finding; files that it could not scan make it partial', async t => {
  const [many, none] = [
    corpusFile(t, `${folder}/kics/many_findings.json`),
    corpusFile(t, `${folder}/kics/no_findings.json`),
  ];
  if (many === undefined || none === undefined) return;
  const reading = await readAs('kics', many);
  const report = reportOf(reading);
  // 18 as it counts them; one query found the same search key four times in one file.
  assert.deepEqual([reading.records, report.results.length], [18, 15]);
  assert.deepEqual({ ...countBy(report.results, ({ severity }) => severity) }, { high: 5, low: 5, medium: 5 });
  assert.deepEqual([report.completeness, reportOf(await readAs('kics', none)).results], ['complete', []]);
  const failed = JSON.stringify({ ...(JSON.parse(many.toString()) as object), files_failed_to_scan: 2 });
  assert.equal(reportOf(await readAs('kics', failed)).reason, 'files_failed');
});

test('each refuses what the others write', async t => {
  const kinds = ['checkov', 'conftest', 'gator', 'kics', 'sarif', 'snyk', 'terrascan', 'tfsec'];
  const files = {
    checkov: 'checkov/terragoat-terraform.json',
    conftest: 'conftest-live/passes.json',
    gator: 'gator-live/test-scoped-deny-only.json',
    kics: `${folder}/kics/many_findings.json`,
    sarif: 'sarif/sarif/njsscan.sarif',
    terrascan: `${folder}/terrascan/many_findings.json`,
    tfsec: `${folder}/tfsec/many_findings_current.json`,
  } as const;
  for (const [own, file] of Object.entries(files)) {
    const bytes = corpusFile(t, file);
    if (bytes === undefined) return;
    for (const kind of kinds) {
      const isOwn = kind === own || (own === 'sarif' && (kind === 'checkov' || kind === 'conftest'));
      assert.equal((await readAs(kind, bytes)).fault, isOwn ? undefined : `not_${kind}`, `${kind} of ${file}`);
    }
  }
});

test('no kind throws at what is in the bytes', async () => {
  const hostile = [
    ...['null', '[]', '{}', '[null]', '7', '"text"', '[[[]]]', '{"results":7}', '{"runs":7,"version":"2.1.0"}'],
    ...[
      '{"runs":[null,7,{"results":[null]}],"version":"2.1.0"}',
      '{"check_type":"x","results":[]}',
      '\u0000',
      '{"a":1e999}',
    ],
    ...['[{"filename":"a","namespace":7,"successes":"x","failures":{"a":1}}]', '{"results":{"violations":{}}}'],
    ...[
      '{"queries_total":1,"queries":[{"query_id":7,"files":[null,{"file_name":{}}]}]}',
      '{"results":[{"rule_id":7}]}',
    ],
    ...['[{"constraint":7,"violatingObject":[]}]', `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ...['{"check_type":"x","results":{"failed_checks":[{"check_id":{},"resource":[]}],"parsing_errors":7}}'],
  ];
  for (const kind of ['checkov', 'conftest', 'gator', 'kics', 'sarif', 'snyk', 'terrascan', 'tfsec'])
    for (const text of hostile) {
      const { fault, told, rejections } = await readAs(kind, text);
      assert.ok(fault !== undefined || told !== undefined || rejections.length > 0);
    }
});
