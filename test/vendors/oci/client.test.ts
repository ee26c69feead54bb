/** The client of OCI registries against a local one: who asks, what is checked, limits and faults. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { challengeOf } from '../../../exporters/vendors/oci/challenge.ts';
import { ociClient } from '../../../exporters/vendors/oci/client.ts';
import { hostOf, type OciAccess, urlOf } from '../../../exporters/vendors/oci/config.ts';
import { PlumblineError } from '../../../exporters/vendors/oci/errors.ts';
import { type Descriptor, manifestOf } from '../../../exporters/vendors/oci/manifest.ts';
import { type RegistryServerOptions, refusal, startRegistryServer } from './registry-server.ts';

const imageType = 'application/vnd.oci.image.manifest.v1+json';
const defaults = { insecure_skip_tls_verify: false, timeout: 5, concurrency: 4, most_mib: 1 };
const shop = { username: 'shop', password: 'secret-of-shop' };

async function start(t: TestContext, options: RegistryServerOptions = {}, access: Partial<OciAccess> = {}) {
  const server = await startRegistryServer(t, options);
  const clock = { now: Date.parse('2026-11-20T10:00:00Z') };
  const waits: number[] = [];
  const client = ociClient(
    { ...defaults, url: server.url, ...access },
    { retries: 2, random: () => 0, now: () => clock.now, sleep: async ms => void waits.push(ms) },
  );
  const config = server.blob('{}', 'application/vnd.oci.image.config.v1+json');
  const digest = server.manifest('acme/shop', { mediaType: imageType, config, layers: [] }, '1.0');
  return { server, client, clock, waits, config, digest };
}

const code = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof PlumblineError ? error.code : String(error);
};
const words = (authorization: string | undefined) => (authorization ?? 'nobody').split(' ')[0];

describe('who asks', () => {
  test('is nobody where nobody has to be', async t => {
    const { client, server, digest } = await start(t);
    assert.equal((await client.manifest('acme/shop', digest))?.digest, digest);
    assert.deepEqual(
      server.asked.map(({ authorization }) => words(authorization)),
      ['nobody'],
    );
  });

  test('is a user of the token server, whose token is taken for the repository until it ends', async t => {
    const { client, server, digest, clock } = await start(t, { authentication: 'bearer' }, shop);
    await client.manifest('acme/shop', digest);
    await client.manifest('acme/shop', '1.0');
    assert.deepEqual(
      server.asked.map(({ authorization }) => words(authorization)),
      ['nobody', 'Bearer', 'Bearer'],
    );
    assert.deepEqual(
      server.tokens.map(
        ({ path: asked, authorization }) => `${decodeURIComponent(asked.replaceAll('+', ' '))} ${words(authorization)}`,
      ),
      ['/token?tenant=1&service=registry, of tests&scope=repository:acme/shop:pull Basic'],
    );
    clock.now += 291_000;
    await client.manifest('acme/shop', '1.0');
    assert.equal(server.tokens.length, 2);
    await client.manifest('acme/other', '1.0');
    assert.equal(server.tokens.length, 3, 'each repository has its own');
  });

  test('asks for one token where several requests wait for it', async t => {
    const { client, server } = await start(t, { authentication: 'bearer' }, shop);
    await Promise.all(['a', 'b', 'c'].map(tag => client.manifest('acme/shop', tag)));
    assert.equal(server.tokens.length, 1);
  });

  test('is a user of the registry itself', async t => {
    const { client, server, digest } = await start(t, { authentication: 'basic' }, shop);
    await client.manifest('acme/shop', digest);
    await client.manifest('acme/shop', '1.0');
    assert.deepEqual(
      server.asked.map(({ authorization }) => words(authorization)),
      ['nobody', 'Basic', 'Basic'],
    );
  });

  test('is whoever a file says at that time', async t => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-oci-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const file = path.join(folder, 'password');
    writeFileSync(file, 'not-yet-the-one\n');
    const { client, digest } = await start(t, { authentication: 'basic' }, { username: 'shop', password_file: file });
    assert.equal(await code(client.manifest('acme/shop', digest)), 'OCI_UNAUTHORIZED');
    writeFileSync(file, 'secret-of-shop\n');
    assert.equal((await client.manifest('acme/shop', digest))?.digest, digest);
    rmSync(file);
    assert.equal(await code(client.manifest('acme/shop', digest)), 'OCI_FILE');
  });

  test('sends a token as it is given, and nothing else', async t => {
    const token = Buffer.from('repository:acme/shop:pull given').toString('base64url');
    const { client, server, digest } = await start(t, { authentication: 'bearer' }, { token });
    await client.manifest('acme/shop', digest);
    assert.deepEqual([server.asked.length, server.tokens.length], [1, 0]);
    assert.equal(await code(client.manifest('acme/other', 'x')), 'OCI_UNAUTHORIZED');
    assert.equal(server.tokens.length, 0);
  });

  test('is refused by name, without the password being told', async t => {
    const password = 'not-the-password-at-all';
    const { client, digest } = await start(t, { authentication: 'bearer' }, { username: 'shop', password });
    const error = await client.manifest('acme/shop', digest).catch((thrown: unknown) => String(thrown));
    assert.match(String(error), /refused by the registry at .*\/token.* with 401: UNAUTHORIZED: wrong password/);
    assert.ok(!String(error).includes(password));
    const anonymous = await start(t, { authentication: 'bearer' });
    assert.equal(await code(anonymous.client.manifest('acme/shop', digest)), 'OCI_UNAUTHORIZED');
    const denied = await start(t, { authentication: 'bearer', denied: ['acme/shop'] }, shop);
    assert.equal(await code(denied.client.manifest('acme/shop', digest)), 'OCI_FORBIDDEN');
  });
});

describe('a challenge', () => {
  for (const [header, expected] of [
    [
      'Bearer realm="https://a/t",service="s",scope="repository:x:pull,push"',
      'bearer https://a/t s repository:x:pull,push',
    ],
    ['bearer realm="https://a/t" , service=s', 'bearer https://a/t s -'],
    ['Basic realm="r", Bearer realm="https://a/t"', 'bearer https://a/t - -'],
    ['Basic realm="a, Bearer realm=evil"', 'basic a, Bearer realm=evil - -'],
    ['Basic realm="a \\"quoted\\" one"', 'basic a "quoted" one - -'],
    ['Negotiate', undefined],
    ['', undefined],
  ] as const)
    test(`is understood: ${header || 'nothing'}`, () => {
      const found = challengeOf(header);
      assert.equal(found && [found.scheme, found.realm, found.service ?? '-', found.scope ?? '-'].join(' '), expected);
    });

  test('to another protocol than that of the registry gets no password', async t => {
    const { server } = await start(t);
    const challenge = `Bearer realm="ftp://elsewhere/token",service="s"`;
    server.fault(
      () => true,
      response => void response.writeHead(401, { 'www-authenticate': challenge }).end(),
    );
    const client = ociClient({ ...defaults, url: server.url, ...shop }, { retries: 0 });
    assert.equal(await code(client.manifest('acme/shop', '1.0')), 'OCI_ANSWER');
    assert.ok(server.asked.every(({ authorization }) => authorization === undefined));
  });
});

test('TLS trusts the authorities that are named, and no token server without TLS gets the password', async t => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-oci-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  try {
    const subject = ['-subj', '/CN=plumbline-test', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject];
    execFileSync('openssl', [...made, '-keyout', keyFile, '-out', certFile], { stdio: 'ignore' });
  } catch {
    return t.skip('openssl is not there to make a certificate');
  }
  const elsewhere = await startRegistryServer(t);
  const server = https.createServer({ key: readFileSync(keyFile), cert: readFileSync(certFile) }, (_, response) =>
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${elsewhere.url}/token",service="s"` }).end(),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = (access: Partial<OciAccess>) =>
    ociClient({ ...defaults, url, ...shop, ...access }, { retries: 0 }).manifest('acme/shop', '1.0');
  assert.equal(await code(ask({})), 'HTTP_FAILED');
  assert.equal(await code(ask({ ca_file: certFile })), 'OCI_ANSWER');
  assert.equal(await code(ask({ insecure_skip_tls_verify: true })), 'OCI_ANSWER');
  assert.deepEqual(elsewhere.tokens, []);
  assert.throws(
    () => ask({ ca_file: path.join(folder, 'none.pem') }),
    /certificate authorities for the registry: ENOENT/,
  );
});

describe('what is asked for', () => {
  test('by its digest is that, or nothing', async t => {
    const { client, server, digest, config } = await start(t);
    const isBlob = (asked: string) => asked.includes('/blobs/');
    const isManifest = (asked: string) => asked.includes('/manifests/');
    server.fault(isManifest, response => void response.writeHead(200).end('{"schemaVersion":2,"layers":[]}'));
    assert.equal((await client.manifest('acme/shop', digest))?.digest, digest, 'once is asked again');
    server.fault(isManifest, response => void response.writeHead(200).end('{"schemaVersion":2,"layers":[]}'), 2);
    assert.equal(await code(client.manifest('acme/shop', digest)), 'OCI_DIGEST');
    server.fault(isBlob, response => void response.writeHead(200).end('{'), 2);
    assert.equal(await code(client.blob('acme/shop', config as Descriptor)), 'OCI_DIGEST');
    assert.equal((await client.blob('acme/shop', config as Descriptor))?.toString(), '{}');
  });

  test('by a tag is what the answer says it is', async t => {
    const { client, server, digest } = await start(t);
    server.fault(
      () => true,
      response => void response.writeHead(200, { 'docker-content-digest': digest }).end('{"schem'),
      2,
    );
    assert.equal(await code(client.manifest('acme/shop', '1.0')), 'OCI_DIGEST');
    assert.equal((await client.manifest('acme/shop', '1.0'))?.digest, digest);
  });

  test('and is not there is nothing', async t => {
    const { client } = await start(t);
    assert.equal(await client.manifest('acme/shop', '2.0'), undefined);
    assert.equal(await client.manifest('acme/none', `sha256:${'a'.repeat(64)}`), undefined);
    assert.equal(
      await client.blob('acme/shop', { mediaType: '', digest: `sha256:${'a'.repeat(64)}`, size: 2 } as Descriptor),
      undefined,
    );
  });

  test('and breaks off is asked for again', async t => {
    const { client, server, digest, waits } = await start(t);
    const cut = (response: import('node:http').ServerResponse) => {
      response.writeHead(200, { 'content-length': '4000' }).write('{"schemaVersion"');
      setTimeout(() => response.destroy(), 20);
    };
    server.fault(() => true, cut);
    assert.equal((await client.manifest('acme/shop', digest))?.digest, digest);
    assert.equal(waits.length, 1);
    server.fault(() => true, cut, 3);
    assert.equal(await code(client.manifest('acme/shop', digest)), 'HTTP_FAILED');
  });

  test('and is larger than wanted is not read, whether it says so or not', async t => {
    const { client, server } = await start(t);
    const large = server.blob(Buffer.alloc(2 << 20), 'application/json') as Descriptor;
    assert.equal(await code(client.blob('acme/shop', large)), 'OCI_TOO_LARGE');
    assert.equal(server.asked.length, 0);
    assert.equal(await code(client.blob('acme/shop', { ...large, size: 10 })), 'HTTP_TOO_LARGE');
  });

  test('and lies on another host is fetched there without credentials', async t => {
    const { client, server, config } = await start(t, { authentication: 'bearer', storage: true }, shop);
    assert.equal((await client.blob('acme/shop', config as Descriptor))?.toString(), '{}');
    assert.deepEqual(
      server.stored.map(({ authorization }) => authorization),
      [undefined],
    );
  });

  test('of a registry that limits is waited for, as long as it says', async t => {
    const { client, server, digest, waits } = await start(t);
    const limited = (seconds: string) => (response: import('node:http').ServerResponse) =>
      void response
        .writeHead(429, { 'retry-after': seconds })
        .end(JSON.stringify(refusal('TOOMANYREQUESTS', 'slow down')));
    server.fault(() => true, limited('7'));
    assert.equal((await client.manifest('acme/shop', digest))?.digest, digest);
    assert.deepEqual(waits, [7000]);
    server.fault(() => true, limited('3600'));
    const error = await client.manifest('acme/shop', digest).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof PlumblineError && error.details.status === 429 && error.details.retryAfter === '3600');
    assert.match(error.message, /TOOMANYREQUESTS: slow down/);
  });

  test('and is no manifest is said to be none', async t => {
    const { client, server } = await start(t);
    for (const body of ['{"schemaVersion":2}', '{"layers":[{"digest":"sha256:short","size":1}]}', '{"config":7}']) {
      server.fault(
        () => true,
        response => void response.writeHead(200).end(body),
      );
      assert.equal(await code(client.manifest('acme/shop', '1.0')), 'OCI_ANSWER');
    }
    server.fault(
      () => true,
      response => void response.writeHead(200).end('<html>log in</html>'),
    );
    assert.equal(await code(client.manifest('acme/shop', '1.0')), 'HTTP_NOT_JSON');
    assert.equal(typeof manifestOf(null, ''), 'string');
  });
});

describe('referrers', () => {
  const refer = async (t: TestContext, options: RegistryServerOptions) => {
    const world = await start(t, options);
    const { server, digest, config } = world;
    for (const name of ['a', 'b', 'c'])
      server.manifest('acme/shop', {
        mediaType: imageType,
        config,
        layers: [server.blob(name, 'text/plain')],
        subject: { mediaType: imageType, digest, size: 1 },
      });
    return world;
  };

  test('are all pages', async t => {
    const { client, server, digest } = await refer(t, { referrers: { page: 2 } });
    assert.equal((await client.referrers('acme/shop', digest))?.length, 3);
    assert.equal(server.asked.length, 2);
    assert.deepEqual(await client.referrers('acme/shop', `sha256:${'b'.repeat(64)}`), []);
  });

  for (const status of [404, 400, 405, 501, 200])
    test(`are not known of to a registry that answers ${status}`, async t => {
      const { client, digest } = await refer(t, { referrers: { status } });
      assert.equal(await client.referrers('acme/shop', digest), undefined);
    });

  test('of a registry that is broken are no reason to say that there are none', async t => {
    const { client, digest } = await refer(t, { referrers: { status: 500 } });
    assert.equal(await code(client.referrers('acme/shop', digest)), 'HTTP_STATUS');
  });
});

test('a registry is called as images call it, and asked where it answers', () => {
  assert.deepEqual(
    [
      { host: 'GHCR.io' },
      { url: 'http://10.0.0.1:5000/' },
      { host: 'docker.io' },
      { host: 'a.io', url: 'https://mirror/' },
    ].map(access => `${hostOf(access)} ${urlOf(access)}`),
    [
      'ghcr.io https://ghcr.io',
      '10.0.0.1:5000 http://10.0.0.1:5000',
      'docker.io https://registry-1.docker.io',
      'a.io https://mirror',
    ],
  );
});
