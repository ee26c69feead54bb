import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { ErrorCode } from '../../exporters/core/errors.ts';
import { PlumblineError } from '../../exporters/core/errors.ts';
import { createHttpClient, type HttpClientOptions, linkOf } from '../../exporters/core/http-client.ts';
import { redactUrl } from '../../exporters/core/secrets.ts';
import { type Handler, startLocalServer } from './local-server.ts';

const withCode = (code: ErrorCode, pattern?: RegExp) => (error: unknown) => {
  assert.ok(error instanceof PlumblineError, String(error));
  assert.equal(error.code, code, error.message);
  if (pattern) assert.match(error.message, pattern);
  return true;
};

/** A client that notes its waits instead of waiting. */
function patientClient(options: HttpClientOptions) {
  const waits: number[] = [];
  const sleep = async (milliseconds: number) => void waits.push(milliseconds);
  return { client: createHttpClient({ sleep, random: () => 1, ...options }), waits };
}

/** Answers the first requests as told, then with 200 and {"ok":true}. */
function after(...answers: readonly Handler[]): Handler & { readonly count: () => number } {
  let asked = 0;
  const handler: Handler = (request, response, body) => {
    const own = answers[asked];
    asked += 1;
    if (own) own(request, response, body);
    else response.setHeader('content-type', 'application/json').end('{"ok":true}');
  };
  return Object.assign(handler, { count: () => asked });
}

const status =
  (code: number, headers: Record<string, string> = {}, body = 'said so'): Handler =>
  (_, response) =>
    void response.writeHead(code, headers).end(body);

describe('retries', () => {
  test('of 503 back off further each time, up to the cap', async t => {
    const { url } = await startLocalServer(t, after(status(503), status(503), status(503), status(503)));
    const { client, waits } = patientClient({ baseUrl: url, maxDelayMs: 3000 });
    assert.deepEqual(await client.getJson('/x'), { ok: true });
    assert.deepEqual(waits, [500, 1000, 2000, 3000]);
  });

  test('wait as a vendor says in headers of its own, where a client knows them', async t => {
    const { url } = await startLocalServer(
      t,
      after(status(429, { 'retry-after': '7', 'x-quota-ms': '9000' }), status(503)),
    );
    const { client, waits } = patientClient({
      baseUrl: url,
      retryAfter: ({ header }) => (header('x-quota-ms') === undefined ? undefined : Number(header('x-quota-ms'))),
    });
    await client.getJson('/x');
    assert.deepEqual(waits, [9000, 1000], 'its own, and the usual backoff where it says nothing');
  });

  test('of 429 wait as Retry-After says, in seconds or as a date', async t => {
    const now = Date.parse('2026-11-02T10:00:00Z');
    const answers = after(
      status(429, { 'retry-after': '7' }),
      status(429, { 'retry-after': 'Mon, 02 Nov 2026 10:00:20 GMT' }),
      status(429, { 'retry-after': 'soon' }),
    );
    const { url } = await startLocalServer(t, answers);
    const { client, waits } = patientClient({ baseUrl: url, now: () => now });
    await client.getJson('/x');
    assert.deepEqual(waits, [7000, 20_000, 2000]);
  });

  test('end at once where Retry-After is beyond the cap, and the error says it', async t => {
    const answers = after(status(429, { 'retry-after': '3600' }));
    const { url } = await startLocalServer(t, answers);
    const { client, waits } = patientClient({ baseUrl: url });
    const error = await client.getJson('/x').catch((caught: unknown) => caught);
    assert.ok(error instanceof PlumblineError);
    assert.deepEqual([error.code, error.details.status, error.details.retryAfter], ['HTTP_STATUS', 429, '3600']);
    assert.deepEqual([waits, answers.count()], [[], 1]);
  });

  test('end after as many as allowed', async t => {
    const answers = after(...Array.from({ length: 9 }, () => status(500, {}, 'broken')));
    const { url } = await startLocalServer(t, answers);
    const { client } = patientClient({ baseUrl: url, retries: 2 });
    await assert.rejects(client.getJson('/x'), withCode('HTTP_STATUS', /^GET http:\S+\/x answered 500: broken$/));
    assert.equal(answers.count(), 3);
  });

  test('are not made of 404', async t => {
    const answers = after(status(404));
    const { url } = await startLocalServer(t, answers);
    await assert.rejects(patientClient({ baseUrl: url }).client.getJson('/x'), withCode('HTTP_STATUS', /404/));
    assert.equal(answers.count(), 1);
  });

  test('follow a connection that was cut, within a body too', async t => {
    const answers = after(
      request => request.socket.destroy(),
      (request, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"half":');
        setImmediate(() => request.socket.destroy());
      },
    );
    const { url } = await startLocalServer(t, answers);
    assert.deepEqual(await patientClient({ baseUrl: url }).client.getJson('/x'), { ok: true });
    assert.equal(answers.count(), 3);
  });

  test('follow a server that does not answer in time', async t => {
    const answers = after(() => undefined);
    const { url } = await startLocalServer(t, answers);
    assert.deepEqual(await patientClient({ baseUrl: url, timeoutMs: 300 }).client.getJson('/x'), { ok: true });
    const silent = await startLocalServer(t, () => undefined);
    const { client } = patientClient({ baseUrl: silent.url, timeoutMs: 50, retries: 1 });
    await assert.rejects(client.getJson('/x'), withCode('HTTP_TIMEOUT', /within 0\.05 s/));
  });

  test('stop when the signal is aborted', async t => {
    const { url } = await startLocalServer(t, status(503));
    const abort = new AbortController();
    const reason = new Error('stopping');
    const client = createHttpClient({ baseUrl: url, signal: abort.signal, sleep: async () => abort.abort(reason) });
    await assert.rejects(client.getJson('/x'), reason);
  });
});

