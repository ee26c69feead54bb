/** The client of GitHub against a local server: paging, limits, faults, identities, and what errors say. */
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type http from 'node:http';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import pino from 'pino';
import type { PlumblineError } from '../../exporters/core/errors.ts';
import { type ClientOptions, githubClient } from '../../exporters/vendors/github/client.ts';
import { apiUrl, type GitHubAccess, oneIdentity } from '../../exporters/vendors/github/config.ts';
import { startLocalServer } from '../core/local-server.ts';

const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';
const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../shared/data');

interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (request: Seen, response: http.ServerResponse, nth: number) => void;

const json = (response: http.ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}) =>
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(JSON.stringify(body));

async function start(t: TestContext, answer: Answer, access: Partial<GitHubAccess> = {}, more: ClientOptions = {}) {
  const seen: Seen[] = [];
  const server = await startLocalServer(t, (request, response, body) => {
    const one = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: body.toString(),
    };
    seen.push(one);
    answer(one, response, seen.length);
  });
  const logged: string[] = [];
  const waits: number[] = [];
  const client = githubClient(
    { url: server.url, token, timeout: 5, longest_wait: 600, ...access },
    {
      log: pino({ level: 'trace' }, { write: line => void logged.push(line) }),
      sleep: async ms => void waits.push(ms),
      retryUnitMs: 1,
      paced: false,
      ...more,
    },
  );
  t.after(() => assert.ok(!logged.join('').includes(token), 'the token was logged'));
  return { client, seen, waits, logged, url: server.url };
}

/** The error of a failing request; its sentence, details and cause hold no token. */
async function failure(work: Promise<unknown>): Promise<PlumblineError> {
  const error = await work.then(
    () => assert.fail('it succeeded'),
    (thrown: unknown) => thrown as PlumblineError,
  );
  assert.doesNotMatch(JSON.stringify([error.message, error.details, String(error.cause)]), /ghp_/);
  return error;
}

const all = async (pages: AsyncGenerator<{ readonly items: readonly unknown[] }>) => {
  const items: unknown[] = [];
  for await (const page of pages) items.push(...page.items);
  return items;
};

describe('what has changed', () => {
  test('is told by the ETag: the same answer again is not sent, and any other error is an error', async t => {
    let etag = '"a"';
    const { client, seen } = await start(t, (request, response) => {
      if (request.url.endsWith('/gone')) return json(response, 404, { message: 'Not Found' });
      if (request.headers['if-none-match'] === etag) return response.writeHead(304, { etag }).end();
      return json(response, 200, [1], { etag });
    });
    assert.deepEqual(await client.ifChanged('/list', {}, undefined), { isChanged: true, etag: '"a"' });
    assert.deepEqual(await client.ifChanged('/list', {}, '"a"'), { isChanged: false, etag: '"a"' });
    etag = '"b"';
    assert.deepEqual(await client.ifChanged('/list', {}, '"a"'), { isChanged: true, etag: '"b"' });
    assert.equal(seen.length, 3);
    assert.equal((await failure(client.ifChanged('/gone', {}, '"a"'))).code, 'GITHUB_NOT_FOUND');
  });
});

