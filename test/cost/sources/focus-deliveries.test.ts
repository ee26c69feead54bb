import assert from 'node:assert/strict';
import { renameSync, rmSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { fixtureEnd, makeBill } from '../../fixtures/cost/make-bill.ts';
import { type Books, bill, charge, ledgerSums, openBooks, reads } from './focus-books.ts';

const billed = async (books: Books) => books.scalar('SELECT sum(billed)::VARCHAR FROM charges');
const postings = async (books: Books) => Number(await books.scalar('SELECT count(*) FROM charges'));

test('a file read again unchanged is skipped, and written again unchanged posts nothing', async t => {
  const books = await openBooks(t);
  await books.put('bills/bill.csv', makeBill({ end: fixtureEnd }));
  const first = await books.refresh({});
  assert.ok(first.changed > 200);
  assert.equal((await books.refresh({})).batches, 0);
  await books.put('bills/bill.csv', makeBill({ end: fixtureEnd }));
  const second = await books.refresh({});
  assert.deepEqual([second.records, second.changed], [first.records, 0]);
  assert.equal(await postings(books), first.changed);
  assert.equal(await books.scalar('SELECT count(*) FROM restatements'), '0');
});

test('a restated file posts the differences alone, and the sums become the new file’s', async t => {
  const books = await openBooks(t);
  const fresh = await openBooks(t);
  await fresh.put('bills/bill.csv', makeBill({ end: fixtureEnd, variant: 'restated' }));
  const whole = await fresh.refresh({});
  await books.put('bills/bill.csv', makeBill({ end: fixtureEnd }));
  await books.refresh({ now: '2026-11-02T00:00:00Z' });
  const before = await books.all(ledgerSums);
  await books.put('bills/bill.csv', makeBill({ end: fixtureEnd, variant: 'restated' }));
  const counts = await books.refresh({ now: '2026-11-03T00:00:00Z' });
  assert.ok(counts.changed > 0 && counts.changed < whole.changed);
  const nonZero = (rows: Record<string, unknown>[]) =>
    rows.filter(row => ['billed', 'effective', 'list', 'contracted', 'quantity'].some(name => Number(row[name]) !== 0));
  assert.deepEqual(nonZero(await books.all(ledgerSums)), nonZero(await fresh.all(ledgerSums)));
  assert.notDeepEqual(await books.all(ledgerSums), before);

  // What was restated is the sum of the second batch's differences, up and down apart, on days that were known.
  const sides = (direction: string, sign: string) =>
    books.scalar(
      `SELECT (SELECT sum(effective) FROM restatements WHERE direction = '${direction}') =
         (SELECT sum(greatest(${sign}effective, 0)) FROM charges WHERE learned_at = '2026-11-03')`,
    );
  assert.equal(await sides('up', ''), true);
  assert.equal(await sides('down', '-'), true);
  assert.equal(
    await books.scalar(
      `SELECT (SELECT sum(effective) FILTER (direction = 'up') - sum(effective) FILTER (direction = 'down') FROM restatements)
         = (SELECT sum(effective) FROM charges WHERE learned_at = '2026-11-03')`,
    ),
    true,
  );
  assert.equal(
    await books.scalar('SELECT count(*) FROM restatements WHERE least(billed, effective, list, contracted) < 0'),
    '0',
  );
  // As known before the restatement, nothing has changed.
  assert.equal(
    await books.scalar("SELECT sum(billed)::VARCHAR FROM charges WHERE learned_at <= '2026-11-02'"),
    before
      .reduce((sum, row) => sum + BigInt(String(row.billed).replace('.', '')), 0n)
      .toString()
      .replace(/(\d{10})$/, '.$1'),
  );
});

test('a new day in a running month is news, no restatement', async t => {
  const books = await openBooks(t);
  await books.put('bills/bill.csv', bill([charge()]));
  await books.refresh({});
  await books.put('bills/bill.csv', bill([charge(), charge({ ChargePeriodStart: '2026-10-06T01:00:00Z' })]));
  assert.equal((await books.refresh({})).changed, 1);
  assert.equal(await books.scalar('SELECT count(*) FROM restatements'), '0');
  await books.put(
    'bills/bill.csv',
    bill([charge({ BilledCost: '1.6' }), charge({ ChargePeriodStart: '2026-10-06T01:00:00Z' })]),
  );
  await books.refresh({});
  assert.deepEqual(
    await books.all('SELECT provider, currency, direction, charge_day, billed, effective FROM restatements'),
    [
      {
        provider: 'AWS',
        currency: 'USD',
        direction: 'up',
        charge_day: '2026-10-05',
        billed: '0.1000000000',
        effective: '0.0000000000',
      },
    ],
  );
});

test('every day that a batch touches is to be allocated, and no other', async t => {
  const books = await openBooks(t);
  const days = async () => {
    const rows = await books.all('SELECT DISTINCT charge_day FROM days_to_allocate ORDER BY 1');
    await books.ledger.write(tx => tx.run('DELETE FROM days_to_allocate'));
    return rows.map(row => row.charge_day);
  };
  const rows = ['05', '06', '07'].map(day => charge({ ChargePeriodStart: `2026-10-${day}T00:00:00Z` }));
  await books.put('bills/bill.csv', bill(rows));
  await books.refresh({});
  assert.deepEqual(await days(), ['2026-10-05', '2026-10-06', '2026-10-07']);
  await books.put('bills/bill.csv', bill([rows[0]!, { ...rows[1]!, Tags: '{"team":"ml"}' }]));
  await books.refresh({});
  assert.deepEqual(await days(), ['2026-10-06', '2026-10-07']);
});

test('files: each replaces what its path gave, and a deleted one keeps what it gave', async t => {
  const books = await openBooks(t);
  const a = await books.put('bills/a.csv', bill([charge({ BilledCost: '10' })]));
  await books.put('bills/b.csv', bill([charge({ BilledCost: '5' })]));
  await books.refresh({ delivery: 'files' });
  assert.equal(await billed(books), '15.0000000000');
  await books.put('bills/a.csv', bill([charge({ BilledCost: '7' })]));
  await books.refresh({ delivery: 'files' });
  assert.equal(await billed(books), '12.0000000000');
  rmSync(a);
  await books.refresh({ delivery: 'files' });
  assert.equal(await billed(books), '12.0000000000');
});

test('the same bytes under another name count once, and again when the original changes', async t => {
  const books = await openBooks(t);
  const content = bill([charge({ BilledCost: '10' })]);
  await books.put('bills/a.csv', content);
  await books.put('bills/b.csv', content);
  await books.refresh({});
  assert.equal(await billed(books), '10.0000000000');
  assert.deepEqual(
    (await books.all('SELECT state FROM files ORDER BY path')).map(row => row.state),
    ['loaded', 'duplicate'],
  );
  assert.equal((await books.refresh({})).batches, 0);
  await books.put('bills/a.csv', bill([charge({ BilledCost: '3' })]));
  await books.refresh({});
  assert.equal(await billed(books), '13.0000000000', 'in the same refresh');
  assert.equal((await books.refresh({})).batches, 0);
});

test('a file that becomes a copy of another gives up what it gave, and two that change places keep it', async t => {
  const books = await openBooks(t);
  const of = (amount: string) => bill([charge({ BilledCost: amount })]);
  await books.put('bills/a.csv', of('10'));
  await books.put('bills/b.csv', of('5'));
  await books.refresh({});
  await books.put('bills/a.csv', of('5'));
  await books.put('bills/b.csv', of('10'));
  await books.refresh({});
  assert.equal(await billed(books), '15.0000000000');
  await books.put('bills/a.csv', of('10'));
  await books.refresh({});
  assert.equal(await billed(books), '10.0000000000');
  await books.put('bills/b.csv', of('1'));
  await books.refresh({});
  assert.equal(await billed(books), '11.0000000000');
});

test('a copy goes on being one while its original is broken or still being written', async t => {
  const books = await openBooks(t);
  const content = bill([charge({ BilledCost: '10' })]);
  const original = await books.put('bills/a.csv', content);
  await books.put('bills/b.csv', content);
  await books.refresh({});
  await books.put('bills/a.csv', `${content}"cut`);
  for (const _ of [1, 2]) {
    await books.refresh({});
    assert.equal(await billed(books), '10.0000000000', 'what the original gave still stands');
  }
  await books.put('bills/a.csv', bill([charge({ BilledCost: '3' })]));
  utimesSync(original, new Date(), new Date());
  await books.refresh({ settleSeconds: 600 });
  assert.equal(await billed(books), '10.0000000000');
  await books.refresh({ settleSeconds: 600 });
  assert.equal(await billed(books), '13.0000000000');
});

test('a renamed file goes on as the same delivery', async t => {
  const books = await openBooks(t);
  const a = await books.put('bills/a.csv', bill([charge({ BilledCost: '10' })]));
  await books.refresh({});
  renameSync(a, path.join(path.dirname(a), 'renamed.csv'));
  assert.equal((await books.refresh({})).changed, 0);
  await books.put('bills/renamed.csv', bill([charge({ BilledCost: '4' })]));
  await books.refresh({});
  assert.equal(await billed(books), '4.0000000000');
});

test('folders: all files are parts, and a vanished part takes its money with it', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-09/part-0.csv', bill([charge({ BilledCost: '1' })]));
  const part = await books.put('bills/2026-09/part-1.csv', bill([charge({ BilledCost: '2' })]));
  await books.put('bills/2026-10/part-0.csv', bill([charge({ BilledCost: '4' })]));
  const first = await books.refresh({});
  assert.deepEqual([first.batches, await billed(books)], [2, '7.0000000000']);
  rmSync(part);
  assert.equal((await books.refresh({})).batches, 1);
  assert.equal(await billed(books), '5.0000000000');
  assert.equal((await books.refresh({})).batches, 0);
});

