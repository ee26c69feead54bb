import assert from 'node:assert/strict';
import { appendFileSync, readFileSync, utimesSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { fixtureEnd, makeBill } from '../../fixtures/cost/make-bill.ts';
import { usage } from '../vendors/cur.ts';
import { legacyCsv } from '../vendors/cur-formats.ts';
import { type Books, bill, charge, openBooks } from './focus-books.ts';

const billed = async (books: Books) => books.scalar('SELECT sum(billed)::VARCHAR FROM charges');
const rejects = (books: Books) =>
  books.all('SELECT line, reason, field, value FROM rejects ORDER BY file, line, reason, field');
const whole = makeBill({ end: fixtureEnd });

const broken: readonly (readonly [name: string, reason: string, content: string | Buffer])[] = [
  ['empty.csv', 'empty', ''],
  ['cut.csv.gz', 'truncated_gzip', gzipSync(whole).subarray(0, 9_000)],
  ['no-gzip.csv.gz', 'corrupt_gzip', Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0]), Buffer.alloc(64, 7)])],
  ['quote.csv', 'unbalanced_quotes', whole.slice(0, whole.lastIndexOf('""team""') + 4)],
  ['record.csv', 'truncated_record', bill([charge({ Tags: '' }), charge({ Tags: '' })]).slice(0, -30)],
  ['utf16.csv', 'not_utf8', Buffer.from(`\ufeff${whole}`, 'utf16le')],
  ['archive.csv', 'zip_archive', Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(64, 1)])],
  ['cut.parquet', 'truncated_parquet', Buffer.from('PAR1 and what else')],
  ['column.csv', 'missing_column', bill([charge()]).replace('EffectiveCost', 'x_EffectiveCost')],
  ['currency.csv', 'missing_column', bill([charge()]).replace('BillingCurrency', 'x_Currency')],
  ['twice.csv', 'duplicate_column', bill([charge()]).replace('ListCost', 'Billed_Cost')],
  ['mac.csv', 'bare_carriage_returns', bill([charge()]).replaceAll('\n', '\r')],
  ['all-bad.csv', 'no_readable_rows', bill([charge({ BilledCost: 'abc' })])],
];

for (const [name, reason, content] of broken)
  test(`a file that is ${reason} (${name}) is noted, counted, read when it is whole, and stops no other`, async t => {
    const books = await openBooks(t);
    await books.put(`bills/${name}`, content);
    await books.put('bills/other.csv', bill([charge({ BilledCost: '3' })]));
    const counts = await books.refresh({});
    assert.equal(counts.rejected[`file_${reason}`], 1);
    assert.equal(await billed(books), '3.0000000000');
    assert.deepEqual(await books.all(`SELECT state, reason FROM files WHERE path LIKE '%${name}'`), [
      { state: 'broken', reason },
    ]);
    assert.ok((await rejects(books)).some(row => row.reason === `file_${reason}`));
    assert.equal((await books.refresh({})).batches, 0, 'an unchanged broken file is not looked at again');
    if (!name.endsWith('.csv')) return;
    await books.put(`bills/${name}`, bill([charge({ BilledCost: '4' })]));
    await books.refresh({});
    assert.equal(await billed(books), '7.0000000000');
    assert.deepEqual(await rejects(books), []);
  });

test('a missing column is named', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge()]).replace('EffectiveCost', 'Cost'));
  await books.refresh({});
  assert.deepEqual(await rejects(books), [
    { line: null, reason: 'file_missing_column', field: 'EffectiveCost', value: null },
  ]);
});

test('a bill of another format is told where it belongs', async t => {
  const books = await openBooks(t);
  await books.put('bills/report.csv.gz', legacyCsv(usage()));
  await books.refresh({});
  assert.deepEqual(
    (await rejects(books)).map(({ field }) => field),
    ['BilledCost; its header is one of cost.aws_cur'],
  );
});

