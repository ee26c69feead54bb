/** Cortex as the runtime uses it: deploys as deployments, what Eng Intelligence computes, and what a fault leaves. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { cortexSource } from '../../../exporters/dora/sources/cortex/index.ts';
import { type CortexWorld, key, registry, send, startCortex, tooMany } from '../vendors/cortex.ts';
import { externalOf } from './external.ts';
import { doraRun, statementsOf } from './runs.ts';

const deploy = (uuid: string, at: string, more: object = {}) => ({
  ...{ uuid, timestamp: at, type: 'DEPLOY', title: `Deploy ${uuid}`, environment: 'production', sha: `sha-${uuid}` },
  ...{ deployer: { name: 'Ada', email: 'ada@example.invalid' }, url: `https://ci.example/${uuid}`, ...more },
});

const shop = [
  deploy('d1', '2026-11-01T10:00:00Z'),
  deploy('d2', '2026-11-02T10:00:00.5+01:00', { environment: null, sha: null, deployer: null }),
  deploy('d3', '2026-11-03T10:00:00Z', { type: 'ROLLBACK', sha: 'sha-d1' }),
  deploy('d4', '2026-11-04T10:00:00Z', { type: 'RESTART' }),
  deploy('d5', '2026-11-05T10:00:00Z', { type: 'SCALE' }),
];

interface Options {
  readonly world?: Partial<CortexWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startCortex(t, {
    entities: [
      { tag: 'shop', repository: 'Acme/Shop', team: 'core' },
      { tag: 'old', isArchived: true },
      { tag: 'search' },
    ],
    deploys: { shop, search: [deploy('s1', '2026-11-06T10:00:00Z')] },
    ...world,
  });
  const run = await doraRun(t, {
    config: { cortex: [{ url: server.url, api_key: key, eng_intelligence: false, history_weeks: 0, ...config }] },
    sources: (section, client) => [cortexSource(section.cortex[0]!, client)],
    ...{ now: '2026-11-10T12:00:00Z', retries, secrets: [key] },
  });
  return { ...server, ...run };
}

const deploymentsOf = async ({ rows }: Awaited<ReturnType<typeof open>>) =>
  (
    await rows(
      `SELECT concat_ws(' ', deployment, coalesce(nullif(repository, ''), '-'), coalesce(nullif(environment, ''), '-'),
         coalesce(nullif(sha, ''), '-'), service, coalesce(nullif(team, ''), '-'), coalesce(nullif(actor, ''), '-'),
         labels::VARCHAR, coalesce(nullif(rolls_back_to, ''), '-'), status, strftime(occurred_at, '%m-%dT%H:%M')) AS line
       FROM deployments JOIN deployment_statuses USING (source, deployment) ORDER BY ALL`,
    )
  ).map(({ line }) => String(line));

describe('deploys', () => {
  test('are deployments of their service and repository; restarts and scaling are none', async t => {
    const run = await open(t);
    const result = await run.refresh();
    assert.deepEqual([result.error, result.records, result.rejected], [undefined, 4, {}]);
    assert.deepEqual(await deploymentsOf(run), [
      'd1 acme/shop production sha-d1 shop core Ada [] - success 11-01T10:00',
      'd2 acme/shop - - shop core - [] - success 11-02T09:00',
      'd3 acme/shop production sha-d1 shop core Ada [rollback] sha-d1 success 11-03T10:00',
      's1 - production sha-s1 search - Ada [] - success 11-06T10:00',
    ]);
    assert.deepEqual(await run.rows('SELECT * FROM backfills'), []);
    const [catalog] = run.asked;
    assert.deepEqual([catalog?.query.get('types'), catalog?.query.get('includeOwners')], ['service', 'true']);
  });

  test('come in pages, as the catalog does', async t => {
    const many = Array.from({ length: 25 }, (_, index) => deploy(`m${index}`, '2026-11-01T10:00:00Z'));
    const entities = Array.from({ length: 12 }, (_, index) => ({ tag: `service-${index}` }));
    const run = await open(t, {
      world: {
        pageSize: 10,
        entities,
        deploys: Object.fromEntries(entities.map(({ tag }) => [tag, tag === 'service-11' ? many : []])),
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal((await deploymentsOf(run)).length, 25);
    assert.equal(run.asked.length, 2 + 11 + 3);
    run.asked.length = 0;
    assert.equal((await run.refresh()).changed, 0);
    assert.equal(run.asked.length, 2 + 11 + 1, 'what has as many deploys as before is not read whole');
  });

  test('that are new or were changed are found, once a day whatever their number is', async t => {
    const run = await open(t);
    await run.refresh();
    run.world.deploys = { ...run.world.deploys, shop: [...shop, deploy('d6', '2026-11-10T11:00:00Z')] };
    // The deployment and its status.
    assert.equal((await run.refresh()).changed, 2);
    run.world.deploys = { ...run.world.deploys, search: [deploy('s1', '2026-11-06T10:00:00Z', { sha: 'sha-other' })] };
    run.clock.now = new Date('2026-11-11T00:30:00Z');
    assert.equal((await run.refresh()).changed, 1);
  });

  test('go on where a kill ended the first reading, which holds derivation back until it is done', async t => {
    const entities = Array.from({ length: 60 }, (_, index) => ({ tag: `service-${index}` }));
    const deploys = Object.fromEntries(entities.map(({ tag }) => [tag, [deploy(`of-${tag}`, '2026-11-01T10:00:00Z')]]));
    const run = await open(t, {
      retries: 0,
      world: {
        entities,
        deploys,
        fault: ({ path }, response) => path.includes('service-55') && send(response, 500, {}),
      },
    });
    assert.match((await run.refresh()).error ?? '', /500/);
    assert.deepEqual(await run.rows('SELECT * FROM backfills'), [{ source: 'cortex', repository: '*' }]);
    assert.equal((await deploymentsOf(run)).length, 50);
    run.world.fault = undefined;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.deepEqual(await again.rows('SELECT * FROM backfills'), []);
    assert.deepEqual(await again.rows('SELECT count(*)::INTEGER AS n FROM deployments'), [{ n: 60 }]);
  });

  test('of an entity that is gone meanwhile are passed over, and what can not be read is counted once', async t => {
    const bad = [
      deploy('b1', 'yesterday'),
      { uuid: 'b2', type: 'DEPLOY' },
      deploy('b3', '2026-11-01T10:00:00Z', { type: 'CANARY' }),
    ];
    const run = await open(t, { world: { entities: [{ tag: 'gone' }, { tag: 'bad' }], deploys: { bad } } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, { no_deploy: 3 }]);
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(
      await run.rows('SELECT file, field FROM rejects ORDER BY ALL'),
      ['timestamp', 'timestamp', 'type'].map(field => ({ file: 'deploys of bad', field })),
    );
  });
});

const values: CortexWorld['values'] = (metric, group, days) => {
  const of = (word: string, factor: number): readonly unknown[] => {
    const own = group === undefined ? [] : [group === 'owner.team' ? { tag: word, name: word } : word];
    if (metric === 'pr.cycleTime') return [...own, 2 * factor, 3 * factor];
    if (metric === 'deploy.count') return [...own, days * factor];
    return [...own, metric === 'deploy.cfr' ? 12.5 : 45];
  };
  if (group === undefined) return [of('', 1)];
  return group === 'owner.team' ? [of('core', 2)] : [of('shop', 3), of('search', 4)];
};

describe('what Eng Intelligence computes', () => {
  const engIntel = { deploys: false, eng_intelligence: true };

  test('is found by what its registry calls it, and kept in seconds, counts and ratios', async t => {
    const run = await open(t, { config: engIntel, world: { definitions: registry(), values } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.rejected], [undefined, {}]);
    assert.deepEqual(
      await externalOf(run, 30),
      [
        ...['change_lead_time p50 - - 7200', 'change_lead_time mean - - 10800'],
        ...['change_lead_time p50 core - 14400', 'change_lead_time mean core - 21600'],
        ...['change_lead_time p50 - shop 21600', 'change_lead_time mean - shop 32400'],
        ...['change_lead_time p50 - search 28800', 'change_lead_time mean - search 43200'],
        ...['deployments - - - 30', 'deployments - core - 60', 'deployments - - shop 90', 'deployments - - search 120'],
        ...['change_fail_ratio - - - 0.125', 'change_fail_ratio - core - 0.125'],
        ...['change_fail_ratio - - shop 0.125', 'change_fail_ratio - - search 0.125'],
        'recovery_time mean - - 2700',
      ].sort(),
    );
    assert.ok((await externalOf(run, 7)).includes('deployments - - - 7'));
    const asked = run.asked.find(({ body }) => body?.metrics[0]?.metric === 'deploy.cfr')?.body;
    assert.deepEqual(asked?.metrics, [{ metric: 'deploy.cfr', aggregation: 'RATIO' }]);
    assert.deepEqual([asked?.startTime, asked?.endTime], ['2026-11-03T00:00:00Z', '2026-11-10T00:00:00Z']);
  });

  test('is found by the keys that the configuration names, and a key that is not there is told', async t => {
    const definitions = registry(metric =>
      metric === 'pr.size' ? { units: 'days', displayName: 'Commit to deploy' } : {},
    );
    const world = { definitions, values: () => [[2]] };
    const run = await open(t, { config: { ...engIntel, metrics: { change_lead_time: 'pr.size' } }, world });
    await run.refresh();
    assert.ok((await externalOf(run, 30)).includes('change_lead_time mean - - 172800'));
    const other = await open(t, { config: { ...engIntel, metrics: { deployments: 'deploy.all' } }, world });
    assert.match(
      (await other.refresh()).error ?? '',
      /found no metric deploy\.all in Eng Intelligence, which dora\.cortex\[\]\.metrics\.deployments names; it has pr\.cycleTime \(Cycle time\), /,
    );
  });

  test('is left where its unit is not known or it is not ready, and that is counted', async t => {
    const definitions = registry(metric => {
      if (metric === 'pr.cycleTime') return { units: 'story points' };
      return metric === 'incident.mttr' ? { readiness: { type: 'NOT_READY', hint: 'connect PagerDuty' } } : {};
    });
    const run = await open(t, { config: engIntel, world: { definitions, values } });
    assert.deepEqual((await run.refresh()).rejected, { unknown_unit: 1, not_ready: 1 });
    assert.ok((await externalOf(run, 7)).every(line => /^(deployments|change_fail_ratio)/.test(line)));
    assert.deepEqual((await run.refresh()).rejected, {});
  });

  test('comes in pages, and what no further page is offered of is told', async t => {
    const many =
      (count: number): CortexWorld['values'] =>
      (metric, group) =>
        metric === 'deploy.count' && group === 'entity.tag'
          ? Array.from({ length: count }, (_, index) => [`service-${index}`, 1])
          : [];
    const run = await open(t, { config: engIntel, world: { definitions: registry(), values: many(1_100) } });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.equal((await externalOf(run, 7)).length, 1_100);
    const cut = await open(t, { config: engIntel, world: { definitions: registry(), values: many(500) } });
    assert.deepEqual((await cut.refresh()).rejected, { cut_off: 3 });
  });

  test('goes on by week of the past where a fault ended it', async t => {
    const run = await open(t, {
      config: { ...engIntel, history_weeks: 2 },
      retries: 0,
      world: {
        ...{ definitions: registry(), values },
        fault: ({ body }, response) => body?.endTime === '2026-11-03T00:00:00Z' && send(response, 503, {}),
      },
    });
    assert.match((await run.refresh()).error ?? '', /503/);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.deepEqual(
      [...new Set(run.asked.flatMap(({ body }) => body?.endTime ?? []))],
      ['2026-11-03T00:00:00Z', '2026-11-10T00:00:00Z'],
    );
    assert.equal((await again.refresh()).changed, 0);
  });

  test('rows that can not be read are counted by reason, and the others stay', async t => {
    const broken: CortexWorld['values'] = (metric, group) => {
      if (metric !== 'deploy.count') return [];
      return group === 'owner.team'
        ? [
            [null, 4],
            ['core', 'many'],
            ['search', 5],
          ]
        : [];
    };
    const run = await open(t, { config: engIntel, world: { definitions: registry(), values: broken } });
    assert.deepEqual((await run.refresh()).rejected, { no_team: 3, no_measurement: 3 });
    assert.deepEqual(await externalOf(run, 90), ['deployments - search - 5']);
  });

  test('where it is not enabled is told, and deploys are read all the same', async t => {
    const run = await open(t, {
      config: { eng_intelligence: true },
      world: {
        fault: ({ path }, response) =>
          path.includes('eng-intel') && send(response, 403, { message: 'Feature not enabled' }),
      },
    });
    assert.match(
      (await run.refresh()).error ?? '',
      /refused by Cortex .*definitions.* with 403: .*Feature not enabled/,
    );
    assert.equal((await deploymentsOf(run)).length, 4);
  });
});

describe('faults', () => {
  test('a wrong key is a sentence without the key', async t => {
    const run = await open(t, { config: { api_key: 'cortex-another-key-000' } });
    assert.match((await run.refresh()).error ?? '', /API key was refused by Cortex .* with 401: .*Unauthorized/);
  });

  test('a limit is waited for, with and without Retry-After', async t => {
    let refusals = 0;
    const run = await open(t, {
      world: {
        fault: (_, response) => {
          refusals += 1;
          return refusals <= 2 && tooMany(response, refusals === 1 ? 11 : undefined);
        },
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits[0], 11_000);
    assert.equal(run.waits.length, 2);
  });

  const bodies = [
    ['HTML', '<html>Sign in</html>', /HTML/],
    ['a cut body', '{"entities": [{"ta', /no whole JSON/],
    [
      'another shape',
      '{"entities": {}, "total": 1, "totalPages": 1}',
      /could not understand what Cortex answered for page 0/,
    ],
    ['a page without its number', '{"entities": []}', /could not understand what Cortex answered for page 0/],
  ] as const;
  for (const [what, body, expected] of bodies)
    test(`${what} changes nothing`, async t => {
      const run = await open(t, { world: { fault: (_, response) => Boolean(response.end(body)) } });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.deepEqual(await statementsOf(run, 'deployments'), []);
    });

  test('a server that answers nothing is given up after the time-out', async t => {
    const run = await open(t, { config: { timeout: 0.05 }, retries: 0, world: { fault: () => true } });
    assert.match((await run.refresh()).error ?? '', /0\.05 s/);
  });
});
