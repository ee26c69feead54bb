/** What a forecast, a burn and an anomaly are made of, on series whose numbers can be told by hand. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ledger } from '../../exporters/core/ledger.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import * as cost from '../../exporters/cost/metrics.ts';
import { linesAt } from './books.ts';
import { dayOf, indices, postUsage, type UsagePosting, usageBooks } from './usage-books.ts';

/** A Monday. */
const firstDay = '2026-08-03';
/** Workdays cost 100 and weekends 40: 580 a week. */
const weekly = (day: number): number => (day % 7 >= 5 ? 40 : 100);
const series = (count: number, usage: (day: number) => number, more: Partial<UsagePosting> = {}) =>
  indices(count).map(day => ({ day: dayOf(firstDay, day), amount: usage(day), ...more }));
const numberOf = (day: string): number => (Date.parse(day) - Date.parse(firstDay)) / 86_400_000;
const monthOf = (month: string, usage: (day: number) => number): number =>
  indices(31)
    .map(day => dayOf(month, day))
    .filter(day => day.startsWith(month.slice(0, 7)))
    .reduce((sum, day) => sum + usage(numberOf(day)), 0);

/** Values by their labels, to the cent: a weekday's share is a whole number of millionths. */
async function valuesAt(ledger: Ledger, metric: Metric, instant: string): Promise<Readonly<Record<string, number>>> {
  const lines = await linesAt(ledger, metric, instant);
  return Object.fromEntries(
    lines.map(line => {
      const at = line.lastIndexOf(' ');
      return [line.slice(0, at).trim(), Math.round(Number(line.slice(at + 1)) * 100) / 100 + 0];
    }),
  );
}
const forecastAt = async (ledger: Ledger, instant: string) => {
  const values = await valuesAt(ledger, cost.teamForecast, instant);
  const { 'a effective USD mean': mean, 'a effective USD lower': lower, 'a effective USD upper': upper } = values;
  return { mean, lower, upper };
};

test('a month of plain weekdays is forecast to the cent, with an interval of nothing', async () => {
  const ledger = await usageBooks(series(numberOf('2026-11-16'), weekly));
  const november = monthOf('2026-11-01', weekly);
  assert.deepEqual(await forecastAt(ledger, '2026-11-16 12:00'), { mean: november, lower: november, upper: november });
  assert.deepEqual(await forecastAt(ledger, '2026-11-01 00:00'), { mean: november, lower: november, upper: november });
  await ledger.close();
});

test('where no usage is expected there is a mean of what is known, and no interval that claims to know the rest', async () => {
  const fees = (from: string, count: number) =>
    indices(count).map(day => ({ day: dayOf(from, day), amount: 4, category: 'UnusedCommitment' }));
  const ledger = await usageBooks([...series(30, weekly), ...fees('2026-10-01', 31), ...fees('2026-11-01', 12)]);
  // What is still to come is what the month before had on those days.
  assert.deepEqual(await valuesAt(ledger, cost.teamForecast, '2026-11-13 12:00'), { 'a effective USD mean': 30 * 4 });
  assert.deepEqual(Object.keys(await valuesAt(ledger, cost.organisationForecast, '2026-11-13 12:00')), [
    'effective USD mean',
  ]);
  await ledger.close();
});

test('below 14 settled days there is no forecast, and with 14 there is', async () => {
  const ledger = await usageBooks(series(30, weekly));
  assert.deepEqual(await linesAt(ledger, cost.teamForecast, `${dayOf(firstDay, 16)} 12:00`), []);
  const { mean, lower, upper } = await forecastAt(ledger, `${dayOf(firstDay, 17)} 12:00`);
  // The month began two days before the bill.
  assert.equal(
    mean,
    indices(29).reduce((sum, day) => sum + weekly(day), 0),
  );
  assert.ok(mean && lower && upper && lower < mean * 0.97 && upper > mean * 1.03, 'nothing proves it yet');
  await ledger.close();
});

test('days that are still arriving take nothing off the forecast, and add what is more than expected', async () => {
  const usage = series(numberOf('2026-11-13'), weekly);
  const november = monthOf('2026-11-01', weekly);
  const ledger = await usageBooks([
    ...usage,
    { day: '2026-11-13', amount: 20 },
    { day: '2026-11-14', amount: 5 },
    // Sunday: 40 is usual
    { day: '2026-11-15', amount: 240 },
  ]);
  assert.equal((await forecastAt(ledger, '2026-11-16 12:00')).mean, november + 200);
  await ledger.close();
});

test('a provider that is late is waited for two weeks, and not taken for a fall', async () => {
  const ledger = await usageBooks([
    ...series(numberOf('2026-11-06'), weekly, { provider: 'Azure' }),
    ...series(numberOf('2026-11-26'), weekly, { provider: 'AWS' }),
  ]);
  const both = monthOf('2026-11-01', weekly) * 2;
  assert.equal((await forecastAt(ledger, '2026-11-16 12:00')).mean, both);
  const { mean } = await forecastAt(ledger, '2026-11-25 12:00');
  assert.ok(mean && mean < both * 0.8, 'it is gone after that');
  await ledger.close();
});