test('where no row of a bill can be read, its rows tell why', async t => {
  const books = await openBooks(t);
  const rows = [charge({ BilledCost: 'abc' }), charge({ ChargePeriodStart: 'soon' })];
  const cut = bill([charge()]).split('\n')[1]!.split(',').slice(0, 3).join(',');
  await books.put('bills/a.csv', bill(rows).replace(/\n$/, `\n${cut}\n`));
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { bad_number: 1, bad_date: 1, missing_columns: 1, file_no_readable_rows: 1 });
  assert.deepEqual(await rejects(books), [
    { line: '2', reason: 'bad_number', field: 'BilledCost', value: 'abc' },
    { line: '3', reason: 'bad_date', field: 'ChargePeriodStart', value: 'soon' },
    { line: '4', reason: 'missing_columns', field: null, value: cut },
    { line: null, reason: 'file_no_readable_rows', field: null, value: null },
  ]);
  assert.equal((await books.refresh({})).batches, 0);
});

test('a column that stands twice is named, and one that is not read may', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge()]).replace('ListCost', 'billed cost'));
  await books.put('bills/b.csv', bill([charge({ x_note: '1', X_Other: '2' })]).replace('X_Other', 'x_note'));
  await books.refresh({});
  assert.deepEqual(await rejects(books), [
    { line: null, reason: 'file_duplicate_column', field: 'billed cost', value: null },
  ]);
  assert.equal(await billed(books), '1.5000000000');
});

test('a bill cut in its last field waits, seen; one that nobody has written for an hour needs no newline', async t => {
  const books = await openBooks(t);
  const content = bill([charge({ Tags: '', x_Amount: '12.75' })]);
  const file = await books.put('bills/a.csv', content.slice(0, -4));
  utimesSync(file, new Date(), new Date());
  for (const batches of [1, 0]) {
    const counts = await books.refresh({});
    assert.deepEqual([counts.batches, counts.waiting, counts.rejected], [batches, batches, {}]);
    assert.deepEqual(await books.all('SELECT state, reason FROM files'), [
      { state: 'waiting', reason: 'no_final_newline' },
    ]);
  }
  assert.equal(await books.scalar('SELECT count(*) FROM charges'), '0');
  utimesSync(file, new Date(Date.now() - 3_601_000), new Date(Date.now() - 3_601_000));
  assert.equal((await books.refresh({})).records, 1);
  assert.equal(await books.scalar('SELECT state FROM files'), 'loaded');
});

test('a bill without a currency is read in the default one', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge()]).replace('BillingCurrency', 'x_Currency'));
  await books.refresh({ defaultCurrency: 'EUR' });
  assert.equal(await books.scalar('SELECT currency FROM charge_keys'), 'EUR');
});

test('a growing file waits until two looks agree, then is read whole', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/a.csv', bill([charge()]));
  const touch = () => utimesSync(file, new Date(), new Date());
  touch();
  assert.equal((await books.refresh({ settleSeconds: 600 })).waiting, 1);
  appendFileSync(
    file,
    bill([charge({ BilledCost: '2' })])
      .split('\n')
      .slice(1)
      .join('\n'),
  );
  touch();
  assert.equal((await books.refresh({ settleSeconds: 600 })).waiting, 1);
  assert.equal(await books.scalar('SELECT count(*) FROM charges'), '0');
  assert.equal((await books.refresh({ settleSeconds: 600 })).records, 2);
  assert.equal(await billed(books), '3.5000000000');
});

test('a file that changes while it is read is left for the next refresh', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/a.csv', bill([charge()]));
  let once = true;
  const counts = await books.refresh({
    onProgress: () => {
      if (once)
        appendFileSync(
          file,
          bill([charge({ BilledCost: '2' })])
            .split('\n')
            .slice(1)
            .join('\n'),
        );
      once = false;
    },
  });
  assert.deepEqual([counts.rejected, counts.waiting], [{}, 1]);
  assert.equal(await books.scalar('SELECT count(*) FROM charges'), '0');
  await books.refresh({});
  assert.equal(await billed(books), '3.5000000000');
});

