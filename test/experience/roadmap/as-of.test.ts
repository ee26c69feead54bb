/** The families of the roadmap are the same for many instants as for each alone, and know only what was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Row } from '../../../exporters/core/ledger.ts';
import type { Metric } from '../../../exporters/core/metric.ts';
import { roadmapMetrics } from '../../../exporters/experience/roadmap/metrics.ts';
import { ownershipOf } from '../../catalog/ownership-of.ts';
import {
  assertNoneFalls,
  assertScrapedIsHistory,
  assertTogetherIsAlone,
  type Scraped,
  scrape,
} from '../../core/as-of.ts';
import { openBooks } from './books.ts';
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

/** `lateDays` is how long what is told lies about before it is read, as exports do. */
async function lived(seed: number, pieces: number, lateDays = 0) {
  const books = await openBooks({ roadmap, ownership: before });
  const scraped = new Map<string, Scraped>();
  const late = lateDays * 86_400_000;
  let telling = books;
  for (const [index, { at, told }] of randomLife(seed, pieces, 13).entries()) {
    const changes = new Date(at.getTime() + late).toISOString();
    if (index === Math.floor(pieces / 2))
      telling = await openBooks({ roadmap, ownership: after, ledger: books.ledger, now: changes });
    const moment = new Date(at.getTime() + 1_000);
    const read = moment.getTime() + late;
    await telling.tell({ ...told, at: moment.toISOString() }, new Date(read).toISOString());
    await scrape(books, metrics, new Date(read + 1_000), scraped);
  }
  return { books, scraped };
}

for (const lateDays of [0, 47])
  test(`what was scraped is what history computes from the facts known then, for every family, and no counter falls, where it is told ${lateDays} days late`, async () => {
    const { books, scraped } = await lived(1, 20, lateDays);
    const { compared, silent } = await assertScrapedIsHistory(books, metrics, scraped);
    assert.ok(compared > 1_500, `only ${compared} values were compared`);
    assert.deepEqual(silent, [], 'families without a value');
    const outcomes = new Set(
      [...scraped.values()].flatMap(rows => rows.get('devex_roadmap_promised_items') ?? []).map(row => row.outcome),
    );
    assert.deepEqual([...outcomes].sort(), ['dropped', 'kept', 'late', 'missed', 'open']);
    const grown = assertNoneFalls(metrics, scraped);
    assert.ok(grown > 10, `only ${grown} counters grew`);
    await books.close();
  });

test('from the past, many instants give what each gives alone', async () => {
  const { books, scraped } = await lived(2, 8);
  await assertTogetherIsAlone(books, metrics, scraped, 3);
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
