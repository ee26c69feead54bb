/** LinearB as the runtime uses it: what it computes in the ledger, and what a fault leaves there. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { doraSchema } from '../../../exporters/dora/config.ts';
import { linearbSource } from '../../../exporters/dora/sources/linearb/index.ts';
import { key, type LinearBWorld, type Row, send, startLinearB } from '../vendors/linearb.ts';
import { externalOf } from './external.ts';
import { doraRun, statementsOf } from './runs.ts';

const cycle = (p50: number, p75: number, avg: number) => ({
  'branch.computed.cycle_time:p50': p50,
  'branch.computed.cycle_time:p75': p75,
  'branch.computed.cycle_time:avg': avg,
});

/** Everything grows with the days of the period. */
const rows: LinearBWorld['rows'] = (groupBy, days): readonly Row[] => {
  if (groupBy === 'organization')
    return [{ organization_id: 1, ...cycle(100, 200, 150), 'releases.count': 4 * days, 'pm.mttr': 30 }];
  if (groupBy === 'team')
    return [
      {
        team_id: 11,
        ...cycle(90, 180, 120.5),
        'releases.count': 2 * days,
        'pm.cfr.issues.done': days,
        'pm.mttr': null,
      },
      { team_id: 12, 'releases.count': 0, 'pm.cfr.issues.done': 3 },
    ];
  return [{ repository_id: 7, 'releases.count': days }];
};

interface Options {
  readonly world?: Partial<LinearBWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startLinearB(t, {
    teams: [
      { id: 11, name: 'Checkout' },
      { id: 12, name: 'Search' },
    ],
    rows,
    ...world,
  });
  const run = await doraRun(t, {
    config: { linearb: [{ url: server.url, api_key: key, history_weeks: 0, ...config }] },
    sources: (section, client) => [linearbSource(section.linearb[0]!, client)],
    ...{ now: '2026-11-10T12:00:00Z', retries, secrets: [key] },
  });
  return { ...server, ...run };
}

describe('what LinearB computes', () => {
  test('is asked for in windows of whole days, and kept in seconds, counts and ratios', async t => {
    const run = await open(t);
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(
      await externalOf(run, 7),
      [
        'change_lead_time mean - - 9000',
        'change_lead_time mean Checkout - 7230',
        'change_lead_time p50 - - 6000',
        'change_lead_time p50 Checkout - 5400',
        'change_lead_time p75 - - 12000',
        'change_lead_time p75 Checkout - 10800',
        'change_fail_ratio - Checkout - 0.5',
        'deployments - - - 28',
        'deployments - Checkout - 14',
        'deployments - Search - 0',
        'recovery_time mean - - 1800',
      ].sort(),
    );
    assert.ok((await externalOf(run, 90)).includes('deployments - Checkout - 180'));
    const [asked] = run.asked.filter(({ path }) => path === '/api/v2/measurements');
    assert.deepEqual(asked?.body?.time_ranges, [
      { after: '2026-11-03', before: '2026-11-10' },
      { after: '2026-10-11', before: '2026-11-10' },
      { after: '2026-08-12', before: '2026-11-10' },
    ]);
    assert.equal(asked?.body?.roll_up, 'custom');
    assert.deepEqual(asked?.body?.requested_metrics.slice(0, 1), [{ name: 'branch.computed.cycle_time', agg: 'p50' }]);
  });

  test('is asked for by repository, ten at once, where they are named', async t => {
    const repositories = Array.from({ length: 12 }, (_, index) => ({ id: index, service: `service-${index}` }));
    const run = await open(t, { config: { repositories, teams: false } });
    assert.equal((await run.refresh()).error, undefined);
    assert.ok((await externalOf(run, 30)).includes('deployments - - service-7 30'));
    assert.deepEqual(
      run.asked.map(({ body }) => body?.repository_ids?.length),
      [undefined, 10, 2],
    );
    assert.equal(
      run.asked.some(({ path }) => path === '/api/v2/teams'),
      false,
    );
  });

  test('comes in pages, of teams and of measurements', async t => {
    const teams = Array.from({ length: 120 }, (_, index) => ({ id: index, name: `team-${index}` }));
    const many: LinearBWorld['rows'] = groupBy =>
      groupBy === 'team' ? teams.map(({ id }) => ({ team_id: id, 'releases.count': id })) : [];
    const run = await open(t, { world: { teams, rows: many } });
    assert.equal((await run.refresh()).error, undefined);
    const told = await externalOf(run, 7);
    assert.equal(told.length, 120);
    assert.ok(told.includes('deployments - team-119 - 119'));
    assert.equal(run.asked.filter(({ path }) => path === '/api/v2/teams').length, 3);
  });

  test('that says the same again is no new statement, and what it revises is one', async t => {
    let releases = 5;
    const run = await open(t, {
      world: { rows: groupBy => (groupBy === 'team' ? [{ team_id: 11, 'releases.count': releases }] : []) },
    });
    await run.refresh();
    const first = await statementsOf(run, 'external_metrics');
    run.clock.now = new Date('2026-11-10T18:00:00Z');
    assert.equal((await run.refresh()).changed, 0);
    assert.deepEqual(await statementsOf(run, 'external_metrics'), first);
    releases = 6;
    run.clock.now = new Date('2026-11-10T20:00:00Z');
    assert.equal((await run.refresh()).changed, 3);
    releases = 5;
    run.clock.now = new Date('2026-11-10T22:00:00Z');
    assert.equal((await run.refresh()).changed, 3);
    assert.ok((await externalOf(run, 7)).includes('deployments - Checkout - 5'));
  });

  test('is nothing where it has no data', async t => {
    const run = await open(t, { world: { rows: () => [] } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.records], [undefined, 0]);
  });
});

