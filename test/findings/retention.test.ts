/** What goes after a year and more changes nothing that is told of the time since. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { prune } from '../../exporters/core/retention.ts';
import { findingRetention } from '../../exporters/findings/retention.ts';
import { findingFacts } from '../../exporters/findings/store.ts';
import { events, openBooks, report, states } from './books.ts';
import { lifeStart, pieceMs, randomLife } from './random-life.ts';

test('each table says how long it keeps its rows', () => {
  const sql = readFileSync(new URL('../../exporters/findings/tables.sql', import.meta.url), 'utf8');
  const tables = [...sql.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(match => match[1]);
  assert.deepEqual(findingRetention.map(({ table }) => table).sort(), tables.sort());
});

const spans = (name: string) =>
  readFileSync(new URL(`../../exporters/findings/${name}_spans.sql`, import.meta.url), 'utf8');

test('rows that others took the place of go, and each instant since is told as before', async () => {
  const books = await openBooks();
  const pieces = 16;
  for (const { at, told } of randomLife(21, pieces)) await books.tell(told, at, 20 * 3600);
  const cut = lifeStart + 12 * pieceMs + 1000;
  const instants = [12.2, 13.5, 20].map(piece => new Date(lifeStart + piece * pieceMs).toISOString().replace('Z', ''));
  const held = () =>
    books.ledger.read(async reader => {
      await reader.run(
        `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
        { instants: JSON.stringify(instants) },
      );
      for (const table of findingFacts)
        await reader.run(
          `CREATE OR REPLACE TEMP VIEW ${table}_known AS SELECT *, occurred_at AS effective_at FROM ${table}`,
        );
      const rows = [];
      for (const name of ['finding', 'report', 'tally', 'exception', 'policy', 'total'])
        rows.push(
          await reader.all(`WITH ${spans(name)} SELECT ts, s.* EXCLUDE (from_at, until_at) FROM ${name}_spans AS s
            JOIN instants ON ts >= from_at AND ts < until_at ORDER BY ALL`),
        );
      return rows;
    });
  const [before, counted] = [await held(), await events(books)];
  const gone = await books.ledger.write(tx => prune(tx, findingRetention, new Date(cut + 400 * 86_400_000)));
  for (const table of ['finding_states', 'finding_reports', 'finding_tallies', 'finding_exceptions'])
    assert.ok((gone[table] ?? 0) > 0, `nothing of ${table} went`);
  assert.deepEqual(await held(), before);
  assert.deepEqual(await events(books), counted);
  await books.close();
});

test('what was resolved long ago is reopened, not opened', async () => {
  const books = await openBooks();
  await books.tell({ reports: [report(1, ['fail root a'])] }, '2026-02-10T01:00:00Z');
  await books.tell({ reports: [report(2, ['pass root a'])] }, '2026-02-10T02:00:00Z');
  await books.ledger.write(tx => prune(tx, findingRetention, new Date('2028-01-01T00:00:00Z')));
  assert.deepEqual(await books.lines('SELECT state FROM finding_states'), ['resolved']);
  await books.tell({ reports: [report('2028-01-02T00:00:00Z', ['fail root a'])] }, '2028-01-02T00:00:00Z');
  assert.deepEqual(await states(books), ['a open ']);
  assert.deepEqual(await events(books), ['a opened  1', 'a resolved fixed 2', 'a reopened  0']);
  await books.close();
});
