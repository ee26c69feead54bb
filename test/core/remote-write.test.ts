import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { pino } from 'pino';
import { uncompress } from 'snappyjs';
import { PlumblineError } from '../../exporters/core/errors.ts';
import {
  createRemoteWriter,
  createSender,
  type RemoteSeries,
  type RemoteWriteTarget,
  type SenderEvent,
} from '../../exporters/core/remote-write.ts';
import {
  decodeLabels,
  decodeRequest,
  encodeRequest,
  type Part,
  packRequests,
} from '../../exporters/core/remote-write-format.ts';
import { openSpool, type Spool, type SpoolOptions } from '../../exporters/core/spool.ts';
import { promQuery } from '../tools/promql.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { type Handler, startLocalServer } from './local-server.ts';
import { seededRandom } from './random.ts';

const log = pino({ level: 'silent' });
const day = 86_400_000;

async function newSpool(t: TestContext, options: Partial<SpoolOptions> = {}): Promise<Spool> {
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-spool-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return openSpool({ directory, ...options });
}

const series = (
  name: string,
  labels: Record<string, string>,
  samples: readonly (readonly [number, number])[],
): RemoteSeries => ({
  name,
  labels: Object.entries(labels),
  times: samples.map(([time]) => time),
  values: samples.map(([, value]) => value),
});

/** Runs a sender without waiting between attempts until the spool is empty. */
async function drain(t: TestContext, spool: Spool, target: Omit<RemoteWriteTarget, 'name'>, now = Date.now) {
  const events: SenderEvent[] = [];
  const abort = new AbortController();
  const sender = createSender({
    ...{ target: { name: 'test', ...target }, spool, log, now, random: () => 1, signal: abort.signal },
    sleep: async () => undefined,
    onResult: event => events.push(event),
  });
  const running = sender.run();
  const stop = async () => {
    abort.abort();
    await running;
  };
  t.after(stop);
  await sender.flushed();
  await stop();
  return events;
}

/** What a receiver got, by label text. */
function receive(body: Buffer, into: Map<string, Map<number, number>>): void {
  for (const part of decodeRequest(Buffer.from(uncompress(body)))) {
    const key = JSON.stringify(decodeLabels(part.labels));
    const samples = into.get(key) ?? new Map<number, number>();
    into.set(key, samples);
    part.times.forEach((time, index) => {
      samples.set(time, part.values[index] ?? Number.NaN);
    });
  }
}

describe('the format', () => {
  test('is the bytes of the protobuf definition', () => {
    // WriteRequest{timeseries:[{labels:[{__name__,m},{a,é}], samples:[{1.5, 300},{-0, -1}]}]}, written out by hand.
    const label = (name: string, value: string) => [
      0x0a,
      name.length,
      ...Buffer.from(name),
      0x12,
      Buffer.byteLength(value),
      ...Buffer.from(value),
    ];
    const field = (tag: number, content: readonly number[]) => [tag, content.length, ...content];
    const expected = field(0x0a, [
      ...field(0x0a, label('__name__', 'm')),
      ...field(0x0a, label('a', 'é')),
      ...field(0x12, [0x09, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f, 0x10, 0xac, 0x02]),
      ...field(0x12, [0x09, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x10, ...Array.from({ length: 9 }, () => 0xff), 0x01]),
    ]);
    const parts: Part[] = [
      { labels: packed(series('m', { b: '', a: 'é' }, [[0, 0]])), times: [300, -1], values: [1.5, -0] },
    ];
    assert.deepEqual([...encodeRequest(parts)], expected);
    assert.deepEqual(decodeRequest(encodeRequest(parts)), parts);
  });

  test('packs whole series within its limits and comes back as it was', async () => {
    const random = seededRandom(3);
    const all = Array.from({ length: 60 }, (_, index) => {
      const length = Math.floor(random() * 700);
      const samples = Array.from({ length }, (__, at) => [1.7e12 + at * day, random() * 1e9] as const);
      return series('m', { team: `t${index}`, Upper: 'x'.repeat(Math.floor(random() * 300)), job: 'j' }, samples);
    });
    const got = new Map<string, Map<number, number>>();
    let requests = 0;
    let parts = 0;
    for await (const packedParts of packRequests(all, { maxSamples: 1000, maxBytes: 15_000 })) {
      const body = encodeRequest(packedParts);
      assert.ok(body.length <= 15_000);
      assert.ok(packedParts.reduce((sum, part) => sum + part.times.length, 0) <= 1000);
      for (const part of decodeRequest(body)) {
        const key = JSON.stringify(decodeLabels(part.labels));
        const samples = got.get(key) ?? new Map<number, number>();
        got.set(key, samples);
        part.times.forEach((time, index) => {
          samples.set(time, part.values[index] ?? Number.NaN);
        });
      }
      requests += 1;
      parts += packedParts.length;
    }
    const expected = all.filter(one => one.times.length > 0);
    assert.ok(requests > 10 && parts < expected.length + requests + 1, `${parts} parts in ${requests} requests`);
    assert.equal(got.size, expected.length);
    for (const one of expected) {
      // Upper case sorts before the underscore of __name__.
      const labels = [
        ...one.labels.filter(([name, value]) => name === 'Upper' && value !== ''),
        ['__name__', 'm'],
        ['job', 'j'],
        one.labels[0],
      ];
      assert.deepEqual(
        [...(got.get(JSON.stringify(labels)) ?? [])],
        one.times.map((time, index) => [time, one.values[index]]),
      );
    }
  });
});

