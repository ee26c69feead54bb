/** A registry that refuses, limits, breaks or lies: what is then known of its images, and when they are asked for again. */
import assert from 'node:assert/strict';
import type http from 'node:http';
import { describe, type TestContext, test } from 'node:test';
import type { RegistryOptions } from '../../../../exporters/supply-chain/sources/registry/index.ts';
import {
  type RegistryServer,
  type RegistryServerOptions,
  startRegistryServer,
} from '../../../vendors/oci/registry-server.ts';
import { later } from '../source-run.ts';
import { heardOf, looksOf, registryRun, runs, sha256 } from './run.ts';

const imageType = 'application/vnd.oci.image.manifest.v1+json';
const simpleSigning = 'application/vnd.dev.cosign.simplesigning.v1+json';

const image = (server: RegistryServer, repository: string) => {
  const config = server.blob(JSON.stringify({ repository }), 'application/vnd.oci.image.config.v1+json');
  const digest = server.manifest(repository, { mediaType: imageType, config, layers: [] });
  return { digest, reference: `${server.host}/${repository}@${digest}`, config };
};

const sign = (server: RegistryServer, repository: string, digest: string) => {
  const payload = {
    critical: {
      identity: { 'docker-reference': '' },
      image: { 'docker-manifest-digest': digest },
      type: 'cosign container image signature',
    },
  };
  const layer = {
    ...server.blob(JSON.stringify(payload), simpleSigning),
    annotations: { 'dev.cosignproject.cosign/signature': Buffer.from('no signature').toString('base64') },
  };
  const config = server.blob('{}', 'application/vnd.oci.image.config.v1+json');
  server.manifest(repository, { mediaType: imageType, config, layers: [layer] }, `${digest.replace(':', '-')}.sig`);
  return layer;
};

async function start(
  t: TestContext,
  options: RegistryServerOptions = {},
  more: object = {},
  own: RegistryOptions = {},
) {
  const server = await startRegistryServer(t, options);
  const run = await registryRun(t, { url: server.url, concurrency: 1, ...more }, own);
  return { server, run };
}

const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}) =>
  (response: http.ServerResponse) =>
    void response.writeHead(code, headers).end('{}');

describe('an image', () => {
  test('is unknown with its reason, and the others are looked at', async t => {
    const { server, run } = await start(
      t,
      { authentication: 'bearer', denied: ['acme/denied'] },
      { username: 'shop', password: 'secret-of-shop', most_mib: 0.01 },
    );
    const [denied, plain, large] = ['denied', 'plain', 'large'].map(name => image(server, `acme/${name}`));
    server.manifest(
      'acme/large',
      { mediaType: imageType, config: large!.config, layers: [server.blob(Buffer.alloc(20_000, 'x'), simpleSigning)] },
      `${large!.digest.replace(':', '-')}.sig`,
    );
    await runs(
      run,
      ...[denied, plain, large].map(each => each!.reference),
      `${server.host}/acme/gone@${sha256('gone')}`,
    );
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(looksOf(heardOf(run)), [
      'acme/denied some unknown forbidden: ',
      'acme/gone some unknown not_found: ',
      'acme/large some unknown too_large: ',
      'acme/plain all none -: ',
    ]);
    assert.deepEqual(result.rejected, { too_large: 1 });
  });

  test('is not known to be unsigned where a signature could not be fetched', async t => {
    const { server, run } = await start(t);
    const { digest, reference } = image(server, 'acme/shop');
    const layer = sign(server, 'acme/shop', digest);
    await runs(run, reference);
    server.fault(path => path.endsWith(layer.digest), status(404));
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop some unknown blob_missing: ']);
    later(run, 61);
    const result = await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all found -: signature - claimed not_verified']);
    assert.deepEqual(result.rejected, {});
    assert.deepEqual(await run.rows('FROM rejects'), [], 'it is readable now');
  });

  test('whose signature was changed on its way is not told of by it', async t => {
    const { server, run } = await start(t);
    const { digest, reference } = image(server, 'acme/shop');
    const layer = sign(server, 'acme/shop', digest);
    await runs(run, reference);
    server.fault(
      path => path.endsWith(layer.digest),
      response => void response.writeHead(200).end('{"critical":{}}'),
      2,
    );
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop some unknown digest_mismatch: ']);
  });

  test('that Notation has signed is said to be, unchecked', async t => {
    const { server, run } = await start(t);
    const { digest, reference, config } = image(server, 'acme/shop');
    const layer = server.blob('{"payload":"…"}', 'application/jose+json');
    const subject = { mediaType: imageType, digest, size: 1 };
    server.manifest('acme/shop', {
      mediaType: imageType,
      artifactType: 'application/vnd.cncf.notary.signature',
      config,
      layers: [layer],
      subject,
    });
    await runs(run, reference);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all found -: signature - claimed notation_not_checked']);
  });

  test('to which something of another image was tied is not signed by that', async t => {
    const { server, run } = await start(t, { referrers: { status: 404 } });
    const { digest, reference, config } = image(server, 'acme/shop');
    const layer = server.blob('{}', 'application/vnd.dev.sigstore.bundle.v0.3+json');
    const own = server.manifest('acme/shop', {
      mediaType: imageType,
      config,
      layers: [layer],
      subject: { mediaType: imageType, digest: sha256('other'), size: 1 },
    });
    server.manifest(
      'acme/shop',
      {
        mediaType: 'application/vnd.oci.image.index.v1+json',
        manifests: [{ mediaType: imageType, digest: own, size: 1 }],
      },
      digest.replace(':', '-'),
    );
    await runs(run, reference);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all none -: ']);
  });

  for (const [what, body] of [
    ['nothing', ''],
    ['no JSON', '{'],
    ['null', 'null'],
    ['wrong types', '{"mediaType":7,"dsseEnvelope":{"payload":[]}}'],
    ['a prototype', '{"__proto__":{"payload":"x"}}'],
    ['depth', '['.repeat(50_000)],
  ] as const)
    test(`whose bundle holds ${what} has one that does not hold`, async t => {
      const { server, run } = await start(t);
      const { digest, reference, config } = image(server, 'acme/shop');
      const layer = server.blob(body, 'application/vnd.dev.sigstore.bundle.v0.3+json');
      server.manifest('acme/shop', {
        mediaType: imageType,
        config,
        layers: [layer],
        subject: { mediaType: imageType, digest, size: 1 },
      });
      await runs(run, reference);
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all found -: signature - failed malformed']);
    });
});

