import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as cost from '../../../exporters/cost/metrics.ts';
import type { Line } from '../vendors/aws.ts';
import { explorerBooks, payer } from './explorer-books.ts';

const prod = '100000000002';
const dev = '100000000003';

/** Three days of two accounts, with what a bill has besides usage. */
const lines: readonly Line[] = [
  { day: '2026-10-30', account: prod, service: 'Amazon S3', unblended: '3', tags: { team: 'checkout' } },
  {
    day: '2026-11-01',
    account: prod,
    service: 'Amazon EC2',
    unblended: '10.5',
    amortized: '8',
    tags: { team: 'checkout' },
  },
  { day: '2026-11-01', account: prod, service: 'Amazon EC2', unblended: '1.5', tags: { team: 'pay$roll' } },
  { day: '2026-11-01', account: dev, service: 'Amazon S3', unblended: '0.25' },
  { day: '2026-11-01', account: prod, service: 'AWS Support', unblended: '29', recordType: 'Support' },
  { day: '2026-11-01', account: prod, service: 'Tax', unblended: '4.1', recordType: 'Tax' },
  { day: '2026-11-02', account: prod, service: 'Amazon EC2', unblended: '-2', recordType: 'Credit' },
  { day: '2026-11-02', account: dev, service: 'Amazon EC2', unblended: '-1', recordType: 'Refund' },
  {
    day: '2026-11-02',
    account: prod,
    service: 'Savings Plans',
    unblended: '24',
    amortized: '6',
    recordType: 'SavingsPlanRecurringFee',
  },
  { day: '2026-11-02', account: prod, service: 'Amazon EC2', unblended: '0.00000000015' },
  { day: '2026-11-22', account: dev, service: 'Amazon S3', unblended: '7' },
  { day: '2026-11-23', account: dev, service: 'Amazon S3', unblended: '1000' },
];

const names = { [prod]: 'production', [dev]: 'development' };

const perDay = `SELECT charge_day::VARCHAR, sub_account, service_name, charge_category, commitment_status, sum(billed), sum(effective)
  FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL HAVING sum(billed) <> 0 OR sum(effective) <> 0 ORDER BY ALL`;

const cube = (name: string) =>
  `SELECT charge_day::VARCHAR, key1, key2, cost_basis, sum(amount) FROM cost_cubes
   WHERE cube = '${name}' GROUP BY ALL HAVING sum(amount) <> 0 ORDER BY ALL`;

test('costs become charges of their FOCUS categories; days that are not complete are not asked for', async t => {
  const books = await explorerBooks(t, { account: { lines, names } });
  const { error, changed } = await books.refresh();
  assert.equal(error, undefined);
  assert.ok(changed > 0);
  assert.deepEqual(await books.rows(perDay), [
    `2026-10-30 ${prod} Amazon S3 Usage  3 3`,
    `2026-11-01 ${prod} AWS Support Usage  29 29`,
    `2026-11-01 ${prod} Amazon EC2 Usage  12 9.5`,
    `2026-11-01 ${prod} Tax Tax  4.1 4.1`,
    `2026-11-01 ${dev} Amazon S3 Usage  0.25 0.25`,
    `2026-11-02 ${prod} Amazon EC2 Credit  -2 -2`,
    `2026-11-02 ${prod} Amazon EC2 Usage  0.0000000002 0.0000000002`,
    `2026-11-02 ${prod} Savings Plans Purchase  24 0`,
    `2026-11-02 ${prod} Savings Plans Usage Unused 0 6`,
    `2026-11-02 ${dev} Amazon EC2 Adjustment  -1 -1`,
    `2026-11-22 ${dev} Amazon S3 Usage  7 7`,
  ]);
  assert.deepEqual(await books.rows('SELECT DISTINCT provider, billing_account, currency FROM charge_keys'), [
    `AWS ${payer} USD`,
  ]);
  const periods = books.aws.requests.flatMap(({ operation, input }) =>
    operation === 'GetCostAndUsage' ? [JSON.stringify(input.TimePeriod)] : [],
  );
  assert.deepEqual(
    [...new Set(periods)],
    ['{"Start":"2026-11-01","End":"2026-11-23"}', '{"Start":"2026-10-01","End":"2026-11-01"}'],
  );
  assert.match(
    books.logged(),
    /"rounding":\{"billed":"-0\.00000000005","effective":"-0\.00000000005"\}/,
    'what rounding took away is said',
  );
});

