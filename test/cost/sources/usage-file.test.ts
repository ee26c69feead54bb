import assert from 'node:assert/strict';
import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { costRun, quantitiesOf } from './run.ts';

const ownership = { aliases: { payments: ['pay'] } };

async function usageFile(t: TestContext) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-usage-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'requests.csv');
  let seconds = 1_700_000_000;
  const write = async (...lines: readonly string[]) => {
    await writeFile(file, `${lines.join('\n')}\n`);
    seconds += 60;
    await utimes(file, seconds, seconds);
  };
  return { file, write, run: await costRun(t, { usage: [{ name: 'requests', path: file }] }, ownership) };
}

test('columns are read by name, rows of one owner add up, aliases name their team', async t => {
  const { write, run } = await usageFile(t);
  await write(
    '﻿Quantity;Service;Day;note;team',
    '10;shop;2026-11-20;x;pay',
    '5.25;shop;2026-11-20;y;payments',
    '1.5e3;;2026-11-20;;search',
    '7;;2026-11-21;;',
  );
  const [result] = await run.refresh('2026-11-23T10:00:00Z');
  assert.deepEqual([result?.error, result?.records, result?.changed], [undefined, 4, 3]);
  assert.deepEqual(await quantitiesOf(run.ledger), [
    '2026-11-20 requests payments shop - 15.250',
    '2026-11-20 requests search - - 1500.000',
    '2026-11-21 requests - - - 7.000',
  ]);
});

test('a file that changed is all of its days; other days stay; one that has not changed is left alone', async t => {
  const { write, run } = await usageFile(t);
  await write('day,team,quantity', '2026-11-20,a,1', '2026-11-21,a,2', '2026-11-21,b,3');
  await run.refresh('2026-11-23T10:00:00Z');
  const [again] = await run.refresh('2026-11-23T11:00:00Z');
  assert.deepEqual([again?.records, again?.changed], [0, 0]);
  await write('day,team,quantity', '2026-11-21,a,4', '2026-11-22,a,5');
  const [changed] = await run.refresh('2026-11-23T12:00:00Z');
  assert.deepEqual([changed?.records, changed?.changed], [2, 3]);
  assert.deepEqual(await quantitiesOf(run.ledger), [
    '2026-11-20 requests a - - 1.000',
    '2026-11-21 requests a - - 4.000',
    '2026-11-22 requests a - - 5.000',
  ]);
});

test('a record that is no quantity is kept with its line, and the rest is read', async t => {
  const { file, write, run } = await usageFile(t);
  await write('day,quantity', 'yesterday,1', '2026-11-20,many', '2026-11-20,-4', '2026-11-20,1e17', '2026-11-20,8');
  const [result] = await run.refresh('2026-11-23T10:00:00Z');
  assert.deepEqual(result?.rejected, { bad_date: 1, bad_number: 1, negative_quantity: 1, quantity_too_large: 1 });
  const rejects = await run.ledger.read(reader =>
    reader.all('SELECT file, line::INTEGER AS line, reason, field, value FROM rejects ORDER BY line'),
  );
  assert.deepEqual(rejects, [
    { file, line: 2, reason: 'bad_date', field: 'day', value: 'yesterday' },
    { file, line: 3, reason: 'bad_number', field: 'quantity', value: 'many' },
    { file, line: 4, reason: 'negative_quantity', field: 'quantity', value: '-4' },
    { file, line: 5, reason: 'quantity_too_large', field: 'quantity', value: '1e17' },
  ]);
  assert.deepEqual(await quantitiesOf(run.ledger), ['2026-11-20 requests - - - 8.000']);
});

test('a file that is missing, or lacks a column, is an error that says so; what was read stays', async t => {
  const { file, write, run } = await usageFile(t);
  await write('day,quantity', '2026-11-20,8');
  await run.refresh('2026-11-23T10:00:00Z');
  await write('date,quantity', '2026-11-20,9');
  const [lacking] = await run.refresh('2026-11-23T11:00:00Z');
  assert.match(lacking?.error ?? '', /usage metric requests .*no column day: date,quantity/);
  await rm(file);
  const [missing] = await run.refresh('2026-11-23T12:00:00Z');
  assert.match(missing?.error ?? '', /no such file/);
  assert.deepEqual(await quantitiesOf(run.ledger), ['2026-11-20 requests - - - 8.000']);
});
