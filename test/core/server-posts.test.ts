import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { pino } from 'pino';
import { openRuntime, type Runtime } from '../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { type ServerOptions, viewOf } from '../../exporters/core/server-types.ts';
import type { PostQueueing, QueueSource } from '../../exporters/core/source.ts';
import { toyExporter } from './toy.ts';

const tokens = [
  { name: 'sender', role: 'admin', token: 't' },
  { name: 'grafana', role: 'reader', token: 'r' },
] as const;

async function served(t: TestContext, queue: Partial<PostQueueing> = {}, server: Partial<ServerOptions> = {}) {
  const drained: string[] = [];
  const source: QueueSource = {
    ...{ kind: 'push', name: 'hook', everySeconds: 60 },
    queue: {
      ...{
        maxBodyBytes: 1000,
        maxInflatedBytes: 5000,
        maxBytes: 2000,
        maxPosts: 3,
        drainPosts: 2,
        drainInflatedBytes: 1e6,
      },
      note: ({ rest = '' }) => rest,
      drain: async (_, posts) => ({
        cursor: null,
        write: async () => {
          drained.push(...posts.map(({ note, inflatedBytes }) => `${note} ${inflatedBytes}`));
          return { records: posts.length, changed: posts.length, rejected: {} };
        },
      }),
      ...queue,
    },
  };
  const folder = await mkdtemp(`${os.tmpdir()}/plumbline-posts-`);
  const log = pino({ level: 'silent' });
  const runtime: Runtime = await openRuntime(toyExporter([source]), { dataDir: folder, log });
  const self = createSelfMetrics({ version: 'test', runtime: false });
  const app = createServer({ exporters: () => [viewOf(runtime)], tokens, self, log, version: 'test', ...server });
  const { url } = await app.listen(0);
  t.after(async () => {
    await app.close(100);
    await runtime.stop();
    await rm(folder, { recursive: true });
  });
  const post = (to: string, body: Buffer | string, headers: Record<string, string> = {}) =>
    fetch(`${url}${to}`, { method: 'POST', body, headers: { authorization: 'Bearer t', ...headers } });
  return { runtime, drained, post, url };
}

test('a post to a queue is answered once it is kept, and committed later, some at a time', async t => {
  const { post, runtime, drained } = await served(t);
  for (const to of ['/push/toy/hook', '/ingest/toy/hook/logs', '/push/toy/hook/logs/part'])
    assert.deepEqual(await (await post(to, gzipSync('x'.repeat(4000)))).json(), {
      ...{ records: 0, changed: 0, rejected: {}, waiting: 1 },
    });
  assert.deepEqual(drained, []);
  await runtime.drain();
  assert.deepEqual(drained, [' 4000', 'logs 4000', 'logs/part 4000']);
  assert.equal(runtime.sources()[0]?.records, 3);
});

test('a queue that is full answers 429 and when to come again; what was taken is not lost', async t => {
  const { post, runtime, drained } = await served(t);
  const answers: Response[] = [];
  for (let index = 0; index < 5; index += 1) answers.push(await post('/push/toy/hook', 'body'));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 429, 429],
  );
  assert.equal(answers[3]!.headers.get('retry-after'), '1');
  assert.equal(((await answers[3]!.json()) as { code: string }).code, 'PUSH_BUSY');
  await runtime.drain();
  assert.equal((await post('/push/toy/hook', 'body')).status, 200);
  await runtime.drain();
  assert.equal(drained.length, 4);
});

test('what is too large, as sent or unpacked, is refused before it is held; what is no gzip is told', async t => {
  const { post, runtime, url } = await served(t);
  const bomb = gzipSync(Buffer.alloc(200_000));
  assert.ok(bomb.length < 1000);
  assert.equal((await post('/push/toy/hook', bomb)).status, 413);
  assert.equal((await post('/push/toy/hook', 'x'.repeat(1001))).status, 413);
  assert.equal(await chunked(`${url}/push/toy/hook`, 3000), 413);
  assert.equal((await post('/push/toy/hook', gzipSync('abc'.repeat(99)).subarray(0, 20))).status, 400);
  assert.equal((await post('/push/toy/hook', 'plain', { 'content-encoding': 'br' })).status, 400);
  await runtime.drain();
  assert.equal(runtime.sources()[0]?.records, 0);
});

test('who has no token, may not post, or posts beside a source is told so', async t => {
  const { post } = await served(t);
  assert.equal((await post('/push/toy/hook/logs', 'x', { authorization: '' })).status, 401);
  assert.equal((await post('/ingest/toy/hook/logs', 'x', { authorization: 'Bearer r' })).status, 403);
  assert.equal((await post('/push/toy/none/logs', 'x')).status, 404);
  assert.equal((await post('/push/toy/none/logs', 'x', { authorization: '' })).status, 401);
});

test('posts that are being taken are bounded for an exporter', async t => {
  const { post, url } = await served(t, {}, { maxPendingPosts: 1 });
  const slow = http.request(`${url}/push/toy/hook`, {
    method: 'POST',
    headers: { authorization: 'Bearer t', 'content-length': '4' },
  });
  slow.on('error', () => undefined);
  slow.write('ab');
  let status = 200;
  for (let tries = 0; status === 200 && tries < 100; tries += 1) status = (await post('/push/toy/hook', 'x')).status;
  assert.equal(status, 429);
  const answered = new Promise<number | undefined>(resolve =>
    slow.on('response', got => resolve(got.resume().statusCode)),
  );
  slow.end('cd');
  assert.notEqual(await answered, undefined);
  assert.notEqual((await post('/push/toy/none', 'x')).status, 429);
});

/** Posts so many bytes without saying how many. */
function chunked(url: string, bytes: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers: { authorization: 'Bearer t' } }, answer =>
      resolve(answer.resume().statusCode),
    );
    request.on('error', reject);
    for (let sent = 0; sent < bytes; sent += 500) request.write('x'.repeat(500));
    request.end();
  });
}
