/** The families of delivery are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { type Books, evaluate, openBooks, ownershipOf } from './books.ts';
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

type Scraped = ReadonlyMap<string, readonly Row[]>;

const scrape = async ({ ledger, exporter }: Books, at: Date): Promise<Scraped> => {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of metrics) rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  return rows;
};

/** Lives a life; what was scraped after each piece. Ownership changes half way. */
async function lived(seed: number, pieces: number) {
  const books = await openBooks({ dora: lifeConfig, ownership: before });
  const scraped = new Map<string, Scraped>();
  let telling = books;
  for (const [index, { at, facts }] of randomLife(seed, pieces, 9).entries()) {
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ dora: lifeConfig, ownership: after, ledger: books.ledger, now: at.toISOString() });
    await telling.tell(facts, new Date(at.getTime() + 1_000).toISOString());
    const scrapedAt = new Date(at.getTime() + 2_000);
    scraped.set(scrapedAt.toISOString(), await scrape(books, scrapedAt));
  }
  return { books, scraped };
}

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 16);
  const instants = [...scraped.keys()].map(text => new Date(text));
  let compared = 0;
  const seen = new Set<string>();
  for (const metric of metrics) {
    // As the history writer does where nothing was written before, with each fact counting once it was learned.
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
      const columns = [...metric.labels, ...(metric.kind === 'histogram' ? ['buckets', 'sum', 'count'] : ['value'])];
      return reader.all(`SELECT ts, ${columns.map(name => `"${name}"`).join(', ')} FROM (${metric.sql})
        WHERE ${metric.kind === 'histogram' ? '"count"' : 'value'} IS NOT NULL ORDER BY ALL`);
    });
    for (const at of instants) {
      const text = at.toISOString().replace('T', ' ').slice(0, 19);
      const history = rows.filter(row => String(row.ts).startsWith(text));
      const served = scraped.get(at.toISOString())?.get(metric.name) ?? [];
      assert.deepEqual(history, served, `${metric.name} at ${text}`);
      compared += served.length;
      if (served.length > 0) seen.add(metric.name);
    }
  }
  assert.ok(compared > 10_000, `only ${compared} values were compared`);
  assert.deepEqual(
    metrics.filter(({ name }) => !seen.has(name)).map(({ name }) => name),
    [],
    'families without a value',
  );
  assertNoneFalls([...scraped.values()]);
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 6);
  const instants = [...scraped.keys()].map(text => new Date(Date.parse(text) - 5 * 3_600_000));
  for (const metric of metrics) {
    const together = await evaluate(books.ledger, books.exporter, metric, { instants });
    for (const at of instants.filter((_, index) => index % 2 === 0)) {
      const text = at.toISOString().replace('T', ' ').slice(0, 19);
      const alone = await evaluate(books.ledger, books.exporter, metric, { instants: [at] });
      assert.deepEqual(
        together.filter(row => String(row.ts).startsWith(text)),
        alone,
        `${metric.name} at ${text}`,
      );
    }
  }
  await books.close();
});

function assertNoneFalls(scrapes: readonly Scraped[]): void {
  const last = new Map<string, readonly number[]>();
  let grown = 0;
  for (const scraped of scrapes)
    for (const metric of metrics.filter(({ kind }) => kind === 'count' || kind === 'histogram'))
      for (const row of scraped.get(metric.name) ?? []) {
        const key = `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}`;
        const numbers =
          metric.kind === 'count' ? [Number(row.value)] : [...(row.buckets as string[]), row.sum].map(Number);
        const earlier = last.get(key) ?? [];
        for (const [index, value] of numbers.entries())
          assert.ok(value >= (earlier[index] ?? 0), `${key} fell from ${earlier[index]} to ${value}`);
        if (earlier.length > 0 && numbers.some((value, index) => value > earlier[index]!)) grown += 1;
        last.set(key, numbers);
      }
  for (const [key] of last) {
    const present = scrapes.map(scraped =>
      metrics.some(metric =>
        (scraped.get(metric.name) ?? []).some(
          row => `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}` === key,
        ),
      ),
    );
    assert.ok(!present.slice(present.indexOf(true)).includes(false), `${key} went away`);
  }
  assert.ok(grown > 50, `only ${grown} counters grew`);
}
