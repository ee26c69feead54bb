/** What deployments bring says of others: reverts, hotfixes and cherry-picks, found in commits and pull requests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PullRequestFact } from '../../exporters/dora/facts.ts';
import { type Books, deployed, history, openBooks, type Step, sha } from './books.ts';

const now = '2026-03-20T00:00:00Z';
const at = (day: number, time: string) => `2026-03-0${day}T${time}:00Z`;

const step = (name: string, more: Partial<Step> = {}): Step => ({ name, at: at(2, '15:00'), ...more });

const pullRequest = (number: number, name: string, more: Partial<PullRequestFact> = {}): PullRequestFact => ({
  ...{ repository: 'acme/shop', number, title: 'cart', author: 'ada', isBot: false, state: 'merged', base: 'main' },
  ...{ head: 'topic', createdAt: at(2, '10:00'), mergedAt: at(2, '15:00'), updatedAt: at(2, '15:00') },
  ...{ mergeSha: sha(name) },
  ...more,
});

/** Deploys v1, then the steps named one a day; all are in one chain. */
async function books(
  steps: readonly Step[],
  releases: readonly string[],
  pullRequests: readonly PullRequestFact[] = [],
  dora: unknown = {},
): Promise<Books> {
  const told = await openBooks({ dora });
  await told.tell({ commits: history('acme/shop', [step('v1', { at: at(1, '08:00') }), ...steps]), pullRequests }, now);
  const all = ['v1', ...releases];
  await told.tell({ deployments: all.map((name, index) => deployed(name, at(3 + index, '12:00'))) }, now);
  return told;
}

/** `deployment verdict reason` of what holds but recoveries. */
async function verdicts(
  steps: readonly Step[],
  releases: readonly string[],
  pullRequests: readonly PullRequestFact[] = [],
): Promise<readonly string[]> {
  const told = await books(steps, releases, pullRequests);
  const rows = await told.rows(
    `SELECT deployment, verdict, reason FROM verdicts WHERE holds AND verdict <> 'recovered' ORDER BY ALL`,
  );
  await told.close();
  return rows.map(row => Object.values(row).join(' '));
}

const byRevert = ['ci:v2 failed revert', 'ci:v3 rework revert'];

test('a commit that reverts one of an earlier deployment fails that, by its full or its short sha', async () => {
  const steps = (reverts: string) => [step('bad'), step('v2'), step('undo', { reverts: [reverts] }), step('v3')];
  assert.deepEqual(await verdicts(steps('bad'), ['v2', 'v3']), byRevert);
  const told = await openBooks();
  const commits = history('acme/shop', [step('v1', { at: at(1, '08:00') }), ...steps('bad')]).map(commit =>
    commit.subject === 'undo' ? { ...commit, reverts: [sha('bad').slice(0, 8)] } : commit,
  );
  await told.tell({ commits }, now);
  await told.tell(
    { deployments: ['v1', 'v2', 'v3'].map((name, index) => deployed(name, at(3 + index, '12:00'))) },
    now,
  );
  const failed = await told.rows(`SELECT deployment FROM verdicts WHERE verdict = 'failed'`);
  assert.deepEqual(failed, [{ deployment: 'ci:v2' }]);
  await told.close();
});

test('a revert in the same deployment is nothing, and one of a commit that was never deployed neither', async () => {
  assert.deepEqual(await verdicts([step('bad'), step('undo', { reverts: ['bad'] }), step('v2')], ['v2']), []);
  assert.deepEqual(await verdicts([step('v2'), step('undo', { reverts: ['other'] }), step('v3')], ['v2', 'v3']), []);
});

test('to revert a revert is to try again: it fails nothing', async () => {
  const steps = [
    ...[step('bad'), step('v2'), step('undo', { reverts: ['bad'] }), step('v3')],
    ...[step('again', { reverts: ['undo'] }), step('v4')],
  ];
  assert.deepEqual(await verdicts(steps, ['v2', 'v3', 'v4']), byRevert);
});

test('a revert of a merge is one of what it merged', async () => {
  const steps = [
    ...[step('side', { parents: ['v1'] }), step('merge', { parents: ['v1', 'side'] }), step('v2')],
    ...[step('undo', { reverts: ['merge'] }), step('v3')],
  ];
  assert.deepEqual(await verdicts(steps, ['v2', 'v3']), byRevert);
});

