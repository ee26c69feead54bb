/** What is pushed, looked at byte by byte, and what becomes of it where the endpoint fails. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { defineMetric } from '../../exporters/core/metric.ts';
import { type OtlpTarget, retriesWithin, startOtlp } from '../../exporters/core/otlp.ts';
import { createSelfMetrics, recordSource } from '../../exporters/core/self-metrics.ts';
import type { ExporterView } from '../../exporters/core/server-types.ts';
import type { FamilyType, RenderedFamily } from '../../exporters/core/snapshot-types.ts';
import { startLocalServer } from './local-server.ts';

const toyMetric = (name: string, kind: 'state' | 'count' | 'histogram') =>
  defineMetric({
    ...{ name, kind, help: 'A toy.', unit: 'seconds', labels: ['team'], additive: true },
    ...{ maxSeries: 1e6, reads: [], sql: '', ...(kind === 'histogram' ? { buckets: [0.5, 300] } : {}) },
  });
const family = (name: string, type: FamilyType, text: string): RenderedFamily => ({
  metric: toyMetric(name, type === 'counter' ? 'count' : type === 'gauge' ? 'state' : 'histogram'),
  ...{ name, type, help: 'A toy.', series: 1, stamped: false, text: Buffer.from(text) },
});

/** A field of a protobuf message: varints and fixed ones as BigInt, others as bytes. */
type Field = readonly [number: number, value: bigint | Buffer];
function fieldsOf(bytes: Buffer): readonly Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes.readUInt8(at++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (at < bytes.length) {
    const tag = Number(varint());
    if ((tag & 7) === 0) fields.push([tag >> 3, varint()]);
    else if ((tag & 7) === 1) {
      fields.push([tag >> 3, bytes.readBigUInt64LE(at)]);
      at += 8;
    } else {
      const length = Number(varint());
      fields.push([tag >> 3, bytes.subarray(at, at + length)]);
      at += length;
    }
  }
  return fields;
}
const inner = (message: Buffer, ...path: number[]): Buffer[] =>
  path.reduce<Buffer[]>(
    (messages, wanted) =>
      messages.flatMap(each =>
        fieldsOf(each).flatMap(([number, value]) => (number === wanted ? [value as Buffer] : [])),
      ),
    [message],
  );
const numberOf = (message: Buffer, wanted: number) =>
  fieldsOf(message).find(([number]) => number === wanted)?.[1] as bigint | undefined;
/** The points of a metric by its name: gauges, sums and histograms alike. */
const pointsOf = (request: Buffer, name: string): Buffer[] =>
  inner(request, 1, 2, 2)
    .filter(metric => String(inner(metric, 1)[0]) === name)
    .flatMap(metric => [5, 7, 9].flatMap(kind => inner(metric, kind, 1)));

interface Got {
  readonly headers: IncomingMessage['headers'];
  readonly bytes: Buffer;
}

async function startPusher(
  t: TestContext,
  families: () => readonly RenderedFamily[],
  answer: (response: ServerResponse, requests: readonly Got[]) => void = response => response.end(),
  more: Partial<OtlpTarget> = {},
) {
  const got: Got[] = [];
  const server = await startLocalServer(t, ({ headers }, response, body) => {
    got.push({ headers, bytes: headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body });
    answer(response, got);
  });
  const self = createSelfMetrics({ version: '0', runtime: false });
  const noted: string[] = [];
  const view = {
    ...{ name: 'toy', metrics: [], sources: () => [], problems: () => [], pushSources: [] },
    snapshot: () => ({ commit: 1, takenAt: new Date(), families: families() }),
    scraped: async () => void noted.push('scraped'),
  } as unknown as ExporterView;
  const lines: string[] = [];
  const pusher = startOtlp({
    target: {
      ...{ name: 'otlp', url: `${server.url}/v1/metrics`, headers: { 'x-api-key': 'a-secret-key' } },
      ...{ compression: 'gzip', intervalSeconds: 3600, timeoutSeconds: 10, resourceAttributes: {} },
      ...more,
    },
    exporters: () => [view],
    ...{ self, scrapeLabels: { job: 'plumbline', instance: 'i' }, version: '1' },
    log: pino({ level: 'debug' }, { write: line => void lines.push(line) }),
  });
  t.after(() => pusher.stop());
  const count = async (text: string) => Number(new RegExp(`^${text} (\\d+)$`, 'm').exec(await self.text())?.[1] ?? -1);
  const failed = (reason: string) => count(`plumbline_otlp_failed_total\\{target="otlp",reason="${reason}"\\}`);
  return {
    pusher,
    got,
    self,
    noted,
    lines,
    failed,
    accepted: () => count('plumbline_otlp_points_total\\{target="otlp"\\}'),
  };
}

