/** GitHub's webhooks: whatever their order, twice, late, or beside polling, the ledger is the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { startGitHub } from '../vendors/github.ts';
import { type Delivery, delivery, githubRun, ledgerOf, secret } from './github-run.ts';
import { issueOf, pullOf, storyOf, tellMonth } from './github-story.ts';

/** All ways that a deployment is told of, so that each is shuffled. */
const everything = {
  // Of one label alone the first reading asks for issues that bear it, and not for those that have lost it.
  incident_labels: ['incident', 'outage'],
  deployments_from: [
    { kind: 'deployments' },
    { kind: 'workflow_runs', workflow: 'deploy.yml', environment: 'runs' },
    { kind: 'releases', environment: 'releases' },
    { kind: 'merged_pull_requests', environment: 'merges' },
  ],
};

/** A permutation that a number names. */
function shuffled<T>(items: readonly T[], seed: number): T[] {
  const found = [...items];
  let state = seed * 2_654_435_761 + 1;
  for (let i = found.length - 1; i > 0; i -= 1) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    const j = state % (i + 1);
    [found[i], found[j]] = [found[j]!, found[i]!];
  }
  return found;
}

/** What webhooks don't carry: the commits of a pull request. */
const withoutCommits = (ledger: Record<string, string[]>) => ({
  ...ledger,
  pull_request_commits: [],
  pull_requests: ledger.pull_requests?.map(line => line.replace(/"first_commit_at":(null|"[^"]*")/, '')),
});

describe('a signature', () => {
  test('of any configured secret lets in, of none nobody, and a body that was changed is somebody else’s', async t => {
    const world = await startGitHub(t);
    const { post } = await githubRun(t, world, {
      webhook_secrets: [{ secret: 'the-new-secret' }, { secret: 'the-old-secret' }],
    });
    const ping = delivery('ping', { zen: 'x', repository: { full_name: 'acme/shop' } });
    assert.deepEqual(await post(ping, 'the-old-secret'), { records: 0, changed: 0, rejected: {} });
    assert.deepEqual(await post(ping, 'the-new-secret'), { records: 0, changed: 0, rejected: {} });
    assert.equal(await post(ping, 'another-secret'), undefined);
  });

  test('a body that is no payload is refused with a sentence that does not quote it', async t => {
    const { post } = await githubRun(t, await startGitHub(t));
    const broken = { event: 'issues', id: 'a', body: '{"secret": "hunter2"' };
    await assert.rejects(post(broken), { code: 'PUSH_INVALID', message: /github-webhooks: it is no JSON$/ });
    await assert.rejects(post(delivery('issues', [1])), { code: 'PUSH_INVALID' });
    await assert.rejects(post(delivery('issues', { action: 'opened' })), { code: 'PUSH_INVALID' });
    const odd = delivery('issues', {
      action: 'opened',
      issue: { number: 'x' },
      repository: { full_name: 'acme/shop' },
    });
    assert.deepEqual((await post(odd))?.rejected, { bad_issue: 1 });
  });
});

describe('deliveries', () => {
  test('in order tell what polling reads', async t => {
    const world = await startGitHub(t);
    const { deliveries } = tellMonth(world);
    const told = await githubRun(t, world, everything);
    for (const one of deliveries) await told.post(one);
    const polled = await githubRun(t, world, everything);
    assert.equal((await polled.refresh()).error, undefined);
    const expected = withoutCommits(await ledgerOf(polled));
    // A tag that was pushed is told by the push alone.
    assert.deepEqual({ ...withoutCommits(await ledgerOf(told)), tags: [] }, { ...expected, tags: [] });
    assert.ok(
      Object.entries(expected).every(
        ([table, rows]) => (rows ?? []).length > 0 || /^(tags|commits|.*_commits)$/.test(table),
      ),
    );
  });

  test('in any order, and some of them twice, make the same ledger', async t => {
    const world = await startGitHub(t);
    const { deliveries } = tellMonth(world);
    const inOrder = await githubRun(t, world, everything);
    for (const one of deliveries) await inOrder.post(one);
    const expected = await ledgerOf(inOrder);
    for (let seed = 1; seed <= 6; seed += 1) {
      const run = await githubRun(t, world, everything);
      const order = shuffled([...deliveries, ...deliveries.filter((_, index) => index % 3 === seed % 3)], seed);
      for (const one of order) await run.post(one);
      assert.deepEqual(await ledgerOf(run), expected, `seed ${seed}`);
    }
  });

  test('mixed with polling at any point make the ledger that polling makes', async t => {
    const world = await startGitHub(t);
    const { deliveries } = tellMonth(world);
    const polled = await githubRun(t, world, everything);
    await polled.refresh();
    const expected = await ledgerOf(polled);
    for (let seed = 1; seed <= 4; seed += 1) {
      const run = await githubRun(t, world, everything);
      const order = shuffled(deliveries, seed);
      const at = Math.floor((order.length * (seed - 1)) / 3);
      for (const one of order.slice(0, at)) await run.post(one);
      assert.equal((await run.refresh()).error, undefined);
      for (const one of order.slice(at)) await run.post(one);
      const { tags: _, ...ledger } = await ledgerOf(run);
      const { tags: __, ...wanted } = expected;
      assert.deepEqual(ledger, wanted, `seed ${seed}, polled after ${at}`);
    }
  });

  test('that come twice count once, by the id of the delivery', async t => {
    const { post, rows } = await githubRun(t, await startGitHub(t));
    const pull = pullOf(5, '2026-11-10T10:00:00Z');
    const one = delivery('pull_request', {
      action: 'opened',
      pull_request: pull,
      repository: { full_name: 'Acme/Shop' },
    });
    assert.deepEqual(await post(one), { records: 1, changed: 1, rejected: {} });
    assert.deepEqual(await post(one), { records: 0, changed: 0, rejected: {} });
    assert.deepEqual(await post({ ...one, id: 'sent again by hand' }), { records: 1, changed: 0, rejected: {} });
    assert.equal((await rows('FROM webhook_deliveries')).length, 2);
  });

  test('of repositories that are not ours say nothing; where none is named all are', async t => {
    const world = await startGitHub(t);
    const pull = pullOf(5, '2026-11-10T10:00:00Z');
    const of = (name: string): Delivery =>
      delivery('pull_request', { action: 'opened', pull_request: pull, repository: { full_name: name } });
    const named = await githubRun(t, world, { repositories: ['acme/*'], exclude: ['acme/old-*'] });
    assert.equal((await named.post(of('Acme/Shop')))?.changed, 1);
    assert.equal((await named.post(of('other/shop')))?.records, 0);
    assert.equal((await named.post(of('acme/old-shop')))?.records, 0);
    const all = await githubRun(t, world, { repositories: [], token: undefined });
    assert.equal((await all.post(of('other/shop')))?.changed, 1);
  });

  test('a form-encoded body is read as well', async t => {
    const { post, rows } = await githubRun(t, await startGitHub(t));
    const pull = pullOf(5, '2026-11-10T10:00:00Z', { title: 'a & b = ü' });
    const payload = JSON.stringify({ action: 'opened', pull_request: pull, repository: { full_name: 'acme/shop' } });
    const one = { event: 'pull_request', id: 'f', body: new URLSearchParams({ payload }).toString() };
    assert.equal((await post(one, secret, 'application/x-www-form-urlencoded'))?.changed, 1);
    assert.deepEqual(await rows('SELECT title FROM pull_requests'), [{ title: 'a & b = ü' }]);
    await assert.rejects(post({ ...one, id: 'g' }), { code: 'PUSH_INVALID' });
  });
});

describe('an incident', () => {
  test('that is deleted or transferred is gone, whatever comes late', async t => {
    const world = await startGitHub(t);
    const story = storyOf(world);
    const incident = { name: 'incident' };
    for (const [number, action] of [
      [21, 'deleted'],
      [22, 'transferred'],
    ] as const) {
      const issue = issueOf(number, '2026-11-10T10:00:00Z', { labels: [incident] });
      story.say('issues', { action: 'opened', issue });
      story.say('issues', { action: 'edited', issue: { ...issue, title: 'edited' } });
      story.say('issues', { action, issue });
    }
    for (let seed = 1; seed <= 6; seed += 1) {
      const run = await githubRun(t, world);
      for (const one of shuffled(story.deliveries, seed)) await run.post(one);
      assert.deepEqual(
        (await ledgerOf(run)).incidents?.map(line => (JSON.parse(line) as { is_deleted: boolean }).is_deleted),
        [true, true],
        `seed ${seed}`,
      );
    }
  });
});
