import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate, markDays } from '../../exporters/cost/allocate.ts';
import { seededRandom as seeded } from '../core/random.ts';
import { addKey, addSplit, amountOf, type Charge, openBooks, own, post, units } from './books.ts';

const now = new Date('2026-11-23T10:00:00Z');
const day = '2026-11-20';

/** Present cost by team and service, without zeros: `team service amount`. */
const shares = (ledger: Ledger, where = 'true'): Promise<string[]> =>
  ledger.read(async reader =>
    (
      await reader.all(
        `SELECT team || ' ' || service || ' ' || sum(effective)::DECIMAL(38,2) AS line FROM allocations WHERE ${where}
         GROUP BY team, service HAVING sum(effective) <> 0 ORDER BY team, service`,
      )
    ).map(row => String(row.line)),
  );

/** Differences between the bill and its parts by day and currency; empty where there are none. */
const differences = (ledger: Ledger) =>
  ledger.read(reader =>
    reader.all(
      `SELECT charge_day, billing_period, currency, sum(billed) AS b, sum(effective) AS e, sum(list) AS l, sum(contracted) AS c
       FROM (
         SELECT charge_day, billing_period, currency, billed, effective, list, contracted
         FROM charges JOIN charge_keys USING (key_id)
         UNION ALL
         SELECT charge_day, billing_period, currency, -billed, -effective, -list, -contracted FROM allocations
       ) GROUP BY ALL HAVING b <> 0 OR e <> 0 OR l <> 0 OR c <> 0`,
    ),
  );

test('charges go to the owner of their day, and to unowned where there is none', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addKey(tx, { id: 1 });
    await addKey(tx, { id: 2 });
    await own(tx, { key: 1, team: 'payments', to: '2026-11-20' });
    await own(tx, { key: 1, team: 'search', service: 'index', from: '2026-11-20' });
    await post(tx, [
      { key: 1, day: '2026-11-19', amount: '1' },
      { key: 1, day: '2026-11-20', amount: '2' },
      { key: 2, day: '2026-11-20', amount: '4' },
    ]);
    assert.deepEqual(await allocate(tx, now), { days: 2, posted: 3 });
  });
  assert.deepEqual(await shares(ledger), ['payments checkout 1.00', 'search index 2.00', 'unowned unassigned 4.00']);
  const times = await ledger.read(reader =>
    reader.all(
      `SELECT DISTINCT date_diff('hour', charge_day, occurred_at)::INTEGER AS age, learned_at FROM allocations`,
    ),
  );
  assert.deepEqual(times, [{ age: 24, learned_at: '2026-11-23 10:00:00' }]);
  await ledger.close();
});

test('the unused part of a commitment is a category of its own, for usage alone', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addKey(tx, { id: 1, commitment: 'Unused' });
    await addKey(tx, { id: 2, commitment: 'Used' });
    await addKey(tx, { id: 3, commitment: 'Unused', category: 'Purchase' });
    await post(
      tx,
      [1, 2, 3].map(key => ({ key, day, amount: String(key) })),
    );
    await allocate(tx, now);
  });
  const rows = await ledger.read(reader =>
    reader.all(`SELECT charge_category, sum(effective)::INTEGER AS cost FROM allocations GROUP BY ALL ORDER BY cost`),
  );
  assert.deepEqual(rows, [
    { charge_category: 'UnusedCommitment', cost: 1 },
    { charge_category: 'Usage', cost: 2 },
    { charge_category: 'Purchase', cost: 3 },
  ]);
  await ledger.close();
});

