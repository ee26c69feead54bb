/** PagerDuty as the runtime uses it: its history and its changes in the ledger, and what a fault leaves there. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { apiUrl } from '../../../exporters/dora/sources/pagerduty/config.ts';
import { pagerDutySources } from '../../../exporters/dora/sources/pagerduty/index.ts';
import { error, type FakeIncident, type PagerDutyWorld, send, startPagerDuty, token } from '../vendors/pagerduty.ts';
import { doraRun, incidentsOf, statementsOf } from './runs.ts';

const past: readonly FakeIncident[] = [
  { id: 'P1', created: '2026-02-01T10:00:00Z', resolved: '2026-02-01T11:30:00Z', priority: 'P2', teams: ['Shop crew'] },
  { id: 'P2', created: '2026-07-20T08:00:00Z', acknowledged: true, service: ['PSRCH', 'Search API'] },
  { id: 'P3', created: '2026-11-01T08:00:00Z', resolved: '2026-11-01T09:00:00Z', mergedInto: 'P2' },
  { id: 'P4', created: '2026-11-02T08:00:00Z', urgency: 'low' },
];

interface Options {
  readonly world?: Partial<PagerDutyWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
  readonly now?: string;
}

async function open(
  t: TestContext,
  { world = {}, config = {}, retries = 2, now = '2026-11-10T12:00:00Z' }: Options = {},
) {
  const server = await startPagerDuty(t, { incidents: past, ...world });
  const run = await doraRun(t, {
    config: { pagerduty: [{ url: server.url, api_token: token, ...config }] },
    sources: (section, client) => pagerDutySources(section.pagerduty[0]!, client),
    ...{ now, retries, secrets: [token] },
  });
  return { ...server, ...run };
}

const minute = (index: number, base = '2026-10-01T00:00:00Z') =>
  new Date(Date.parse(base) + index * 60_000).toISOString();

describe('the first reading', () => {
  test('brings the history by windows of at most six months, with services, teams and merged incidents', async t => {
    const run = await open(t, { config: { services: [{ match: ['PSRCH'], service: 'search', environment: 'live' }] } });
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(await incidentsOf(run), [
      'P1 resolved Shop 02-01T10:00 02-01T11:30',
      'P2 open search 07-20T08:00 -',
      'P3 cancelled Shop 11-01T08:00 11-01T09:00',
    ]);
    const [first] = await run.rows(
      `SELECT team, severity, url, labels::VARCHAR AS labels, title FROM incidents WHERE incident = 'P1'`,
    );
    assert.deepEqual(first, {
      ...{ team: 'Shop crew', severity: 'P2', url: 'https://acme.pagerduty.com/incidents/P1' },
      ...{ labels: "['urgency:high', 'incident_type:incident_default']", title: 'Fault P1' },
    });
    assert.deepEqual(await run.rows(`SELECT environment FROM incidents WHERE incident = 'P2'`), [
      { environment: 'live' },
    ]);
    assert.match(
      String((await run.rows("SELECT labels FROM incidents WHERE incident = 'P3'"))[0]?.labels),
      /merged:P2/,
    );
    const windows = run.asked.filter(({ query }) => query.has('since'));
    assert.equal(windows.length, 3, 'a year and six months at most');
    assert.equal(windows[0]?.query.get('since'), '2025-11-10T12:00:00.000Z');
    assert.equal(windows.at(-1)?.query.get('until'), '2026-11-10T12:00:00.000Z');
    assert.deepEqual(await run.rows('FROM backfills'), []);
  });

  for (const counts of [true, false])
    test(`halves a window that has more incidents than can be paged through, ${counts ? 'counted' : 'or not'}`, async t => {
      const incidents = Array.from({ length: 10_750 }, (_, index) => ({
        ...{ id: `Q${index}`, created: minute(index), resolved: minute(index + 30) },
      }));
      const run = await open(t, { world: { incidents, counts }, config: { history_days: 150 } });
      assert.equal((await run.refresh()).error, undefined);
      assert.deepEqual(
        await run.rows('SELECT count(*)::INTEGER AS n, count(DISTINCT incident)::INTEGER AS ids FROM incidents'),
        [{ n: 10_750, ids: 10_750 }],
      );
      assert.ok(run.asked.every(({ query }) => Number(query.get('offset') ?? 0) <= 9_900));
    });

  test('goes on where it was killed, and reads what it had only once', async t => {
    const incidents = Array.from({ length: 450 }, (_, index) => ({ id: `Q${index}`, created: minute(index) }));
    let pages = 0;
    const run = await open(t, { world: { incidents }, retries: 0 });
    run.world.fault = ({ query }, response) =>
      query.has('since') && ++pages > 4 ? send(response, 503, error('Unavailable', 2000)) : false;
    assert.match(String((await run.refresh()).error), /HTTP_STATUS.*/);
    const [{ n } = { n: 0 }] = await run.rows('SELECT count(*)::INTEGER AS n FROM incidents');
    assert.ok(Number(n) > 0 && Number(n) < 450, `${n} of 450`);
    assert.deepEqual(await run.rows('FROM backfills'), [{ source: 'pagerduty', repository: '*' }]);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.ok(Date.parse(run.asked[0]?.query.get('since') ?? '') > Date.parse('2026-10-01T00:00:00Z'));
    assert.deepEqual(await again.rows('SELECT count(*)::INTEGER AS n FROM incidents'), [{ n: 450 }]);
    assert.deepEqual(await again.rows('FROM backfills'), []);
  });
});

