/** What the requests of Cost Explorer cost: said before, counted as they are sent, held under the cap over restarts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costExplorerSchema } from '../../../exporters/cost/sources/cost-explorer/config.ts';
import type { Line } from '../vendors/aws.ts';
import { explorerBooks, payer } from './explorer-books.ts';

const days = Array.from({ length: 14 }, (_, index) =>
  new Date(Date.UTC(2026, 10 - index, 5)).toISOString().slice(0, 10),
);
const lines = days.flatMap((day): Line[] => [
  { day, account: '100000000002', service: 'Amazon EC2', unblended: '10' },
  { day, account: '100000000002', service: 'Tax', unblended: '1', recordType: 'Tax' },
]);

test('the plan tells requests and money of the next refresh, of the backfill and of an ordinary day', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { history_months: 13 } });
  const first = await books.plan();
  assert.equal(first.requests, 14 * 7 + 2);
  assert.equal(first.usd, '1.00');
  assert.match(
    first.text,
    /at most 100 paid requests, 1\.00 USD with a backfill of 13 months \(91 paid requests, 0\.91 USD\)/,
  );
  assert.match(first.text, /an ordinary day at most 32 paid requests, 0\.32 USD/);
  assert.match(first.text, /charge_categories: false takes 1 instead of 7/);
  assert.equal((await books.refresh()).error, undefined);
  assert.ok(books.asked().filter(operation => operation !== 'DescribeBudgets').length <= first.requests);
  const next = await books.plan();
  assert.equal(next.requests, 7 + 2, 'all other months are final');
  assert.doesNotMatch(next.text, /backfill/);
});

test('a month that took many pages is planned with as many', async t => {
  const many = Array.from({ length: 40 }, (_, index): Line => {
    const service = `service ${String(index).padStart(2, '0')}`;
    return { day: '2026-11-05', account: '100000000002', service, unblended: '1' };
  });
  const config = { history_months: 0, forecast: false, anomalies: false, budgets: false };
  const books = await explorerBooks(t, { account: { lines: many, pageSize: 4 }, config });
  assert.equal((await books.plan()).requests, 7);
  await books.refresh();
  assert.equal(books.asked().length, 1 + 10);
  assert.equal((await books.plan()).requests, 11);
});

test('a plan above the cap is refused before anything is asked, with what to change', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { every: 3600, max_daily_cost: '2' } });
  await assert.rejects(books.plan(), /384 paid requests a day for 3\.84 USD, above max_daily_cost 2 USD/);
  assert.match((await books.refresh()).error ?? '', /COST_EXPLORER_PLAN_OVER_CAP.*raise every/);
  assert.deepEqual(books.asked(), []);
});

test('a backfill stops where the day has no money left for its ordinary refreshes, and goes on tomorrow', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { history_months: 13, max_daily_cost: '0.40' } });
  const months = async () =>
    (await books.rows('SELECT count(DISTINCT charge_day) FROM cost_cubes')).map(Number)[0] ?? 0;
  const spent = async (day: string) =>
    (await books.rows(`SELECT count(*) FROM vendor_requests WHERE requested_at::DATE = '${day}'`)).map(Number)[0] ?? 0;
  assert.match((await books.plan()).text, /spread over \d+ days/);
  assert.equal((await books.refresh()).error, undefined);
  const first = await months();
  assert.ok(first > 1 && first < 14, `${first} months`);
  assert.ok((await spent('2026-11-23')) <= 40 - 16);
  assert.match(books.logged(), /the backfill goes on when max_daily_cost allows it/);
  let refreshes = 0;
  while ((await months()) < 14 && refreshes++ < 10) {
    books.clock.now = new Date(books.clock.now.getTime() + 43_200_000);
    assert.equal((await books.refresh()).error, undefined);
  }
  assert.equal(await months(), 14);
  for (const day of ['2026-11-23', '2026-11-24', '2026-11-25']) assert.ok((await spent(day)) <= 40, day);
});

test('restarts do not overspend: what was spent today is known, and a request too many is not sent', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { history_months: 0, max_daily_cost: '0.32' } });
  let failed: string | undefined;
  for (let restart = 0; restart < 20 && failed === undefined; restart++) failed = (await books.refresh()).error;
  assert.match(failed ?? '', /has sent the 32 paid requests of today \(UTC\).*COST_EXPLORER_OVER_CAP/);
  assert.equal(books.asked().filter(operation => operation !== 'DescribeBudgets').length, 32);
  books.clock.now = new Date('2026-11-24T00:10:00Z');
  books.aws.account.today = '2026-11-24';
  assert.equal((await books.refresh()).error, undefined, 'a new day has its own money');
});

test('a failed refresh is tried again early only while the ordinary ones of the day stay paid for', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { history_months: 0, max_daily_cost: '0.32' } });
  // A retry is planned with 9 requests, and at 06:00 one ordinary refresh of 16 at most is still to come.
  const left: [number, boolean][] = [];
  for (let count = 0; count < 3; count++) {
    await books.refresh();
    const paid = books.aws.requests.filter(({ operation }) => operation !== 'DescribeBudgets').length;
    left.push([32 - paid, await books.mayRetry()]);
  }
  assert.deepEqual(left, [
    [27, true],
    [22, false],
    [17, false],
  ]);
});

test('a month that another source brings is not paid for', async t => {
  const books = await explorerBooks(t, { account: { lines }, config: { forecast: false, anomalies: false } });
  await books.ledger.write(async tx => {
    await tx.run("INSERT INTO cost_sources VALUES ('cur', 'authoritative')");
    await tx.run(
      `INSERT INTO authorities VALUES ('AWS', '${payer}', '2026-11-01', 'cur', '2026-11-20'),
         ('AWS', '${payer}', '2026-10-01', 'old', '2026-11-20')`,
    );
  });
  assert.match((await books.refresh()).error ?? '', /2026-11.*the source cur brings.*AUTHORITY_CONFLICT/);
  assert.deepEqual(books.asked(), ['DescribeBudgets', ...Array.from({ length: 3 }, () => 'GetCostAndUsage')]);
  assert.deepEqual(await books.rows('SELECT DISTINCT charge_day::VARCHAR FROM charges'), ['2026-10-05']);
});

test('a configuration that can not work is refused', () => {
  const refused = (more: Readonly<Record<string, unknown>>) => {
    const parsed = costExplorerSchema.safeParse({ billing_account: payer, ...more });
    return parsed.success ? [] : parsed.error.issues.map(issue => issue.message);
  };
  assert.deepEqual(refused({}), []);
  assert.match(refused({ billing_account: 123 }).join(), /in quotes/);
  assert.match(refused({ billing_account: '123' }).join(), /12 digits/);
  assert.match(refused({ cubes: [['SERVICE', 'REGION', 'LINKED_ACCOUNT']] }).join(), /2/);
  assert.match(refused({ cubes: [['SERVICE', 'SERVICE']] }).join(), /two different keys/);
  assert.match(refused({ cubes: [['SERVICE'], ['SERVICE']] }).join(), /each cube once/);
  assert.match(refused({ cubes: [['COLOUR']] }).join(), /expected a dimension/);
  assert.match(refused({ cubes: [['INSTANCE_TYPE']] }).join(), /first cube, which makes the charges/);
  assert.deepEqual(refused({ cubes: [['INSTANCE_TYPE']], role: 'reconciliation' }), []);
  assert.match(refused({ access_key_id: 'AKIA' }).join(), /together/);
  assert.match(refused({ access_key_id: 'AKIA', secret_access_key: 'x', profile: 'p' }).join(), /either/);
});