function packed({ name, labels }: RemoteSeries): Buffer {
  const sorted = [['__name__', name], ...labels.filter(([, value]) => value !== '')];
  return Buffer.concat(
    sorted.map(([label = '', value = '']) => {
      const content = Buffer.concat([
        Buffer.from([0x0a, Buffer.byteLength(label)]),
        Buffer.from(label),
        Buffer.from([0x12, Buffer.byteLength(value)]),
        Buffer.from(value),
      ]);
      return Buffer.concat([Buffer.from([0x0a, content.length]), content]);
    }),
  );
}

describe('writing', () => {
  test('leaves out what is older than the window, and says how much', async t => {
    const spool = await newSpool(t);
    const now = 1.7e12;
    const writer = createRemoteWriter({ target: { windowDays: 10 }, spool, now: () => now });
    const samples = [-30, -11, -10, -1].map(days => [now + days * day, days] as const);
    const result = await writer.write([series('m', { a: '1' }, samples), series('m', { a: '2' }, samples.slice(0, 2))]);
    assert.deepEqual(result, { samples: 2, clipped: 4, requests: 1 });
    const got = new Map<string, Map<number, number>>();
    receive((await spool.oldest())?.body ?? Buffer.alloc(0), got);
    assert.deepEqual([...(got.get('[["__name__","m"],["a","1"]]')?.values() ?? [])], [-10, -1]);
  });

  test('into a full spool is refused, or waits for room', async t => {
    const { url } = await startLocalServer(t, (_, response) => void response.writeHead(204).end());
    const spool = await newSpool(t, { maxBytes: 300 });
    const many = Array.from({ length: 40 }, (_, index) => series('m', { a: `value-${index}` }, [[1.7e12, index]]));
    const writer = createRemoteWriter({ target: {}, spool, limits: { maxSamples: 2 } });
    await assert.rejects(
      writer.write(many),
      (error: unknown) => error instanceof PlumblineError && error.code === 'SPOOL_FULL',
    );
    const kept = spool.samples();
    assert.ok(kept > 0 && kept < 40);
    const writing = writer.write(many, { wait: true });
    const events: SenderEvent[] = [];
    const abort = new AbortController();
    const sender = createSender({
      target: { name: 'x', url },
      spool,
      log,
      signal: abort.signal,
      onResult: event => events.push(event),
    });
    const running = sender.run();
    assert.deepEqual(await writing, { samples: 40, clipped: 0, requests: 20 });
    await sender.flushed();
    abort.abort();
    await running;
    assert.equal(
      events.reduce((sum, event) => sum + (event.kind === 'delivered' ? event.samples : 0), 0),
      kept + 40,
    );
  });
});

