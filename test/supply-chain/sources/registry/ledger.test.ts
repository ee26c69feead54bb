/** From a cluster to the ledger: what runs there, and by its registry whether that is signed, as the exporter does it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import pino from 'pino';
import { buildCatalog } from '../../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../../exporters/core/runtime.ts';
import { supplyChainSchema } from '../../../../exporters/supply-chain/config.ts';
import { supplyChainExporter } from '../../../../exporters/supply-chain/index.ts';
import { startCluster } from '../../../vendors/kubernetes/api-server.ts';
import { ofDeployment, pod } from '../pods.ts';
import { pushImage, signing, startCosign, startRegistry } from './programs.ts';

test('a rollout of a signed build to an unsigned one is known in all its states', async t => {
  const registry = await startRegistry(t, { referrers: true });
  const cosign = registry && (await startCosign(t));
  if (!registry || !cosign) return;
  const { url, host } = registry;
  const [old, fresh] = [await pushImage(url, 'acme/cart', 'one'), await pushImage(url, 'acme/cart', 'two')];
  await cosign.run('sign', ...signing('bundle'), `${host}/acme/cart@${old.digest}`);
  const cluster = await startCluster(t, { served: { v1: { namespaces: 'Namespace', pods: 'Pod' } } });
  const build = (hash: string, tag: string, digest: string) =>
    pod(`shop/cart-${hash}-aaaaa`, {
      ...ofDeployment('cart', hash, { team: 'shop' }),
      ...{ image: `${host}/acme/cart:${tag}`, imageID: `${host}/acme/cart@${digest}` },
    });
  const [before, after] = [build('6d4cf56db6', '1', old.digest), build('84c9dcb5f', '2', fresh.digest)];
  cluster.apply(before);

  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-supply-chain-'));
  const clock = { now: new Date('2026-11-20T10:00:00Z') };
  const ownership = buildOwnership(buildCatalog([]), ownershipSchema.parse({}));
  const config = supplyChainSchema.parse({
    kubernetes: [{ cluster: 'prod', server: cluster.url, watch_seconds: 1 }],
    registries: [{ url }],
    verification: { keys: [{ file: cosign.publicKey }], transparency_log: 'optional' },
  });
  const exporter = supplyChainExporter(config, ownership, { now: () => clock.now });
  const log = pino({ level: 'silent' });
  const runtime = await openRuntime(exporter, { dataDir: folder, log, now: () => clock.now, threads: 1 });
  t.after(async () => {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  /** `TAG xREPLICAS OUTCOME STANDING`: of each build that is known, the newest. */
  const known = async (): Promise<readonly string[]> => {
    for (const _ of ['what runs', 'and what of that is signed'])
      for (const { error } of await runtime.refresh()) assert.equal(error, undefined);
    const rows = await runtime.ledger.read(reader =>
      reader.all(
        `WITH runs AS (FROM running_images QUALIFY row_number() OVER (
             PARTITION BY place, workload, container, artifact ORDER BY occurred_at DESC, learned_at DESC) = 1),
           looks AS (FROM signature_looks QUALIFY row_number() OVER (
             PARTITION BY artifact ORDER BY occurred_at DESC, learned_at DESC) = 1),
           held AS (FROM attestations QUALIFY holds AND row_number() OVER (
             PARTITION BY artifact, id ORDER BY occurred_at DESC, learned_at DESC) = 1)
         SELECT tag, replicas, outcome, held.standing
         FROM runs LEFT JOIN looks USING (artifact) LEFT JOIN held USING (artifact) ORDER BY tag`,
      ),
    );
    return rows.map(row => `${row.tag} x${row.replicas} ${row.outcome} ${row.standing ?? '-'}`);
  };
  assert.deepEqual(await known(), ['1 x1 found verified']);
  clock.now = new Date('2026-11-20T11:00:00Z');
  cluster.apply(after);
  assert.deepEqual(await known(), ['1 x1 found verified', '2 x1 none -']);
  clock.now = new Date('2026-11-20T12:00:00Z');
  cluster.remove(before);
  assert.deepEqual(await known(), ['1 x0 found verified', '2 x1 none -']);

  await cosign.run('sign', ...signing('bundle'), `${host}/acme/cart@${fresh.digest}`);
  clock.now = new Date('2026-11-21T12:00:00Z');
  assert.deepEqual(await known(), ['1 x0 found verified', '2 x1 found verified'], 'it was signed afterwards');

  const referrers = await fetch(`${url}/v2/acme/cart/referrers/${fresh.digest}`);
  for (const { digest } of ((await referrers.json()) as { manifests: { digest: string }[] }).manifests)
    assert.ok((await fetch(`${url}/v2/acme/cart/manifests/${digest}`, { method: 'DELETE' })).ok);
  clock.now = new Date('2026-11-22T13:00:00Z');
  assert.deepEqual(await known(), ['1 x0 found verified', '2 x1 none -'], 'its signature was taken away');
});