describe('answers', () => {
  test('that are a log-in page, cut short or empty are errors that show their start', async t => {
    for (const [body, pattern] of [
      [
        '<!doctype html>\n<title>Sign in</title>',
        /HTML instead of JSON \(text\/html, \d+ bytes\): "<!doctype html> <title>/,
      ],
      ['{"items":[1,2', /no whole JSON document .*"\{"items":\[1,2"/],
      ['', /nothing instead of JSON/],
    ] as const) {
      const { url } = await startLocalServer(t, status(200, { 'content-type': 'text/html' }, body));
      await assert.rejects(createHttpClient().getJson(`${url}/x`), withCode('HTTP_NOT_JSON', pattern));
    }
  });

  test('above the limit are refused, decompressed ones too', async t => {
    const bomb = gzipSync(Buffer.alloc(1_000_000));
    const { url } = await startLocalServer(t, (_, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': String(bomb.length) }).end(bomb);
    });
    await assert.rejects(
      createHttpClient({ maxBodyBytes: 10_000 }).request({ url }),
      withCode('HTTP_TOO_LARGE', /10000 bytes/),
    );
  });

  test('of any status are returned on request', async t => {
    const { url } = await startLocalServer(t, status(400, { 'x-a': 'b' }, 'no'));
    const response = await createHttpClient().request({ url, anyStatus: true });
    assert.deepEqual([response.status, response.header('X-A'), response.text()], [400, 'b', 'no']);
  });
});

describe('requests', () => {
  test('carry path, query, headers and JSON body', async t => {
    const seen: unknown[] = [];
    const { url } = await startLocalServer(t, (request, response, body) => {
      const { authorization, accept, 'x-one': one, 'content-type': type } = request.headers;
      seen.push([request.method, request.url, authorization, accept, one, type, body.toString()]);
      response.end('{}');
    });
    const client = createHttpClient({
      baseUrl: `${url}/api/v4/`,
      headers: { Authorization: 'Bearer t0ken', 'X-One': '1' },
    });
    await client.getJson('/projects', { query: { page: 2, q: 'a b&c', none: undefined } });
    await client.postJson('graphql', { query: 'x' }, { headers: { 'x-one': '2' } });
    await createHttpClient().getJson(`${url.replace('//', '//us%40er:p%3Aw@')}/x`);
    const json = 'application/json';
    assert.deepEqual(seen, [
      ['GET', '/api/v4/projects?page=2&q=a+b%26c', 'Bearer t0ken', json, '1', undefined, ''],
      ['POST', '/api/v4/graphql', 'Bearer t0ken', json, '2', json, '{"query":"x"}'],
      ['GET', '/x', `Basic ${Buffer.from('us@er:p:w').toString('base64')}`, json, undefined, undefined, ''],
    ]);
  });

  test('give their secrets to no other origin, by address or by redirect', async t => {
    const seen: unknown[] = [];
    const other = await startLocalServer(t, (request, response) => {
      seen.push([request.url, request.headers['private-token']]);
      response.end('{}');
    });
    const { url } = await startLocalServer(t, status(302, { location: `${other.url}/moved` }));
    const client = createHttpClient({ baseUrl: url, headers: { 'PRIVATE-TOKEN': 's3cret' } });
    await client.getJson('/x');
    await client.getJson(`${other.url}/next`);
    assert.deepEqual(seen, [
      ['/moved', undefined],
      ['/next', undefined],
    ]);
  });

  test('that redirect for ever, or redirect a POST, are errors', async t => {
    const { url } = await startLocalServer(t, status(302, { location: '/again' }));
    const client = createHttpClient({ baseUrl: url });
    await assert.rejects(client.getJson('/x'), withCode('HTTP_REDIRECT'));
    await assert.rejects(client.postJson('/x', {}), withCode('HTTP_STATUS', /302/));
  });

  test('to one host are as many at once as allowed', async t => {
    let now = 0;
    let most = 0;
    const { url } = await startLocalServer(t, (_, response) => {
      most = Math.max(most, ++now);
      setTimeout(() => {
        now -= 1;
        response.end('{}');
      }, 5);
    });
    const client = createHttpClient({ baseUrl: url, concurrency: 3 });
    await Promise.all(Array.from({ length: 20 }, () => client.getJson('/x')));
    assert.equal(most, 3);
  });
});

