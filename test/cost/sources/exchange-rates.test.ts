/** Exchange rates from a file: both formats, what can't be read, a file that isn't whole, one that has changed. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import pino from 'pino';
import { buildCatalog } from '../../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../../exporters/catalog/config.ts';
import { buildOwnership } from '../../../exporters/catalog/ownership.ts';
import { openRuntime } from '../../../exporters/core/runtime.ts';
import { costSchema } from '../../../exporters/cost/config.ts';
import { costExporter } from '../../../exporters/cost/index.ts';
import { readRates } from '../../../exporters/cost/sources/exchange-rates/rates.ts';

const euros = { reportingCurrency: 'EUR', since: '2020-01-01' };

async function open(t: TestContext, reportingCurrency = 'EUR') {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'plumbline-rates-'));
  const file = path.join(folder, 'rates.csv');
  const clock = { now: new Date('2026-11-20T12:00:00Z') };
  const start = (currency: string) => {
    const config = costSchema.parse({ exchange_rates: { reporting_currency: currency, file, settle: 0 } });
    const exporter = costExporter(config, buildOwnership(buildCatalog([]), ownershipSchema.parse({})), {
      now: () => clock.now,
    });
    const log = pino({ level: 'silent' });
    return openRuntime(exporter, { dataDir: path.join(folder, 'data'), log, now: () => clock.now, threads: 1 });
  };
  let runtime = await start(reportingCurrency);
  t.after(async () => {
    await runtime.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  let written = Date.parse('2026-11-01');
  return {
    put: (content: string | Buffer) => {
      writeFileSync(file, content);
      written += 60_000;
      utimesSync(file, new Date(written), new Date(written));
      clock.now = new Date(clock.now.getTime() + 3600_000);
    },
    refresh: async () => (await runtime.refresh())[0]!,
    rows: (sql: string) => runtime.ledger.read(reader => reader.all(sql)),
    restart: async (currency: string) => {
      await runtime.stop();
      clock.now = new Date(clock.now.getTime() + 3600_000);
      runtime = await start(currency);
    },
  };
}

const rates = `SELECT currency, reporting_currency AS "in", rate_day::VARCHAR AS day, rate::DOUBLE AS rate FROM exchange_rates
  QUALIFY row_number() OVER (PARTITION BY currency, reporting_currency, rate_day ORDER BY learned_at DESC) = 1 ORDER BY ALL`;

test('rows of date, currency and rate are read in any order of columns; others are named by line', async t => {
  const { put, refresh, rows } = await open(t);
  put(
    'currency,date,rate\nUSD,2026-11-19,0.86\nusd,2026-11-20,0.87\nEUR,2026-11-20,1\nUSD,2026-11-31,0.9\nUSD,2026-11-20,0.88\nUS,2026-11-20,1\nGBP,2026-11-20,"1,14"\nGBP,2026-11-19,0\n',
  );
  const result = await refresh();
  assert.equal(result.error, undefined);
  assert.deepEqual(result.rejected, { bad_date: 1, duplicate_rate: 1, bad_currency: 1, bad_rate: 2 });
  assert.deepEqual(await rows(rates), [
    { currency: 'USD', in: 'EUR', day: '2026-11-19', rate: 0.86 },
    { currency: 'USD', in: 'EUR', day: '2026-11-20', rate: 0.87 },
  ]);
  assert.deepEqual(
    await rows('SELECT line::INTEGER AS line, reason, field, value FROM rejects ORDER BY line LIMIT 2'),
    [
      { line: 5, reason: 'bad_date', field: 'date', value: '2026-11-31' },
      { line: 6, reason: 'duplicate_rate', field: 'date', value: '2026-11-20' },
    ],
  );
});

const bank = `Date,USD,JPY,BGN,RUB,
2026-11-20,1.25,160,1.9558,N/A,
2026-11-19,1.2,N/A,,N/A,
`;

test("the European Central Bank's table is turned around, and over into another reporting currency", () => {
  const read = readRates(bank, euros);
  assert.ok(read !== 'unknown_header');
  assert.deepEqual(read.rejects, []);
  assert.deepEqual(
    read.rates.map(({ currency, day, rate }) => `${currency} ${day} ${rate}`),
    [
      'USD 2026-11-20 0.800000000000000000',
      'JPY 2026-11-20 0.006250000000000000',
      'BGN 2026-11-20 0.511299723898149095',
      'USD 2026-11-19 0.833333333333333333',
    ],
  );
  const dollars = readRates(bank, { ...euros, reportingCurrency: 'USD' });
  assert.ok(dollars !== 'unknown_header');
  assert.deepEqual(
    dollars.rates.slice(0, 2).map(({ currency, rate }) => `${currency} ${rate}`),
    ['EUR 1.250000000000000000', 'JPY 0.007812500000000000'],
  );
  const yen = readRates(bank, { ...euros, reportingCurrency: 'JPY' });
  assert.ok(yen !== 'unknown_header');
  assert.deepEqual(yen.rejects, [{ line: 3, reason: 'missing_reporting_currency', field: 'JPY', value: '2026-11-19' }]);
});

test("the bank's file of one day is read too, and days before the time that is kept are not", () => {
  const read = readRates('Date, USD, JPY, \n20 November 2026, 1.25, 160, \n', euros);
  assert.ok(read !== 'unknown_header');
  assert.deepEqual(
    read.rates.map(({ day }) => day),
    ['2026-11-20', '2026-11-20'],
  );
  const later = readRates(bank, { ...euros, since: '2026-11-20' });
  assert.ok(later !== 'unknown_header');
  assert.equal(later.rates.length, 3);
});

test('a file that is cut, of another format or gone leaves the rates of before, and says so', async t => {
  const { put, refresh, rows } = await open(t);
  assert.match(String((await refresh()).error), /RATES_NOT_FOUND/);
  put(bank);
  assert.equal((await refresh()).records, 4);
  const before = await rows(rates);
  put(gzipSync(Buffer.from(bank.replace('1.25', '9'))).subarray(0, 40));
  assert.deepEqual((await refresh()).rejected, { file_truncated_gzip: 1 });
  put('name,value\na,1\n');
  assert.deepEqual((await refresh()).rejected, { file_unknown_header: 1 });
  assert.deepEqual(await rows('SELECT state, reason FROM files'), [{ state: 'broken', reason: 'unknown_header' }]);
  assert.deepEqual((await refresh()).rejected, {}, 'a file is refused once');
  put(`${bank}2026-11-18,1.3,15`);
  const cut = await refresh();
  assert.deepEqual([cut.records, Object.keys(cut.rejected)], [0, ['file_truncated_record']]);
  assert.deepEqual(await rows(rates), before);
  put(gzipSync(Buffer.from(bank.replace('1.25', '1.6'))));
  assert.equal((await refresh()).changed, 1);
});

test('another reporting currency reads the same file again', async t => {
  const { put, refresh, rows, restart } = await open(t);
  put(bank);
  await refresh();
  assert.equal((await refresh()).records, 0);
  await restart('USD');
  assert.equal((await refresh()).records, 4);
  assert.deepEqual(
    (
      await rows(
        `SELECT currency, rate::DOUBLE AS rate FROM exchange_rates WHERE reporting_currency = 'USD' ORDER BY ALL`,
      )
    ).map(({ currency, rate }) => `${currency} ${rate}`),
    ['BGN 0.639124654873', 'EUR 1.2', 'EUR 1.25', 'JPY 0.0078125'].map((text, index) =>
      index === 0 ? `BGN ${1.25 / 1.9558}` : text,
    ),
  );
});
