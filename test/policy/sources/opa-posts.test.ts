import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { corpus } from '../../e2e/lib/corpus.ts';
import { type OpaRun, opaRun, temporary } from '../opa-run.ts';

const live = path.join(corpus, 'policy', 'opa-live');

interface Upload {
  readonly path?: string;
  readonly body: readonly Event[];
}
interface Event {
  readonly decision_id: string;
  readonly timestamp: string;
  readonly path?: string;
  readonly query?: string;
  readonly result?: unknown;
  readonly error?: unknown;
  readonly labels?: { readonly id: string };
}

/** What was posted in a folder of the corpus; undefined after skipping the test. */
function uploads(t: TestContext, file: string): readonly Upload[] | undefined {
  const found = path.join(live, file);
  if (!existsSync(found)) {
    t.skip(`policy/opa-live/${file} is not in PLUMBLINE_CORPUS`);
    return undefined;
  }
  return (JSON.parse(readFileSync(found, 'utf8')) as readonly Upload[]).filter(({ body }) => Array.isArray(body));
}

const logs = '/ingest/policy/opa/logs';
const post = async (run: OpaRun, events: unknown, to = logs, headers = {}) => {
  const answer = await run.post(to, gzipSync(JSON.stringify(events)), { 'content-encoding': 'gzip', ...headers });
  assert.equal(answer.status, 200, await answer.text());
};
const event = (id: string, more: object = {}) => ({
  ...{ decision_id: id, timestamp: '2026-11-26T10:00:00.5Z', path: 'a/allow', result: true, labels: { id: 'i1' } },
  ...more,
});
const total = async (run: OpaRun) =>
  Number((await run.rows('SELECT sum(decisions) AS n FROM opa_decisions'))[0]?.n ?? 0);
const byPath = async (run: OpaRun) =>
  Object.fromEntries(
    (
      await run.rows('SELECT path, outcome, sum(decisions)::BIGINT AS n FROM opa_decisions GROUP BY ALL ORDER BY ALL')
    ).map(({ path: of, outcome, n }) => [`${of} ${outcome}`, Number(n)]),
  );

/** As OPA's documentation of the fields has it, told without the reader. */
function told(events: readonly Event[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const one of new Map(events.map(each => [each.decision_id, each])).values()) {
    const of = one.path ?? 'v1/query';
    const value = one.result as { readonly allow?: boolean; readonly deny?: readonly unknown[] } | boolean | undefined;
    const isDeny = of.endsWith('/deny') || of.endsWith('/violations');
    const outcome = one.error
      ? 'error'
      : value === undefined || value === null
        ? 'undefined'
        : isDeny
          ? (value as unknown as readonly unknown[]).length > 0
            ? 'deny'
            : 'allow'
          : typeof value === 'boolean'
            ? value
              ? 'allow'
              : 'deny'
            : typeof value === 'object' && (value.deny?.length ?? 0) > 0
              ? 'deny'
              : typeof value === 'object' && typeof value.allow === 'boolean'
                ? value.allow
                  ? 'allow'
                  : 'deny'
                : 'other';
    counts[`${of} ${outcome}`] = (counts[`${of} ${outcome}`] ?? 0) + 1;
  }
  return counts;
}

for (const [file, events] of [
  ['uploads-1500-with-errors/uploads-1.json', 1481],
  ['outage-size-buffer/uploads-1.json', 4358],
] as const)
  test(`a real OPA's uploads of ${path.dirname(file)} are counted once each, by path and outcome, sent twice as well`, async t => {
    const found = uploads(t, file);
    if (!found) return;
    const run = await opaRun(t, { opa: [{ max_paths: 1000 }] });
    for (const { path: to = '/logs', body } of found) await post(run, body, `/ingest/policy/opa${to}`);
    await run.runtime.drain();
    const counts = told(found.flatMap(({ body }) => body));
    assert.equal(
      Object.values(counts).reduce((sum, n) => sum + n, 0),
      events,
    );
    assert.deepEqual(await byPath(run), counts);
    for (const { body } of found.toReversed()) await post(run, body);
    await run.runtime.drain();
    assert.equal(await total(run), events);
    assert.deepEqual(await run.rows('FROM rejects'), []);
  });

test('both parts of the run at the default limit, in any order, give what they hold', async t => {
  const [one, two] = ['1', '2'].map(part => uploads(t, `uploads-default-limit-no-errors/uploads-${part}.json`));
  if (!one || !two) return;
  const run = await opaRun(t, { opa: [{ max_paths: 1000 }] });
  for (const { body } of [...two, ...one].toReversed()) await post(run, body);
  await run.runtime.drain();
  assert.equal(await total(run), 6605);
  assert.deepEqual(await byPath(run), told([...one, ...two].flatMap(({ body }) => body)));
});

