import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import { costSchema, type UnitCost, unitCostSchema } from '../../exporters/cost/config.ts';
import {
  organisationUnitCost,
  teamUnitCost,
  unitAllocatedCost,
  unitCost,
  unitQuantity,
} from '../../exporters/cost/metrics.ts';
import { configureUnits } from '../../exporters/cost/units.ts';
import { addKey, linesAt, openBooks, own, post, postUsage, type Quantity } from './books.ts';

const noon = '2026-11-23 12:00';

/** Ten days of cost: shop 30 and cart 10 of web, index 5 of search, a day each. */
async function books(units: readonly Partial<UnitCost>[], quantities: readonly Quantity[]): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    await configureUnits(
      tx,
      units.map(unit => unitCostSchema.parse({ name: 'request', usage: 'requests', ...unit })),
    );
    for (const [key, team, service, amount] of [
      [1, 'web', 'shop', '30'],
      [2, 'web', 'cart', '10'],
      [3, 'search', 'index', '5'],
    ] as const) {
      await addKey(tx, { id: key });
      await own(tx, { key, team, service });
      await post(
        tx,
        Array.from({ length: 10 }, (_, index) => ({ key, day: `2026-11-${13 + index}`, amount })),
      );
    }
    await postUsage(tx, quantities);
    await allocate(tx, new Date('2026-11-23T10:00:00Z'));
  });
  return ledger;
}

const on = (day: string, quantity: string, more: Partial<Quantity> = {}): Quantity => ({
  usage: 'requests',
  day,
  quantity,
  ...more,
});

test('a unit costs what the days with usage cost, over their quantity, each level by its own parts', async () => {
  const ledger = await books(
    [{ per: '1000' }],
    [
      on('2026-11-21', '2000', { team: 'web', service: 'shop' }),
      on('2026-11-22', '4000', { team: 'web', service: 'shop' }),
      on('2026-11-22', '500', { team: 'search' }),
    ],
  );
  assert.deepEqual(await linesAt(ledger, unitCost, noon), ['request web shop USD 10']);
  assert.deepEqual(await linesAt(ledger, teamUnitCost, noon), [
    'request search USD 20',
    `request web USD ${(80 / 6000) * 1000}`,
  ]);
  assert.deepEqual(await linesAt(ledger, organisationUnitCost, noon), [`request USD ${(90 / 6500) * 1000}`]);
  assert.deepEqual(await linesAt(ledger, unitQuantity, noon), ['request search  500', 'request web shop 6000']);
  assert.deepEqual(await linesAt(ledger, unitAllocatedCost, noon), [
    'request search other USD 10',
    'request web other USD 20',
    'request web shop USD 60',
  ]);
  await ledger.close();
});

test('the day that runs does not count, nor one before the period, nor one that is not known yet', async () => {
  const ledger = await books(
    [{ days: 7 }],
    [
      on('2026-11-15', '1000', { team: 'web', service: 'shop' }),
      on('2026-11-16', '10', { team: 'web', service: 'shop' }),
      on('2026-11-23', '1000', { team: 'web', service: 'shop' }),
    ],
  );
  assert.deepEqual(await linesAt(ledger, unitCost, noon), ['request web shop USD 3']);
  assert.deepEqual(await linesAt(ledger, unitCost, '2026-11-22 12:00'), [`request web shop USD ${60 / 1010}`]);
  await ledger.close();
});

test('what is there every day is counted once: its mean over the days that have usage', async () => {
  const ledger = await books(
    [
      { name: 'customer', aggregate: 'mean' },
      { name: 'a dozen customers', aggregate: 'mean', per: '12' },
    ],
    [
      on('2026-11-20', '9', { team: 'web', service: 'shop' }),
      on('2026-11-21', '3'),
      on('2026-11-22', '3', { team: 'web', service: 'shop' }),
      on('2026-11-22', '3', { team: 'search' }),
    ],
  );
  // Three days: 12 of 3 days are 4 customers of web, whose shop cost 90.
  assert.deepEqual(await linesAt(ledger, unitCost, noon), [
    'a dozen customers web shop USD 270',
    'customer web shop USD 22.5',
  ]);
  assert.deepEqual(await linesAt(ledger, teamUnitCost, noon), [
    'a dozen customers search USD 180',
    'a dozen customers web USD 360',
    'customer search USD 15',
    'customer web USD 30',
  ]);
  assert.deepEqual(await linesAt(ledger, organisationUnitCost, noon), [
    'a dozen customers USD 270',
    'customer USD 22.5',
  ]);
  assert.deepEqual(
    (await linesAt(ledger, unitQuantity, noon)).filter(line => line.startsWith('customer')),
    ['customer   1', 'customer search  1', 'customer web shop 4'],
  );
  await ledger.close();
});

test('without a quantity there is no unit cost', async () => {
  const ledger = await books([{}], [on('2026-11-22', '5', { team: 'web' }), on('2026-11-22', '-5', { team: 'web' })]);
  for (const metric of [unitCost, teamUnitCost, organisationUnitCost, unitQuantity, unitAllocatedCost])
    assert.deepEqual(await linesAt(ledger, metric, noon), [], metric.name);
  await ledger.close();
});

test('a day whose quantities sum to nothing counts for neither part', async () => {
  const ledger = await books(
    [{}],
    [
      on('2026-11-21', '8', { team: 'web', service: 'shop' }),
      on('2026-11-22', '2', { team: 'web', service: 'shop' }),
      on('2026-11-22', '-3', { team: 'search' }),
    ],
  );
  assert.deepEqual(await linesAt(ledger, unitCost, noon), ['request web shop USD 3.75']);
  await ledger.close();
});

test('a unit of a team or a service takes their cost alone; a quantity that tells no owner belongs to it', async () => {
  const ledger = await books(
    [
      { name: 'cart', team: 'web', service: 'cart' },
      { name: 'search', team: 'search' },
    ],
    [on('2026-11-22', '5'), on('2026-11-22', '100', { team: 'web', service: 'shop' })],
  );
  assert.deepEqual(await linesAt(ledger, organisationUnitCost, noon), ['cart USD 2', 'search USD 1']);
  await ledger.close();
});

test('a unit of a usage metric that is not configured is refused', () => {
  const issues = (value: unknown) =>
    costSchema.safeParse(value).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];
  const unit_costs = [{ name: 'request', usage: 'requests' }];
  assert.deepEqual(issues({ unit_costs }), ['unit_costs.0.usage: expected a name of cost.usage, or a cluster']);
  const usage = [{ name: 'requests', path: 'requests.csv' }];
  assert.deepEqual(issues({ usage, unit_costs: [...unit_costs, ...unit_costs] }), [
    'unit_costs.1.name: expected a name of its own; another has the same',
  ]);
  assert.deepEqual(issues({ usage, kubernetes: [{ cluster: 'requests', url: 'http://opencost:9003' }] }), [
    'usage.0.name: expected a name of its own among clusters and usage metrics',
  ]);
  assert.deepEqual(issues({ usage, focus: [{ name: 'usage-requests', path: 'bill.csv' }] }), [
    'usage.0.name: expected another name: a source is called usage-requests',
  ]);
  assert.match(issues({ unit_costs, usage: [{ ...usage[0], days: 3 }] }).join(), /usage\.0/);
});
