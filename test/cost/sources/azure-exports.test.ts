/** Azure's exports on disk as the exporter reads them: runs, overwrites, agreements, formats, and FOCUS exports beside. */
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { costExporter } from '../../../exporters/cost/index.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../../shared/data');
const azure = path.join(corpus, 'cost/azure');
const skip = existsSync(azure) ? false : `${azure} is not there: set PLUMBLINE_CORPUS`;
const rules = { rules: [{ name: 'tags', tag: { keys: ['team', 'tagA'], gives: 'team' } }] };

function folder(t: TestContext) {
  const root = mkdtempSync(path.join(os.tmpdir(), 'plumbline-exports-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  let written = Date.parse('2026-11-01T00:00:00Z');
  const put = (name: string, content: string | Buffer) => {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    written += 60_000;
    utimesSync(file, new Date(written), new Date(written));
    return file;
  };
  /** A run: its parts, then the manifest that says how large they are. */
  const run = (name: string, parts: Readonly<Record<string, string | Buffer>>, type = 'ActualCost', short = 0) => {
    const blobs = Object.entries(parts).map(([part, content]) => {
      put(`${name}/${part}`, content);
      return { blobName: `${name}/${part}`, byteCount: Buffer.byteLength(content) + short };
    });
    put(`${name}/manifest.json`, JSON.stringify({ blobCount: blobs.length, exportConfig: { type }, blobs }));
  };
  return { root, put, run };
}

async function open(t: TestContext, section: Readonly<Record<string, unknown>>) {
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-exports-data-'));
  let now = new Date('2026-11-10T12:00:00Z');
  const exporter = costExporter(
    costSchema.parse(section),
    buildOwnership(buildCatalog([]), ownershipSchema.parse(rules)),
    { now: () => now },
  );
  const runtime = await openRuntime(exporter, { dataDir, log: pino({ level: 'silent' }), now: () => now, threads: 1 });
  t.after(async () => {
    await runtime.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });
  const rows = (sql: string) => runtime.ledger.read(reader => reader.all(sql));
  const scalar = async (sql: string) => String((await rows(sql))[0]?.value ?? 'nothing');
  return {
    rows,
    scalar,
    billed: () => scalar('SELECT sum(billed)::VARCHAR AS value FROM charges'),
    effective: () => scalar('SELECT sum(effective)::VARCHAR AS value FROM charges'),
    refresh: async () => {
      now = new Date(now.getTime() + 3600_000);
      return runtime.refresh();
    },
  };
}

const exports = (root: string, more: Readonly<Record<string, unknown>> = {}) => ({
  azure_exports: [{ path: root, cost: 'actual', settle: 0, ...more }],
});

const header =
  'BillingAccountId,SubscriptionId,ResourceLocation,Date,MeterCategory,CostInBillingCurrency,BillingCurrencyCode,ChargeType,PricingModel,ReservationId,ResourceId,Tags,BillingPeriodStartDate';
/** A part; rows are day, cost, charge type and pricing model. */
const part = (...rows: readonly (readonly [day: number, cost: string, type?: string, model?: string])[]) =>
  `\uFEFF${header}\r\n${rows
    .map(
      ([day, cost, type = 'Usage', model = 'OnDemand']) =>
        `88,sub-1,US East,11/${day}/2026,Storage,${cost},EUR,${type},${model},${model === 'Reservation' ? 'r-1' : ''},/subscriptions/sub-1/resourceGroups/rg/x,"""team"": ""shop"",""env"": ""a""",11/1/2026\r\n`,
    )
    .join('')}`;

const first = 'daily/20261101-20261130/202611020410/1c0a7bd3-0000-4000-8000-000000000001';
const second = 'daily/20261101-20261130/202611030410/1c0a7bd3-0000-4000-8000-000000000002';

describe('runs', () => {
  test('of new reports take the place of those before, whole, with plain, gzipped and several parts', async t => {
    const { root, run } = folder(t);
    run(first, { 'part_0_0001.csv': part([1, '1.5'], [2, '2']), 'part_1_0001.csv.gz': gzipSync(part([2, '0.25'])) });
    const books = await open(t, exports(root));
    assert.deepEqual(
      (await books.refresh()).map(({ error }) => error),
      [undefined],
    );
    assert.equal(await books.billed(), '3.7500000000');
    run(second, { 'part_0_0001.csv': part([1, '1.5'], [2, '2.5'], [3, '4']) });
    await books.refresh();
    assert.equal(await books.billed(), '8.0000000000');
    const [row] = await books.rows(
      `SELECT DISTINCT provider, billing_account, region, service_name, json(tags) AS tags FROM charge_keys`,
    );
    assert.deepEqual(
      { ...row, tags: JSON.parse(String(row?.tags)) },
      {
        provider: 'Microsoft',
        billing_account: '88',
        region: 'useast',
        service_name: 'Storage',
        tags: { team: 'shop' },
      },
    );
    assert.deepEqual(await books.rows('SELECT DISTINCT team FROM allocations'), [{ team: 'shop' }]);
  });

  test('that are half written are not read, and what was read stays; nor are those of other exports', async t => {
    const { root, run, put } = folder(t);
    run(first, { 'part_0_0001.csv': part([1, '1.5']) });
    const books = await open(t, exports(root));
    await books.refresh();
    put(`${second}/part_0_0001.csv`, part([1, '100']));
    run(
      'daily-amortized/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000009',
      { 'part_0_0001.csv': part([1, '1000']) },
      'AmortizedCost',
    );
    await books.refresh();
    assert.equal(await books.billed(), '1.5000000000', 'there is no manifest');
    run(second, { 'part_0_0001.csv': part([1, '100']) }, 'ActualCost', 7);
    await books.refresh();
    assert.equal(await books.billed(), '1.5000000000', 'seven bytes are missing');
    run(second, { 'part_0_0001.csv': part([1, '100']) });
    await books.refresh();
    assert.equal(await books.billed(), '100.0000000000');
  });

  test('of overwritten reports replace theirs, though the folder of the run before is gone', async t => {
    const { root, run } = folder(t);
    const one = 'daily/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000001';
    run(one, { 'part_0_0001.csv': part([1, '1']), 'part_1_0001.csv': part([2, '1']) });
    const books = await open(t, exports(root));
    await books.refresh();
    assert.equal(await books.billed(), '2.0000000000');
    rmSync(path.join(root, one), { recursive: true });
    run('daily/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000002', { 'part_0_0001.csv': part([1, '5']) });
    await books.refresh();
    assert.equal(await books.billed(), '5.0000000000');
    run('daily/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000002', { 'part_0_0001.csv': part([1, '6']) });
    await books.refresh();
    assert.equal(await books.billed(), '6.0000000000', 'the same folder, written again');
  });

  test('without a manifest, each file a whole month: the one written last wins', async t => {
    const { root, put } = folder(t);
    const name = (digit: number) => `daily/20261101-20261130/daily_1c0a7bd3-0000-4000-8000-00000000000${digit}.csv`;
    put(name(1), part([1, '1']));
    put(name(2), part([1, '1'], [2, '2']));
    const books = await open(t, exports(root, { delivery: 'snapshots' }));
    assert.deepEqual(
      (await books.refresh()).map(({ error }) => error),
      [undefined],
    );
    assert.equal(await books.billed(), '3.0000000000');
    const other = await open(t, exports(root));
    assert.match((await other.refresh())[0]?.error ?? '', /AZURE_EXPORT_FILES\); set delivery: snapshots/);
  });
});

describe('actual and amortized', () => {
  const rows = [
    [1, '10'],
    [1, '0.5', 'Usage', 'Reservation'],
    [1, '0.1', 'UnusedReservation', 'Reservation'],
    [2, '3', 'Tax'],
  ] as const;

  test('beside each other are one bill: the amortized export only reconciles', async t => {
    const { root, run } = folder(t);
    run('daily/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000001', {
      'part_0_0001.csv': part(
        [1, '10'],
        [1, '0', 'Usage', 'Reservation'],
        [2, '3', 'Tax'],
        [1, '60', 'Purchase', 'Reservation'],
      ),
    });
    run(
      'amortized/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000002',
      { 'part_0_0001.csv': part(...rows) },
      'AmortizedCost',
    );
    const books = await open(t, {
      azure_exports: [
        { path: root, cost: 'actual', settle: 0 },
        { path: root, cost: 'amortized', settle: 0, name: 'azure-amortized', role: 'reconciliation' },
      ],
    });
    assert.deepEqual(
      (await books.refresh()).map(({ error }) => error),
      [undefined, undefined],
    );
    assert.equal(await books.billed(), '73.0000000000');
    assert.deepEqual(
      await books.rows(
        `SELECT source, sum(effective)::VARCHAR AS effective, sum(billed)::VARCHAR AS billed FROM second_charges GROUP BY ALL`,
      ),
      [{ source: 'azure-amortized', effective: '13.6000000000', billed: '13.0000000000' }],
    );
  });

  test('a lone amortized export tells effective cost, and bills nothing that a commitment covers', async t => {
    const { root, run } = folder(t);
    run(
      'amortized/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000002',
      { 'part_0_0001.csv': part(...rows) },
      'AmortizedCost',
    );
    const books = await open(t, exports(root, { cost: 'amortized' }));
    await books.refresh();
    assert.deepEqual([await books.billed(), await books.effective()], ['13.0000000000', '13.6000000000']);
    assert.deepEqual(
      await books.rows(`SELECT commitment_status AS status, commitment_id AS id, sum(effective)::VARCHAR AS effective
      FROM charges JOIN charge_keys USING (key_id) WHERE commitment_status <> '' GROUP BY ALL ORDER BY ALL`),
      [
        { status: 'Unused', id: 'r-1', effective: '0.1000000000' },
        { status: 'Used', id: 'r-1', effective: '0.5000000000' },
      ],
    );
  });

  test('two that bring the same month are refused at run time too', async t => {
    const { root, run } = folder(t);
    run('a/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000001', { 'part_0_0001.csv': part([1, '10']) });
    run('b/20261101-20261130/1c0a7bd3-0000-4000-8000-000000000002', { 'part_0_0001.csv': part([1, '10'], [2, '1']) });
    const books = await open(t, {
      azure_exports: ['a', 'b'].map(name => ({ path: path.join(root, name), name, cost: 'actual', settle: 0 })),
    });
    const [one, two] = await books.refresh();
    assert.equal(one?.error, undefined);
    assert.match(two?.error ?? '', /AUTHORITY_CONFLICT/);
    assert.equal(await books.billed(), '10.0000000000');
  });
});

describe('bad rows and files', () => {
  test('are counted by reason, and a file that is not an export names what it lacks', async t => {
    const { root, run, put } = folder(t);
    run(first, { 'part_0_0001.csv': part([1, '1'], [2, 'n/a'], [3, '2']).replace('11/3/2026', 'soon') });
    put('odd/20261001-20261031/x.csv', 'When,What\n1,2\n');
    const books = await open(t, exports(root));
    const [result] = await books.refresh();
    assert.equal(await books.billed(), '1.0000000000');
    assert.deepEqual(result?.rejected, { bad_number: 1, bad_date: 1, file_missing_column: 1 });
    const named = await books.rows(`SELECT field FROM rejects WHERE reason = 'file_missing_column'`);
    assert.deepEqual(named, [{ field: 'CostInBillingCurrency' }]);
  });
});

/** What another reader makes of a real file, sharing no SQL with the source. */
async function rawTotal(file: string, cost: string): Promise<string> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const found = await connection.runAndReadAll(
    `SELECT sum(round(CAST("${cost}" AS DECIMAL(38, 27)), 10))::DECIMAL(38, 10)::VARCHAR FROM read_csv('${file}', all_varchar = true, header = true, quote = '"', escape = '"')`,
  );
  connection.closeSync();
  instance.closeSync();
  return String(found.getRowsJson()[0]?.[0]);
}

