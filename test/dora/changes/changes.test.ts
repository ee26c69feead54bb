/** Which commits a deployment brought, from when their lead time runs, and why some have none. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Transaction } from '../../../exporters/core/ledger.ts';
import { deriveChanges } from '../../../exporters/dora/changes/index.ts';
import { doraSchema } from '../../../exporters/dora/config.ts';
import type { Facts } from '../../../exporters/dora/facts.ts';
import { noteBackfill } from '../../../exporters/dora/marks.ts';
import { storeFacts } from '../../../exporters/dora/store-facts.ts';
import { type MadeRepository, makeRepository } from '../repositories.ts';
import { type DoraRun, doraRun } from '../run.ts';
import { byHand, changesOf, deploy, derive, rangesOf } from './deployed.ts';

const day = (n: number, hour = 12) => `2026-03-${String(n).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;

interface Shop {
  readonly repo: MadeRepository;
  readonly run: DoraRun;
  readonly read: (at?: string) => Promise<void>;
}

async function shop(t: TestContext, dora: object = {}): Promise<Shop> {
  const repo = makeRepository(t);
  const run = await doraRun(t, { git: [{ path: repo.folder, repository: 'acme/shop' }], ...dora }, { derive: byHand });
  const read = async (at = '2026-04-01T00:00:00Z') => {
    for (const { error } of await run.refresh(at)) assert.equal(error, undefined);
  };
  return { repo, run, read };
}

const store = (run: DoraRun, facts: Facts, at = '2026-04-01T00:00:00Z') =>
  run.ledger.write(tx => storeFacts(tx, 'github', facts, new Date(at)));

const pull = (number: number, of: object) => ({
  ...{ repository: 'acme/shop', number, title: 'a change', author: 'ada', isBot: false, state: 'merged' as const },
  ...{ base: 'main', head: 'work', createdAt: day(1), mergedAt: day(5), updatedAt: day(5) },
  ...of,
});

test('the first deployment has no lead times; the next one those of each commit since, from its own author date', async t => {
  const { repo, run, read } = await shop(t);
  const old = repo.commit({ at: day(1), message: 'begin' });
  const a = repo.commit({ at: day(3), authoredAt: day(2), message: 'a' });
  const b = repo.commit({ at: day(4), message: 'b' });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: old, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: b, at: '2026-03-05 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 range ci:1 2/0']);
  assert.deepEqual(await changesOf(run, { a, b }), ['ci:2 a 2026-03-02 12:00:00', 'ci:2 b 2026-03-04 12:00:00']);
});

test('merge commits, bots, commits without a date and dates after the deployment have no lead time, each with its reason', async t => {
  const { repo, run, read } = await shop(t);
  const base = repo.commit({ at: day(1) });
  const side = repo.commit({ at: day(2), branch: 'side', parents: [base] });
  const bot = repo.commit({ at: day(3), author: 'renovate[bot]' });
  const merge = repo.commit({ at: day(4), parents: [bot, side] });
  const octopus = repo.commit({ at: day(5), parents: [merge, base, side] });
  const late = repo.commit({ at: day(20) });
  const authoredLate = repo.commit({ at: day(6), authoredAt: day(21) });
  const direct = repo.commit({ at: day(7), message: 'pushed directly' });
  await read();
  await run.ledger.write(tx => tx.run('UPDATE commits SET authored_at = NULL WHERE sha = $side', { side }));
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: base, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: direct, at: '2026-03-10 00:00:00' },
  ]);
  const changes = await changesOf(run, { side, bot, merge, octopus, late, authoredLate, direct });
  assert.deepEqual(changes.map(line => line.replace(/ \d{4}-\S+ \S+/, '')).sort(), [
    'ci:2 authoredLate after_deployment',
    'ci:2 bot bot',
    'ci:2 direct',
    'ci:2 late after_deployment',
    'ci:2 merge merge',
    'ci:2 octopus merge',
    'ci:2 side  no_date',
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 range ci:1 7/2']);
});

test("a squash's clock starts at the pull request's first commit; a rebase's commits keep their own", async t => {
  const { repo, run, read } = await shop(t);
  const base = repo.commit({ at: day(1) });
  const squash = repo.commit({ at: day(5), message: 'Squashed (#1)' });
  const queued = repo.commit({ at: day(6), message: 'From the merge queue (#2)' });
  const first = repo.commit({ at: day(7), authoredAt: day(3), message: 'rebased, first' });
  const last = repo.commit({ at: day(7), authoredAt: day(4), message: 'rebased, last' });
  const picked = repo.commit({
    at: day(8),
    authoredAt: day(2, 5),
    message: 'a fix (#1)\n\n(cherry picked from commit 1111111111)',
  });
  await read();
  const commit = (sha: string, at: string) => ({ sha, authoredAt: at, committedAt: at });
  await store(run, {
    pullRequests: [
      pull(1, { mergeSha: squash, commits: [commit('a1', day(2)), commit('a2', day(4))] }),
      // The one that the queue merged: who told it knows its number alone.
      pull(2, { firstCommitAt: day(3, 1) }),
      pull(3, { mergeSha: last, firstCommitAt: day(3), commits: [commit('c1', day(3)), commit('c2', day(4))] }),
    ],
  });
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: base, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: picked, at: '2026-03-10 00:00:00' },
  ]);
  assert.deepEqual(await changesOf(run, { squash, queued, first, last, picked }), [
    'ci:2 picked 2026-03-02 05:00:00',
    'ci:2 squash 2026-03-02 12:00:00',
    'ci:2 queued 2026-03-03 01:00:00',
    'ci:2 first 2026-03-03 12:00:00',
    'ci:2 last 2026-03-04 12:00:00',
  ]);
});

test('a pull request that comes to be known after its deployment changes the clock of its commit, and nothing else', async t => {
  const { repo, run, read } = await shop(t);
  const base = repo.commit({ at: day(1) });
  const squash = repo.commit({ at: day(5), message: 'Squashed (#1)' });
  const other = repo.commit({ at: day(6) });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: base, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: other, at: '2026-03-10 00:00:00' },
  ]);
  await store(run, { pullRequests: [pull(1, { mergeSha: squash, firstCommitAt: day(2) })] }, '2026-04-02T00:00:00Z');
  await derive(run, '2026-04-02 00:00:00');
  assert.deepEqual(await changesOf(run, { squash, other }), [
    'ci:2 squash 2026-03-02 12:00:00',
    'ci:2 other 2026-03-06 12:00:00',
  ]);
  const rows = await run.rows('SELECT sha, count(*)::INTEGER AS n FROM deployed_changes GROUP BY sha ORDER BY n');
  assert.deepEqual(rows, [
    { sha: other, n: 1 },
    { sha: squash, n: 2 },
  ]);
  await derive(run, '2026-04-03 00:00:00');
  assert.equal((await run.rows('FROM deployed_changes')).length, 3);
});

test('a rollback brings nothing new, and what it took back counts once', async t => {
  const { repo, run, read } = await shop(t);
  const v1 = repo.commit({ at: day(1) });
  const v2 = repo.commit({ at: day(2) });
  const v3 = repo.commit({ at: day(3) });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: v1, at: '2026-03-04 00:00:00' },
    { deployment: 'ci:2', sha: v2, at: '2026-03-05 00:00:00' },
    { deployment: 'ci:3', sha: v1, at: '2026-03-06 00:00:00' },
    { deployment: 'ci:4', sha: v3, at: '2026-03-07 00:00:00' },
    { deployment: 'ci:5', sha: v3, at: '2026-03-08 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), [
    'ci:1 first - 1/0',
    'ci:2 range ci:1 1/0',
    'ci:3 range ci:2 0/0',
    'ci:4 range ci:3 2/0',
    'ci:5 range ci:4 0/0',
  ]);
  assert.deepEqual(await changesOf(run, { v2, v3 }), [
    'ci:2 v2 2026-03-02 12:00:00',
    'ci:4 v2 2026-03-02 12:00:00 deployed_before',
    'ci:4 v3 2026-03-03 12:00:00',
  ]);
});

test('a deployment that comes to be known late takes its changes from the one after it', async t => {
  const { repo, run, read } = await shop(t);
  const shas = [1, 2, 3, 4].map(n => repo.commit({ at: day(n) }));
  const [v1 = '', v2 = '', v3 = '', v4 = ''] = shas;
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: v1, at: '2026-03-04 00:00:00' },
    { deployment: 'ci:3', sha: v3, at: '2026-03-06 00:00:00' },
    { deployment: 'ci:4', sha: v4, at: '2026-03-07 00:00:00' },
  ]);
  await deploy(run, '2026-04-01 00:00:00', [{ deployment: 'ci:2', sha: v2, at: '2026-03-05 00:00:00' }]);
  assert.deepEqual(await rangesOf(run), [
    'ci:1 first - 1/0',
    'ci:2 range ci:1 1/0',
    'ci:3 range ci:2 1/0',
    'ci:4 range ci:3 1/0',
  ]);
  assert.deepEqual(await changesOf(run, { v2, v3, v4 }), [
    'ci:2 v2 2026-03-02 12:00:00',
    'ci:3 v3 2026-03-03 12:00:00',
    'ci:4 v4 2026-03-04 12:00:00',
  ]);
  // Taken back at the very instant of our clock that it was told at, and still the newer of the two.
  assert.deepEqual(
    await run.rows(
      `SELECT deployment, holds FROM deployed_changes WHERE sha = '${v2}' ORDER BY learned_at, deployment`,
    ),
    [
      { deployment: 'ci:2', holds: true },
      { deployment: 'ci:3', holds: true },
      { deployment: 'ci:3', holds: false },
    ],
  );
  // And once more, as no deployment at all.
  await deploy(run, '2026-04-02 00:00:00', [
    { deployment: 'ci:2', sha: v2, at: '2026-03-05 00:00:00', outcome: 'failure' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:3 range ci:1 2/0', 'ci:4 range ci:3 1/0']);
  assert.deepEqual(await changesOf(run, { v2, v3, v4 }), [
    'ci:3 v2 2026-03-02 12:00:00',
    'ci:3 v3 2026-03-03 12:00:00',
    'ci:4 v4 2026-03-04 12:00:00',
  ]);
});

test('after a long gap, without a sha, and where the commit is not known, a deployment has no lead times and says why', async t => {
  const { repo, run, read } = await shop(t, { longest_gap_days: 10 });
  const shas = [1, 2, 3, 4, 5].map(n => repo.commit({ at: day(n) }));
  await read();
  const [v1 = '', v2 = '', v3 = '', v4 = '', v5 = ''] = shas;
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: v1, at: '2026-03-06 00:00:00' },
    { deployment: 'ci:2', sha: v2, at: '2026-03-17 00:00:00' },
    { deployment: 'ci:3', sha: '', at: '2026-03-18 00:00:00' },
    { deployment: 'ci:4', sha: v3, at: '2026-03-19 00:00:00' },
    { deployment: 'ci:5', sha: 'f'.repeat(40), at: '2026-03-20 00:00:00' },
    { deployment: 'ci:6', sha: v4, at: '2026-03-21 00:00:00' },
    { deployment: 'ci:7', sha: v5, at: '2026-03-22 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), [
    'ci:1 first - 1/0',
    'ci:2 capped ci:1 1/0',
    'ci:3 no_sha - 0/0',
    'ci:4 range ci:2 1/0',
    'ci:5 unknown_commit ci:4 0/0',
    'ci:6 unknown_commit ci:5 0/0',
    'ci:7 range ci:6 1/0',
  ]);
  assert.deepEqual(await changesOf(run, { v3, v5 }), ['ci:4 v3 2026-03-03 12:00:00', 'ci:7 v5 2026-03-05 12:00:00']);
});

test('another rule is applied to what was derived before, though no fact has come', async t => {
  const { repo, run, read } = await shop(t);
  const base = repo.commit({ at: day(1) });
  const bot = repo.commit({ at: day(2), author: 'Robo_1' });
  const look = repo.commit({ at: day(3), author: 'RoboX1' });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: base, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: look, at: '2026-03-05 00:00:00' },
  ]);
  const names = { bot, look };
  assert.deepEqual(await changesOf(run, names), ['ci:2 bot 2026-03-02 12:00:00', 'ci:2 look 2026-03-03 12:00:00']);
  const git = [{ path: repo.folder, repository: 'acme/shop' }];
  // At start, as the exporter does; what comes before changes was put in by hand.
  const changesAlone = (rule: 'bots' | 'gap') => async (tx: Transaction) => {
    const rules = rule === 'bots' ? { git, bots: ['robo_?'] } : { git, longest_gap_days: 1 };
    await deriveChanges(tx, doraSchema.parse(rules), { now: () => new Date('2026-04-02T00:00:00Z') });
    await tx.run('DELETE FROM repositories_to_derive');
  };
  const other = await doraRun(t, { git, bots: ['robo_?'] }, { ledger: run.ledger, derive: changesAlone('bots') });
  assert.deepEqual(await changesOf(other, names), [
    'ci:2 bot 2026-03-02 12:00:00 bot',
    'ci:2 look 2026-03-03 12:00:00',
  ]);
  await doraRun(t, { git, longest_gap_days: 1 }, { ledger: run.ledger, derive: changesAlone('gap') });
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 capped ci:1 2/0']);
  assert.deepEqual(await changesOf(run, names), []);
});

test('a deployment whose commit comes later has its changes then', async t => {
  const { repo, run, read } = await shop(t);
  const v1 = repo.commit({ at: day(1) });
  await read();
  const v2 = repo.commit({ at: day(2) });
  const v3 = repo.commit({ at: day(3) });
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: v1, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: v3, at: '2026-03-05 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 unknown_commit ci:1 0/0']);
  await read('2026-04-02T00:00:00Z');
  await derive(run, '2026-04-02 00:00:00');
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 range ci:1 2/0']);
  assert.equal((await changesOf(run, { v2, v3 })).length, 2);
});

test('a commit whose parent is not read yet makes no range; when it comes, the range is right', async t => {
  const { run } = await shop(t);
  const commit = (sha: string, parents: readonly string[], at: string) => ({
    ...{
      repository: 'acme/shop',
      sha,
      parents,
      authoredAt: at,
      committedAt: at,
      authorName: 'Ada',
      authorEmail: 'a@b',
    },
    subject: 'change',
  });
  const [a = '', b = '', c = ''] = ['a', 'b', 'c'].map(letter => letter.repeat(40));
  await store(run, { commits: [commit(a, [], day(1)), commit(c, [b], day(3))] });
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: a, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: c, at: '2026-03-05 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 unknown_commit ci:1 0/0']);
  await store(run, { commits: [commit(b, [a], day(2))] });
  await derive(run, '2026-04-02 00:00:00');
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 range ci:1 2/0']);
});

test('tags and short shas stand for their commits', async t => {
  const { repo, run, read } = await shop(t);
  const v1 = repo.commit({ at: day(1) });
  const v2 = repo.commit({ at: day(2) });
  const v3 = repo.commit({ at: day(3) });
  repo.tag('v1', v1);
  repo.tag('v3', v3, day(4));
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: '', ref: 'refs/tags/v1', at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: v2.slice(0, 8), at: '2026-03-05 00:00:00' },
    { deployment: 'ci:3', sha: '', version: 'v3', at: '2026-03-06 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:2 range ci:1 1/0', 'ci:3 range ci:2 1/0']);
});

test('a rewritten branch is compared as git does: what left it is nothing, what it has instead is its own', async t => {
  const { repo, run, read } = await shop(t);
  const base = repo.commit({ at: day(1) });
  const gone = repo.commit({ at: day(2), message: 'to be amended' });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: base, at: '2026-03-01 13:00:00' },
    { deployment: 'ci:2', sha: gone, at: '2026-03-03 00:00:00' },
  ]);
  const amended = repo.commit({ at: day(4), authoredAt: day(2), parents: [base], message: 'amended' });
  repo.git('reflog', 'expire', '--expire=now', '--all');
  repo.git('gc', '--quiet', '--prune=now');
  assert.throws(() => repo.git('cat-file', '-e', gone));
  await read('2026-04-02T00:00:00Z');
  await deploy(run, '2026-04-02 00:00:00', [{ deployment: 'ci:3', sha: amended, at: '2026-03-05 00:00:00' }]);
  assert.deepEqual((await rangesOf(run)).at(-1), 'ci:3 range ci:2 1/0');
  assert.deepEqual((await changesOf(run, { amended })).at(-1), 'ci:3 amended 2026-03-02 12:00:00');
});

test('of several repositories each has a lane of its own', async t => {
  const { repo, run, read } = await shop(t);
  const library = makeRepository(t, 'library.git');
  const other = await doraRun(
    t,
    { git: [{ name: 'library', path: library.folder, repository: 'acme/library' }] },
    { ledger: run.ledger, derive: byHand },
  );
  const [a1, a2] = [repo.commit({ at: day(1) }), repo.commit({ at: day(2) })];
  const [b1, b2] = [library.commit({ at: day(1, 1) }), library.commit({ at: day(2, 1) })];
  await read();
  assert.equal((await other.refresh('2026-04-01T00:00:00Z'))[0]?.error, undefined);
  const brings = (deployment: string, shop: string, lib: string) => ({
    ...{ deployment, repository: 'acme/shop', environment: 'production', createdAt: day(4), statuses: [] },
    commits: [
      { repository: 'acme/shop', sha: shop },
      { repository: 'acme/library', sha: lib },
    ],
  });
  await store(run, { deployments: [brings('1', a1, b1), brings('2', a2, b2)] });
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'github:1', sha: a1, at: '2026-03-04 00:00:00' },
    { deployment: 'github:2', sha: a2, at: '2026-03-05 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), [
    'github:1 first - 1/0',
    'github:1 first - 1/0',
    'github:2 range github:1 1/0',
    'github:2 range github:1 1/0',
  ]);
  assert.deepEqual(await changesOf(run, { a2, b2 }), [
    'github:2 b2 2026-03-02 01:00:00',
    'github:2 a2 2026-03-02 12:00:00',
  ]);
});

test('of a repository with several services, each has the commits that touch its paths', async t => {
  const services = [
    { service: 'component:default/Checkout', repository: 'acme/shop', paths: ['services/checkout/*', 'libs/*'] },
    { service: 'cart', repository: 'acme/*', paths: ['services/cart/*', 'libs/*'] },
  ];
  const { repo, run, read } = await shop(t, { services });
  const base = repo.commit({ at: day(1), files: ['services/checkout/a', 'services/cart/a'] });
  const checkout = repo.commit({ at: day(2), files: ['services/checkout/b'] });
  const cart = repo.commit({ at: day(3), files: ['services/cart/ü "quoted"\tname'] });
  const both = repo.commit({ at: day(4), files: ['libs/deep/er'] });
  const neither = repo.commit({ at: day(5), files: ['README.md'] });
  await read();
  const deployments = (service: string) => [
    { deployment: `ci:${service}-1`, service, sha: base, at: '2026-03-06 00:00:00' },
    { deployment: `ci:${service}-2`, service, sha: neither, at: '2026-03-07 00:00:00' },
  ];
  await deploy(run, '2026-04-01 00:00:00', [...deployments('checkout'), ...deployments('cart')]);
  const shown = (lines: readonly string[]) => lines.map(line => line.replace(/ 2026.*/, ''));
  assert.deepEqual(shown(await changesOf(run, { checkout, cart, both, neither })), [
    'ci:cart-2 cart',
    'ci:cart-2 both',
    'ci:checkout-2 checkout',
    'ci:checkout-2 both',
  ]);
  // Ranges are git's all the same.
  assert.deepEqual((await rangesOf(run)).slice(2), [
    'ci:cart-2 range ci:cart-1 4/0',
    'ci:checkout-2 range ci:checkout-1 4/0',
  ]);
  // Other paths, and what was derived by the old ones is taken back.
  const narrower = await doraRun(
    t,
    {
      git: [{ path: repo.folder, repository: 'acme/shop' }],
      services: [{ service: 'cart', repository: 'acme/shop', paths: ['services/cart/*'] }],
    },
    { ledger: run.ledger, derive: byHand },
  );
  assert.equal((await narrower.refresh('2026-04-02T00:00:00Z'))[0]?.error, undefined);
  await derive(narrower, '2026-04-02 00:00:00');
  assert.deepEqual(shown(await changesOf(narrower, { checkout, cart, both, neither })), [
    'ci:cart-2 cart',
    'ci:checkout-2 checkout',
    'ci:checkout-2 cart',
    'ci:checkout-2 both',
    'ci:checkout-2 neither',
  ]);
});