test('folders: a part that is there twice counts once', async t => {
  const books = await openBooks(t);
  const part = bill([charge({ BilledCost: '1' })]);
  await books.put('bills/2026-09/part-0.csv', part);
  await books.put('bills/2026-09/part-0 (copy).csv', part);
  await books.put('bills/2026-09/part-1.csv', bill([charge({ BilledCost: '2' })]));
  assert.equal((await books.refresh({})).records, 2);
  assert.equal(await billed(books), '3.0000000000');
});

test('folders: a broken part holds its own folder back, with its money as it was, and no other', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-09/part-0.csv', bill([charge({ BilledCost: '1' })]));
  await books.put('bills/2026-09/part-1.csv', bill([charge({ BilledCost: '2' })]));
  await books.refresh({});
  await books.put('bills/2026-09/part-0.csv', bill([charge({ BilledCost: '8' })]));
  await books.put('bills/2026-09/part-1.csv', `${bill([charge({ BilledCost: '2' })])}"cut`);
  await books.put('bills/2026-10/part-0.csv', bill([charge({ BilledCost: '4' })]));
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { file_unbalanced_quotes: 1 });
  assert.equal(await billed(books), '7.0000000000');
  assert.equal((await books.refresh({})).batches, 0);
  await books.put('bills/2026-09/part-1.csv', bill([charge({ BilledCost: '2' })]));
  await books.refresh({});
  assert.equal(await billed(books), '14.0000000000');
});

