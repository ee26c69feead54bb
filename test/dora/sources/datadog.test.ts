/** Datadog as the runtime uses it: incidents, DORA events, what it computes, and what a fault leaves. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { datadogSource } from '../../../exporters/dora/sources/datadog/index.ts';
import { datadogApi, datadogApp } from '../../../exporters/vendors/datadog/config.ts';
import { datadogTime } from '../../../exporters/vendors/datadog/time.ts';
import {
  apiKey,
  applicationKey,
  type DatadogWorld,
  type FakeEvent,
  type FakeIncident,
  send,
  startDatadog,
} from '../vendors/datadog.ts';
import { doraRun, incidentsOf, statementsOf } from './runs.ts';

interface Options {
  readonly world?: DatadogWorld;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
  readonly now?: string;
}

async function open(
  t: TestContext,
  { world = {}, config = { incidents: {} }, retries = 2, now = '2026-11-10T12:00:00Z' }: Options = {},
) {
  const server = await startDatadog(t, world);
  const run = await doraRun(t, {
    config: { datadog: [{ url: server.url, api_key: apiKey, application_key: applicationKey, ...config }] },
    sources: ({ datadog, production }, client) => [datadogSource(datadog[0]!, production, client)],
    ...{ now, retries, secrets: [apiKey, applicationKey] },
  });
  return { ...server, ...run };
}

const incidents: readonly FakeIncident[] = [
  {
    ...{ id: 'i1', created: '2026-10-01T08:00:00.743510+00:00', resolved: '2026-10-01T09:30:00+00:00' },
    attributes: { customer_impact_start: '2026-10-01T07:45:00+00:00' },
    fields: { services: ['checkout', 'search'], teams: ['shop'], env: ['production'] },
  },
  { id: 'i2', created: '2026-11-01T08:00:00+00:00', state: 'stable' },
  { id: 'i3', created: '2026-11-02T08:00:00+00:00', attributes: { is_test: true } },
  { id: 'i4', created: '2025-01-02T08:00:00+00:00', resolved: '2025-01-02T09:00:00+00:00' },
];

describe('incidents', () => {
  test('are read with their services, states and times; tests and what lies before the history are none', async t => {
    const run = await open(t, { world: { incidents }, config: { incidents: { environment_field: 'env' } } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    assert.deepEqual(await incidentsOf(run), [
      'i1 resolved checkout 10-01T07:45 10-01T09:30',
      'i1#search@production resolved search 10-01T07:45 10-01T09:30',
      'i2 open - 11-01T08:00 -',
      'i3 cancelled - 11-02T08:00 -',
    ]);
    assert.deepEqual(await run.rows("SELECT team, environment, severity, url FROM incidents WHERE incident = 'i1'"), [
      { team: 'shop', environment: 'production', severity: 'SEV-2', url: 'https://app.datadoghq.com/incidents/62105' },
    ]);
    assert.deepEqual(await run.rows('FROM backfills'), []);
  });

  test('come page by page, and go on where a reading was killed', async t => {
    const many = Array.from({ length: 230 }, (_, index) => ({
      ...{ id: `m${index}`, created: new Date(Date.parse('2026-10-01T00:00:00Z') + index * 60_000).toISOString() },
    }));
    const run = await open(t, { world: { incidents: many }, retries: 0 });
    let pages = 0;
    run.world.fault = (_, response) => (++pages > 2 ? send(response, 502, 'bad gateway') : false);
    assert.match(String((await run.refresh()).error), /answered 502/);
    assert.deepEqual(await run.rows('SELECT count(*)::INTEGER AS n FROM incidents'), [{ n: 200 }]);
    assert.deepEqual(await run.rows('FROM backfills'), [{ source: 'datadog', repository: '*' }]);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.equal(run.asked[0]?.query.get('page[offset]'), '200');
    assert.deepEqual(await again.rows('SELECT count(*)::INTEGER AS n FROM incidents'), [{ n: 230 }]);
    assert.deepEqual(await again.rows('FROM backfills'), []);
  });

  test('are followed: new, resolved, reopened; and what is deleted is found by a sweep or by its id', async t => {
    const run = await open(t, { world: { incidents } });
    await run.refresh();
    const before = await statementsOf(run, 'incidents');
    assert.equal((await run.refresh()).changed, 0);
    assert.deepEqual(await statementsOf(run, 'incidents'), before);
    run.clock.now = new Date('2026-11-10T13:00:00Z');
    run.asked.length = 0;
    const fresh = { id: 'i5', created: '2026-11-10T12:10:00+00:00', resolved: '2026-11-10T12:40:00+00:00' };
    run.world.incidents = [
      { ...incidents[0]!, resolved: undefined!, state: 'active', modified: '2026-11-10T12:30:00+00:00' },
      { ...incidents[1]!, resolved: '2026-11-10T12:20:00+00:00', state: 'resolved' },
      fresh,
    ];
    await run.refresh();
    assert.ok(
      run.asked.every(({ path }) => path !== '/api/v2/incidents'),
      'no sweep',
    );
    assert.deepEqual(await incidentsOf(run), [
      'i1 open checkout 10-01T07:45 -',
      'i1#search open search 10-01T07:45 -',
      'i2 resolved - 11-01T08:00 11-10T12:20',
      'i3 cancelled - 11-02T08:00 -',
      'i5 resolved - 11-10T12:10 11-10T12:40',
    ]);
    // i1 is deleted while it is open; i5 while it is resolved.
    run.world.incidents = run.world.incidents.filter(({ id }) => id === 'i2');
    run.clock.now = new Date('2026-11-10T14:00:00Z');
    await run.refresh();
    assert.deepEqual(
      (await incidentsOf(run)).map(line => line.split(' ')[0]),
      ['i2', 'i3', 'i5'],
    );
    run.clock.now = new Date('2026-11-11T14:00:00Z');
    await run.refresh();
    assert.deepEqual(
      (await incidentsOf(run)).map(line => line.split(' ')[0]),
      ['i2'],
    );
  });

  test('may be of a query', async t => {
    const run = await open(t, {
      world: {
        incidents: [...incidents, { id: 'i6', created: '2026-11-03T08:00:00Z', attributes: { severity: 'SEV-1' } }],
      },
      config: { incidents: { query: 'severity:SEV-1' } },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await incidentsOf(run), ['i6 open - 11-03T08:00 -']);
    assert.equal(run.asked[0]?.path, '/api/v2/incidents/search');
  });
});

const commits = (...leads: number[]) =>
  leads.map((change_lead_time, index) => ({ sha: `c${index}`, change_lead_time }));
const git = { commit_sha: '66adc9350f2cc9b250b69abddab733dd55e1a588', repository_id: 'github.com/Acme/Shop' };

const deployments: readonly FakeEvent[] = [
  {
    ...{ id: 'd1', started: '2026-11-01T10:00:00Z', finished: '2026-11-01T10:05:00Z' },
    attributes: {
      ...{ service: 'shop', team: 'crew', version: 'v1', git, change_failure: false },
      commits: commits(3600, 7200),
    },
  },
  {
    ...{ id: 'd2', started: '2026-11-08T10:00:00Z', finished: '2026-11-08T10:05:00Z' },
    attributes: {
      ...{ service: 'shop', team: 'crew', version: 'v2', git: { repository_url: 'https://github.com/acme/shop.git' } },
      ...{ change_failure: true, recovery_time_sec: 900, remediation: { id: 'd3', type: 'rollback' } },
      commits: commits(1800),
    },
  },
  {
    ...{ id: 'd3', started: '2026-11-08T10:15:00Z', finished: '2026-11-08T10:20:00Z' },
    attributes: { service: 'shop', team: 'crew', git, change_failure: null },
  },
  {
    ...{ id: 'd4', started: '2026-11-09T10:00:00Z', finished: '2026-11-09T10:05:00Z' },
    attributes: { service: 'search', env: 'staging', git },
  },
  { id: 'd5', started: '2026-11-10T11:59:00Z', attributes: { service: 'search', git } },
];
const failures: readonly FakeEvent[] = [
  {
    ...{ id: 'f1', started: '2026-11-08T10:05:00Z', finished: '2026-11-08T10:20:00Z' },
    attributes: {
      ...{ service: ['shop', 'search'], env: ['production'], team: ['crew'], name: 'Shop is down' },
      severity: 'High',
    },
  },
  { id: 'f2', started: '2026-09-01T10:05:00Z', attributes: { services: ['shop'], env: 'production', name: 'Slow' } },
];
const all = { dora: { deployments: true, failures: true } };

const metricsOf = async ({ rows }: Pick<Awaited<ReturnType<typeof open>>, 'rows'>, end: string, days: number) =>
  (
    await rows(
      `SELECT concat_ws(' ', coalesce(nullif(service, ''), '-'), coalesce(nullif(team, ''), '-'), metric, statistic, value) AS line
       FROM (SELECT * FROM external_metrics QUALIFY row_number() OVER (
         PARTITION BY metric, statistic, team, service, period_start, period_end ORDER BY updated_at DESC, learned_at DESC) = 1)
       WHERE tool = 'datadog' AND period_end = '${end}' AND period_end - period_start = INTERVAL ${days} DAY ORDER BY line`,
    )
  ).map(({ line }) => String(line));

describe('DORA events', () => {
  for (const times of ['iso', 'nanoseconds'] as const)
    test(`are deployments and incidents of ours where that is asked for, with times as ${times}`, async t => {
      const run = await open(t, { world: { deployments, failures, times }, config: all });
      const result = await run.refresh();
      assert.deepEqual([result.error, result.rejected], [undefined, {}]);
      assert.deepEqual(
        await run.rows(
          `SELECT deployment, repository, environment, sha, version, service, team, strftime(created_at, '%m-%dT%H:%M:%S') AS at
           FROM deployments WHERE deployment IN ('d1', 'd2') ORDER BY deployment`,
        ),
        [
          {
            ...{
              deployment: 'd1',
              repository: 'acme/shop',
              environment: 'production',
              sha: git.commit_sha,
              version: 'v1',
            },
            ...{ service: 'shop', team: 'crew', at: '11-01T10:00:00' },
          },
          {
            ...{ deployment: 'd2', repository: 'acme/shop', environment: 'production', sha: '', version: 'v2' },
            ...{ service: 'shop', team: 'crew', at: '11-08T10:00:00' },
          },
        ],
      );
      assert.deepEqual(
        await run.rows(
          `SELECT status, strftime(occurred_at, '%m-%dT%H:%M') AS at FROM deployment_statuses WHERE deployment IN ('d1', 'd5') ORDER BY ALL`,
        ),
        [
          { status: 'running', at: '11-01T10:00' },
          { status: 'running', at: '11-10T11:59' },
          { status: 'success', at: '11-01T10:05' },
        ],
      );
      assert.deepEqual(await incidentsOf(run), [
        'failure:f1 resolved shop 11-08T10:05 11-08T10:20',
        'failure:f1#search@production resolved search 11-08T10:05 11-08T10:20',
        'failure:f2 open shop 09-01T10:05 -',
      ]);
      assert.deepEqual(await run.rows('FROM backfills'), []);
    });

  test('are neither deployments nor incidents of ours unless that is asked for', async t => {
    const run = await open(t, { world: { deployments, failures }, config: { dora: {} } });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(await run.rows('FROM deployments'), []);
    assert.deepEqual(await incidentsOf(run), []);
    assert.ok(run.asked.every(({ path }) => !path.endsWith('failures')));
  });

  test('give what Datadog computes, per service, team and all, for whole days', async t => {
    const run = await open(t, { world: { deployments }, config: { dora: {} } });
    await run.refresh();
    // Lead times: of d1 5400 on average, of d2 1800; by commit 4200.
    const shop = (who: string) => [
      `${who} change_fail_ratio  0.333333`,
      `${who} change_lead_time mean 4200.0`,
      `${who} change_lead_time p50 3600.0`,
      `${who} change_lead_time p75 4500.0`,
      `${who} change_lead_time p90 5040.0`,
      `${who} deployments  3.0`,
      ...['mean', 'p50', 'p75', 'p90'].map(statistic => `${who} recovery_time ${statistic} 900.0`),
    ];
    assert.deepEqual(await metricsOf(run, '2026-11-10', 30), [...shop('- -'), ...shop('- crew'), ...shop('shop crew')]);
    assert.deepEqual(
      await metricsOf(run, '2026-11-10', 7).then(lines => lines.filter(line => /deployments/.test(line))),
      [...['- - deployments  2.0', '- crew deployments  2.0', 'shop crew deployments  2.0']],
    );
    // Before it failed, nothing had.
    assert.deepEqual(
      (await metricsOf(run, '2026-11-05', 7)).filter(line => /^shop.*(fail|deployments|recovery)/.test(line)),
      ['shop crew change_fail_ratio  0.0', 'shop crew deployments  1.0'],
    );
    assert.deepEqual(await metricsOf(run, '2026-10-30', 90), []);
  });

  test('change nothing where nothing has changed, and are computed anew where Datadog judges later', async t => {
    const run = await open(t, { world: { deployments, failures }, config: all });
    await run.refresh();
    const tables = ['deployments', 'deployment_statuses', 'incidents', 'external_metrics', 'datadog_deployments'];
    const before = await Promise.all(tables.map(table => statementsOf(run, table)));
    run.clock.now = new Date('2026-11-10T12:10:00Z');
    run.asked.length = 0;
    assert.equal((await run.refresh()).changed, 0);
    assert.deepEqual(await Promise.all(tables.map(table => statementsOf(run, table))), before);
    assert.deepEqual(
      run.asked.map(({ path }) => path.split('/').slice(3).join('/')),
      [...['dora/deployments', 'dora/failures', 'dora/failures/f2']],
    );
    // d3 is judged, d2 is deleted, the failure of long ago ends.
    run.world.deployments = deployments
      .filter(({ id }) => id !== 'd2')
      .map(one => (one.id === 'd3' ? { ...one, attributes: { ...one.attributes, change_failure: true } } : one));
    run.world.failures = [{ ...failures[1]!, finished: '2026-11-10T12:15:00Z' }];
    run.clock.now = new Date('2026-11-10T12:20:00Z');
    await run.refresh();
    const now = await metricsOf(run, '2026-11-10', 30);
    assert.ok(
      now.includes('shop crew change_fail_ratio  0.5') && now.includes('shop crew deployments  2.0'),
      now.join('\n'),
    );
    assert.deepEqual(await incidentsOf(run), ['failure:f2 resolved shop 09-01T10:05 11-10T12:15']);
  });

  for (const most of [undefined, 40])
    test(`are read whole though their lists have no cursor, ${most === undefined ? 'of 500' : 'and are cut without a word'}`, async t => {
      const many = Array.from({ length: 1203 }, (_, index) => {
        const started = new Date(Date.parse('2026-10-20T00:00:00Z') + index * 90_000).toISOString();
        return { id: `e${index}`, started, finished: started, attributes: { service: 'shop', git } };
      });
      const run = await open(t, {
        world: { deployments: many, ...(most ? { most } : {}) },
        config: { history_days: 30, ...all },
      });
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(await run.rows('SELECT count(DISTINCT deployment)::INTEGER AS n FROM deployments'), [
        { n: 1203 },
      ]);
      assert.ok((await metricsOf(run, '2026-11-10', 30)).includes('- - deployments  1203.0'));
    });

  test('go on where a reading was killed', async t => {
    const run = await open(t, { world: { deployments, failures }, config: all, retries: 0 });
    let left = 5;
    run.world.fault = (_, response) => (left-- <= 0 ? send(response, 500, { errors: ['Internal'] }) : false);
    assert.match(String((await run.refresh()).error), /answered 500/);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.ok(Date.parse(String(run.asked[0]?.attributes.from)) > Date.parse('2025-11-20T00:00:00Z'));
    assert.equal((await again.rows('SELECT DISTINCT deployment FROM deployments')).length, deployments.length);
    assert.deepEqual(await again.rows('FROM backfills'), []);
  });

  test('that cannot be read, or have no repository, are counted by reason', async t => {
    const broken = [
      { id: 'b1', started: 'soon', attributes: { service: 'shop', git } },
      { ...deployments[0]!, id: 'b2', attributes: { service: 'shop' } },
    ];
    const run = await open(t, { config: all });
    run.world.fault = ({ path }, response) =>
      path === '/api/v2/dora/deployments' &&
      send(response, 200, {
        data: broken.map(({ id, started, attributes }) => ({
          id,
          attributes: { ...attributes, started_at: started, env: 'production' },
        })),
      });
    const result = await run.refresh();
    assert.deepEqual(
      [result.error, result.rejected],
      [undefined, { unreadable_deployment: 1, deployment_without_repository: 1 }],
    );
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.rows('SELECT file, reason FROM rejects ORDER BY file'), [
      { file: 'deployment b1', reason: 'unreadable_deployment' },
      { file: 'deployment b2', reason: 'deployment_without_repository' },
    ]);
  });
});

describe('a fault', () => {
  const faults: readonly (readonly [name: string, fault: DatadogWorld['fault'], error: RegExp])[] = [
    ['a wrong key', (_, r) => send(r, 401, { errors: ['Unauthorized'] }), /with 401: Unauthorized.*DATADOG_REFUSED/],
    [
      'a key without the scope',
      (_, r) => send(r, 403, { errors: ['Forbidden'] }),
      /DATADOG_REFUSED.*dora_metrics_read/,
    ],
    ['429 without end', (_, r) => send(r, 429, { errors: ['Too many requests'] }), /answered 429/],
    [
      '500 without end',
      (_, r) => send(r, 500, { errors: [{ title: 'Internal', detail: 'no luck' }] }),
      /answered 500: Internal: no luck/,
    ],
    ['HTML', (_, r) => send(r, 200, '<html>Log in</html>'), /HTTP_NOT_JSON/],
    ['a truncated body', (_, r) => send(r, 200, '{"data":[{"id":"i1","attr'), /HTTP_NOT_JSON/],
    ['another document', (_, r) => send(r, 200, { errors: [] }), /DATADOG_ANSWER/],
  ];
  for (const [name, fault, expected] of faults)
    test(`of ${name} is told with its remedy, and leaves what is known`, async t => {
      const run = await open(t, { world: { incidents, deployments, failures }, config: { incidents: {}, ...all } });
      await run.refresh();
      const before = await incidentsOf(run);
      run.world.fault = fault;
      const { error } = await run.refresh();
      assert.match(String(error), expected);
      assert.ok(!String(error).includes(apiKey) && !String(error).includes(applicationKey));
      assert.deepEqual(await incidentsOf(run), before);
    });

  test('of 429 is waited for until the limit is counted anew', async t => {
    let left = 2;
    const run = await open(t, { world: { incidents } });
    run.world.fault = (_, response) => {
      if (left-- <= 0) return false;
      const headers = {
        'x-ratelimit-limit': '10',
        'x-ratelimit-period': '60',
        ...(left === 1 ? { 'x-ratelimit-reset': '41' } : {}),
      };
      response
        .writeHead(429, { 'content-type': 'application/json', ...headers })
        .end('{"errors":["Too many requests"]}');
      return true;
    };
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(run.waits, [41_000, 60_000]);
  });

  test('of a server that answers nothing ends with the time that is configured', async t => {
    const run = await open(t, { world: { fault: () => true }, config: { incidents: {}, timeout: 1 }, retries: 0 });
    assert.match(String((await run.refresh()).error), /HTTP_TIMEOUT/);
  });
});

test('a site says where the API and the people are; a source must say what it reads', () => {
  assert.equal(datadogApi({ site: 'datadoghq.eu' }), 'https://api.datadoghq.eu');
  assert.equal(datadogApp({ site: 'datadoghq.eu' }), 'https://app.datadoghq.eu');
  assert.equal(datadogApp({ site: 'us5.datadoghq.com' }), 'https://us5.datadoghq.com');
  const parse = (item: Readonly<Record<string, unknown>>) => doraSchema.safeParse({ datadog: [item] });
  assert.match(String(parse({ api_key: apiKey, application_key: applicationKey }).error), /expected incidents/);
  assert.match(String(parse({ api_key: apiKey, incidents: {} }).error), /expected api_key and application_key/);
});

test('a time is told by its size: nanoseconds, microseconds, milliseconds or seconds; Go has a zero that is none', () => {
  const expected = '2023-08-31T14:26:24.000Z';
  for (const time of [
    1693491984000000000,
    1693491984000000,
    1693491984000,
    1693491984,
    '1693491984000000000',
    '2023-08-31T14:26:24Z',
  ])
    assert.equal(datadogTime(time), expected);
  for (const none of ['0001-01-01T00:00:00Z', null, undefined, 'soon', -1, 1.5, {}])
    assert.equal(datadogTime(none), undefined);
});