describe('paging', () => {
  test('follows Link headers to the end, with the token and the API version of the root of an Enterprise Server', async t => {
    const { client, seen, url } = await start(t, (request, response) => {
      const at = new URL(request.url, 'http://x');
      const page = Number(at.searchParams.get('page') ?? 1);
      at.searchParams.set('page', String(page + 1));
      const link = page < 3 ? { link: `<${url}${at.pathname}${at.search}>; rel="next", <${url}/x>; rel="last"` } : {};
      json(response, 200, [{ page }], link as Record<string, string>);
    });
    assert.deepEqual(await all(client.pages('/repos/{owner}/{repo}/deployments', { owner: 'acme', repo: 'shop' })), [
      { page: 1 },
      { page: 2 },
      { page: 3 },
    ]);
    assert.equal(seen[0]?.url, '/api/v3/repos/acme/shop/deployments?per_page=100');
    assert.deepEqual(
      seen.map(({ headers }) => headers.authorization),
      [1, 2, 3].map(() => `token ${token}`),
    );
    assert.equal(client.requests(), 3);
  });

  test('takes the list out of an object that counts it', async t => {
    const { client } = await start(t, (_, response) =>
      json(response, 200, { total_count: 7, workflow_runs: [{ id: 1 }] }),
    );
    const pages = client.pages('/repos/{owner}/{repo}/actions/runs', { owner: 'acme', repo: 'shop' });
    const { value } = await pages.next();
    assert.deepEqual([value?.total, [...(value?.items ?? [])]], [7, [{ id: 1 }]]);
  });

  test('never sends the token to another server, nor goes round in circles', async t => {
    const foreign = await start(t, (_, response) =>
      json(response, 200, [], { link: '<https://elsewhere.example/next>; rel="next"' }),
    );
    assert.equal((await failure(all(foreign.client.pages('/x')))).code, 'GITHUB_FOREIGN_PAGE');
    const circle = await start(t, (request, response) =>
      json(response, 200, [], { link: `<${circle.url}${request.url}>; rel="next"` }),
    );
    assert.equal((await failure(all(circle.client.pages('/x')))).code, 'HTTP_PAGING_LOOP');
  });

  test('a redirect to another port or host has no token, one on the same has, and none makes a GET of a POST', async t => {
    const other = await start(t, (_, response) => json(response, 200, [{ id: 1 }]));
    const { client, seen } = await start(t, (request, response) => {
      const to = request.url.startsWith('/api/v3/moved') ? `${other.url}/there` : '/api/v3/here';
      if (request.url.startsWith('/api/v3/here')) json(response, 200, [{ id: 2 }]);
      else json(response, 302, {}, { location: to });
    });
    assert.deepEqual(await all(client.pages('/moved')), [{ id: 1 }]);
    assert.deepEqual(await all(client.pages('/renamed')), [{ id: 2 }]);
    assert.deepEqual(
      other.seen.map(({ headers }) => headers.authorization),
      [undefined],
    );
    assert.equal(seen.at(-1)?.headers.authorization, `token ${token}`);
    assert.equal((await failure(client.graphql('query Q { viewer { login } }', {}))).code, 'HTTP_STATUS');
  });

  test('an answer that is no list is told as such, whatever type it claims', async t => {
    for (const [type, body] of [
      ['text/plain', '{}'],
      ['application/json', 'null'],
      ['application/json', '{"message":"ok"}'],
    ] as const) {
      const { client } = await start(t, (_, response) => {
        response.writeHead(200, { 'content-type': type });
        response.end(body);
      });
      assert.equal((await failure(all(client.pages('/x')))).code, 'HTTP_NOT_JSON');
    }
  });

  test('reads the recorded pages of GitHub', async t => {
    const file = path.join(corpus, 'dora/octokit-fixtures/paginate-issues/raw-fixture.json');
    if (!existsSync(file)) return t.skip('no octokit-fixtures in PLUMBLINE_CORPUS');
    interface Recorded {
      readonly method: string;
      readonly path: string;
      readonly status: number;
      readonly response: unknown;
      readonly rawHeaders: readonly string[];
    }
    const recorded = (JSON.parse(readFileSync(file, 'utf8')) as Recorded[]).filter(
      ({ method, path: of }) => method.toLowerCase() === 'get' && of.includes('/issues?'),
    );
    const { client, url, seen } = await start(t, (request, response) => {
      const one = recorded.find(({ path: of }) => `/api/v3${of}` === request.url);
      const at = (one?.rawHeaders ?? []).findIndex(name => name.toLowerCase() === 'link');
      const link = at < 0 ? '' : String(one?.rawHeaders[at + 1]).replaceAll('https://api.github.com', `${url}/api/v3`);
      json(response, one?.status ?? 404, one?.response ?? {}, link ? { link } : {});
    });
    const first = new URL(`http://x${recorded[0]?.path}`);
    const issues = await all(client.pages(first.pathname, { per_page: 3 }));
    assert.equal(issues.length, 13);
    assert.equal(seen.length, recorded.length);
  });
});

test('a recorded refusal is told with all that GitHub says of it', async t => {
  const file = path.join(corpus, 'dora/octokit-fixtures/errors/normalized-fixture.json');
  if (!existsSync(file)) return t.skip('no octokit-fixtures in PLUMBLINE_CORPUS');
  const [recorded] = JSON.parse(readFileSync(file, 'utf8')) as [
    { readonly status: number; readonly response: unknown },
  ];
  assert.equal(recorded.status, 422);
  const { client } = await start(t, (_, response) => json(response, recorded.status, recorded.response));
  const error = await failure(client.get('/x'));
  assert.match(
    error.message,
    /answered 422: Validation Failed \[{"resource":"Label","code":"invalid","field":"color"}\]/,
  );
});

