import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { parseJsonKeepingNumbers } from '../../../exporters/cost/money.ts';
import { readAllocations } from '../../../exporters/cost/sources/kubernetes/allocations.ts';
import { kubernetesSchema } from '../../../exporters/cost/sources/kubernetes/config.ts';
import { kubernetesSource } from '../../../exporters/cost/sources/kubernetes/index.ts';
import { type ClusterDay, startKubernetes } from '../vendors/kubernetes.ts';
import { costRun, quantitiesOf } from './run.ts';

const now = '2026-11-23T10:00:00Z';

const ownership = {
  aliases: { payments: ['pay'] },
  rules: [
    { name: 'team labels', tag: { keys: ['team', 'squad'], gives: 'team' } },
    { name: 'app labels', tag: { keys: ['app.kubernetes.io/name'], gives: 'service' } },
    { name: 'search', namespace: 'search-*', team: 'search', environment: 'staging' },
    { name: 'batch', resource: 'prod/tools/cronjob:*', team: 'data' },
    { name: 'system', namespace: ['kube-system', '__unmounted__'], split: 'even' },
  ],
  splits: [{ name: 'even', method: 'even' }],
};

const oneDay: ClusterDay = {
  idle: 4,
  workloads: [
    {
      namespace: 'shop',
      controller: 'deployment:web',
      labels: { team: 'pay', app_kubernetes_io_name: 'web' },
      cpu: 6,
      ram: 2,
      efficiency: 0.5,
    },
    {
      namespace: 'shop',
      controller: 'deployment:web2',
      labels: { team: 'pay', app_kubernetes_io_name: 'web' },
      cpu: 1,
      ram: 0.5,
      pv: 0.25,
    },
    { namespace: 'search-a', controller: 'statefulset:index', cpu: 2, ram: 1, efficiency: 0.25 },
    { namespace: 'tools', controller: 'cronjob:export', cpu: 0.5, ram: 0.125 },
    { namespace: 'tools', cpu: 0.25, ram: 0 },
    { namespace: 'kube-system', controller: 'daemonset:proxy', cpu: 3, ram: 0 },
    { namespace: '__unmounted__', cpu: 0, ram: 0, pv: 0.75 },
  ],
};

const kubernetes = (url: string, more: object = {}) => [
  { cluster: 'prod', url, environment: 'production', days: 2, history_days: 4, timeout: 10, ...more },
];

const yesterdays = (lines: readonly string[]) => lines.filter(line => line.startsWith('2026-11-22 '));

const expected = [
  '2026-11-22 prod data unassigned production 0.625',
  '2026-11-22 prod payments web production 9.750',
  '2026-11-22 prod search unassigned staging 3.000',
  '2026-11-22 prod unowned unassigned production 0.250',
];

for (const product of ['opencost', 'kubecost'] as const)
  test(`${product}: costs of a day become quantities of their owners; shared and idle ones weigh nothing`, async t => {
    const server = await startKubernetes(t, { '2026-11-22': oneDay }, { product });
    const run = await costRun(t, { kubernetes: kubernetes(server.url, { product }) }, ownership);
    const [result] = await run.refresh(now);
    assert.deepEqual([result?.error, result?.rejected], [undefined, {}]);
    assert.deepEqual(await quantitiesOf(run.ledger), expected);
    const kinds = await run.ledger.read(reader =>
      reader.all(
        `SELECT allocation, sum(cost)::DECIMAL(10,3)::VARCHAR AS cost FROM kubernetes_costs GROUP BY ALL ORDER BY ALL`,
      ),
    );
    assert.deepEqual(kinds, [
      { allocation: 'idle', cost: '4.000' },
      { allocation: 'shared', cost: '3.750' },
      { allocation: 'workload', cost: '13.625' },
    ]);
    const prefix = product === 'kubecost' ? '/model' : '';
    assert.equal(
      server.asked[0],
      `${prefix}/allocation?window=2026-11-22T00:00:00Z,2026-11-23T00:00:00Z&step=1d&aggregate=namespace,controller,` +
        'label:app_kubernetes_io_name,label:squad,label:team&accumulate=false&includeIdle=true&idle=true&shareIdle=false&external=false',
    );
  });