describe('a later refresh', () => {
  test('changes nothing where nothing has changed, and asks for two lists', async t => {
    const run = await open(t);
    await run.refresh();
    const before = await statementsOf(run, 'incidents');
    run.asked.length = 0;
    run.clock.now = new Date('2026-11-10T12:05:00Z');
    const result = await run.refresh();
    assert.deepEqual([result.error, result.changed], [undefined, 0]);
    assert.deepEqual(await statementsOf(run, 'incidents'), before);
    assert.equal(run.asked.length, 2);
    const { text, requests } = (await pagerDutyPlan(run)) ?? { text: '', requests: 0 };
    assert.equal(requests, 2);
    assert.match(text, /open or were resolved since/);
  });

  test('finds what was resolved, reopened, resolved again and is new, however old it is', async t => {
    const run = await open(t);
    await run.refresh();
    const at = async (now: string, incidents: readonly FakeIncident[]) => {
      run.clock.now = new Date(now);
      run.world.incidents = incidents;
      assert.equal((await run.refresh()).error, undefined);
      return incidentsOf(run);
    };
    const [p1, p2, p3] = [past[0]!, past[1]!, past[2]!];
    const fresh = { id: 'P5', created: '2026-11-10T12:10:00Z', resolved: '2026-11-10T12:20:00Z' };
    assert.deepEqual(await at('2026-11-10T12:30:00Z', [p1, { ...p2, resolved: '2026-11-10T12:25:00Z' }, p3, fresh]), [
      'P1 resolved Shop 02-01T10:00 02-01T11:30',
      'P2 resolved Search API 07-20T08:00 11-10T12:25',
      'P3 cancelled Shop 11-01T08:00 11-01T09:00',
      'P5 resolved Shop 11-10T12:10 11-10T12:20',
    ]);
    const { resolved: _, ...reopened } = { ...p1, changed: '2026-11-11T07:00:00Z' };
    assert.deepEqual((await at('2026-11-11T08:00:00Z', [reopened, p2, p3, fresh]))[0], 'P1 open Shop 02-01T10:00 -');
    const again = { ...p1, resolved: '2026-11-11T09:00:00Z' };
    assert.deepEqual(
      (await at('2026-11-11T10:00:00Z', [again, p2, p3, fresh]))[0],
      'P1 resolved Shop 02-01T10:00 11-11T09:00',
    );
  });

  test('asks by id for what is in neither list: gone, lowered, or come back', async t => {
    const run = await open(t, { world: { incidents: [past[1]!, { id: 'P6', created: '2026-11-09T08:00:00Z' }] } });
    await run.refresh();
    run.world.incidents = [{ ...past[1]!, urgency: 'low', changed: '2026-11-10T13:00:00Z' }];
    run.clock.now = new Date('2026-11-10T14:00:00Z');
    await run.refresh();
    assert.deepEqual(await incidentsOf(run), ['P2 cancelled Search API 07-20T08:00 -']);
    assert.equal((await run.refresh()).changed, 0);
    run.world.incidents = [past[1]!, { id: 'P6', created: '2026-11-09T08:00:00Z' }];
    run.clock.now = new Date('2026-11-10T15:00:00Z');
    await run.refresh();
    assert.match((await incidentsOf(run)).join('\n'), /P6 open/);
  });

  test('reads the past again under another filter', async t => {
    const run = await open(t, { config: { urgencies: ['high', 'low'] } });
    await run.refresh();
    assert.match((await incidentsOf(run)).join('\n'), /P4 open Shop/);
    assert.ok(run.asked.every(({ query }) => !query.has('urgencies[]')));
  });
});

