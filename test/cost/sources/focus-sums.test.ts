import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { fixtureEnd, makeBill } from '../../fixtures/cost/make-bill.ts';
import { ledgerSums, openBooks } from './focus-books.ts';

const root = path.resolve(import.meta.dirname, '../../..');
const corpus = path.join(process.env.PLUMBLINE_CORPUS ?? path.join(root, '../shared/data'), 'cost');
const fixture = path.join(root, 'test/fixtures/cost/focus-bill.csv');

/** What the bill says by DuckDB's own reading of the raw file, sharing no SQL with the source. */
async function rawSums(from: string): Promise<unknown[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const money = (column: string) =>
    `sum(coalesce(CAST(replace(nullif(${column}::VARCHAR, 'NULL'), ',', '') AS DECIMAL(38, 10)), 0))::VARCHAR`;
  const result = await connection.runAndReadAll(
    `SELECT strftime(CAST(left(ChargePeriodStart::VARCHAR, 10) AS DATE), '%Y-%m-%d') AS day, ServiceName AS service,
       ChargeCategory AS category, BillingCurrency AS currency, ${money('BilledCost')} AS billed,
       ${money('EffectiveCost')} AS effective, ${money('ListCost')} AS list, ${money('ContractedCost')} AS contracted,
       ${money('ConsumedQuantity')} AS quantity
     FROM ${from} GROUP BY ALL ORDER BY ALL`,
  );
  const rows = result.getRowObjectsJson();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

const bills = [
  { name: 'the fixture bill', file: fixture, rows: 273 },
  { name: 'the FOCUS 1.0 sample', file: path.join(corpus, 'focus-official/focus_1_0_sample_1000.csv'), rows: 1000 },
  {
    name: 'the FOCUS 1.2 bill of AWS',
    file: path.join(corpus, 'focus-generated/focus_1_2_cost_and_usage_aws.csv'),
    rows: 5000,
  },
  {
    name: 'the FOCUS 1.2 bill of Azure',
    file: path.join(corpus, 'focus-generated/focus_1_2_cost_and_usage_azure.csv'),
    rows: 5000,
  },
  {
    name: 'the FOCUS 1.4 Parquet',
    file: path.join(corpus, 'focus-generated/synthetic_focus_1_4_cost_and_usage.parquet'),
    rows: 6000,
  },
];

for (const { name, file, rows } of bills)
  test(`${name} sums in the ledger to what it says, to the last digit`, async t => {
    if (!existsSync(file)) return t.skip(`no corpus at ${corpus}`);
    const books = await openBooks(t);
    const counts = await books.refresh({ path: file });
    assert.deepEqual({ records: counts.records, rejected: counts.rejected }, { records: rows, rejected: {} });
    const raw = file.endsWith('.parquet') ? `read_parquet('${file}')` : `read_csv('${file}', all_varchar = true)`;
    const expected = await rawSums(raw);
    assert.ok(expected.length > 20);
    assert.deepEqual(await books.all(ledgerSums), expected);
  });

test('the fixture bill is what its generator writes', () => {
  assert.equal(readFileSync(fixture, 'utf8'), makeBill({ end: fixtureEnd }));
});

test('the fixture bill holds each of the hard cases', async t => {
  const books = await openBooks(t);
  await books.refresh({ path: fixture });
  const count = async (where: string) =>
    Number(await books.scalar(`SELECT count(*) FROM charges JOIN charge_keys USING (key_id) WHERE ${where}`));
  for (const where of [
    "commitment_status = 'Used'",
    "commitment_status = 'Unused'",
    "charge_category = 'Purchase' AND billed > 0 AND effective = 0",
    "charge_category = 'Tax'",
    "charge_category = 'Credit' AND billed < 0",
    "charge_category = 'Adjustment' AND billed < 0",
    "charge_class = 'Correction' AND date_trunc('month', charge_day) < billing_period",
    "currency = 'EUR'",
    'billed = 1000000000.0000000001 AND list = 1234567890.12',
    'billed = 0.0000000001',
    "tagging = 'untagged'",
    "tagging = 'untaggable'",
  ])
    assert.ok((await count(where)) > 0, where);
  const teams = await books.all(
    `SELECT DISTINCT coalesce(tags ->> 'team', tags ->> 'user:team', tags ->> 'owner') AS team FROM charge_keys
     WHERE tagging = 'tagged' ORDER BY team`,
  );
  assert.deepEqual(
    teams.map(row => row.team),
    ['checkout', 'data', 'identity', 'ml', 'mobile', 'payments', 'platform', 'search'],
  );
});

test('a gzipped bill gives what the plain one gives, under a name with glob characters', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/focus [2026]*.csv.gz', gzipSync(readFileSync(fixture)));
  await books.refresh({ path: file });
  assert.deepEqual(await books.all(ledgerSums), await rawSums(`read_csv('${fixture}', all_varchar = true)`));
});