test('only the categories that a month has are asked for; without categories one request is enough', async t => {
  const books = await explorerBooks(t, {
    account: { lines },
    config: { forecast: false, anomalies: false, budgets: false },
  });
  await books.refresh();
  // November: the record types, then usage, commitment fees, taxes, credits, refunds; October: the record types, then all.
  assert.equal(books.asked().length, 6 + 2);
  const plain = await explorerBooks(t, {
    account: { lines },
    config: { charge_categories: false, forecast: false, anomalies: false, budgets: false },
  });
  await plain.refresh();
  assert.equal(plain.asked().length, 2);
  assert.deepEqual(await plain.rows('SELECT DISTINCT charge_category FROM charge_keys'), ['Usage']);
  const total = 'SELECT sum(billed) FROM charges';
  assert.deepEqual(await plain.rows(total), await books.rows(total));
});

test('a tag cube makes the charges of teams; what follows the first $ is the value, and nothing is untagged', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { cubes: [['TAG:team', 'SERVICE']] } });
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(
    await books.rows(
      `SELECT tags::VARCHAR, sum(billed) FROM charges JOIN charge_keys USING (key_id)
       WHERE charge_day = '2026-11-01' GROUP BY ALL ORDER BY ALL`,
    ),
    ['{"team":"checkout"} 10.5', '{"team":"pay$roll"} 1.5', '{} 33.35'],
  );
  const tagging = `SELECT DISTINCT tagging, charge_category FROM charges JOIN charge_keys USING (key_id)
    WHERE charge_day = '2026-11-01' ORDER BY ALL`;
  assert.deepEqual(await books.rows(tagging), ['tagged Usage', 'untaggable Tax', 'untagged Usage']);
  const tagless = await explorerBooks(t, { account: { lines } });
  await tagless.refresh();
  assert.deepEqual(await tagless.rows(tagging), ['untaggable Tax', 'untaggable Usage']);
  assert.deepEqual(
    (await books.rows(cube('TAG:team,SERVICE'))).filter(row => row.includes('2026-11-01') && row.includes('billed')),
    [
      '2026-11-01  AWS Support billed 29',
      '2026-11-01  Amazon S3 billed 0.25',
      '2026-11-01  Tax billed 4.1',
      '2026-11-01 checkout Amazon EC2 billed 10.5',
      '2026-11-01 pay$roll Amazon EC2 billed 1.5',
    ],
  );
});

test('each cube is the whole of the money, kept apart, and its family says so with its top names', async t => {
  const books = await explorerBooks(t, {
    account: { lines, names },
    config: { cubes: [['LINKED_ACCOUNT', 'SERVICE'], ['SERVICE'], ['TAG:team', 'LINKED_ACCOUNT']] },
  });
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(
    await books.rows(
      `SELECT cube, cost_basis, sum(amount) FROM cost_cubes WHERE charge_day >= '2026-11-01' GROUP BY ALL ORDER BY ALL`,
    ),
    ['LINKED_ACCOUNT,SERVICE', 'RECORD_TYPE', 'SERVICE', 'TAG:team,LINKED_ACCOUNT'].flatMap(name =>
      // A control total is rounded by itself, so it may differ in the last digit.
      [`${name} billed 73.3500000002`, `${name} effective 52.8500000002`],
    ),
  );
  await books.ledger.write(async tx => {
    await tx.run(`UPDATE cost_settings SET value = 1 WHERE name = 'top_cube_keys'`);
  });
  const shown = (await books.lines(cost.costExplorerDaily)).filter(
    line => line.startsWith('2026-11-01') && line.includes(' effective '),
  );
  assert.deepEqual(shown, [
    `2026-11-01 cost-explorer LINKED_ACCOUNT,SERVICE ${prod} AWS Support effective USD 29`,
    '2026-11-01 cost-explorer LINKED_ACCOUNT,SERVICE other other effective USD 13.85',
    '2026-11-01 cost-explorer RECORD_TYPE Support  effective USD 29',
    '2026-11-01 cost-explorer RECORD_TYPE other  effective USD 13.85',
    '2026-11-01 cost-explorer SERVICE AWS Support  effective USD 29',
    '2026-11-01 cost-explorer SERVICE other  effective USD 13.85',
    `2026-11-01 cost-explorer TAG:team,LINKED_ACCOUNT  ${prod} effective USD 33.1`,
    '2026-11-01 cost-explorer TAG:team,LINKED_ACCOUNT other other effective USD 9.75',
  ]);
  assert.deepEqual(await books.lines(cost.subAccountInfo), [`AWS ${prod} production 1`, `AWS ${dev} development 1`]);
});

