/** Whatever the order in which documents arrive, it ends the same; what was served then is computed now. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import { findingFacts } from '../../exporters/findings/store.ts';
import type { Heard } from '../../exporters/supply-chain/document.ts';
import { supplyChainFacts } from '../../exporters/supply-chain/store.ts';
import { seededRandom } from '../core/random.ts';
import { type Books, openBooks } from './books.ts';
import { lifeStart, pieceMs, randomLife } from './random-life.ts';

function shuffled<T>(list: readonly T[], random: () => number): readonly T[] {
  return list
    .map(one => ({ one, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}

/** A document each. */
const documents = ({ scans = [], running = [], vex = [] }: Heard): readonly Heard[] => [
  ...scans.map(one => ({ scans: [one] })),
  ...running.map(one => ({ running: [one] })),
  ...vex.map(one => ({ vex: [one] })),
];

async function contents(books: Books): Promise<Readonly<Record<string, readonly string[]>>> {
  const tables = await books.rows(
    `SELECT table_name AS name FROM duckdb_tables()
     WHERE NOT temporary AND (table_name LIKE 'finding%' OR table_name IN ('artifacts', 'artifact_digests',
       'artifact_scans', 'scan_results', 'running_images', 'running_looks', 'vex_statements', 'vulnerability_aliases'))
     ORDER BY 1`,
  );
  const held: Record<string, readonly string[]> = {};
  for (const { name } of tables) {
    const but = name === 'finding_reports' ? 'EXCLUDE (digest)' : '';
    held[String(name)] = await books.lines(`SELECT * ${but} FROM ${String(name)} ORDER BY ALL`);
  }
  return held;
}

test('heard in another order within a call, doubled, and heard again later, it is the same ledger', async () => {
  const random = seededRandom(3);
  const [straight, crooked] = [await openBooks(), await openBooks()];
  for (const { at, heard } of randomLife(11, 12)) {
    await straight.hear(heard, at);
    const all = documents(heard);
    await crooked.hear(shuffled([...all, ...all], random), at);
    const again = new Date(Date.parse(at) + 60_000).toISOString();
    assert.equal(await crooked.hear(heard, again), 0, `heard again at ${again}`);
  }
  const held = await contents(straight);
  assert.deepEqual(await contents(crooked), held);
  for (const name of ['finding_states', 'finding_events', 'finding_exceptions', 'running_images', 'scan_results'])
    assert.ok(held[name]!.length > 10, `${name} has ${held[name]!.length} rows`);
  await straight.close();
  await crooked.close();
});

/** What is open and excepted, what runs, and what is in what, whenever it was heard. */
const standing = async (books: Books) => ({
  findings: await books.lines(
    `SELECT coalesce(best, s.policy), scope, state FROM finding_states AS s
     LEFT JOIN vulnerabilities ON vulnerability = s.policy
     QUALIFY row_number() OVER (PARTITION BY finding, scope ORDER BY s.occurred_at DESC, s.learned_at DESC) = 1
       AND state IN ('open', 'excepted') ORDER BY ALL`,
  ),
  running: await books.lines(
    `SELECT place, workload, artifact, replicas FROM running_images
     QUALIFY row_number() OVER (PARTITION BY place, workload, container, artifact ORDER BY occurred_at DESC, learned_at DESC) = 1
       AND replicas > 0 ORDER BY ALL`,
  ),
  results: await books.lines('SELECT artifact, scanner, id, package FROM scan_results ORDER BY ALL'),
});

for (const seed of [1, 2, 3])
  test(`heard document by document in any order, it ends the same (${seed})`, async () => {
    const random = seededRandom(seed);
    const life = randomLife(seed, 8, { isUnsure: false });
    const end = new Date(lifeStart + 9 * pieceMs).toISOString();
    const [straight, crooked] = [await openBooks(), await openBooks()];
    for (const { at, heard } of life) await straight.hear(heard, at);
    await straight.settle(end);
    for (const one of shuffled(
      life.flatMap(({ heard }) => documents(heard)),
      random,
    ))
      await crooked.hear(one, end);
    await crooked.settle(end);
    const stands = await standing(straight);
    assert.deepEqual(await standing(crooked), stands);
    assert.ok(stands.findings.length > 3 && stands.running.length > 1);
    await straight.close();
    await crooked.close();
  });

const spans = (name: string) =>
  readFileSync(new URL(`../../exporters/findings/${name}_spans.sql`, import.meta.url), 'utf8');
