/** The families of usage are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../../exporters/core/metric.ts';
import { usageMetrics } from '../../../exporters/experience/usage/metrics.ts';
import {
  assertNoneFalls,
  assertScrapedIsHistory,
  assertTogetherIsAlone,
  type Scraped,
  scrape,
} from '../../core/as-of.ts';
import { declared, openUsage, peopleOf } from './books.ts';
import { randomUse } from './life.ts';

const metrics: readonly Metric[] = usageMetrics;
const teams = { red: 14, blue: 11, green: 9, tiny: 2 };
const services = { shop: 'red', pay: 'blue' };

/** What was scraped after each piece of a life. Teams and features change half way. */
async function lived(seed: number, pieces: number) {
  const ownership = peopleOf(teams, services);
  // A golden path without templates succeeds by the first creation.
  const browse = { feature: 'browse', plugins: ['catalog*', 'search', 'techdocs'], is_golden_path: true };
  let books = await openUsage({ ownership, k: 3, now: '2026-01-05T11:00:00Z', features: [...declared, browse] });
  const scraped = new Map<string, Scraped>();
  for (const [index, { at, ...told }] of randomUse(seed, { pieces, stepDays: 5, teams }).entries()) {
    if (index === Math.floor(pieces / 2))
      books = await openUsage({
        ...{ ledger: books.ledger, k: 3, now: at.toISOString() },
        ownership: peopleOf({ ...teams, red: 5 }, services),
        features: [...declared.slice(0, 3), { feature: 'search', plugins: ['search'] }, browse],
      });
    await books.tell(told, new Date(at.getTime() + 1_000).toISOString());
    await scrape(books, metrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped };
}

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 24);
  const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
  assert.ok(compared > 1_000, `only ${compared} values were compared`);
  assert.deepEqual(silent, [], 'families without a value');
  const grown = assertNoneFalls(metrics, scraped);
  assert.ok(grown > 10, `only ${grown} counters grew`);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 14);
  await assertTogetherIsAlone(books, metrics, scraped, 3);
  await books.close();
});
