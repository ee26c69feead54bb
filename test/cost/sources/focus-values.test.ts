import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { fixtureEnd, makeBill } from '../../fixtures/cost/make-bill.ts';
import { type Books, bill, charge, ledgerSums, openBooks } from './focus-books.ts';

const sums = (books: Books) =>
  books.all('SELECT sum(billed)::VARCHAR AS billed, sum(effective)::VARCHAR AS effective FROM charges');

test('a header in another order and another case is read by name', async t => {
  const [books, shuffled] = [await openBooks(t), await openBooks(t)];
  const rows = [charge(), charge({ BilledCost: '7', ServiceName: 'S3' })];
  const turned = rows.map(row =>
    Object.fromEntries(
      Object.entries(row)
        .reverse()
        .map(([name, value]) => [name.toUpperCase(), value]),
    ),
  );
  await books.put('bills/a.csv', bill(rows));
  await shuffled.put('bills/a.csv', bill(turned));
  await books.refresh({});
  await shuffled.refresh({});
  assert.deepEqual(await shuffled.all(ledgerSums), await books.all(ledgerSums));
  assert.equal((await books.all(ledgerSums)).length, 2);
});

test('a BOM, semicolons and German decimals', async t => {
  const books = await openBooks(t);
  const rows = [
    charge({ ContractedCost: '1', BilledCost: '1.234,56', EffectiveCost: '0,5', ChargePeriodStart: '05.10.2026' }),
    // Alone these two could be read either way: the file's other numbers tell.
    charge({ ContractedCost: '1', BilledCost: '1.234', EffectiveCost: '2,125', ChargePeriodStart: '05.10.2026' }),
  ];
  await books.put('bills/a.csv', `\ufeff${bill(rows, ';')}`);
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.deepEqual(await sums(books), [{ billed: '2468.5600000000', effective: '2.6250000000' }]);
});

test('an ambiguous number in a file that uses both decimal signs is rejected, not guessed', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([charge({ BilledCost: '0,5' }), charge({ BilledCost: '1,234' }), charge({ BilledCost: '2.75' })]),
  );
  assert.deepEqual((await books.refresh({})).rejected, { bad_number: 1 });
  assert.deepEqual((await sums(books))[0]?.billed, '3.2500000000');
});

test('a quantity too large for 64 bits is summed with the others', async t => {
  const books = await openBooks(t);
  const quantities = ['1', '500000000000.25', '0.5', 'NULL', '99999999.9999999999'];
  await books.put('bills/a.csv', bill(quantities.map(ConsumedQuantity => charge({ ConsumedQuantity }))));
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.equal(
    await books.scalar('SELECT sum(quantity) = 500100000001.7499999999::DECIMAL(38, 10) FROM charges'),
    true,
  );
});

test('a NaN of a Parquet file is no cost', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/a.parquet', '');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT 2::DOUBLE AS "BilledCost", 'nan'::DOUBLE AS "EffectiveCost", 'nan'::DOUBLE AS "ListCost",
    'USD' AS "BillingCurrency", DATE '2026-10-01' AS "ChargePeriodStart") TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  assert.deepEqual((await books.refresh({})).rejected, { missing_effective_cost: 1 });
  assert.deepEqual(await sums(books), [{ billed: '2.0000000000', effective: '0.0000000000' }]);
});

test('a comma in a quantity alone asks what the file means by commas', async t => {
  const books = await openBooks(t);
  const whole = { BilledCost: '1', EffectiveCost: '1', ContractedCost: '1' };
  await books.put(
    'bills/a.csv',
    bill([charge({ ...whole, ConsumedQuantity: '1,234' }), charge({ ...whole, ConsumedQuantity: '0,5' })]),
  );
  await books.refresh({});
  assert.equal(await books.scalar('SELECT sum(quantity) = 1.734 FROM charges'), true);
});