test('pages are followed with the same parameters, whatever their size', async t => {
  const whole = await explorerBooks(t, { account: { lines } });
  await whole.refresh();
  for (const pageSize of [1, 2, 3]) {
    const books = await explorerBooks(t, { account: { lines, pageSize } });
    assert.equal((await books.refresh()).error, undefined);
    assert.deepEqual(await books.rows(perDay), await whole.rows(perDay));
    const [first, second] = books.aws.requests.map(({ input }) => input);
    assert.equal(typeof second?.NextPageToken, 'string');
    const { NextPageToken: _, ...rest } = second ?? {};
    assert.deepEqual(rest, first);
  }
});

test('a size that changes between pages changes nothing', async t => {
  const books = await explorerBooks(t, { account: { lines, pageSize: 4 } });
  const trouble = {
    kind: 'change',
    change: (answer: Record<string, unknown>) => {
      books.aws.account.pageSize = 2;
      return answer;
    },
  } as const;
  books.aws.account.troubles.push({ operation: 'GetCostAndUsage', trouble });
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(await books.rows('SELECT sum(billed) FROM charges'), ['76.3500000002']);
});

test('a restated day posts the difference, and the last month is read until it is final', async t => {
  const books = await explorerBooks(t, { account: { lines, estimatedFrom: '2026-11-01' } });
  await books.refresh();
  books.aws.account.lines = lines.map(line => (line.day === '2026-11-22' ? { ...line, unblended: '9' } : line));
  books.asked();
  books.clock.now = new Date('2026-11-23T18:00:00Z');
  await books.refresh();
  assert.ok(
    !books.aws.requests.slice(-8).some(({ input }) => JSON.stringify(input).includes('2026-10-01')),
    'October is final',
  );
  assert.deepEqual(
    await books.rows(
      `SELECT billed, learned_at::VARCHAR FROM charges WHERE charge_day = '2026-11-22' ORDER BY learned_at`,
    ),
    ['7 2026-11-23 06:00:00', '2 2026-11-23 18:00:00'],
  );
  assert.deepEqual(
    await books.rows(
      `SELECT amount, learned_at::VARCHAR FROM cost_cubes WHERE cube = 'LINKED_ACCOUNT,SERVICE'
       AND charge_day = '2026-11-22' AND cost_basis = 'billed' ORDER BY learned_at`,
    ),
    ['7 2026-11-23 06:00:00', '2 2026-11-23 18:00:00'],
  );
  const readsNovember = async (now: string) => {
    books.clock.now = new Date(now);
    const before = books.aws.requests.length;
    assert.equal((await books.refresh()).error, undefined);
    return books.aws.requests.slice(before).some(({ input }) => JSON.stringify(input).includes('"2026-11-01"'));
  };
  books.aws.account.today = '2026-12-01';
  assert.equal(
    await readsNovember('2026-12-01T06:00:00Z'),
    true,
    'the month has no complete day, the last one is read',
  );
  assert.equal(await readsNovember('2026-12-08T06:00:00Z'), true, 'it is still estimated');
  books.aws.account.estimatedFrom = '2026-12-01';
  assert.equal(await readsNovember('2026-12-08T18:00:00Z'), true);
  assert.equal(await readsNovember('2026-12-09T06:00:00Z'), false, 'it is final');
  assert.deepEqual(
    await books.rows(
      `SELECT billing_period::VARCHAR, arg_max(status, learned_at) FROM billing_periods GROUP BY ALL ORDER BY ALL`,
    ),
    ['2026-10-01 Closed', '2026-11-01 Closed', '2026-12-01 Open'].slice(0, 2),
  );
});

