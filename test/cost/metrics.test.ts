import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { metricsByName } from '../../exporters/core/metric.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import * as cost from '../../exporters/cost/metrics.ts';
import {
  addKey,
  addSplit,
  type Charge,
  facts,
  type Key,
  linesAt,
  type OwnerSpan,
  openBooks,
  own,
  post,
} from './books.ts';

const now = new Date('2026-11-23T10:00:00Z');

interface Bill {
  readonly keys: readonly (Key & Partial<OwnerSpan>)[];
  readonly charges: readonly Charge[];
  readonly settings?: { readonly services?: number; readonly names?: number; readonly environments?: number };
}

/** A ledger with the bill allocated; a key without a team is owned by nobody. */
async function booksOf({ keys, charges, settings = {} }: Bill): Promise<Ledger> {
  const ledger = await openBooks();
  const { services = 100, names = 50, environments = 20 } = settings;
  await ledger.write(async tx => {
    await tx.run(
      `INSERT INTO cost_settings VALUES ('top_services', ${services}), ('top_environments', ${environments}),
         ('top_service_names', ${names}), ('estimated_days', 3)`,
    );
    for (const { team, service, environment, split, ...key } of keys) {
      await addKey(tx, key);
      if (team !== undefined)
        await own(tx, {
          key: key.id,
          team,
          ...(service === undefined ? {} : { service }),
          ...(environment === undefined ? {} : { environment }),
          ...(split === undefined ? {} : { split }),
        });
    }
    await post(tx, charges);
    await allocate(tx, now);
  });
  return ledger;
}

const basis = (lines: readonly string[], name = 'effective') =>
  lines
    .map(line => line.split(' '))
    .filter(words => words.includes(name))
    .map(words => words.filter(word => word !== name).join(' '));

test('the list has every family of the file once, and every SQL file is used', () => {
  const exported = Object.values(cost).filter(value => typeof value === 'object' && 'sql' in value);
  assert.deepEqual(new Set(cost.costMetrics), new Set(exported));
  assert.equal(metricsByName(cost.costMetrics).size, exported.length);
  const folder = new URL('../../exporters/cost/metrics/', import.meta.url);
  const all = cost.costMetrics.map(metric => metric.sql).join('\n');
  for (const file of readdirSync(folder).filter(name => name.endsWith('.sql')))
    assert.ok(all.includes(readFileSync(new URL(file, folder), 'utf8').trimEnd()), `${file} is not used`);
});

test('a family tells every table that it reads, so that it runs again when one changed', () => {
  const tables = [
    ...['vendor_budgets', 'vendor_forecasts', 'vendor_anomalies', 'sub_account_names'],
    ...[...facts, 'charge_keys', 'billing_periods', 'budgets', 'invoices', 'cost_settings'],
    ...['splits', 'kubernetes_clusters', 'unit_costs'],
    ...['reconciled_budgets', 'vendor_budget_teams', 'reporting_currencies'],
    ...['owners', 'estimate_services'],
  ];
  for (const metric of cost.costMetrics)
    assert.deepEqual(
      tables.filter(table => new RegExp(`(FROM|JOIN) (${table}|${table}_known)\\b`).test(metric.sql)).sort(),
      [...metric.reads].sort(),
      metric.name,
    );
});

test('a day is told once it is complete, by who bears it and in each basis', async () => {
  const ledger = await booksOf({
    keys: [
      { id: 1, team: 'payments' },
      { id: 2, team: 'payments', category: 'Tax' },
    ],
    charges: [
      { key: 1, day: '2026-11-01', amount: '10.5', billed: '0' },
      { key: 2, day: '2026-11-01', amount: '2' },
      { key: 1, day: '2026-11-02', amount: '11' },
    ],
  });
  assert.deepEqual(await linesAt(ledger, cost.dailyCost, '2026-11-01 23:59'), []);
  const lines = await linesAt(ledger, cost.dailyCost, '2026-11-02 00:00');
  assert.deepEqual(basis(lines), [
    '2026-11-01 payments checkout production Tax USD 2',
    '2026-11-01 payments checkout production Usage USD 10.5',
  ]);
  assert.deepEqual(basis(lines, 'billed'), ['2026-11-01 payments checkout production Tax USD 2']);
  assert.equal((await linesAt(ledger, cost.dailyCost, '2026-11-03 00:00')).length, 11);
  await ledger.close();
});

