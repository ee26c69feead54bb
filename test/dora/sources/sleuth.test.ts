/** Sleuth as the runtime uses it: what it computes in the ledger, and what a fault or a changed schema leaves there. */
import assert from 'node:assert/strict';
import { describe, type TestContext, test } from 'node:test';
import { sleuthSource } from '../../../exporters/dora/sources/sleuth/index.ts';
import { key, organization, type SleuthWorld, send, startSleuth } from '../vendors/sleuth.ts';
import { externalOf } from './external.ts';
import { doraRun, statementsOf } from './runs.ts';

const nothing = { numOfDeploys: 0, avgLeadTimeInSec: 0, failureRatePercent: 0, avgMttrDurationInSec: 0 };
const recap: SleuthWorld['recap'] = (kind, slug, days) =>
  slug === 'idle'
    ? nothing
    : {
        numOfDeploys: days * (kind === 'team' ? 2 : 1),
        avgLeadTimeInSec: 3600.5,
        failureRatePercent: 12.5,
        avgMttrDurationInSec: slug === 'shop' ? 900 : 0,
      };

interface Options {
  readonly world?: Partial<SleuthWorld>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly retries?: number;
}

async function open(t: TestContext, { world = {}, config = {}, retries = 2 }: Options = {}) {
  const server = await startSleuth(t, { projects: ['shop', 'idle'], teams: { core: ['core-web'] }, recap, ...world });
  const run = await doraRun(t, {
    config: { sleuth: [{ url: server.url, api_key: key, organization, history_weeks: 0, ...config }] },
    sources: (section, client) => [sleuthSource(section.sleuth[0]!, client)],
    ...{ now: '2026-11-10T12:00:00Z', retries, secrets: [key] },
  });
  return { ...server, ...run };
}

describe('what Sleuth computes', () => {
  test('is kept in seconds, counts and ratios; of what was not deployed there is no lead time and no ratio', async t => {
    const run = await open(t, { config: { services: { shop: 'checkout' } } });
    assert.equal((await run.refresh()).error, undefined);
    assert.deepEqual(
      await externalOf(run, 30),
      [
        'deployments - - checkout 30',
        'change_lead_time mean - checkout 3600.5',
        'change_fail_ratio - - checkout 0.125',
        'recovery_time mean - checkout 900',
        'deployments - - idle 0',
        'deployments - core - 60',
        'change_lead_time mean core - 3600.5',
        'change_fail_ratio - core - 0.125',
        'deployments - core-web - 60',
        'change_lead_time mean core-web - 3600.5',
        'change_fail_ratio - core-web - 0.125',
      ].sort(),
    );
    const { variables } = run.asked.at(-1)!;
    assert.deepEqual(
      [variables.start7, variables.start30, variables.start90, variables.end],
      ['2026-11-03T00:00:00Z', '2026-10-11T00:00:00Z', '2026-08-12T00:00:00Z', '2026-11-10T00:00:00Z'],
    );
  });

  test('comes for every project and team of lists in pages, ten in a query', async t => {
    const projects = Array.from({ length: 120 }, (_, index) => `project-${index}`);
    const run = await open(t, { world: { projects }, config: { teams: [] } });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal((await externalOf(run, 7)).filter(line => line.startsWith('deployments')).length, 120);
    assert.equal(run.asked.filter(({ query }) => query.includes('projects(')).length, 3);
    assert.equal(run.asked.filter(({ query }) => query.includes('metricsRecap')).length, 12);
  });

  test('comes for the projects and teams of the configuration without any list', async t => {
    const run = await open(t, { config: { projects: ['shop'], teams: ['core'] } });
    await run.refresh();
    assert.equal(run.asked.length, 1);
  });

  test('that says the same again is no new statement', async t => {
    const run = await open(t);
    await run.refresh();
    run.clock.now = new Date('2026-11-10T18:00:00Z');
    assert.equal((await run.refresh()).changed, 0);
  });

  test('is asked for by week of the past at first, and goes on where a fault ended it', async t => {
    const run = await open(t, {
      config: { history_weeks: 2, projects: ['shop'], teams: [] },
      retries: 0,
      world: {
        fault: ({ variables }, response) => variables.end === '2026-11-03T00:00:00Z' && send(response, 502, {}),
      },
    });
    assert.match((await run.refresh()).error ?? '', /502/);
    run.world.fault = undefined;
    run.asked.length = 0;
    const again = await run.restart();
    assert.equal((await again.refresh()).error, undefined);
    assert.deepEqual(
      run.asked.map(({ variables }) => variables.end),
      ['2026-11-03T00:00:00Z', '2026-11-10T00:00:00Z'],
    );
  });
});

describe('faults', () => {
  test('a wrong key is a sentence without the key', async t => {
    const run = await open(t, { config: { api_key: 'slk-another-key-000' } });
    assert.match((await run.refresh()).error ?? '', /API key was refused by Sleuth .* with 401: .*Invalid API key/);
  });

  test('a field that the schema has no more is told, though the status is 200', async t => {
    const run = await open(t, { world: { removed: ['avgMttrDurationInSec'] } });
    const { error = '' } = await run.refresh();
    assert.match(
      error,
      /got errors from Sleuth in its answer for the recap of 4 .*: Cannot query field "avgMttrDurationInSec"/,
    );
    assert.deepEqual(await statementsOf(run, 'external_metrics'), []);
  });

  test('an unknown organisation is told with the place', async t => {
    const run = await open(t, { config: { organization: 'acme-gmbh' } });
    assert.match((await run.refresh()).error ?? '', /does not exist\. \(at organization\)/);
  });

  test('a limit is waited for, also where nothing says how long', async t => {
    let refusals = 0;
    const run = await open(t, {
      world: {
        fault: (_, response) => {
          refusals += 1;
          if (refusals === 1) return send(response, 429, {}, { 'retry-after': '9' });
          return refusals === 2 && send(response, 429, {});
        },
      },
    });
    assert.equal((await run.refresh()).error, undefined);
    assert.equal(run.waits[0], 9000);
    assert.equal(run.waits.length, 2);
  });

  const bodies = [
    ['HTML', '<html>Sign in</html>', /HTML/],
    ['a cut body', '{"data": {"organiz', /no whole JSON/],
    ['another shape', '{"data": {"organization": []}}', /could not understand what Sleuth answered/],
  ] as const;
  for (const [what, body, expected] of bodies)
    test(`${what} changes nothing`, async t => {
      const run = await open(t, { world: { fault: (_, response) => Boolean(response.end(body)) } });
      assert.match((await run.refresh()).error ?? '', expected);
      assert.deepEqual(await statementsOf(run, 'external_metrics'), []);
    });

  test('a server that answers nothing is given up after the time-out', async t => {
    const run = await open(t, { config: { timeout: 0.05 }, retries: 0, world: { fault: () => true } });
    assert.match((await run.refresh()).error ?? '', /0\.05 s/);
  });

  test('what can not be read of a recap is counted by reason once, and the rest stays', async t => {
    const run = await open(t, {
      config: { projects: ['shop', 'gone'], teams: [] },
      world: {
        recap: (_, slug, days) =>
          slug === 'gone' ? null : { numOfDeploys: days, avgLeadTimeInSec: 'long', failureRatePercent: 0 },
      },
    });
    assert.deepEqual((await run.refresh()).rejected, { no_recap: 3, no_measurement: 3 });
    assert.deepEqual(await externalOf(run, 7), ['change_fail_ratio - - shop 0', 'deployments - - shop 7']);
    assert.deepEqual((await run.refresh()).rejected, {});
  });
});