test('a decision is counted in the minute in which it was made, whenever it arrives, and by time zones', async t => {
  const run = await opaRun(t);
  await post(run, [event('a', { timestamp: '2026-11-26T10:00:59.999999999Z' })]);
  await run.runtime.drain();
  await post(run, [
    event('b', { timestamp: '2026-11-26T09:00:00Z' }),
    event('c', { timestamp: '2026-11-26T11:00:10+01:00' }),
  ]);
  await run.runtime.drain();
  assert.deepEqual(await run.rows('SELECT occurred_at, decisions FROM opa_decisions ORDER BY occurred_at'), [
    { occurred_at: '2026-11-26 09:00:00', decisions: '1' },
    { occurred_at: '2026-11-26 10:00:00', decisions: '2' },
  ]);
});

test('how long a decision took is counted by bucket, and what is no time is not', async t => {
  const run = await opaRun(t);
  const took = (id: string, value: unknown) => event(id, { metrics: { timer_server_handler_ns: value } });
  await post(run, [
    ...[took('at the bound', 500_000), took('above it', 500_001), took('slow', 3_000_000_000), took('zero', 0)],
    ...[
      took('text', 'soon'),
      took('negative', -1),
      took('ages', 9e18),
      event('none', {}),
      event('odd', { metrics: 7 }),
    ],
  ]);
  await run.runtime.drain();
  assert.equal(await total(run), 9);
  assert.deepEqual(await run.rows('SELECT bucket, decisions, nanoseconds FROM opa_times ORDER BY bucket'), [
    { bucket: '1', decisions: '2', nanoseconds: '500000' },
    { bucket: '2', decisions: '1', nanoseconds: '500001' },
    { bucket: '13', decisions: '1', nanoseconds: '3000000000' },
  ]);
});

test('what was erased, masked or never there is no obstacle', async t => {
  const run = await opaRun(t);
  const { labels: _, ...bare } = event('erased', { erased: ['/input/password'], input: { name: 'bob' }, result: true });
  await post(run, [
    bare,
    event('masked', { masked: ['/input/team'], input: { team: { $masked: true } } }),
    event('no-input', { input: 'GET /' }),
    event('query', { path: undefined, query: 'data.x', result: null }),
    event('nothing', { path: undefined, result: undefined }),
  ]);
  await run.runtime.drain();
  assert.deepEqual(await byPath(run), {
    ...{ ' undefined': 1, 'a/allow allow': 3, 'v1/query undefined': 1 },
  });
  assert.deepEqual(await run.rows('SELECT DISTINCT team, service, environment FROM opa_decisions'), [
    { team: 'unowned', service: 'unassigned', environment: 'unassigned' },
  ]);
});

test('owners of findings take no room from those of decisions', async t => {
  const run = await opaRun(t);
  await run.runtime.ledger.write(tx =>
    tx.run(`INSERT INTO owner_keys SELECT range + 1, json_object('resource', range), now() FROM range(25_000)`),
  );
  await post(run, [event('late', { input: { team: 'shop' } })]);
  await run.runtime.drain();
  assert.deepEqual(await run.rows('SELECT DISTINCT team FROM opa_decisions'), [{ team: 'shop' }]);
});

test('the ownership rules read the words of labels and input; a team token speaks of its team alone', async t => {
  const ownership = { rules: [{ name: 'shops', namespace: 'shop-*', team: 'shop' }] };
  const run = await opaRun(t, { ownership });
  await post(run, [
    event('a', { labels: { id: 'i1', team: 'search', environment: 'Prod' } }),
    event('b', { input: { request: { namespace: 'shop-eu' } } }),
  ]);
  await post(run, [event('c', { input: { team: 'search' } })], logs, { authorization: 'Bearer shop-token' });
  await run.runtime.drain();
  assert.deepEqual(
    await run.rows(
      'SELECT team, environment, sum(decisions)::BIGINT AS n FROM opa_decisions GROUP BY ALL ORDER BY ALL',
    ),
    [
      { team: 'search', environment: 'prod', n: '1' },
      { team: 'shop', environment: 'unassigned', n: '2' },
    ],
  );
});