test('the sign that separates texts in the reader is a blank where a bill holds it', async t => {
  const books = await openBooks(t);
  const rows = [charge({ ServiceName: 'Object\u001fstore', BilledCost: '7' }), charge({ BilledCost: '1' })];
  await books.put('bills/a.csv', bill(rows));
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.deepEqual(
    await books.all(
      `SELECT service_name, billing_account, sum(billed)::VARCHAR AS billed
       FROM charges JOIN charge_keys USING (key_id) WHERE service_name LIKE 'Object%' GROUP BY ALL`,
    ),
    [{ service_name: 'Object store', billing_account: '1', billed: '7.0000000000' }],
  );
  assert.deepEqual((await sums(books))[0]?.billed, '8.0000000000');
});

const numbers: readonly (readonly [written: string, billed: string])[] = [
  ['"$1,000.00 "', '1000'],
  ['1,234,567.89', '1234567.89'],
  ['1,234', '1234'],
  ['1.5E-7', '0.00000015'],
  ['1e-10', '0.0000000001'],
  ['(12.5)', '-12.5'],
  ['0.1234567890499999999999999999999999999999999', '0.123456789'],
  ['12345678901234.5', '12345678901234.5'],
  ['+.5', '0.5'],
  ['1 234,50', '1234.5'],
  ['1_000', '1000'],
  ['$5', '5'],
  ['null', '0'],
  [' null', '0'],
  ['(NULL)', '0'],
  ['NaN', '0'],
  ['(null)', '0'],
  ['\\N', '0'],
  ['None', '0'],
];
for (const [written, expected] of numbers)
  test(`the number ${written} is ${expected}`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', bill([charge({ BilledCost: written })]));
    await books.refresh({});
    assert.equal(await books.scalar(`SELECT sum(billed) = ${expected}::DECIMAL(38, 10) FROM charges`), true);
  });

const times: readonly (readonly [written: string, day: string])[] = [
  ['2026-10-05 23:00:00', '2026-10-05'],
  ['2026-10-05T23:00:00Z', '2026-10-05'],
  ['2026-10-05T23:00Z', '2026-10-05'],
  ['2026-10-05T23:30:00-02:00', '2026-10-06'],
  ['2026-10-05T00:30:00+0200', '2026-10-04'],
  ['2026-10-05T23:59:59.999999999Z', '2026-10-05'],
  ['2026-10-05 23:00:00 UTC', '2026-10-05'],
  ['2026-10-05T00:30+02', '2026-10-04'],
  ['2026-10-05', '2026-10-05'],
  ['10/5/2026', '2026-10-05'],
  ['10/5/26', '2026-10-05'],
  ['20261005', '2026-10-05'],
  ['10/05/2026 23:00', '2026-10-05'],
];
for (const [written, day] of times)
  test(`the charge period ${written} starts on ${day}`, async t => {
    const books = await openBooks(t);
    await books.put('bills/a.csv', bill([charge({ ChargePeriodStart: written })]));
    await books.refresh({});
    assert.deepEqual(await books.all('SELECT charge_day, occurred_at::DATE - 1 = charge_day AS ends FROM charges'), [
      { charge_day: day, ends: true },
    ]);
  });

test('the tags that rules read are kept in lower case and sorted, whatever else a row carries', async t => {
  const books = await openBooks(t);
  const tags = [
    '{"Env":"prod","TEAM":"search","other":"x"}',
    '{"team": "a, \\"b\\": c", "note":"ü"}',
    '"team": "bare","env": "dev"',
    '{"team":"","env":null}',
    '{"team":5}',
    '{}',
    'NULL',
  ];
  await books.put('bills/a.csv', bill(tags.map((text, n) => charge({ Tags: text, ServiceName: String(n) }))));
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.deepEqual(
    (await books.all('SELECT tags, tagging FROM charge_keys ORDER BY service_name')).map(row => [
      row.tags,
      row.tagging,
    ]),
    [
      ['{"env":"prod","team":"search"}', 'tagged'],
      ['{"team":"a, \\"b\\": c"}', 'tagged'],
      ['{"env":"dev","team":"bare"}', 'tagged'],
      ['{}', 'untagged'],
      ['{"team":"5"}', 'tagged'],
      ['{}', 'untagged'],
      ['{}', 'untagged'],
    ],
  );
});

