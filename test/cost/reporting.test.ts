/** Cost in the reporting currency: exact, at the newest rate on or before each day, as it was known. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import { allocate } from '../../exporters/cost/allocate.ts';
import {
  exchangeRate,
  exchangeRateTimestamp,
  reportingDailyCost,
  reportingMonthToDate,
  unconvertedCost,
} from '../../exporters/cost/metrics.ts';
import { writeRates } from '../../exporters/cost/sources/exchange-rates/write.ts';
import { addKey, type Charge, linesAt, openBooks, own, post } from './books.ts';

const now = '2026-11-20 00:00:00';

async function booksOf(charges: readonly Charge[], reporting = 'EUR'): Promise<Ledger> {
  const ledger = await openBooks();
  await ledger.write(async tx => {
    for (const [id, currency] of [
      [1, 'USD'],
      [2, 'EUR'],
      [3, 'JPY'],
    ] as const) {
      await addKey(tx, { id, currency });
      await own(tx, { key: id, team: 'shop' });
    }
    await post(tx, charges);
    await allocate(tx, new Date('2026-11-20T00:00:00Z'));
    if (reporting !== '') await tx.run('INSERT INTO reporting_currencies VALUES ($reporting)', { reporting });
  });
  return ledger;
}

const rates = (ledger: Ledger, list: readonly (readonly [currency: string, day: string, rate: string])[], at = now) =>
  ledger.write(tx =>
    writeRates(
      tx,
      list.map(([currency, day, rate]) => ({ currency, day, rate })),
      { reportingCurrency: 'EUR', now: at },
    ),
  );

const effective = (lines: readonly string[]) =>
  lines.filter(line => line.includes(' effective ') || line.startsWith('effective '));

test('each day is converted at the newest rate on or before it: a weekend at the rate of Friday', async () => {
  const ledger = await booksOf([
    { key: 1, day: '2026-11-06', amount: '100' },
    { key: 1, day: '2026-11-08', amount: '100' },
    { key: 1, day: '2026-11-09', amount: '100' },
    { key: 2, day: '2026-11-09', amount: '1.5' },
  ]);
  await rates(ledger, [
    ['USD', '2026-11-06', '0.9'],
    ['USD', '2026-11-09', '0.8'],
  ]);
  assert.deepEqual(effective(await linesAt(ledger, reportingDailyCost, '2026-11-15 12:00')), [
    '2026-11-06 shop effective EUR 90',
    '2026-11-08 shop effective EUR 90',
    '2026-11-09 shop effective EUR 81.5',
  ]);
  assert.deepEqual(effective(await linesAt(ledger, reportingMonthToDate, '2026-11-15 12:00')), [
    'shop effective EUR 261.5',
  ]);
  assert.deepEqual(await linesAt(ledger, exchangeRate, '2026-11-15 12:00'), ['USD EUR 0.8']);
  const seconds = Date.parse('2026-11-09') / 1000;
  assert.deepEqual(await linesAt(ledger, exchangeRateTimestamp, '2026-11-15 12:00'), [`USD EUR ${seconds}`]);
  await ledger.close();
});

test('products are exact to the last decimal, for great amounts and small rates', async () => {
  const ledger = await booksOf([{ key: 3, day: '2026-11-06', amount: '12345678901234.0000000001' }]);
  await rates(ledger, [['JPY', '2026-11-06', '0.006134969325153374']]);
  // 12345678901234.0000000001 * 0.006134969325153374
  const exact = (123456789012340000000001n * 6134969325153374n + 500000000000000000n) / 1000000000000000000n;
  const text = String(exact);
  assert.deepEqual(effective(await linesAt(ledger, reportingDailyCost, '2026-11-15 12:00')), [
    `2026-11-06 shop effective EUR ${text.slice(0, -10)}.${text.slice(-10)}`,
  ]);
  await ledger.close();
});

test('what no rate converts is left out and told, and a rate that comes later converts it', async () => {
  const ledger = await booksOf([
    { key: 1, day: '2026-11-06', amount: '100' },
    { key: 3, day: '2026-11-07', amount: '500' },
    { key: 2, day: '2026-11-07', amount: '1' },
  ]);
  await rates(ledger, [['USD', '2026-11-07', '0.9']]);
  assert.deepEqual(effective(await linesAt(ledger, reportingDailyCost, '2026-11-15 12:00')), [
    '2026-11-07 shop effective EUR 1',
  ]);
  assert.deepEqual(effective(await linesAt(ledger, unconvertedCost, '2026-11-15 12:00')), [
    'effective EUR 0',
    'effective JPY 500',
    'effective USD 100',
  ]);
  await rates(ledger, [['USD', '2026-11-06', '0.5']], '2026-11-21 00:00:00');
  assert.deepEqual(
    effective(await linesAt(ledger, reportingDailyCost, '2026-11-15 12:00'))[0],
    '2026-11-06 shop effective EUR 50',
  );
  await ledger.close();
});

test('a file that says another rate restates the day, one that says none takes it back, within its own days', async () => {
  const ledger = await booksOf([{ key: 1, day: '2026-11-06', amount: '100' }]);
  const daily = async () => effective(await linesAt(ledger, reportingDailyCost, '2026-11-15 12:00'));
  assert.equal(
    await rates(ledger, [
      ['USD', '2026-11-04', '0.7'],
      ['USD', '2026-11-06', '0.9'],
      ['USD', '2026-11-09', '0.8'],
    ]),
    3,
  );
  assert.equal(
    await rates(
      ledger,
      [
        ['USD', '2026-11-06', '0.95'],
        ['USD', '2026-11-09', '0.8'],
      ],
      '2026-11-21 00:00:00',
    ),
    1,
  );
  assert.deepEqual(await daily(), ['2026-11-06 shop effective EUR 95']);
  assert.equal(
    await rates(
      ledger,
      [
        ['USD', '2026-11-05', '0.6'],
        ['USD', '2026-11-09', '0.8'],
      ],
      '2026-11-22 00:00:00',
    ),
    2,
  );
  assert.deepEqual(await daily(), ['2026-11-06 shop effective EUR 60']);
  const rows = await ledger.read(reader =>
    reader.all('SELECT rate FROM exchange_rates WHERE rate_day = $day::DATE', { day: '2026-11-06' }),
  );
  assert.equal(rows.length, 3, 'every version stays');
  await ledger.close();
});

test('without a reporting currency there is nothing to tell', async () => {
  const ledger = await booksOf([{ key: 1, day: '2026-11-06', amount: '100' }], '');
  await rates(ledger, [['USD', '2026-11-06', '0.9']]);
  for (const metric of [reportingDailyCost, reportingMonthToDate, unconvertedCost, exchangeRate])
    assert.deepEqual(await linesAt(ledger, metric, '2026-11-15 12:00'), []);
  await ledger.close();
});
