/** The client of Kubernetes against a local server that behaves as its API: paging, watches, faults, credentials. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import type { PlumblineError } from '../../../exporters/core/errors.ts';
import { kubernetesClient } from '../../../exporters/vendors/kubernetes/client.ts';
import type { KubernetesAccess } from '../../../exporters/vendors/kubernetes/config.ts';
import { type ListPage, listAll, listPages } from '../../../exporters/vendors/kubernetes/list.ts';
import { watchChanges } from '../../../exporters/vendors/kubernetes/watch.ts';
import { type ApiObject, type ClusterOptions, type FakeCluster, startCluster, status } from './api-server.ts';

const served = {
  v1: { pods: 'Pod' },
  'wgpolicyk8s.io/v1beta1': { policyreports: 'PolicyReport' },
  'wgpolicyk8s.io/v1alpha2': { policyreports: 'PolicyReport', clusterpolicyreports: 'ClusterPolicyReport' },
};
const pods = '/api/v1/pods';
const pod = (name: string, more: Readonly<Record<string, unknown>> = {}): ApiObject => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'shop' } },
  ...more,
});
const token = 'eyJhbGciOiJSUzI1NiJ9.abcdefghijklmnop.qrstuvwxyz';

function clientOf(cluster: { readonly url: string }, access: Partial<KubernetesAccess> = {}) {
  const waits: number[] = [];
  const client = kubernetesClient(
    { server: cluster.url, insecure_skip_tls_verify: false, timeout: 5, ...access },
    { sleep: async ms => void waits.push(ms) },
  );
  return { client, waits };
}

async function start(t: TestContext, options: Partial<ClusterOptions> = {}, access: Partial<KubernetesAccess> = {}) {
  const cluster = await startCluster(t, { served, ...options });
  return { cluster, ...clientOf(cluster, access) };
}

const names = (items: readonly unknown[] = []) => items.map(item => (item as ApiObject).metadata.name);
const fill = (cluster: FakeCluster, count: number) => {
  for (let number = 0; number < count; number += 1) cluster.apply(pod(`p${number}`));
};
const folder = (t: TestContext) => {
  const made = mkdtempSync(path.join(os.tmpdir(), 'plumbline-kubernetes-'));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

async function failure(work: Promise<unknown>): Promise<PlumblineError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown as PlumblineError,
  );
  assert.ok(!JSON.stringify([error.message, error.details, String(error.cause)]).includes(token), 'the token is told');
  return error;
}

describe('lists', () => {
  test('come in chunks, all of one moment', async t => {
    const { cluster, client } = await start(t);
    fill(cluster, 7);
    const pages: (ListPage | undefined)[] = [];
    for await (const page of listPages(client, pods, { limit: 3 })) pages.push(page);
    assert.deepEqual(
      pages.map(page => [page?.items.length, page?.isFirst, page?.isLast, page?.resourceVersion]),
      [
        [3, true, false, '1007'],
        [3, false, false, '1007'],
        [1, false, true, '1007'],
      ],
    );
    assert.deepEqual(names(pages.flatMap(page => page?.items ?? [])), ['p0', 'p1', 'p2', 'p3', 'p4', 'p5', 'p6']);
    assert.deepEqual(
      cluster.asked.map(({ query }) => [query.get('limit'), query.get('continue')]),
      [
        ['3', null],
        ['3', '3@1007'],
        ['3', '6@1007'],
      ],
    );
  });

  test('begin anew where the moment has expired, and hold nothing twice', async t => {
    const { cluster, client } = await start(t);
    fill(cluster, 5);
    let expired = 0;
    cluster.fault(({ query }) => {
      if (query.has('continue')) {
        expired += 1;
        cluster.compact();
      }
      return false;
    });
    // The fault above stays: it never answers. Four times it expires, then all is asked for at once.
    const all = await listAll(client, pods, { limit: 2 });
    assert.deepEqual(names(all?.items), ['p0', 'p1', 'p2', 'p3', 'p4']);
    assert.equal(expired, 3);
    assert.equal(cluster.asked.at(-1)?.query.get('limit'), null, 'the last was asked for as one page');
  });

  test('of what is not installed are none, and no empty ones', async t => {
    const { client } = await start(t);
    assert.equal(await listAll(client, '/apis/kyverno.io/v1/clusterpolicies'), undefined);
    assert.deepEqual((await listAll(client, pods))?.items, []);
  });

  test('whose items are null are empty', async t => {
    const { cluster, client } = await start(t);
    cluster.fault((_, response) => {
      response.end(JSON.stringify({ kind: 'PodList', metadata: { resourceVersion: '7' }, items: null }));
      return true;
    });
    assert.deepEqual(await listAll(client, pods), { items: [], resourceVersion: '7' });
  });

  test('that are no lists are a clear error', async t => {
    const { cluster, client } = await start(t);
    cluster.fault((_, response) => {
      response.end('{"kind":"Pod","metadata":{}, "items": {}}');
      return true;
    });
    const { code, message } = await failure(listAll(client, pods));
    assert.equal(code, 'KUBERNETES_ANSWER');
    assert.match(message, /\/api\/v1\/pods.*items/);
  });
});

describe('discovery', () => {
  test('tells the versions of a group, and each resource in the version that is wanted first', async t => {
    const { client } = await start(t);
    assert.deepEqual(await client.versions('wgpolicyk8s.io'), ['v1beta1', 'v1alpha2']);
    assert.deepEqual(await client.versions('openreports.io'), []);
    assert.deepEqual(
      (await client.resources('wgpolicyk8s.io')).map(({ path: at }) => at),
      ['/apis/wgpolicyk8s.io/v1beta1/policyreports', '/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports'],
    );
    assert.deepEqual(
      (await client.resources('wgpolicyk8s.io', ['v1alpha2', 'v1'])).map(({ path: at }) => at),
      ['/apis/wgpolicyk8s.io/v1alpha2/policyreports', '/apis/wgpolicyk8s.io/v1alpha2/clusterpolicyreports'],
    );
    assert.deepEqual(await client.resources('openreports.io'), []);
  });
});

describe('watches', () => {
  test('tell what has changed since, and go on from the bookmark', async t => {
    const { cluster, client } = await start(t);
    fill(cluster, 2);
    const { resourceVersion } = (await listAll(client, pods)) ?? assert.fail();
    cluster.apply(pod('p1', { spec: {} }));
    cluster.apply(pod('p2'));
    cluster.remove(pod('p0'));
    cluster.apply({ ...pod('r'), apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' });
    const first = await watchChanges(client, pods, { resourceVersion });
    assert.deepEqual(
      first.changes.map(({ type, object }) => [type, names([object])[0]]),
      [
        ['modified', 'p1'],
        ['added', 'p2'],
        ['deleted', 'p0'],
      ],
    );
    assert.equal(first.resourceVersion, '1006', 'the bookmark counts what happened to others');
    assert.equal(first.isExpired, false);
    const second = await watchChanges(client, pods, first);
    assert.deepEqual([second.changes, second.resourceVersion], [[], '1006']);
    const query = cluster.asked.at(-1)?.query;
    assert.deepEqual(Object.fromEntries(query ?? []), {
      ...{ watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: '5', resourceVersion: '1006' },
    });
  });

  test('say that they are too old, by an event as by the status', async t => {
    const { cluster, client } = await start(t);
    fill(cluster, 1);
    cluster.compact();
    assert.equal((await watchChanges(client, pods, { resourceVersion: '1000' })).isExpired, true);
    cluster.fault((_, response) => {
      response.writeHead(410).end(JSON.stringify(status(410, 'Gone', 'too old')));
      return true;
    });
    assert.equal((await watchChanges(client, pods, { resourceVersion: '1000' })).isExpired, true);
  });

  test('that break off within an event go on after the last whole one', async t => {
    const { cluster, client } = await start(t);
    fill(cluster, 3);
    cluster.fault(({ query }, response) => {
      assert.equal(query.get('resourceVersion'), '1000');
      const whole = JSON.stringify({
        type: 'ADDED',
        object: pod('p0', { metadata: { name: 'p0', resourceVersion: '1001' } }),
      });
      response.writeHead(200).write(`${whole}\n{"type":"ADDED","obj`, () => response.destroy());
      return true;
    });
    const { changes, resourceVersion } = await watchChanges(client, pods, { resourceVersion: '1000' });
    assert.deepEqual(names(changes.map(({ object }) => object)), ['p0', 'p1', 'p2']);
    assert.equal(resourceVersion, '1003');
    assert.equal(cluster.asked.at(-1)?.query.get('resourceVersion'), '1001');
  });

  test('that break off again and again without a word end, for the next refresh to go on', async t => {
    const { cluster, client } = await start(t);
    cluster.fault((_, response) => {
      response.writeHead(200).write('{"type":', () => response.destroy());
      return true;
    });
    const { changes, resourceVersion } = await watchChanges(client, pods, { resourceVersion: '1000' });
    assert.deepEqual([changes, resourceVersion, cluster.asked.length], [[], '1000', 1]);
  });

  test('that the server gives up are an error that says why', async t => {
    const { cluster, client } = await start(t);
    cluster.fault((_, response) => {
      response.end(JSON.stringify({ type: 'ERROR', object: status(500, 'InternalError', 'etcd has no leader') }));
      return true;
    });
    const { code, message } = await failure(watchChanges(client, pods, { resourceVersion: '1' }));
    assert.equal(code, 'KUBERNETES_WATCH');
    assert.match(message, /500: etcd has no leader/);
  });
});

describe('faults', () => {
  test('429 waits as long as the server asks', async t => {
    const { cluster, client, waits } = await start(t);
    fill(cluster, 1);
    cluster.fault((_, response) => {
      response.writeHead(429, { 'retry-after': '3' }).end(JSON.stringify(status(429, 'TooManyRequests', 'slow down')));
      return true;
    });
    assert.deepEqual(names((await listAll(client, pods))?.items), ['p0']);
    assert.deepEqual(waits, [3000]);
  });

  test('403 names what may not be read', async t => {
    const { client } = await start(t, { forbidden: ['pods'] }, { token });
    const { code, message, remedy } = await failure(listAll(client, pods));
    assert.equal(code, 'KUBERNETES_FORBIDDEN');
    assert.match(message, /pods is forbidden: User "system:serviceaccount:plumbline:default"/);
    assert.match(remedy, /ClusterRole/);
  });

  test('401 tells no token', async t => {
    const { client, cluster } = await start(t, { tokens: () => ['another'] }, { token });
    assert.equal((await failure(listAll(client, pods))).code, 'KUBERNETES_UNAUTHORIZED');
    assert.equal(cluster.asked.length, 1, 'it is not asked again with the same token');
  });
});

describe('credentials', () => {
  test('a token that is replaced is read anew, also in the midst of a request', async t => {
    const file = path.join(folder(t), 'token');
    writeFileSync(file, 'first\n');
    let valid = 'first';
    const { cluster, client } = await start(t, { tokens: () => [valid] }, { token_file: file, token: 'first' });
    fill(cluster, 1);
    assert.equal((await listAll(client, pods))?.items.length, 1);
    cluster.fault(() => {
      valid = 'second';
      writeFileSync(file, 'second\n');
      return false;
    });
    assert.equal((await listAll(client, pods))?.items.length, 1);
    assert.deepEqual(
      cluster.asked.map(({ authorization }) => authorization),
      ['Bearer first', 'Bearer first', 'Bearer second'],
    );
  });

  test('without a server are those of the pod', async t => {
    const access = { insecure_skip_tls_verify: false, timeout: 5 };
    const serviceAccount = folder(t);
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '6443' };
    assert.throws(
      () => kubernetesClient(access, { environment: {}, serviceAccount }),
      ({ code }: PlumblineError) => code === 'KUBERNETES_NOT_IN_CLUSTER' || code === 'KUBERNETES_FILE',
    );
    assert.throws(() => kubernetesClient(access, { environment, serviceAccount }), /ca\.crt.*ENOENT/);
    writeFileSync(path.join(serviceAccount, 'ca.crt'), '');
    const client = kubernetesClient(access, { environment, serviceAccount });
    assert.equal(client.server, 'https://[fd00::1]:6443');
    assert.match((await failure(client.get('/version'))).message, /token of the service account.*ENOENT/);
  });

  test('TLS trusts the authorities that are named, and shows the client certificate', async t => {
    const at = folder(t);
    const file = (name: string) => path.join(at, name);
    try {
      const subject = ['-subj', '/CN=plumbline-test', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
      execFileSync('openssl', [...made, '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' });
    } catch {
      return t.skip('openssl is not there to make a certificate');
    }
    const [key, cert] = [readFileSync(file('key.pem')), readFileSync(file('cert.pem'))];
    const server = https.createServer({ key, cert, ca: cert, requestCert: true, rejectUnauthorized: false });
    let shown: unknown;
    server.on('request', (request, response) => {
      shown = (request.socket as import('node:tls').TLSSocket).getPeerCertificate().subject?.CN;
      response.end(JSON.stringify({ metadata: { resourceVersion: '1' }, items: [] }));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const refused = await failure(listAll(clientOf({ url }).client, pods));
    assert.match(refused.message, /self-signed certificate|SELF_SIGNED/);
    assert.equal((await listAll(clientOf({ url }, { ca_file: file('cert.pem') }).client, pods))?.resourceVersion, '1');
    assert.equal(shown, undefined);
    const own = {
      ca_file: file('cert.pem'),
      client_certificate_file: file('cert.pem'),
      client_key_file: file('key.pem'),
    };
    await listAll(clientOf({ url }, own).client, pods);
    assert.equal(shown, 'plumbline-test');
    await listAll(clientOf({ url }, { insecure_skip_tls_verify: true }).client, pods);
  });
});
