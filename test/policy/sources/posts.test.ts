import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../../exporters/core/self-metrics.ts';
import { createServer } from '../../../exporters/core/server.ts';
import { viewOf } from '../../../exporters/core/server-types.ts';
import type { Principal } from '../../../exporters/core/source.ts';
import { policySchema } from '../../../exporters/policy/config.ts';
import { policyExporter } from '../../../exporters/policy/index.ts';
import { reportKinds } from '../../../exporters/policy/kinds.ts';
import { check, checkovJson, reportRun } from '../report-run.ts';

const bucket = (id: string, name = 'data') => check(id, `aws_s3_bucket.${name}`, 's3.tf');
const query = { repository: 'acme/shop' };
const team = (name: string): Principal => ({ name: `${name}-ci`, role: 'team', team: name });
const rules = [
  { name: 'shop', repository: 'acme/shop', team: 'shop' },
  { name: 'net', repository: 'acme/net*', team: 'net' },
];

test('a report is posted for each kind, and its answer says what was read', async t => {
  const run = await reportRun(t);
  const pushes = run.exporter.sources.filter(({ kind }) => kind === 'push').map(({ name }) => name);
  assert.deepEqual(
    pushes,
    reportKinds.map(({ kind }) => kind),
  );
  const body = checkovJson({ failed: [bucket('CKV_AWS_18'), { check_name: 'without an id' }, 'text'] });
  const answer = await run.post({ kind: 'checkov', body, query });
  assert.deepEqual([answer.records, answer.rejected], [3, { missing_check: 1, not_a_check: 1 }]);
  assert.ok(answer.changed > 0);
  assert.deepEqual(await run.states(), { open: 1 });
  assert.deepEqual(await run.rows('SELECT file, line::INTEGER AS line, reason FROM rejects ORDER BY line'), [
    { file: 'post of repository:acme/shop', line: 2, reason: 'missing_check' },
    { file: 'post of repository:acme/shop', line: 3, reason: 'not_a_check' },
  ]);
});

test('the same report posted again is the same report; what it says of today is another look', async t => {
  const run = await reportRun(t);
  const body = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  const at = '2026-11-10T12:00:00+01:00';
  await run.post({ kind: 'checkov', body, query: { ...query, at } });
  const again = await run.post({ kind: 'checkov', body: gzipSync(body), query: { ...query, at } });
  assert.deepEqual([again.records, again.changed], [1, 0]);
  const looks = 'SELECT occurred_at::VARCHAR AS at, stale_seconds::INTEGER AS stale FROM finding_reports ORDER BY 1';
  assert.deepEqual(await run.rows(looks), [{ at: '2026-11-10 11:00:00', stale: 7 * 86_400 }]);
  await run.post({ kind: 'checkov', body, query: { ...query, stale: '12' }, now: '2026-11-20T00:00:00Z' });
  assert.deepEqual((await run.rows(looks)).at(-1), { at: '2026-11-20 00:00:00', stale: 12 * 3600 });
  assert.deepEqual(await run.states(), { open: 1 });
});

test('what can not be read is refused with a code and a sentence, and changes nothing', async t => {
  const run = await reportRun(t);
  const whole = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  const refused = async (message: RegExp, body: string | Buffer, given: Readonly<Record<string, string>> = query) =>
    assert.rejects(() => run.post({ kind: 'checkov', body, query: given }), { code: 'PUSH_INVALID', message });
  await refused(/it is not JSON \(not_json\)/, whole.slice(0, -3));
  await refused(/it is not checkov/, '{"Results":[]}');
  await refused(/gzip stream is cut/, gzipSync(whole).subarray(0, 50));
  await refused(/name the repository, cluster or scope/, whole, {});
  await refused(/the parameter stale: Too big/, whole, { ...query, stale: '1e300' });
  await refused(/no parameter is called repositroy; those there are: scope, repository/, whole, {
    repositroy: 'acme/shop',
  });
  await refused(/the parameter at: 2026-11-25T00:00:00Z has not come yet/, whole, {
    ...query,
    at: '2026-11-25T00:00:00Z',
  });
  await refused(/the parameter at: /, whole, { ...query, at: 'yesterday' });
  await refused(/the parameter enforcement: /, whole, { ...query, enforcement: 'strict' });
  const bomb = gzipSync(Buffer.alloc(65 << 20, ' '));
  await assert.rejects(() => run.post({ kind: 'checkov', body: bomb, query }), { code: 'PUSH_TOO_LARGE' });
  assert.deepEqual(await run.rows('FROM finding_reports'), []);
});

test("a team's token posts of what is its team's or nobody's", async t => {
  const run = await reportRun(t, { rules });
  const body = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  const post = (given: Readonly<Record<string, string>>, who: string) =>
    run.post({ kind: 'checkov', body, query: given, principal: team(who) });
  const refused = (given: Readonly<Record<string, string>>, who: string, message: RegExp) =>
    assert.rejects(() => post(given, who), { code: 'PUSH_FORBIDDEN', message });
  await post(query, 'shop');
  await refused(query, 'net', /the scope repository:acme\/shop is owned by shop, and the token writes for net/);
  // Not by another spelling, another word of its own, or a name that only the scope has.
  await refused({ repository: 'ACME/Shop' }, 'net', /owned by shop/);
  await refused({ ...query, team: 'net' }, 'net', /owned by shop/);
  await refused({ scope: 'repository:acme/shop' }, 'net', /owned by shop/);
  await refused({ repository: 'acme/new', team: 'shop' }, 'net', /is of the team shop/);
  await post({ repository: 'acme/new' }, 'net');
  assert.deepEqual(
    await run.rows(
      `SELECT DISTINCT team FROM owners WHERE owner_key IN (SELECT owner_key FROM finding_reports WHERE scope = 'repository:acme/new')`,
    ),
    [{ team: 'net' }],
  );
  // It is net's now: a report of another would end net's findings.
  await refused({ repository: 'acme/new' }, 'shop', /the scope repository:acme\/new has findings of net/);
  assert.equal((await run.rows('FROM finding_reports')).length, 2);
});

