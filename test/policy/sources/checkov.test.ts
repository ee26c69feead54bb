import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkovSeverity } from '../../../exporters/policy/sources/checkov/severities.ts';
import { corpusFile, countBy, keysOf, readAs, reportOf } from '../reading.ts';
import { check, checkovJson, checkovPart } from '../report-run.ts';

test('an object is one framework, a list several, each a part of its own', async () => {
  const terraform = checkovPart({ failed: [check('CKV_AWS_18', 'aws_s3_bucket.data', 's3.tf')] });
  const docker = checkovPart({ type: 'dockerfile', passed: [check('CKV_DOCKER_3', '/Dockerfile.', 'Dockerfile')] });
  const { told } = await readAs('checkov', JSON.stringify([terraform, docker]));
  assert.deepEqual(
    told.reports?.map(({ parts, completeness, results }) => [parts, completeness, results[0]?.resource]),
    [
      [['terraform'], 'complete', 'repository:acme/shop/aws_s3_bucket.data'],
      [['dockerfile'], 'complete', 'repository:acme/shop/Dockerfile.'],
    ],
  );
  const [report] = told.reports ?? [];
  assert.deepEqual(
    [report?.engine, report?.scope, report?.evaluatedAt],
    [...['checkov', 'repository:acme/shop', '2026-11-20T10:00:00.000Z']],
  );
  const { location, severity, originalSeverity, enforcement } = report!.results[0]!;
  assert.deepEqual([location, severity, originalSeverity, enforcement], ['s3.tf:3', 'low', '', 'audit']);
});

test('the same resource in several files is as many findings, and no path is part of them', async () => {
  const of = async (...folders: readonly string[]) =>
    reportOf(
      await readAs(
        'checkov',
        checkovJson({ failed: folders.map(folder => check('CKV_AWS_18', 'aws_s3_bucket.data', `${folder}/s3.tf`)) }),
      ),
    );
  assert.deepEqual(keysOf(await of('dev', 'prod')), [
    'CKV_AWS_18 aws_s3_bucket.data',
    'CKV_AWS_18 aws_s3_bucket.data~2',
  ]);
  assert.deepEqual(keysOf(await of('moved/prod', 'moved/dev')), keysOf(await of('dev', 'prod')));
  assert.deepEqual(keysOf(await of('prod')), ['CKV_AWS_18 aws_s3_bucket.data']);
  // Twice in one file is once; where it is violated in one folder and well in another, the first is the violated one.
  assert.deepEqual(keysOf(await of('dev', 'dev')), ['CKV_AWS_18 aws_s3_bucket.data']);
  const mixed = checkovJson({
    failed: [check('CKV_AWS_18', 'aws_s3_bucket.data', 'prod/s3.tf')],
    passed: [check('CKV_AWS_18', 'aws_s3_bucket.data', 'dev/s3.tf')],
  });
  const report = reportOf(await readAs('checkov', mixed));
  assert.deepEqual(
    [keysOf(report), keysOf(report, 'pass')],
    [...[['CKV_AWS_18 aws_s3_bucket.data'], ['CKV_AWS_18 aws_s3_bucket.data~2']]],
  );
});

test('a skip is an exception, with its reason and the day that its comment names', async () => {
  const skip = (comment: string) =>
    check('CKV_AWS_18', 'aws_s3_bucket.data', 's3.tf', {
      check_result: { result: 'SKIPPED', suppress_comment: comment },
    });
  const exceptionOf = async (comment: string) => {
    const { told } = await readAs('checkov', checkovJson({ skipped: [skip(comment)] }));
    assert.equal(told.reports?.[0]?.results[0]?.outcome, 'excepted');
    return told.exceptions?.[0]?.exceptions[0];
  };
  assert.deepEqual(await exceptionOf('accepted until 2026-12-31, ticket SEC-123'), {
    exception: 'terraform/CKV_AWS_18 repository:acme/shop/aws_s3_bucket.data',
    policy: 'CKV_AWS_18',
    resource: 'repository:acme/shop/aws_s3_bucket.data',
    owner: '{"repository":"acme/shop"}',
    isApplied: true,
    reason: 'accepted until 2026-12-31, ticket SEC-123',
    expiresAt: '2026-12-31T23:59:59.000Z',
  });
  for (const [comment, expiresAt] of [
    ['expires: 2027-01-15', '2027-01-15T23:59:59.000Z'],
    ['Expires on 2027-01-15T08:00:00+01:00', '2027-01-15T07:00:00.000Z'],
    ['until 2026-02-31', undefined],
    ['since 2026-01-01', undefined],
    ['', undefined],
  ] as const)
    assert.equal((await exceptionOf(comment))?.expiresAt, expiresAt, comment);
  // One that is gone is taken off the list of its part.
  const { told } = await readAs('checkov', checkovJson({}));
  assert.deepEqual(
    told.exceptions?.map(({ prefix, exceptions }) => [prefix, exceptions]),
    [['terraform/', []]],
  );
});

