/** The families of policy are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { opaMetrics, policyMetrics } from '../../exporters/policy/metrics.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { assertNoneFalls, assertScrapedIsHistory, assertTogetherIsAlone, type Scraped, scrape } from '../core/as-of.ts';
import { openBooks } from './books.ts';
import { randomLife } from './life.ts';

const metrics: readonly Metric[] = policyMetrics.filter(metric => !opaMetrics.some(({ name }) => name === metric.name));
const settings = { minimum_samples: 2, top_policies: 3, top_services: 3, top_scopes: 2, clean_days: 3 };
const after = ownershipOf({
  sales: { shop: 'acme/shop' },
  ops: { cart: 'acme/cart', pay: 'acme/pay', ads: 'acme/ads' },
});

/** Lives a life; what was scraped after each piece. Ownership changes half way. */
async function lived(seed: number, pieces: number) {
  const books = await openBooks({ policy: settings });
  const scraped = new Map<string, Scraped>();
  let telling = books;
  for (const [index, { at, told }] of randomLife(seed, pieces, 6).entries()) {
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ policy: settings, ownership: after, ledger: books.ledger, now: at.toISOString() });
    await telling.tell(told, new Date(at.getTime() + 1_000).toISOString(), 9);
    await scrape(books, metrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped };
}

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 10);
  const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
  assert.ok(compared > 2_000, `only ${compared} values were compared`);
  assert.deepEqual(silent, [], 'families without a value');
  const grown = assertNoneFalls(metrics, scraped);
  assert.ok(grown > 10, `only ${grown} counters grew`);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 4);
  await assertTogetherIsAlone(books, metrics, scraped, 2);
  await books.close();
});

test('sums of violations, of their ages and of policies are one number', async () => {
  const { books, scraped } = await lived(3, 5);
  for (const rows of scraped.values()) {
    const sum = (name: string, keeps: (row: Row) => boolean = () => true) =>
      (rows.get(name) ?? []).filter(keeps).reduce((total, row) => total + Number(row.value), 0);
    const open = sum('policy_violations', ({ state }) => state === 'open');
    assert.equal(sum('policy_violations_by_age'), open);
    assert.equal(sum('policy_rule_violations'), open);
  }
  await books.close();
});