test('a row that cannot be read is kept with line, field and value, and the rest goes on', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([
      charge(),
      charge({ BilledCost: 'n/a' }),
      charge({ ChargePeriodStart: '2026-13-01' }),
      charge({ BillingCurrency: '' }),
      charge({ BilledCost: 'NULL', EffectiveCost: '' }),
      charge({ ListCost: '1,2,3', ContractedCost: 'x' }),
      charge({ BilledCost: '99999999999999999' }),
      charge({ Tags: '{"team":', BilledCost: '10' }),
      charge({ BillingPeriodStart: 'October', BilledCost: '100' }),
    ]).concat('too,few\n'),
  );
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, {
    bad_number: 3,
    bad_date: 1,
    missing_currency: 1,
    missing_cost: 1,
    bad_tags: 1,
    bad_billing_period: 1,
    missing_columns: 1,
  });
  assert.equal(counts.records, 3);
  assert.equal(await billed(books), '111.5000000000');
  const rows = await rejects(books);
  assert.deepEqual(
    rows.filter(row => row.reason === 'missing_columns').map(row => [row.line, row.value]),
    [['11', 'too,few']],
  );
  assert.deepEqual(
    rows
      .filter(row => row.reason !== 'missing_columns')
      .map(row => [row.reason, row.field, row.value])
      .sort(),
    [
      ['bad_billing_period', 'BillingPeriodStart', 'October'],
      ['bad_date', 'ChargePeriodStart', '2026-13-01'],
      ['bad_number', 'BilledCost', '99999999999999999'],
      ['bad_number', 'BilledCost', 'n/a'],
      ['bad_number', 'ContractedCost', 'x'],
      ['bad_number', 'ListCost', '1,2,3'],
      ['bad_tags', 'Tags', '{"team":'],
      ['missing_cost', 'BilledCost', null],
      ['missing_currency', 'BillingCurrency', null],
    ],
  );
});

test('a row that lacks a value is kept, and what it lacks is counted and named', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([
      charge({ BilledCost: '1' }),
      charge({ BilledCost: '10', EffectiveCost: '' }),
      charge({ BilledCost: '(NULL)', EffectiveCost: '5' }),
      charge({ BilledCost: '100', ChargeCategory: '' }),
    ]),
  );
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { missing_billed_cost: 1, missing_charge_category: 1, missing_effective_cost: 1 });
  assert.equal(counts.records, 4);
  assert.equal(await billed(books), '111.0000000000');
  assert.equal(await books.scalar('SELECT sum(effective)::VARCHAR FROM charges'), '7.5000000000');
  assert.deepEqual(await rejects(books), [
    { line: '3', reason: 'missing_effective_cost', field: 'EffectiveCost', value: null },
    { line: '4', reason: 'missing_billed_cost', field: 'BilledCost', value: '(NULL)' },
    { line: '5', reason: 'missing_charge_category', field: 'ChargeCategory', value: null },
  ]);
});

test('a charge category that FOCUS does not have is one word on the page, and each is named', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([
      charge({ BilledCost: '1', ChargeCategory: 'usage' }),
      ...['eu-west-1', 'i-0123', '42'].map(ChargeCategory => charge({ BilledCost: '10', ChargeCategory })),
    ]),
  );
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { bad_charge_category: 3 });
  assert.equal(await billed(books), '31.0000000000');
  assert.deepEqual(
    await books.ledger.read(reader =>
      reader.all('SELECT DISTINCT charge_category FROM charge_keys ORDER BY charge_category'),
    ),
    [{ charge_category: 'Unknown' }, { charge_category: 'Usage' }],
  );
  assert.deepEqual(
    (await rejects(books)).map(({ reason, value }) => [reason, value]),
    [
      ['bad_charge_category', 'eu-west-1'],
      ['bad_charge_category', 'i-0123'],
      ['bad_charge_category', '42'],
    ],
  );
});

test('a bill without a column of charge categories is one of usage, and nothing of it is missing', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge()]).replace('ChargeCategory', 'x_Category'));
  assert.deepEqual((await books.refresh({})).rejected, {});
  assert.equal(await books.scalar('SELECT charge_category FROM charge_keys'), 'Usage');
});