test('allocating again posts nothing; a restated day posts the difference; a vanished charge is taken back', async () => {
  const ledger = await openBooks();
  const derive = (charges: readonly Charge[]) =>
    ledger.write(async tx => {
      await post(tx, charges);
      return allocate(tx, now);
    });
  await ledger.write(async tx => {
    await addKey(tx, { id: 1 });
    await own(tx, { key: 1, team: 'payments' });
  });
  assert.deepEqual(await derive([{ key: 1, day, amount: '10' }]), { days: 1, posted: 1 });
  assert.deepEqual(await derive([{ key: 1, day, amount: '0' }]), { days: 1, posted: 0 });
  assert.deepEqual(await ledger.write(tx => allocate(tx, now)), { days: 0, posted: 0 }, 'the days are emptied');
  assert.deepEqual(await derive([{ key: 1, day, amount: '-2.5' }]), { days: 1, posted: 1 });
  assert.deepEqual(await shares(ledger), ['payments checkout 7.50']);
  assert.deepEqual(await derive([{ key: 1, day, amount: '-7.5' }]), { days: 1, posted: 1 });
  assert.deepEqual(await shares(ledger), []);
  const postings = await ledger.read(reader =>
    reader.all('SELECT effective::DECIMAL(10,2)::VARCHAR AS cost FROM allocations ORDER BY effective DESC'),
  );
  assert.deepEqual(
    postings.map(row => row.cost),
    ['10.00', '-2.50', '-7.50'],
  );
  await ledger.close();
});

test('a change of owner moves the cost of the marked days and of no other', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addKey(tx, { id: 1 });
    await own(tx, { key: 1, team: 'payments' });
    await post(tx, [
      { key: 1, day: '2026-11-19', amount: '1' },
      { key: 1, day: '2026-11-20', amount: '2' },
    ]);
    await allocate(tx, now);
    await tx.run('DELETE FROM owners');
    await own(tx, { key: 1, team: 'payments', to: '2026-11-20' });
    await own(tx, { key: 1, team: 'search', from: '2026-11-20' });
    await markDays(tx, '2026-11-20');
    assert.deepEqual(await allocate(tx, now), { days: 1, posted: 2 });
    await markDays(tx);
    assert.deepEqual(await allocate(tx, now), { days: 2, posted: 0 });
  });
  assert.deepEqual(await shares(ledger), ['payments checkout 1.00', 'search checkout 2.00']);
  assert.deepEqual(await differences(ledger), []);
  await ledger.close();
});

/** A shared charge of 100 and a credit, beside own spend of three teams in two currencies. */
async function withShared(split: (ledger: Ledger) => Promise<void>): Promise<string[]> {
  const ledger = await openBooks();
  await split(ledger);
  await ledger.write(async tx => {
    await addKey(tx, { id: 9 });
    await own(tx, { key: 9, team: 'unowned', service: 'unassigned', split: 'network' });
    for (const [key, team, amount] of [
      [1, 'payments', '30'],
      [2, 'search', '10'],
      [3, 'web', '-5'],
    ] as const) {
      await addKey(tx, { id: key });
      await own(tx, { key, team });
      await post(tx, [{ key, day, amount }]);
    }
    await addKey(tx, { id: 4, currency: 'EUR' });
    await own(tx, { key: 4, team: 'data' });
    await post(tx, [
      { key: 4, day, amount: '77' },
      { key: 9, day, amount: '100' },
    ]);
    await allocate(tx, now);
  });
  assert.deepEqual(await differences(ledger), []);
  const lines = await shares(ledger, "service IN ('network', 'unassigned')");
  await ledger.close();
  return lines;
}

test('an even split gives equal parts to its teams; the split is the service where no rule gives one', async () => {
  assert.deepEqual(
    await withShared(ledger => ledger.write(tx => addSplit(tx, 'network', 'even', { a: 1, b: 1, c: 1 }))),
    ['a network 33.33', 'b network 33.33', 'c network 33.33'],
  );
});

test('an even split that names no teams is shared by those with spend of their own on the day', async () => {
  assert.deepEqual(await withShared(ledger => ledger.write(tx => addSplit(tx, 'network', 'even'))), [
    'data network 25.00',
    'payments network 25.00',
    'search network 25.00',
    'web network 25.00',
  ]);
});

test('a proportional split follows own spend in the same currency, where a credit counts as none', async () => {
  assert.deepEqual(await withShared(ledger => ledger.write(tx => addSplit(tx, 'network', 'proportional'))), [
    'payments network 75.00',
    'search network 25.00',
  ]);
});