describe('a fault', () => {
  const faults: readonly (readonly [name: string, fault: PagerDutyWorld['fault'], error: RegExp])[] = [
    [
      'a revoked key',
      (_, r) => send(r, 401, error('Authentication failed', 2006)),
      /PAGERDUTY_REFUSED.*api_token_file/,
    ],
    ['a key without the right', (_, r) => send(r, 403, error('Access Denied', 2010)), /with 403.*PAGERDUTY_REFUSED/],
    ['429 without end', (_, r) => send(r, 429, error('Rate Limit Exceeded', 2020)), /answered 429/],
    ['500 without end', (_, r) => send(r, 500, error('Internal', 2000)), /HTTP_STATUS/],
    ['HTML', (_, r) => send(r, 200, '<html>Sign in</html>'), /HTTP_NOT_JSON/],
    ['a truncated body', (_, r) => send(r, 200, '{"incidents":[{"id":"P1",'), /HTTP_NOT_JSON/],
    ['another document', (_, r) => send(r, 200, { services: [] }), /list of incidents.*PAGERDUTY_ANSWER/],
  ];
  for (const [name, fault, expected] of faults)
    test(`of ${name} is told with its remedy, and leaves what is known`, async t => {
      const run = await open(t);
      await run.refresh();
      const before = await incidentsOf(run);
      run.world.fault = fault;
      const { error: said } = await run.refresh();
      assert.match(String(said), expected);
      assert.ok(!String(said).includes(token));
      assert.deepEqual(await incidentsOf(run), before);
    });

  test('of 429 is waited for as long as ratelimit-reset says, or a moment where nothing is said', async t => {
    let left = 2;
    const run = await open(t);
    run.world.fault = (_, response) => {
      if (left-- <= 0) return false;
      const headers = left === 1 ? { 'ratelimit-reset': '17' } : {};
      response.writeHead(429, { 'content-type': 'application/json', ...headers }).end('{}');
      return true;
    };
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits[0], 17_000);
    assert.ok(run.waits[1]! < 120_000);
    assert.equal((await incidentsOf(run)).length, 3);
  });

  test('of a server that answers nothing ends with the time that is configured', async t => {
    const run = await open(t, { world: { fault: () => true }, config: { timeout: 1 }, retries: 0 });
    assert.match(String((await run.refresh()).error), /HTTP_TIMEOUT/);
  });

  test('of one incident holds no other back, is counted once, and is forgotten when it is mended', async t => {
    const broken = {
      ...((await import('../vendors/pagerduty.ts')).incidentJson(past[1]!) as object),
      created_at: 'yesterday',
    };
    const run = await open(t, {
      world: { incidents: [past[0]!, { id: 'P2', created: past[1]!.created, raw: broken }] },
    });
    const result = await run.refresh();
    assert.equal(result.error, undefined);
    assert.deepEqual(result.rejected, { unreadable_incident: 1 });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.rows('SELECT source, file, field, value FROM rejects'), [
      {
        ...{ source: 'pagerduty', file: 'incident P2', field: 'created_at' },
        value: '"yesterday": Invalid ISO datetime',
      },
    ]);
    assert.deepEqual(await incidentsOf(run), ['P1 resolved Shop 02-01T10:00 02-01T11:30']);
    run.world.incidents = past;
    await run.refresh();
    assert.deepEqual(await run.rows('FROM rejects'), []);
  });
});

const pagerDutyPlan = async (run: Awaited<ReturnType<typeof open>>) => {
  const [source] = run.runtime.exporter.sources;
  return source?.kind === 'pull' ? source.plan?.(run.runtime) : undefined;
};

test('the region says where the API is, unless an address does; a source without a key or a secret is none', () => {
  const parse = (item: Readonly<Record<string, unknown>>) => doraSchema.safeParse({ pagerduty: [item] });
  const one = (item: Readonly<Record<string, unknown>>) =>
    apiUrl(parse({ api_token: token, ...item }).data!.pagerduty[0]!);
  assert.equal(one({}), 'https://api.pagerduty.com');
  assert.equal(one({ region: 'eu' }), 'https://api.eu.pagerduty.com');
  assert.equal(one({ region: 'eu', url: 'https://proxy.example/pagerduty' }), 'https://proxy.example/pagerduty');
  assert.match(String(parse({}).error), /expected api_token, api_token_file or a webhook secret/);
});
