/** What other tools computed, as the families tell it: whose it is, how long it holds, and that history tells the same. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { storeExternal } from '../../exporters/dora/external.ts';
import type { ExternalMetricFact } from '../../exporters/dora/facts.ts';
import {
  externalChangeFailRatio,
  externalChangeLeadTime,
  externalDeployments,
  type externalMetrics,
  externalRecoveryTime,
  externalReworkRatio,
} from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { evaluate } from '../core/as-of.ts';
import { openBooks } from './books.ts';

const ownership = ownershipOf(
  { core: { shop: 'acme/shop' }, find: { search: 'acme/search' } },
  { aliases: { find: ['Search crew'] } },
);

type Told = Omit<ExternalMetricFact, 'updatedAt'>;
const day = (text: string) => `${text}T00:00:00Z`;
const told = (value: number, more: Partial<Told> = {}): Told => ({
  ...{ tool: 'sleuth', metric: 'deployments', statistic: '', value },
  ...{ periodStart: day('2026-11-03'), periodEnd: day('2026-11-10'), ...more },
});

async function open(t: TestContext) {
  const books = await openBooks({ ownership });
  t.after(() => books.close());
  const tell = async (facts: readonly Told[], now: string, source = 'sleuth') => {
    await books.ledger.write(tx => storeExternal(tx, source, facts, new Date(now)));
    await books.derive(now);
  };
  return { ...books, tell };
}

test('words are teams and services of the catalog where it knows them, and stay what they are where not', async t => {
  const books = await open(t);
  await books.tell(
    [
      told(1),
      told(2, { team: 'Search crew' }),
      told(3, { team: 'Nobody knows' }),
      told(4, { service: 'SHOP' }),
      told(5, { service: 'elsewhere' }),
      told(6, { team: 'core', service: 'shop', periodStart: day('2026-10-11') }),
      told(7, { team: 'core', periodStart: day('2026-11-09') }),
    ],
    '2026-11-10T12:00:00Z',
  );
  assert.deepEqual(await books.lines(externalDeployments, '2026-11-10T12:00:00Z'), [
    'sleuth   7d = 1',
    'sleuth Nobody knows  7d = 3',
    'sleuth core shop 30d = 6',
    'sleuth core shop 7d = 4',
    'sleuth find  7d = 2',
    'sleuth unowned elsewhere 7d = 5',
  ]);
});

test('each metric has a family, with the statistic where there are several', async t => {
  const books = await open(t);
  await books.tell(
    [
      told(60, { metric: 'change_lead_time', statistic: 'p50' }),
      told(90, { metric: 'change_lead_time', statistic: 'mean' }),
      told(0.25, { metric: 'change_fail_ratio' }),
      told(30, { metric: 'recovery_time', statistic: 'mean', tool: 'linearb' }),
      told(0.125, { metric: 'rework_ratio', tool: 'datadog' }),
    ],
    '2026-11-10T12:00:00Z',
  );
  const lines = async (metric: (typeof externalMetrics)[number]) => books.lines(metric, '2026-11-10T12:00:00Z');
  assert.deepEqual(await lines(externalChangeLeadTime), ['sleuth   mean 7d = 90', 'sleuth   p50 7d = 60']);
  assert.deepEqual(await lines(externalChangeFailRatio), ['sleuth   7d = 0.25']);
  assert.deepEqual(await lines(externalRecoveryTime), ['linearb   mean 7d = 30']);
  assert.deepEqual(await lines(externalReworkRatio), ['datadog   7d = 0.125']);
  assert.deepEqual(await lines(externalDeployments), []);
});

test('two words for one team: counts add up, what does not is told of the first', async t => {
  const books = await open(t);
  const both = (metric: Told['metric'], a: number, b: number) => [
    told(a, { metric, team: 'Search crew' }),
    told(b, { metric, team: 'find' }),
  ];
  await books.tell([...both('deployments', 2, 3), ...both('change_fail_ratio', 0.5, 0.1)], '2026-11-10T12:00:00Z');
  assert.deepEqual(await books.lines(externalDeployments, '2026-11-10T12:00:00Z'), ['sleuth find  7d = 5']);
  assert.deepEqual(await books.lines(externalChangeFailRatio, '2026-11-10T12:00:00Z'), ['sleuth find  7d = 0.5']);
});

test('the newest day holds until there is a newer one, for eight days', async t => {
  const books = await open(t);
  const at = (end: string, value: number) =>
    told(value, {
      periodStart: day(`2026-${end.slice(0, 2)}-${String(Number(end.slice(3)) - 7).padStart(2, '0')}`),
      periodEnd: day(`2026-${end}`),
    });
  await books.tell([at('11-10', 1), at('11-17', 2)], '2026-11-17T12:00:00Z');
  const valueAt = async (instant: string) =>
    (await books.lines(externalDeployments, instant)).map(line => line.split(' = ')[1]);
  assert.deepEqual(await valueAt('2026-11-09T12:00:00Z'), []);
  assert.deepEqual(await valueAt('2026-11-16T12:00:00Z'), ['1']);
  assert.deepEqual(await valueAt('2026-11-17T00:00:00Z'), ['2']);
  assert.deepEqual(await valueAt('2026-11-24T23:00:00Z'), ['2']);
  assert.deepEqual(await valueAt('2026-11-25T00:00:00Z'), []);
});

test('what is revised replaces what was told, and history tells what a scrape did', async t => {
  const books = await open(t);
  await books.tell([told(5, { team: 'core' })], '2026-11-10T06:00:00Z');
  const served = await books.lines(externalDeployments, '2026-11-10T08:00:00Z');
  await books.ledger.write(async tx => {
    await tx.run(
      `INSERT INTO watermarks VALUES ('tsdb', '${externalDeployments.name}', '2026-11-10 08:00:00', '2026-11-10 08:00:01')`,
    );
  });
  await books.tell([told(6, { team: 'core' })], '2026-11-10T12:00:00Z');
  const instants = ['2026-11-10T08:00:00Z', '2026-11-10T12:00:00Z'].map(text => new Date(text));
  const history = await evaluate(books.ledger, books.exporter, externalDeployments, {
    instants,
    history: { target: 'tsdb' },
  });
  assert.deepEqual(
    history.map(({ team, window, value }) => `${String(team)} ${String(window)} ${String(value)}`),
    ['core 7d 5', 'core 7d 6'],
  );
  assert.deepEqual(served, ['sleuth core  7d = 5']);
  assert.deepEqual(await books.lines(externalDeployments, '2026-11-10T12:00:00Z'), ['sleuth core  7d = 6']);
});
