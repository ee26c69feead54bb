import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { pino } from 'pino';
import { openLedger } from '../../exporters/core/ledger.ts';
import { pruneDaily } from '../../exporters/core/retention.ts';

function files(t: TestContext) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-rewrite-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const tables = path.join(folder, 'tables.sql');
  writeFileSync(
    tables,
    'CREATE TABLE IF NOT EXISTS said (day DATE, who VARCHAR); CREATE TABLE IF NOT EXISTS kept (n BIGINT)',
  );
  const file = path.join(folder, 'toy.duckdb');
  const bytes = () =>
    readdirSync(folder)
      .filter(name => name.startsWith('toy.duckdb'))
      .map(name => readFileSync(path.join(folder, name), 'latin1'))
      .join('');
  return { folder, file, bytes, open: () => openLedger({ path: file, tables: [pathToFileURL(tables)], threads: 1 }) };
}

test('of people whose rows have gone by age nothing is left in the file, and all else is as it was', async t => {
  const { folder, file, bytes, open } = files(t);
  let ledger = await open();
  await ledger.write(async tx => {
    await tx.run(
      `INSERT INTO said SELECT DATE '2026-01-01' + range::INTEGER, 'person-' || range || '.' FROM range(60)`,
    );
    await tx.run('INSERT INTO kept SELECT range FROM range(1000)');
  });
  await ledger.close();
  ledger = await open();
  assert.match(bytes(), /person-3\./);
  const people = { table: 'said', by: 'day', days: 30, isErased: true } as const;
  const prune = (isErased: boolean, now: string) =>
    pruneDaily({
      exporter: { retention: [{ ...people, isErased }] },
      ...{ ledger, log: pino({ level: 'silent' }), now: () => new Date(now) },
    });
  await prune(false, '2026-02-02T00:00:00Z');
  assert.match(bytes(), /person-1\./, 'a deletion alone leaves it in free pages');
  // Reads and writes that are asked for meanwhile come after.
  const [, count] = await Promise.all([
    prune(true, '2026-02-10T00:00:00Z'),
    // Whether it sees the row that is written beside it is left open.
    ledger.read(reader => reader.scalar('SELECT count(*) FROM kept WHERE n < 1000')),
    ledger.read(reader => reader.scalar('SELECT count(*) FROM said')),
    ledger.write(tx => tx.run('INSERT INTO kept VALUES (1000)')),
  ]);
  assert.equal(Number(count), 1000);
  for (const one of [1, 3, 9]) assert.ok(!bytes().includes(`person-${one}.`), String(one));
  assert.match(bytes(), /person-50\./);
  assert.equal(Number(await ledger.read(reader => reader.scalar('SELECT count(*) FROM kept'))), 1001);
  await ledger.close();
  assert.deepEqual(readdirSync(folder).sort(), ['tables.sql', 'toy.duckdb']);
  ledger = await open();
  assert.equal(Number(await ledger.read(reader => reader.scalar('SELECT count(*) FROM kept'))), 1001);
  assert.equal(await ledger.read(reader => reader.scalar('SELECT min(day)::VARCHAR FROM said')), '2026-01-11');
  assert.equal(ledger.path, file);
  await ledger.close();
});