const newestOf = (table: string, key: string) => `
  SELECT ts, t.* EXCLUDE (effective_at, learned_at) FROM ${table}_known AS t JOIN instants ON effective_at <= ts
  QUALIFY row_number() OVER (PARTITION BY ts, ${key} ORDER BY occurred_at DESC, learned_at DESC) = 1 ORDER BY ALL`;
const views: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['finding', 'report', 'exception'].map(name => [
      name,
      `WITH ${spans(name)} SELECT ts, s.* EXCLUDE (from_at, until_at) FROM ${name}_spans AS s
       JOIN instants ON ts >= from_at AND ts < until_at ORDER BY ALL`,
    ]),
  ),
  fixes: newestOf('finding_fixes', 'finding, scope'),
  running: newestOf('running_images', 'place, workload, container, artifact'),
  scans: newestOf('artifact_scans', 'artifact, part, scanner'),
};

/** What holds at instants, as a view sees it; `effective` says from when a fact counts. */
async function holding(books: Books, instants: readonly string[], effective: string) {
  const held: Record<string, readonly Row[]> = {};
  await books.ledger.read(async reader => {
    await reader.run(
      `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
      { instants: JSON.stringify(instants.map(at => at.replace('Z', ''))) },
    );
    for (const table of [...findingFacts, ...supplyChainFacts])
      await reader.run(
        `CREATE OR REPLACE TEMP VIEW ${table}_known AS SELECT *, ${effective} AS effective_at FROM ${table}`,
      );
    for (const [name, sql] of Object.entries(views)) held[name] = await reader.all(sql);
  });
  return held;
}

for (const [seed, silent] of [
  [5, 0],
  [6, 5],
] as const)
  test(`what was served at an instant is what history computes for it from the facts known then; what runs is told after ${silent} pieces`, async () => {
    const books = await openBooks();
    const served = new Map<string, Readonly<Record<string, readonly Row[]>>>();
    for (const [piece, { at, heard }] of randomLife(seed, 14).entries()) {
      const { running: _, ...unplaced } = heard;
      await books.hear(piece < silent ? unplaced : heard, at, 30 * 3600);
      const scrapedAt = new Date(Date.parse(at) + 1000).toISOString();
      served.set(scrapedAt, await holding(books, [scrapedAt], 'occurred_at'));
    }
    const history = await holding(books, [...served.keys()], 'greatest(occurred_at, learned_at)');
    const compared: Record<string, number> = {};
    for (const [at, rows] of served)
      for (const name of Object.keys(views)) {
        const text = at.replace('T', ' ').slice(0, 19);
        assert.deepEqual(
          history[name]!.filter(({ ts }) => ts === text),
          rows[name],
          `${name} at ${text}`,
        );
        compared[name] = (compared[name] ?? 0) + rows[name]!.length;
      }
    for (const name of Object.keys(views)) assert.ok(compared[name]! > 20, `${name}: ${compared[name]}`);
    assert.deepEqual(
      await books.lines(`SELECT count(*) FROM (SELECT finding, scope, occurred_at, learned_at FROM finding_states
      GROUP BY ALL HAVING count(*) > 1)`),
      ['0'],
    );
    const moved = await books.lines("SELECT count(*) > 0 FROM finding_states WHERE reason = 'moved'");
    assert.deepEqual(moved, [String(silent > 0)]);
    await books.close();
  });

test('in a random life findings are fixed, gone and not known any more; between a beginning and an end there is one of the other', async () => {
  const books = await openBooks();
  for (const { at, heard } of randomLife(7, 10)) await books.hear(heard, at, 30 * 3600);
  assert.deepEqual(await books.lines(`SELECT DISTINCT state, reason FROM finding_states ORDER BY ALL`), [
    ...['excepted ', 'open ', 'resolved fixed', 'resolved gone', 'unknown partial'],
  ]);
  assert.deepEqual(
    await books.lines(`
      SELECT finding, scope FROM finding_events
      WHERE finding NOT IN (SELECT finding FROM finding_states WHERE reason = 'merged')
        AND policy NOT IN (SELECT vulnerability FROM vulnerability_aliases GROUP BY ALL HAVING count(*) > 1)
      WINDOW told AS (PARTITION BY finding, scope ORDER BY learned_at, occurred_at, event DESC)
      QUALIFY (event = 'resolved') IS NOT DISTINCT FROM lag(event = 'resolved', 1, true) OVER told`),
    [],
  );
  await books.close();
});
