/** The client of Prometheus' query API, against a real server and against answers that must not be taken for true ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createPrometheusClient, valueText } from '../../exporters/core/prometheus.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { startLocalServer } from './local-server.ts';

const has = (code: string, words: RegExp) => (error: Error & { code?: string }) =>
  error.code === code && words.test(error.message);

test('a real Prometheus: values, what is no number, samples, steps, native histograms, and what it refuses', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const page = '# TYPE took histogram\ntook_bucket{le="1"} 2\ntook_bucket{le="+Inf"} 3\ntook_sum 4\ntook_count 3\n';
  const scraped = await startLocalServer(
    t,
    (_, response) => void response.setHeader('content-type', 'text/plain; version=0.0.4').end(page),
  );
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-prometheus-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const configFile = path.join(folder, 'prometheus.yml');
  const targets = `static_configs: [{ targets: ["127.0.0.1:${scraped.port}"] }]`;
  writeFileSync(
    configFile,
    `scrape_configs: [{ job_name: a, scrape_interval: 1s, scrape_timeout: 1s, convert_classic_histograms_to_nhcb: true, ${targets} }]\n`,
  );
  const { url } = await startPrometheus({ t, configFile });
  const client = createPrometheusClient({ url, of: 'the test' });

  const odd =
    'label_replace(vector(1/0), "is", "a", "", "") or label_replace(vector(-1/0), "is", "b", "", "") or label_replace(vector(0/0), "is", "c", "", "") or label_replace(vector(1e-7), "is", "d", "", "")';
  const values = (await client.vector(odd, 1000)).map(({ labels, value }) => [labels.is, value, valueText(value)]);
  assert.deepEqual(values.sort(), [
    ['a', Number.POSITIVE_INFINITY, '+Inf'],
    ['b', Number.NEGATIVE_INFINITY, '-Inf'],
    ['c', Number.NaN, 'NaN'],
    ['d', 1e-7, '1e-7'],
  ]);
  const range = { start: 1000.5, end: 1002.5, step: 1 };
  assert.deepEqual(await client.range('time()', range), [
    { labels: {}, samples: [1000.5, 1001.5, 1002.5].map(at => [at, at]) },
  ]);

  for (let tries = 0; tries < 60 && (await client.vector('histogram_count(took)')).length === 0; tries += 1)
    await sleep(500);
  assert.deepEqual(
    (await client.vector('histogram_count(took)')).map(({ value }) => value),
    [3],
  );
  const [up] = await client.matrix('up[1m]');
  assert.deepEqual([up?.labels.job, up?.samples[0]?.[1]], ['a', 1]);
  const unexpected = (words: RegExp) => has('PROMETHEUS_ANSWER_UNEXPECTED', words);
  await assert.rejects(client.vector('took'), unexpected(/query of the test: it is a native histogram; ask for/));
  await assert.rejects(client.matrix('took[1m]'), unexpected(/native histogram/));
  await assert.rejects(client.vector('up[1m]'), unexpected(/it is no vector of series/));
  await assert.rejects(client.vector('1'), unexpected(/it is no vector of series/));
  await assert.rejects(client.matrix('up'), unexpected(/it is no matrix of series/));

  const refused = (words: RegExp) => has('PROMETHEUS_QUERY_REFUSED', words);
  await assert.rejects(client.vector('sum('), refused(/the query of the test was refused by http.*parse error/));
  const twice =
    '(vector(1) or label_replace(vector(1), "is", "b", "", "")) * on () group_left () (vector(1) or label_replace(vector(1), "is", "b", "", ""))';
  await assert.rejects(client.vector(twice), refused(/many-to-many|duplicate/));
});

const data = { resultType: 'vector', result: [{ metric: {}, value: [1, '2'] }] };
const whole = { status: 'success', data };
const faults: readonly (readonly [
  name: string,
  code: string,
  words: RegExp,
  answer: object | string,
  status?: number,
])[] = [
  [
    'a warning of stores that did not answer',
    'PROMETHEUS_ANSWER_PARTIAL',
    /not whole: no store/,
    { ...whole, warnings: ['PromQL warning: x', 'no store'] },
  ],
  [
    'storage nodes that did not answer',
    'PROMETHEUS_ANSWER_PARTIAL',
    /not whole: isPartial/,
    { ...whole, isPartial: true },
  ],
  ['an error with status 200', 'PROMETHEUS_ANSWER_UNEXPECTED', /no success/, { status: 'error', error: 'x', data }],
  ['JSON of another kind', 'PROMETHEUS_ANSWER_UNEXPECTED', /\(status\)/, { message: 'log in' }],
  ['no object', 'PROMETHEUS_ANSWER_UNEXPECTED', /\(the answer\)/, 'null'],
  [
    'a value that is no number',
    'PROMETHEUS_ANSWER_UNEXPECTED',
    /it is no number \(data\.result\.0\.value\.1\)/,
    { ...whole, data: { ...data, result: [{ metric: {}, value: [1, ''] }] } },
  ],
  ['a body that is cut', 'HTTP_NOT_JSON', /no whole JSON/, JSON.stringify(whole).slice(0, 60)],
  ['a log-in page', 'HTTP_NOT_JSON', /HTML instead of JSON/, '<html>log in</html>'],
  ['403', 'HTTP_STATUS', /answered 403/, 'no', 403],
  [
    '422',
    'PROMETHEUS_QUERY_REFUSED',
    /refused by .*too many samples/,
    { status: 'error', error: 'too many samples' },
    422,
  ],
];
for (const [name, code, words, answer, status = 200] of faults)
  test(`${name} is no answer`, async t => {
    const text = typeof answer === 'string' ? answer : JSON.stringify(answer);
    const { url } = await startLocalServer(t, (_, response) => void response.writeHead(status).end(text));
    await assert.rejects(createPrometheusClient({ url, of: 'the test' }).vector('q'), has(code, words));
  });

test('what is asked: a form under the path of the address, with its headers; warnings of the language are none', async t => {
  const asked: unknown[] = [];
  const { url } = await startLocalServer(t, ({ method, url: at, headers }, response, body) => {
    asked.push([method, at, headers.authorization, Object.fromEntries(new URLSearchParams(body.toString()))]);
    response.end(JSON.stringify({ ...whole, warnings: ['PromQL warning: x'], infos: ['PromQL info: y'] }));
  });
  const headers = { authorization: 'Bearer t' };
  const client = createPrometheusClient({ url: `${url}/prometheus/`, of: 'the test', headers });
  assert.deepEqual(await client.vector('a', 7), [{ labels: {}, value: 2 }]);
  await client.vector('b');
  const request = ['POST', '/prometheus/api/v1/query', 'Bearer t'];
  assert.deepEqual(asked, [
    [...request, { query: 'a', time: '7', partial_response: 'false' }],
    [...request, { query: 'b', partial_response: 'false' }],
  ]);
});