describe('real files', () => {
  for (const [name, cost, more] of [
    ['ea_actual_cost_export_anonymous_sample.csv', 'CostInBillingCurrency', {}],
    ['opencost_azure_headerset_Enterprise.csv', 'CostInBillingCurrency', {}],
    ['opencost_azure_headerset_EnterpriseCamel.csv', 'costInBillingCurrency', {}],
    ['opencost_azure_headerset_PayAsYouGo.csv', 'PreTaxCost', { billing_account: 'payg' }],
    ['opencost_azure_headerset_YA.csv', 'costInBillingCurrency', { billing_account: 'payg' }],
  ] as const)
    test(`${name} comes to what another reader sums`, { skip }, async t => {
      const { root, put } = folder(t);
      put(name, readFileSync(path.join(azure, name)));
      const books = await open(t, exports(root, more));
      const [result] = await books.refresh();
      assert.equal(result?.error, undefined);
      assert.deepEqual(result?.rejected, {});
      assert.equal(await books.billed(), await rawTotal(path.join(azure, name), cost));
      assert.equal(await books.effective(), await books.billed());
      const [keys] = await books.rows(
        `SELECT count(*) FILTER (WHERE sub_account = '' OR service_name = '' OR currency = '') AS bare, count(*) AS n FROM charge_keys`,
      );
      assert.equal(Number(keys?.bare), 0);
      if ('billing_account' in more)
        assert.equal(await books.scalar('SELECT DISTINCT billing_account AS value FROM charge_keys'), 'payg');
      if (name.startsWith('ea_'))
        assert.equal(
          await books.scalar(`SELECT DISTINCT tags ->> 'taga' AS value FROM charge_keys`),
          'valueA',
          'tags without braces',
        );
    });

  test('a file all of whose rows lack a field is refused as a whole, for their values may stand in the wrong columns', {
    skip,
  }, async t => {
    const { root, put } = folder(t);
    put('template.csv', readFileSync(path.join(azure, 'opencost_azure_export_Template.csv')));
    const books = await open(t, exports(root, { default_currency: 'usd' }));
    const [result] = await books.refresh();
    assert.deepEqual(result?.rejected, { missing_columns: 87, file_no_readable_rows: 1 });
    assert.equal(await books.billed(), 'nothing');
  });
});