test('idle that is kept is the service idle of the owner of the bill, negative idle too', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay, '2026-11-21': { ...oneDay, idle: -0.5 } });
  const run = await costRun(t, { kubernetes: kubernetes(server.url, { idle: 'kept' }) }, ownership);
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  const idle = (await quantitiesOf(run.ledger)).filter(line => line.includes('idle'));
  assert.deepEqual(idle, ['2026-11-21 prod - idle - -0.500', '2026-11-22 prod - idle - 4.000']);
});

test('reconciliation changes the last days; only the differences are posted', async t => {
  const server = await startKubernetes(t, { '2026-11-20': oneDay, '2026-11-21': oneDay, '2026-11-22': oneDay });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  await run.refresh(now);
  const [same] = await run.refresh(now);
  assert.deepEqual([same?.error, same?.changed], [undefined, 0]);
  const reconciled = oneDay.workloads.map((workload, index) =>
    index === 2 ? { ...workload, adjustment: -1.25 } : workload,
  );
  for (const day of Object.keys(server.days)) server.days[day] = { ...oneDay, workloads: reconciled };
  const [again] = await run.refresh(now);
  assert.equal(again?.changed, 4, 'an allocation and the assets, on the two days read again');
  const search = (await quantitiesOf(run.ledger)).filter(line => line.includes(' search '));
  assert.deepEqual(search, [
    '2026-11-20 prod search unassigned staging 3.000',
    '2026-11-21 prod search unassigned staging 1.750',
    '2026-11-22 prod search unassigned staging 1.750',
  ]);
});

test('a change of rules moves quantities from its day on, though nothing is read anew', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  await run.refresh(now);
  const rules = [...ownership.rules, { name: 'tools', namespace: 'tools', team: 'platform' }];
  await costRun(t, { kubernetes: kubernetes(server.url) }, { ...ownership, rules }, run);
  assert.deepEqual(
    (await quantitiesOf(run.ledger)).filter(line => line.endsWith(' 0.250')),
    ['2026-11-22 prod platform unassigned production 0.250'],
  );
});

test('the past is read over days without anything, a month of them a refresh, and not again', async t => {
  const days = Object.fromEntries(['2026-11-22', '2026-11-01', '2026-09-10'].map(day => [day, oneDay]));
  const server = await startKubernetes(t, days);
  const run = await costRun(t, { kubernetes: kubernetes(server.url, { history_days: 90, assets: false }) }, ownership);
  const asked = () => server.asked.splice(0).map(each => /window=2026-(\d\d-\d\d)/.exec(each)?.[1]);
  const refresh = async (at: string) => {
    assert.equal((await run.refresh(at))[0]?.error, undefined);
    return asked();
  };
  const known = async () =>
    (
      await run.ledger.read(reader =>
        reader.all('SELECT DISTINCT charge_day::VARCHAR AS day FROM kubernetes_costs ORDER BY 1'),
      )
    ).map(({ day }) => day);
  const first = await refresh(now);
  assert.deepEqual([first.length, first.at(-1)], [53, '10-01'], 'twenty days of nothing are not the end, 31 wait');
  assert.deepEqual(await known(), ['2026-11-01', '2026-11-22']);
  const second = await refresh(now);
  assert.deepEqual([second.slice(0, 3), second.at(-1)], [['11-22', '11-21', '09-30'], '08-25']);
  assert.deepEqual(await known(), ['2026-09-10', '2026-11-01', '2026-11-22']);
  assert.deepEqual(await refresh(now), ['11-22', '11-21']);
  const after = await refresh('2026-11-27T10:00:00Z');
  assert.deepEqual(after, ['11-26', '11-25', '11-24', '11-23'], 'after a stop the days between too');
});

