/** Snyk by its REST API: pages, limits, faults, and the life of issues in the ledger. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import type { HttpResponse } from '../../../exporters/core/http-answer.ts';
import { snykApiSource } from '../../../exporters/supply-chain/sources/snyk-api/index.ts';
import { projectOf } from '../../../exporters/supply-chain/sources/snyk-api/project.ts';
import { snykRetryAfter } from '../../../exporters/vendors/snyk/client.ts';
import { exporterRun } from './exporter-run.ts';
import { error, issue, project, type SnykWorld, startSnyk, token } from './snyk-server.ts';

async function snykRun(t: TestContext, world: SnykWorld, more: object = {}) {
  const waits: number[] = [];
  const options = { sleep: async (ms: number) => void waits.push(ms), retries: 2 };
  const section = { snyk: [{ url: world.url, token, ...more }] };
  const run = await exporterRun(t, section, ({ snyk }) => snykApiSource(snyk[0]!, options));
  t.after(() => assert.ok(!run.logged().includes(token), 'the token was logged'));
  return { ...run, waits };
}

const results = `SELECT artifact, part, id, outcome, version FROM scan_results ORDER BY ALL`;

describe('an organisation', () => {
  test('is read to its last page, however a page names the next, with the version asked for', async t => {
    for (const style of ['path', 'rooted', 'object', 'absolute'] as const) {
      const world = await startSnyk(t);
      Object.assign(world, { style, most: 40 });
      const issues = Array.from({ length: 95 }, (_, index) => issue(String(index), 'p1'));
      world.orgs.o1 = {
        projects: [project('p1'), project('p2', { name: 'acme/shop:pom.xml', type: 'maven' })],
        issues,
      };
      const run = await snykRun(t, world, { version: '2025-01-01' });
      const { records, error: failed } = await run.refresh('2026-11-20T00:00:00Z');
      assert.deepEqual([failed, records], [undefined, 95]);
      assert.equal((await run.rows(results)).length, 95);
      assert.ok(world.seen.every(url => url.includes('version=2025-01-01')));
      const looks = await run.rows(
        'SELECT part, completeness, found::INTEGER AS found FROM artifact_scans ORDER BY part',
      );
      assert.deepEqual(looks, [
        { part: 'p1', completeness: 'complete', found: 95 },
        { part: 'p2', completeness: 'complete', found: 0 },
      ]);
    }
  });

  test('tells since when an issue is there, until when it was, and which are ignored', async t => {
    const world = await startSnyk(t);
    const resolved = { status: 'resolved', resolution: { type: 'fixed', resolved_at: '2026-03-04T00:00:00Z' } };
    const issues = [
      issue('1', 'p1'),
      issue('2', 'p1', resolved),
      issue('3', 'p1', { ignored: true }),
      issue('4', 'p1', { type: 'code' }),
    ];
    world.orgs.o1 = { projects: [project('p1')], issues };
    const run = await snykRun(t, world);
    assert.equal((await run.refresh('2026-11-20T00:00:00Z')).records, 3);
    const findings = async () =>
      (await run.rows('SELECT policy, state, occurred_at::VARCHAR AS at FROM finding_states ORDER BY ALL')).map(
        ({ policy, state, at }) => `${policy} ${state} ${at}`,
      );
    assert.deepEqual(await findings(), [
      'SNYK-JS-QS-1 open 2026-01-02 00:00:00',
      'SNYK-JS-QS-2 open 2026-01-02 00:00:00',
      'SNYK-JS-QS-2 resolved 2026-03-04 00:00:00',
      'SNYK-JS-QS-3 excepted 2026-01-02 00:00:00',
    ]);
    // Fixed since.
    world.orgs.o1.issues[0] = issue('1', 'p1', { ...resolved, resolution: { resolved_at: '2026-11-20T12:00:00Z' } });
    await run.refresh('2026-11-21T00:00:00Z');
    assert.deepEqual((await findings()).at(1), 'SNYK-JS-QS-1 resolved 2026-11-20 12:00:00');
  });

  test('that refuses holds no other up, and is told of after them', async t => {
    const world = await startSnyk(t);
    world.orgs.o2 = { projects: [project('p1')], issues: [issue('1', 'p1')] };
    const run = await snykRun(t, world, { orgs: ['gone', 'o2'] });
    const { error: failed, records } = await run.refresh('2026-11-20T00:00:00Z');
    assert.match(failed ?? '', /token was refused by Snyk at .*orgs\/gone\/projects.* with 404: No: not now/);
    assert.equal(records, 1);
  });

  test('whose list breaks off tells nothing, and what was known stays', async t => {
    const world = await startSnyk(t);
    world.most = 1;
    world.orgs.o1 = { projects: [project('p1')], issues: [issue('1', 'p1'), issue('2', 'p1')] };
    const run = await snykRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    world.broken = url => (url.searchParams.has('starting_after') ? error(503) : undefined);
    const { error: failed } = await run.refresh('2026-11-21T00:00:00Z');
    assert.match(failed ?? '', /503/);
    assert.equal((await run.rows(results)).length, 2);
    assert.equal((await run.rows('FROM artifact_scans')).length, 1);
    // A project that is no longer monitored is not told as fixed.
    world.broken = () => undefined;
    world.orgs.o1.projects = [project('p1', { status: 'inactive' })];
    world.orgs.o1.issues = [];
    await run.refresh('2026-11-22T00:00:00Z');
    assert.equal((await run.rows(results)).length, 2);
  });

  test('has projects of which nothing can be made: they are counted, and of code nothing is said', async t => {
    const world = await startSnyk(t);
    const nameless = project('p2', { name: ':x' }, { url: '', display_name: '' });
    world.orgs.o1 = {
      projects: [project('p1'), nameless, project('p3', { type: 'sast' }), 'x'],
      issues: [
        issue('1', 'p2'),
        issue('2', 'p3'),
        issue('3', 'unknown'),
        { type: 'issue' },
        issue('5', 'p1', { status: 'odd' }),
      ],
    };
    const run = await snykRun(t, world);
    const { rejected } = await run.refresh('2026-11-20T00:00:00Z');
    assert.deepEqual(rejected, {
      missing_subject: 1,
      not_a_project: 1,
      missing_project: 1,
      not_an_issue: 1,
      unknown_status: 1,
    });
    assert.deepEqual(await run.rows('SELECT completeness, reason FROM artifact_scans'), [
      { completeness: 'partial', reason: 'records_rejected' },
    ]);
    assert.deepEqual((await run.refresh('2026-11-20T01:00:00Z')).rejected, {});
  });
});

describe('limits and faults', () => {
  test('429 is waited for as it says, and 5xx a little', async t => {
    const world = await startSnyk(t);
    world.orgs.o1 = { projects: [project('p1')], issues: [issue('1', 'p1')] };
    const run = await snykRun(t, world);
    world.faults.push(error(429, { 'retry-after': '7' }), error(502));
    const { error: failed } = await run.refresh('2026-11-20T00:00:00Z');
    assert.equal(failed, undefined);
    assert.equal(run.waits[0], 7000);
    assert.equal(run.waits.length, 2);
  });

  test('a wait that is longer than allowed ends the refresh, with when to come again', async t => {
    const world = await startSnyk(t);
    world.orgs.o1 = { projects: [], issues: [] };
    const run = await snykRun(t, world, { longest_wait: 60 });
    world.faults.push(error(429, { 'x-ratelimit-remaining': '0, 90', 'x-ratelimit-reset': '120, 3000' }));
    const { error: failed } = await run.refresh('2026-11-20T00:00:00Z');
    assert.match(failed ?? '', /429/);
    assert.deepEqual(run.waits, []);
  });

  test('headers that several limits are joined in are waited for by those that are used up', () => {
    const response = (headers: Record<string, string>, status = 429) =>
      ({ status, header: (name: string) => headers[name] }) as HttpResponse;
    const waits = (headers: Record<string, string>, status?: number) =>
      snykRetryAfter(response(headers, status), 1_800_000_000_000);
    assert.equal(waits({ 'retry-after': '12, 30' }), 30_000);
    assert.equal(waits({ 'x-ratelimit-remaining': '0, 90', 'x-ratelimit-reset': '12, 3000' }), 12_000);
    assert.equal(waits({ 'ratelimit-reset': '5' }), 5000);
    assert.equal(waits({ 'x-ratelimit-reset': '1800000040' }), 40_000);
    assert.equal(waits({ 'x-ratelimit-reset': 'soon' }), undefined);
    assert.equal(waits({ 'x-ratelimit-reset': '5' }, 503), undefined);
  });

  test('a token that is wrong, a page elsewhere, and pages in a circle end it with a sentence', async t => {
    const world = await startSnyk(t);
    world.orgs.o1 = { projects: [], issues: [] };
    const wrong = await snykRun(t, world, { token: 'another' });
    assert.match((await wrong.refresh('2026-11-20T00:00:00Z')).error ?? '', /token was refused by Snyk .* with 401/);
    const answer = (links: object) => (response: { end: (text: string) => unknown }) =>
      void response.end(JSON.stringify({ data: [], links }));
    const run = await snykRun(t, world);
    world.faults.push(answer({ next: 'https://elsewhere.test/rest/orgs' }));
    assert.match((await run.refresh('2026-11-20T00:00:00Z')).error ?? '', /its next page is elsewhere/);
    world.broken = () => answer({ next: '/rest/orgs?starting_after=1&version=2024-10-15' });
    assert.match((await run.refresh('2026-11-20T01:00:00Z')).error ?? '', /same|loop|again/i);
    world.broken = () => response => void response.end('<html>');
    assert.match((await run.refresh('2026-11-20T02:00:00Z')).error ?? '', /HTML/);
  });
});

test('a project is of its repository, or of its image', () => {
  const of = (attributes: object, target: object = {}) => {
    const read = projectOf(project('p', attributes, target));
    return typeof read === 'string'
      ? read
      : `${read.artifact.kind} ${read.artifact.name} ${read.artifact.tag ?? ''}`.trim();
  };
  assert.equal(of({}), 'repository acme/shop');
  assert.equal(of({}, { url: 'http://git.acme.test/web/shop.git' }), 'repository web/shop');
  assert.equal(
    of({ origin: 'cli', name: 'acme/api(main):pom.xml' }, { url: null, display_name: null }),
    'repository acme/api',
  );
  assert.equal(
    of(
      { type: 'deb', name: 'docker-image|ghcr.io/acme/shop', origin: 'cli', target_reference: '1.2' },
      { display_name: 'ghcr.io/acme/shop' },
    ),
    'image ghcr.io/acme/shop 1.2',
  );
  assert.equal(
    of(
      { origin: 'ecr', name: '1.dkr.ecr.eu.amazonaws.com/shop:2:/app/package.json' },
      { display_name: '1.dkr.ecr.eu.amazonaws.com/shop' },
    ),
    'image 1.dkr.ecr.eu.amazonaws.com/shop 2',
  );
  for (const type of ['sast', 'terraformconfig', 'k8sconfig', 'cloudformationconfig'])
    assert.equal(of({ type }), 'not_of_supply_chain');
});
