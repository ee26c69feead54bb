import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as cost from '../../exporters/cost/metrics.ts';
import { addKey, linesAt, openBooks, post } from './books.ts';

test('the last restatement has a time, and what moved since days were first seen goes by their month', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addKey(tx, { id: 1 });
    await addKey(tx, { id: 2, provider: 'Azure', currency: 'EUR' });
    await post(tx, [
      { key: 1, day: '2026-10-05', amount: '10' },
      { key: 1, day: '2026-11-05', amount: '10' },
      { key: 2, day: '2026-11-05', amount: '10' },
    ]);
    await tx.run(`INSERT INTO restatements VALUES
      ('AWS', 'USD', 'up', '2026-10-05', 0, 2, 0, 0, '2026-10-08 08:00', '2026-10-08 08:00'),
      ('AWS', 'USD', 'down', '2026-10-05', 0, 0.5, 0, 0, '2026-11-06 09:00', '2026-11-06 09:00'),
      ('AWS', 'USD', 'up', '2026-11-05', 0, 3, 0, 0, '2026-11-07 08:00:00.75', '2026-11-07 08:00:00.75')`);
  });
  const last = (instant: string) => linesAt(ledger, cost.lastRestatement, instant);
  assert.deepEqual(await last('2026-10-08 07:59'), [], 'never is absent, and not 1970');
  assert.deepEqual(await last('2026-11-06 12:00'), [`AWS ${Date.parse('2026-11-06T09:00:00Z') / 1000}`]);
  assert.deepEqual(await last('2026-11-08 12:00'), [`AWS ${Date.parse('2026-11-07T08:00:00Z') / 1000}`]);
  const moved = async (instant: string) =>
    (await linesAt(ledger, cost.restatedSinceFirstSeen, instant)).filter(line => line.includes('effective'));
  assert.deepEqual(await moved('2026-10-20 12:00'), ['AWS 0 down effective USD 0', 'AWS 0 up effective USD 2']);
  assert.deepEqual(await moved('2026-11-08 12:00'), [
    'AWS 0 down effective USD 0',
    'AWS 0 up effective USD 3',
    'AWS 1 down effective USD 0.5',
    'AWS 1 up effective USD 2',
    'Azure 0 down effective EUR 0',
    'Azure 0 up effective EUR 0',
  ]);
  await ledger.close();
});
