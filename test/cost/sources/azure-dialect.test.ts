import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { DuckDBInstance } from '@duckdb/node-api';
import { readCsvHeader } from '../../../exporters/core/csv.ts';
import { exportColumns } from '../../../exporters/cost/sources/azure-exports/columns.ts';
import { type AzureExportOptions, azureExportDialect } from '../../../exporters/cost/sources/azure-exports/dialect.ts';

type Row = Readonly<Record<string, string | null>>;

const actual: AzureExportOptions = { cost: 'actual', billingAccount: undefined };
const amortized: AzureExportOptions = { cost: 'amortized', billingAccount: undefined };

async function sql(query: string): Promise<Row[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    return (await (await connection.runAndReadAll(query)).getRowObjectsJson()) as Row[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** A file's rows as the dialect projects them. */
async function projected(file: string, options: AzureExportOptions): Promise<Row[]> {
  const header = readCsvHeader(readFileSync(file));
  assert.ok(typeof header !== 'string', String(header));
  const projection = azureExportDialect(options).project(
    header.columns,
    header.columns.map(() => 'VARCHAR'),
  );
  assert.ok('expressions' in projection, JSON.stringify(projection));
  const select = Object.entries(projection.expressions).map(([name, expression]) => `${expression} AS ${name}`);
  const columns = header.columns.map((_, index) => `'c${index}': 'VARCHAR'`);
  return sql(`SELECT ${select.join(', ')} FROM read_csv('${file}', auto_detect = false, header = true,
    columns = {${columns.join(', ')}}, delim = '${header.delimiter}', quote = '"', escape = '"')`);
}

function written(t: TestContext, text: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-export-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'part_0_0001.csv');
  writeFileSync(file, text);
  return file;
}

/** A small export: each argument is a row's charge type, pricing model, commitment and cost. */
const small = (...rows: readonly (readonly [type: string, model: string, commitment: string, cost: string])[]) =>
  [
    'BillingAccountId,SubscriptionId,Date,MeterCategory,ServiceFamily,CostInBillingCurrency,BillingCurrencyCode,ChargeType,PricingModel,benefitId',
  ]
    .concat(
      rows.map(
        ([type, model, commitment, cost]) =>
          `77,s1,10/2/2026,Virtual Machines,Compute,${cost},EUR,${type},${model},${commitment}`,
      ),
    )
    .join('\r\n')
    .concat('\r\n');

const pick = (rows: readonly Row[], ...names: readonly string[]) => rows.map(row => names.map(name => row[name]));

describe('charge types', () => {
  const rows = [
    ['Usage', 'OnDemand', '', '1'],
    ['Usage', 'Spot', '', '2'],
    ['Usage', 'Reservation', '/r/1', '3'],
    ['Usage', 'SavingsPlan', '/s/1', '4'],
    ['UnusedReservation', 'Reservation', '/r/1', '5'],
    ['UnusedSavingsPlan', 'SavingsPlan', '/s/1', '6'],
    ['Purchase', 'Reservation', '/r/1', '7'],
    ['Refund', 'Reservation', '/r/1', '-8'],
    ['Tax', 'OnDemand', '', '9'],
    ['RoundingAdjustment', '', '', '0.01'],
  ] as const;

  test('become the categories and the commitment status that FOCUS has for them', async t => {
    const found = await projected(written(t, small(...rows)), actual);
    assert.deepEqual(pick(found, 'ChargeCategory', 'CommitmentDiscountStatus', 'CommitmentDiscountId'), [
      ['Usage', null, null],
      ['Usage', null, null],
      ['Usage', 'Used', '/r/1'],
      ['Usage', 'Used', '/s/1'],
      ['Usage', 'Unused', '/r/1'],
      ['Usage', 'Unused', '/s/1'],
      ['Purchase', null, '/r/1'],
      ['Adjustment', null, '/r/1'],
      ['Tax', null, null],
      ['Adjustment', null, null],
    ]);
  });

  test('of an actual export are billed, of an amortized one effective, and what a commitment covers is billed by its purchase', async t => {
    const file = written(t, small(...rows));
    const costs = rows.map(([, , , cost]) => cost);
    assert.deepEqual(pick(await projected(file, actual), 'BilledCost').flat(), costs);
    const found = await projected(file, amortized);
    assert.deepEqual(pick(found, 'EffectiveCost').flat(), costs);
    assert.deepEqual(pick(found, 'BilledCost').flat(), ['1', '2', '0', '0', '0', '0', '7', '-8', '9', '0.01']);
  });
});

describe('columns', () => {
  test('are found by German and camel-case names, with blanks and a byte order mark', () => {
    const names = [
      '\uFEFFsubscriptionId',
      'Ressourcengruppe (ResourceGroup)',
      'Maßeinheit (UnitOfMeasure)',
      'Kosten in Abrechnungswährung',
      'Datum',
      'Abrechnungswährung',
      'tags',
    ];
    const { subscription, unit, cost, day, currency, tags } = exportColumns(names);
    assert.deepEqual([subscription, unit, cost, day, currency, tags], [[0], [2], [3], [4], [5], [6]]);
  });

  test('that are missing are named: no cost, no day', () => {
    const project = (names: string[]) =>
      azureExportDialect(actual).project(
        names,
        names.map(() => 'VARCHAR'),
      );
    assert.deepEqual(project(['Date', 'BillingCurrency']), { missing: 'CostInBillingCurrency' });
    assert.deepEqual(project(['Cost', 'BillingCurrency']), { missing: 'Date' });
  });

  test('of Parquet keep their values: decimals, instants and maps as text', async () => {
    const names = ['Cost', 'Date', 'Tags', 'BillingCurrency', 'Quantity'];
    const types = ['DECIMAL(38,18)', 'TIMESTAMP WITH TIME ZONE', 'MAP(VARCHAR, VARCHAR)', 'VARCHAR', 'DOUBLE'];
    const projection = azureExportDialect(actual).project(names, types);
    assert.ok('expressions' in projection);
    const { BilledCost, ChargePeriodStart, Tags, ConsumedQuantity } = projection.expressions;
    const [row] = await sql(`SET TimeZone = 'America/Los_Angeles';
      SELECT ${BilledCost} AS cost, ${ChargePeriodStart} AS day, ${Tags} AS tags, ${ConsumedQuantity} AS quantity
      FROM (SELECT 0.000000000123456789::DECIMAL(38,18) AS c0, TIMESTAMPTZ '2026-10-02 00:00:00+00' AS c1,
        MAP {'team': 'a'} AS c2, 'EUR' AS c3, 0.1::DOUBLE AS c4)`);
    assert.deepEqual(row, {
      cost: '0.000000000123456789',
      day: '2026-10-02 00:00:00',
      tags: '{"team":"a"}',
      quantity: '0.1',
    });
  });

  test('that are empty are none; the billing account is the configured one where a row has none', async t => {
    const file = written(t, 'Date,Cost,BillingCurrency,ChargeType,SubscriptionGuid\n2026-10-02,1,EUR,,s1\n');
    const [row] = await projected(file, { cost: 'actual', billingAccount: "o'brien" });
    assert.deepEqual(
      [row?.BillingAccountId, row?.ChargeCategory, row?.ServiceName, row?.SubAccountId],
      ["o'brien", 'Usage', null, 's1'],
    );
  });

  test('of services say the FOCUS category', async t => {
    const file = written(
      t,
      'Date,Cost,Currency,ServiceFamily\n2026-10-02,1,EUR,AI + Machine Learning\n2026-10-02,1,EUR,Networking\n2026-10-02,1,EUR,\n',
    );
    assert.deepEqual(pick(await projected(file, actual), 'ServiceCategory').flat(), [
      'AI and Machine Learning',
      'Networking',
      null,
    ]);
  });
});

describe('real exports', () => {
  const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../../shared/data');
  const folder = path.join(corpus, 'cost/azure');
  const skip = existsSync(folder) ? false : `${folder} is not there: set PLUMBLINE_CORPUS`;
  const files = [
    {
      name: 'ea_actual_cost_export_anonymous_sample.csv',
      cost: 'CostInBillingCurrency',
      day: 'Date',
      format: '%m/%d/%Y',
    },
    { name: 'opencost_azure_headerset_Enterprise.csv', cost: 'CostInBillingCurrency', day: 'Date', format: '%m/%d/%Y' },
    {
      name: 'opencost_azure_headerset_EnterpriseCamel.csv',
      cost: 'costInBillingCurrency',
      day: 'date',
      format: '%m/%d/%Y',
    },
    { name: 'opencost_azure_headerset_PayAsYouGo.csv', cost: 'PreTaxCost', day: 'UsageDateTime', format: '%Y-%m-%d' },
    { name: 'opencost_azure_headerset_YA.csv', cost: 'costInBillingCurrency', day: 'date', format: '%m/%d/%Y' },
  ];

  for (const { name, cost, day, format } of files)
    test(`${name} sum to what another reader sums`, { skip }, async t => {
      const file = path.join(folder, name);
      const whole = written(t, readFileSync(file, 'utf8'));
      const found = await projected(whole, actual);
      const [other] = await sql(`SELECT count(*)::VARCHAR AS records,
          sum(cast("${cost}" AS DECIMAL(38, 27)))::VARCHAR AS total,
          min(strptime("${day}", '${format}')::DATE)::VARCHAR AS first
        FROM read_csv('${file}', all_varchar = true, header = true, quote = '"', escape = '"')`);
      const list = found.map(row => `('${row.BilledCost}')`).join(', ');
      const [ours] = await sql(`SELECT count(*)::VARCHAR AS records, sum(cast(v AS DECIMAL(38, 27)))::VARCHAR AS total
        FROM (VALUES ${list}) AS t(v)`);
      assert.deepEqual(ours, { records: other?.records, total: other?.total });
      assert.notEqual(Number(ours?.records), 0);
      for (const row of found) {
        assert.equal(row.ProviderName, 'Microsoft');
        assert.ok(row.SubAccountId, 'each has a subscription');
        assert.ok(row.ServiceName, 'and a service');
        assert.ok(row.ResourceId?.startsWith('/subscriptions/'), 'and a resource');
      }
    });
});
