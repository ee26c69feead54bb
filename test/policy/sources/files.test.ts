import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { placedPath } from '../../../exporters/findings/placed-path.ts';
import { policySchema } from '../../../exporters/policy/config.ts';
import { corpus } from '../../e2e/lib/corpus.ts';
import { check, checkovJson, reportRun } from '../report-run.ts';

const bucket = (id: string, name = 'data') => check(id, `aws_s3_bucket.${name}`, 's3.tf');

test('reports are applied in the order they were made, whatever their names and the order of files', async t => {
  const run = await reportRun(t, { files: [{ kind: 'checkov', path: 'reports', repository: 'acme/shop' }] });
  run.deliver('reports/a.json', checkovJson({ passed: [bucket('CKV_AWS_18')] }), '2026-11-03T00:00:00Z');
  run.deliver('reports/b.json', checkovJson({ failed: [bucket('CKV_AWS_18')] }), '2026-11-01T00:00:00Z');
  run.deliver('reports/c.json', checkovJson({ failed: [bucket('CKV_AWS_18')] }), '2026-11-02T00:00:00Z');
  const { records, rejected, error } = await run.refresh();
  assert.deepEqual([error, records, rejected], [undefined, 3, {}]);
  assert.deepEqual(
    await run.rows('SELECT event, occurred_at::VARCHAR AS day, seconds::INTEGER AS s FROM finding_events ORDER BY 2'),
    [
      { event: 'opened', day: '2026-11-01 00:00:00', s: null },
      { event: 'resolved', day: '2026-11-03 00:00:00', s: 2 * 86_400 },
    ],
  );
  assert.deepEqual(await run.states(), { 'resolved(fixed)': 1 });
});

test('a file is read once, gzip as well; one that vanishes takes nothing with it', async t => {
  const run = await reportRun(t, { files: [{ kind: 'checkov', path: 'reports', repository: 'acme/shop' }] });
  run.deliver('reports/a.json.gz', gzipSync(checkovJson({ failed: [bucket('CKV_AWS_18')] })), '2026-11-03T00:00:00Z');
  assert.equal((await run.refresh()).records, 1);
  assert.equal((await run.refresh()).records, 0);
  rmSync(path.join(run.folder, 'reports/a.json.gz'));
  assert.deepEqual([(await run.refresh()).error, await run.states()], [undefined, { open: 1 }]);
  assert.deepEqual(await run.rows('FROM files'), []);
});

test('what can not be read is broken with its reason, and the others count', async t => {
  const run = await reportRun(t, { files: [{ kind: 'checkov', path: 'reports', repository: 'acme/shop' }] });
  const whole = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  run.deliver('reports/cut.json', whole.slice(0, -10), '2026-11-03T00:00:00Z');
  run.deliver('reports/cut.json.gz', gzipSync(whole).subarray(0, 60), '2026-11-03T00:00:00Z');
  run.deliver('reports/other.json', '{"Results": []}', '2026-11-03T00:00:00Z');
  run.deliver('reports/whole.json', whole, '2026-11-03T00:00:00Z');
  const { records, rejected } = await run.refresh();
  assert.deepEqual([records, rejected], [1, { file_not_json: 1, file_truncated_gzip: 1, file_not_checkov: 1 }]);
  const placeless = await reportRun(t, { files: [{ kind: 'checkov', path: 'reports' }] });
  placeless.deliver('reports/a.json', whole, '2026-11-03T00:00:00Z');
  assert.deepEqual((await placeless.refresh()).rejected, { file_missing_scope: 1 });
});

test('a path may say where its reports are from', async t => {
  const files = [{ kind: 'checkov', path: 'reports/{repository}/{environment}.json', team: 'shop' }];
  const run = await reportRun(t, { files });
  run.deliver(
    'reports/acme/shop/production.json',
    checkovJson({ failed: [bucket('CKV_AWS_18')] }),
    '2026-11-03T00:00:00Z',
  );
  run.deliver('reports/acme/net/test.json', checkovJson({ failed: [bucket('CKV_AWS_18')] }), '2026-11-03T00:00:00Z');
  await run.refresh();
  assert.deepEqual(await run.rows('SELECT DISTINCT scope FROM finding_reports ORDER BY ALL'), [
    { scope: 'repository:acme/net' },
    { scope: 'repository:acme/shop' },
  ]);
  const [owner] = await run.rows(
    `SELECT attributes::VARCHAR AS a FROM owner_keys WHERE attributes::VARCHAR LIKE '%shop"%prod%' OR attributes::VARCHAR LIKE '%prod%shop%'`,
  );
  assert.deepEqual(JSON.parse(String(owner?.a)), { environment: 'production', repository: 'acme/shop', team: 'shop' });
  const { glob, placeOf } = placedPath('/in/{cluster}-{team}/**/x?.json');
  assert.deepEqual(
    [glob, placeOf('/in/prod-eu-net/2026/a/x1.json')],
    ['/in/*-*/**/x?.json', { cluster: 'prod', team: 'eu-net' }],
  );
  assert.deepEqual(placeOf('/out/x.json'), {});
});

