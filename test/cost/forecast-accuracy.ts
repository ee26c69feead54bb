/** How good forecasts were: how many actuals the 80 % interval held, and by how much the mean was off. */
import type { Ledger, Row } from '../../exporters/core/ledger.ts';
import { teamForecast } from '../../exporters/cost/metrics.ts';
import { facts, rowsOf } from './books.ts';

/** One team's month, forecast and paid. */
export interface TeamMonth {
  readonly group: string;
  readonly mean: number;
  readonly lower: number;
  readonly upper: number;
  /** The mean of the same weekdays of the four weeks before, and the known days: what the forecast has to beat. */
  readonly naive: number;
  readonly actual: number;
}

export interface Accuracy {
  readonly months: number;
  /** Parts of 1: the actuals within the interval, below and above it. */
  readonly coverage: number;
  readonly below: number;
  readonly above: number;
  /** Mean absolute error over the actual, of the forecast and of the naive one, and the interval's width. */
  readonly error: number;
  readonly naiveError: number;
  readonly width: number;
}

export function accuracy(months: readonly TeamMonth[]): Accuracy {
  const mean = (of: (month: TeamMonth) => number) => months.reduce((sum, month) => sum + of(month), 0) / months.length;
  return {
    months: months.length,
    coverage: mean(({ actual, lower, upper }) => Number(lower <= actual && actual <= upper)),
    below: mean(({ actual, lower }) => Number(actual < lower)),
    above: mean(({ actual, upper }) => Number(actual > upper)),
    error: mean(month => Math.abs(month.mean - month.actual) / month.actual),
    naiveError: mean(month => Math.abs(month.naive - month.actual) / month.actual),
    width: mean(({ lower, upper, actual }) => (upper - lower) / actual),
  };
}

const percent = (ratio: number) => `${(ratio * 100).toFixed(1)} %`;

/** `spike: 60 team-months, 80 % interval held 78.3 % (…), mean off by 4.2 %, naive by 6.1 %`. */
export const accuracyLine = (name: string, months: readonly TeamMonth[]): string => {
  const { coverage, below, above, error, naiveError, width } = accuracy(months);
  return (
    `${name}: ${months.length} team-months, the 80 % interval (${percent(width)} wide) held ${percent(coverage)}, ` +
    `${percent(below)} were below and ${percent(above)} above; the mean was off by ${percent(error)}, ` +
    `same weekdays' mean by ${percent(naiveError)}`
  );
};

/** The team forecasts as of instants, from what had been learned by then. */
export const forecastsAt = (ledger: Ledger, instants: readonly string[]): Promise<Row[]> =>
  ledger.read(async reader => {
    await reader.run(
      `CREATE OR REPLACE TEMP TABLE instants AS SELECT unnest(from_json($instants, '["TIMESTAMP"]')) AS ts`,
      { instants: JSON.stringify(instants) },
    );
    for (const table of facts)
      await reader.run(
        `CREATE OR REPLACE TEMP VIEW ${table}_known AS
         SELECT *, greatest(occurred_at, learned_at) AS effective_at FROM ${table}`,
      );
    return rowsOf(
      reader,
      `SELECT strftime(ts, '%Y-%m-%d') AS "on", team,
         any_value(value) FILTER (bound = 'mean') AS mean, any_value(value) FILTER (bound = 'lower') AS lower,
         any_value(value) FILTER (bound = 'upper') AS upper
       FROM (${teamForecast.sql}) GROUP BY ALL`,
    );
  });

/**
 * The naive forecast of a month: its settled days, and for each day after them the mean of the same weekday in the four
 * weeks before. `month` is the number of its first day, `settled` of the newest settled one.
 */
export function naiveForecast(usage: readonly number[], month: number, days: number, settled: number): number {
  let total = 0;
  for (let day = month; day < month + days; day += 1) {
    if (day <= settled) total += usage[day] ?? 0;
    else {
      const newest = day - 7 * Math.ceil((day - settled) / 7);
      const same = [0, 7, 14, 21].map(ago => usage[newest - ago]).filter(value => value !== undefined);
      total += same.reduce((sum, value) => sum + value, 0) / Math.max(1, same.length);
    }
  }
  return total;
}
