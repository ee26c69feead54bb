/** The web configuration file: TLS, client certificates, users, headers, and real Prometheus behind all of it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { readWebConfig } from '../../exporters/core/web/config.ts';
import { openWeb } from '../../exporters/core/web/server.ts';
import { type Compare, createUsers } from '../../exporters/core/web/users.ts';
import { eventually } from '../alerts/routes/servers.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { pageOf, startFixture } from './server-fixture.ts';

/** Of the password `scrape-me`. */
const hash = '$2b$10$LHTJtAeKYrR.f.dsKbL7ketPYVM95rlee3ljAOZRzxLVDeVN95M5a';
const password = 'scrape-me';
const header = (user: string, given: string) => `Basic ${Buffer.from(`${user}:${given}`).toString('base64')}`;
/** Stands for bcrypt where it isn't what is looked at. */
const compare: Compare = async (given, known) => known === hash && given === password;

function temporary(t: TestContext) {
  const folder = mkdtempSync(path.join(tmpdir(), 'plumbline-web-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = (name: string) => path.join(folder, name);
  const write = (text: string) => {
    writeFileSync(file('web.yml'), text);
    return file('web.yml');
  };
  return { folder, file, write };
}

/** A certificate that signs itself, for a server and as a client's. False after skipping the test. */
function certified(t: TestContext, folder: string, name = 'server'): boolean {
  try {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=IP:127.0.0.1,DNS:${name}.example`];
    const out = ['-keyout', path.join(folder, `${name}.key`), '-out', path.join(folder, `${name}.crt`)];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...out], {
      stdio: 'ignore',
    });
    return true;
  } catch {
    t.skip('openssl is not there to make a certificate');
    return false;
  }
}

interface Answer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly text: string;
}

const ask = (url: string, options: https.RequestOptions = {}): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const module = url.startsWith('https:') ? https : http;
    const request = module.get(url, { agent: false, ...options }, response => {
      const chunks: Buffer[] = [];
      response.on('data', chunk => chunks.push(chunk as Buffer));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on('error', reject);
  });

async function served(t: TestContext, file: string) {
  const web = await openWeb(file, pino({ level: 'silent' }), compare);
  const fixture = await startFixture(t, { web });
  fixture.show('cost', pageOf(1, 1));
  fixture.show('dora', pageOf(1, 1));
  return fixture;
}

const tls = 'tls_server_config: {cert_file: server.crt, key_file: server.key}\n';
const users = `basic_auth_users: {prometheus: '${hash}'}\n`;

test('pages come by TLS for users and tokens alone, with the headers', async t => {
  const { folder, file, write } = temporary(t);
  if (!certified(t, folder)) return;
  const { url } = await served(
    t,
    write(
      `${tls}${users}http_server_config: {headers: {Strict-Transport-Security: max-age=60, X-Frame-Options: sameorigin}}\n`,
    ),
  );
  assert.match(url, /^https:/);
  const ca = readFileSync(file('server.crt'));
  const refused = await ask(`${url}/metrics`, { ca });
  assert.equal(refused.status, 401);
  assert.match(String(refused.headers['www-authenticate']), /^Basic realm="plumbline"/);
  assert.ok(!refused.text.includes('finops'));
  assert.equal((await ask(`${url}/-/healthy`, { ca })).status, 401);
  const known = await ask(`${url}/metrics`, { ca, auth: `prometheus:${password}` });
  assert.equal(known.status, 200);
  assert.match(known.text, /finops_month_to_date_cost/);
  assert.equal(known.headers['strict-transport-security'], 'max-age=60');
  assert.equal(known.headers['x-frame-options'], 'sameorigin');
  for (const auth of ['prometheus:other', 'nobody:scrape-me', `prometheus:${hash}`, 'prometheus'])
    assert.equal((await ask(`${url}/metrics`, { ca, auth })).status, 401, auth);
  const bearer = (token: string) => ask(`${url}/metrics`, { ca, headers: { authorization: `Bearer ${token}` } });
  assert.equal((await bearer('reader-token')).status, 200);
  assert.equal((await bearer('no-token')).status, 401);
  await assert.rejects(ask(`${url}/metrics`), /self-signed/);
  await assert.rejects(ask(url.replace('https:', 'http:')), /hang up|ECONNRESET|Parse Error/);
});

const clientTypes: Readonly<
  Record<string, { readonly none: boolean; readonly own: boolean; readonly foreign: boolean }>
> = {
  RequestClientCert: { none: true, own: true, foreign: true },
  RequireAnyClientCert: { none: false, own: true, foreign: true },
  VerifyClientCertIfGiven: { none: true, own: true, foreign: false },
  RequireAndVerifyClientCert: { none: false, own: true, foreign: false },
  'RequireAndVerifyClientCert, client_allowed_sans: [client.example]': { none: false, own: true, foreign: false },
  'RequireAndVerifyClientCert, client_allowed_sans: [other.example]': { none: false, own: false, foreign: false },
};

test('client certificates are asked for and verified as client_auth_type says', async t => {
  const { folder, file, write } = temporary(t);
  for (const name of ['server', 'client', 'foreign']) if (!certified(t, folder, name)) return;
  const ca = readFileSync(file('server.crt'));
  const pair = (name: string) => ({ cert: readFileSync(file(`${name}.crt`)), key: readFileSync(file(`${name}.key`)) });
  for (const [type, expected] of Object.entries(clientTypes)) {
    const { url } = await served(
      t,
      write(
        `tls_server_config: {cert_file: server.crt, key_file: server.key, client_ca_file: client.crt, client_auth_type: ${type}}\n`,
      ),
    );
    const passes = (options: https.RequestOptions) =>
      ask(`${url}/-/healthy`, { ca, ...options }).then(
        ({ status }) => status === 200,
        () => false,
      );
    const found = { none: await passes({}), own: await passes(pair('client')), foreign: await passes(pair('foreign')) };
    assert.deepEqual(found, expected, type);
  }
});

test('a client that speaks an older version is refused', async t => {
  const { folder, file, write } = temporary(t);
  if (!certified(t, folder)) return;
  const { url } = await served(
    t,
    write('tls_server_config: {cert_file: server.crt, key_file: server.key, min_version: TLS13}\n'),
  );
  const ca = readFileSync(file('server.crt'));
  assert.equal((await ask(`${url}/-/healthy`, { ca, minVersion: 'TLSv1.3' })).status, 200);
  await assert.rejects(ask(`${url}/-/healthy`, { ca, maxVersion: 'TLSv1.2' }), /protocol version|EPROTO/);
});

test('a file that changes is read anew, and a broken one changes nothing', async t => {
  const { write } = temporary(t);
  const { url } = await served(t, write('{}\n'));
  assert.equal((await ask(`${url}/-/healthy`)).status, 200, 'without users nobody is asked');
  write(users);
  const status = async () => (await ask(`${url}/-/healthy`)).status;
  const becomes = async (wanted: number) => {
    for (let tries = 0; tries < 100 && (await status()) !== wanted; tries += 1)
      await new Promise(done => setTimeout(done, 100));
    assert.equal(await status(), wanted);
  };
  await becomes(401);
  write('basic_auth_users: {a: nonsense}\n');
  await new Promise(done => setTimeout(done, 1200));
  assert.equal(await status(), 401);
  write('{}\n');
  await becomes(200);
});

test('commands on this machine need a token, and neither a user nor a certificate', async t => {
  const { write } = temporary(t);
  const { server } = await served(t, write(users));
  const local = await server.listenLocally();
  assert.equal((await ask(`${local}/-/healthy`)).status, 200);
  assert.equal((await ask(`${local}/metrics`)).status, 401);
  assert.equal((await ask(`${local}/metrics`, { auth: `prometheus:${password}` })).status, 401);
  assert.equal((await ask(`${local}/metrics`, { headers: { authorization: 'Bearer admin-token' } })).status, 200);
});

test('a list of suites is for TLS 1.2 and before, and what is commented out is as if it were not there', async t => {
  const { folder, write } = temporary(t);
  if (!certified(t, folder)) return;
  const suites = '[TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA]';
  const text = (more: string) =>
    `tls_server_config: {cert_file: server.crt, key_file: server.key, cipher_suites: ${suites}${more}}\nbasic_auth_users:\n  # alice: x\nhttp_server_config:\n  headers:\n`;
  const ca = readFileSync(path.join(folder, 'server.crt'), 'utf8');
  for (const [more, version] of [
    ['', 'TLSv1.3'],
    [', min_version: TLS13', 'TLSv1.3'],
    [', max_version: TLS12', 'TLSv1.2'],
  ] as const) {
    const web = await openWeb(write(text(more)), pino({ level: 'silent' }), compare);
    const server = web.createServer((request, response) => {
      response.end((request.socket as TLSSocket).getProtocol());
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const { text: spoken } = await ask(`https://127.0.0.1:${port}/`, { ca, agent: false });
    assert.equal(spoken, version, more);
  }
});

test('mistakes are told by key, and no value is', t => {
  const { write } = temporary(t);
  const mistakes: Readonly<Record<string, RegExp>> = {
    'basic_auth_users: {a: plain-password}': /- basic_auth_users\.a: expected a bcrypt hash/,
    'tls_server_config: {cert_file: a}': /- tls_server_config: expected one of key_file and key$/,
    'tls_server_config: {cert_file: a, key_file: b, min_version: SSL3}': /- tls_server_config\.min_version: /,
    'tls_server_config: {cert_file: a, key_file: b, client_ca_file: c}':
      /- tls_server_config\.client_auth_type: expected a type/,
    'tls_server_config: {cert_file: a, key_file: b, client_auth_type: RequireAndVerifyClientCert}':
      /client_ca_file: expected/,
    'tls_config: {}': /- tls_config: no such key$/,
    'http_server_config: {headers: {X-Other: plain-password}}': /headers\.X-Other: no such key/,
    'a: [': /- /,
  };
  for (const [text, says] of Object.entries(mistakes))
    assert.throws(
      () => readWebConfig(write(`${text}\n`)),
      (error: Error & { readonly code?: string }) => {
        assert.equal(error.code, 'WEB_CONFIG_INVALID', text);
        assert.match(error.message, says);
        assert.doesNotMatch(error.message, /plain-password/);
        return true;
      },
    );
  assert.throws(() => readWebConfig(write('tls_server_config: {cert_file: a, key_file: b}\n')), {
    code: 'WEB_CONFIG_UNREADABLE',
  });
});

test('a password is compared once, one at a time, and an unknown user as long as a known one', async () => {
  let [asked, running, most] = [0, 0, 0];
  const { userOf } = createUsers(async (given, known) => {
    asked += 1;
    running += 1;
    most = Math.max(most, running);
    await new Promise(done => setTimeout(done, 1));
    running -= 1;
    return compare(given, known);
  });
  const known = { prometheus: hash };
  assert.deepEqual(
    await Promise.all(['scrape-me', 'a', 'b'].map(given => userOf(header('prometheus', given), known))),
    ['prometheus', undefined, undefined],
  );
  assert.deepEqual([asked, most], [3, 1]);
  assert.equal(await userOf(header('prometheus', 'scrape-me'), known), 'prometheus');
  assert.equal(asked, 3);
  assert.equal(await userOf(header('nobody', 'scrape-me'), known), undefined);
  assert.equal(await userOf(header('__proto__', 'scrape-me'), known), undefined);
  assert.equal(asked, 5);
  assert.equal(
    await userOf(header('prometheus', 'scrape-me'), { prometheus: hash.replace('LHT', 'LHU') }),
    undefined,
    'a new hash',
  );
});

test('bcrypt itself takes the hash of htpasswd', async () => {
  const { userOf } = createUsers();
  assert.equal(await userOf(header('prometheus', password), { prometheus: hash }), 'prometheus');
  assert.equal(
    await userOf(header('prometheus', password), { prometheus: hash.replace('$2b$', '$2y$') }),
    'prometheus',
  );
  assert.equal(await userOf(header('prometheus', 'other'), { prometheus: hash }), undefined);
});

test('Prometheus scrapes by TLS and basic authentication, as its own configuration says it', async t => {
  const { folder, file, write } = temporary(t);
  if (!(await requireTool(t, 'prometheus')) || !certified(t, folder)) return;
  const { url } = await served(t, write(`${tls}${users}`));
  writeFileSync(file('password'), password);
  const job = (name: string, how: string) =>
    `  - {job_name: ${name}, scheme: https, scrape_interval: 5s, scrape_timeout: 5s, tls_config: {ca_file: server.crt}, static_configs: [{targets: ['${new URL(url).host}']}]${how}}\n`;
  writeFileSync(
    file('prometheus.yml'),
    `scrape_configs:\n${job('right', ', basic_auth: {username: prometheus, password_file: password}')}${job('wrong', ', basic_auth: {username: prometheus, password: other}')}${job('without', '')}`,
  );
  const prometheus = await startPrometheus({ t, configFile: file('prometheus.yml') });
  let seen: Readonly<Record<string, string>> = {};
  const look = async () => {
    const answer = await fetch(`${prometheus.url}/api/v1/targets`);
    const { data } = (await answer.json()) as {
      readonly data: {
        readonly activeTargets: readonly {
          readonly scrapePool: string;
          readonly health: string;
          readonly lastError: string;
        }[];
      };
    };
    seen = Object.fromEntries(
      data.activeTargets.map(({ scrapePool, health, lastError }) => [scrapePool, `${health} ${lastError}`.trim()]),
    );
  };
  const timer = setInterval(() => void look().catch(() => undefined), 200);
  t.after(() => clearInterval(timer));
  const known = () =>
    Object.values(seen).length === 3 && !Object.values(seen).some(each => each.startsWith('unknown'))
      ? seen
      : undefined;
  const unauthorized = 'down server returned HTTP status 401 Unauthorized';
  assert.deepEqual(await eventually(known, () => seen), { right: 'up', wrong: unauthorized, without: unauthorized });
});
