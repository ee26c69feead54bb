/** What a report lists no longer is mended only where all of its list could be read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAs } from '../reading.ts';
import { check, checkovJson, checkovPart } from '../report-run.ts';

const completenessOf = async (kind: string, value: unknown) =>
  (await readAs(kind, JSON.stringify(value))).told.reports?.map(({ parts, completeness, reason = '' }) =>
    [...(parts ?? []), completeness, reason].join(' '),
  );

test('a list with a record that cannot be read is partial', async () => {
  const failed = check('CKV_AWS_18', 'aws_s3_bucket.data', 's3.tf');
  const terraform = checkovPart({ failed: [failed, { ...failed, check_id: null } as unknown as typeof failed] });
  const docker = checkovPart({ type: 'dockerfile', failed: [check('CKV_DOCKER_3', '/Dockerfile.', 'Dockerfile')] });
  assert.deepEqual(await completenessOf('checkov', [terraform, docker]), [
    'terraform partial records_rejected',
    'dockerfile complete ',
  ]);

  const sarif = (...results: readonly unknown[]) => ({
    version: '2.1.0',
    runs: [{ tool: { driver: { name: 'Scan' } }, results }],
  });
  const result = { ruleId: 'R1', message: { text: 'no' } };
  assert.deepEqual(await completenessOf('sarif', sarif(result)), ['scan complete ']);
  assert.deepEqual(await completenessOf('sarif', sarif(result, { message: { text: 'no' } })), [
    'scan partial records_rejected',
  ]);

  const row = { filename: 'a.yaml', namespace: 'main', successes: 1, failures: [{ msg: 'no "a"' }] };
  assert.deepEqual(await completenessOf('conftest', [row]), ['main complete ']);
  assert.deepEqual(await completenessOf('conftest', [{ ...row, failures: [{ text: 'no' }] }]), [
    'main partial records_rejected',
  ]);
  assert.deepEqual(await completenessOf('conftest', [row, 'text']), ['main partial records_rejected']);

  const tfsec = { rule_id: 'A', resource: 'aws_s3_bucket.a', status: 0, severity: 'LOW' };
  assert.deepEqual(await completenessOf('tfsec', { results: [tfsec, 'text'] }), ['partial records_rejected']);
  const terrascan = { rule_id: 'R', resource_type: 'a', resource_name: 'b', severity: 'LOW' };
  assert.deepEqual(await completenessOf('terrascan', { results: { violations: [terrascan, 'text'] } }), [
    'partial records_rejected',
  ]);
  const kics = { queries_total: 2, files_scanned: 1, queries: [{ files: [{ file_name: 'a.tf' }] }] };
  assert.deepEqual(await completenessOf('kics', kics), ['partial records_rejected']);
  const gator = {
    constraint: { kind: 'K8sX', metadata: { name: 'x' } },
    violatingObject: { kind: 'Pod', metadata: { name: 'a' } },
  };
  assert.deepEqual(await completenessOf('gator', { results: [gator, { constraint: {} }] }), [
    'partial records_rejected',
  ]);
});

test('Checkov: a list that is shorter than what it counts is cut', async () => {
  const cut = JSON.parse(checkovJson({ failed: [check('CKV_AWS_18', 'aws_s3_bucket.data', 's3.tf')] }));
  assert.deepEqual(await completenessOf('checkov', cut), ['terraform complete ']);
  cut.summary = { ...cut.summary, failed: 2 };
  assert.deepEqual(await completenessOf('checkov', cut), ['terraform partial results_missing']);
});