describe('a registry', () => {
  const many = (server: RegistryServer, count: number) =>
    Array.from({ length: count }, (_, index) => image(server, `acme/i${String(index).padStart(2, '0')}`).reference);

  test('that limits is left alone until the next refresh, which goes on where it was', async t => {
    const { server, run } = await start(t);
    await runs(run, ...many(server, 20));
    server.fault(path => path.includes('/acme/i05/'), status(429, { 'retry-after': '3600' }));
    assert.match(String((await run.refresh()).error), /429/);
    assert.equal(looksOf(heardOf(run)).length, 5);
    const before = server.asked.length;
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(looksOf(heardOf(run)).length, 15, 'the others, and none again');
    assert.ok(server.asked.slice(before).every(({ path }) => !path.includes('/acme/i00/')));
  });

  test('that cannot be reached is asked for three images, and says so; what was known stands', async t => {
    const { server, run } = await start(t);
    const references = many(server, 8);
    await runs(run, ...references.slice(0, 4));
    await run.refresh();
    assert.equal(looksOf(heardOf(run)).length, 4);
    later(run, 25 * 60);
    await runs(run, ...references.slice(4));
    server.fault(
      () => true,
      response => void response.destroy(),
      1_000,
    );
    assert.match(String((await run.refresh()).error), /HTTP_FAILED/);
    assert.deepEqual(
      looksOf(heardOf(run)),
      [4, 5, 6].map(index => `acme/i0${index} some unknown unreachable: `),
    );
  });

  test('that is broken for one image answers for the others', async t => {
    const { server, run } = await start(t);
    await runs(run, ...many(server, 3));
    server.fault(path => path.includes('/acme/i01/'), status(500), 100);
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(looksOf(heardOf(run)), [
      'acme/i00 all none -: ',
      'acme/i01 some unknown unreachable: ',
      'acme/i02 all none -: ',
    ]);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/i01 some unknown unreachable: '], 'it alone is asked for again');
  });

  test('that refuses the credentials is asked for five images, and says so', async t => {
    const { server, run } = await start(
      t,
      { authentication: 'bearer' },
      { username: 'shop', password: 'not-the-password' },
    );
    await runs(run, ...many(server, 8));
    const { error } = await run.refresh();
    assert.match(String(error), /OCI_UNAUTHORIZED/);
    assert.ok(![String(error), ...run.logged].some(line => line.includes('not-the-password')));
    assert.equal(server.tokens.length, 5);
  });
});

describe('an image is asked for', () => {
  test('when it is new, and a day later again; one that runs no longer is not', async t => {
    const { server, run } = await start(t);
    const [a, b] = [image(server, 'acme/a'), image(server, 'acme/b')];
    await runs(run, a.reference);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/a all none -: ']);
    later(run, 60);
    await runs(run, b.reference);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/b all none -: ']);
    later(run, 23 * 60);
    sign(server, 'acme/a', a.digest);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/a all found -: signature - claimed not_verified']);
    later(run, 25 * 60);
    await runs(run, `${b.reference} 0`);
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/a all found -: signature - claimed not_verified']);
    assert.deepEqual(await run.rows('SELECT name FROM registry_looks'), [{ name: `${server.host}/acme/a` }]);
  });

  test('of its own registry and of the repositories that are named', async t => {
    const { server, run } = await start(t, {}, { repositories: ['acme/*'] });
    const own = image(server, 'acme/a');
    await runs(
      run,
      own.reference,
      image(server, 'other/b').reference,
      `ghcr.io/acme/c@${sha256('c')}`,
      `${server.host}0/acme/d@${sha256('d')}`,
    );
    await run.refresh();
    assert.deepEqual(looksOf(heardOf(run)), ['acme/a all none -: ']);
    assert.ok(server.asked.every(({ path }) => path.startsWith('/v2/acme/a/')));
  });

  test('by the names of the configuration, though one of them may not be read', async t => {
    const images = ['acme/denied:1.0', 'acme/shop:1.0'];
    const user = { username: 'shop', password: 'secret-of-shop' };
    const { server, run } = await start(t, { authentication: 'bearer', denied: ['acme/denied'] }, { ...user, images });
    assert.match(String((await run.refresh()).error), /OCI_FORBIDDEN/, 'while no other is there');
    const config = server.blob('{}', 'application/vnd.oci.image.config.v1+json');
    server.manifest('acme/shop', { mediaType: imageType, config, layers: [] }, '1.0');
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(looksOf(heardOf(run)), ['acme/shop all none -: ']);
  });

  test('after a restart only where it is due', async t => {
    const { server, run } = await start(t);
    await runs(run, image(server, 'acme/a').reference);
    await run.refresh();
    const asked = server.asked.length;
    const again = await run.restart();
    later(again, 5);
    await again.refresh();
    assert.equal(server.asked.length, asked);
  });
});
