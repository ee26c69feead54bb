/** The families of scorecards are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import { scorecardsMetrics } from '../../../exporters/experience/metrics.ts';
import type { ScorecardStanding } from '../../../exporters/experience/scorecards/told.ts';
import { evaluate, ownershipOf } from '../../dora/books.ts';
import { type Books, openBooks } from './books.ts';
import { randomLife, type Told } from './life.ts';

const before = ownershipOf({
  sales: { shop: 'acme/shop', cart: 'acme/cart' },
  ops: { pay: 'acme/pay', ads: 'acme/ads' },
});
const after = ownershipOf({
  sales: { shop: 'acme/shop' },
  ops: { cart: 'acme/cart', pay: 'acme/pay', ads: 'acme/ads' },
});

type Scraped = ReadonlyMap<string, readonly Row[]>;

const scrape = async ({ ledger, exporter }: Books, at: Date): Promise<Scraped> => {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of scorecardsMetrics)
    rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  return rows;
};

/** Lives a life; what was scraped after each piece. Ownership changes half way. */
async function lived(seed: number, pieces: number) {
  const books = await openBooks(before, '2026-01-01T00:00:00Z');
  const scraped = new Map<string, Scraped>();
  const life = randomLife(seed, pieces);
  let telling = books;
  for (const [index, { at, told }] of life.entries()) {
    if (index === Math.floor(pieces / 2)) telling = await openBooks(after, at.toISOString(), books.ledger);
    await telling.tell(told, new Date(at.getTime() + 1_000));
    const scrapedAt = new Date(at.getTime() + 2_000);
    scraped.set(scrapedAt.toISOString(), await scrape(books, scrapedAt));
  }
  return { books, scraped, life };
}

const ofInstant = (rows: readonly Row[], at: Date) =>
  rows.filter(row => String(row.ts).startsWith(at.toISOString().replace('T', ' ').slice(0, 19)));

test('what was scraped is what history computes from the facts known then, for every family', async () => {
  const { books, scraped } = await lived(1, 16);
  const instants = [...scraped.keys()].map(text => new Date(text));
  const seen = new Set<string>();
  let compared = 0;
  for (const metric of scorecardsMetrics) {
    const rows = await books.ledger.read(async reader => {
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
        { instants: JSON.stringify(instants.map(at => at.toISOString().replace('Z', ''))) },
      );
      for (const table of books.exporter.facts)
        await reader.run(
          `CREATE OR REPLACE TEMP VIEW ${table}_known AS
           SELECT *, greatest(occurred_at, learned_at) AS effective_at FROM ${table}`,
        );
      return reader.all(`SELECT ts, ${[...metric.labels, 'value'].map(name => `"${name}"`).join(', ')}
        FROM (${metric.sql}) WHERE value IS NOT NULL ORDER BY ALL`);
    });
    for (const at of instants) {
      const served = scraped.get(at.toISOString())?.get(metric.name) ?? [];
      assert.deepEqual(ofInstant(rows, at), served, `${metric.name} at ${at.toISOString()}`);
      compared += served.length;
      if (served.length > 0) seen.add(metric.name);
    }
  }
  assert.ok(compared > 500, `only ${compared} values were compared`);
  assert.equal(seen.size, scorecardsMetrics.length);
  await books.ledger.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 8);
  const instants = [...scraped.keys()].map(text => new Date(Date.parse(text) - 5 * 3_600_000));
  for (const metric of scorecardsMetrics) {
    const together = await evaluate(books.ledger, books.exporter, metric, { instants });
    for (const at of instants) {
      const alone = await evaluate(books.ledger, books.exporter, metric, { instants: [at] });
      assert.deepEqual(ofInstant(together, at), alone, `${metric.name} at ${at.toISOString()}`);
    }
  }
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