test('snapshots: the newest file wins for each account and period that it holds', async t => {
  const books = await openBooks(t);
  const october = (amount: string) => charge({ BilledCost: amount });
  const september = (amount: string) =>
    charge({ BilledCost: amount, BillingPeriodStart: '2026-09-01', ChargePeriodStart: '2026-09-30' });
  await books.put('bills/run1.csv', bill([september('100'), october('1')]));
  await books.put('bills/run2.csv', bill([october('2')]));
  await books.refresh({ delivery: 'snapshots' });
  assert.equal(await billed(books), '102.0000000000');
  await books.put('bills/run3.csv', bill([october('5'), charge({ BilledCost: '7', BillingAccountId: '2' })]));
  await books.refresh({ delivery: 'snapshots' });
  assert.equal(await billed(books), '112.0000000000');
  assert.equal(
    await books.scalar("SELECT sum(billed)::VARCHAR FROM restatements WHERE direction = 'up'"),
    '4.0000000000',
  );
});

test('when rules read another tag, files are read again by the new grain and nothing counts as restated', async t => {
  const books = await openBooks(t);
  await books.put('bills/bill.csv', bill([charge({ Tags: '{"team":"search","CostCenter":"7"}' })]));
  await books.refresh({});
  await books.refresh({ reads: { ...reads, tags: ['costcenter'] } });
  assert.equal(await billed(books), '1.5000000000');
  assert.equal(await books.scalar('SELECT count(*) FROM restatements'), '0');
  assert.equal(
    await books.scalar(
      'SELECT tags::VARCHAR FROM charges JOIN charge_keys USING (key_id) GROUP BY tags HAVING sum(billed) > 0',
    ),
    '{"costcenter":"7"}',
  );
});