test('points are cumulative from the beginning, with buckets of their own, and the resource gives job and instance', async t => {
  const { pusher, got, self, noted } = await startPusher(t, () => [
    family('toy_things_total', 'counter', 'toy_things_total{team="a } b"} 7\n'),
    family(
      'toy_wait_seconds',
      'histogram',
      'toy_wait_seconds_bucket{team="a",le="0.5"} 1\ntoy_wait_seconds_bucket{team="a",le="300.0"} 4\n' +
        'toy_wait_seconds_bucket{team="a",le="+Inf"} 6\ntoy_wait_seconds_sum{team="a"} 12.5\ntoy_wait_seconds_count{team="a"} 6\n',
    ),
    family('toy_share_ratio', 'gauge', 'toy_share_ratio 0.25\n'),
  ]);
  recordSource(self, {
    ...{ exporter: 'toy', source: 's', kind: 'pull', state: 'ok', everySeconds: 1, records: 3, rejected: {} },
    ...{ lastRun: new Date(), lastSuccess: new Date(), nextRun: undefined, lastDurationSeconds: 1, error: undefined },
    files: { waiting: 0, broken: 0 },
  });
  await pusher.push();
  const [request] = got;
  assert.ok(request);
  assert.equal(request.headers['x-api-key'], 'a-secret-key');
  assert.equal(request.headers['content-type'], 'application/x-protobuf');
  const attributes = inner(request.bytes, 1, 1, 1).map(each => [String(inner(each, 1)), String(inner(each, 2, 1))]);
  assert.deepEqual(attributes.sort(), [
    ['service.instance.id', 'i'],
    ['service.name', 'plumbline'],
  ]);

  const [thing] = pointsOf(request.bytes, 'toy_things_total');
  assert.ok(thing);
  assert.equal(String(inner(thing, 7, 2, 1)), 'a } b');
  const asDouble = (bits: bigint | undefined) =>
    new DataView(new BigUint64Array([bits ?? 0n]).buffer).getFloat64(0, true);
  assert.equal(asDouble(numberOf(thing, 4)), 7);
  // A counter of the ledger goes on through a restart, and so does what is told of a source; one of the process begins with it.
  assert.equal(numberOf(thing, 2), 1_000_000_000n);
  const startOf = (name: string) => numberOf(pointsOf(request.bytes, name)[0] ?? Buffer.alloc(0), 2) ?? 0n;
  assert.equal(startOf('plumbline_source_records_total'), 1_000_000_000n);
  assert.equal(Number(startOf('plumbline_otlp_points_total') / 1_000_000n), Math.floor(performance.timeOrigin));
  assert.ok(Math.abs(Number(numberOf(thing, 3)) / 1e6 - Date.now()) < 60_000);
  const kinds = inner(request.bytes, 1, 2, 2).filter(each => inner(each, 7).length > 0);
  for (const sum of kinds.flatMap(each => inner(each, 7)))
    assert.deepEqual([numberOf(sum, 2), numberOf(sum, 3)], [2n, 1n]);

  const [wait] = pointsOf(request.bytes, 'toy_wait_seconds');
  assert.ok(wait);
  const list = (bytes: Buffer | undefined) => new BigUint64Array(Uint8Array.from(bytes ?? []).buffer);
  assert.deepEqual([...list(inner(wait, 6)[0])], [1n, 3n, 2n]);
  assert.deepEqual([...list(inner(wait, 7)[0])].map(asDouble), [0.5, 300]);
  assert.deepEqual([numberOf(wait, 4), asDouble(numberOf(wait, 5))], [6n, 12.5]);
  const unit = (name: string) =>
    String(
      inner(request.bytes, 1, 2, 2)
        .filter(each => String(inner(each, 1)) === name)
        .flatMap(each => inner(each, 3)),
    );
  assert.deepEqual([unit('toy_wait_seconds'), unit('toy_share_ratio')], ['s', '']);
  assert.equal(pointsOf(request.bytes, 'up').length, 1);
  assert.deepEqual(noted, ['scraped']);
});

