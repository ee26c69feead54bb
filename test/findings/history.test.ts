/** Whatever the order in which a call tells, and however often, the ledger is the same; what was served then is computed now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import { findingFacts } from '../../exporters/findings/store.ts';
import { ownershipOf } from '../catalog/ownership-of.ts';
import { seededRandom } from '../core/random.ts';
import { type Books, contents, openBooks } from './books.ts';
import { lifeStart, randomLife } from './random-life.ts';

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map(one => ({ one, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

test('told in another order within a call, doubled, and told again later, it is the same ledger', async () => {
  const random = seededRandom(3);
  const straight = await openBooks();
  const crooked = await openBooks();
  for (const { at, told } of randomLife(11, 16)) {
    await straight.tell(told, at);
    const reports = told.reports ?? [];
    await crooked.tell({ ...told, reports: shuffled([...reports, ...reports], random) }, at);
    const again = new Date(Date.parse(at) + 60_000).toISOString();
    assert.equal(await crooked.tell(told, again), 0, `told again at ${again}`);
  }
  const held = await contents(straight);
  assert.deepEqual(await contents(crooked), held);
  for (const [table, rows] of Object.entries(held))
    if (table !== 'finding_blocks' && table !== 'finding_states_settled')
      assert.ok(rows.length > 5, `${table} has ${rows.length} rows`);
  await straight.close();
  await crooked.close();
});

test('every reason and every event comes about in a random life', async () => {
  const books = await openBooks();
  for (const { at, told } of randomLife(11, 16)) await books.tell(told, at);
  assert.deepEqual(await books.lines(`SELECT DISTINCT state, reason FROM finding_states ORDER BY ALL`), [
    ...['excepted ', 'open ', 'resolved fixed', 'resolved gone', 'unknown error', 'unknown not_evaluated'],
    ...['unknown partial', 'unknown skipped', 'unknown truncated'],
  ]);
  // Between a beginning and an end there is always one of the other.
  assert.deepEqual(
    await books.lines(`
      SELECT finding, scope FROM finding_events
      WINDOW told AS (PARTITION BY finding, scope ORDER BY learned_at, occurred_at, event DESC)
      QUALIFY (event = 'resolved') IS NOT DISTINCT FROM lag(event = 'resolved', 1, true) OVER told`),
    [],
  );
  await books.close();
});

const names = ['finding', 'report', 'tally', 'exception', 'policy', 'total'] as const;
const spans = (name: string) =>
  readFileSync(new URL(`../../exporters/findings/${name}_spans.sql`, import.meta.url), 'utf8');

/** What holds at instants, as a view sees it; `effective` says from when a fact counts. */
async function holding(books: Books, instants: readonly string[], effective: string) {
  const held: Record<string, readonly Row[]> = {};
  await books.ledger.read(async reader => {
    await reader.run(
      `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
      { instants: JSON.stringify(instants.map(at => at.replace('Z', ''))) },
    );
    for (const table of findingFacts)
      await reader.run(
        `CREATE OR REPLACE TEMP VIEW ${table}_known AS SELECT *, ${effective} AS effective_at FROM ${table}`,
      );
    for (const name of names)
      held[name] = await reader.all(
        `WITH ${spans(name)}
         SELECT ts, s.* EXCLUDE (from_at, until_at) FROM ${name}_spans AS s
         JOIN instants ON ts >= from_at AND ts < until_at ORDER BY ALL`,
      );
  });
  return held;
}

test('what was served at an instant is what history computes for it from the facts known then', async () => {
  const books = await openBooks();
  const served = new Map<string, Readonly<Record<string, readonly Row[]>>>();
  for (const [index, { at, told }] of randomLife(5, 16).entries()) {
    // From a day on that nobody has seen yet.
    if (index === 8)
      await books.reorganise(
        ownershipOf({ ops: { shop: 'acme/shop' }, sales: { pay: 'acme/pay' } }),
        new Date(lifeStart + 3 * 86_400_000).toISOString(),
      );
    await books.tell(told, at, 20 * 3600);
    const scrapedAt = new Date(Date.parse(at) + 1000).toISOString();
    served.set(scrapedAt, await holding(books, [scrapedAt], 'occurred_at'));
  }
  const history = await holding(books, [...served.keys()], 'greatest(occurred_at, learned_at)');
  let compared = 0;
  for (const [at, rows] of served)
    for (const name of names) {
      const text = at.replace('T', ' ').slice(0, 19);
      assert.deepEqual(
        history[name]!.filter(({ ts }) => ts === text),
        rows[name],
        `${name} at ${text}`,
      );
      compared += rows[name]!.length;
    }
  assert.ok(compared > 500, `only ${compared} rows were compared`);
  // At an instant a finding has one state in a scope, and a scope one newest report.
  assert.deepEqual(
    await books.lines(`SELECT count(*) FROM (SELECT finding, scope, occurred_at, learned_at FROM finding_states
      GROUP BY ALL HAVING count(*) > 1)`),
    ['0'],
  );
  for (const [name, key] of [
    ['finding', 'finding'],
    ['report', 'engine'],
  ] as const) {
    const keys = history[name]!.map(row => `${row.ts} ${row[key]} ${row.scope}`);
    assert.equal(new Set(keys).size, keys.length, name);
  }
  await books.close();
});

test('from the past, many instants give what each gives alone', async () => {
  const books = await openBooks();
  for (const { at, told } of randomLife(8, 10)) await books.tell(told, at, 20 * 3600);
  const instants = Array.from({ length: 12 }, (_, index) => new Date(lifeStart + index * 25_000_000).toISOString());
  const together = await holding(books, instants, 'occurred_at');
  for (const at of instants) {
    const alone = await holding(books, [at], 'occurred_at');
    for (const name of names)
      assert.deepEqual(
        together[name]!.filter(({ ts }) => ts === at.replace('T', ' ').slice(0, 19)),
        alone[name],
        `${name} at ${at}`,
      );
  }
  assert.ok(together.finding!.length > 50);
  await books.close();
});
