/** Dependabot by GitHub's REST API and by webhooks: pages, limits, faults, and the life of alerts in the ledger. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { describe, type TestContext, test } from 'node:test';
import { dependabotApiSource } from '../../../exporters/supply-chain/sources/dependabot-api/index.ts';
import { broken, type GitHubWorld, limited, startGitHub, token, told } from './dependabot-server.ts';
import { exporterRun } from './exporter-run.ts';

const secret = 'webhook-secret-webhook-secret';

async function githubRun(t: TestContext, world: Pick<GitHubWorld, 'url'>, more: object = { organizations: ['acme'] }) {
  const waits: number[] = [];
  const options = { sleep: async (ms: number) => void waits.push(ms), paced: false, retryUnitMs: 1, retries: 1 };
  const item = { url: world.url, token, webhook_secrets: [{ secret }], ...more };
  const run = await exporterRun(t, { dependabot: [item] }, ({ dependabot }) =>
    dependabotApiSource(dependabot[0]!, options),
  );
  t.after(() => assert.ok(!run.logged().includes(token), 'the token was logged'));
  let deliveries = 0;
  return {
    ...run,
    waits,
    findings: async () =>
      (await run.rows('SELECT policy, state, occurred_at::VARCHAR AS at FROM finding_states ORDER BY ALL')).map(
        ({ policy, state, at }) => `${policy} ${state} ${String(at).slice(0, 16)}`,
      ),
    open: async () =>
      (await run.rows('SELECT artifact, id, outcome FROM scan_results ORDER BY ALL')).map(
        ({ artifact, id, outcome }) => `${artifact} ${id} ${outcome}`,
      ),
    deliver: (
      at: string,
      payload: object,
      { event = 'dependabot_alert', id = String(++deliveries), key = secret } = {},
    ) => {
      const body = Buffer.from(JSON.stringify(payload));
      return run.post(at, {
        body,
        headers: {
          ...{ 'x-github-event': event, 'x-github-delivery': id },
          'x-hub-signature-256': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
        },
      });
    },
  };
}

const webhook = (action: string, alert: object, repository = 'acme/shop') => ({
  ...{ action, alert, repository: { full_name: repository } },
});

describe('an organisation', () => {
  test('is read to its last page by cursors, and its repositories without alerts are looked at too', async t => {
    const world = await startGitHub(t);
    world.most = 40;
    world.alerts['acme/shop'] = Array.from({ length: 95 }, (_, index) =>
      told('acme/shop', index + 1, { updated_at: new Date(Date.UTC(2026, 2, 1, 0, index)).toISOString() }),
    );
    world.alerts['acme/cart'] = [told('acme/cart', 1)];
    world.alerts['acme/clean'] = [];
    world.alerts['acme/off'] = [];
    world.disabled.add('acme/off');
    const run = await githubRun(t, world);
    const { error, records, rejected } = await run.refresh('2026-11-20T00:00:00Z');
    assert.deepEqual([error, records, rejected], [undefined, 96, {}]);
    const scans = 'SELECT artifact, completeness, reason, found::INTEGER AS found FROM artifact_scans ORDER BY ALL';
    assert.deepEqual(await run.rows(scans), [
      { artifact: 'acme/cart', completeness: 'complete', reason: '', found: 1 },
      { artifact: 'acme/clean', completeness: 'complete', reason: '', found: 0 },
      { artifact: 'acme/off', completeness: 'failed', reason: 'alerts_disabled', found: 0 },
      { artifact: 'acme/shop', completeness: 'complete', reason: '', found: 95 },
    ]);
  });

  test('is asked for what has changed, which costs one request where nothing has', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1), told('acme/shop', 2)];
    world.alerts['acme/cart'] = [told('acme/cart', 1)];
    const run = await githubRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    world.seen.splice(0);
    const { records, changed } = await run.refresh('2026-11-20T00:15:00Z');
    assert.deepEqual([records, changed], [0, 0]);
    assert.deepEqual(
      world.seen.map(({ status }) => status),
      [304],
    );

    const fixed = { state: 'fixed', fixed_at: '2026-11-20T00:20:00Z', updated_at: '2026-11-20T00:20:00Z' };
    world.alerts['acme/shop'] = [
      told('acme/shop', 1, fixed),
      told('acme/shop', 2),
      told('acme/shop', 3, { created_at: '2026-11-20T00:21:00Z', updated_at: '2026-11-20T00:21:00Z' }),
    ];
    // Those that changed, and those of the minute that was known.
    assert.equal((await run.refresh('2026-11-20T00:30:00Z')).records, 4);
    assert.deepEqual(await run.findings(), [
      'GHSA-cart-1 open 2026-03-01 08:00',
      'GHSA-shop-1 open 2026-03-01 08:00',
      'GHSA-shop-1 resolved 2026-11-20 00:20',
      'GHSA-shop-2 open 2026-03-01 08:00',
      'GHSA-shop-3 open 2026-11-20 00:21',
    ]);
    // Only the repository that changed is told of anew.
    const looks = await run.rows('SELECT artifact, count(*)::INTEGER AS n FROM artifact_scans GROUP BY 1 ORDER BY 1');
    assert.deepEqual(looks, [
      { artifact: 'acme/cart', n: 1 },
      { artifact: 'acme/shop', n: 2 },
    ]);
  });

  test('is read whole once a day, which finds alerts that are gone', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1), told('acme/shop', 2)];
    world.alerts['acme/cart'] = [told('acme/cart', 1)];
    const run = await githubRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    // Its advisory was withdrawn, and with it the only alert of another.
    world.alerts['acme/shop'] = [told('acme/shop', 2)];
    world.alerts['acme/cart'] = [];
    await run.refresh('2026-11-20T12:00:00Z');
    assert.equal((await run.open()).length, 3);
    await run.refresh('2026-11-21T00:00:00Z');
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-2 fail']);
  });

  test('tells of alerts that were fixed before anyone asked, dismissed, and dismissed because a fix has begun', async t => {
    const world = await startGitHub(t);
    const dismissed = (reason: string) => ({
      state: 'dismissed',
      dismissed_reason: reason,
      dismissed_at: '2026-03-02T00:00:00Z',
      dismissed_by: { login: 'ann' },
    });
    world.alerts['acme/shop'] = [
      told('acme/shop', 1, { state: 'fixed', fixed_at: '2026-03-11T08:00:00Z' }),
      told('acme/shop', 2, dismissed('tolerable_risk')),
      told('acme/shop', 3, dismissed('fix_started')),
    ];
    const run = await githubRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    assert.deepEqual(await run.findings(), [
      'GHSA-shop-1 open 2026-03-01 08:00',
      'GHSA-shop-1 resolved 2026-03-11 08:00',
      'GHSA-shop-2 excepted 2026-03-01 08:00',
      'GHSA-shop-3 open 2026-03-01 08:00',
    ]);
    assert.deepEqual(await run.rows('SELECT DISTINCT reason, approved_by FROM finding_exceptions'), [
      { reason: 'tolerable_risk', approved_by: 'ann' },
    ]);
  });

  test('whose repositories may not be listed is read all the same', async t => {
    const world = await startGitHub(t);
    world.graphql = false;
    world.alerts['acme/shop'] = [told('acme/shop', 1)];
    world.alerts['acme/clean'] = [];
    const run = await githubRun(t, world);
    assert.equal((await run.refresh('2026-11-20T00:00:00Z')).error, undefined);
    assert.deepEqual(await run.rows('SELECT artifact FROM artifact_scans'), [{ artifact: 'acme/shop' }]);
    assert.match(run.logged(), /repositories without alerts are not known/);
  });
});

test('repositories and enterprises are read beside, and what one refuses holds no other up', async t => {
  const world = await startGitHub(t);
  world.alerts['acme/shop'] = [told('acme/shop', 1)];
  world.alerts['acme/off'] = [];
  world.disabled.add('acme/off');
  const run = await githubRun(t, world, { repositories: ['acme/gone', 'acme/off', 'acme/shop'], enterprises: ['big'] });
  const { error, rejected } = await run.refresh('2026-11-20T00:00:00Z');
  assert.match(error ?? '', /found nothing at .*acme\/gone/);
  assert.deepEqual(rejected, { no_access: 1 });
  assert.deepEqual(await run.rows('SELECT DISTINCT artifact, completeness FROM artifact_scans ORDER BY 1'), [
    { artifact: 'acme/off', completeness: 'failed' },
    { artifact: 'acme/shop', completeness: 'complete' },
  ]);
});

describe('limits and faults', () => {
  test('a limit is waited for, and a bad gateway asked again', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1)];
    const run = await githubRun(t, world);
    world.faults.push(limited, broken);
    assert.equal((await run.refresh('2026-11-20T00:00:00Z')).error, undefined);
    // A second more than asked, for clocks differ.
    assert.deepEqual(run.waits, [8000]);
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail']);
  });

  test('a list that breaks off tells nothing, and is read again from its beginning', async t => {
    const world = await startGitHub(t);
    world.most = 1;
    world.alerts['acme/shop'] = [told('acme/shop', 1), told('acme/shop', 2)];
    const run = await githubRun(t, world);
    // The first look, the first page, and the second twice.
    const pass = undefined as unknown as (typeof world.faults)[number];
    world.faults.push(pass, pass, broken, broken);
    assert.match((await run.refresh('2026-11-20T00:00:00Z')).error ?? '', /502/);
    assert.deepEqual(await run.open(), []);
    assert.equal((await run.refresh('2026-11-20T00:15:00Z')).records, 2);
  });

  test('a token that is wrong ends the refresh with a sentence', async t => {
    const world = await startGitHub(t);
    const run = await githubRun(t, world, { organizations: ['acme'], token: 'ghp_wrong' });
    assert.match((await run.refresh('2026-11-20T00:00:00Z')).error ?? '', /the token was refused/);
  });

  test('alerts that can not be read are counted once, and told as long as they are there', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1), told('acme/shop', 2, { state: 'odd' })];
    const run = await githubRun(t, world);
    assert.deepEqual((await run.refresh('2026-11-20T00:00:00Z')).rejected, { unknown_state: 1 });
    assert.deepEqual((await run.refresh('2026-11-21T00:00:00Z')).rejected, {});
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail']);
  });

  test('a refresh that was killed between two lists goes on without telling anything twice', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1)];
    world.alerts['web/site'] = [told('web/site', 1)];
    const run = await githubRun(t, world, { organizations: ['acme', 'web'] });
    await run.killedAfter('2026-11-20T00:00:00Z', 1);
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail']);
    await run.refresh('2026-11-20T00:15:00Z');
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail', 'web/site GHSA-site-1 fail']);
    assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM artifact_scans'), [{ n: 2 }]);
  });
});

describe('webhooks', () => {
  const later = (at: string, more: object = {}) => ({ updated_at: at, ...more });

  test('are believed by their signature alone', async t => {
    const run = await githubRun(t, await startGitHub(t));
    const payload = webhook('created', told('acme/shop', 1));
    assert.equal(await run.deliver('2026-11-20T00:00:00Z', payload, { key: 'another' }), undefined);
    assert.equal((await run.deliver('2026-11-20T00:00:00Z', payload))?.records, 1);
    await assert.rejects(() => run.deliver('2026-11-20T00:00:00Z', { alert: 1 }), { code: 'PUSH_INVALID' });
    assert.equal((await run.deliver('2026-11-20T00:00:00Z', { zen: 'x' }, { event: 'ping' }))?.records, 0);
    const other = webhook('created', told('other/shop', 1), 'other/shop');
    assert.equal((await run.deliver('2026-11-20T00:00:00Z', other))?.records, 0);
  });

  test('tell the life of an alert, each delivery once, and one that comes late changes nothing', async t => {
    const run = await githubRun(t, await startGitHub(t), {});
    const created = webhook(
      'created',
      told('acme/shop', 1, { created_at: '2026-11-20T00:00:00Z', ...later('2026-11-20T00:00:00Z') }),
    );
    const state = async () =>
      (await run.rows('SELECT state FROM finding_states ORDER BY occurred_at DESC, learned_at DESC LIMIT 1'))[0]?.state;
    await run.deliver('2026-11-20T00:00:01Z', created, { id: 'a' });
    assert.equal(await state(), 'open');
    assert.equal((await run.deliver('2026-11-20T00:05:00Z', created, { id: 'a' }))?.records, 0);
    const dismissed = { state: 'dismissed', dismissed_reason: 'inaccurate', dismissed_at: '2026-11-20T01:00:00Z' };
    await run.deliver(
      '2026-11-20T01:00:01Z',
      webhook('dismissed', told('acme/shop', 1, later('2026-11-20T01:00:00Z', dismissed))),
    );
    assert.equal(await state(), 'excepted');
    await run.deliver('2026-11-20T02:00:01Z', webhook('reopened', told('acme/shop', 1, later('2026-11-20T02:00:00Z'))));
    assert.equal(await state(), 'open');
    const fixed = { state: 'fixed', fixed_at: '2026-11-20T03:00:00Z' };
    await run.deliver(
      '2026-11-20T03:00:01Z',
      webhook('fixed', told('acme/shop', 1, later('2026-11-20T03:00:00Z', fixed))),
    );
    assert.deepEqual(await run.open(), []);
    // The dismissal again, under another id, hours later.
    await run.deliver(
      '2026-11-20T05:00:00Z',
      webhook('dismissed', told('acme/shop', 1, later('2026-11-20T01:00:00Z', dismissed))),
    );
    assert.deepEqual(await run.open(), []);
    // Nor when all of the repository is told of anew.
    await run.deliver('2026-11-20T05:30:00Z', webhook('created', told('acme/shop', 2, later('2026-11-20T05:30:00Z'))));
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-2 fail']);
    for (const [action, at, more] of [
      [
        'auto_dismissed',
        '2026-11-20T06:00:00Z',
        { state: 'auto_dismissed', auto_dismissed_at: '2026-11-20T06:00:00Z' },
      ],
      ['auto_reopened', '2026-11-20T07:00:00Z', {}],
    ] as const)
      await run.deliver(at, webhook(action, told('acme/shop', 1, later(at, more))));
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail', 'acme/shop GHSA-shop-2 fail']);
  });

  test('and the API make one ledger: a list that was begun before a webhook takes nothing of it away', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1)];
    world.alerts['acme/new'] = [];
    const run = await githubRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    await run.deliver('2026-11-20T01:00:00Z', webhook('created', told('acme/shop', 2, later('2026-11-20T01:00:00Z'))));
    await run.deliver(
      '2026-11-20T01:00:00Z',
      webhook('created', told('acme/new', 1, later('2026-11-20T01:00:00Z')), 'acme/new'),
    );
    assert.equal((await run.open()).length, 3);
    // The API is behind, and then it knows.
    await run.refresh('2026-11-20T01:05:00Z');
    assert.equal((await run.open()).length, 3);
    world.alerts['acme/shop'].push(told('acme/shop', 2, later('2026-11-20T01:00:00Z')));
    world.alerts['acme/new'] = [told('acme/new', 1, later('2026-11-20T01:00:00Z'))];
    await run.refresh('2026-11-21T00:00:00Z');
    assert.equal((await run.open()).length, 3);
    world.alerts['acme/shop'].pop();
    await run.refresh('2026-11-22T00:00:00Z');
    assert.deepEqual(await run.open(), ['acme/new GHSA-new-1 fail', 'acme/shop GHSA-shop-1 fail']);
  });

  test('tell of an alert that no list ever has: it is gone with the next list of all', async t => {
    const world = await startGitHub(t);
    world.alerts['acme/shop'] = [told('acme/shop', 1)];
    const run = await githubRun(t, world);
    await run.refresh('2026-11-20T00:00:00Z');
    await run.deliver('2026-11-20T01:00:00Z', webhook('created', told('acme/shop', 2, later('2026-11-20T01:00:00Z'))));
    assert.equal((await run.open()).length, 2);
    await run.refresh('2026-11-21T00:00:00Z');
    assert.deepEqual(await run.open(), ['acme/shop GHSA-shop-1 fail']);
  });

  test('of a repository that was never listed tell what they tell, and that it is not all', async t => {
    const run = await githubRun(t, await startGitHub(t), {});
    await run.deliver('2026-11-20T00:00:00Z', webhook('created', told('acme/shop', 1)));
    assert.deepEqual(await run.rows('SELECT completeness, reason, stale_seconds FROM artifact_scans'), [
      { completeness: 'partial', reason: 'not_listed', stale_seconds: null },
    ]);
  });
});