test('a bad record costs itself alone, and is told with its post', async t => {
  const run = await opaRun(t);
  const good = JSON.stringify(event('good'));
  const deep = `{"decision_id":"deep","timestamp":"2026-11-26T10:00:01Z","path":"a/allow","result":true,"input":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  const bodies = [
    `[${good}, 5, {"decision_id": }, {"timestamp":"2026-11-26T10:00:00Z","path":"x"}]`,
    `[{"decision_id":"half","timestamp":"2026-11-26T10:00:02Z","path":"a/\\ud800","result":true}]`,
    `[${JSON.stringify(event('cut', { timestamp: '2026-11-26T10:00:03Z' }))}, {"decision_id":"cu`,
    `[${JSON.stringify(event('late', { timestamp: 'yesterday' }))}, ${JSON.stringify(event('future', { timestamp: '2199-01-01T00:00:00Z' }))}]`,
    `[${deep}]`,
    JSON.stringify(event('alone', { timestamp: '2026-11-26T10:00:04Z', req_id: 1e300 })),
    'not json at all',
    '[]',
  ];
  for (const body of bodies) assert.equal((await run.post(logs, gzipSync(body))).status, 200);
  await run.runtime.drain();
  // Whether one that is nested so deeply can be read is for the reader to say; it is never lost without a word.
  const rejected = await run.rows('SELECT reason, count(*) AS n FROM rejects GROUP BY ALL ORDER BY ALL');
  const reasons = Object.fromEntries(rejected.map(({ reason, n }) => [String(reason), Number(n)]));
  const tooDeep = reasons.nested_too_deep ?? 0;
  assert.equal(await total(run), 4 + (1 - tooDeep));
  delete reasons.nested_too_deep;
  assert.deepEqual(reasons, {
    ...{ decision_id_missing: 1, not_an_object: 1, not_json: 3, timestamp_in_future: 1, timestamp_unreadable: 1 },
  });
  const source = run.runtime.sources().find(status => status.source === 'opa');
  assert.equal(
    Object.values(source?.rejected ?? {}).reduce((sum, n) => sum + n, 0),
    7 + tooDeep,
  );
});

test('names of paths are bounded: who asks for what does not exist gets no more than half of them', async t => {
  const run = await opaRun(t, { opa: [{ max_paths: 4 }] });
  const asked = Array.from({ length: 50 }, (_, index) =>
    event(`u${index}`, { path: `no/${index}`, result: undefined }),
  );
  await post(run, asked);
  await run.runtime.drain();
  const real = ['x/allow', 'y/allow', 'z/allow'].map((of, index) => event(`r${index}`, { path: of }));
  await post(run, [...real, event('again', { path: 'x/allow', result: false })]);
  await run.runtime.drain();
  const counts = await byPath(run);
  assert.equal(counts['other undefined'], 48);
  assert.equal(counts['other allow'], 1);
  assert.deepEqual([counts['x/allow allow'], counts['x/allow deny'], counts['y/allow allow']], [1, 1, 1]);
  assert.match(await run.page(), /policy_decisions_total\{[^}]*path="other",outcome="undefined"\} 48/);
});

test('what an earlier process answered and had not committed is committed by the next, once', async t => {
  const dataDir = await temporary(t);
  const first = await opaRun(t, { dataDir });
  await post(first, [event('a'), event('b')]);
  await first.stop();
  const second = await opaRun(t, { dataDir });
  await post(second, [event('b'), event('c')]);
  await second.runtime.drain();
  assert.equal(await total(second), 3);
});

test('a real OPA status tells its state, its bundles and what it dropped; a counter that restarts is no loss', async t => {
  const file = (name: string) => path.join(live, 'status', `${name}.json`);
  if (!existsSync(file('uploaded-first'))) return t.skip('policy/opa-live/status is not in PLUMBLINE_CORPUS');
  let at = new Date('2026-11-23T17:10:00Z');
  const run = await opaRun(t, { now: () => at });
  const send = async (name: string) => {
    assert.equal((await run.post('/ingest/policy/opa/status', readFileSync(file(name)))).status, 200);
    await run.runtime.drain();
    at = new Date(at.getTime() + 1000);
  };
  for (const name of ['uploaded-first', 'uploaded-after-activation', 'uploaded-failing-429', 'uploaded-failing-eof'])
    await send(name);
  const page = await run.page();
  assert.match(
    page,
    /policy_opa_instances\{team="unowned",service="admission",environment="production",state="failing"\} 1/,
  );
  assert.match(page, /policy_opa_instances\{[^}]*state="ok"\} 1/);
  assert.match(page, /policy_opa_bundle_revisions\{[^}]*bundle="platform"\} 1/);
  // 2026-11-23T17:06:33.769Z, as its JSON has it; the gauge beside it is in nanoseconds.
  assert.match(page, /policy_opa_bundle_activation_timestamp_seconds\{[^}]*bundle="platform"\} 1795453593\.769/);
  for (const name of [
    'v1-status-after-drops-rate-limit',
    'v1-status-after-drops-size-buffer',
    'v1-status-after-loss-event-buffer',
  ])
    await send(name);
  const drops = await run.rows('SELECT kind, sum(drops)::BIGINT AS n FROM opa_drops GROUP BY ALL ORDER BY ALL');
  assert.deepEqual(
    drops.map(({ kind, n }) => [kind, Number(n)]),
    [
      ['buffer_size', 13],
      ['encoding', 47],
      ['rate_limit', 3228],
    ],
  );
  // The same again is nothing new.
  await send('v1-status-after-drops-rate-limit');
  assert.deepEqual(
    await run.rows('SELECT kind, sum(drops)::BIGINT AS n FROM opa_drops GROUP BY ALL ORDER BY ALL'),
    drops,
  );
});