describe('the past', () => {
  test('is asked for by week at first, and then what is new', async t => {
    const run = await open(t, { config: { history_weeks: 3, teams: false } });
    await run.refresh();
    const ends = () => run.asked.map(({ body }) => body?.time_ranges[0]?.before);
    assert.deepEqual(ends(), ['2026-10-20', '2026-10-27', '2026-11-03', '2026-11-10']);
    run.asked.length = 0;
    run.clock.now = new Date('2026-11-19T03:00:00Z');
    await run.refresh();
    assert.deepEqual(ends(), ['2026-11-17', '2026-11-19']);
  });

  test('goes on where a fault ended it, after a restart', async t => {
    const run = await open(t, {
      config: { history_weeks: 3, teams: false },
      retries: 0,
      world: {
        fault: ({ body }, response) =>
          body?.time_ranges[0]?.before === '2026-11-03' && send(response, 500, { message: 'Internal Server Error' }),
      },
    });
    assert.match((await run.refresh()).error ?? '', /500/);
    assert.equal((await run.rows('SELECT count(DISTINCT period_end)::INTEGER AS n FROM external_metrics'))[0]?.n, 2);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.deepEqual(
      run.asked.map(({ body }) => body?.time_ranges[0]?.before),
      ['2026-11-03', '2026-11-10'],
    );
    assert.equal((await again.rows('SELECT count(DISTINCT period_end)::INTEGER AS n FROM external_metrics'))[0]?.n, 4);
  });

  test('is told by the plan before it begins', async t => {
    const run = await open(t, { config: { history_weeks: 3 } });
    const plan = () => run.runtime.exporter.sources[0]!;
    const source = plan();
    assert.equal(source.kind, 'pull');
    const asks = () =>
      source.kind === 'pull' ? source.plan?.({ ledger: run.runtime.ledger, now: () => run.clock.now }) : undefined;
    assert.equal((await asks())?.requests, 1 + 4 * 2);
    await run.refresh();
    assert.equal(run.asked.length, 1 + 4 * 2);
    assert.equal((await asks())?.requests, 1 + 2);
  });
});

describe('faults', () => {
  test('a wrong key is a sentence without the key', async t => {
    const run = await open(t, { config: { api_key: 'lb-another-key-000' } });
    assert.match((await run.refresh()).error ?? '', /API token was refused by LinearB .* with 403: .*Forbidden/);
  });

  test('a limit is waited for as asked', async t => {
    let refusals = 0;
    const run = await open(t, {
      world: {
        fault: (_, response) => {
          refusals += 1;
          return refusals <= 2 && send(response, 429, { message: 'Too Many Requests' }, { 'retry-after': '7' });
        },
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(run.waits.slice(0, 2), [7000, 7000]);
  });

  test('more than 50 requests a minute to an endpoint are spread', async t => {
    const run = await open(t, { config: { history_weeks: 60, teams: false } });
    assert.match((await run.refresh()).error ?? '', /429/);
    assert.ok(run.waits.some(wait => wait > 55_000));
  });

  const bodies = [
    ['HTML', '<html>Sign in</html>', /HTML/],
    ['a cut body', '[{"after": "2026-11-03", "bef', /no whole JSON/],
    ['another shape', '{"windows": []}', /could not understand what LinearB answered for measurements by organization/],
  ] as const;
  for (const [what, body, expected] of bodies)
    test(`${what} changes nothing`, async t => {
      const run = await open(t, {
        world: { fault: ({ path }, response) => path === '/api/v2/measurements' && Boolean(response.end(body)) },
      });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.deepEqual(await statementsOf(run, 'external_metrics'), []);
    });

  test('a server that answers nothing is given up after the time-out', async t => {
    const run = await open(t, { config: { timeout: 0.05 }, retries: 0, world: { fault: () => true } });
    assert.match((await run.refresh()).error ?? '', /0\.05 s/);
  });

  test('rows that can not be read are counted by reason once, and the others stay', async t => {
    const bad = (groupBy: string): readonly Row[] =>
      groupBy === 'team'
        ? [
            { 'releases.count': 1 },
            { team_id: 11, 'releases.count': -1, 'pm.mttr': 'soon' },
            { team_id: 12, 'pm.mttr': 2 },
          ]
        : [];
    const run = await open(t, { world: { rows: bad } });
    assert.deepEqual((await run.refresh()).rejected, { no_team: 3, no_measurement: 6 });
    assert.deepEqual(await externalOf(run, 30), ['recovery_time mean Search - 120']);
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.equal((await run.rows('SELECT count(*)::INTEGER AS n FROM rejects'))[0]?.n, 9);
  });

  test('a period that was not asked for is no answer', async t => {
    const run = await open(t, {
      world: {
        fault: ({ body }, response) =>
          body !== undefined &&
          send(response, 200, [{ after: '2020-01-01', before: '2020-01-08', metrics: [{ 'releases.count': 9 }] }]),
      },
    });
    assert.deepEqual((await run.refresh()).rejected, { other_period: 2 });
    assert.deepEqual(await statementsOf(run, 'external_metrics'), []);
  });
});

test('the configuration asks for a key', () => {
  const parsed = doraSchema.safeParse({ linearb: [{}] });
  assert.match(parsed.success ? '' : parsed.error.message, /expected api_key or api_key_file/);
});