test('a bill restated while rules begin to read another tag counts what moved, not what only changed its tags', async t => {
  const books = await openBooks(t);
  const tagged = (row: Record<string, string>) => charge({ Tags: '{"team":"search","CostCenter":"7"}', ...row });
  await books.put(
    'bills/bill.csv',
    bill([tagged({ BilledCost: '4' }), tagged({ ServiceName: 'S3', BilledCost: '3' })]),
  );
  await books.refresh({});
  await books.put(
    'bills/bill.csv',
    bill([tagged({ BilledCost: '4' }), tagged({ ServiceName: 'S3', BilledCost: '5' })]),
  );
  await books.refresh({ reads: { ...reads, tags: ['costcenter'] } });
  assert.deepEqual(await books.all('SELECT direction, billed, effective FROM restatements'), [
    { direction: 'up', billed: '2.0000000000', effective: '0.0000000000' },
  ]);
});

test('a correction lands on the day it corrects and keeps the period it is billed in', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/bill.csv',
    bill([
      charge(),
      charge({ ChargeClass: 'Correction', BilledCost: '-1', BillingPeriodStart: '2026-11-01T00:00:00Z' }),
    ]),
  );
  await books.refresh({});
  assert.deepEqual(
    await books.all(
      'SELECT charge_day, billing_period, charge_class, billed FROM charges JOIN charge_keys USING (key_id) ORDER BY billed',
    ),
    [
      { charge_day: '2026-10-05', billing_period: '2026-11-01', charge_class: 'Correction', billed: '-1.0000000000' },
      { charge_day: '2026-10-05', billing_period: '2026-10-01', charge_class: '', billed: '1.5000000000' },
    ],
  );
});

test('a billing period is closed for every account once its issuer says so, in whatever order the files come', async t => {
  const statement =
    'BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName\n2026-10-01T00:00:00Z,Closed,Issuer Inc.\n';
  const charges = bill([charge({ InvoiceIssuerName: 'Issuer Inc.', InvoiceId: 'I-1' })]);
  const invoices = 'InvoiceDetailId,BilledCost,BillingPeriodStart\nx,1,2026-10-01\n';
  for (const order of [
    [charges, statement],
    [statement, charges],
  ]) {
    const books = await openBooks(t);
    for (const [index, content] of order.entries()) {
      await books.put(`bills/${index}.csv`, content);
      await books.refresh({});
    }
    await books.put('bills/invoices.csv', invoices);
    assert.deepEqual((await books.refresh({})).rejected, {});
    assert.deepEqual(
      await books.all(
        `SELECT provider, billing_account, arg_max(status, learned_at) AS status, arg_max(invoice_ids, learned_at) AS ids
         FROM billing_periods GROUP BY ALL`,
      ),
      [{ provider: 'AWS', billing_account: '1', status: 'Closed', ids: '1' }],
    );
    assert.equal(await books.scalar("SELECT state FROM files WHERE path LIKE '%invoices.csv'"), 'skipped');
  }
});