const status = (requests: number, more: object = {}) =>
  JSON.stringify({
    labels: { id: 'i1', team: 'shop', version: '1.22.2' },
    ...{ decision_logs: {}, plugins: { decision_logs: { state: 'OK' } } },
    metrics: {
      prometheus: {
        http_request_duration_seconds: {
          metric: [
            ['200', 'v1/data', 'post', requests],
            ['400', 'v1/data', 'post', 17],
            ['200', 'v1/data', 'put', 3],
            ['200', 'health', 'get', 99],
          ].map(([code, handler, method, count]) => ({
            label: Object.entries({ code, handler, method }).map(([name, value]) => ({ name, value })),
            histogram: { sampleCount: String(count) },
          })),
        },
      },
    },
    ...more,
  });

test('what an OPA answered and what came are held against each other once the upload after is well', async t => {
  const run = await opaRun(t);
  const send = async (body: string) => {
    assert.equal((await run.post('/ingest/policy/opa/status', body)).status, 200);
    await run.runtime.drain();
  };
  const ids = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      event(`d${from + index}`, { labels: { id: 'i1', team: 'shop', version: '1.22.2' } }),
    );
  const ratio = async () => /policy_opa_completeness_ratio\{[^}]*\} (\S+)/.exec(await run.page())?.[1];
  await send(status(0));
  assert.equal(await ratio(), undefined);
  await send(status(100));
  // 100 wait in its buffer: nothing is known of them yet.
  assert.equal(await ratio(), undefined);
  await post(run, ids(0, 100));
  await send(status(150, { decision_logs: { code: 'decision_log_error', http_code: 500 } }));
  assert.equal(await ratio(), undefined);
  await post(run, ids(100, 50));
  await send(status(200));
  assert.equal(await ratio(), '1');
  // 200 more, of which 80 come.
  await post(run, ids(150, 50));
  await send(status(400));
  await post(run, ids(200, 80));
  await send(status(400));
  const page = await run.page();
  assert.match(page, /policy_opa_requests_total\{team="shop"[^}]*\} 400/);
  assert.match(page, /policy_opa_received_total\{team="shop"[^}]*\} 280/);
  assert.equal(await ratio(), '0.7');
  const notices = await run.runtime.exporter.check?.(run.runtime.ledger);
  assert.match(
    notices?.map(({ text }) => text).join('\n') ?? '',
    /of 400 decisions that it made 280 have come.*upload_size_limit_bytes to 4194304/,
  );
  // It began anew under its id.
  await send(status(10));
  await send(status(10));
  assert.match(await run.page(), /policy_opa_requests_total\{[^}]*\} 410/);
});

test('an OPA that sends no status is told of, and one that falls silent', async t => {
  let at = new Date('2026-11-26T11:00:00Z');
  const run = await opaRun(t, { now: () => at });
  await post(run, [event('a', { req_id: 1 }), event('b', { req_id: 4 })]);
  await run.runtime.drain();
  const page = await run.page();
  assert.match(page, /policy_opa_instances\{[^}]*state="no_status"\} 1/);
  assert.match(page, /policy_opa_gap_ratio\{[^}]*\} 0\.5/);
  assert.doesNotMatch(page, /completeness_ratio\{/);
  assert.match(
    JSON.stringify(await run.runtime.exporter.check?.(run.runtime.ledger)),
    /post no status.*status\.prometheus: true/,
  );
  at = new Date('2026-11-26T12:00:00Z');
  assert.match(await run.page(), /policy_opa_instances\{[^}]*state="silent"\} 1/);
});