test('a currency that is none and a year that no cloud bills leave a row out, by name', async t => {
  const books = await openBooks(t);
  await books.put(
    'bills/a.csv',
    bill([
      charge({ BilledCost: '1', BillingCurrency: ' usd ' }),
      charge({ BillingCurrency: 'XXXX' }),
      charge({ BillingCurrency: 'US$' }),
      charge({ ChargePeriodStart: '0001-01-01T00:00:00Z' }),
      charge({ ChargePeriodStart: '9999-12-31' }),
      charge({ BilledCost: '10', BillingPeriodStart: '0001-01-01T00:00:00Z' }),
    ]),
  );
  const counts = await books.refresh({});
  assert.deepEqual(counts.rejected, { bad_currency: 2, bad_date: 2, bad_billing_period: 1 });
  assert.equal(counts.records, 2);
  assert.deepEqual(
    await books.all(
      'SELECT currency, billing_period, sum(billed)::VARCHAR AS billed FROM charges JOIN charge_keys USING (key_id) GROUP BY ALL',
    ),
    [{ currency: 'USD', billing_period: '2026-10-01', billed: '11.0000000000' }],
  );
  assert.deepEqual(
    (await rejects(books)).map(row => [row.line, row.reason, row.value]),
    [
      ['3', 'bad_currency', 'XXXX'],
      ['4', 'bad_currency', 'US$'],
      ['5', 'bad_date', '0001-01-01T00:00:00Z'],
      ['6', 'bad_date', '9999-12-31'],
      ['7', 'bad_billing_period', '0001-01-01T00:00:00Z'],
    ],
  );
});

test('a bill of several buffers is read whole, and a bad row far into it is named', async t => {
  const books = await openBooks(t);
  const rows = Array.from({ length: 60_000 }, (_, n) =>
    charge({
      BilledCost: n === 50_000 ? 'n/a' : '1',
      ServiceName: n % 2 === 0 ? '' : 'EC2',
      x_Note: 'of a charge that nobody reads but that takes its place, so that the file is long'.repeat(2),
    }),
  );
  const text = bill(rows);
  assert.ok(text.length > 3 * 4_194_304);
  await books.put('bills/a.csv', text);
  const counts = await books.refresh({});
  assert.deepEqual([counts.records, counts.rejected], [59_999, { bad_number: 1 }]);
  assert.equal(await billed(books), '59999.0000000000');
  assert.deepEqual(await rejects(books), [{ line: '50002', reason: 'bad_number', field: 'BilledCost', value: 'n/a' }]);
});

test('a bad value far into a file is found with its line', async t => {
  const books = await openBooks(t);
  const rows = Array.from({ length: 5_000 }, (_, n) => charge({ BilledCost: n === 4_321 ? 'zwölf' : '1' }));
  await books.put('bills/a.csv', bill(rows));
  await books.refresh({});
  assert.deepEqual(await rejects(books), [{ line: '4323', reason: 'bad_number', field: 'BilledCost', value: 'zwölf' }]);
});

for (const newline of ['\n', '\r\n'])
  test(`rejects name their line behind blank, ragged and many-line rows (${JSON.stringify(newline)})`, async t => {
    const books = await openBooks(t);
    const lines = [
      'BilledCost,EffectiveCost,BillingCurrency,ChargePeriodStart,ServiceName',
      '1,1,USD,2026-10-05,"two',
      'lines"',
      '',
      'n/a,1,USD,2026-10-05,fifth',
      '',
      '',
      'eighth,too short',
      '"3","1",USD,2026-10-05,"""quoted',
      '',
      '"""',
      '1,1,USD,October,twelfth',
      '1,1,USD,2026-10-05,thirteenth,too long',
      '1,1,,2026-10-05,fourteenth',
    ];
    const text = lines.join(newline).concat(newline);
    for (const [name, content] of [
      ['a.csv', `\ufeff${text}`],
      ['b.csv.gz', gzipSync(text.replace('"two', '"deux'))],
    ] as const) {
      await books.put(`bills/${name}`, content);
      await books.refresh({});
      assert.deepEqual(
        await books.all(`SELECT line, reason, value FROM rejects WHERE file LIKE '%${name}' ORDER BY rejects.line`),
        [
          { line: '5', reason: 'bad_number', value: 'n/a' },
          { line: '8', reason: 'missing_columns', value: 'eighth,too short' },
          { line: '12', reason: 'bad_date', value: 'October' },
          { line: '13', reason: 'too_many_columns', value: '1,1,USD,2026-10-05,thirteenth,too long' },
          { line: '14', reason: 'missing_currency', value: null },
        ],
      );
    }
  });

