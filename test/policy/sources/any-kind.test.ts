/** `kind: auto`: a folder whose files are of several kinds, as one source. */
import assert from 'node:assert/strict';
import { appendFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { policySchema } from '../../../exporters/policy/config.ts';
import { check, checkovJson, reportRun } from '../report-run.ts';

const bucket = (id: string) => check(id, 'aws_s3_bucket.data', 's3.tf');
const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '../../fixtures/policy', name), 'utf8');
const polr = (result: string) => `apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: { name: cart, namespace: shop }
scope: { apiVersion: apps/v1, kind: Deployment, name: cart, namespace: shop }
results: [{ policy: limits, rule: memory, result: ${result}, source: kyverno }]
`;
const conftest = (failures: readonly string[]) =>
  JSON.stringify([{ filename: 'a.yaml', namespace: 'main', successes: 1, failures: failures.map(msg => ({ msg })) }]);
const gator = (names: readonly string[]) =>
  JSON.stringify(
    names.map(name => ({
      ...{ msg: 'no owner', constraint: { kind: 'K8sLabels', metadata: { name: 'owner' } } },
      violatingObject: { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' } },
    })),
  );

const everywhere = [{ path: 'reports', repository: 'acme/shop', cluster: 'prod-eu' }];
const scopes = `SELECT DISTINCT engine, scope FROM finding_reports ORDER BY ALL`;
const open = `SELECT engine, count(*)::INTEGER AS n FROM (
  FROM finding_states QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY occurred_at DESC, learned_at DESC) = 1
) WHERE state = 'open' GROUP BY ALL ORDER BY ALL`;

test('it is what a source is unless its kind is given', () => {
  const { files } = policySchema.parse({ files: [{ path: 'reports' }] });
  assert.deepEqual([files[0]?.kind, files[0]?.name], ['auto', 'report-files']);
  assert.equal(policySchema.safeParse({ files: [{ path: 'a' }, { path: 'b' }] }).success, false);
});

test('each file is read as its kind and of its own place; one that is none is its own fault', async t => {
  const run = await reportRun(t, { files: everywhere });
  run.deliver('reports/a.json', checkovJson({ failed: [bucket('CKV_AWS_18')] }), '2026-11-18T00:00:00Z');
  run.deliver('reports/b.json.gz', gzipSync(conftest(['no'])), '2026-11-18T00:00:00Z');
  run.deliver('reports/c.yaml', polr('fail'), '2026-11-18T00:00:00Z');
  run.deliver('reports/deep/d.log', fixture('gatekeeper/audit.log'), '2026-11-20T00:00:00Z');
  run.deliver('reports/empty.json', '', '2026-11-18T00:00:00Z');
  run.deliver('reports/notes.txt', 'to do', '2026-11-18T00:00:00Z');
  run.deliver('reports/results.json', '{"type": "nothing that is read"}', '2026-11-18T00:00:00Z');
  run.deliver('reports/picture.png', 'no report by its name', '2026-11-18T00:00:00Z');
  const { error, rejected } = await run.refresh();
  const { not_json: _, ...files } = rejected;
  assert.deepEqual([error, files], [undefined, { file_empty: 1, file_unknown_format: 2 }]);
  assert.deepEqual(await run.rows(scopes), [
    { engine: 'checkov', scope: 'repository:acme/shop' },
    { engine: 'conftest', scope: 'repository:acme/shop' },
    { engine: 'gatekeeper', scope: 'cluster:prod-eu' },
    { engine: 'kyverno', scope: 'cluster:prod-eu' },
  ]);
  const notices = await run.notices();
  assert.deepEqual(
    notices.filter(({ subject }) => subject === 'source report-files'),
    [
      {
        subject: 'source report-files',
        text: 'read by their content: 1 of checkov, 1 of conftest, 1 of gatekeeper, 1 of policyreport',
        isInOrder: true,
      },
    ],
  );
  // Tomorrow's file of a kind that there was none of.
  run.deliver('reports/e.sarif', fixture('scan.sarif'), '2026-11-19T00:00:00Z');
  assert.ok((await run.refresh()).records > 0);
});

test('a file without the place of its kind is a fault that names the key, and the others count', async t => {
  const run = await reportRun(t, { files: [{ path: 'reports', repository: 'acme/shop' }] });
  run.deliver('reports/a.json', conftest(['no']), '2026-11-18T00:00:00Z');
  run.deliver('reports/c.yaml', polr('fail'), '2026-11-18T00:00:00Z');
  const { rejected } = await run.refresh();
  assert.deepEqual(rejected, { file_missing_cluster: 1 });
  assert.deepEqual(await run.rows(scopes), [{ engine: 'conftest', scope: 'repository:acme/shop' }]);
  const paths = await reportRun(t, { files: [{ path: 'reports/{cluster}/*', repository: 'acme/shop' }] });
  paths.deliver('reports/eu/c.yaml', polr('fail'), '2026-11-18T00:00:00Z');
  assert.deepEqual((await paths.refresh()).rejected, {});
  assert.deepEqual(await paths.rows(scopes), [{ engine: 'kyverno', scope: 'cluster:eu' }]);
});

test('a file that becomes another kind leaves what it told to stand, and to grow old', async t => {
  const run = await reportRun(t, { files: [{ ...everywhere[0], stale: 48 }] });
  run.deliver('reports/latest.json', checkovJson({ failed: [bucket('CKV_AWS_18')] }), '2026-11-18T00:00:00Z');
  await run.refresh('2026-11-18T01:00:00Z');
  run.deliver('reports/latest.json', conftest(['no']), '2026-11-19T00:00:00Z');
  await run.refresh('2026-11-19T01:00:00Z');
  assert.deepEqual(await run.rows(open), [
    { engine: 'checkov', n: 1 },
    { engine: 'conftest', n: 1 },
  ]);
  assert.deepEqual(await run.rows('SELECT kind FROM report_kinds'), [{ kind: 'conftest' }]);
  assert.match((await run.notices())[0]?.text ?? '', /: 1 of conftest$/);
  // A newer one of the kind ends what it doesn't find.
  run.deliver('reports/latest.json', checkovJson({ passed: [bucket('CKV_AWS_18')] }), '2026-11-19T12:00:00Z');
  await run.refresh('2026-11-19T13:00:00Z');
  assert.deepEqual(await run.rows(open), [{ engine: 'conftest', n: 1 }]);
});

test('that nothing was found is told by a file that has told of something before, and by no other', async t => {
  const run = await reportRun(t, { files: everywhere });
  run.deliver('reports/gator.json', gator(['one', 'two']), '2026-11-18T00:00:00Z');
  run.deliver('reports/other.json', 'null', '2026-11-18T00:00:00Z');
  assert.deepEqual((await run.refresh()).rejected, { file_nothing_found_by_whom: 1 });
  assert.deepEqual(await run.states(), { open: 2 });
  run.deliver('reports/gator.json', 'null', '2026-11-19T00:00:00Z');
  assert.deepEqual((await run.refresh()).rejected, {});
  assert.deepEqual(await run.states(), { 'resolved(gone)': 2 });
});

test('a log is read while it is written, and whatever else is written only once it is whole', async t => {
  const run = await reportRun(t, { files: [{ ...everywhere[0], settle: 3600 }] });
  const lines = fixture('gatekeeper/audit.log').trimEnd().split('\n');
  const now = new Date().toISOString();
  run.deliver('reports/audit.log', `${lines.slice(0, 4).join('\n')}\n`, now);
  run.deliver('reports/cut.json.gz', gzipSync(conftest(['no'])).subarray(0, 40), now);
  run.deliver('reports/a.json', conftest(['no']), now);
  run.deliver('reports/b.json', '{"check_type": "terr', now);
  const first = await run.refresh();
  assert.deepEqual(first.rejected, {});
  const states = `SELECT parse_filename(path) AS file, state FROM files ORDER BY ALL`;
  assert.deepEqual(await run.rows(states), [
    { file: 'a.json', state: 'waiting' },
    { file: 'audit.log', state: 'loaded' },
    { file: 'b.json', state: 'waiting' },
    { file: 'cut.json.gz', state: 'waiting' },
  ]);
  appendFileSync(path.join(run.folder, 'reports/audit.log'), `${lines.slice(4).join('\n')}\n`);
  const second = await run.refresh();
  assert.ok(second.records > first.records);
  // Unchanged between two looks, the others are whole, or cut for good.
  assert.deepEqual(await run.rows(states), [
    { file: 'a.json', state: 'loaded' },
    { file: 'audit.log', state: 'loaded' },
    { file: 'b.json', state: 'broken' },
    { file: 'cut.json.gz', state: 'broken' },
  ]);
});

test('what one kind lists of a cluster ends no list of another', async t => {
  const run = await reportRun(t, { files: everywhere });
  const exception = `apiVersion: kyverno.io/v2
kind: PolicyException
metadata: { name: cart, namespace: shop }
spec: { exceptions: [{ policyName: limits, ruleNames: [memory] }], match: { any: [{ resources: { kinds: [Pod] } }] } }
`;
  const list = (...items: readonly string[]) =>
    `apiVersion: v1\nkind: List\nitems:${items.length === 0 ? ' []\n' : `\n${items.map(item => `- ${item.trimEnd().replaceAll('\n', '\n  ')}\n`).join('')}`}`;
  const lists = `SELECT source, kind, engine FROM policy_lists ORDER BY ALL`;
  run.deliver('reports/exceptions.yaml', list(exception), '2026-11-18T00:00:00Z');
  run.deliver('reports/constraints.yaml', fixture('gatekeeper/constraints.yaml'), '2026-11-18T00:00:00Z');
  assert.deepEqual((await run.refresh()).rejected, {});
  const before = await run.rows(lists);
  assert.deepEqual(
    before.map(({ source, kind }) => `${source} ${kind}`),
    ['report-files gatekeeper policies', 'report-files policyreport exceptions'],
  );
  run.deliver('reports/constraints.yaml', list(), '2026-11-19T00:00:00Z');
  await run.refresh();
  assert.deepEqual(
    await run.rows(lists),
    before.filter(({ source }) => source === 'report-files policyreport'),
  );
  run.deliver('reports/exceptions.yaml', list(), '2026-11-19T06:00:00Z');
  await run.refresh();
  assert.deepEqual(await run.rows(lists), []);
});