test('a total that is not the sum of its parts, and what is no number, is rejected; the rest of the day is read', async t => {
  const edit = (allocation: Record<string, unknown>) => {
    const name = String(allocation.name);
    if (name.startsWith('search-a')) return { ...allocation, totalCost: 30 };
    if (name.startsWith('tools/cronjob')) return { ...allocation, ramCost: null };
    return allocation;
  };
  const server = await startKubernetes(t, { '2026-11-22': oneDay }, { edit });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  for (let times = 0; times < 2; times++) {
    const [result] = await run.refresh(now);
    assert.deepEqual(result?.rejected, { total_differs: 1, bad_number: 1 });
  }
  assert.deepEqual(await quantitiesOf(run.ledger), [expected[1], expected[3]]);
  const rejects = await run.ledger.read(reader =>
    reader.all('SELECT file, reason, field, value FROM rejects ORDER BY file'),
  );
  assert.deepEqual(rejects, [
    {
      file: '2026-11-22 search-a/statefulset:index/__unallocated__/__unallocated__/__unallocated__',
      reason: 'total_differs',
      field: 'totalCost',
      value: '30, its parts sum to 3',
    },
    {
      file: '2026-11-22 tools/cronjob:export/__unallocated__/__unallocated__/__unallocated__',
      reason: 'bad_number',
      field: 'ramCost',
      value: 'null',
    },
  ]);
});

test('costs outside of the cluster are none of its own', async t => {
  const workloads = [{ namespace: 'search-a', cpu: 2, ram: 1, external: 40 }];
  const server = await startKubernetes(t, { '2026-11-22': { workloads } });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.deepEqual(await quantitiesOf(run.ledger), [expected[2]]);
  const assets = await run.ledger.read(reader =>
    reader.all('SELECT DISTINCT asset_type FROM kubernetes_assets ORDER BY ALL'),
  );
  assert.deepEqual(assets, [{ asset_type: 'Node' }], 'a disk that costs nothing is not posted, Cloud is no asset');
});

test("cloud costs are a second source of the bill's money, by provider and billing account", async t => {
  const server = await startKubernetes(t, { '2026-11-21': oneDay, '2026-11-22': oneDay });
  const run = await costRun(
    t,
    { kubernetes: kubernetes(server.url, { cloud_cost: true, currency: 'eur' }) },
    ownership,
  );
  for (let times = 0; times < 2; times++) assert.equal((await run.refresh(now))[0]?.error, undefined);
  const posted = await run.ledger.read(reader =>
    reader.all(
      `SELECT source, provider, billing_account, billing_period, charge_day, currency,
         billed::DECIMAL(10,4)::VARCHAR AS billed, effective::DECIMAL(10,4)::VARCHAR AS effective
       FROM second_charges WHERE charge_day = '2026-11-22'`,
    ),
  );
  assert.deepEqual(posted, [
    {
      source: 'kubernetes-prod',
      provider: 'AWS',
      billing_account: '100000000001',
      billing_period: '2026-11-01',
      charge_day: '2026-11-22',
      currency: 'EUR',
      billed: '20.3750',
      effective: '10.1875',
    },
  ]);
  assert.equal(await run.ledger.read(reader => reader.scalar('SELECT count(*)::INTEGER FROM charges')), 0);
});

test('what the next refresh asks is told beforehand', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay });
  const source = kubernetesSource(kubernetesSchema.parse(kubernetes(server.url)[0]), async () => ({
    tags: [],
    attributes: [],
  }));
  const run = await costRun(t, { kubernetes: kubernetes(server.url) });
  const plan = () => source.plan?.({ ledger: run.ledger, now: () => new Date(now) });
  assert.deepEqual(await plan(), { requests: 8, text: '2 a day of the cluster prod, 4 days' });
  await run.refresh(now);
  assert.equal(server.asked.length, 8);
  assert.equal((await plan())?.requests, 4);
});

test('credentials are sent; without them the error says what to do, and no secret is told', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay }, { authorization: 'Bearer s3cr3t-t0ken' });
  const good = await costRun(t, { kubernetes: kubernetes(server.url, { bearer_token: 's3cr3t-t0ken' }) }, ownership);
  assert.equal((await good.refresh(now))[0]?.error, undefined);
  const bad = await costRun(t, { kubernetes: kubernetes(server.url, { bearer_token: 'wr0ng-s3cr3t' }) }, ownership);
  const [result] = await bad.refresh(now);
  assert.match(result?.error ?? '', /answered 401.*check the token/s);
  assert.ok(!`${result?.error}${bad.logged()}${good.logged()}`.includes('s3cr3t'));
});

type Fault = (response: import('node:http').ServerResponse, body: () => string) => void;
const plain =
  (text: string, status = 200): Fault =>
  response =>
    void response.writeHead(status).end(text);