describe('sending', () => {
  const threeSeries = Array.from({ length: 3 }, (_, index) =>
    series(
      'm',
      { a: String(index) },
      Array.from({ length: 50 }, (__, at) => [1.7e12 + at * day, at] as const),
    ),
  );

  async function filled(t: TestContext, options: Partial<SpoolOptions> = {}): Promise<Spool> {
    const spool = await newSpool(t, options);
    await createRemoteWriter({ target: {}, spool }).write(threeSeries);
    return spool;
  }

  test('carries version, encoding, credentials and headers', async t => {
    const seen: unknown[] = [];
    const { url } = await startLocalServer(t, (request, response) => {
      const { headers } = request;
      seen.push([
        request.method,
        request.url,
        headers['x-prometheus-remote-write-version'],
        headers['content-encoding'],
        headers['content-type'],
        headers.authorization,
        headers['x-scope-orgid'],
      ]);
      response.writeHead(204).end();
    });
    const headers = { 'X-Scope-OrgID': 'tenant' };
    await drain(t, await filled(t), {
      url: `${url}/api/v1/push`,
      headers,
      basicAuth: { username: 'u', password: 'p' },
    });
    await drain(t, await filled(t), { url, bearerToken: 'b' });
    const fixed = ['0.1.0', 'snappy', 'application/x-protobuf'];
    assert.deepEqual(seen, [
      ['POST', '/api/v1/push', ...fixed, 'Basic dTpw', 'tenant'],
      ['POST', '/', ...fixed, 'Bearer b', undefined],
    ]);
  });

  test('waits out 429, 5xx, a wrong token and a missing receiver, as long as Retry-After says, and loses nothing', async t => {
    const got = new Map<string, Map<number, number>>();
    const answers: Handler[] = [
      (_, response) => void response.writeHead(429, { 'retry-after': '17' }).end('slow down'),
      (_, response) => void response.writeHead(500).end('out of memory'),
      (_, response) => void response.writeHead(401).end('who?'),
      (_, response) => void response.writeHead(404).end(),
      (_, response) => void response.writeHead(302, { location: '/login' }).end(),
      request => request.socket.destroy(),
    ];
    const { url } = await startLocalServer(t, (request, response, body) => {
      const answer = answers.shift();
      if (answer) return answer(request, response, body);
      receive(body, got);
      response.writeHead(204).end();
    });
    const events = await drain(t, await filled(t), { url });
    assert.deepEqual(
      events.map(event => (event.kind === 'retry' ? event.waitMs : event.samples)),
      [17_000, 2_000, 4_000, 8_000, 16_000, 32_000, 150],
    );
    assert.match(JSON.stringify(events), /429 slow down.*500 out of memory.*401 who\?.*HTTP_FAILED/);
    assert.equal(
      [...got.values()].reduce((sum, samples) => sum + samples.size, 0),
      150,
    );
  });

  test('goes on when a server that was away is back', async t => {
    const gone = await startLocalServer(t, (_, response) => void response.writeHead(204).end());
    await gone.close();
    const spool = await filled(t);
    const got = new Map<string, Map<number, number>>();
    const abort = new AbortController();
    let refused = 0;
    const sender = createSender({
      ...{ target: { name: 'x', url: gone.url }, spool, log, signal: abort.signal },
      sleep: async () => {
        refused += 1;
        if (refused === 3)
          await startLocalServer(
            t,
            (_, response, body) => {
              receive(body, got);
              response.writeHead(204).end();
            },
            gone.port,
          );
      },
    });
    const running = sender.run();
    await sender.flushed();
    abort.abort();
    await running;
    assert.equal(refused, 3);
    assert.equal(
      [...got.values()].reduce((sum, samples) => sum + samples.size, 0),
      150,
    );
  });

  /** Refuses a whole request for one sample that it does not like, as Prometheus does. */
  function choosy(
    got: Map<string, Map<number, number>>,
    objection: (time: number, labels: string) => string | undefined,
  ) {
    const state = { requests: 0 };
    const handler: Handler = (_, response, body) => {
      state.requests += 1;
      const parts = decodeRequest(Buffer.from(uncompress(body)));
      const [said] = parts.flatMap(part =>
        part.times.flatMap(time => objection(time, JSON.stringify(decodeLabels(part.labels))) ?? []),
      );
      if (said) return void response.writeHead(400).end(`${said}\n`);
      receive(body, got);
      response.writeHead(204).end();
    };
    return { handler, state };
  }

  test('finds the samples that are too old in few requests, and delivers all the others', async t => {
    const got = new Map<string, Map<number, number>>();
    const { handler, state } = choosy(got, time => (time < 1.7e12 + 20 * day ? 'too old sample' : undefined));
    const { url } = await startLocalServer(t, handler);
    const events = await drain(t, await filled(t), { url });
    assert.deepEqual(events, [
      {
        kind: 'delivered',
        samples: 90,
        refused: [
          {
            reason: 'too_old',
            samples: 60,
            said: '400 too old sample',
            series: 'm{a="2"}',
            time: new Date(1.7e12 + 19 * day),
          },
        ],
      },
    ]);
    assert.deepEqual(
      [...got.values()].map(samples => samples.size),
      [30, 30, 30],
    );
    assert.ok(state.requests <= 20, `${state.requests} requests`);
  });

  test('gives up a request that is too old throughout in few requests', async t => {
    const { handler, state } = choosy(new Map(), () => 'out of bounds');
    const { url } = await startLocalServer(t, handler);
    const [event] = await drain(t, await filled(t), { url });
    assert.ok(event?.kind === 'delivered' && event.samples === 0);
    assert.deepEqual(
      event.refused.map(({ reason, samples }) => [reason, samples]),
      [['too_old', 150]],
    );
    assert.ok(state.requests <= 20, `${state.requests} requests`);
  });

  test('refuses a bad series alone, sample by sample, with what was said', async t => {
    const got = new Map<string, Map<number, number>>();
    const { handler } = choosy(got, (_, labels) => (labels.includes('"a","1"') ? 'label value too long' : undefined));
    const { url } = await startLocalServer(t, handler);
    const [event] = await drain(t, await filled(t), { url });
    assert.ok(event?.kind === 'delivered' && event.samples === 100);
    const [refusal] = event.refused;
    assert.deepEqual([refusal?.reason, refusal?.samples, refusal?.said], ['invalid', 50, '400 label value too long']);
    assert.equal(got.size, 2);
  });

  test('a server that fails between two halves gets the rest afterwards', async t => {
    const got = new Map<string, Map<number, number>>();
    const { handler } = choosy(got, time => (time === 1.7e12 ? 'out of order sample' : undefined));
    let asked = 0;
    const { url } = await startLocalServer(t, (request, response, body) => {
      asked += 1;
      if (asked % 2 === 0) return void response.writeHead(503).end();
      handler(request, response, body);
    });
    const events = await drain(t, await filled(t), { url });
    const last = events.at(-1);
    assert.ok(last?.kind === 'delivered');
    assert.deepEqual([last.samples, last.refused[0]?.reason, last.refused[0]?.samples], [147, 'out_of_order', 3]);
    assert.equal(
      [...got.values()].reduce((sum, samples) => sum + samples.size, 0),
      147,
    );
  });

  test('what is not sent when stopped stays, and is sent by the next process', async t => {
    const { url } = await startLocalServer(t, (_, response) => void response.writeHead(500).end());
    const spool = await filled(t);
    const abort = new AbortController();
    const sender = createSender({
      target: { name: 'x', url },
      spool,
      log,
      signal: abort.signal,
      onResult: () => abort.abort(),
    });
    await sender.run();
    const got = new Map<string, Map<number, number>>();
    const back = await startLocalServer(t, (_, response, body) => {
      receive(body, got);
      response.writeHead(200).end();
    });
    await drain(t, openSpool({ directory: spool.directory }), { url: back.url });
    assert.equal(got.size, 3);
  });
});

