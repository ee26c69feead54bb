/** What runs in a cluster, by a local API of Kubernetes: lists, watches, what is gone, what is due again. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { runningKubernetesSchema } from '../../../exporters/supply-chain/sources/kubernetes/config.ts';
import { runningKubernetesSource } from '../../../exporters/supply-chain/sources/kubernetes/index.ts';
import { type ClusterOptions, type FakeCluster, startCluster } from '../../vendors/kubernetes/api-server.ts';
import { digest, ofDeployment, pod } from './pods.ts';
import { later, type SourceRun, sourceRun } from './source-run.ts';

const begin = '2026-11-20T10:00:00Z';
const served = { v1: { namespaces: 'Namespace', pods: 'Pod' } };

const namespace = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  ...{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } },
});
const build = (version: string) => ({
  image: `ghcr.io/acme/cart:${version}`,
  imageID: `ghcr.io/acme/cart@${digest(`cart ${version}`)}`,
});
const old = pod('shop/cart-6d4cf56db6-aaaaa', { ...ofDeployment('cart', '6d4cf56db6'), ...build('1.0') });
const fresh = pod('shop/cart-84c9dcb5f-bbbbb', { ...ofDeployment('cart', '84c9dcb5f'), ...build('1.1') });

async function start(t: TestContext, options: Partial<ClusterOptions> = {}, more: object = {}) {
  const cluster = await startCluster(t, { served, ...options });
  cluster.apply(namespace('shop', { team: 'checkout', chatter: 'none' }));
  cluster.apply(namespace('empty'));
  cluster.apply(old);
  cluster.apply(pod('lab/runner', build('0.9')));
  const config = runningKubernetesSchema.parse({ cluster: 'prod', server: cluster.url, watch_seconds: 1, ...more });
  const run = await sourceRun(
    t,
    store => runningKubernetesSource(config, { store, tags: ['team'], sleep: async () => undefined, retries: 1 }),
    begin,
  );
  return { cluster, run };
}

/** `PLACE LISTS: WORKLOAD TAG xREPLICAS, …` of what a refresh told; each row's content is that of its tag. */
async function told(run: SourceRun): Promise<readonly string[]> {
  const result = await run.refresh();
  assert.equal(result.error, undefined);
  return run.told().flatMap(({ heard }) =>
    heard.flatMap(({ running = [] }) =>
      running.map(({ place, lists, images }) => {
        const rows = images.map(({ artifact: { tag, digests }, workload, replicas }) => {
          assert.deepEqual(digests, [digest(`cart ${tag}`)]);
          return `${workload} ${tag} x${replicas}`;
        });
        return `${place} ${lists}: ${rows.toSorted().join(', ')}`;
      }),
    ),
  );
}

const first = ['prod/lab all: pod/runner 0.9 x1', 'prod/shop all: deployment/cart 1.0 x1'];
const watches = (cluster: FakeCluster) => cluster.asked.filter(({ query }) => query.has('watch')).length;
const lists = (cluster: FakeCluster) => cluster.asked.filter(({ query }) => query.has('limit')).length;

describe('what runs', () => {
  test('is told namespace by namespace, whose it is by the labels that rules read', async t => {
    const { run } = await start(t, {}, { environment: 'production' });
    await run.refresh();
    const [call] = run.told();
    const shop = call?.heard[0]?.running?.find(({ place }) => place === 'prod/shop');
    assert.equal(
      shop?.images[0]?.owner,
      '{"environment":"production","image":"ghcr.io/acme/cart","namespace":"shop","resource":"prod/shop/cart","tags":{"team":"checkout"}}',
    );
    assert.equal(call?.options.staleSeconds, 6 * 3600);
  });

  test('are both builds while a rollout goes on, and the new one alone when it is over', async t => {
    const { cluster, run } = await start(t);
    assert.deepEqual(await told(run), first);
    later(run, 1);
    cluster.apply(fresh);
    assert.deepEqual(await told(run), ['prod/shop all: deployment/cart 1.0 x1, deployment/cart 1.1 x1']);
    later(run, 1);
    cluster.remove(old);
    assert.deepEqual(await told(run), ['prod/shop all: deployment/cart 1.1 x1']);
    assert.deepEqual([lists(cluster), watches(cluster)], [2, 4]);
  });

  test('is told once, and of all namespaces every hour though nothing changes', async t => {
    const { run } = await start(t);
    assert.deepEqual(await told(run), first);
    later(run, 10);
    assert.deepEqual(await told(run), []);
    later(run, 51);
    assert.deepEqual(await told(run), first);
  });

  test('ends in a namespace whose last pod goes, also one that goes itself', async t => {
    const { cluster, run } = await start(t);
    await told(run);
    later(run, 1);
    cluster.remove(old);
    cluster.remove(namespace('shop'));
    assert.deepEqual(await told(run), ['prod/shop all: ']);
    later(run, 61);
    assert.deepEqual(await told(run), ['prod/lab all: pod/runner 0.9 x1'], 'and is told so once');
  });

  test('goes on after a restart from where it was, by watches', async t => {
    const { cluster, run } = await start(t);
    await told(run);
    const again = await run.restart();
    later(again, 1);
    cluster.apply(fresh);
    cluster.remove(old);
    assert.deepEqual(await told(again), ['prod/shop all: deployment/cart 1.1 x1']);
    assert.equal(lists(cluster), 2);
  });

  test('is listed anew where the watch is too old, and what went meanwhile is gone', async t => {
    const { cluster, run } = await start(t);
    await told(run);
    later(run, 1);
    cluster.remove(old);
    cluster.apply(fresh);
    cluster.compact();
    assert.deepEqual(await told(run), ['prod/shop all: deployment/cart 1.1 x1']);
  });
});

