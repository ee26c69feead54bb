/** What of a pod says what runs: workloads, contents as each runtime writes them, what runs and what doesn't. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { artifactOf, readPod } from '../../../exporters/supply-chain/sources/kubernetes/pod.ts';
import { workloadOfPod } from '../../../exporters/vendors/kubernetes/workload.ts';
import { digest, ofDeployment, pod } from './pods.ts';

const hex = 'a'.repeat(64);

describe('the content of a container', () => {
  for (const [imageId, digests] of [
    [`docker-pullable://ghcr.io/acme/cart@sha256:${hex}`, [`sha256:${hex}`]],
    [`ghcr.io/acme/cart@sha256:${hex}`, [`sha256:${hex}`]],
    [`docker://sha256:${hex}`, [`sha256:${hex}`]],
    [`sha256:${hex}`, [`sha256:${hex}`]],
    [hex, [`sha256:${hex}`]],
    ['', []],
  ] as const)
    test(`is what the runtime says: ${imageId.replace(hex, '…') || 'nothing'}`, () =>
      assert.deepEqual(artifactOf('ghcr.io/acme/cart:1.0', 'ghcr.io/acme/cart:1.0', imageId), {
        ...{ kind: 'image', name: 'ghcr.io/acme/cart', tag: '1.0', digests },
      }));

  test('is called as the pod does, though the runtime knows it by another repository', () =>
    assert.deepEqual(artifactOf('redis:7', 'docker.io/library/redis:7', `mirror.acme.io/redis@sha256:${hex}`), {
      ...{ kind: 'image', name: 'docker.io/library/redis', tag: '7', digests: [`sha256:${hex}`] },
    }));

  test('beside a configuration alone is the digest that the pod asks for', () =>
    assert.deepEqual(artifactOf(`acme/cart@${digest('manifest')}`, '', `sha256:${hex}`)?.digests, [
      digest('manifest'),
      `sha256:${hex}`,
    ]));

  test('is called as the runtime does where the pod is gone from its own words', () =>
    assert.equal(artifactOf(`sha256:${hex}`, '', `quay.io/acme/cart@sha256:${hex}`)?.name, 'quay.io/acme/cart'));
});

describe('the workload of a pod', () => {
  const of = (name: string, kind?: string, controller = '', labels: Record<string, string> = {}) =>
    workloadOfPod({ name, labels, node: 'node-1', ...(kind ? { controller: { kind, name: controller } } : {}) });
  for (const [workload, got] of [
    [
      'deployment/cart',
      of('cart-6d4cf56db6-x7zqp', 'ReplicaSet', 'cart-6d4cf56db6', { 'pod-template-hash': '6d4cf56db6' }),
    ],
    ['rollout/cart', of('cart-7f-x7zqp', 'ReplicaSet', 'cart-7f', { 'rollouts-pod-template-hash': '7f' })],
    ['replicaset/cart', of('cart-x7zqp', 'ReplicaSet', 'cart')],
    ['statefulset/db', of('db-0', 'StatefulSet', 'db')],
    ['daemonset/agent', of('agent-x7zqp', 'DaemonSet', 'agent')],
    ['cronjob/backup', of('backup-29401560-x7zqp', 'Job', 'backup-29401560')],
    ['job/migrate', of('migrate-x7zqp', 'Job', 'migrate')],
    ['pod/kube-apiserver', of('kube-apiserver-node-1', 'Node', 'node-1')],
    ['strimzipodset/kafka', of('kafka-2', 'StrimziPodSet', 'kafka')],
    ['pod/runner', of('runner')],
  ] as const)
    test(`is ${workload}`, () => assert.equal(got, workload));
});

describe('a container', () => {
  const first = (words: Parameters<typeof pod>[1]) => readPod(pod('shop/cart', words))?.pod.containers[0];

  test('runs while it runs, and between two starts of one that crashes', () => {
    assert.deepEqual(first({})?.startedAt, '2026-11-20T08:00:00.000Z');
    const status = (state: object) => ({
      phase: 'Running',
      containerStatuses: [
        {
          ...{ name: 'main', image: 'ghcr.io/acme/cart:1.0', imageID: `ghcr.io/acme/cart@${digest('x')}`, state },
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-20T08:01:00Z' } },
        },
      ],
    });
    const crashing = first({ status: status({ waiting: { reason: 'CrashLoopBackOff' } }) });
    assert.ok(crashing !== undefined && crashing.endedAt === undefined);
  });

  test('does not run before its image is there', () =>
    assert.equal(first({ imageID: '', state: { waiting: { reason: 'ImagePullBackOff' } } }), undefined));

  test('of a job that is done has ended, and is told apart', () => {
    const done = { terminated: { exitCode: 0, startedAt: '2026-11-20T02:00:00Z', finishedAt: '2026-11-20T02:05:00Z' } };
    const read = first({ state: done, spec: { restartPolicy: 'Never' } });
    assert.equal(read?.endedAt, '2026-11-20T02:05:00.000Z');
  });

  test('that initialised the pod runs no longer; one that stays beside it does, and one that debugs it', () => {
    const running = { running: { startedAt: '2026-11-20T08:00:00Z' } };
    const done = { terminated: { exitCode: 0, finishedAt: '2026-11-20T08:00:00Z' } };
    const told = (name: string, state: object) => ({
      name,
      image: `acme/${name}`,
      imageID: `acme/${name}@${digest(name)}`,
      state,
    });
    const read = readPod(
      pod('shop/cart', {
        spec: {
          containers: [{ name: 'main', image: 'acme/main' }],
          initContainers: [
            { name: 'migrate', image: 'acme/migrate' },
            { name: 'proxy', image: 'acme/proxy', restartPolicy: 'Always' },
          ],
        },
        status: {
          phase: 'Running',
          containerStatuses: [told('main', running)],
          initContainerStatuses: [told('migrate', done), told('proxy', running)],
          ephemeralContainerStatuses: [told('debug', running)],
        },
      }),
    );
    const runs = read?.pod.containers.filter(({ endedAt }) => endedAt === undefined);
    assert.deepEqual(
      runs?.map(({ container }) => container),
      ['main', 'proxy', 'debug'],
    );
  });

  test('whose image is no reference is told, and the others are read', () => {
    const read = readPod(pod('shop/cart', { image: 'not a reference', imageID: 'nor this' }));
    assert.deepEqual(
      read?.faults.map(({ reason, field }) => `${reason} ${field}`),
      ['image_unreadable main'],
    );
    assert.deepEqual(read?.pod.containers, []);
  });
});

test('labels that change with every rollout are left out, and with the rules those that they do not read', () => {
  const words = ofDeployment('cart', '6d4cf56db6', { Team: 'shop', tier: 'web' });
  assert.deepEqual(readPod(pod('shop/a', words))?.pod.labels, { Team: 'shop', tier: 'web' });
  assert.deepEqual(readPod(pod('shop/a', words), new Set(['team']))?.pod.labels, { Team: 'shop' });
});

for (const hostile of [
  null,
  1,
  [],
  { metadata: null },
  { metadata: { name: 'a' } },
  { metadata: { name: {}, namespace: 1 } },
])
  test(`no pod: ${JSON.stringify(hostile)}`, () => assert.equal(readPod(hostile), undefined));

test('a pod of wrong types is read as far as it goes', () => {
  const read = readPod({
    metadata: { name: 'a', namespace: 'b', labels: [1], ownerReferences: 'x' },
    spec: { containers: { name: 1 } },
    status: { phase: 7, containerStatuses: [null, 3, { name: '__proto__', state: [] }] },
  });
  assert.deepEqual(read?.pod, { namespace: 'b', workload: 'pod/a', labels: {}, containers: [] });
});