const threeServices: Bill = {
  keys: [
    { id: 1, team: 'a', service: 'one', serviceName: 'VM' },
    { id: 2, team: 'a', service: 'two', serviceName: 'Disk' },
    { id: 3, team: 'b', service: 'one', serviceName: 'VM', environment: 'staging' },
    { id: 4, team: 'b', service: 'credit', serviceName: 'Support', category: 'Credit' },
    { id: 5, team: 'b', service: 'euro', serviceName: 'VM', currency: 'EUR' },
  ],
  charges: [
    { key: 1, day: '2026-10-31', amount: '1' },
    { key: 2, day: '2026-10-31', amount: '9' },
    { key: 1, day: '2026-11-01', amount: '5' },
    { key: 2, day: '2026-11-01', amount: '1' },
    { key: 3, day: '2026-11-01', amount: '5' },
    { key: 4, day: '2026-11-01', amount: '-7' },
    { key: 5, day: '2026-11-01', amount: '0.01' },
  ],
  settings: { services: 2, names: 1 },
};

test('services beyond the top N of a month and currency are other; a credit ranks by its size, ties by name', async () => {
  const ledger = await booksOf(threeServices);
  assert.deepEqual(basis(await linesAt(ledger, cost.dailyCost, '2026-11-02 00:00')), [
    '2026-10-31 a one production Usage USD 1',
    '2026-10-31 a two production Usage USD 9',
    '2026-11-01 a one production Usage USD 5',
    '2026-11-01 a other production Usage USD 1',
    '2026-11-01 b credit production Credit USD -7',
    '2026-11-01 b euro production Usage EUR 0.01',
    '2026-11-01 b other staging Usage USD 5',
  ]);
  assert.deepEqual(basis(await linesAt(ledger, cost.dailyServiceCost, '2026-11-02 00:00')), [
    '2026-10-31 a AWS Compute Disk USD 9',
    '2026-10-31 a AWS other other USD 1',
    '2026-11-01 a AWS Compute VM USD 5',
    '2026-11-01 a AWS other other USD 1',
    '2026-11-01 b AWS Compute VM EUR 0.01',
    '2026-11-01 b AWS Compute VM USD 5',
    '2026-11-01 b AWS other other USD -7',
  ]);
  await ledger.close();
});

test('environments beyond the top N of a month and currency are other: a preview of each pull request is no series', async () => {
  const previews = Array.from({ length: 400 }, (_, index) => ({
    id: 10 + index,
    team: 'a',
    service: 'one',
    environment: `pr-${index}`,
  }));
  const ledger = await booksOf({
    keys: [
      { id: 1, team: 'a', service: 'one' },
      { id: 2, team: 'a', service: 'two', environment: 'staging' },
      ...previews,
    ],
    charges: [
      { key: 1, day: '2026-11-01', amount: '5' },
      { key: 2, day: '2026-11-01', amount: '4' },
      ...previews.map(({ id }) => ({ key: id, day: '2026-11-01', amount: '0.25', billed: '0.5' })),
    ],
    settings: { environments: 2, services: 1 },
  });
  assert.deepEqual(basis(await linesAt(ledger, cost.dailyCost, '2026-11-02 00:00')), [
    '2026-11-01 a one other Usage USD 100',
    '2026-11-01 a one production Usage USD 5',
    '2026-11-01 a other staging Usage USD 4',
  ]);
  for (const [family, at] of [
    [cost.monthToDate, '2026-11-02 00:00'],
    [cost.previousMonth, '2026-12-02 00:00'],
  ] as const)
    assert.deepEqual(basis(await linesAt(ledger, family, at), 'billed'), [
      'a one other USD 200',
      'a one production USD 5',
      'a other staging USD 4',
    ]);
  assert.deepEqual(await linesAt(ledger, cost.foldedServices, '2026-11-02 00:00'), [
    'finops_cost_daily 401',
    'finops_service_cost_daily 0',
  ]);
  // What is `other` by its service and its environment counts once.
  assert.deepEqual(basis(await linesAt(ledger, cost.foldedCost, '2026-11-02 00:00')), [
    'finops_cost_daily USD 104',
    'finops_service_cost_daily USD 0',
  ]);
  await ledger.close();
});

