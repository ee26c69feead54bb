/** The families of scorecards are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import { scorecardsMetrics } from '../../../exporters/experience/metrics.ts';
import type { ScorecardStanding } from '../../../exporters/experience/scorecards/told.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import { assertScrapedIsHistory, assertTogetherIsAlone, type Scraped, scrape } from '../../core/as-of.ts';
import { openBooks } from './books.ts';
import { randomLife, type Told } from './life.ts';

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
  const books = await openBooks(before, '2026-01-01T00:00:00Z');
  const scraped = new Map<string, Scraped>();
  const life = randomLife(seed, pieces);
  let telling = books;
  for (const [index, { at, told }] of life.entries()) {
    if (index === Math.floor(pieces / 2)) telling = await openBooks(after, at.toISOString(), books.ledger);
    await telling.tell(told, new Date(at.getTime() + 1_000));
    await scrape(books, scorecardsMetrics, new Date(at.getTime() + 2_000), scraped);
  }
  return { books, scraped, life };
}

test('what was scraped is what history computes from the facts known then, for every family', async () => {
  const { books, scraped } = await lived(1, 16);
  const { compared, silent } = await assertScrapedIsHistory(books, scorecardsMetrics, scraped);
  assert.ok(compared > 500, `only ${compared} values were compared`);
  assert.deepEqual(silent, [], 'families without a value');
  await books.ledger.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 8);
  await assertTogetherIsAlone(books, scorecardsMetrics, scraped, 1);
  await books.ledger.close();
});

/** What stands after each piece, worked out by hand. */
function standing(life: readonly Told[]): readonly ReadonlyMap<string, ScorecardStanding>[] {
  let stands = new Map<string, ScorecardStanding>();
  return life.map(({ told }) => {
    const next = new Map<string, ScorecardStanding>();
    for (const { scorecard, isComplete, standings } of told) {
      if (!isComplete) for (const [key, one] of stands) if (one.scorecard === scorecard) next.set(key, one);
      for (const one of standings) next.set(`${scorecard} ${one.entity}`, one);
    }
    stands = next;
    return stands;
  });
}

test('counts, means, medians and moves are those of a computation by hand', async () => {
  const { books, scraped, life } = await lived(3, 14);
  const stands = standing(life);
  const day = 86_400_000;
  let moved = 0;
  for (const [index, [, rows]] of [...scraped].entries()) {
    const now = [...stands[index]!.values()];
    const sum = (name: string, keeps: (row: Row) => boolean) =>
      (rows.get(name) ?? []).filter(keeps).reduce((total, row) => total + Number(row.value), 0);
    const valueIn = (name: string, keeps: (row: Row) => boolean) => rows.get(name)?.find(keeps)?.value;
    for (const scorecard of ['ready', 'secure', 'basics']) {
      const mine = now.filter(one => one.scorecard === scorecard);
      for (const rank of [0, 1, 2, 3, 4])
        assert.equal(
          sum('devex_scorecard_entities', row => row.scorecard === scorecard && row.rank === String(rank)),
          mine.filter(one => one.rank === rank).length,
        );
      const ratios = mine.flatMap(one => (one.mostScore > 0 ? one.score / one.mostScore : [])).sort((a, b) => a - b);
      const of = (statistic: string) =>
        valueIn(
          'devex_organisation_scorecard_score_ratio',
          row => row.scorecard === scorecard && row.statistic === statistic,
        );
      if (ratios.length === 0) assert.equal(of('mean'), undefined);
      else {
        const middle = (ratios[(ratios.length - 1) >> 1]! + ratios[ratios.length >> 1]!) / 2;
        assert.ok(Math.abs(Number(of('mean')) - ratios.reduce((total, one) => total + one, 0) / ratios.length) < 1e-9);
        assert.ok(Math.abs(Number(of('median')) - middle) < 1e-9);
      }
    }
    // A piece is evaluated up to 30 hours before it is told; where one lies so near to 30 days ago, which one counts is not plain.
    const cut = life[index]!.at.getTime() - 30 * day;
    const near = life.some(({ at }) => at.getTime() > cut - 60_000 && at.getTime() < cut + 2 * day);
    const before = life.findLastIndex(({ at }) => at.getTime() <= cut);
    if (near || before < 0) continue;
    const ups = now.filter(one => {
      const then = stands[before]!.get(`${one.scorecard} ${one.entity}`);
      return then !== undefined && then.ranks === one.ranks && one.rank > then.rank;
    });
    assert.equal(
      sum('devex_scorecard_moves', row => row.direction === 'up'),
      ups.length,
      `piece ${index}`,
    );
    moved += ups.length;
  }
  assert.ok(moved > 5, `only ${moved} moved`);
  await books.ledger.close();
});