test('a real Prometheus takes a year of days, late and restated ones, and refuses what is older than its window', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const directory = await mkdtemp(join(tmpdir(), 'plumbline-prometheus-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const configFile = join(directory, 'prometheus.yml');
  await writeFile(configFile, 'storage:\n  tsdb:\n    out_of_order_time_window: 400d\n');
  const { url } = await startPrometheus({ t, configFile, flags: ['--storage.tsdb.retention.time=800d'] });
  const noon = Math.floor(Date.now() / day) * day - day / 2;
  const teams = Array.from({ length: 40 }, (_, index) => `team "${index}", \\ ü`);
  const year = (first: number, last: number, value: number) =>
    teams.map(team =>
      series(
        'demo_cost_daily',
        { team, job: 'plumbline' },
        Array.from({ length: first - last + 1 }, (_, at) => [noon - (first - at) * day, value] as const),
      ),
    );
  const spool = await newSpool(t);
  const target = { url: `${url}/api/v1/write` };
  const writer = createRemoteWriter({ target: {}, spool });
  await writer.write(year(30, 0, 1));
  await writer.write(year(364, 31, 2));
  // Three days restated: a revision is a millisecond later.
  await writer.write(
    teams.map(team =>
      series(
        'demo_cost_daily',
        { team, job: 'plumbline' },
        [3, 2, 1].map(days => [noon - days * day + 1, 5] as const),
      ),
    ),
  );
  const events = await drain(t, spool, target);
  assert.equal(
    events.reduce((sum, event) => sum + (event.kind === 'delivered' ? event.samples : 0), 0),
    40 * 368,
  );
  assert.deepEqual(
    events.flatMap((event): readonly unknown[] => (event.kind === 'delivered' ? event.refused : [event])),
    [],
  );
  const total = async (days: number) =>
    (
      await promQuery(
        url,
        `sum(sum_over_time(last_over_time(demo_cost_daily[1d])[${days}d:1d]))`,
        (noon + day / 2) / 1000,
      )
    )[0]?.value;
  assert.equal(await total(365), 40 * (28 + 3 * 5 + 334 * 2));
  const [one] = await promQuery(url, `count(demo_cost_daily{team="team \\"7\\", \\\\ ü"})`, noon / 1000);
  assert.equal(one?.value, 1);

  // One sample beyond the window in a request of good ones.
  await writer.write([
    series('demo_cost_daily', { team: 'late', job: 'plumbline' }, [
      [noon - 500 * day, 1],
      [noon - 2 * day, 7],
      [noon, 8],
    ]),
  ]);
  const [event] = await drain(t, spool, target);
  assert.ok(event?.kind === 'delivered');
  assert.deepEqual(
    [event.samples, event.refused.map(({ reason, samples, said }) => [reason, samples, said])],
    [2, [['too_old', 1, '400 too old sample']]],
  );
  assert.equal(
    (await promQuery(url, 'sum(sum_over_time(demo_cost_daily{team="late"}[10d]))', noon / 1000))[0]?.value,
    15,
  );
});