describe('a job', () => {
  const state = (hour: string) => ({
    terminated: { exitCode: 0, startedAt: `2026-11-20T${hour}:00:00Z`, finishedAt: `2026-11-20T${hour}:05:00Z` },
  });
  const done = (run: string, version: string, hour: string) =>
    pod(`shop/backup-${run}-aaaaa`, {
      ...build(version),
      ...{ owner: { kind: 'Job', name: `backup-${run}` }, state: state(hour), spec: { restartPolicy: 'Never' } },
    });

  test('that ran lately counts as running, with the build of its last run, also when its pod is gone', async t => {
    const { cluster, run } = await start(t);
    const last = done('29401561', '2.1', '03');
    cluster.apply(done('29401560', '2.0', '02'));
    cluster.apply(last);
    assert.deepEqual((await told(run))[1], 'prod/shop all: cronjob/backup 2.1 x1, deployment/cart 1.0 x1');
    later(run, 1);
    cluster.remove(last);
    assert.deepEqual(await told(run), [], 'the run before it is no newer');
    later(run, 26 * 60);
    assert.deepEqual((await told(run))[1], 'prod/shop all: deployment/cart 1.0 x1');
  });

  test('counts no longer where hours are set so', async t => {
    const { cluster, run } = await start(t, {}, { job_hours: 1 });
    cluster.apply(done('29401560', '2.0', '02'));
    assert.deepEqual(await told(run), first);
  });
});

describe('a cluster', () => {
  test('of which only some namespaces may be read is asked for these', async t => {
    const { cluster, run } = await start(t, {}, { namespaces: ['shop'], namespace_labels: false });
    assert.deepEqual(await told(run), ['prod/shop all: deployment/cart 1.0 x1']);
    assert.ok(cluster.asked.every(({ path }) => path === '/api/v1/namespaces/shop/pods'));
  });

  test('that refuses its pods says so, and tells nothing', async t => {
    const { run } = await start(t, { forbidden: ['pods'] });
    const { error } = await run.refresh();
    assert.match(String(error), /may not read .*\/api\/v1\/pods/);
    assert.deepEqual(run.told(), []);
  });

  test('that serves no pods is no cluster', async t => {
    const cluster = await startCluster(t, { served: { v1: { namespaces: 'Namespace' } } });
    const config = runningKubernetesSchema.parse({ cluster: 'prod', server: cluster.url });
    const run = await sourceRun(t, store => runningKubernetesSource(config, { store }), begin);
    assert.match(String((await run.refresh()).error), /found no pods at .*SUPPLY_CHAIN_NO_PODS/);
  });

  test('whose answers break off is read again, and what was told stands', async t => {
    const { cluster, run } = await start(t);
    await told(run);
    later(run, 1);
    cluster.apply(fresh);
    cluster.fault((_, response) => void response.destroy() === undefined);
    cluster.fault((_, response) => void response.destroy() === undefined);
    cluster.fault((_, response) => void response.destroy() === undefined);
    cluster.fault((_, response) => void response.destroy() === undefined);
    assert.ok((await run.refresh()).error !== undefined);
    assert.deepEqual(run.told(), []);
    assert.deepEqual(await told(run), ['prod/shop all: deployment/cart 1.0 x1, deployment/cart 1.1 x1']);
  });

  test('with a pod whose image cannot be read keeps it among the rejects', async t => {
    const { cluster, run } = await start(t);
    cluster.apply(pod('shop/odd', { image: 'not a reference', imageID: 'nor this' }));
    const result = await run.refresh();
    assert.deepEqual(result.rejected, { image_unreadable: 1 });
    assert.deepEqual(await run.rows('SELECT file, field FROM rejects'), [{ file: 'Pod shop/odd', field: 'main' }]);
  });
});