describe('secrets', () => {
  test('are masked in URLs', () => {
    assert.equal(
      redactUrl('https://me:pw@host:8/p/q?page=2&token=abc&API_KEY=x&sig=1#frag'),
      'https://***@host:8/p/q?page=2&token=***&API_KEY=***&sig=***',
    );
    assert.equal(redactUrl('not a url ?token=abc'), 'not a url ?token=***');
  });

  test('never reach an error, its cause or its details', async t => {
    const echo: Handler = (request, response) =>
      void response
        .writeHead(403)
        .end(`no: ${request.url} ${request.headers.authorization} ${request.headers['x-api-key']}`);
    const { url } = await startLocalServer(t, echo);
    const secret = 'hunter2hunter2';
    const headers = { authorization: `Bearer ${secret}`, 'x-api-key': secret };
    const refused = await startLocalServer(t, () => undefined);
    await refused.close();
    for (const base of [url, refused.url]) {
      const client = createHttpClient({ headers, retries: 0 });
      const error = await client
        .getJson(`${base.replace('//', `//u:${secret}@`)}/x?access_token=${secret}`)
        .catch((caught: unknown) => caught);
      assert.ok(error instanceof PlumblineError);
      const everything = [error.stack, JSON.stringify(error.details), (error.cause as Error | undefined)?.stack].join(
        '\n',
      );
      assert.doesNotMatch(everything, /hunter2/);
      assert.match(error.message, /access_token=\*\*\*/);
    }
  });
});

describe('pages', () => {
  test('are read one after the other by their Link header', async t => {
    const { url } = await startLocalServer(t, (request, response) => {
      const page = Number(new URL(request.url ?? '', 'http://x').searchParams.get('page'));
      const links = ['</first>; rel="first"', `</list?page=${page + 1}&c=a,b>; title="a, b"; rel="next"`];
      if (page < 3) response.setHeader('link', links.join(', '));
      response.end(String(page));
    });
    const client = createHttpClient({ baseUrl: url });
    const read: string[] = [];
    const pages = client.pages({ url: '/list', query: { page: 1 } }, response => {
      const next = linkOf(response, 'next');
      return next === undefined ? undefined : { url: next };
    });
    for await (const page of pages) read.push(page.text());
    assert.deepEqual(read, ['1', '2', '3']);
  });

  test('that lead back are an error', async t => {
    const { url } = await startLocalServer(t, (_, response) => void response.end('{}'));
    const client = createHttpClient({ baseUrl: url });
    const read = async () => {
      for await (const page of client.pages({ url: '/list?cursor=1' }, () => ({ url: '/list?cursor=1' }))) void page;
    };
    await assert.rejects(read(), withCode('HTTP_PAGING_LOOP'));
  });
});

test('of a stream that may end anywhere what has come is the answer, and it says so', async t => {
  let asked = 0;
  const { url } = await startLocalServer(t, (_, response) => {
    asked += 1;
    response.writeHead(200).write('abc', () => (asked === 1 ? response.destroy() : response.end('def')));
  });
  const client = createHttpClient({ baseUrl: url, retries: 0 });
  const ask = async () => {
    const { isCut, text } = await client.request({ url: '/', mayBeCut: true });
    return [text(), isCut];
  };
  assert.deepEqual(await ask(), ['abc', true]);
  assert.deepEqual(await ask(), ['abcdef', false]);
  const small = createHttpClient({ baseUrl: url, maxBodyBytes: 3 });
  assert.equal((await small.request({ url: '/', mayBeCut: true })).isCut, true);
});