test('a proportional split among teams without own spend is even', async () => {
  assert.deepEqual(
    await withShared(ledger =>
      ledger.write(tx => addSplit(tx, 'network', 'proportional', { web: undefined, none: undefined })),
    ),
    ['none network 50.00', 'web network 50.00'],
  );
});

test('a fixed split follows its weights', async () => {
  assert.deepEqual(
    await withShared(ledger =>
      ledger.write(tx => addSplit(tx, 'network', 'fixed', { payments: 3, search: 1, web: 0 })),
    ),
    ['payments network 75.00', 'search network 25.00'],
  );
});

test('a charge whose split is not known on the day stays with its owner', async () => {
  assert.deepEqual(await withShared(async () => undefined), ['unowned unassigned 100.00']);
});

test('where nobody has spend of their own, a split without teams goes to all that own anything', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addSplit(tx, 'network', 'proportional');
    await addKey(tx, { id: 9 });
    await own(tx, { key: 9, team: 'unowned', service: 'dns', split: 'network' });
    await own(tx, { key: 1, team: 'payments' });
    await own(tx, { key: 2, team: 'search' });
    await post(tx, [{ key: 9, day, amount: '1' }]);
    await allocate(tx, now);
  });
  assert.deepEqual(await shares(ledger), ['payments dns 0.50', 'search dns 0.50'], 'a given service stays');
  await ledger.close();
});

