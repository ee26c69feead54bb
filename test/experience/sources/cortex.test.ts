/** Cortex's scorecards as the runtime reads them: who stands where, what has ended, and what a fault leaves. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import {
  scorecardEntities,
  scorecardLastEvaluation,
  scorecardLevelInfo,
  scorecardMoves,
  scorecardScoreRatio,
} from '../../../exporters/experience/metrics.ts';
import { cortexSource } from '../../../exporters/experience/sources/cortex/index.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { experienceRun } from '../runtime.ts';
import { type FakeScore, key, person, type ScorecardWorld, send, startCortex } from '../vendors/cortex.ts';

const ownership = ownershipOf({ sales: { shop: 'acme/shop', cart: 'acme/cart' }, ops: { pay: 'acme/pay' } });
const levels = { Gold: 3, Bronze: 1, Silver: 2 };
const ready = (scores: Readonly<Record<string, FakeScore | { readonly raw: unknown }>>) => ({
  ready: { levels, scores },
});

interface Options {
  readonly world?: Partial<ScorecardWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startCortex(t, {
    catalog: { shop: { team: 'sales' }, 'payment-api': { repository: 'Acme/Pay', team: 'ops' } },
    scorecards: ready({
      shop: { level: 'Silver', score: 6 },
      'payment-api': { level: 'Bronze', score: 3.5 },
      'cortex-only': { score: 1, groups: ['ops', 'sales'] },
    }),
    ...world,
  });
  const run = await experienceRun(t, {
    config: { cortex: [{ url: server.url, api_key: key, ...config }] },
    sources: (section, known, client) => [cortexSource(section.cortex[0]!, known, client)],
    ...{ ownership, now: '2026-11-10T12:00:00Z', retries, secrets: [key, person, 'said by a person'] },
  });
  return { ...server, ...run };
}

describe('standings', () => {
  test('are of the service that the configuration, the catalog or the tag names', async t => {
    const run = await open(t, { config: { services: { shop: 'cart' } } });
    const result = await run.refresh();
    assert.deepEqual([result.error, result.records, result.rejected], [undefined, 3, {}]);
    assert.deepEqual(await run.lines(scorecardEntities), [
      'ops ready 0 none = 1',
      'ops ready 1 Bronze = 1',
      'sales ready 2 Silver = 1',
    ]);
    assert.deepEqual(await run.lines(scorecardScoreRatio), [
      'ops cortex-only ready = 0.1',
      'ops pay ready = 0.35',
      'sales cart ready = 0.6',
    ]);
    assert.deepEqual(await run.lines(scorecardLevelInfo), [
      'ready 1 Bronze = 1',
      'ready 2 Silver = 1',
      'ready 3 Gold = 1',
    ]);
    assert.deepEqual(await run.lines(scorecardLastEvaluation), [
      `ready = ${Date.parse('2026-11-01T00:00:00Z') / 1000}`,
    ]);
  });

  test('are versions: one that is the same though evaluated again is none, and moves count up and down', async t => {
    const run = await open(t);
    await run.refresh();
    run.clock.now = new Date('2026-12-10T12:00:00Z');
    const scores = {
      shop: { level: 'Gold', score: 9, evaluated: '2026-12-10T08:00:00Z' },
      'payment-api': { score: 0, evaluated: '2026-12-10T08:00:00Z' },
      'cortex-only': { score: 1, groups: ['ops'], evaluated: '2026-12-10T08:00:00Z' },
    };
    run.world.scorecards = ready(scores);
    // Two standings and when the scorecard was evaluated.
    assert.equal((await run.refresh()).changed, 3);
    assert.equal((await run.refresh()).changed, 0);
    assert.deepEqual(await run.lines(scorecardMoves), [
      ...['ops ready down 30d = 1', 'ops ready same 30d = 1', 'ops ready up 30d = 0'],
      ...['sales ready down 30d = 0', 'sales ready same 30d = 0', 'sales ready up 30d = 1'],
    ]);
    assert.deepEqual(await run.lines(scorecardMoves, '2026-11-20T00:00:00Z'), []);
    assert.ok((await run.lines(scorecardEntities, '2026-12-10T07:00:00Z')).includes('sales ready 2 Silver = 1'));
    assert.ok((await run.lines(scorecardEntities, '2026-12-10T09:00:00Z')).includes('sales ready 3 Gold = 1'));
  });

  test('end where the entity has left, or the scorecard is gone, and come back', async t => {
    const run = await open(t);
    await run.refresh();
    run.world.scorecards = ready({ shop: { level: 'Silver', score: 6 } });
    run.clock.now = new Date('2026-11-11T12:00:00Z');
    assert.equal((await run.refresh()).changed, 2);
    assert.deepEqual(await run.lines(scorecardEntities), ['sales ready 2 Silver = 1']);
    assert.equal((await run.lines(scorecardEntities, '2026-11-11T11:00:00Z')).length, 3);
    run.world.scorecards = {};
    run.clock.now = new Date('2026-11-12T12:00:00Z');
    await run.refresh();
    assert.deepEqual(await run.lines(scorecardEntities), []);
    assert.deepEqual(await run.lines(scorecardLevelInfo), []);
    assert.deepEqual(await run.lines(scorecardLastEvaluation), []);
    run.world.scorecards = ready({ shop: { level: 'Silver', score: 6 } });
    run.clock.now = new Date('2026-11-13T12:00:00Z');
    await run.refresh();
    assert.deepEqual(await run.lines(scorecardEntities), ['sales ready 2 Silver = 1']);
    assert.deepEqual(await run.lines(scorecardEntities, '2026-11-13T11:00:00Z'), [], 'it was not there in between');
  });

  test('have the lowest level first, whichever way the numbers go', async t => {
    const run = await open(t, { config: { lowest_level: 'last' } });
    await run.refresh();
    assert.deepEqual(await run.lines(scorecardLevelInfo), [
      'ready 1 Gold = 1',
      'ready 2 Silver = 1',
      'ready 3 Bronze = 1',
    ]);
  });

  test('of a scorecard without levels have points alone', async t => {
    const run = await open(t, { world: { scorecards: { basics: { scores: { shop: { score: 2, most: 8 } } } } } });
    await run.refresh();
    assert.deepEqual(await run.lines(scorecardEntities), ['sales basics 0 none = 1']);
    assert.deepEqual(await run.lines(scorecardScoreRatio), ['sales shop basics = 0.25']);
  });

  test('of an entity for which no point can be had have no ratio', async t => {
    const run = await open(t, { world: { scorecards: ready({ shop: { score: 0, most: 0 } }) } });
    await run.refresh();
    assert.deepEqual(await run.lines(scorecardEntities), ['sales ready 0 none = 1']);
    assert.deepEqual(await run.lines(scorecardScoreRatio), []);
  });
});

describe('lists', () => {
  const many = Object.fromEntries(
    Array.from({ length: 25 }, (_, index) => [`service-${index}`, { level: 'Bronze', score: 1 }] as const),
  );

  for (const paging of ['told', 'untold', 'ignored'] as const)
    test(`are read whole where their pages are ${paging}`, async t => {
      const run = await open(t, { world: { paging, pageSize: 10, scorecards: ready(many) } });
      assert.deepEqual(
        [(await run.refresh()).error, await run.lines(scorecardEntities)],
        [undefined, ['unowned ready 1 Bronze = 25']],
      );
      run.world.scorecards = ready({ ...many, 'service-24': { raw: { service: { tag: 'service-24' } } } });
      await run.refresh();
      assert.deepEqual(await run.lines(scorecardEntities), ['unowned ready 1 Bronze = 25']);
    });

  test('of scorecards have pages too, and drafts only where they are asked for', async t => {
    const scores = { shop: { score: 1 } };
    const scorecards = Object.fromEntries(
      Array.from({ length: 12 }, (_, index) => [`card-${index}`, { levels, scores, isDraft: index > 9 }] as const),
    );
    const run = await open(t, { world: { pageSize: 4, scorecards, isListShort: true } });
    await run.refresh();
    assert.equal((await run.lines(scorecardEntities)).length, 10);
    assert.equal((await run.lines(scorecardLevelInfo)).length, 30, 'levels that the list leaves out are asked for');
    const drafts = await open(t, { world: { pageSize: 4, scorecards }, config: { drafts: true, types: [] } });
    await drafts.refresh();
    assert.equal((await drafts.lines(scorecardEntities)).length, 12);
    assert.ok(!drafts.asked.some(path => path.startsWith('/api/v1/catalog')));
  });

  test('may be of named scorecards alone; one that is not there is told once, and the others are read', async t => {
    const run = await open(t, {
      config: { scorecards: ['ready', 'steady'] },
      world: { scorecards: { ...ready({ shop: { score: 1 } }), other: { scores: { shop: { score: 1 } } } } },
    });
    assert.deepEqual((await run.refresh()).rejected, { unknown_scorecard: 1 });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.lines(scorecardEntities), ['sales ready 0 none = 1']);
    assert.ok(!run.asked.some(path => path.includes('/other')));
  });
});

describe('a fault', () => {
  test('in one entity ends nobody, is counted once, and tells its tag alone', async t => {
    const run = await open(t);
    await run.refresh();
    const bad = {
      ...{ lastEvaluated: 'yesterday', service: { tag: 'payment-api', owners: { individuals: [{ email: person }] } } },
      score: { ladderLevels: [], rules: [], summary: { score: 1, totalPossibleScore: 2 } },
    };
    run.world.scorecards = ready({
      shop: { level: 'Gold', score: 9, evaluated: '2026-11-10T11:00:00Z' },
      'payment-api': { raw: bad },
      'cortex-only': { level: 'Platinum', score: 1 },
      nobody: { raw: 'a text' },
    });
    assert.deepEqual((await run.refresh()).rejected, { no_score: 2, unknown_level: 1 });
    assert.deepEqual((await run.refresh()).rejected, {});
    assert.deepEqual(await run.lines(scorecardEntities), [
      ...['ops ready 0 none = 1', 'ops ready 1 Bronze = 1', 'sales ready 3 Gold = 1'],
    ]);
    assert.deepEqual(await run.rows('SELECT reason, field, value FROM rejects ORDER BY ALL'), [
      { reason: 'no_score', field: '', value: null },
      { reason: 'no_score', field: 'lastEvaluated', value: 'payment-api' },
      { reason: 'unknown_level', field: 'Platinum', value: 'cortex-only' },
    ]);
  });

  test('that goes away is waited for; one that stays leaves what was known', async t => {
    let faults = 2;
    const run = await open(t, {
      world: {
        fault: (path, _, response) =>
          path.endsWith('/scores') &&
          faults-- > 0 &&
          send(response, faults === 1 ? 429 : 503, { title: 'Too Many Requests' }, { 'retry-after': '7' }),
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(run.waits, [7_000, 7_000]);
    run.world.scorecards = {};
    run.world.fault = (path, _, response) => path.endsWith('/scorecards') && send(response, 500, {});
    assert.match((await run.refresh()).error ?? '', /500/);
    assert.equal((await run.lines(scorecardEntities)).length, 3);
  });

  test('of the key, and an answer that is something else, are said', async t => {
    const refused = await open(t, { config: { api_key: 'a-wrong-key' } });
    assert.match((await refused.refresh()).error ?? '', /API key was refused by Cortex .* with 401/);
    const other = await open(t, { world: { fault: (_, __, response) => send(response, 200, { scorecards: 'none' }) } });
    assert.match(
      (await other.refresh()).error ?? '',
      /could not understand what Cortex answered for page 0 of api\/v1\/scorecards/,
    );
  });

  test('of a scorecard that is gone between its list and its scores ends it', async t => {
    const run = await open(t, {
      world: { fault: (path, _, response) => path.endsWith('/scores') && send(response, 404, { type: 'NOT_FOUND' }) },
    });
    assert.deepEqual([(await run.refresh()).error, await run.lines(scorecardEntities)], [undefined, []]);
  });
});
