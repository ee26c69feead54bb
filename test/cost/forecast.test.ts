/** The forecast's interval does what it says, on series that nobody built the forecaster for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accuracy, accuracyLine, forecastsAt, naiveForecast, type TeamMonth } from './forecast-accuracy.ts';
import { generatorNames, madeUpTeams } from './team-months.ts';
import { dayOf, type UsagePosting, usageBooks } from './usage-books.ts';

const firstDay = '2026-02-02';
const days = 302;
/** Instants of forecasts with their month: in its middle, the history from four to nine months long. */
const asked = [
  ['2026-06-16', '2026-06-01', 30],
  ['2026-08-15', '2026-08-01', 31],
  ['2026-11-16', '2026-11-01', 30],
] as const;

const shortHistories = [
  ['2026-03-02', '2026-03-01', 31],
  ['2026-03-16', '2026-03-01', 31],
  ['2026-04-10', '2026-04-01', 30],
] as const;
/** A month's first day, its second and its last but five. */
const otherDays = [
  ['2026-09-01', '2026-09-01', 30],
  ['2026-10-02', '2026-10-01', 31],
  ['2026-10-26', '2026-10-01', 31],
] as const;

const dayNumber = (day: string): number => (Date.parse(day) - Date.parse(firstDay)) / 86_400_000;

/** Seven tenths of a day are billed in its first night, and the rest two days later. */
const billed = (team: string, day: number, amount: number): readonly UsagePosting[] => [
  { team, day: dayOf(firstDay, day), amount: amount * 0.7, learned: `${dayOf(firstDay, day + 1)} 06:00` },
  { team, day: dayOf(firstDay, day), amount: amount * 0.3, learned: `${dayOf(firstDay, day + 3)} 06:00` },
];

/** Teams of a seed, forecast on the instants asked, with what they paid in the end. */
async function teamMonths(
  seed: number,
  teamsEach: number,
  months: readonly (readonly [on: string, month: string, length: number])[],
): Promise<TeamMonth[]> {
  const teams = madeUpTeams(seed, teamsEach, days);
  const ledger = await usageBooks(
    teams.flatMap(({ team, usage }) => usage.flatMap((amount, day) => (amount === 0 ? [] : billed(team, day, amount)))),
  );
  const rows = await forecastsAt(
    ledger,
    months.map(([on]) => `${on} 12:00`),
  );
  await ledger.close();
  const byKey = new Map(rows.map(row => [`${row.on} ${row.team}`, row]));
  return months.flatMap(([on, month, length]) =>
    teams.map(({ generator, team, usage }) => {
      const forecast = byKey.get(`${on} ${team}`);
      assert.ok(forecast, `${team} has no forecast on ${on}`);
      const from = dayNumber(month);
      return {
        group: generator,
        mean: Number(forecast.mean),
        lower: Number(forecast.lower),
        upper: Number(forecast.upper),
        naive: naiveForecast(usage, from, length, dayNumber(on) - 4),
        actual: usage.slice(from, from + length).reduce((sum, value) => sum + value, 0),
      };
    }),
  );
}

test('the 80 % interval holds 70 to 90 % of what made-up teams then paid', async t => {
  const months = await teamMonths(20_611, 25, asked);
  for (const name of generatorNames)
    t.diagnostic(
      accuracyLine(
        name,
        months.filter(({ group }) => group === name),
      ),
    );
  t.diagnostic(accuracyLine('all', months));
  const all = accuracy(months);
  assert.ok(all.months >= 200, `only ${all.months} team-months`);
  assert.ok(all.coverage >= 0.7 && all.coverage <= 0.9, `the interval held ${all.coverage}`);
  assert.ok(all.error < all.naiveError, `the mean was off by ${all.error}, the naive one by ${all.naiveError}`);
  assert.ok(all.width < 0.3, `an interval is ${all.width} of the actual wide`);
});

test('it does so at the beginning and at the end of a month', async t => {
  for (const one of otherDays) {
    const months = await teamMonths(90_817, 25, [one]);
    t.diagnostic(accuracyLine(`on ${one[0]}`, months));
    const { coverage } = accuracy(months);
    assert.ok(coverage >= 0.7 && coverage <= 0.9, `on ${one[0]}, the interval held ${coverage}`);
  }
});

test('where the history is too short to prove a forecast, the interval is too wide rather than too narrow', async t => {
  for (const one of shortHistories) {
    const months = await teamMonths(90_817, 25, [one]);
    t.diagnostic(accuracyLine(`on ${one[0]}, ${dayNumber(one[0])} days after the first`, months));
    const { coverage } = accuracy(months);
    assert.ok(coverage >= 0.7, `on ${one[0]}, the interval held ${coverage}`);
  }
});