test('one spike and two days without cost change the rest of the month by nothing', async () => {
  const changed = new Map([
    [numberOf('2026-11-03'), 2000],
    [numberOf('2026-11-09'), 0],
    [numberOf('2026-11-10'), 0],
  ]);
  const usage = (day: number) => changed.get(day) ?? weekly(day);
  const ledger = await usageBooks(series(numberOf('2026-11-16'), usage).filter(({ amount }) => amount > 0));
  assert.equal((await forecastAt(ledger, '2026-11-16 12:00')).mean, monthOf('2026-11-01', usage));
  await ledger.close();
});

test('other charges are those billed, and those of the month before on days still to come', async () => {
  const ledger = await usageBooks([
    ...series(numberOf('2026-11-16'), weekly),
    { day: '2026-10-01', amount: 300, category: 'Tax' },
    { day: '2026-10-12', amount: 50, category: 'Purchase' },
    { day: '2026-10-31', amount: 7, category: 'Purchase' },
    { day: '2026-10-28', amount: -40, category: 'Credit' },
    { day: '2026-11-01', amount: 330, category: 'Tax' },
  ]);
  const november = monthOf('2026-11-01', weekly);
  assert.equal((await forecastAt(ledger, '2026-11-01 12:00')).mean, november + 300 + 50 - 40, 'as in October');
  assert.equal((await forecastAt(ledger, '2026-11-02 12:00')).mean, november + 330 + 50 - 40, 'the tax is known');
  assert.equal((await forecastAt(ledger, '2026-11-16 12:00')).mean, november + 330 - 40, 'the purchase did not come');
  await ledger.close();
});

test("the organisation's interval is its own and no sum of the teams'", async () => {
  const up = (day: number) => weekly(day) * (1 + 0.3 * Math.sin(day / 9));
  const down = (day: number) => weekly(day) * (1 - 0.3 * Math.sin(day / 9));
  const ledger = await usageBooks([
    ...series(numberOf('2026-11-16'), up, { team: 'a' }),
    ...series(numberOf('2026-11-16'), down, { team: 'b' }),
    ...series(numberOf('2026-11-16'), weekly, { team: 'a', currency: 'EUR' }),
  ]);
  const all = await valuesAt(ledger, cost.organisationForecast, '2026-11-16 12:00');
  assert.equal(all['effective USD lower'], all['effective USD upper'], 'the waves cancel out');
  assert.equal(all['effective USD mean'], monthOf('2026-11-01', weekly) * 2);
  assert.equal(all['effective EUR mean'], monthOf('2026-11-01', weekly));
  const { lower = 0, upper = 0 } = await forecastAt(ledger, '2026-11-16 12:00');
  assert.ok(upper - lower > 100);
  await ledger.close();
});

test("the month before is forecast anew as of three of its days, from those days' own knowledge of what was complete", async () => {
  const stepped = (day: number) => weekly(day) * (day >= numberOf('2026-10-20') ? 2 : 1);
  const ledger = await usageBooks(series(numberOf('2026-11-10'), stepped));
  const values = await valuesAt(ledger, cost.previousMonthForecast, '2026-11-05 12:00');
  const plain = monthOf('2026-10-01', weekly);
  assert.equal(values['a effective USD 8 mean'], plain);
  assert.equal(values['a effective USD 15 mean'], plain);
  // On the 22nd, two days of the step are complete and not yet settled: 100 more each.
  assert.equal(values['a effective USD 22 mean'], plain + 200);
  assert.equal(Object.keys(values).length, 9);
  await ledger.close();
});

const budget = (ledger: Ledger, name: string, amount: number, team = 'a') =>
  ledger.write(tx =>
    tx.run(
      'INSERT INTO budgets VALUES ($name, $team, $none, $none, $none, $amount::DECIMAL(38,10), $usd, $basis, NULL, NULL)',
      {
        name,
        team,
        none: '',
        amount: String(amount),
        usd: 'USD',
        basis: 'effective',
      },
    ),
  );

test('a burn of 1 spends the amount, whatever the weekday, and no tax moves it', async () => {
  const ledger = await usageBooks([
    ...series(numberOf('2026-12-01'), day => weekly(day) * (day >= numberOf('2026-11-20') ? 2 : 1)),
    { day: '2026-11-01', amount: 5000, category: 'Tax' },
  ]);
  // 580 a week is 2485.71 in 30 days.
  await budget(ledger, 'pace', (580 / 7) * 30);
  await budget(ledger, 'elsewhere', 1000, 'b');
  const burn = async (instant: string) => {
    const values = await valuesAt(ledger, cost.budgetBurn, instant);
    assert.equal(Object.keys(values).length, 2, 'a budget without Usage has no burn');
    return [values['pace a effective USD 3d'], values['pace a effective USD 14d']];
  };
  // The newest settled days are Friday to Sunday, Monday to Wednesday, and two days of twice the cost with one before.
  assert.deepEqual(await burn('2026-11-12 12:00'), [1, 1]);
  assert.deepEqual(await burn('2026-11-15 12:00'), [1, 1]);
  const [three = 0, fourteen = 0] = await burn('2026-11-25 12:00');
  assert.ok(three > 1.5 && fourteen > 1 && fourteen < 1.2, `${three} ${fourteen}`);
  assert.deepEqual(await burn('2026-11-26 12:00'), [2, 1.16]);
  await ledger.close();
});

