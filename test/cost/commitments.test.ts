import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allocate } from '../../exporters/cost/allocate.ts';
import { commitmentCoverage, commitmentUtilisation, unusedCommitment } from '../../exporters/cost/metrics.ts';
import { addKey, type Charge, type Key, linesAt, openBooks, post } from './books.ts';

const noon = '2026-11-23 12:00';

async function books(keys: readonly Key[], charges: readonly Charge[]) {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    for (const key of keys) await addKey(tx, key);
    await post(tx, charges);
    await allocate(tx, new Date('2026-11-23T10:00:00Z'));
  });
  return ledger;
}

const used = { commitment: 'Used', commitmentId: 'sp-1' } as const;
const unused = { commitment: 'Unused', commitmentId: 'sp-1' } as const;

test('of each commitment, what was used over all it cost in thirty complete days, and the rest in money', async () => {
  const day = '2026-11-22';
  const ledger = await books(
    [
      { id: 1, ...used },
      { id: 2, ...unused },
      { id: 3, ...used, currency: 'EUR' },
      { id: 4, commitment: 'Unused', commitmentId: 'ri-2', provider: 'Microsoft' },
      { id: 5, commitment: 'Used' },
      { id: 6 },
      { id: 7, ...unused, category: 'Purchase' },
    ],
    [
      { key: 1, day, amount: '60' },
      { key: 1, day: '2026-10-24', amount: '15' },
      { key: 1, day: '2026-10-23', amount: '1000' },
      { key: 2, day, amount: '25' },
      { key: 3, day, amount: '5' },
      { key: 4, day, amount: '7' },
      { key: 5, day, amount: '2' },
      { key: 6, day, amount: '900' },
      { key: 7, day, amount: '900' },
      { key: 2, day: '2026-11-23', amount: '500' },
    ],
  );
  assert.deepEqual(await linesAt(ledger, commitmentUtilisation, noon), [
    'AWS sp-1 EUR 1',
    'AWS sp-1 USD 0.75',
    'AWS unnamed USD 1',
    'Microsoft ri-2 USD 0',
  ]);
  assert.deepEqual(await linesAt(ledger, unusedCommitment, noon), [
    'AWS sp-1 EUR 0',
    'AWS sp-1 USD 25',
    'AWS unnamed USD 0',
    'Microsoft ri-2 USD 7',
  ]);
  await ledger.close();
});

test('coverage is the contracted cost of covered usage over that of all usage, the unused part left out', async () => {
  const ledger = await books(
    [{ id: 1, ...used }, { id: 2, ...unused }, { id: 3 }, { id: 4, category: 'Tax' }, { id: 5, currency: 'EUR' }],
    [1, 2, 3, 4, 5].map(key => ({ key, day: '2026-11-20', amount: key === 3 ? '30' : '10' })),
  );
  assert.deepEqual(await linesAt(ledger, commitmentCoverage, noon), ['AWS Compute EUR 0', 'AWS Compute USD 0.25']);
  await ledger.close();
});
