/** The same usage as a Cost and Usage Report of any format and as FOCUS is the same in the ledger. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { focusBill, type UsageLine, usage } from '../vendors/cur.ts';
import { cur2Csv, cur2Parquet, legacyCsv, legacyParquet } from '../vendors/cur-formats.ts';
import { curRefresher, reads, wholeLedger } from './cur-books.ts';
import { type Books, openBooks } from './focus-books.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.join(process.env.PLUMBLINE_CORPUS ?? path.join(root, '../shared/data'), 'cost');

type Write = (books: Books, lines: readonly UsageLine[]) => Promise<string>;
const inParquet =
  (write: (lines: readonly UsageLine[], file: string) => Promise<void>): Write =>
  async (books, lines) => {
    const file = path.join(books.folder, 'reports', 'costs.parquet');
    await mkdir(path.dirname(file), { recursive: true });
    await write(lines, file);
    return file;
  };

const formats: Readonly<Record<string, Write>> = {
  'the legacy CSV': (books, lines) => books.put('reports/costs-1.csv.gz', legacyCsv(lines)),
  'the legacy Parquet': inParquet(legacyParquet),
  'the CSV of CUR 2.0': (books, lines) => books.put('reports/costs-1.csv.gz', cur2Csv(lines)),
  'the Parquet of CUR 2.0': inParquet(cur2Parquet),
};

async function ledgerOfFocus(t: TestContext, lines: readonly UsageLine[]) {
  const books = await openBooks(t);
  const file = await books.put('bills/focus.csv', focusBill(lines));
  assert.deepEqual((await books.refresh({ path: file, reads })).rejected, {});
  return books.all(wholeLedger);
}

for (const [name, write] of Object.entries(formats))
  test(`${name} gives the ledger that the same usage as FOCUS gives`, async t => {
    const lines = usage();
    const books = await openBooks(t);
    const refresh = curRefresher(books);
    const counts = await refresh({ path: await write(books, lines) });
    assert.deepEqual([counts.records, counts.rejected], [lines.length, {}]);
    const ledger = await books.all(wholeLedger);
    assert.deepEqual(ledger, await ledgerOfFocus(t, lines));
    assert.equal(new Set(ledger.map(row => row.charge_category)).size, 5);
    assert.ok(ledger.some(row => row.tags === '{"team":"search","user:team":"search"}'));
  });

test('a period is final when all its lines bear an invoice', async t => {
  const books = await openBooks(t);
  const refresh = curRefresher(books);
  const invoices = () => books.scalar('SELECT arg_max(invoice_ids, learned_at)::INTEGER FROM billing_periods');
  const file = await books.put('reports/costs.csv.gz', legacyCsv(usage()));
  await refresh({ path: file });
  assert.equal(await invoices(), 0);
  await books.put('reports/costs.csv.gz', legacyCsv([...usage({ invoice: '17' }), ...usage().slice(0, 1)]));
  await refresh({ path: file });
  assert.equal(await invoices(), 0, 'one line has none');
  await books.put('reports/costs.csv.gz', legacyCsv(usage({ invoice: '17' })));
  await refresh({ path: file });
  assert.equal(await invoices(), 1);
});

test('costs after discounts are taken where the report has them', async t => {
  const books = await openBooks(t);
  const net = { 'lineItem/NetUnblendedCost': '1.2' };
  const lines = usage().slice(0, 3);
  const [first, , covered] = lines as [UsageLine, UsageLine, UsageLine];
  const file = await books.put(
    'reports/costs.csv.gz',
    legacyCsv([
      { cur: { ...first.cur, ...net }, focus: [] },
      { cur: { ...covered.cur, 'reservation/NetEffectiveCost': '2' }, focus: [] },
    ]),
  );
  await curRefresher(books)({ path: file });
  assert.deepEqual(
    await books.all(
      'SELECT sum(billed)::DOUBLE AS billed, sum(effective)::DOUBLE AS effective, sum(list)::DOUBLE AS list FROM charges GROUP BY charge_day ORDER BY ALL',
    ),
    [
      { billed: 0, effective: 2, list: 3.5 },
      { billed: 1.2, effective: 1.2, list: 2 },
    ],
  );
});

test('a line type that nobody knows is Usage and is noted; a number that is none is refused with its text', async t => {
  const books = await openBooks(t);
  const lines = usage();
  const fee = lines.find(({ cur }) => cur['lineItem/LineItemType'] === 'SavingsPlanRecurringFee')!;
  const file = await books.put(
    'reports/costs.csv.gz',
    legacyCsv([
      { ...lines[0]!, cur: { ...lines[0]!.cur, 'lineItem/LineItemType': 'NewKind' } },
      { ...fee, cur: { ...fee.cur, 'savingsPlan/UsedCommitment': 'n/a' } },
    ]),
  );
  const counts = await curRefresher(books)({ path: file });
  assert.deepEqual([counts.records, counts.rejected], [1, { bad_number: 1, missing_charge_category: 1 }]);
  assert.deepEqual(await books.all('SELECT line::INTEGER AS line, field, value FROM rejects ORDER BY ALL'), [
    { line: 2, field: 'ChargeCategory', value: null },
    { line: 3, field: 'EffectiveCost', value: '7.0 n/a' },
  ]);
});

test('tags that are no JSON cost a line nothing but its tags', async t => {
  const books = await openBooks(t);
  const text =
    'bill_payer_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_unblended_cost,line_item_currency_code,resource_tags,product\n';
  const row = (tags: string, product = '{}') => `1,Usage,2026-10-02T00:00:00Z,1.5,USD,"${tags}","${product}"\n`;
  const file = await books.put(
    'reports/costs.csv',
    `${text}${row('{""user_team"":')}${row('{""user_team"":""a""}')}${row('{}', 'x')}`,
  );
  const counts = await curRefresher(books)({ path: file });
  assert.deepEqual([counts.records, counts.rejected], [3, { bad_tags: 1 }]);
  assert.equal(
    await books.scalar(`SELECT count(*)::INTEGER FROM charge_keys WHERE tags = '{"team":"a","user:team":"a"}'`),
    1,
  );
});

test('tags of all kinds are found by their own names', async t => {
  const books = await openBooks(t);
  const header =
    'bill_payer_account_id,line_item_line_item_type,line_item_usage_start_date,line_item_unblended_cost,line_item_currency_code,tags,cost_category\n';
  const tags = '{""resourceTags/team"":""a"",""accountTag/team"":""b"",""costCategory/team"":""c""}';
  const file = await books.put(
    'reports/costs.csv',
    `${header}1,Usage,2026-10-02T00:00:00Z,1.5,USD,"${tags}","{""team"":""d""}"\n`,
  );
  const { awsCurDialect } = await import('../../../exporters/cost/sources/aws-cur/dialect.ts');
  const projected = awsCurDialect.project(header.trim().split(','), []);
  assert.ok('expressions' in projected);
  const [row] = await books.all(
    `SELECT ${projected.expressions.Tags} AS tags FROM read_csv('${file}', all_varchar = true, header = true,
       names = ['c0', 'c1', 'c2', 'c3', 'c4', 'c5', 'c6'])`,
  );
  assert.deepEqual(JSON.parse(String(row?.tags)), {
    team: 'a',
    'user:team': 'a',
    'resourceTags/team': 'a',
    'accountTag/team': 'b',
    'costCategory/team': 'd',
  });
});

test('a file that is no Cost and Usage Report is refused by the first column that it lacks', async t => {
  const books = await openBooks(t);
  const file = await books.put('reports/focus.csv', focusBill(usage()));
  const counts = await curRefresher(books)({ path: file });
  assert.deepEqual([counts.records, counts.rejected], [0, { file_missing_column: 1 }]);
  assert.equal(
    await books.scalar('SELECT field FROM rejects'),
    'lineItem/LineItemType; its header is one of cost.focus',
  );
});

test('the real legacy report sums in the ledger to what it says, to the last digit', async t => {
  const file = path.join(corpus, 'aws/cur_legacy_anonymous_sample.csv');
  if (!existsSync(file)) return t.skip(`no corpus at ${corpus}`);
  const books = await openBooks(t);
  const counts = await curRefresher(books)({ path: file });
  assert.deepEqual([counts.records, counts.rejected], [1281, {}]);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const money = (column: string, where = 'true') =>
    `sum(CAST("${column}" AS DECIMAL(38, 10))) FILTER (WHERE ${where})::VARCHAR`;
  const result = await connection.runAndReadAll(
    `SELECT left("lineItem/UsageStartDate", 10) AS day, "product/ProductName" AS service,
       "lineItem/LineItemType" AS category, "lineItem/UsageAccountId" AS account,
       ${money('lineItem/UnblendedCost')} AS cost, ${money('pricing/publicOnDemandCost', `"lineItem/LineItemType" = 'Usage'`)} AS list,
       ${money('lineItem/UsageAmount', `"lineItem/LineItemType" = 'Usage'`)} AS quantity, count(*)::INTEGER AS n
     FROM read_csv('${file}', all_varchar = true) GROUP BY ALL ORDER BY ALL`,
  );
  const raw = result.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  const sums = await books.all(
    `SELECT charge_day::VARCHAR AS day, service_name AS service, charge_category AS category, sub_account AS account,
       sum(billed)::VARCHAR AS cost, sum(effective)::VARCHAR AS effective,
       (sum(list) FILTER (WHERE charge_category = 'Usage'))::VARCHAR AS list,
       (sum(quantity) FILTER (WHERE charge_category = 'Usage'))::VARCHAR AS quantity
     FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL ORDER BY ALL`,
  );
  assert.ok(raw.length > 20);
  assert.deepEqual(
    sums,
    raw.map(({ n: _, ...row }) => ({ ...row, effective: row.cost })),
  );
  assert.deepEqual(await books.all('SELECT DISTINCT provider, billing_account FROM charge_keys'), [
    { provider: 'AWS', billing_account: '123412340534' },
  ]);
});
