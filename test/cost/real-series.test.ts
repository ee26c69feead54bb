/**
 * The forecast on every daily series of the corpus that covers a whole month: what it would have said, and what was paid.
 * Real series are few, so this reports and asserts no coverage; the made-up ones are for that.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Row } from '../../exporters/core/ledger.ts';
import { openBooks } from './books.ts';
import { accuracyLine, forecastsAt, naiveForecast, type TeamMonth } from './forecast-accuracy.ts';
import { dayOf, type UsagePosting, usageBooks } from './usage-books.ts';

const corpus = path.join(
  process.env.PLUMBLINE_CORPUS ?? path.join(import.meta.dirname, '..', '..', '..', 'shared', 'data'),
  'cost',
);
const focusFiles = [
  'focus-official/focus_1_0_sample_1000.csv',
  'focus-generated/focus_1_2_cost_and_usage_aws.csv',
  'focus-generated/focus_1_2_cost_and_usage_azure.csv',
];

interface DailyCost {
  readonly day: string;
  readonly service: string;
  readonly amount: number;
}

/** Usage by day and service of a FOCUS file. */
async function ofFocus(file: string): Promise<readonly DailyCost[]> {
  const ledger = await openBooks();
  const rows = await ledger.read(reader =>
    reader.all(
      `SELECT "ChargePeriodStart"[:10] AS day, "ServiceName" AS service, sum("EffectiveCost"::DOUBLE) AS amount
       FROM read_csv($file, header = true, all_varchar = true) WHERE "ChargeCategory" = 'Usage' GROUP BY ALL`,
      { file },
    ),
  );
  await ledger.close();
  return rows.map(({ day, service, amount }) => ({
    day: String(day),
    service: String(service),
    amount: Number(amount),
  }));
}

interface CostExplorerAnswer {
  readonly ResultsByTime: readonly {
    readonly TimePeriod: { readonly Start: string; readonly End: string };
    readonly Groups: readonly {
      readonly Keys: readonly string[];
      readonly Metrics: Readonly<Record<string, { readonly Amount: string }>>;
    }[];
  }[];
}

/** Cost by day and service of a daily Cost Explorer answer; a monthly one has no series. */
function ofCostExplorer(file: string): readonly DailyCost[] {
  const { ResultsByTime: results } = JSON.parse(readFileSync(file, 'utf8')) as CostExplorerAnswer;
  return results
    .filter(({ TimePeriod: { Start, End } }) => Date.parse(End) - Date.parse(Start) === 86_400_000)
    .flatMap(({ TimePeriod, Groups }) =>
      Groups.filter(({ Keys }) => Keys[0] !== 'Tax').map(({ Keys, Metrics }) => ({
        day: TimePeriod.Start,
        service: Keys[0] ?? '',
        amount: Number(Object.values(Metrics)[0]?.Amount ?? 0),
      })),
    );
}

/** The total, and every service with cost on half of the days, as teams. */
function asTeams(costs: readonly DailyCost[]): ReadonlyMap<string, ReadonlyMap<string, number>> {
  const days = new Set(costs.map(({ day }) => day)).size;
  const teams = new Map<string, Map<string, number>>();
  for (const { day, service, amount } of costs)
    for (const team of ['total', service]) {
      const usage = teams.get(team) ?? new Map<string, number>();
      teams.set(team, usage.set(day, (usage.get(day) ?? 0) + amount));
    }
  return new Map([...teams].filter(([, usage]) => [...usage.values()].filter(amount => amount > 0).length * 2 > days));
}

const daysIn = (month: string): number =>
  new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5, 7)), 0)).getUTCDate();

/** The 8th, 15th, 20th and 25th of every month that is whole. */
function instantsOf(days: readonly string[]): readonly string[] {
  const [first = '', last = ''] = [days[0], days.at(-1)];
  const months = [...new Set(days.map(day => day.slice(0, 7)))];
  return months
    .filter(month => `${month}-01` >= first && `${month}-${daysIn(month)}` <= last)
    .flatMap(month => ['08', '15', '20', '25'].map(day => `${month}-${day}`));
}

async function report(costs: readonly DailyCost[]): Promise<readonly TeamMonth[]> {
  const days = [...new Set(costs.map(({ day }) => day))].sort();
  const first = days[0] ?? '';
  const teams = asTeams(costs);
  const postings = [...teams].flatMap(([team, usage]) =>
    [...usage].map(([day, amount]): UsagePosting => ({ team, day, amount })),
  );
  const ledger = await usageBooks(postings);
  const rows: readonly Row[] = await forecastsAt(
    ledger,
    instantsOf(days).map(day => `${day} 12:00`),
  );
  await ledger.close();
  const numberOf = (day: string) => Math.round((Date.parse(day) - Date.parse(first)) / 86_400_000);
  return rows.flatMap(row => {
    const on = String(row.on);
    const month = numberOf(`${on.slice(0, 7)}-01`);
    const usage = teams.get(String(row.team)) ?? new Map<string, number>();
    const values = Array.from(
      { length: numberOf(days.at(-1) ?? '') + 1 },
      (_, day) => usage.get(dayOf(first, day)) ?? 0,
    );
    const inMonth = days.filter(day => day.startsWith(on.slice(0, 7)));
    const actual = inMonth.reduce((sum, day) => sum + (usage.get(day) ?? 0), 0);
    if (actual <= 0) return [];
    return [
      {
        group: String(row.team),
        mean: Number(row.mean),
        lower: Number(row.lower),
        upper: Number(row.upper),
        naive: naiveForecast(values, month, daysIn(on), numberOf(on) - 4),
        actual,
      },
    ];
  });
}

const costExplorerFiles = existsSync(path.join(corpus, 'aws'))
  ? readdirSync(path.join(corpus, 'aws'))
      .filter(file => /_ce_.*\.json$/.test(file) && !file.startsWith('botocore') && !file.startsWith('awscli'))
      .map(file => `aws/${file}`)
  : [];

for (const file of [...focusFiles, ...costExplorerFiles])
  test(`the forecast of ${file}`, {
    skip: !existsSync(path.join(corpus, file)) && 'it is not in the corpus',
  }, async t => {
    const full = path.join(corpus, file);
    const costs = file.endsWith('.csv') ? await ofFocus(full) : ofCostExplorer(full);
    if (costs.length === 0) return t.skip('it has no daily series');
    if (instantsOf([...new Set(costs.map(({ day }) => day))].sort()).length === 0)
      return t.skip('it covers no whole month');
    const months = await report(costs);
    assert.ok(months.length > 0, 'no forecast could be made');
    for (const { group, lower, mean, upper } of months) assert.ok(lower <= mean && mean <= upper, group);
    t.diagnostic(
      accuracyLine(
        'the total',
        months.filter(({ group }) => group === 'total'),
      ),
    );
    const services = months.filter(({ group }) => group !== 'total');
    if (services.length > 0) t.diagnostic(accuracyLine('its services', services));
  });
