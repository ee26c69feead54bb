/** The families of delivery are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { assertNoneFalls, assertScrapedIsHistory, assertTogetherIsAlone, type Scraped, scrape } from '../core/as-of.ts';
import { openBooks } from './books.ts';
import { lifeConfig, randomLife } from './life.ts';

const metrics: readonly Metric[] = doraMetrics.filter(
  ({ name }) => !/_external_|quick_check|performance_band/.test(name),
);
const before = ownershipOf({
  sales: { shop: 'acme/shop', cart: 'acme/cart' },
  ops: { pay: 'acme/pay', ads: 'acme/ads' },
});
const after = ownershipOf({
  sales: { shop: 'acme/shop' },
  ops: { cart: 'acme/cart', pay: 'acme/pay', ads: 'acme/ads' },
});

/** Lives a life; what was scraped after each piece. Ownership changes half way. */
async function lived(seed: number, pieces: number) {
  const books = await openBooks({ dora: lifeConfig, ownership: before });
  const scraped = new Map<string, Scraped>();
  let telling = books;
  for (const [index, { at, facts }] of randomLife(seed, pieces, 9).entries()) {
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ dora: lifeConfig, ownership: after, ledger: books.ledger, now: at.toISOString() });
    await telling.tell(facts, new Date(at.getTime() + 1_000).toISOString());
    await scrape(books, metrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped };
}

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 16);
  const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
  assert.ok(compared > 10_000, `only ${compared} values were compared`);
  assert.deepEqual(silent, [], 'families without a value');
  const grown = assertNoneFalls(metrics, scraped);
  assert.ok(grown > 50, `only ${grown} counters grew`);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 6);
  await assertTogetherIsAlone(books, metrics, scraped, 2);
  await books.close();
});
