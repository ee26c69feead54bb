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

test('one account is one, whatever a system calls it and its provider', async t => {
  const azure = '/providers/Microsoft.Billing/billingAccounts/8611537';
  for (const [one, two, refused] of [
    [['Microsoft', azure], ['Microsoft', '8611537'], true],
    [['Microsoft Azure', `${azure}/billingProfiles/AB-CD`], ['Microsoft', '8611537'], true],
    [
      ['Microsoft', `${azure}/billingProfiles/AB-CD`],
      ['Microsoft', `${azure.toLowerCase()}/billingProfiles/ab-cd`],
      true,
    ],
    [['Microsoft', `${azure}/billingProfiles/AB-CD`], ['Microsoft', `${azure}/billingProfiles/XY`], false],
    [['Amazon Web Services', '100000000001'], ['AWS', '100000000001'], true],
    [['AWS', '100000000001'], ['Oracle', '100000000001'], false],
    [['Microsoft', azure], ['Microsoft', '86115370'], false],
  ] as const) {
    const { books, refresh } = await twoBills(t);
    for (const [name, [ProviderName, BillingAccountId]] of [
      ['one', one],
      ['two', two],
    ] as const)
      await books.put(`${name}/a.csv`, bill([charge({ ProviderName, BillingAccountId, BilledCost: '10' })]));
    await refresh('one');
    const second = refresh('two');
    if (refused) await assert.rejects(second, /AUTHORITY_CONFLICT|the source one brings the same money/, String(two));
    else await second;
    assert.equal(await books.scalar(billed), refused ? '10.00' : '20.00', String(two));
  }
});

test('a subscription that is asked for by itself is no second bill beside its account, whichever comes first', async t => {
  const account = {
    ProviderName: 'Microsoft',
    BillingAccountId: '/providers/Microsoft.Billing/billingAccounts/8611537',
  };
  const own = { ProviderName: 'Microsoft', BillingAccountId: 'SUB-1', SubAccountId: 'SUB-1' };
  for (const isFirst of [true, false]) {
    const { books, refresh } = await twoBills(t);
    const ofAccount = bill(
      ['sub-1', 'sub-2'].map(name => charge({ ...account, SubAccountId: `/subscriptions/${name}`, BilledCost: '10' })),
    );
    await books.put(`${isFirst ? 'one' : 'two'}/a.csv`, ofAccount);
    await books.put(`${isFirst ? 'two' : 'one'}/a.csv`, bill([charge({ ...own, BilledCost: '10' })]));
    await refresh('one');
    await assert.rejects(refresh('two'), /the source one brings the same money/);
    assert.equal(await books.scalar(billed), isFirst ? '20.00' : '10.00');
  }
  const { books, refresh } = await twoBills(t);
  await books.put('one/a.csv', bill([charge({ ...account, SubAccountId: '/subscriptions/sub-2', BilledCost: '10' })]));
  await books.put('two/a.csv', bill([charge({ ...own, BilledCost: '10' })]));
  await refresh('one');
  await refresh('two');
  assert.equal(await books.scalar(billed), '20.00', 'another subscription is other money');
});

test('money of an account goes over once, though it comes under more names than it had', async t => {
  const { books, configure, refresh } = await twoBills(t);
  const azure = '/providers/Microsoft.Billing/billingAccounts/8611537';
  await books.put(
    'one/a.csv',
    bill([charge({ ProviderName: 'Microsoft', BillingAccountId: '8611537', BilledCost: '10' })]),
  );
  await books.put(
    'two/a.csv',
    bill(
      ['A', 'B'].map(profile =>
        charge({ ProviderName: 'Microsoft', BillingAccountId: `${azure}/billingProfiles/${profile}`, BilledCost: '6' }),
      ),
    ),
  );
  await refresh('one');
  await configure({ name: 'two', role: 'authoritative' });
  await refresh('two');
  assert.equal(await books.scalar(billed), '12.00');
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
