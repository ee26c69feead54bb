/** The families of usage are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { usageMetrics } from '../../../exporters/experience/usage/metrics.ts';
import { evaluate } from '../../dora/books.ts';
import { declared, openUsage, peopleOf, type UsageBooks } from './books.ts';
import { randomUse } from './life.ts';

const metrics: readonly Metric[] = usageMetrics;
const teams = { red: 14, blue: 11, green: 9, tiny: 2 };
const services = { shop: 'red', pay: 'blue' };

type Scraped = ReadonlyMap<string, readonly Row[]>;

const scrape = async ({ ledger, exporter }: UsageBooks, at: Date): Promise<Scraped> => {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of metrics) rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  return rows;
};

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
    const scrapedAt = new Date(at.getTime() + 2_000);
    scraped.set(scrapedAt.toISOString(), await scrape(books, scrapedAt));
  }
  return { books, scraped };
}

const ofInstant = (rows: readonly Row[], at: Date) => {
  const text = at.toISOString().replace('T', ' ').slice(0, 19);
  return rows.filter(row => String(row.ts).startsWith(text));
};

test('what was scraped is what history computes from the facts known then, for every family, and no counter falls', async () => {
  const { books, scraped } = await lived(1, 24);
  const instants = [...scraped.keys()].map(text => new Date(text));
  const seen = new Set<string>();
  let compared = 0;
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
  assert.ok(compared > 1_000, `only ${compared} values were compared`);
  assert.deepEqual(
    metrics.filter(({ name }) => !seen.has(name)).map(({ name }) => name),
    [],
    'families without a value',
  );
  const last = new Map<string, number>();
  for (const at of instants)
    for (const metric of metrics.filter(({ kind }) => kind === 'count'))
      for (const row of scraped.get(at.toISOString())!.get(metric.name)!) {
        const series = `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}`;
        assert.ok(Number(row.value) >= (last.get(series) ?? 0), `${series} fell`);
        last.set(series, Number(row.value));
      }
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 14);
  const instants = [...scraped.keys()].map(text => new Date(Date.parse(text) - 5 * 3_600_000));
  for (const metric of metrics) {
    const together = await evaluate(books.ledger, books.exporter, metric, { instants });
    for (const at of instants.filter((_, index) => index % 3 === 0)) {
      const alone = await evaluate(books.ledger, books.exporter, metric, { instants: [at] });
      assert.deepEqual(ofInstant(together, at), alone, `${metric.name} at ${at.toISOString()}`);
    }
  }
  await books.close();
});
