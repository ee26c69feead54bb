import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import type { PullSource } from '../../../exporters/core/source.ts';
import { usageQuerySchema } from '../../../exporters/cost/sources/usage/config.ts';
import { usageSource } from '../../../exporters/cost/sources/usage/index.ts';
import { startLocalServer } from '../../core/local-server.ts';
import { startPrometheus } from '../../tools/servers.ts';
import { requireTool } from '../../tools/tools.ts';
import { costRun, quantitiesOf } from './run.ts';

const now = '2026-11-23T10:00:00Z';
const seconds = (text: string) => Date.parse(text) / 1000;

/** A real Prometheus that holds a counter of requests by squad and app, every 15 minutes of five days. */
async function withRequests(t: TestContext): Promise<string | undefined> {
  const [prometheus, promtool] = [await requireTool(t, 'prometheus'), await requireTool(t, 'promtool')];
  if (!prometheus || !promtool) return undefined;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-usage-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const lines = ['# TYPE http_requests counter'];
  for (const [squad, app, each] of [
    ['pay', 'shop', 2],
    ['search', 'index', 1],
  ] as const)
    for (let at = seconds('2026-11-18T00:00:00Z'), total = 0; at <= seconds('2026-11-23T00:00:00Z'); at += 900) {
      // Search begins on the 20th.
      if (squad === 'search' && at < seconds('2026-11-20T00:00:00Z')) continue;
      lines.push(`http_requests_total{squad="${squad}",app="${app}"} ${total} ${at}`);
      total += each;
    }
  writeFileSync(path.join(folder, 'requests.om'), `${lines.join('\n')}\n# EOF\n`);
  execFileSync(promtool.path, [
    ...['tsdb', 'create-blocks-from', 'openmetrics', path.join(folder, 'requests.om'), path.join(folder, 'data')],
  ]);
  const configFile = path.join(folder, 'prometheus.yml');
  writeFileSync(configFile, 'global: {}\n');
  const server = await startPrometheus({
    t,
    configFile,
    dataDir: path.join(folder, 'data'),
    flags: ['--storage.tsdb.retention.time=100y'],
  });
  return server.url;
}

const requests = (url: string, more: object = {}) => ({
  name: 'requests',
  url,
  // Whole counts, as the counter has a sample at each day's end and no reset.
  query: 'sum by (squad, app) (http_requests_total - (http_requests_total offset 1d or http_requests_total * 0))',
  labels: { team: 'squad', service: 'app' },
  history_days: 8,
  ...more,
});

test('a real Prometheus gives the quantity of each day, the past included, once', async t => {
  const url = await withRequests(t);
  if (url === undefined) return;
  const run = await costRun(t, { usage: [requests(url)] }, { aliases: { payments: ['pay'] } });
  const [first] = await run.refresh(now);
  assert.equal(first?.error, undefined);
  const expected = [
    '2026-11-18 requests payments shop - 192.000',
    '2026-11-19 requests payments shop - 192.000',
    '2026-11-20 requests payments shop - 192.000',
    '2026-11-20 requests search index - 96.000',
    '2026-11-21 requests payments shop - 192.000',
    '2026-11-21 requests search index - 96.000',
    '2026-11-22 requests payments shop - 192.000',
    '2026-11-22 requests search index - 96.000',
  ];
  assert.deepEqual(await quantitiesOf(run.ledger), expected);
  const [again] = await run.refresh(now);
  assert.deepEqual([again?.changed, again?.records], [0, 6], 'the last three days are asked for again');
  assert.deepEqual(await quantitiesOf(run.ledger), expected);
});

test('a query that a real Prometheus cannot parse or evaluate is told in its words', async t => {
  const url = await withRequests(t);
  if (url === undefined) return;
  for (const [query, said] of [
    ['sum by (squad (x)', /refused by .*parse error/],
    [
      'http_requests_total * on(squad) group_left() label_replace(http_requests_total, "x", "y", "", "") * on() vector(1) + on() http_requests_total',
      /refused by .*(many-to-many|many)/,
    ],
  ] as const) {
    const run = await costRun(t, { usage: [requests(url, { query })] });
    const [result] = await run.refresh(now);
    assert.match(result?.error ?? '', said);
  }
});