test('what is folded is counted, in names and in money of the current month', async () => {
  const ledger = await booksOf(threeServices);
  assert.deepEqual(await linesAt(ledger, cost.foldedServices, '2026-11-02 00:00'), [
    'finops_cost_daily 2',
    'finops_service_cost_daily 2',
  ]);
  assert.deepEqual(basis(await linesAt(ledger, cost.foldedCost, '2026-11-02 00:00')), [
    'finops_cost_daily EUR 0',
    'finops_cost_daily USD 6',
    'finops_service_cost_daily EUR 0',
    'finops_service_cost_daily USD -6',
  ]);
  assert.deepEqual(await linesAt(ledger, cost.foldedServices, '2026-11-01 12:00'), [
    'finops_cost_daily 0',
    'finops_service_cost_daily 0',
  ]);
  await ledger.close();
});

test('charges without a service are shown as one that is unnamed, and rank as one', async () => {
  const ledger = await booksOf({
    keys: [
      { id: 1, team: 'a', serviceName: '' },
      { id: 2, team: 'a', serviceName: 'VM' },
    ],
    charges: [
      { key: 1, day: '2026-11-01', amount: '3' },
      { key: 2, day: '2026-11-01', amount: '2' },
    ],
    settings: { names: 1 },
  });
  assert.deepEqual(basis(await linesAt(ledger, cost.dailyServiceCost, '2026-11-02 00:00')), [
    '2026-11-01 a AWS Compute unnamed USD 3',
    '2026-11-01 a AWS other other USD 2',
  ]);
  await ledger.close();
});

test('month to date begins at 0 for those of the month before, and has its complete days after', async () => {
  const ledger = await booksOf({
    keys: [
      { id: 1, team: 'a' },
      { id: 2, team: 'b' },
    ],
    charges: [
      { key: 1, day: '2026-10-15', amount: '4' },
      { key: 1, day: '2026-11-01', amount: '1' },
      { key: 2, day: '2026-11-01', amount: '2' },
      { key: 1, day: '2026-11-02', amount: '8' },
    ],
  });
  const monthToDate = async (instant: string) => basis(await linesAt(ledger, cost.monthToDate, instant));
  assert.deepEqual(await monthToDate('2026-10-31 23:59'), ['a checkout production USD 4']);
  assert.deepEqual(await monthToDate('2026-11-01 00:00'), ['a checkout production USD 0']);
  assert.deepEqual(await monthToDate('2026-11-01 23:59'), ['a checkout production USD 0']);
  assert.deepEqual(await monthToDate('2026-11-02 00:00'), [
    'a checkout production USD 1',
    'b checkout production USD 2',
  ]);
  assert.deepEqual(await monthToDate('2026-11-03 00:00'), [
    'a checkout production USD 9',
    'b checkout production USD 2',
  ]);
  assert.deepEqual(await monthToDate('2027-01-01 00:00'), []);
  const previousMonth = async (instant: string) => basis(await linesAt(ledger, cost.previousMonth, instant));
  assert.deepEqual(await previousMonth('2026-11-01 00:00'), ['a checkout production USD 4']);
  assert.deepEqual(await previousMonth('2026-12-31 00:00'), [
    'a checkout production USD 9',
    'b checkout production USD 2',
  ]);
  await ledger.close();
});

test('untagged and unallocated are two ratios, over what can be tagged in 30 complete days', async () => {
  const ledger = await booksOf({
    keys: [
      { id: 1, team: 'a' },
      { id: 2, team: 'a', tagging: 'untagged' },
      { id: 3, tagging: 'untagged' },
      { id: 4 },
      { id: 5, tagging: 'untaggable' },
      { id: 6, team: 'credit', currency: 'EUR', category: 'Credit' },
    ],
    charges: [
      { key: 1, day: '2026-10-01', amount: '1000' },
      { key: 1, day: '2026-10-02', amount: '5' },
      { key: 2, day: '2026-10-31', amount: '1' },
      { key: 3, day: '2026-10-31', amount: '2' },
      { key: 4, day: '2026-10-31', amount: '2' },
      { key: 5, day: '2026-10-31', amount: '500' },
      { key: 6, day: '2026-10-31', amount: '-5' },
      { key: 1, day: '2026-11-01', amount: '1000' },
    ],
  });
  const instant = '2026-11-01 08:00';
  assert.deepEqual(await linesAt(ledger, cost.untaggedRatio, instant), ['USD 0.3']);
  assert.deepEqual(await linesAt(ledger, cost.unallocatedRatio, instant), ['USD 0.4']);
  assert.deepEqual(await linesAt(ledger, cost.teamUntaggedRatio, instant), [`a USD ${1 / 6}`, 'unowned USD 0.5']);
  await ledger.close();
});

