/** The bill against a second source and against what a provider's budget says was spent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { reconciliationGap } from '../../exporters/cost/metrics.ts';
import { addKey, type Charge, linesAt, openBooks, post } from './books.ts';

async function booksOf(charges: readonly Charge[], ...inserts: readonly string[]): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await tx.run("INSERT INTO cost_settings VALUES ('estimated_days', 3)");
    await addKey(tx, { id: 1 });
    await addKey(tx, { id: 2, currency: 'EUR' });
    await post(tx, charges);
    for (const sql of inserts) await tx.run(sql);
  });
  return ledger;
}

const day = (date: string, amount: string, key = 1): Charge => ({ key, day: date, amount });
const second = (date: string, amount: string, currency = 'USD', source = 'cloudhealth') =>
  `INSERT INTO second_charges SELECT '${source}', 'o', 'AWS', 'a-1', date_trunc('month', DATE '${date}'), DATE '${date}',
     '${currency}', ${amount}, ${amount}, DATE '${date}' + 1, DATE '${date}' + 1`;

test('a second source is compared for the period that has ended and the running one, without days that are young', async () => {
  const ledger = await booksOf(
    [day('2026-09-30', '7'), day('2026-10-10', '100'), day('2026-11-02', '55'), day('2026-11-09', '1000')],
    second('2026-10-10', '80'),
    second('2026-11-02', '50'),
    second('2026-11-09', '1'),
  );
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-10 06:00'), [
    'AWS a-1 cloudhealth ended USD 0.25',
    'AWS a-1 cloudhealth running USD 0.1',
  ]);
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-04 06:00'), [
    'AWS a-1 cloudhealth ended USD 0.25',
  ]);
  await ledger.close();
});

test('each second source and currency is held against the bill alone; what the bill lacks is a gap of all', async () => {
  const ledger = await booksOf(
    [day('2026-10-10', '100'), day('2026-10-10', '30', 2)],
    second('2026-10-10', '100'),
    second('2026-10-10', '10', 'EUR'),
    second('2026-10-10', '40', 'GBP'),
    second('2026-10-10', '50', 'USD', 'azure-export'),
  );
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-10 06:00'), [
    'AWS a-1 azure-export ended USD 1',
    'AWS a-1 cloudhealth ended EUR 2',
    'AWS a-1 cloudhealth ended GBP -1',
    'AWS a-1 cloudhealth ended USD 0',
  ]);
  await ledger.close();
});

const budget = (learned: string, actual: string, start = '2026-11-01', name = 'all') =>
  `INSERT INTO vendor_budgets VALUES ('ce', 'AWS', 'a-1', '${name}', '${start}', last_day(DATE '${start}'), 1000, ${actual}, NULL,
     'USD', TIMESTAMP '${learned}')`;
const chosen = "INSERT INTO reconciled_budgets VALUES ('ce', 'all', 'AWS', 'a-1')";
const tenADay = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => day(`2026-11-${String(from + index).padStart(2, '0')}`, '10'));

test('a budget agrees where its actual lies between the settled days and all days of the bill when it was read', async () => {
  const gap = async (actual: string) => {
    const ledger = await booksOf(tenADay(1, 12), chosen, budget('2026-11-10 08:00:00', actual));
    const lines = await linesAt(ledger, reconciliationGap, '2026-11-13 06:00');
    await ledger.close();
    return lines;
  };
  // Settled are the six days before the 7th, and 100 are spent by the end of the 10th.
  assert.deepEqual(await gap('60'), ['AWS a-1 budget:all running USD 0']);
  assert.deepEqual(await gap('93.5'), ['AWS a-1 budget:all running USD 0']);
  assert.deepEqual(await gap('50'), ['AWS a-1 budget:all running USD 0.2']);
  assert.deepEqual(await gap('125'), ['AWS a-1 budget:all running USD -0.2']);
  assert.deepEqual(await gap('0'), []);
});

test('a budget waits for the bill to reach the day it was read on, and others are of no account', async () => {
  const ledger = await booksOf(
    tenADay(1, 9),
    chosen,
    budget('2026-11-08 08:00:00', '40'),
    budget('2026-11-11 08:00:00', '110'),
    budget('2026-11-08 08:00:00', '9999', '2026-11-01', 'a part'),
  );
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-12 06:00'), ['AWS a-1 budget:all running USD 0']);
  await ledger.close();
});

test('a budget of a period that has ended stays beside the running one; a withdrawn actual says nothing', async () => {
  const ledger = await booksOf(
    [day('2026-10-05', '100'), ...tenADay(1, 12)],
    chosen,
    budget('2026-10-31 20:00:00', '80', '2026-10-01'),
    budget('2026-11-10 08:00:00', '95'),
  );
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-13 06:00'), [
    'AWS a-1 budget:all ended USD 0.25',
    'AWS a-1 budget:all running USD 0',
  ]);
  await ledger.write(tx => tx.run(budget('2026-11-11 08:00:00', 'NULL')));
  assert.deepEqual(await linesAt(ledger, reconciliationGap, '2026-11-13 06:00'), ['AWS a-1 budget:all ended USD 0.25']);
  await ledger.close();
});