type Answer = (response: http.ServerResponse, asked: URLSearchParams) => void;
const json =
  (body: unknown, status = 200) =>
  (response: http.ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const matrix = (...values: readonly (readonly [string, string])[]) => ({
  status: 'success',
  data: {
    resultType: 'matrix',
    result: [{ metric: { team: 'a' }, values: values.map(([day, value]) => [seconds(`${day}T00:00:00Z`), value]) }],
  },
});
const good = matrix(['2026-11-21', '1'], ['2026-11-22', '2'], ['2026-11-23', '3']);
const kept = ['2026-11-20 u a - - 1.000', '2026-11-21 u a - - 2.000', '2026-11-22 u a - - 3.000'];

/** A server that answers as told, in turn; the last answer again and again. */
async function answering(t: TestContext, more: object, ...answers: Answer[]) {
  const asked: { readonly body: URLSearchParams; readonly authorization: string; readonly url: string }[] = [];
  const server = await startLocalServer(t, (request, response, body) => {
    const parameters = new URLSearchParams(body.toString());
    asked.push({
      body: parameters,
      authorization: request.headers.authorization ?? '',
      url: `http://${request.headers.host}`,
    });
    (answers.length > 1 ? answers.shift() : answers[0])!(response, parameters);
  });
  const config = { name: 'u', url: server.url, query: 'q', history_days: 3, timeout: 10, ...more };
  return { asked, run: await costRun(t, { usage: [config] }) };
}

test('what it asks: whole days in steps of a day, no partial response, with its credentials', async t => {
  const { asked, run } = await answering(t, { username: 'reader', password: 'hunter22' }, json(good));
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.deepEqual(Object.fromEntries(asked[0]!.body), {
    query: 'q',
    start: String(seconds('2026-11-21T00:00:00Z')),
    end: String(seconds('2026-11-23T00:00:00Z')),
    step: '86400',
    partial_response: 'false',
  });
  assert.equal(asked[0]?.authorization, `Basic ${Buffer.from('reader:hunter22').toString('base64')}`);
  assert.deepEqual(await quantitiesOf(run.ledger), kept);
});

const faults: readonly (readonly [name: string, answer: Answer, error: RegExp])[] = [
  ['401', json({ said: 'no' }, 401), /answered 401/],
  [
    'a warning of stores that did not answer',
    json({ ...good, warnings: ['no StoreAPIs matched'] }),
    /not whole: no StoreAPIs/,
  ],
  ['a body that is cut', response => void response.end(JSON.stringify(good).slice(0, 90)), /no whole JSON/],
  ['other days', json(matrix(['2026-12-24', '1'])), /2026-12-24T00:00:00.000Z, which was not asked for/],
  [
    'another hour',
    json({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: {}, values: [[seconds('2026-11-22T05:00:00Z'), '1']] }] },
    }),
    /05:00:00.000Z, which was not asked for/,
  ],
];
for (const [name, answer, error] of faults)
  test(`what was read stays after ${name}, and the error says so without a secret`, async t => {
    const { run } = await answering(t, { bearer_token: 's3cr3t-t0ken' }, json(good), answer);
    await run.refresh(now);
    const [result] = await run.refresh(now);
    assert.match(result?.error ?? '', error);
    assert.deepEqual(await quantitiesOf(run.ledger), kept);
    assert.ok(!`${result?.error}${run.logged()}`.includes('s3cr3t-t0ken'));
  });

test('a day without series stays; a series that is gone beside others is taken back; NaN is refused', async t => {
  const none = { status: 'success', data: { resultType: 'matrix', result: [] } };
  const one = {
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        {
          metric: { team: 'b' },
          values: [
            [seconds('2026-11-22T00:00:00Z'), 'NaN'],
            [seconds('2026-11-23T00:00:00Z'), '4'],
          ],
        },
      ],
    },
    warnings: ['PromQL warning: something about a histogram'],
  };
  const { run } = await answering(t, {}, json(good), json(none), json(one));
  await run.refresh(now);
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.deepEqual(await quantitiesOf(run.ledger), kept);
  const [result] = await run.refresh(now);
  assert.deepEqual(result?.rejected, { bad_number: 1 });
  assert.deepEqual(await quantitiesOf(run.ledger), [kept[0], kept[1], '2026-11-22 u b - - 4.000']);
});

test('429 and 5xx are tried again; the past stops where there is none, and is not asked for again', async t => {
  const none = { status: 'success', data: { resultType: 'matrix', result: [] } };
  const { asked, run } = await answering(
    t,
    { history_days: 100 },
    response => void response.writeHead(429, { 'retry-after': '0' }).end(),
    response => void response.writeHead(503, { 'retry-after': '0' }).end(),
    json(good),
    json(none),
  );
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.equal(asked.length, 4);
  await run.refresh(now);
  assert.equal(asked.length, 5);
});

test('the plan tells the requests of thirteen months before they are sent, and then those of the last days', async t => {
  const run = await costRun(t, {});
  const config = usageQuerySchema.parse({ name: 'u', url: 'http://127.0.0.1:9', query: 'q' });
  const { plan } = usageSource(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({}))) as PullSource;
  const at = { ledger: run.ledger, now: () => new Date(now) };
  assert.deepEqual(await plan?.(at), { requests: 14, text: '400 days of the usage metric u, 31 a request' });
  await run.ledger.write(tx =>
    tx.run(`INSERT INTO cursors VALUES ('usage-u', $cursor::JSON, now()::TIMESTAMP)`, {
      cursor: JSON.stringify({
        newest: '2026-11-22',
        oldest: '2025-01-01',
        shape: JSON.stringify([config.query, config.labels]),
      }),
    }),
  );
  assert.equal((await plan?.(at))?.requests, 1);
});

test('another query is asked for the past too', async t => {
  const none = { status: 'success', data: { resultType: 'matrix', result: [] } };
  const { asked, run } = await answering(t, { history_days: 40 }, json(none));
  await run.refresh(now);
  await run.refresh(now);
  assert.equal(asked.length, 3, 'the past of a query that gives nothing is asked for once');
  const other = await costRun(
    t,
    { usage: [{ name: 'u', url: asked[0]!.url, query: 'other', history_days: 40 }] },
    {},
    run,
  );
  await other.refresh(now);
  assert.equal(asked.length, 5);
});
