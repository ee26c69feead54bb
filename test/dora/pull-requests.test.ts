/** Pull requests that reached production, however they were merged, and their stages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CommitFact, PullRequestFact } from '../../exporters/dora/facts.ts';
import { deployedPullRequests, pullRequestStage, pullRequestStageQuantile } from '../../exporters/dora/metrics.ts';
import { type Books, deployed, history, openBooks, type Step, sha } from './books.ts';

const now = '2026-03-20T00:00:00Z';
const at = (day: number, time: string) => `2026-03-0${day}T${time}:00Z`;

const pullRequest = (number: number, more: Partial<PullRequestFact> = {}): PullRequestFact => ({
  ...{ repository: 'acme/shop', number, title: 'cart', author: 'ada', isBot: false, state: 'merged', base: 'main' },
  ...{ head: 'topic', firstCommitAt: at(2, '08:00'), createdAt: at(2, '10:00'), approvedAt: at(2, '14:00') },
  ...{ mergedAt: at(2, '15:00'), updatedAt: at(2, '15:00') },
  ...more,
});

const commit = (name: string, more: Partial<Step> = {}): Step => ({ name, at: at(2, '15:00'), ...more });

async function books(
  steps: readonly Step[],
  pullRequests: readonly PullRequestFact[],
  more: readonly CommitFact[] = [],
): Promise<Books> {
  const told = await openBooks({ dora: { minimum_samples: 1 } });
  const commits = [...history('acme/shop', [{ name: 'v1', at: at(1, '08:00') }, ...steps]), ...more];
  const last = steps.at(-1)!.name;
  await told.tell({ commits, pullRequests }, now);
  await told.tell(
    { deployments: [deployed('v1', at(1, '12:00')), deployed('v2', at(3, '15:00'), { sha: sha(last) })] },
    now,
  );
  return told;
}

/** `number deployment coding review merge deploy total excluded` in hours. */
async function stages({ rows }: Books): Promise<readonly string[]> {
  const found = await rows(
    `SELECT number, deployment, coding, review, "merge", deploy, total, excluded FROM (
       FROM deployed_pull_requests
       QUALIFY row_number() OVER (PARTITION BY deployment, service, repository, number ORDER BY learned_at DESC) = 1
     ) WHERE holds ORDER BY number`,
  );
  return found.map(({ number, deployment, excluded, ...own }) =>
    [number, deployment, ...Object.values(own).map(value => (value === null ? '-' : Number(value) / 3600)), excluded]
      .join(' ')
      .trim(),
  );
}

async function reached(steps: readonly Step[], one: Partial<PullRequestFact>, more: readonly CommitFact[] = []) {
  const told = await books(steps, [pullRequest(7, one)], more);
  const lines = await stages(told);
  await told.close();
  return lines;
}

const whole = ['7 ci:v2 2 4 1 24 31'];

test('a squash, a merge, a rebase and a merge queue are found by the merge commit', async () => {
  assert.deepEqual(await reached([commit('squash'), commit('x')], { mergeSha: sha('squash') }), whole);
  const own = history('acme/shop', [{ name: 'p1', at: at(2, '08:00'), parents: ['v1'] }]);
  assert.deepEqual(await reached([commit('m', { parents: ['v1', 'p1'] })], { mergeSha: sha('m') }, own), whole);
  assert.deepEqual(await reached([commit('r1'), commit('r2')], { mergeSha: sha('r2') }), whole);
  assert.deepEqual(await reached([commit('queued'), commit('behind')], { mergeSha: sha('queued') }), whole);
});

test('where no merge commit is told, a commit that names the number, or one of its own, tells it', async () => {
  assert.deepEqual(await reached([commit('named', { pullRequest: 7 })], { mergeSha: '' }), whole);
  const commits = [{ sha: sha('own'), authoredAt: at(2, '08:00'), committedAt: at(2, '08:00') }];
  assert.deepEqual(await reached([commit('own')], { mergeSha: '', commits }), whole);
  assert.deepEqual(await reached([commit('other')], { mergeSha: '' }), [], 'a direct push has none');
});

test('only what was merged and deployed has stages', async () => {
  assert.deepEqual(await reached([commit('a')], { mergeSha: sha('a'), state: 'open' }), []);
  assert.deepEqual(await reached([commit('a')], { mergeSha: sha('elsewhere') }), []);
});

test('a stage that is not known is absent, and the stages add up where all are', async () => {
  const squash = [commit('s')];
  const { firstCommitAt: _, approvedAt: __, ...bare } = pullRequest(7, { mergeSha: sha('s') });
  const told = await books(squash, [bare]);
  assert.deepEqual(await stages(told), ['7 ci:v2 - 5 - 24 -']);
  await told.close();
  const ownDate = [{ sha: sha('p1'), authoredAt: at(2, '09:00'), committedAt: at(2, '09:30') }];
  const dated = await books(squash, [{ ...bare, commits: ownDate }]);
  assert.deepEqual(await stages(dated), ['7 ci:v2 1 5 - 24 30'], 'from its own first commit');
  await dated.close();
  const cases: readonly Partial<PullRequestFact>[] = [
    { readyAt: at(2, '12:00') },
    { firstCommitAt: at(2, '11:00') },
    { readyAt: at(2, '14:30'), approvedAt: at(2, '11:00') },
    { approvedAt: at(3, '08:00') },
    { readyAt: at(2, '18:00') },
  ];
  for (const one of cases) {
    const [line] = await reached(squash, { mergeSha: sha('s'), ...one });
    const [coding, review, merge, deploy, total] = line!.split(' ').slice(2).map(Number);
    assert.equal(coding! + review! + merge! + deploy!, total, JSON.stringify(one));
    for (const stage of [coding, review, merge, deploy]) assert.ok(stage! >= 0, JSON.stringify(one));
  }
});

test("bots' pull requests and those merged after their deployment have no stages, and say why", async () => {
  const squash = [commit('s')];
  assert.match((await reached(squash, { mergeSha: sha('s'), isBot: true }))[0]!, / bot$/);
  assert.match((await reached(squash, { mergeSha: sha('s'), author: 'Renovate[bot]' }))[0]!, / bot$/);
  assert.match(
    (await reached(squash, { mergeSha: sha('s'), mergedAt: at(4, '08:00'), updatedAt: at(4, '08:00') }))[0]!,
    / after_deployment$/,
  );
});

test('a pull request counts for the first deployment that brought it, told late or not, and its counter stays', async () => {
  const told = await books([commit('s'), commit('x')], [pullRequest(7, { mergeSha: sha('s') })]);
  const counted = async () => (await told.lines(pullRequestStage, now)).length;
  assert.deepEqual(await told.lines(deployedPullRequests, now), [
    'unowned acme/shop production 30d = 1',
    'unowned acme/shop production 7d = 0',
    'unowned acme/shop production 90d = 1',
  ]);
  const before = await counted();
  await told.tell({ deployments: [deployed('late', at(2, '18:00'), { sha: sha('s') })] }, '2026-03-21T00:00:00Z');
  assert.deepEqual(await stages(told), ['7 ci:late 2 4 1 3 10']);
  assert.equal(await counted(), before);
  const p50 = (await told.lines(pullRequestStageQuantile.organisation, now)).filter(line => /30d p50/.test(line));
  assert.deepEqual(p50, [
    'coding 30d p50 = 7200',
    'deploy 30d p50 = 10800',
    'merge 30d p50 = 3600',
    'review 30d p50 = 14400',
    'total 30d p50 = 36000',
  ]);
  await told.close();
});