test('the line of a bad row far into a file with many-line cells is the file’s own', async t => {
  const books = await openBooks(t);
  const rows = Array.from({ length: 20_000 }, (_, n) =>
    charge({ BilledCost: n === 19_000 ? 'zwölf' : '1', ServiceName: n % 3 === 0 ? 'a\nb' : 'c' }),
  );
  const text = bill(rows).split('\n');
  const middle = text.findIndex((line, index) => index > 15_000 && line.startsWith('1,'));
  text.splice(middle, 0, '', 'too,few');
  await books.put('bills/a.csv', text.join('\n'));
  await books.refresh({});
  const line = (of: string) => String(text.findIndex(other => other.startsWith(of)) + 1);
  assert.deepEqual(await books.all('SELECT line, value FROM rejects ORDER BY rejects.line'), [
    { line: line('too,few'), value: 'too,few' },
    { line: line('zwölf'), value: 'zwölf' },
  ]);
});

test('a reject of a Parquet file names its record', async t => {
  const books = await openBooks(t);
  const file = await books.put('bills/a.parquet', '');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT CASE range WHEN 250000 THEN 'n/a' ELSE '1' END AS "BilledCost", 1 AS "EffectiveCost",
    'USD' AS "BillingCurrency", DATE '2026-10-01' AS "ChargePeriodStart" FROM range(300000) ORDER BY range)
    TO '${file}' (FORMAT parquet, ROW_GROUP_SIZE 4096)`);
  connection.closeSync();
  await books.refresh({});
  assert.deepEqual(await rejects(books), [{ line: '250001', reason: 'bad_number', field: 'BilledCost', value: 'n/a' }]);
});

test('a row that is not UTF-8 is counted, the rest of the file is read', async t => {
  const books = await openBooks(t);
  const text = bill([charge({ ServiceName: 'caf\u00e9' }), charge({ BilledCost: '2' })]);
  await books.put('bills/a.csv', Buffer.from(text, 'latin1'));
  assert.deepEqual((await books.refresh({})).rejected, { invalid_encoding: 1 });
  assert.equal(await billed(books), '2.0000000000');
});

test('a Parquet file cut in the middle is broken, and stops no other', async t => {
  const books = await openBooks(t);
  const file = path.join(books.folder, 'whole.parquet');
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`COPY (SELECT 1.5 AS "BilledCost", 1 AS "EffectiveCost", 'USD' AS "BillingCurrency",
    DATE '2026-10-01' + range::INTEGER AS "ChargePeriodStart" FROM range(1000)) TO '${file}' (FORMAT parquet)`);
  connection.closeSync();
  const bytes = readFileSync(file);
  const cut = Buffer.concat([bytes.subarray(0, 300), bytes.subarray(600)]);
  await books.put('bills/a.parquet', cut);
  await books.put('bills/b.parquet', bytes);
  const counts = await books.refresh({});
  assert.equal(await billed(books), '1500.0000000000');
  assert.deepEqual(counts.rejected, { file_truncated_parquet: 1 });
});

test('no file at all is an error that names the path', async t => {
  const books = await openBooks(t);
  await assert.rejects(books.refresh({ path: path.join(books.folder, 'nowhere') }), {
    code: 'BILL_NOT_FOUND',
    message: /nowhere/,
  });
});

test('a bill is read where there are no rules at all', async t => {
  const books = await openBooks(t);
  await books.put('bills/a.csv', bill([charge()]));
  await books.refresh({ reads: { tags: [], attributes: [] } });
  assert.equal(await books.scalar('SELECT attributes::VARCHAR FROM owner_keys'), '{}');
  assert.equal(await billed(books), '1.5000000000');
});