test('a pull request that reverts another does as a commit does', async () => {
  const steps = [step('one'), step('v2'), step('two'), step('v3')];
  const pulls = [pullRequest(1, 'one'), pullRequest(2, 'two', { reverts: 1 })];
  assert.deepEqual(await verdicts(steps, ['v2', 'v3'], pulls), byRevert);
  assert.deepEqual(await verdicts([step('one'), step('two'), step('v2')], ['v2'], pulls), []);
});

test('a message that reverts a pull request by its number does too, whether that is known as such or by its commit', async () => {
  const told = async (undo: readonly string[], pulls: readonly PullRequestFact[], one: Partial<Step> = {}) => {
    const books = await openBooks();
    const steps = [step('v1', { at: at(1, '08:00') }), step('one', one), step('v2'), step('undo'), step('v3')];
    const commits = history('acme/shop', [...steps, step('again'), step('v4')]).map(commit => {
      if (commit.subject === 'undo') return { ...commit, reverts: undo, pullRequest: 2 };
      return commit.subject === 'again' ? { ...commit, reverts: ['#2'] } : commit;
    });
    await books.tell({ commits, pullRequests: pulls }, now);
    const deployments = ['v1', 'v2', 'v3', 'v4'].map((name, index) => deployed(name, at(3 + index, '12:00')));
    await books.tell({ deployments }, now);
    const rows = await books.rows(
      `SELECT deployment, verdict, reason FROM verdicts WHERE holds AND verdict <> 'recovered' ORDER BY ALL`,
    );
    await books.close();
    return rows.map(row => Object.values(row).join(' '));
  };
  assert.deepEqual(await told(['#1'], [pullRequest(1, 'one')]), byRevert);
  assert.deepEqual(await told(['#1'], [], { pullRequest: 1 }), byRevert);
  assert.deepEqual(await told(['#3'], [pullRequest(1, 'one')], { pullRequest: 1 }), []);
});

test('a hotfix is one by the label or the branch of its pull request, unless it is one of many', async () => {
  const steps = [step('v2'), step('fix'), step('other'), step('more'), step('v3')];
  const byHotfix = ['ci:v2 failed hotfix', 'ci:v3 rework hotfix'];
  const of = (...pulls: readonly PullRequestFact[]) => verdicts(steps, ['v2', 'v3'], pulls);
  assert.deepEqual(await of(pullRequest(1, 'fix', { labels: ['Hotfix'] })), byHotfix);
  assert.deepEqual(await of(pullRequest(1, 'fix', { head: 'hotfix/cart' })), byHotfix);
  assert.deepEqual(await of(pullRequest(1, 'fix', { head: 'hotfix-cart' }), pullRequest(2, 'other')), byHotfix);
  assert.deepEqual(
    await of(pullRequest(1, 'fix', { head: 'hotfix/cart' }), pullRequest(2, 'other'), pullRequest(3, 'more')),
    [],
  );
  assert.deepEqual(await of(pullRequest(1, 'fix', { head: 'not-a-hotfix' })), []);
});

test('a deployment of cherry-picks alone is a hotfix; with a change of its own it is none', async () => {
  const picked = (name: string) => step(name, { pickedFrom: [`${name}-from`] });
  assert.deepEqual(await verdicts([step('v2'), picked('p'), picked('v3')], ['v2', 'v3']), [
    'ci:v2 failed cherry_pick',
    'ci:v3 rework cherry_pick',
  ]);
  assert.deepEqual(await verdicts([step('v2'), picked('p'), step('v3')], ['v2', 'v3']), []);
});

test('what is configured as a hotfix is one, and a change of that judges the past anew', async () => {
  const steps = [step('v2'), step('fix'), step('v3')];
  const pulls = [pullRequest(1, 'fix', { labels: ['urgent!'] })];
  const told = await books(steps, ['v2', 'v3'], pulls);
  const failed = async () =>
    (await told.rows(`SELECT count(*) AS n FROM verdicts WHERE verdict = 'failed' AND holds`))[0]?.n;
  assert.equal(await failed(), '0');
  await openBooks({ ledger: told.ledger, dora: { hotfix_labels: ['urgent?'] }, now });
  assert.equal(await failed(), '1');
  await told.close();
});
