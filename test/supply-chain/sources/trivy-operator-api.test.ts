/** Reports of trivy-operator by a local API of Kubernetes: lists, watches, what is deleted, what cannot be read. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { trivyOperatorSource } from '../../../exporters/supply-chain/sources/trivy-operator/api.ts';
import { trivyOperatorSchema } from '../../../exporters/supply-chain/sources/trivy-operator/config.ts';
import { type ApiObject, type ClusterOptions, startCluster } from '../../vendors/kubernetes/api-server.ts';
import { later, type SourceRun, sourceRun } from './source-run.ts';

const version = 'aquasecurity.github.io/v1alpha1';
const served = {
  [version]: {
    vulnerabilityreports: 'VulnerabilityReport',
    exposedsecretreports: 'ExposedSecretReport',
    sbomreports: 'SbomReport',
    configauditreports: 'ConfigAuditReport',
  },
};
const digest = (letter: string) => `sha256:${letter.repeat(64)}`;

const body = (tag: string) => ({
  artifact: { repository: 'acme/cart', tag, digest: digest(tag) },
  registry: { server: 'ghcr.io' },
  scanner: { name: 'Trivy', version: '0.60.0' },
  updateTimestamp: '2026-11-20T09:00:00Z',
});
const object = (kind: string, name: string, report: object): ApiObject => ({
  apiVersion: version,
  kind,
  metadata: {
    name,
    namespace: 'shop',
    labels: {
      'trivy-operator.resource.kind': 'ReplicaSet',
      'trivy-operator.resource.name': name,
      team: 'checkout',
      chatter: 'x',
    },
  },
  report,
});
const vulnerabilities = (name: string, tag: string, ...ids: readonly string[]) =>
  object('VulnerabilityReport', name, {
    ...body(tag),
    vulnerabilities: ids.map(vulnerabilityID => ({
      vulnerabilityID,
      resource: 'musl',
      installedVersion: '1',
      severity: 'HIGH',
      packageType: 'alpine',
    })),
  });
const bom = (tag: string) => ({
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  metadata: {
    timestamp: '2026-11-20T08:00:00Z',
    tools: { components: [{ name: 'trivy' }] },
    component: { type: 'container', name: `ghcr.io/acme/cart:${tag}` },
  },
  components: [{ 'bom-ref': 'a', type: 'library', name: 'musl', version: '1', purl: 'pkg:apk/alpine/musl@1' }],
});

async function start(t: TestContext, options: Partial<ClusterOptions> = {}, more: object = {}) {
  const cluster = await startCluster(t, { served, ...options });
  const config = trivyOperatorSchema.parse({ cluster: 'prod', server: cluster.url, watch_seconds: 1, ...more });
  const run = await sourceRun(
    t,
    store => trivyOperatorSource(config, { store, tags: ['team'], sleep: async () => undefined, retries: 1 }),
    '2026-11-20T10:00:00Z',
  );
  return { cluster, run };
}

/** `CLASSES NAME:TAG: IDS` of each scan, `sbom NAME:TAG: PACKAGES` of each bill of materials. */
async function told(run: SourceRun): Promise<readonly string[]> {
  const { error } = await run.refresh();
  assert.equal(error, undefined);
  return run
    .told()
    .flatMap(({ heard }) => heard)
    .flatMap(({ scans = [], sboms = [] }) => [
      ...scans.map(
        ({ classes, artifact, found }) => `${classes} ${artifact.name}:${artifact.tag}: ${found.map(one => one.id)}`,
      ),
      ...sboms.map(
        ({ artifact, components }) =>
          `sbom ${artifact.name}:${artifact.tag} ${artifact.digests.length}: ${components.map(one => one.purl)}`,
      ),
    ])
    .toSorted();
}