test('two snapshot sources of one period keep apart', async t => {
  const books = await openBooks(t);
  await books.put('one/a.csv', bill([charge({ BilledCost: '10' })]));
  await books.put('two/a.csv', bill([charge({ BilledCost: '7', BillingAccountId: 'other' })]));
  const refresh = (name: string) => books.refresh({ path: path.join(books.folder, name), name, delivery: 'snapshots' });
  await refresh('one');
  await refresh('two');
  await refresh('one');
  assert.equal(await books.scalar('SELECT sum(billed) FROM charges'), '17.0000000000');
  assert.equal(await books.scalar('SELECT count(*) FROM restatements'), '0');
});

test('a snapshot that goes back to what an earlier one said is news', async t => {
  const books = await openBooks(t);
  for (const [name, cost, sum] of [
    ['v1', '10', '10.0000000000'],
    ['v2', '99', '99.0000000000'],
    ['v3', '10', '10.0000000000'],
  ]) {
    await books.put(`bills/${name}.csv`, bill([charge({ BilledCost: cost! })]));
    await books.refresh({ delivery: 'snapshots' });
    assert.equal(await books.scalar('SELECT sum(billed) FROM charges'), sum);
  }
});

test('a part without records is loaded, and holds no other part back', async t => {
  const books = await openBooks(t);
  const [header] = bill([charge()]).split('\n');
  await books.put('bills/2026-10/a.csv', bill([charge()]));
  await books.put('bills/2026-10/b.csv', `${header}\n`);
  const parquet = path.join(books.folder, 'bills/2026-10/c.parquet');
  await books.ledger.write(tx =>
    tx.run(
      `COPY (SELECT 1.5 AS BilledCost, 1.5 AS EffectiveCost, 'USD' AS BillingCurrency, now() AS ChargePeriodStart,
               'AWS' AS ProviderName, 'EC2' AS ServiceName LIMIT 0) TO '${parquet}' (FORMAT parquet)`,
    ),
  );
  const counts = await books.refresh({});
  assert.deepEqual([counts.records, counts.rejected], [1, {}]);
  assert.equal(await billed(books), '1.5000000000');
  assert.deepEqual(await books.all('SELECT state, reason, records FROM files ORDER BY path'), [
    { state: 'loaded', reason: '', records: '1' },
    { state: 'loaded', reason: '', records: '0' },
    { state: 'loaded', reason: '', records: '0' },
  ]);
  assert.equal((await books.refresh({})).batches, 0);

  // The next month begins with a part without records too: it is no new name of the last month's.
  rmSync(path.join(books.folder, 'bills/2026-10/b.csv'));
  await books.put('bills/2026-11/b.csv', `${header}\n`);
  await books.put('bills/2026-11/d.csv', bill([charge({ ChargePeriodStart: '2026-11-05T00:00:00Z' })]));
  await books.refresh({});
  assert.equal(await billed(books), '3.0000000000');
});

test('a part none of whose rows can be read is listed, and holds no other part back', async t => {
  const books = await openBooks(t);
  await books.put('bills/2026-10/a.csv', bill([charge()]));
  await books.put('bills/2026-10/b.csv', bill([charge({ BilledCost: 'abc' })]));
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { bad_number: 1, file_no_readable_rows: 1 });
  assert.equal(await billed(books), '1.5000000000');
  assert.deepEqual(await books.all('SELECT state, reason FROM files ORDER BY path'), [
    { state: 'loaded', reason: '' },
    { state: 'broken', reason: 'no_readable_rows' },
  ]);
  assert.equal((await books.refresh({})).batches, 0);
});

for (const [what, content] of [
  ['says nothing', bill([charge()]).split('\n', 1).concat('').join('\n')],
  ['has no readable row', bill([charge({ BilledCost: 'abc' })])],
] as const)
  test(`a file that ${what} where it held money goes on giving it, however often it comes`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', bill([charge()]));
    await books.refresh({});
    for (let time = 0; time < 2; time++) {
      await books.put('bills/a.csv', content);
      const { rejected } = await books.refresh({});
      assert.equal(Object.keys(rejected).filter(reason => reason.startsWith('file_')).length, 1);
      assert.equal(await billed(books), '1.5000000000');
    }
  });
