/** Shared cost that is split by a usage metric: weights, carried days, parts that sum to the bill. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate, markDays } from '../../exporters/cost/allocate.ts';
import { seededRandom } from '../core/random.ts';
import { addKey, addSplit, amountOf, type Charge, openBooks, own, post, postUsage, type Quantity } from './books.ts';

const now = new Date('2026-11-23T10:00:00Z');
const cluster = { name: 'prod', carryDays: 2 };

/** A bill of 100 a day that `prod` splits, beside 30 and 10 that payments and search spend themselves. */
async function withUsage(quantities: readonly Quantity[], days: readonly string[]): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addSplit(tx, 'cluster', 'usage', { payments: undefined, search: undefined }, cluster);
    await addKey(tx, { id: 9 });
    await own(tx, { key: 9, team: 'platform', service: 'unassigned', environment: 'shared', split: 'cluster' });
    await addKey(tx, { id: 1 });
    await own(tx, { key: 1, team: 'payments' });
    await addKey(tx, { id: 2 });
    await own(tx, { key: 2, team: 'search' });
    await postUsage(tx, quantities);
    for (const day of days)
      await post(tx, [
        { key: 9, day, amount: '100' },
        { key: 1, day, amount: '30' },
        { key: 2, day, amount: '10' },
      ]);
    await allocate(tx, now);
  });
  return ledger;
}

const parts = (ledger: Ledger, day: string) =>
  ledger.read(async reader =>
    (
      await reader.all(
        `SELECT concat_ws(' ', team, service, environment, sum(effective)::DECIMAL(38,2)) AS line FROM allocations
         WHERE charge_day = $day::DATE AND service <> 'checkout'
         GROUP BY team, service, environment HAVING sum(effective) <> 0 ORDER BY ALL`,
        { day },
      )
    ).map(row => String(row.line)),
  );

const residuals = (ledger: Ledger) =>
  ledger.read(reader =>
    reader.all(
      `SELECT charge_day, currency, sum(billed) AS b, sum(effective) AS e, sum(list) AS l, sum(contracted) AS c FROM (
         SELECT charge_day, currency, billed, effective, list, contracted FROM charges JOIN charge_keys USING (key_id)
         UNION ALL
         SELECT charge_day, currency, -billed, -effective, -list, -contracted FROM allocations)
       GROUP BY ALL HAVING b <> 0 OR e <> 0 OR l <> 0 OR c <> 0`,
    ),
  );

test('parts follow the quantities of their day and take their service and environment', async () => {
  const day = '2026-11-20';
  const ledger = await withUsage(
    [
      { usage: 'prod', day, team: 'web', service: 'shop', environment: 'production', quantity: '6' },
      { usage: 'prod', day, team: 'web', service: 'shop', environment: 'staging', quantity: '1' },
      { usage: 'prod', day, team: 'data', service: 'unassigned', quantity: '2' },
      { usage: 'prod', day, team: 'unowned', quantity: '1' },
      { usage: 'other', day, team: 'nobody', quantity: '1000' },
    ],
    [day],
  );
  assert.deepEqual(await parts(ledger, day), [
    'data cluster shared 20.00',
    'unowned cluster shared 10.00',
    'web shop production 60.00',
    'web shop staging 10.00',
  ]);
  assert.deepEqual(await residuals(ledger), []);
  await ledger.close();
});

test('a quantity of no team stays with the owner of what is split, as idle does', async () => {
  const day = '2026-11-20';
  const ledger = await withUsage(
    [
      { usage: 'prod', day, team: 'web', quantity: '3' },
      { usage: 'prod', day, team: '', service: 'idle', quantity: '1' },
    ],
    [day],
  );
  assert.deepEqual(await parts(ledger, day), ['platform idle shared 25.00', 'web cluster shared 75.00']);
  await ledger.close();
});

test('what is 0 or less weighs nothing, as negative idle does', async () => {
  const day = '2026-11-20';
  const ledger = await withUsage(
    [
      { usage: 'prod', day, team: 'web', quantity: '3' },
      { usage: 'prod', day, team: '', service: 'idle', quantity: '-2.5' },
      { usage: 'prod', day, team: 'data', quantity: '1' },
      { usage: 'prod', day, team: 'data', quantity: '-1' },
    ],
    [day],
  );
  assert.deepEqual(await parts(ledger, day), ['web cluster shared 100.00']);
  await ledger.close();
});

