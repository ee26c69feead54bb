/** The bill against a second source and against what a provider's budget says was spent. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { sourceNotices } from '../../exporters/cost/check-sources.ts';
import { reconciliationGap } from '../../exporters/cost/metrics.ts';
import { addKey, type Charge, type Key, linesAt, openBooks, post } from './books.ts';

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

const azure = '/providers/Microsoft.Billing/billingAccounts/12345';
const profiles = [`${azure}/billingProfiles/AAA`, `${azure}/billingProfiles/BBB`];
/** Two profiles' bills of one account with 60 and 40 in October, and what is held against them. */
async function azureGap(keys: readonly Pick<Key, 'provider' | 'account'>[], ...inserts: readonly string[]) {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await tx.run("INSERT INTO cost_settings VALUES ('estimated_days', 3)");
    for (const [index, key] of keys.entries()) await addKey(tx, { id: index + 1, ...key });
    await post(tx, [day('2026-10-10', '60'), ...(keys.length > 1 ? [day('2026-10-10', '40', 2)] : [])]);
    for (const sql of inserts) await tx.run(sql);
  });
  const lines = await linesAt(ledger, reconciliationGap, '2026-11-10 06:00');
  await ledger.close();
  return lines;
}
const exported = (account: string, amount: string) =>
  `INSERT INTO second_charges VALUES ('azure', 'o', 'Microsoft', '${account}', '2026-10-01', '2026-10-10', 'USD', ${amount},
     ${amount}, '2026-10-11', '2026-10-11')`;

test('an account is held against its bill by whatever name the other source has for it, and is called as on the bill', async () => {
  const key = { provider: 'Microsoft Azure', account: azure };
  assert.deepEqual(await azureGap([key], exported('12345', '50')), [`Microsoft Azure ${azure} azure ended USD 0.2`]);
  assert.deepEqual(await azureGap([key], "INSERT INTO invoices VALUES ('Azure', '12345', '2026-10-01', 80, 'USD')"), [
    `Microsoft Azure ${azure} invoice ended USD -0.25`,
  ]);
  assert.deepEqual(await azureGap([key], exported('99', '50')), ['Microsoft 99 azure ended USD -1']);
});

test('profiles are compared each by itself where both sides tell them apart, and all at once where one does not', async () => {
  const keys = profiles.map(account => ({ provider: 'Microsoft', account }));
  assert.deepEqual(await azureGap(keys, ...profiles.map(account => exported(account.toLowerCase(), '50'))), [
    `Microsoft ${profiles[0]} azure ended USD 0.2`,
    `Microsoft ${profiles[1]} azure ended USD -0.2`,
  ]);
  assert.deepEqual(await azureGap(keys, exported('12345', '80')), ['Microsoft 12345 azure ended USD 0.25']);
  assert.deepEqual(
    await azureGap([{ provider: 'Microsoft', account: azure }], ...profiles.map(account => exported(account, '15'))),
    [`Microsoft ${azure} azure ended USD 1`],
  );
});

test('a second source or an invoice of nothing is a gap of all, and none where the bill is nothing too', async () => {
  const emptied = [second('2026-10-10', '80'), second('2026-10-10', '-80')];
  const billed = await booksOf([day('2026-10-10', '100')], ...emptied);
  assert.deepEqual(await linesAt(billed, reconciliationGap, '2026-11-10 06:00'), ['AWS a-1 cloudhealth ended USD 1']);
  await billed.close();
  const nothing = await booksOf([day('2026-10-10', '100'), day('2026-10-11', '-100')], ...emptied);
  assert.deepEqual(await linesAt(nothing, reconciliationGap, '2026-11-10 06:00'), ['AWS a-1 cloudhealth ended USD 0']);
  await nothing.close();
});

test('check misses no bill of an account that is on the bill under another name', async () => {
  const ledger = await booksOf(
    [],
    "INSERT INTO cost_sources VALUES ('focus', 'authoritative'), ('azure', 'reconciliation')",
    `INSERT INTO authorities VALUES ('Microsoft Azure', '${azure}', '2026-10-01', 'focus', '2026-10-11')`,
    exported('12345', '50'),
    exported('99', '50'),
  );
  const notices = await sourceNotices(ledger, { reconcile_budgets: [], budget_teams: [] });
  await ledger.close();
  assert.deepEqual(
    notices.map(({ text }) => text).filter(text => text.includes('no bill')),
    ['there is no bill of Microsoft account 99 to hold it against'],
  );
});