test('what was not looked at is not mended: parse errors, an empty folder, no output', async () => {
  const errors = reportOf(await readAs('checkov', checkovJson({ errors: ['/broken.tf'] })));
  assert.deepEqual([errors.completeness, errors.reason, errors.parts], ['partial', 'parsing_errors', ['terraform']]);
  const bare = '{"passed":0,"failed":0,"skipped":0,"parsing_errors":0,"resource_count":0,"checkov_version":"3.3.30"}';
  const empty = reportOf(await readAs('checkov', bare));
  assert.deepEqual([empty.completeness, empty.reason, empty.parts], ['partial', 'nothing_checked', undefined]);
  const none = reportOf(await readAs('checkov', ''));
  assert.deepEqual([none.completeness, none.reason], ['failed', 'empty_output']);
});

test('severity is what a report says, else ours, else unknown', async () => {
  const of = async (id: string, severity: string | null) =>
    reportOf(await readAs('checkov', checkovJson({ failed: [check(id, 'a.b', 'm.tf', { severity })] }))).results[0]
      ?.severity;
  assert.equal(await of('CKV_AWS_20', 'LOW'), 'low');
  assert.equal(await of('CKV_AWS_20', null), 'critical');
  assert.equal(await of('CKV_SECRET_6', null), 'critical');
  assert.equal(await of('CKV2_CUSTOM_1', null), 'unknown');
  assert.equal(checkovSeverity('CKV_AWS_2000'), 'unknown');
});

test('tags that say whose a resource is are told, and no expressions or commits', async () => {
  const tags = {
    Team: 'Shop',
    cost_center: '17',
    Name: 'x',
    team_lead: `\${var.lead}`,
    git_commit: 'abc',
    Owner: 'var.owner',
  };
  const body = checkovJson({ failed: [check('CKV_AWS_18', 'a.b', 'm.tf', { entity_tags: tags })] });
  const [result] = reportOf(await readAs('checkov', body, { repository: 'acme/shop', environment: 'test' })).results;
  assert.deepEqual(JSON.parse(result?.owner ?? ''), {
    ...{ environment: 'test', repository: 'acme/shop', tags: { Team: 'Shop', cost_center: '17' } },
  });
});

test('vulnerabilities of dependencies are left to the supply chain, and said', async () => {
  const sca = checkovPart({ type: 'sca_package', failed: [check('CKV_CVE_2020_1', 'a.b', 'go.mod')] });
  const { told, rejections } = await readAs('checkov', JSON.stringify([sca, checkovPart({})]));
  assert.deepEqual(
    rejections.map(({ reason, value }) => [reason, value]),
    [['not_policy', 'sca_package: 1']],
  );
  assert.deepEqual(
    told.reports?.map(({ parts }) => parts),
    [['terraform']],
  );
});

test('every report of Checkov itself is read, as its own summary counts it', async t => {
  // Failed, passed and skipped, as jq counts the lists, or the summary says with --quiet.
  const files = {
    'terragoat-aws-with-inline-skips.json': { fail: 214, excepted: 2, pass: 114 },
    'terragoat-terraform.json': { fail: 467 },
    'history-terragoat/2020-04-09.8ee70df.json': { fail: 80, pass: 56 },
    'history-terragoat/2020-07-08.51e72ba.json': { fail: 248, pass: 161 },
    'history-terragoat/2021-12-13.23c5517.json': { fail: 296, pass: 175 },
  };
  for (const [file, expected] of Object.entries(files)) {
    const bytes = corpusFile(t, `checkov/${file}`);
    if (bytes === undefined) return;
    const report = reportOf(await readAs('checkov', bytes));
    assert.deepEqual({ ...countBy(report.results, ({ outcome }) => outcome) }, expected, file);
    assert.deepEqual(
      report.results.filter(({ location = '' }) => /^\/|tmp/.test(location)),
      [],
    );
    const unknown = report.results.filter(({ severity }) => severity === 'unknown').length;
    assert.ok(unknown / report.results.length < 0.02, `${unknown} without severity in ${file}`);
  }
  const quiet = reportOf(await readAs('checkov', corpusFile(t, 'checkov/terragoat-terraform.json')!));
  assert.deepEqual(
    quiet.counts?.map(({ outcome, count }) => [outcome, count]),
    [['pass', 203]],
  );
  const several = await readAs('checkov', corpusFile(t, 'checkov/terragoat-multi-framework.json')!);
  assert.deepEqual(
    several.told.reports?.map(({ parts, results }) => [
      parts?.[0],
      keysOf({ results } as never).length,
      results.length,
    ]),
    [
      ['dockerfile', 2, 4],
      ['github_actions', 3, 55],
      ['secrets', 5, 5],
      ['terraform', 467, 670],
    ],
  );
});

test('its SARIF tells of the same findings as its JSON', async t => {
  const [sarif, json] = [
    corpusFile(t, 'checkov/terragoat-aws.sarif'),
    corpusFile(t, 'checkov/terragoat-aws-with-inline-skips.json'),
  ];
  if (sarif === undefined || json === undefined) return;
  const fromSarif = reportOf(await readAs('checkov', sarif));
  assert.deepEqual([fromSarif.engine, fromSarif.results.length], ['checkov', 215]);
  // The JSON is of the same tree with two skips in it, of which only the first was a violation.
  const report = reportOf(await readAs('checkov', json));
  const known = [...keysOf(report), ...keysOf(report, 'excepted')];
  assert.deepEqual(
    keysOf(fromSarif).filter(key => !known.includes(key)),
    [],
  );
  assert.deepEqual(
    known.filter(key => !keysOf(fromSarif).includes(key)),
    ['CKV_AWS_20 aws_s3_bucket.data'],
  );
});
