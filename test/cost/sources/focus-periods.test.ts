import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Books, bill, charge, openBooks } from './focus-books.ts';

/** What is known of the periods now. */
const periods = (books: Books) =>
  books.all(
    `SELECT billing_period::VARCHAR AS period, arg_max(status, learned_at) AS status,
       arg_max(invoice_ids, learned_at)::INT AS invoices
     FROM billing_periods GROUP BY provider, billing_account, billing_period ORDER BY period`,
  );

const starts: readonly (readonly [start: string, period: string])[] = [
  ['2026-10-01T00:00:00Z', '2026-10-01'],
  ['2026-10-01T00:00:00+02:00', '2026-10-01'],
  ['2026-10-01 00:00:00.000 +0200', '2026-10-01'],
  ['2026-10-01T00:00-07:00', '2026-10-01'],
  ['2026-09-30T20:00:00-04:00', '2026-10-01'],
  ['2026-10-01T02:00:00+02:00', '2026-10-01'],
];
for (const [start, period] of starts)
  test(`a billing period that starts at ${start} is that of ${period}`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', bill([charge({ BillingPeriodStart: start, InvoiceIssuerName: 'Issuer' })]));
    await books.put(
      'bills/b.csv',
      `BillingPeriodStart,BillingPeriodStatus,InvoiceIssuerName\n${start},Closed,Issuer\n`,
    );
    assert.deepEqual((await books.refresh({})).rejected, {});
    assert.deepEqual(await books.all('SELECT DISTINCT billing_period FROM charges'), [{ billing_period: period }]);
    assert.deepEqual(await periods(books), [{ period, status: 'Closed', invoices: 0 }]);
  });

test('a charge that starts at a local midnight lands on its UTC day', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge({ ChargePeriodStart: '2026-10-05T00:00:00+02:00' })]));
  await books.refresh({});
  assert.equal(await books.scalar('SELECT charge_day FROM charges'), '2026-10-04');
});

test('a period is invoiced when all that it bills bears an invoice id, and open again when a charge comes without', async t => {
  const books = await openBooks(t);
  const invoices = async (rows: readonly Record<string, string>[]) => {
    await books.put('bills/a.csv', bill(rows));
    await books.refresh({});
    return (await periods(books))[0]?.invoices;
  };
  const marketplace = charge({ InvoiceId: 'M-1', ServiceName: 'Marketplace' });
  const used = charge({ InvoiceId: '', BilledCost: '0', ServiceName: 'Covered by a commitment' });
  assert.equal(await invoices([marketplace, used, charge({ InvoiceId: 'NULL' })]), 0, 'one of two');
  assert.equal(await invoices([marketplace, used, charge({ InvoiceId: 'I-1' })]), 2, 'what bills nothing needs none');
  assert.equal(
    await invoices([marketplace, charge({ InvoiceId: 'I-1' }), charge({ BilledCost: '-1' })]),
    0,
    'a late one',
  );
  assert.equal(await invoices([used]), 0, 'no invoice at all');
});

test('a period in several files is invoiced when each of them is', async t => {
  const books = await openBooks(t);
  const day = (n: number, invoice: string) =>
    books.put(`bills/day${n}.csv`, bill([charge({ InvoiceId: invoice, ChargePeriodStart: `2026-10-0${n}` })]));
  await day(1, 'I-1');
  await day(2, '');
  await books.refresh({});
  assert.equal((await periods(books))[0]?.invoices, 0);
  await day(2, 'I-1');
  await books.refresh({});
  assert.ok(Number((await periods(books))[0]?.invoices) > 0);
});