test('an owner key stands for what rules read, and nothing else splits it', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([charge(), charge({ ServiceName: 'S3', Tags: '{"team":"search","x":"1"}', SubAccountId: 'NULL' })]),
  );
  await books.refresh({});
  assert.deepEqual(await books.all('SELECT attributes FROM owner_keys'), [
    { attributes: '{"provider":"AWS","tags":{"team":"search"}}' },
  ]);
  assert.equal(await books.scalar('SELECT count(*) FROM charge_keys JOIN owner_keys USING (owner_key)'), '2');
});

test('the resource is part of the grain only where a rule reads it', async t => {
  const rows = bill([charge(), charge({ ResourceId: 'i-2' })]);
  const [books, byResource] = [await openBooks(t), await openBooks(t)];
  await books.put('bills/a.csv', rows);
  await books.refresh({});
  await byResource.put('bills/a.csv', rows);
  await byResource.refresh({ reads: { tags: [], attributes: ['resource'] } });
  assert.equal(await books.scalar('SELECT count(*) FROM charge_keys'), '1');
  assert.deepEqual(
    (await byResource.all('SELECT attributes FROM owner_keys ORDER BY 1')).map(row => row.attributes),
    ['{"resource":"i-1"}', '{"resource":"i-2"}'],
  );
});

test('Parquet types of any kind give the same values as text', async t => {
  const books = await openBooks(t);
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await books.put('bills/a/x.csv', '');
  await connection.run(
    `COPY (SELECT 0.1::DOUBLE AS "BilledCost", 123456789.1::DOUBLE AS "EffectiveCost", 2 AS "ListCost",
       1.12345678901234567::DECIMAL(38, 17) AS "ContractedCost", 'USD' AS "BillingCurrency", 'NULL' AS "InvoiceId",
       '' AS "ServiceProviderName", '(null)' AS "HostProviderName", 'Issuer' AS "InvoiceIssuerName",
       make_timestamp(1759705200000000)::TIMESTAMP AS "BillingPeriodStart",
       make_timestamp(1759705200000000)::TIMESTAMPTZ AS "ChargePeriodStart", 'Usage' AS "ChargeCategory",
       MAP {'Team': 'search', 'x': 'y'} AS "Tags")
     TO '${path.join(books.folder, 'bills', 'a.parquet')}' (FORMAT parquet)`,
  );
  connection.closeSync();
  await books.refresh({ path: path.join(books.folder, 'bills', 'a.parquet') });
  assert.deepEqual(
    await books.all(
      `SELECT provider, tags, charge_day, billing_period, billed, effective, list, contracted
       FROM charges JOIN charge_keys USING (key_id)`,
    ),
    [
      {
        provider: 'Issuer',
        tags: '{"team":"search"}',
        charge_day: '2025-10-05',
        billing_period: '2025-10-05',
        billed: '0.1000000000',
        effective: '123456789.1000000000',
        list: '2.0000000000',
        contracted: '1.1234567890',
      },
    ],
  );
});

test('files with different headers make one delivery', async t => {
  const books = await openBooks(t);
  const [header, ...lines] = makeBill({ end: fixtureEnd }).trimEnd().split('\n');
  await books.put('bills/m/a.csv', `${[header, ...lines.slice(0, 100)].join('\n')}\n`);
  await books.put('bills/m/b.csv', `${[`x_New,${header}`, ...lines.slice(100).map(line => `,${line}`)].join('\n')}\n`);
  const counts = await books.refresh({});
  assert.deepEqual([counts.batches, counts.records, counts.rejected], [1, 273, {}]);
});
