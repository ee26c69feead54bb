/** Every tagged release of real projects as a deployment: its commits are those that git itself counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { git, restoreHistory } from '../repositories.ts';
import { doraRun } from '../run.ts';
import { byHand, deployFound } from './deployed.ts';

for (const name of ['express', 'fastify', 'flask', 'alertmanager'])
  test(`the releases of ${name} bring what git rev-list counts between them`, async t => {
    const folder = restoreHistory(t, name);
    if (folder === undefined) return;
    const run = await doraRun(
      t,
      {
        git: [{ path: folder, repository: `real/${name}`, deployments: [{ from: 'tags', tags: ['*'] }] }],
        longest_gap_days: 10_000,
      },
      { derive: byHand },
    );
    const [refreshed] = await run.refresh('2026-11-26T00:00:00Z');
    assert.equal(refreshed?.error, undefined);
    await deployFound(run, '2026-11-26 00:01:00');

    const tags = git(folder, ['tag']).trim().split('\n').length;
    const ranges = await run.rows(
      `SELECT deployment, previous, previous_sha, sha, basis, commits, merges FROM deployment_ranges
       ORDER BY occurred_at, deployment`,
    );
    assert.equal(ranges.length, tags);
    assert.deepEqual([...new Set(ranges.map(({ basis }) => basis))], ['first', 'range']);
    const changes = new Map<unknown, Record<string, number>>();
    for (const row of await run.rows(
      'SELECT deployment, excluded, count(*)::INTEGER AS n FROM deployed_changes WHERE holds GROUP BY ALL',
    )) {
      const own = changes.get(row.deployment) ?? {};
      own[String(row.excluded)] = Number(row.n);
      changes.set(row.deployment, own);
    }
    const reasons: Record<string, number> = {};
    for (const range of ranges) {
      const asked = range.basis === 'first' ? String(range.sha) : `${range.previous_sha}..${range.sha}`;
      const listed: readonly string[] = git(folder, ['rev-list', '--parents', asked]).split('\n').filter(Boolean);
      const merges = listed.filter(line => line.split(' ').length > 2).length;
      assert.equal(Number(range.commits), listed.length, `commits of ${range.deployment}`);
      assert.equal(Number(range.merges), merges, `merges of ${range.deployment}`);
      const own = changes.get(range.deployment) ?? {};
      if (range.basis === 'first') {
        assert.deepEqual(own, {});
        continue;
      }
      const { '': timed = 0, merge = 0, ...rejected } = own;
      assert.equal(merge, merges);
      const rejections = Object.values(rejected).reduce((sum, n) => sum + n, 0);
      assert.equal(timed, listed.length - merges - rejections, `lead times of ${range.deployment}`);
      for (const [reason, n] of Object.entries(own)) reasons[reason] = (reasons[reason] ?? 0) + n;
    }
    t.diagnostic(`${tags} releases: ${JSON.stringify(reasons)}`);
    assert.ok((reasons[''] ?? 0) > 1000);
    const negative = await run.rows(
      `SELECT count(*) AS n FROM deployed_changes
       WHERE excluded = '' AND (clock_at > occurred_at OR committed_at > occurred_at)`,
    );
    assert.equal(Number(negative[0]?.n), 0);
  });