describe('limits', () => {
  test('a used-up limit is waited for until its reset, by the clock of the server, and told', async t => {
    const served = Date.parse('2026-11-26T10:00:00Z');
    const { client, waits, logged } = await start(t, (_, response, nth) => {
      const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(served / 1000 + 90) };
      if (nth === 1)
        json(response, 403, { message: 'API rate limit exceeded' }, { ...reset, date: new Date(served).toUTCString() });
      else json(response, 200, { ok: true });
    });
    assert.deepEqual(await client.get('/x'), { ok: true });
    assert.deepEqual(waits, [91_000]);
    assert.match(logged.join(''), /GitHub asks to wait/);
  });

  test('a secondary limit is waited for as long as Retry-After says, a minute where nothing is said', async t => {
    const { client, waits } = await start(t, (_, response, nth) => {
      if (nth === 1)
        json(response, 403, { message: 'You have exceeded a secondary rate limit' }, { 'retry-after': '7' });
      else if (nth === 2) json(response, 429, { message: 'Too many requests' });
      else json(response, 200, {});
    });
    await client.get('/x');
    assert.deepEqual(waits, [8000, 60_000]);
  });

  test('GraphQL tells its limit in an answer of 200, paced or not', async t => {
    for (const paced of [true, false]) {
      const limited = { errors: [{ type: 'RATE_LIMITED', message: 'API rate limit exceeded' }] };
      const { client, waits } = await start(
        t,
        (_, response, nth) => {
          const reset = { 'x-ratelimit-reset': '1000000010', date: new Date(1_000_000_000_000).toUTCString() };
          if (nth === 1) json(response, 200, limited, reset);
          else json(response, 200, { data: { viewer: 1 } });
        },
        {},
        { paced },
      );
      assert.deepEqual(await client.graphql('query Who { viewer }', {}), { viewer: 1 });
      assert.deepEqual(waits, [11_000], `paced ${paced}`);
    }
  });

  test('a wait that is too long, or asked for again and again, ends the request', async t => {
    const long = await start(t, (_, response) => json(response, 429, {}, { 'retry-after': '3000' }));
    const error = await failure(long.client.get('/x'));
    assert.deepEqual([error.code, error.details.seconds, long.waits], ['GITHUB_RATE_LIMITED', 3001, []]);
    const again = await start(t, (_, response) => json(response, 429, {}, { 'retry-after': '1' }));
    assert.equal((await failure(again.client.get('/x'))).code, 'GITHUB_RATE_LIMITED');
    assert.equal(again.waits.length, 5);
  });

  test('a signal ends a wait', async t => {
    const abort = new AbortController();
    const { client } = await start(
      t,
      (_, response) => json(response, 429, {}, { 'retry-after': '100' }),
      {},
      {
        signal: abort.signal,
        sleep: async (_, signal) => {
          abort.abort(new Error('stopped'));
          signal?.throwIfAborted();
        },
      },
    );
    await assert.rejects(client.get('/x'), /stopped/);
  });
});

describe('faults', () => {
  const cases: readonly [string, Answer, string, RegExp, number][] = [
    [
      '401',
      (_, r) => json(r, 401, { message: `Bad credentials ${token}` }),
      'GITHUB_UNAUTHORIZED',
      /Bad credentials/,
      1,
    ],
    ['404', (_, r) => json(r, 404, { message: 'Not Found' }), 'GITHUB_NOT_FOUND', /may not see it/, 1],
    [
      '403 without a limit',
      (_, r) =>
        json(r, 403, { message: 'Resource not accessible' }, { 'x-accepted-github-permissions': 'deployments=read' }),
      'GITHUB_FORBIDDEN',
      /needed: deployments=read/,
      1,
    ],
    ['422', (_, r) => json(r, 422, { message: 'Validation Failed' }), 'HTTP_STATUS', /422: Validation Failed/, 1],
    ['502 again and again', (_, r) => r.writeHead(502).end('<html>bad gateway'), 'HTTP_STATUS', /answered 502/, 4],
    [
      'HTML instead of JSON',
      (_, r) => r.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in'),
      'HTTP_NOT_JSON',
      /HTML instead of JSON/,
      4,
    ],
    [
      'JSON that is cut',
      (_, r) => r.writeHead(200, { 'content-type': 'application/json' }).end('[{"id": 1}, {"id'),
      'HTTP_NOT_JSON',
      /no whole JSON/,
      4,
    ],
    [
      'a connection that is cut',
      (_, r) => {
        r.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
        r.write('[{"id": 1}', () => r.destroy());
      },
      'HTTP_FAILED',
      /failed: /,
      4,
    ],
    [
      'nothing',
      (_, r) => r.writeHead(200, { 'content-type': 'application/json' }).end(),
      'HTTP_NOT_JSON',
      /nothing/,
      4,
    ],
    ['an object for a list', (_, r) => json(r, 200, { message: 'hm', url: 'x' }), 'HTTP_NOT_JSON', /no list/, 1],
  ];
  for (const [name, answer, code, said, requests] of cases)
    test(`${name} is ${code} after ${requests} attempts`, async t => {
      const { client, seen } = await start(t, answer);
      const error = await failure(all(client.pages('/repos/{owner}/{repo}/deployments', { owner: 'a', repo: 'b' })));
      assert.equal(error.code, code);
      assert.match(error.message, said);
      assert.equal(seen.length, requests);
    });

  test('a server that comes back is no fault; one that says nothing is a time-out', async t => {
    const back = await start(t, (_, response, nth) => (nth < 3 ? response.destroy() : json(response, 200, { nth })));
    assert.deepEqual(await back.client.get('/x'), { nth: 3 });
    const silent = await start(t, () => undefined, { timeout: 0.05 }, { retries: 0 });
    assert.equal((await failure(silent.client.get('/x'))).code, 'HTTP_TIMEOUT');
    const large = await start(t, (_, r) => json(r, 200, 'x'.repeat(2000)), {}, { maxBodyBytes: 1000, retries: 0 });
    assert.equal((await failure(large.client.get('/x'))).code, 'HTTP_TOO_LARGE');
  });

  test('errors in a GraphQL answer of 200 are errors, each of its kind', async t => {
    const said = (type: string, data: unknown = null) => ({ data, errors: [{ type, message: `no ${type}` }] });
    const { client } = await start(t, ({ body }, response) => {
      const { query, variables } = JSON.parse(body) as { query: string; variables?: { type?: string } };
      if (/Partial/.test(query)) json(response, 200, said('NOT_FOUND', { a: 1, b: null }));
      else json(response, 200, said(variables?.type ?? ''));
    });
    const ask = (type: string) => failure(client.graphql('query Some { a }', { type }));
    assert.equal((await ask('NOT_FOUND')).code, 'GITHUB_NOT_FOUND');
    assert.equal((await ask('FORBIDDEN')).code, 'GITHUB_FORBIDDEN');
    const other = await ask('undefinedField');
    assert.deepEqual(
      [other.code, other.message],
      ['GITHUB_GRAPHQL', 'the query Some was answered with errors: no undefinedField'],
    );
    assert.deepEqual(await client.graphql('query Partial { a b }', {}, { partial: true }), { a: 1, b: null });
    assert.equal((await failure(client.graphql('query Partial { a b }', {}))).code, 'GITHUB_NOT_FOUND');
  });
});