test('a budget forecast covers what the budget selects, and the lower bound is what the alert reads', async () => {
  const ledger = await usageBooks([
    ...series(numberOf('2026-11-16'), weekly, { service: 'web' }),
    ...series(numberOf('2026-11-16'), weekly, { service: 'batch' }),
  ]);
  await ledger.write(tx =>
    tx.run("INSERT INTO budgets VALUES ('web', 'a', 'web', '', '', 100, 'USD', 'billed', '2026-11-10', NULL)"),
  );
  const values = await valuesAt(ledger, cost.budgetForecast, '2026-11-16 12:00');
  const november = monthOf('2026-11-01', weekly);
  assert.deepEqual(values, {
    'web a billed USD lower': november,
    'web a billed USD mean': november,
    'web a billed USD upper': november,
  });
  assert.deepEqual(await linesAt(ledger, cost.budgetForecast, '2026-11-09 12:00'), [], 'it does not hold yet');
  await ledger.close();
});

/** Deviation and score of each service at an instant. */
async function anomaliesAt(ledger: Ledger, instant: string) {
  const [actual, expected, deviation, score] = await Promise.all(
    [cost.usageDayCost, cost.usageDayExpected, cost.usageDayDeviation, cost.usageDayScore].map(metric =>
      valuesAt(ledger, metric, instant),
    ),
  );
  return (service: string) => {
    const key = `a ${service} effective USD`;
    return [actual?.[key], expected?.[key], deviation?.[key], score?.[key]];
  };
}

test('the newest settled day is held against its weekday: twice is 0.5, new is 1, gone is -1', async () => {
  const today = '2026-11-18 12:00';
  const newest = numberOf('2026-11-14'); // a Saturday: 40 is usual
  const count = numberOf('2026-11-18');
  const ledger = await usageBooks([
    ...series(count, weekly, { service: 'plain' }),
    ...series(count, day => weekly(day) * (day === newest ? 2 : 1), { service: 'twice' }),
    ...series(newest, weekly, { service: 'gone' }),
    { day: '2026-11-14', amount: 500, service: 'new' },
    // What comes on days that are not settled is not looked at.
    { day: '2026-11-16', amount: 9000, service: 'plain' },
    // Not Usage.
    { day: '2026-11-14', amount: 9000, service: 'plain', category: 'Tax' },
  ]);
  const of = await anomaliesAt(ledger, today);
  assert.deepEqual(of('plain'), [40, 40, 0, 0]);
  assert.deepEqual(of('twice'), [80, 40, 0.5, 10]);
  assert.deepEqual(of('gone'), [0, 40, -1, -20]);
  assert.deepEqual(of('new'), [500, 0, 1, 20]);
  const [settled] = await linesAt(ledger, cost.settledDay, today);
  assert.equal(settled, `a USD ${Date.parse('2026-11-14') / 1000}`);
  await ledger.close();
});

test('a day that is still arriving is no fall, and a bill that is late is none either', async () => {
  const ledger = await usageBooks(series(numberOf('2026-11-14'), weekly, { service: 'web' }));
  await postUsage(ledger, [{ day: '2026-11-14', amount: 1, service: 'web' }]);
  assert.deepEqual((await anomaliesAt(ledger, '2026-11-17 12:00'))('web'), [100, 100, 0, 0], 'Friday the 13th');
  const late = await usageBooks([
    ...series(numberOf('2026-11-10'), weekly, { service: 'web', provider: 'Azure' }),
    ...series(numberOf('2026-11-17'), weekly, { service: 'other' }),
  ]);
  assert.deepEqual((await anomaliesAt(late, '2026-11-17 12:00'))('web'), [100, 100, 0, 0], 'Monday the 9th');
  await ledger.close();
  await late.close();
});

test('a noisy service has to deviate more than a steady one', async () => {
  const noisy = (day: number) => 100 + ((day * 37) % 61) - 30;
  const count = numberOf('2026-11-18');
  const ledger = await usageBooks([
    ...series(count, day => (dayOf(firstDay, day) === '2026-11-14' ? 150 : 100), { service: 'steady' }),
    ...series(count, day => (dayOf(firstDay, day) === '2026-11-14' ? 150 : noisy(day)), { service: 'noisy' }),
  ]);
  const of = await anomaliesAt(ledger, '2026-11-18 12:00');
  const [steady = 0, restless = 0] = [of('steady')[3], of('noisy')[3]];
  assert.ok(steady > 5 && restless < 3, `${steady} ${restless}`);
  await ledger.close();
});