test('hours of staleness are at most a century, in every source', () => {
  const azure = { credentials: { tenant_id: 'a', client_id: 'b', client_secret: 'c' } };
  for (const [section, item] of [
    ['files', { kind: 'sarif', path: 'x' }],
    ['azure_policy', azure],
    ['gatekeeper', { cluster: 'eu' }],
    ['kyverno', { cluster: 'eu' }],
    ['hcp_terraform', { token: 'x', organizations: ['acme'] }],
  ] as const) {
    const parse = (stale: number) => policySchema.safeParse({ [section]: [{ ...item, stale }] }).success;
    assert.deepEqual([parse(100 * 8766), parse(1e9), parse(0)], [true, false, false], section);
  }
  assert.equal(policySchema.safeParse({ posts: { stale: 1e9 } }).success, false);
});

test('a path that means nothing is an error that names it, and names are one for each source', async t => {
  const run = await reportRun(t, { files: [{ kind: 'sarif', path: 'none/*.sarif' }] });
  assert.match((await run.refresh()).error ?? '', /none\/\*\.sarif/);
  const twice = policySchema.safeParse({
    files: [
      { kind: 'sarif', path: 'a' },
      { kind: 'sarif', path: 'b' },
    ],
  });
  assert.deepEqual(
    twice.error?.issues.map(({ path: at }) => at.join('.')),
    ['files.1.name'],
  );
  assert.equal(policySchema.safeParse({ files: [{ kind: 'sarif', path: 'a', name: 'checkov' }] }).success, false);
});

test('years of one repository by Checkov: 19 findings fixed and 67 new between the second and the third', async t => {
  const folder = path.join(corpus, 'policy/checkov/history-terragoat');
  const names = ['2020-04-09.8ee70df.json', '2020-07-08.51e72ba.json', '2021-12-13.23c5517.json'] as const;
  let bodies: Buffer[];
  try {
    bodies = names.map(name => readFileSync(path.join(folder, name)));
  } catch {
    t.skip('the corpus is not here');
    return;
  }
  const run = await reportRun(t, {
    files: [{ kind: 'checkov', path: 'reports', repository: 'bridgecrewio/terragoat' }],
  });
  // Named so that the newest comes first.
  for (const [index, name] of names.entries())
    run.deliver(`reports/${9 - index}.json`, bodies[index]!, `${name.slice(0, 10)}T00:00:00Z`);
  await run.refresh();
  const events = await run.rows(
    `SELECT occurred_at::DATE::VARCHAR AS day, event, count(*)::INTEGER AS n FROM finding_events GROUP BY ALL ORDER BY ALL`,
  );
  const of = (day: string, event: string) => Number(events.find(row => row.day === day && row.event === event)?.n ?? 0);
  assert.equal(of('2020-04-09', 'opened'), 80);
  assert.deepEqual([of('2021-12-13', 'opened') + of('2021-12-13', 'reopened'), of('2021-12-13', 'resolved')], [67, 19]);
  const { open } = await run.states();
  assert.equal(open, 296);
  // The same tree, elsewhere and with other lines: nothing is fixed and nothing is new.
  const moved = bodies[2]!
    .toString()
    .replaceAll('"file_path": "/', '"file_path": "/moved/')
    .replaceAll('"repo_file_path": "/', '"repo_file_path": "/moved/')
    .replaceAll('/tmp/', '/builds/77/')
    .replace(/"file_line_range": \[\s*(\d+)/g, '"file_line_range": [1$1');
  assert.notEqual(moved, bodies[2]!.toString());
  run.deliver('reports/1.json', moved, '2021-12-14T00:00:00Z');
  await run.refresh();
  assert.deepEqual(await run.rows(`FROM finding_events WHERE occurred_at > '2021-12-13'`), []);
});