describe('identities', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const installations = (...ids: number[]) => ids.map(id => ({ id, account: { login: `org-${id}` } }));
  const asApp =
    (list: readonly unknown[]): Answer =>
    (request, response) => {
      if (request.url.endsWith('/access_tokens'))
        json(response, 201, { token: 'ghs_installation', expires_at: '2099-01-01T00:00:00Z', permissions: {} });
      else if (request.url.endsWith('/app/installations')) json(response, 200, list);
      else json(response, 200, { as: request.headers.authorization });
    };

  test('a GitHub App finds its one installation and asks as that', async t => {
    const { client, seen } = await start(t, asApp(installations(42)), {
      token: undefined,
      app: { id: 7, private_key: pem },
    });
    assert.deepEqual(await client.get('/x'), { as: 'token ghs_installation' });
    assert.deepEqual(
      seen.map(({ method, url }) => `${method} ${url}`),
      ['GET /api/v3/app/installations', 'POST /api/v3/app/installations/42/access_tokens', 'GET /api/v3/x'],
    );
    await client.get('/x');
    assert.equal(seen.length, 4, 'the token of the installation is kept');
  });

  test('no installation, several, or a key that is none are errors that say so', async t => {
    const app = { id: 'Iv1.abc', private_key: pem };
    const several = await start(t, asApp(installations(1, 2)), { token: undefined, app });
    const error = await failure(several.client.get('/x'));
    assert.match(error.message, /Iv1.abc has 2 installations \(org-1, org-2\)/);
    const cut = await start(t, asApp([]), { token: undefined, app: { id: 1, private_key: 'secret-key-text' } });
    const bad = await failure(cut.client.get('/x'));
    assert.equal(bad.code, 'GITHUB_APP_KEY');
    assert.doesNotMatch(bad.message, /secret-key-text/);
  });

  test('there is one identity, and one address of the API', () => {
    assert.equal(oneIdentity({ token: 'a' }), true);
    assert.equal(oneIdentity({ app: { id: 1, private_key: 'k' } }), true);
    assert.equal(oneIdentity({}), false);
    assert.equal(oneIdentity({ app: { id: 1 } }), false);
    assert.equal(oneIdentity({ token: 'a', app: { id: 1, private_key: 'k' } }), false);
    assert.equal(apiUrl('https://api.github.com/'), 'https://api.github.com');
    assert.equal(apiUrl('https://api.acme.ghe.com'), 'https://api.acme.ghe.com');
    assert.equal(apiUrl('https://github.acme.example'), 'https://github.acme.example/api/v3');
    assert.equal(apiUrl('https://github.acme.example/api/v3/'), 'https://github.acme.example/api/v3');
  });
});