const faults: readonly (readonly [name: string, fault: Fault, error: RegExp])[] = [
  ['403', plain('forbidden', 403), /answered 403/],
  ['HTML', plain('<html>sign in</html>'), /HTML instead of JSON/],
  ['a body that is cut', (response, body) => void response.end(body().slice(0, 400)), /no whole JSON/],
  [
    'a hung-up connection mid-body',
    (response, body) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write(body());
      setTimeout(() => response.destroy(), 20);
    },
    /failed/,
  ],
  ['no data', plain('{"code":200}'), /no data/],
  [
    'an error in an answer of 200',
    plain('{"code":500,"data":null,"message":"prometheus is down"}'),
    /says 500: prometheus is down/,
  ],
  [
    'several sets',
    (response, body) => {
      const { data } = JSON.parse(body());
      response.end(JSON.stringify({ code: 200, data: [...data, ...data] }));
    },
    /2 sets for the one day/,
  ],
];
for (const [name, fault, error] of faults)
  test(`the day stays as it was after ${name}, and the error says so`, async t => {
    const server = await startKubernetes(t, { '2026-11-22': oneDay });
    const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
    await run.refresh(now);
    server.days['2026-11-22'] = { workloads: [{ namespace: 'search-a', cpu: 100, ram: 0 }] };
    server.faults.push(...Array<Fault>(5).fill(fault));
    const [result] = await run.refresh(now);
    assert.match(result?.error ?? '', error);
    assert.deepEqual(yesterdays(await quantitiesOf(run.ledger)), expected);
  });

test('assets that do not come leave the day whole as it was', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  await run.refresh(now);
  server.days['2026-11-22'] = { workloads: [{ namespace: 'search-a', cpu: 100, ram: 0 }] };
  server.faults.push(undefined, plain('404 page not found', 404));
  assert.match((await run.refresh(now))[0]?.error ?? '', /\/assets\S* answered 404/);
  assert.deepEqual(yesterdays(await quantitiesOf(run.ledger)), expected);
});

test('429 and 5xx are tried again', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  const busy =
    (status: number): Fault =>
    response =>
      void response.writeHead(status, { 'retry-after': '0' }).end();
  server.faults.push(busy(429), busy(503), undefined, busy(500));
  assert.equal((await run.refresh(now))[0]?.error, undefined);
  assert.deepEqual(await quantitiesOf(run.ledger), expected);
});

test('days that are not those of UTC are refused', async t => {
  const server = await startKubernetes(t, { '2026-11-22': oneDay }, { offsetHours: 5 });
  const run = await costRun(t, { kubernetes: kubernetes(server.url) }, ownership);
  assert.match(
    (await run.refresh(now))[0]?.error ?? '',
    /is of 2026-11-22T05:00:00Z to .* instead of the UTC day 2026-11-22/,
  );
  assert.deepEqual(await quantitiesOf(run.ledger), []);
});

test("OpenCost's own example is read whole: its totals are the sums of its parts", t => {
  const corpus = process.env.PLUMBLINE_CORPUS;
  const file = path.join(corpus ?? '', 'cost/opencost-kubecost/opencost_allocation_example.json');
  if (corpus === undefined || !existsSync(file)) return t.skip(`PLUMBLINE_CORPUS has no ${file}`);
  const { data } = parseJsonKeepingNumbers(readFileSync(file, 'utf8')) as { data: Record<string, unknown>[] };
  const { rows, rejects } = readAllocations(data[0]!, {
    cluster: 'c',
    day: '2023-07-12',
    aggregate: ['namespace'],
    reads: { attributes: ['namespace'], tags: ['kubernetes.io/metadata.name'] },
  });
  assert.deepEqual(rejects, []);
  assert.deepEqual(
    rows.map(({ attributes, total, requested, used }) => [attributes, total, requested.toFixed(5), used.toFixed(3)]),
    [
      [
        '{"namespace":"kube-system","tags":{"kubernetes.io/metadata.name":"kube-system"}}',
        '1.52743',
        '1.52743',
        '0.120',
      ],
      ['{"namespace":"opencost","tags":{"kubernetes.io/metadata.name":"opencost"}}', '0.10937', '0.10936', '0.016'],
      ['{"namespace":"prometheus","tags":{"kubernetes.io/metadata.name":"prometheus"}}', '0.14136', '0.14136', '0.141'],
    ],
  );
});