test('restated money starts at 0 in both directions and grows by what moved', async () => {
  const ledger = await booksOf({ keys: [{ id: 1 }], charges: [{ key: 1, day: '2026-11-01', amount: '1' }] });
  await ledger.write(tx =>
    tx.run(`INSERT INTO restatements VALUES
      ('AWS', 'USD', 'up', '2026-11-01', 1, 2, 0, 0, '2026-11-05 08:00', '2026-11-05 08:00'),
      ('AWS', 'USD', 'up', '2026-11-01', 0, 0.5, 0, 0, '2026-11-06 08:00', '2026-11-06 08:00')`),
  );
  const at = async (instant: string) => basis(await linesAt(ledger, cost.restated, instant));
  assert.deepEqual(await at('2026-11-01 12:00'), []);
  assert.deepEqual(await at('2026-11-02 00:00'), ['AWS down USD 0', 'AWS up USD 0']);
  assert.deepEqual(await at('2026-11-05 08:00'), ['AWS down USD 0', 'AWS up USD 2']);
  assert.deepEqual(await at('2026-11-07 00:00'), ['AWS down USD 0', 'AWS up USD 2.5']);
  await ledger.close();
});

test('a day is estimated, then open, then closed when every period with charges of it is settled and over', async () => {
  const ledger = await booksOf({
    keys: [
      { id: 1, account: 'a-1' },
      { id: 2, account: 'a-2' },
    ],
    charges: [
      { key: 1, day: '2026-10-30', amount: '1' },
      { key: 2, day: '2026-10-30', amount: '1' },
      { key: 1, day: '2026-10-31', amount: '1' },
      { key: 2, day: '2026-09-10', amount: '1', period: '2026-11-01', learned: '2026-11-15' },
    ],
  });
  await ledger.write(tx =>
    tx.run(`INSERT INTO billing_periods VALUES
      ('AWS', 'a-1', '2026-10-01', 'Open', 0, '2026-10-30'), ('AWS', 'a-1', '2026-10-01', 'Closed', 0, '2026-11-05'),
      ('AWS', 'a-2', '2026-10-01', '', 0, '2026-10-30'), ('AWS', 'a-2', '2026-10-01', '', 1, '2026-11-10'),
      ('AWS', 'a-2', '2026-11-01', '', 1, '2026-11-15'),
      ('AWS', 'a-1', '2026-10-01', 'Open', 0, '2026-11-25')`),
  );
  const stateOf = async (day: string, instant: string) =>
    (await linesAt(ledger, cost.dayFinality, instant)).find(line => line.startsWith(day) && line.endsWith(' 1'));
  assert.equal(await stateOf('2026-10-30', '2026-11-02 23:59'), '2026-10-30 AWS estimated 1');
  assert.equal(await stateOf('2026-10-30', '2026-11-03 00:00'), '2026-10-30 AWS open 1');
  assert.equal(await stateOf('2026-10-31', '2026-11-04 12:00'), '2026-10-31 AWS open 1');
  assert.equal(await stateOf('2026-10-31', '2026-11-05 00:00'), '2026-10-31 AWS closed 1');
  assert.equal(await stateOf('2026-10-30', '2026-11-05 00:00'), '2026-10-30 AWS open 1', 'the other account is open');
  assert.equal(await stateOf('2026-10-30', '2026-11-10 00:00'), '2026-10-30 AWS closed 1');
  assert.equal(await stateOf('2026-09-10', '2026-11-20 00:00'), '2026-09-10 AWS open 1', 'its period is not over');
  assert.equal(await stateOf('2026-09-10', '2026-12-01 00:00'), '2026-09-10 AWS closed 1');
  assert.equal(await stateOf('2026-10-31', '2026-11-24 23:00'), '2026-10-31 AWS closed 1');
  assert.equal(await stateOf('2026-10-31', '2026-11-25 00:00'), '2026-10-31 AWS open 1', 'its period was opened again');
  const states = await linesAt(ledger, cost.dayFinality, '2026-11-05 00:00');
  assert.equal(states.length, 9, 'three states a day');
  assert.deepEqual(await linesAt(ledger, cost.openDays, '2026-11-05 00:00'), [
    'AWS closed 1',
    'AWS estimated 0',
    'AWS open 2',
  ]);
  assert.deepEqual(await linesAt(ledger, cost.openDays, '2026-11-12 00:00'), [
    'AWS closed 2',
    'AWS estimated 0',
    'AWS open 0',
  ]);
  await ledger.close();
});