test('all reports are told once, then what has changed', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(vulnerabilities('cart-1', 'a', 'CVE-1', 'CVE-2'));
  cluster.apply(
    object('ExposedSecretReport', 'cart-1', {
      ...body('a'),
      secrets: [{ ruleID: 'aws', severity: 'HIGH', target: '/x' }],
    }),
  );
  cluster.apply(object('SbomReport', 'cart-1', { ...body('a'), components: bom('a') }));
  cluster.apply(object('ConfigAuditReport', 'cart-1', { checks: [] }));
  assert.deepEqual(await told(run), [
    'sbom ghcr.io/acme/cart:a 1: pkg:apk/alpine/musl@1',
    'secret ghcr.io/acme/cart:a: aws',
    'vulnerability ghcr.io/acme/cart:a: CVE-1,CVE-2',
  ]);
  later(run, 5);
  assert.deepEqual(await told(run), []);
  const changed = vulnerabilities('cart-2', 'b', 'CVE-2');
  cluster.apply(changed);
  assert.deepEqual(await told(run), ['vulnerability ghcr.io/acme/cart:b: CVE-2']);
  // It is deleted to be made anew, which mends nothing.
  cluster.remove(changed);
  later(run, 5);
  assert.deepEqual(await told(run), []);
  const again = await run.restart();
  cluster.apply(vulnerabilities('cart-2', 'b'));
  assert.deepEqual(await told(again), ['vulnerability ghcr.io/acme/cart:b: ']);
  assert.equal(cluster.asked.filter(({ query }) => query.has('limit')).length, 3);
});

test('whose they are, since when, and for how long they hold', async t => {
  const { cluster, run } = await start(t, {}, { environment: 'production', stale: 48 });
  cluster.apply(vulnerabilities('cart-1', 'a', 'CVE-1'));
  await run.refresh();
  const [call] = run.told();
  const [scan] = call?.heard[0]?.scans ?? [];
  assert.equal(
    scan?.owner,
    '{"cluster":"prod","environment":"production","image":"ghcr.io/acme/cart","namespace":"shop","resource":"prod/shop/cart-1","tags":{"team":"checkout"}}',
  );
  assert.deepEqual([scan?.scannedAt, scan?.artifact.digests], ['2026-11-20T09:00:00.000Z', [digest('a')]]);
  assert.equal(call?.options.staleSeconds, 48 * 3600);
});

test('what cannot be read is rejected once, and mended in its place', async t => {
  const { cluster, run } = await start(t, {}, { read: ['vulnerabilities'] });
  const broken = object('VulnerabilityReport', 'cart-1', { ...body('a'), artifact: {}, vulnerabilities: [{}] });
  cluster.apply(broken);
  assert.deepEqual(await told(run), []);
  const rejects = () => run.rows("SELECT file, reason FROM rejects WHERE source = 'trivy-operator-prod'");
  assert.deepEqual(await rejects(), [{ file: 'VulnerabilityReport shop/cart-1', reason: 'missing_subject' }]);
  cluster.apply(vulnerabilities('cart-1', 'a', 'CVE-1'));
  assert.deepEqual(await told(run), ['vulnerability ghcr.io/acme/cart:a: CVE-1']);
  assert.deepEqual(await rejects(), []);
});

test('a cluster without it, and one that refuses, are told by name; what was read before stands', async t => {
  const { run } = await start(t, { served: { v1: { pods: 'Pod' } } });
  assert.match(String((await run.refresh()).error), /found no reports of trivy-operator at .* of prod/);
  const refused = await start(t, { forbidden: ['vulnerabilityreports'] });
  assert.match(String((await refused.run.refresh()).error), /vulnerabilityreports/);
});

test('versions that a server no longer knows are listed anew', async t => {
  const { cluster, run } = await start(t);
  cluster.apply(vulnerabilities('cart-1', 'a', 'CVE-1'));
  await told(run);
  cluster.apply(vulnerabilities('cart-1', 'a', 'CVE-3'));
  cluster.compact();
  cluster.apply(vulnerabilities('cart-9', 'c', 'CVE-4'));
  assert.deepEqual(await told(run), [
    'vulnerability ghcr.io/acme/cart:a: CVE-3',
    'vulnerability ghcr.io/acme/cart:c: CVE-4',
  ]);
});
