/** Kyverno by a local API of Kubernetes, through a ledger: findings, modes, exceptions, blocked requests, watches. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { kyvernoSchema } from '../../../exporters/policy/sources/kyverno/config.ts';
import { kyvernoSource } from '../../../exporters/policy/sources/kyverno/index.ts';
import { type ClusterOptions, type FakeCluster, startCluster, status } from '../../vendors/kubernetes/api-server.ts';
import {
  blocked,
  clusterPolicy,
  exceptions,
  namespace,
  policies,
  report,
  reports,
  scanned,
  served,
} from './kyverno-world.ts';
import { type PolicyRun, policyRun, statesOf } from './runs.ts';

const begin = '2026-11-20T10:00:00Z';
const minutes = (run: PolicyRun, count: number) => {
  run.clock.now = new Date(run.clock.now.getTime() + count * 60_000);
};

async function start(t: TestContext, options: Partial<ClusterOptions> = {}, more: object = {}) {
  const cluster = await startCluster(t, { served, ...options });
  for (const object of [
    namespace('shop', { team: 'checkout' }),
    namespace('lab'),
    ...policies,
    ...exceptions,
    ...reports,
  ])
    cluster.apply(object);
  const config = kyvernoSchema.parse({ cluster: 'prod', server: cluster.url, watch_seconds: 1, ...more });
  const run = await policyRun(t, () => kyvernoSource(config, { sleep: async () => undefined, retries: 1 }), begin);
  return { cluster, run };
}

const good = async (run: PolicyRun) => {
  const result = await run.refresh();
  assert.equal(result.error, undefined);
  return result;
};

const first = [
  'images/latest shop/workload/cart excepted - enforce',
  'images/registry lab/workload/runner open - warn',
  'labels/team /namespace/lab open - warn',
  'limits/memory lab/workload/runner open - audit',
  'limits/memory shop/workload/cart open - enforce',
  'replicas lab/workload/runner excepted - audit',
];
const watches = (cluster: FakeCluster) => cluster.asked.filter(({ query }) => query.has('watch')).length;
const lists = (cluster: FakeCluster) => cluster.asked.filter(({ query }) => query.has('limit')).length;
const latest = async (run: PolicyRun) =>
  (
    await run.rows(
      `SELECT engine, completeness, reason, parts FROM finding_reports ORDER BY occurred_at DESC, parts DESC LIMIT 1`,
    )
  )[0];

describe('findings', () => {
  test('are of workloads, with the mode that their policy has in their namespace', async t => {
    const { run } = await start(t);
    const result = await good(run);
    assert.deepEqual(await statesOf(run), first);
    assert.deepEqual(result.rejected, {});
    assert.deepEqual(
      (await run.rows(`SELECT DISTINCT title, original_severity FROM findings WHERE policy = 'limits/memory'`)).map(
        row => Object.values(row),
      ),
      [['Require limits', 'high']],
    );
    assert.deepEqual(await latest(run), { engine: 'kyverno', completeness: 'complete', reason: '', parts: '3' });
  });

  test('of a pod and its controller are one, and open as long as one of both fails', async t => {
    const { cluster, run } = await start(t);
    await good(run);
    minutes(run, 1);
    cluster.apply(report('u-cart', 'Deployment shop/cart', 'limits/autogen-memory pass', 'images/autogen-latest pass'));
    await good(run);
    const now = await statesOf(run);
    assert.ok(now.includes('limits/memory shop/workload/cart open - enforce'), 'the old pod still fails');
    assert.ok(now.includes('images/latest shop/workload/cart resolved fixed enforce'), 'nothing is excepted any more');
    minutes(run, 1);
    cluster.remove(reports[1]!);
    cluster.apply(report('u-new-pod', 'Pod shop/cart-84c9dcb5f-2bkqd', 'limits/memory pass'));
    await good(run);
    assert.ok((await statesOf(run)).includes('limits/memory shop/workload/cart resolved fixed enforce'));
  });

  test('whose report vanishes are unknown while it may be made anew, then gone', async t => {
    const { cluster, run } = await start(t);
    await good(run);
    minutes(run, 1);
    cluster.remove(reports[2]!);
    await good(run);
    assert.ok((await statesOf(run)).includes('limits/memory lab/workload/runner unknown skipped audit'));
    minutes(run, 30);
    cluster.apply(reports[2]!);
    await good(run);
    assert.deepEqual(await statesOf(run), first, 'it was made anew: the same episode');
    assert.equal((await run.rows(`FROM finding_events WHERE event = 'reopened'`)).length, 0);
    minutes(run, 1);
    cluster.remove(reports[2]!);
    await good(run);
    minutes(run, 76);
    await good(run);
    assert.ok((await statesOf(run)).includes('limits/memory lab/workload/runner resolved gone audit'));
    assert.equal((await run.rows(`FROM kubernetes_objects WHERE name = 'u-runner'`)).length, 0);
  });

  test('take another mode when the policy does, without a new report', async t => {
    const { cluster, run } = await start(t);
    await good(run);
    minutes(run, 1);
    cluster.apply(clusterPolicy('limits', { validationFailureAction: 'Enforce', rules: [{ name: 'memory' }] }));
    await good(run);
    assert.ok((await statesOf(run)).includes('limits/memory lab/workload/runner open - enforce'));
    minutes(run, 1);
    cluster.remove(policies[0]!);
    await good(run);
    assert.ok(
      (await statesOf(run)).some(line => line.startsWith('limits/memory shop/workload/cart open')),
      'still listed',
    );
    minutes(run, 1);
    cluster.apply(report('u-cart', 'Deployment shop/cart', 'images/autogen-latest pass legacy'));
    cluster.apply(report('u-cart-pod', 'Pod shop/cart-6d4cf56db6-x7zqp', 'images/registry pass'));
    await good(run);
    assert.ok(
      (await statesOf(run)).some(line => /^limits\/memory shop\/workload\/cart unknown not_evaluated/.test(line)),
      'a policy that is gone fixes nothing',
    );
  });
});

describe('lists', () => {
  test('of exceptions tell who, until when, and whether they still hold something back', async t => {
    const { run } = await start(t);
    await good(run);
    const rows = await run.rows(
      `SELECT exception, policy, resource, approved_by, reason, expires_at::VARCHAR AS expires, is_applied
       FROM finding_exceptions ORDER BY exception`,
    );
    assert.deepEqual(
      rows.map(row => Object.values(row).map(value => (value === null ? '' : value))),
      [
        ['policies.kyverno.io:lab/once', 'replicas', '', '', 'a trial', '2026-11-10 00:00:00', true],
        ['shop/legacy', 'images/latest', 'shop/Pod,Deployment/cart*', 'ada', '', '2026-12-01 00:00:00', true],
      ],
    );
  });

  test('of policies tell their mode', async t => {
    const { run } = await start(t);
    await good(run);
    assert.deepEqual(
      (await run.rows(`SELECT policy, enforcement, severity FROM finding_policies WHERE holds ORDER BY policy`)).map(
        row => Object.values(row).map(String).join(' '),
      ),
      ['images/latest enforce ', 'images/registry warn ', 'limits/memory audit high', 'replicas audit '].map(line =>
        line.endsWith(' ') ? `${line}unknown` : line,
      ),
    );
  });
});

describe('blocked requests', () => {
  const told = async (run: PolicyRun) =>
    (await run.rows(`SELECT id, policy, resource, enforcement FROM finding_blocks ORDER BY id`)).map(row =>
      Object.values(row).join(' '),
    );

  test('are told once each, and counted on where an event counts on', async t => {
    const { cluster, run } = await start(t);
    cluster.apply(blocked('e1', 'images', 'shop/web-6d4cf56db6-x7zqp'));
    cluster.apply({ ...blocked('e9', 'images', 'shop/web'), reason: 'PolicyApplied' });
    await good(run);
    const one = 'e1 images/latest k8s:prod/shop/workload/web enforce';
    assert.deepEqual(await told(run), [one]);
    minutes(run, 1);
    cluster.apply(
      blocked('e1', 'images', 'shop/web-6d4cf56db6-x7zqp', {
        series: { count: 3, lastObservedTime: '2026-11-20T10:00:30.000000Z' },
      }),
    );
    await good(run);
    assert.deepEqual(await told(run), [one, one.replace('e1', 'e1:2'), one.replace('e1', 'e1:3')]);
    minutes(run, 60);
    cluster.remove(blocked('e1', 'images', 'shop/web'));
    await good(run);
    assert.equal((await told(run)).length, 3, 'an event that is forgotten takes nothing with it');
  });

  test('of core/v1, as an older API tells them', async t => {
    const { 'events.k8s.io/v1': _, ...rest } = served;
    const { cluster, run } = await start(t, { served: { ...rest, v1: { ...served.v1, events: 'Event' } } });
    const { regarding, related, note, reportingController, eventTime, ...event } = blocked('e2', 'images', 'shop/web');
    cluster.apply({
      ...event,
      apiVersion: 'v1',
      ...{ involvedObject: regarding, message: note, count: 2, source: { component: 'kyverno-admission' } },
      ...{ firstTimestamp: '2026-11-20T08:00:00Z', lastTimestamp: '2026-11-20T09:30:00Z', action: '' },
    });
    await good(run);
    assert.deepEqual(await told(run), [
      'e2 images/latest k8s:prod/shop/workload/web enforce',
      'e2:2 images/latest k8s:prod/shop/workload/web enforce',
    ]);
    assert.deepEqual(
      (await run.rows('SELECT occurred_at::VARCHAR AS at FROM finding_blocks ORDER BY id')).map(({ at }) => at),
      ['2026-11-20 08:00:00', '2026-11-20 09:30:00'],
    );
  });

  test('that were let in by a policy in audit would have been', async t => {
    const { cluster, run } = await start(t);
    const audit = { action: 'Resource Passed', note: 'Pod lab/x: [memory] fail; no limits' };
    cluster.apply(blocked('e3', 'limits', 'lab/x', audit));
    cluster.apply(blocked('e4', 'limits', 'lab/x', { ...audit, reportingController: 'kyverno-scan' }));
    await good(run);
    assert.deepEqual(await told(run), ['e3 limits/memory k8s:prod/lab/workload/x audit']);
  });
});

describe('watches', () => {
  test('go on after a restart, and a minute without news is one commit', async t => {
    const { cluster, run: before } = await start(t);
    await good(before);
    const listed = lists(cluster);
    const run = await before.restart();
    minutes(run, 1);
    await good(run);
    assert.equal(lists(cluster), listed, 'nothing is listed again');
    assert.equal(watches(cluster), 9);
    assert.deepEqual(await statesOf(run), first);
    assert.equal((await run.rows(`FROM finding_reports WHERE occurred_at > '2026-11-20 10:00:30'`)).length, 0);
    minutes(run, 10);
    await good(run);
    assert.deepEqual(await latest(run), { engine: 'kyverno', completeness: 'complete', reason: '', parts: '0' });
  });

  test('that are too old list anew, and what has gone meanwhile is seen', async t => {
    const { cluster, run } = await start(t);
    await good(run);
    cluster.remove(reports[3]!);
    cluster.compact();
    const listed = lists(cluster);
    minutes(run, 1);
    await good(run);
    assert.equal(lists(cluster), listed + 9);
    assert.ok((await statesOf(run)).includes('labels/team /namespace/lab unknown skipped warn'));
  });

  test('that break off in the first list begin it anew', async t => {
    const { cluster, run } = await start(t);
    cluster.fault(({ path }, response) => {
      if (!path.endsWith('/clusterpolicyreports')) return false;
      response.writeHead(500).end(JSON.stringify(status(500, 'InternalError', 'etcd')));
      return true;
    });
    cluster.fault(({ path }, response) => {
      if (!path.endsWith('/clusterpolicyreports')) return false;
      response.writeHead(500).end(JSON.stringify(status(500, 'InternalError', 'etcd')));
      return true;
    });
    assert.match((await run.refresh()).error ?? '', /500/);
    assert.deepEqual(await statesOf(run), [], 'half a cluster is not told');
    minutes(run, 1);
    await good(run);
    assert.deepEqual(await statesOf(run), first);
  });
});

describe('coverage', () => {
  test('is lost where Kyverno evaluates nothing any more, and no finding changes', async t => {
    const { run } = await start(t);
    run.clock.now = new Date((scanned + 25 * 3600) * 1000);
    await good(run);
    assert.deepEqual(
      (await run.rows('SELECT completeness, reason, parts FROM finding_reports ORDER BY ALL')).map(row =>
        Object.values(row).join(' '),
      ),
      ['failed engine_silent 0', 'partial engine_silent 3'],
    );
  });

  test('is lost where no reports are served', async t => {
    const { 'wgpolicyk8s.io/v1alpha2': _, ...rest } = served;
    const cluster = await startCluster(t, { served: rest });
    const config = kyvernoSchema.parse({ cluster: 'prod', server: cluster.url });
    const run = await policyRun(t, () => kyvernoSource(config), begin);
    await good(run);
    assert.equal((await latest(run))?.reason, 'not_installed');
  });

  test('what may not be read is named, and what can be read is told without it', async t => {
    const { run } = await start(t, { forbidden: ['events'] });
    assert.match((await run.refresh()).error ?? '', /events is forbidden/);
    const read = ['policies', 'namespaces', 'exceptions', 'reports'];
    const { run: other } = await start(t, { forbidden: ['events'] }, { read });
    await good(other);
    assert.deepEqual(await statesOf(other), first);
  });

  test('a result that cannot be read is rejected once, and its namespace is known in part', async t => {
    const { cluster, run } = await start(t);
    const broken = report('u-odd', 'Pod shop/odd', 'limits/memory perhaps');
    cluster.apply(broken);
    assert.deepEqual((await good(run)).rejected, { result_unknown: 1 });
    assert.deepEqual(
      (await run.rows(`SELECT file, reason, value FROM rejects`)).map(row => Object.values(row)),
      [['PolicyReport shop/u-odd', 'result_unknown', 'perhaps']],
    );
    assert.deepEqual(
      (await run.rows('SELECT completeness, reason, parts FROM finding_reports ORDER BY ALL')).map(row =>
        Object.values(row).join(' '),
      ),
      ['complete  2', 'partial records_rejected 0', 'partial records_rejected 1'],
    );
    minutes(run, 1);
    cluster.apply({ ...broken, metadata: { ...broken.metadata, annotations: { seen: 'again' } } });
    assert.deepEqual((await good(run)).rejected, {}, 'it is known');
  });
});
