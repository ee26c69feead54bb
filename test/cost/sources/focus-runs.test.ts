import assert from 'node:assert/strict';
import { renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { holdRuns } from '../../../exporters/cost/bills/runs.ts';
import { type Books, bill, charge, openBooks } from './focus-books.ts';

const billed = async (books: Books) => books.scalar('SELECT sum(billed)::VARCHAR FROM charges');
const cost = (amount: string, row: Record<string, string> = {}) => bill([charge({ BilledCost: amount, ...row })]);
const september = { BillingPeriodStart: '2026-09-01', ChargePeriodStart: '2026-09-30' };
const runs = { delivery: 'runs', path: '' } as const;
const refresh = (books: Books, settleSeconds = 0) =>
  books.refresh({ ...runs, path: path.join(books.folder, 'bills'), settleSeconds });

const layouts: readonly (readonly [name: string, period: (month: string) => string, run: (n: number) => string])[] = [
  ['AWS Data Exports', month => `BILLING_PERIOD=2026-${month}`, n => `2026-10-0${n}T00:11:22.123Z-4f2c9f1e`],
  ['Azure exports', month => `2026${month}01-2026${month}30`, n => `20261005010${n}/9b1d${9 - n}-4c`],
  ['folders of any name', month => `m${month}`, n => `run${9 - n}`],
];
for (const [name, period, run] of layouts)
  test(`the newest run of a period takes the place of those before it (${name})`, async t => {
    const books = await openBooks(t);
    const put = (month: string, n: number, part: number, content: string) =>
      books.put(`bills/${period(month)}/${run(n)}/part-${part}.csv`, content);
    await put('09', 1, 0, cost('100', september));
    await put('10', 1, 0, cost('1'));
    await put('10', 1, 1, cost('2'));
    await refresh(books);
    assert.equal(await billed(books), '103.0000000000');
    assert.equal((await refresh(books)).batches, 0);
    // A part that is as it was counts as before.
    await put('10', 2, 0, cost('1'));
    await put('10', 2, 1, cost('5'));
    const second = await refresh(books);
    assert.deepEqual([second.records, await billed(books)], [2, '106.0000000000']);
    assert.equal(
      await books.scalar("SELECT sum(billed)::VARCHAR FROM restatements WHERE direction = 'up'"),
      '3.0000000000',
    );
    assert.equal((await refresh(books)).batches, 0);
    assert.deepEqual(await books.all('SELECT state, reason, count(*)::INT AS n FROM files GROUP BY ALL ORDER BY n'), [
      { state: 'skipped', reason: 'superseded_run', n: 2 },
      { state: 'loaded', reason: '', n: 3 },
    ]);
    await put('10', 3, 0, cost('4'));
    await refresh(books);
    assert.equal(await billed(books), '104.0000000000', 'a run of fewer parts');
  });

test('of several runs found at once only the newest is read', async t => {
  const books = await openBooks(t);
  for (const n of [1, 2, 3]) await books.put(`bills/2026-10/r${n}/part-0.csv`, cost(String(n)));
  const counts = await refresh(books);
  assert.deepEqual([counts.records, await billed(books)], [1, '3.0000000000']);
  assert.equal(await books.scalar('SELECT count(*) FROM restatements'), '0');
  assert.equal((await refresh(books)).batches, 0);
});

test('the run before stays while the newest is being written or broken, and no older one comes back', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-10/r1/part-0.csv', cost('1'));
  await books.put('bills/2026-10/r2/part-0.csv', cost('2'));
  await refresh(books);
  const part = await books.put('bills/2026-10/r3/part-0.csv', cost('3'));
  utimesSync(part, new Date(), new Date());
  assert.equal((await refresh(books, 600)).waiting, 1);
  assert.equal(await billed(books), '2.0000000000');
  await books.put('bills/2026-10/r3/part-1.csv', `${cost('4')}"cut`);
  assert.deepEqual((await refresh(books)).rejected, { file_unbalanced_quotes: 1 });
  assert.equal(await billed(books), '2.0000000000');
  rmSync(path.join(books.folder, 'bills/2026-10/r2'), { recursive: true });
  await refresh(books);
  assert.equal(await billed(books), '2.0000000000', 'a run that was cleared away keeps what it gave');
  await books.put('bills/2026-10/r3/part-1.csv', cost('4'));
  await refresh(books);
  assert.equal(await billed(books), '7.0000000000');
});

test('where the newest run is broken from the first look on, the one before it is read', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-10/r1/part-0.csv', cost('1'));
  await books.put('bills/2026-10/r2/part-0.csv', cost('2'));
  await books.put('bills/2026-10/r3/part-0.csv', 'cut');
  await books.put('bills/2026-10/r3/part-1.csv', cost('3'));
  assert.deepEqual((await refresh(books)).rejected, { file_missing_column: 1 });
  assert.equal(await billed(books), '2.0000000000');
  assert.equal((await refresh(books)).batches, 0);
});

test('a run that is being cleared away part by part keeps what it gave', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-10/r1/part-0.csv', cost('1'));
  const part = await books.put('bills/2026-10/r1/part-1.csv', cost('2'));
  await refresh(books);
  rmSync(part);
  await refresh(books);
  assert.equal(await billed(books), '3.0000000000');
});

test('a period’s folder that is given another name goes on as the same delivery', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-10/r1/part-0.csv', cost('1'));
  await refresh(books);
  renameSync(path.join(books.folder, 'bills/2026-10'), path.join(books.folder, 'bills/202610'));
  assert.equal((await refresh(books)).changed, 0);
  await books.put('bills/202610/r2/part-0.csv', cost('5'));
  await refresh(books);
  assert.equal(await billed(books), '5.0000000000');
});

test('the folder of one period may be given itself', async t => {
  const books = await openBooks(t);
  for (const n of [1, 2]) await books.put(`bills/r${n}/part-0.csv`, cost(String(n)));
  await refresh(books);
  assert.equal(await billed(books), '2.0000000000');
});

test('a folder of runs is told from folders of parts and of days', () => {
  const of = (...names: string[]) =>
    holdRuns(
      '/bills',
      names.map(name => `/bills/${name}`),
    );
  assert.equal(of('BILLING_PERIOD=2026-10/2026-10-05T00:11:22.123Z-4f2c/part-0.csv'), true);
  assert.equal(of('20261001-20261031/202610050100/9b1d0a2c-4c1d-4f2a-9a11-000000000000/part_0.csv'), true);
  assert.equal(of('20261001-20261031/9b1d0a2c-4c1d-4f2a-9a11-000000000000/part_0.csv'), true);
  assert.equal(of('2026-10/part-0.csv'), false);
  assert.equal(of('year=2026/month=10/day=05/part-0.csv'), false);
  assert.equal(of('BILLING_PERIOD=2026-10/2026-10-05T00:11:22.123Z-4f2c/part-0.csv', 'late.csv'), false);
  assert.equal(of(), false);
});