test('thirteen months are read newest first, and a month that AWS keeps no more is not asked for again', async t => {
  const months = Array.from({ length: 13 }, (_, index) =>
    new Date(Date.UTC(2026, 9 - index, 5)).toISOString().slice(0, 10),
  );
  const history = months.map((day): Line => ({ day, account: prod, service: 'Amazon EC2', unblended: '1' }));
  const books = await explorerBooks(t, {
    account: { lines: history, oldest: '2025-11-01' },
    config: { history_months: 13 },
  });
  assert.equal((await books.refresh()).error, undefined);
  const starts = books.aws.requests.flatMap(({ operation, input }) =>
    operation === 'GetCostAndUsage' ? [(input.TimePeriod as { Start: string }).Start.slice(0, 7)] : [],
  );
  assert.deepEqual([...new Set(starts)], ['2026-11', ...months.map(day => day.slice(0, 7))]);
  assert.deepEqual(await books.rows('SELECT count(DISTINCT charge_day) FROM charges'), ['12']);
  const before = books.aws.requests.length;
  await books.refresh();
  assert.ok(!books.aws.requests.slice(before).some(({ input }) => JSON.stringify(input).includes('2025-10')));
});

test('as reconciliation its total goes beside the bill and none of it into it', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { role: 'reconciliation' } });
  assert.equal((await books.refresh()).error, undefined);
  assert.deepEqual(books.asked().filter(operation => operation === 'GetCostAndUsage').length, 2);
  assert.deepEqual(await books.rows('SELECT count(*) FROM charges'), ['0']);
  assert.deepEqual(
    await books.rows(
      `SELECT charge_day::VARCHAR, sum(billed), sum(effective) FROM second_charges GROUP BY ALL ORDER BY ALL`,
    ),
    ['2026-10-30 3 3', '2026-11-01 45.35 42.85', '2026-11-02 21.0000000002 3.0000000002', '2026-11-22 7 7'],
  );
  assert.deepEqual(await books.rows('SELECT DISTINCT cube FROM cost_cubes'), ['LINKED_ACCOUNT,SERVICE']);
});

test('rules that begin to read another attribute make it read every month again, once', async t => {
  const books = await explorerBooks(t, { account: { lines } });
  await books.refresh();
  await books.refresh();
  const sums = await books.rows(perDay);
  books.asked();
  const before = (await books.plan()).requests;
  const again = await explorerBooks(t, { account: { lines }, reads: { tags: ['team', 'owner'], attributes: [] } });
  await again.refresh();
  assert.equal((await again.plan()).requests, before, 'a tag that is no key of a cube can be in no charge');
  const other = await explorerBooks(t, { account: { lines }, reads: { tags: [], attributes: ['sub_account'] } });
  await other.refresh();
  assert.deepEqual(await other.rows(perDay), sums);
});

test('a month that another source took over is read again when it comes back', async t => {
  const books = await explorerBooks(t, { account: { lines } });
  await books.refresh();
  const ordinary = (await books.plan()).requests;
  await books.ledger.write(tx => tx.run("UPDATE deliveries SET shape = '' WHERE origin LIKE '%:2026-10'"));
  assert.equal((await books.plan()).requests, 2 * ordinary - 2);
});

test('record types that are in no list count as usage, and are told', async t => {
  const odd = { day: '2026-11-01', account: prod, service: 'Amazon EC2', unblended: '5', recordType: 'Novel Charge' };
  const books = await explorerBooks(t, { account: { lines: [...lines, odd] } });
  assert.equal((await books.refresh()).error, undefined);
  assert.match(books.logged(), /"recordTypes":\["Novel Charge"\],"msg":"unknown record types count as usage"/);
  assert.ok((await books.rows(perDay)).includes(`2026-11-01 ${prod} Amazon EC2 Usage  17 14.5`));
});