test("a day without usage takes the last day's, and after carry_days goes by own spend", async () => {
  const days = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'];
  const ledger = await withUsage(
    [
      { usage: 'prod', day: '2026-11-17', team: 'web', quantity: '3' },
      { usage: 'prod', day: '2026-11-16', team: 'data', quantity: '3' },
    ],
    days,
  );
  assert.deepEqual(await parts(ledger, '2026-11-16'), ['data cluster shared 100.00']);
  for (const day of days.slice(1, 4)) assert.deepEqual(await parts(ledger, day), ['web cluster shared 100.00'], day);
  assert.deepEqual(await parts(ledger, '2026-11-20'), ['payments cluster shared 75.00', 'search cluster shared 25.00']);
  assert.deepEqual(await residuals(ledger), []);
  await ledger.close();
});

test('what a split shared out is posted, and again only where it differs', async () => {
  const day = '2026-11-20';
  const ledger = await withUsage([{ usage: 'prod', day, team: 'web', quantity: '3' }], [day]);
  await ledger.write(async tx => {
    await post(tx, [{ key: 9, day, amount: '-1.5' }]);
    await allocate(tx, now);
    await markDays(tx);
    await allocate(tx, now);
  });
  const posted = await ledger.read(reader =>
    reader.all('SELECT split, currency, effective::DECIMAL(10,2)::VARCHAR AS cost FROM split_costs ORDER BY effective'),
  );
  assert.deepEqual(posted, [
    { split: 'cluster', currency: 'USD', cost: '-1.50' },
    { split: 'cluster', currency: 'USD', cost: '100.00' },
  ]);
  await ledger.close();
});

for (const seed of [21, 22, 23])
  test(`random usage splits sum to the bill to the last digit, whatever the quantities (seed ${seed})`, async () => {
    const random = seededRandom(seed);
    const upTo = (limit: number) => Math.floor(random() * limit);
    const digits = (most: number) =>
      amountOf((random() < 0.2 ? -1n : 1n) * BigInt(Array.from({ length: 1 + upTo(most) }, () => upTo(10)).join('')));
    const ledger = await openBooks();
    await ledger.write(async tx => {
      const charges: Charge[] = [];
      for (let key = 0; key < 12; key++) {
        await addSplit(tx, `split ${key}`, 'usage', key % 3 === 0 ? {} : { a: undefined, b: undefined }, {
          name: `usage ${key % 4}`,
          carryDays: upTo(4),
        });
        await addKey(tx, { id: key, currency: key % 5 === 0 ? 'EUR' : 'USD', serviceName: `name ${key}` });
        await own(tx, { key, team: `team ${key % 3}`, ...(key < 8 ? { split: `split ${key}` } : {}) });
        for (let d = 10; d < 24; d++)
          if (random() < 0.7) charges.push({ key, day: `2026-11-${d}`, amount: digits(24), billed: digits(24) });
      }
      const quantities = Array.from({ length: 120 }, () => ({
        usage: `usage ${upTo(4)}`,
        day: `2026-11-${10 + upTo(14)}`,
        team: upTo(5) === 0 ? '' : `team ${upTo(6)}`,
        service: upTo(2) === 0 ? '' : `service ${upTo(3)}`,
        environment: upTo(2) === 0 ? '' : 'staging',
        quantity: digits(26),
      }));
      await postUsage(tx, quantities);
      await post(tx, charges);
      await allocate(tx, now);
      await postUsage(
        tx,
        quantities.filter(() => random() < 0.4).map(quantity => ({ ...quantity, quantity: digits(26) })),
      );
      await markDays(tx);
      assert.ok((await allocate(tx, now)).posted > 0, 'other quantities move cost');
      await markDays(tx);
      assert.equal((await allocate(tx, now)).posted, 0, 'the present state is a fixed point');
    });
    assert.deepEqual(await residuals(ledger), []);
    await ledger.close();
  });