test('the units left over go to the largest remainders, by name where those are equal, and mirror for a credit', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addSplit(tx, 'network', 'fixed', { c: 1, b: 1, a: 1, d: 4 });
    for (const key of [8, 9]) {
      await addKey(tx, { id: key, category: key === 8 ? 'Credit' : 'Usage' });
      await own(tx, { key, team: 'unowned', split: 'network' });
    }
    // 10 units by 7: shares 1.43 1.43 1.43 5.71; one left over of 1+1+1+5 = 8 goes to d, the other to a.
    await post(tx, [
      { key: 9, day, amount: '0.0000000010' },
      { key: 8, day, amount: '-0.0000000010' },
    ]);
    await allocate(tx, now);
  });
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT charge_category, team, sum(effective)::VARCHAR AS cost FROM allocations GROUP BY ALL ORDER BY ALL`,
    ),
  );
  const parts = (category: string) =>
    rows.flatMap(row => (row.charge_category === category ? [Number(units(row.cost))] : []));
  assert.deepEqual(parts('Usage'), [2, 1, 1, 6]);
  assert.deepEqual(parts('Credit'), [-2, -1, -1, -6]);
  await ledger.close();
});

/** The same by BigInt, for one amount. */
function reference(amount: bigint, weights: Readonly<Record<string, bigint>>): Record<string, bigint> {
  const total = Object.values(weights).reduce((sum, weight) => sum + weight, 0n);
  const absolute = amount < 0n ? -amount : amount;
  const parts = Object.entries(weights).map(([team, weight]) => ({
    team,
    share: (absolute * weight) / total,
    remainder: (absolute * weight) % total,
  }));
  let left = absolute - parts.reduce((sum, part) => sum + part.share, 0n);
  const byRemainder = parts.toSorted((a, b) =>
    a.remainder === b.remainder ? (a.team < b.team ? -1 : 1) : a.remainder > b.remainder ? -1 : 1,
  );
  const result: Record<string, bigint> = {};
  for (const { team, share } of byRemainder) {
    const part = left > 0n ? share + 1n : share;
    left -= 1n;
    if (part !== 0n) result[team] = amount < 0n ? -part : part;
  }
  return result;
}

for (const seed of [11, 12, 13, 14])
  test(`random splits sum to the bill to the last digit and equal whole-number arithmetic (seed ${seed})`, async () => {
    const random = seeded(seed);
    const upTo = (limit: number) => Math.floor(random() * limit);
    const amount = () => {
      // From one unit of 1e-10 to 1e14, either sign.
      const digits = Array.from({ length: 1 + upTo(24) }, () => upTo(10)).join('');
      return amountOf((random() < 0.3 ? -1n : 1n) * BigInt(digits));
    };
    const fixed = Object.fromEntries(
      Array.from({ length: 1 + upTo(9) }, (_, index) => [`team-${index}`, 1 + upTo(random() < 0.5 ? 5 : 1_000_000)]),
    );
    const ledger = await openBooks();
    await ledger.write(async tx => {
      await addSplit(tx, 'fixed', 'fixed', fixed);
      await addSplit(tx, 'even', 'even');
      await addSplit(tx, 'proportional', 'proportional');
      await addSplit(tx, 'own teams', 'proportional', {
        'team-1': undefined,
        'team-2': undefined,
        'team-3': undefined,
      });
      const charges: Charge[] = [];
      for (let key = 0; key < 40; key++) {
        await addKey(tx, { id: key, currency: key % 5 === 0 ? 'EUR' : 'USD', serviceName: `name ${key}` });
        const split = ['fixed', 'even', 'proportional', 'own teams'][key % 4]!;
        await own(tx, {
          key,
          team: key < 20 ? 'unowned' : `team-${key % 6}`,
          service: `service-${key}`,
          ...(key < 20 ? { split } : {}),
        });
        for (let d = 10; d < 20; d++)
          if (random() < 0.7) charges.push({ key, day: `2026-11-${d}`, amount: amount(), billed: amount() });
      }
      await post(tx, charges);
      await allocate(tx, now);
      await post(
        tx,
        charges.filter(() => random() < 0.3).map(charge => ({ ...charge, amount: amount(), billed: amount() })),
      );
      await allocate(tx, now);
      await markDays(tx);
      assert.equal((await allocate(tx, now)).posted, 0, 'the present state is a fixed point');
    });
    assert.deepEqual(await differences(ledger), []);
    const weights = Object.fromEntries(Object.entries(fixed).map(([team, weight]) => [team, BigInt(weight)]));
    await ledger.read(async reader => {
      const bills = await reader.all(
        `SELECT charge_day, key_id::INTEGER AS key, sum(effective)::VARCHAR AS e, sum(billed)::VARCHAR AS b
         FROM charges WHERE key_id < 20 AND key_id % 4 = 0 GROUP BY ALL`,
      );
      assert.ok(bills.length > 20);
      for (const bill of bills)
        for (const [column, sum] of [
          ['effective', bill.e],
          ['billed', bill.b],
        ] as const) {
          const parts = await reader.all(
            `SELECT team, sum(${column})::VARCHAR AS cost FROM allocations
             WHERE charge_day = $day::DATE AND service = $service GROUP BY team HAVING sum(${column}) <> 0`,
            { day: String(bill.charge_day), service: `service-${bill.key}` },
          );
          assert.deepEqual(Object.fromEntries(parts.map(part => [part.team, units(part.cost)])), {
            ...reference(units(sum), weights),
          });
        }
    });
    await ledger.close();
  });

test('a bill of 1e14 is split without overflow, in proportion to spends of 1e14', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addSplit(tx, 'network', 'proportional');
    await addKey(tx, { id: 9 });
    await own(tx, { key: 9, team: 'unowned', split: 'network' });
    for (const [key, amount] of [
      [1, '100000000000000.0000000001'],
      [2, '300000000000000'],
    ] as const) {
      await addKey(tx, { id: key });
      await own(tx, { key, team: `team-${key}`, service: 'own' });
      await post(tx, [{ key, day, amount }]);
    }
    await post(tx, [{ key: 9, day, amount: '100000000000000.0000000003' }]);
    await allocate(tx, now);
  });
  assert.deepEqual(await differences(ledger), []);
  const parts = await shares(ledger, "service = 'checkout'");
  assert.deepEqual(
    parts.map(part => Math.round(Number(part.split(' ')[2]) / 1e9)),
    [25_000, 75_000],
  );
  await ledger.close();
});

test('a split over more teams than the amount has units gives nothing to the rest', async () => {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await addSplit(tx, 'network', 'even', { a: 1, b: 1, c: 1 });
    await addKey(tx, { id: 9 });
    await own(tx, { key: 9, team: 'unowned', split: 'network' });
    await post(tx, [{ key: 9, day, amount: '0.0000000002' }]);
    assert.deepEqual(await allocate(tx, now), { days: 1, posted: 2 });
  });
  await ledger.close();
});