test('the residual is 0 after allocation, and does not cancel over days', async () => {
  const ledger = await booksOf({
    keys: [{ id: 1, team: 'a', split: 'even' }],
    charges: [
      { key: 1, day: '2026-11-01', amount: '10' },
      { key: 1, day: '2026-11-02', amount: '10' },
    ],
  });
  await ledger.write(tx => addSplit(tx, 'even', 'even', { a: 1, b: 1, c: 1 }));
  assert.deepEqual(basis(await linesAt(ledger, cost.residual, '2026-11-03 00:00')), ['USD 0']);
  await ledger.write(async tx => {
    await post(tx, [
      { key: 1, day: '2026-11-01', amount: '0.0000000001' },
      { key: 1, day: '2026-11-02', amount: '-0.0000000001' },
    ]);
  });
  assert.deepEqual(
    await linesAt(ledger, cost.residual, '2026-11-03 00:00'),
    ['billed', 'contracted', 'effective', 'list'].map(name => `${name} USD 0.0000000002`),
  );
  await ledger.write(tx => allocate(tx, now));
  assert.deepEqual(basis(await linesAt(ledger, cost.residual, '2026-11-03 00:00')), ['USD 0']);
  await ledger.close();
});

test("the reconciliation gap is the newest ended period's billed cost against its invoice", async () => {
  const ledger = await booksOf({
    keys: [{ id: 1 }, { id: 2, account: 'a-2' }],
    charges: [
      { key: 1, day: '2026-09-10', amount: '0', billed: '100' },
      { key: 1, day: '2026-10-10', amount: '0', billed: '103' },
      // A correction of a September day, billed in October.
      { key: 1, day: '2026-09-10', amount: '0', billed: '7', period: '2026-10-01' },
    ],
  });
  await ledger.write(tx =>
    tx.run(`INSERT INTO invoices VALUES ('AWS', 'a-1', '2026-09-01', 100, 'USD'), ('AWS', 'a-1', '2026-10-01', 100, 'USD'),
      ('AWS', 'a-2', '2026-09-01', 50, 'USD'), ('AWS', 'a-1', '2026-11-01', 0, 'USD')`),
  );
  assert.deepEqual(await linesAt(ledger, cost.reconciliationGap, '2026-09-30 00:00'), []);
  assert.deepEqual(await linesAt(ledger, cost.reconciliationGap, '2026-10-05 00:00'), [
    'AWS a-1 invoice ended USD 0',
    'AWS a-2 invoice ended USD -1',
  ]);
  assert.deepEqual(await linesAt(ledger, cost.reconciliationGap, '2026-11-01 00:00'), [
    'AWS a-1 invoice ended USD 0.1',
    'AWS a-2 invoice ended USD -1',
  ]);
  await ledger.close();
});

test("the newest charge is its day's end, by provider", async () => {
  const ledger = await booksOf({
    keys: [{ id: 1 }, { id: 2, provider: 'Azure' }],
    charges: [
      { key: 1, day: '2026-11-01', amount: '1' },
      { key: 1, day: '2026-11-03', amount: '1' },
      { key: 2, day: '2026-11-02', amount: '1' },
    ],
  });
  const seconds = (text: string) => Date.parse(`${text}T00:00:00Z`) / 1000;
  assert.deepEqual(await linesAt(ledger, cost.newestCharge, '2026-11-03 12:00'), [
    `AWS ${seconds('2026-11-02')}`,
    `Azure ${seconds('2026-11-03')}`,
  ]);
  assert.deepEqual((await linesAt(ledger, cost.newestCharge, '2026-11-04 00:00'))[0], `AWS ${seconds('2026-11-04')}`);
  await ledger.close();
});
