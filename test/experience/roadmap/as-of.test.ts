/** The families of the roadmap are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { roadmapMetrics } from '../../../exporters/experience/roadmap/metrics.ts';
import { evaluate, ownershipOf } from '../../dora/books.ts';
import { type Books, openBooks } from './books.ts';
import { randomLife } from './life.ts';

const metrics: readonly Metric[] = roadmapMetrics;
const roadmap = { minimum_samples: 2, top_areas: 2 };
/** The lake goes to another team. */
const after = ownershipOf(
  { platform: { portal: 'acme/portal' }, data: {}, science: { lake: 'acme/lake' } },
  {
    aliases: { science: ['lake'] },
  },
);
const before = ownershipOf(
  { platform: { portal: 'acme/portal' }, data: { lake: 'acme/lake' } },
  {
    aliases: { data: ['lake'] },
  },
);

type Scraped = ReadonlyMap<string, readonly Row[]>;

const scrape = async ({ ledger, exporter }: Books, at: Date): Promise<Scraped> => {
  const rows = new Map<string, readonly Row[]>();
  for (const metric of metrics) rows.set(metric.name, await evaluate(ledger, exporter, metric, { instants: [at] }));
  return rows;
};

/** `lateDays` is how long what is told lies about before it is read, as exports do. */
async function lived(seed: number, pieces: number, lateDays = 0) {
  const books = await openBooks({ roadmap, ownership: before });
  const scraped = new Map<string, Scraped>();
  let telling = books;
  for (const [index, { at, told }] of randomLife(seed, pieces, 13).entries()) {
    const late = lateDays * 86_400_000;
    const changes = new Date(at.getTime() + late).toISOString();
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ roadmap, ownership: after, ledger: books.ledger, now: changes });
    const moment = new Date(at.getTime() + 1_000);
    const read = moment.getTime() + late;
    await telling.tell({ ...told, at: moment.toISOString() }, new Date(read).toISOString());
    const scrapedAt = new Date(read + 1_000);
    scraped.set(scrapedAt.toISOString(), await scrape(books, scrapedAt));
  }
  return { books, scraped };
}

const ofInstant = (rows: readonly Row[], at: Date) => {
  const text = at.toISOString().replace('T', ' ').slice(0, 19);
  return rows.filter(row => String(row.ts).startsWith(text));
};

for (const lateDays of [0, 47])
  test(`what was scraped is what history computes from the facts known then, for every family, and no counter falls, where it is told ${lateDays} days late`, async () => {
    const { books, scraped } = await lived(1, 20, lateDays);
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
    assert.ok(compared > 1_500, `only ${compared} values were compared`);
    assert.deepEqual(
      metrics.filter(({ name }) => !seen.has(name)).map(({ name }) => name),
      [],
      'families without a value',
    );
    const outcomes = new Set(
      [...scraped.values()].flatMap(rows => rows.get('devex_roadmap_promised_items') ?? []).map(row => row.outcome),
    );
    assert.deepEqual([...outcomes].sort(), ['dropped', 'kept', 'late', 'missed', 'open']);
    assertNoneFalls([...scraped.values()]);
    await books.close();
  });

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 8);
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

test('sums of items, of their ages and of what is done add up', async () => {
  const { books, scraped } = await lived(3, 5);
  for (const rows of scraped.values()) {
    const sum = (name: string, keeps: (row: Row) => boolean = () => true) =>
      (rows.get(name) ?? []).filter(keeps).reduce((total, row) => total + Number(row.value), 0);
    const open = sum('devex_roadmap_items', ({ status }) => status !== 'done' && status !== 'cancelled');
    assert.equal(sum('devex_roadmap_open_items_by_age'), open);
    assert.equal(
      sum('devex_feedback_unanswered_items_by_age'),
      sum('devex_feedback_open_items', ({ state }) => state === 'unanswered'),
    );
    const areas = new Set((rows.get('devex_roadmap_items') ?? []).map(({ team, area }) => `${team} ${area}`));
    for (const team of ['platform', 'data', 'science'])
      assert.ok([...areas].filter(one => one.startsWith(`${team} `)).length <= 3, [...areas].join(', '));
  }
  await books.close();
});

function assertNoneFalls(scrapes: readonly Scraped[]): void {
  const last = new Map<string, number>();
  let grown = 0;
  for (const scraped of scrapes)
    for (const metric of metrics.filter(({ kind }) => kind === 'count')) {
      const present = new Set<string>();
      for (const row of scraped.get(metric.name) ?? []) {
        const key = `${metric.name} ${metric.labels.map(label => row[label]).join(' ')}`;
        present.add(key);
        const known = last.get(key) ?? 0;
        assert.ok(Number(row.value) >= known, `${key} fell from ${known} to ${row.value}`);
        if (known > 0 && Number(row.value) > known) grown += 1;
        last.set(key, Number(row.value));
      }
      for (const key of last.keys())
        if (key.startsWith(`${metric.name} `)) assert.ok(present.has(key), `${key} went away`);
    }
  assert.ok(grown > 10, `only ${grown} counters grew`);
}