test('a scope of several teams is nobody’s to report on alone', async t => {
  const run = await reportRun(t, { rules });
  const body = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  await run.post({ kind: 'checkov', body, query: { scope: 'workspace:all', repository: 'acme/net' } });
  const asShop = { kind: 'checkov', body, query: { scope: 'workspace:all' }, principal: team('shop') };
  await assert.rejects(() => run.post(asShop), { code: 'PUSH_FORBIDDEN', message: /has findings of net/ });
  assert.deepEqual(await run.states(), { open: 1 });
});

test('a pipeline that fails on violations says so, and a scan that could not begin says nothing of findings', async t => {
  const run = await reportRun(t);
  const body = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  await run.post({ kind: 'checkov', body, query: { ...query, enforcement: 'enforce' } });
  assert.deepEqual(await run.rows('SELECT DISTINCT enforcement FROM finding_states'), [{ enforcement: 'enforce' }]);
  await run.post({ kind: 'checkov', body: '', query, now: '2026-11-20T01:00:00Z' });
  assert.deepEqual(await run.states(), { open: 1 });
  const [last] = await run.rows('SELECT completeness, reason FROM finding_reports ORDER BY occurred_at DESC LIMIT 1');
  assert.deepEqual(last, { completeness: 'failed', reason: 'empty_output' });
});

test('a rule for a cluster owns its findings and what is known of it as a whole', async t => {
  const run = await reportRun(t, { rules: [{ name: 'clusters', cluster: 'prod-*', team: 'platform' }] });
  const report = (name: string) => ({
    ...{ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport', metadata: { name, namespace: 'shop' } },
    results: [
      {
        ...{ source: 'kyverno', policy: 'limits', rule: 'memory', result: 'fail' },
        resources: [{ apiVersion: 'v1', kind: 'Pod', namespace: 'shop', name: 'cart' }],
      },
    ],
  });
  for (const cluster of ['prod-eu', 'test'])
    await run.post({ kind: 'policyreport', body: JSON.stringify(report('a')), query: { cluster } });
  const teams = (table: string) =>
    run.rows(`SELECT DISTINCT scope, team FROM ${table} JOIN owners USING (owner_key) ORDER BY ALL`);
  for (const table of ['finding_states', 'finding_reports'])
    assert.deepEqual(
      await teams(table),
      [
        { scope: 'cluster:prod-eu', team: 'platform' },
        { scope: 'cluster:test', team: 'unowned' },
      ],
      table,
    );
});

test('over HTTP: 200 with what was read, 400, 401, 403 and 413 with a reason', async t => {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-posts-'));
  const log = pino({ level: 'silent' });
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({ rules }));
  const runtime = await openRuntime(policyExporter(policySchema.parse({}), ownership), { dataDir, log, threads: 1 });
  const tokens = [{ name: 'shop-ci', role: 'team', team: 'shop', token: 'shop-token' }] as const;
  const self = createSelfMetrics({ version: 'test', runtime: false });
  const server = createServer({ exporters: () => [viewOf(runtime)], tokens, self, log, version: 'test' });
  t.after(async () => {
    await server.close();
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const { url } = await server.listen(0);
  const post = async (address: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}) => {
    const answer = await fetch(`${url}/ingest/policy/${address}`, {
      ...{ method: 'POST', body, headers: { authorization: 'Bearer shop-token', ...headers } },
    });
    return {
      status: answer.status,
      ...((await answer.json()) as { readonly code?: string; readonly error?: string; readonly records?: number }),
    };
  };
  const body = checkovJson({ failed: [bucket('CKV_AWS_18')] });
  const packed = { 'content-encoding': 'gzip' };
  const taken = await post('checkov?repository=acme/shop', gzipSync(body), packed);
  assert.deepEqual([taken.status, taken.records], [200, 1]);
  const code = async (...given: Parameters<typeof post>) => {
    const answer = await post(...given);
    return [answer.status, answer.code];
  };
  assert.deepEqual(await code('checkov?repository=acme/shop', '{'), [400, 'PUSH_INVALID']);
  assert.deepEqual(await code('checkov?repository=acme/net', body), [403, 'PUSH_FORBIDDEN']);
  assert.deepEqual(await code('checkov?repository=acme/shop', body, { authorization: 'Bearer no' }), [401, undefined]);
  const bomb = gzipSync(Buffer.alloc(65 << 20, ' '));
  assert.deepEqual(await code('checkov?repository=acme/shop', bomb), [413, 'PUSH_TOO_LARGE']);
  assert.deepEqual(await code('checkov?repository=acme/shop', bomb, packed), [413, undefined]);
  const { status, error = '' } = await post('chekov', body);
  assert.equal(status, 404);
  assert.match(error, /^nothing is here; posts go to \/ingest\/policy\/azure-policy, \/ingest\/policy\/checkov, /);
  // Whoever has no token is told no more than that he needs one.
  assert.doesNotMatch((await post('chekov', body, { authorization: 'Bearer no' })).error ?? '', /checkov/);
});