test('all series of a large family come, in requests of a bounded size, and one that is gone is told once', async t => {
  let lines = 5_000;
  const { pusher, got, accepted } = await startPusher(t, () => [
    family('toy_open', 'gauge', Array.from({ length: lines }, (_, n) => `toy_open{team="t${n}"} ${n}\n`).join('')),
  ]);
  await pusher.push();
  const all = () => got.flatMap(({ bytes }) => pointsOf(bytes, 'toy_open'));
  assert.equal(all().length, 5_000);
  assert.ok(got.length >= 3 && got.every(({ bytes }) => bytes.length < 500_000), `${got.length} requests`);
  assert.ok((await accepted()) > 5_000);
  lines = 4_999;
  got.length = 0;
  await pusher.push();
  const gone = () => all().filter(point => numberOf(point, 8) === 1n);
  assert.deepEqual(
    gone().map(point => String(inner(point, 7, 2, 1))),
    ['t4999'],
  );
  assert.equal(all().length, 5_000);
  got.length = 0;
  await pusher.push();
  assert.equal(gone().length, 0);
});

test('an endpoint that is busy is asked again; one that stays away is counted and not asked for the rest of the push', async t => {
  let status = 503;
  let text = Array.from({ length: 4_000 }, (_, n) => `toy_open{team="t${n}"} 1\n`).join('');
  const { pusher, got, failed, accepted, noted, lines } = await startPusher(
    t,
    () => [family('toy_open', 'gauge', text)],
    (response, requests) => {
      if (status === 503 && requests.length >= 2) status = 200;
      response.writeHead(status, { 'retry-after': '0' }).end('busy');
    },
  );
  await pusher.push();
  assert.equal(await failed('unreachable'), 0);
  const before = await accepted();
  assert.ok(before > 4_000);
  status = 401;
  got.length = 0;
  noted.length = 0;
  await pusher.push();
  assert.equal(got.length, 1, 'the rest of the push is not tried');
  assert.ok((await failed('unreachable')) > 4_000);
  assert.equal(await accepted(), before);
  assert.deepEqual(noted, []);
  assert.equal(lines.filter(line => line.includes('"level":40')).length, 1, 'one warning for a push');
  assert.ok(!lines.join('').includes('a-secret-key'));
  // What was gone meanwhile is told when it is back.
  text = 'toy_open{team="t0"} 1\n';
  await pusher.push();
  status = 200;
  got.length = 0;
  await pusher.push();
  assert.equal(
    got.flatMap(({ bytes }) => pointsOf(bytes, 'toy_open')).filter(p => numberOf(p, 8) === 1n).length,
    3_999,
  );
});

test('of a request that is refused for one of its points the others come, and a partial success is counted', async t => {
  let isPartial = false;
  const { pusher, failed, accepted } = await startPusher(
    t,
    () => [family('toy_open', 'gauge', Array.from({ length: 100 }, (_, n) => `toy_open{team="t${n}"} 1\n`).join(''))],
    (response, requests) => {
      const names = pointsOf(requests.at(-1)?.bytes ?? Buffer.alloc(0), 'toy_open').map(p => String(inner(p, 7, 2, 1)));
      if (isPartial) {
        const said = Buffer.from('out of order');
        // partial_success = 1 { rejected_data_points = 1, error_message = 2 }
        const body = Buffer.concat([Buffer.from([0x0a, said.length + 4, 0x08, 3, 0x12, said.length]), said]);
        return void response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end(body);
      }
      if (names.includes('t42')) return void response.writeHead(400).end('too old sample');
      response.end();
    },
  );
  await pusher.push();
  assert.equal(await failed('too_old'), 1);
  const before = await accepted();
  assert.ok(before >= 99);
  isPartial = true;
  await pusher.push();
  assert.ok((await failed('out_of_order')) > 100);
  assert.equal(await accepted(), before);
});

test('retries end before the next push is due', () => {
  assert.deepEqual(
    [retriesWithin(60, 10), retriesWithin(30, 10), retriesWithin(10, 10), retriesWithin(3600, 10)],
    [3, 1, 0, 3],
  );
});