describe('FOCUS exports of Azure are read by the source for FOCUS', () => {
  const columns = (version: string) =>
    (
      JSON.parse(readFileSync(path.join(azure, `export_schema_focuscost_${version}.json`), 'utf8')) as {
        translator: { mappings: { source: { name: string } }[] };
      }
    ).translator.mappings.map(({ source }) => source.name);

  for (const [version, invoice] of [
    ['1.0r2', 'x_InvoiceId'],
    ['1.2', 'InvoiceId'],
  ] as const)
    test(`version ${version}, x_ columns and all`, { skip }, async t => {
      const { root, run } = folder(t);
      const names = columns(version);
      const values: Readonly<Record<string, string>> = {
        BilledCost: '1.25',
        EffectiveCost: '1.5',
        ListCost: '2',
        ContractedCost: '1.5',
        BillingCurrency: 'EUR',
        BillingAccountId: '/providers/Microsoft.Billing/billingAccounts/88',
        BillingPeriodStart: '2026-11-01T00:00Z',
        BillingPeriodEnd: '2026-12-01T00:00Z',
        ChargePeriodStart: '2026-11-02T00:00Z',
        ChargePeriodEnd: '2026-11-03T00:00Z',
        ChargeCategory: 'Usage',
        ProviderName: 'Microsoft',
        InvoiceIssuerName: 'Microsoft',
        ServiceName: 'Virtual Machines',
        ServiceCategory: 'Compute',
        SubAccountId: '/subscriptions/sub-1',
        ResourceId: '/subscriptions/sub-1/x',
        Tags: '{"team":"shop"}',
        [invoice]: 'G1',
        x_BilledCostInUsd: '9',
        x_EffectiveCostInUsd: '9',
        CommitmentDiscountStatus: 'Used',
        CommitmentDiscountId: 'r-1',
      };
      const line = names.map(name => `"${(values[name] ?? '').replaceAll('"', '""')}"`).join(',');
      run(first, { 'part_0_0001.csv': `\uFEFF${names.join(',')}\r\n${line}\r\n` }, 'FocusCost');
      const books = await open(t, { focus: [{ path: root, delivery: 'runs', settle: 0 }] });
      assert.deepEqual(
        (await books.refresh()).map(({ error, rejected }) => [error, rejected]),
        [[undefined, {}]],
      );
      assert.deepEqual([await books.billed(), await books.effective()], ['1.2500000000', '1.5000000000']);
      assert.deepEqual(
        await books.rows('SELECT provider, commitment_status AS status, commitment_id AS id FROM charge_keys'),
        [{ provider: 'Microsoft', status: 'Used', id: 'r-1' }],
      );
      assert.equal(
        await books.scalar('SELECT max(invoice_ids) AS value FROM billing_periods'),
        '1',
        'its invoice is known',
      );
    });
});
