/** One source is the bill, per billing account and period; a second one of the same money only reconciles. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { type CostSource, configureSources } from '../../exporters/cost/bills/authority.ts';
import { bill, charge, openBooks } from './sources/focus-books.ts';

const billed = 'SELECT coalesce(sum(billed), 0)::DECIMAL(18, 2)::VARCHAR FROM charges';
const second = 'SELECT coalesce(sum(billed), 0)::DECIMAL(18, 2)::VARCHAR FROM second_charges';

/** Two folders that bill the same account and month: 10 and 12. */
async function twoBills(t: TestContext) {
  const books = await openBooks(t);
  await books.put('one/a.csv', bill([charge({ BilledCost: '10' })]));
  await books.put('two/a.csv', bill([charge({ BilledCost: '12' })]));
  const configure = (...sources: CostSource[]) =>
    books.ledger.write(tx => configureSources(tx, sources, '2026-11-20 00:00:00'));
  const refresh = (name: string, role: CostSource['role'] = 'authoritative') =>
    books.refresh({ name, role, path: path.join(books.folder, name) });
  return { books, configure, refresh, sums: async () => [await books.scalar(billed), await books.scalar(second)] };
}

test('a second authoritative source of the same money is refused, and nothing is counted twice', async t => {
  const { refresh, sums } = await twoBills(t);
  await refresh('one');
  await assert.rejects(refresh('two'), error => {
    assert.match(String(error), /two says of AWS account 1 for 2026-10: the source one brings the same money/);
    return true;
  });
  assert.deepEqual(await sums(), ['10.00', '0.00']);
});

test('other periods and accounts are no conflict', async t => {
  const { books, refresh } = await twoBills(t);
  await books.put('two/a.csv', bill([charge({ BilledCost: '12', BillingPeriodStart: '2026-09-01' })]));
  await refresh('one');
  await refresh('two');
  assert.equal(await books.scalar(billed), '22.00');
});

test('a source that only reconciles adds no money, whatever it says later', async t => {
  const { books, refresh, sums } = await twoBills(t);
  await refresh('one');
  await refresh('two', 'reconciliation');
  assert.deepEqual(await sums(), ['10.00', '12.00']);
  await books.put('two/a.csv', bill([charge({ BilledCost: '13' })]));
  await refresh('two', 'reconciliation');
  assert.deepEqual(await sums(), ['10.00', '13.00']);
  assert.equal(await books.scalar('SELECT count(*) FROM owner_keys'), '1');
});

test('money goes over from a source that is configured no more to the one that brings it now', async t => {
  const { configure, refresh, sums } = await twoBills(t);
  await refresh('one');
  await configure({ name: 'two', role: 'authoritative' });
  assert.deepEqual(await sums(), ['10.00', '0.00']);
  await refresh('two');
  assert.deepEqual(await sums(), ['12.00', '0.00']);
});

test('two sources that change roles change places, and back again', async t => {
  const { configure, refresh, sums } = await twoBills(t);
  await refresh('one');
  await refresh('two', 'reconciliation');
  await configure({ name: 'one', role: 'reconciliation' }, { name: 'two', role: 'authoritative' });
  assert.deepEqual(await sums(), ['0.00', '0.00']);
  await refresh('one', 'reconciliation');
  await refresh('two');
  assert.deepEqual(await sums(), ['12.00', '10.00']);
  await configure({ name: 'one', role: 'authoritative' }, { name: 'two', role: 'reconciliation' });
  await refresh('one');
  await refresh('two', 'reconciliation');
  assert.deepEqual(await sums(), ['10.00', '12.00']);
});