test('services, environments and teams: each lane for itself, and a new team is told', async t => {
  const { repo, run, read } = await shop(t);
  const v1 = repo.commit({ at: day(1) });
  const v2 = repo.commit({ at: day(2) });
  await read();
  await deploy(run, '2026-04-01 00:00:00', [
    { deployment: 'ci:1', sha: v1, at: '2026-03-04 00:00:00' },
    { deployment: 'ci:eu', sha: v2, at: '2026-03-05 00:00:00', environment: 'europe' },
    { deployment: 'ci:2', sha: v2, at: '2026-03-06 00:00:00' },
  ]);
  assert.deepEqual(await rangesOf(run), ['ci:1 first - 1/0', 'ci:eu first - 2/0', 'ci:2 range ci:1 1/0']);
  await deploy(run, '2026-04-02 00:00:00', [
    { deployment: 'ci:2', sha: v2, at: '2026-03-06 00:00:00', team: 'payments' },
  ]);
  assert.deepEqual(await run.rows('SELECT team, holds FROM deployed_changes ORDER BY learned_at'), [
    { team: 'sales', holds: true },
    { team: 'payments', holds: true },
  ]);
});

test('nothing is derived while a past is being read, and nothing changes when it is derived again', async t => {
  const { repo, run, read } = await shop(t);
  const v1 = repo.commit({ at: day(1) });
  const v2 = repo.commit({ at: day(2) });
  await read();
  await run.ledger.write(tx => noteBackfill(tx, 'github', 'acme/shop', 'running'));
  const deployments = [
    { deployment: 'ci:1', sha: v1, at: '2026-03-04 00:00:00' },
    { deployment: 'ci:2', sha: v2, at: '2026-03-05 00:00:00' },
  ];
  await deploy(run, '2026-04-01 00:00:00', deployments);
  assert.deepEqual(await rangesOf(run), []);
  await run.ledger.write(tx => noteBackfill(tx, 'github', 'acme/shop', 'done'));
  await derive(run, '2026-04-02 00:00:00');
  assert.equal((await rangesOf(run)).length, 2);
  const before = await run.rows('FROM deployment_ranges');
  await run.ledger.write(tx => tx.run("INSERT INTO repositories_to_derive VALUES ('*')"));
  await derive(run, '2026-04-03 00:00:00');
  assert.deepEqual(await run.rows('FROM deployment_ranges'), before);
  assert.equal((await run.rows('FROM deployed_changes')).length, 1);
});
