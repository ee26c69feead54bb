/**
 * What a month will cost. Usage is forecast from the settled days (complete, delivered and no longer estimated): their
 * level times their weekday, corrected by half of the error that the same forecast made at the same distance on earlier
 * days of the series; the outer tenths of those errors are the 80 % interval. Other charges (taxes, support, fees,
 * credits) are what is billed, and what the month before had on the days that are still to come. No series is forecast
 * from less than 14 settled days, and none without Usage has an interval. An interval adds up to nothing, so each level that is read has a family of its own.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

/** For the help of every family that has the interval. */
const unbounded = 'No bounds where no Usage is expected, as where all cost is of unused commitments.';
const forecast = ['settled_days', 'own_history', 'weekday_shares', 'usage_levels', 'month_forecast'] as const;
/** Forecasts rest on complete days: they move when a day ends or the ledger changes, and not in between. */
const everySeconds = 86_400;

export const teamForecast = defineMetric({
  name: 'finops_forecast_month_cost',
  kind: 'state',
  help: `Forecast of a team's cost in the whole current UTC calendar month: the mean, and the lower and upper bound of its 80 % interval. ${unbounded}`,
  unit: 'currency',
  labels: ['team', 'cost_basis', 'currency', 'bound'],
  additive: false,
  level: 'team',
  maxSeries: 3_000,
  everySeconds,
  reads: ['allocations', 'cost_settings'],
  sql: sql('runs_now', 'usage_of_teams', 'series_by_team', ...forecast, 'team_forecast'),
});

export const organisationForecast = defineMetric({
  name: 'finops_organisation_forecast_month_cost',
  kind: 'state',
  help: `Forecast of all cost in the whole current UTC calendar month: the mean, and the lower and upper bound of its 80 % interval. ${unbounded}`,
  unit: 'currency',
  labels: ['cost_basis', 'currency', 'bound'],
  additive: false,
  level: 'organisation',
  maxSeries: 60,
  everySeconds,
  reads: ['allocations', 'cost_settings'],
  sql: sql('runs_now', 'usage_of_teams', 'series_by_currency', ...forecast, 'organisation_forecast'),
});

export const budgetForecast = defineMetric({
  name: 'finops_budget_forecast_cost',
  kind: 'state',
  help: `Forecast of what a budget covers in the whole current UTC calendar month: the mean, and the lower and upper bound of its 80 % interval. ${unbounded}`,
  unit: 'currency',
  labels: ['budget', 'team', 'cost_basis', 'currency', 'bound'],
  additive: false,
  maxSeries: 3_000,
  everySeconds,
  reads: ['allocations', 'budgets', 'cost_settings'],
  sql: sql('runs_now', 'usage_of_budgets', ...forecast, 'budget_forecast'),
});

export const previousMonthForecast = defineMetric({
  name: 'finops_previous_month_forecast_cost',
  kind: 'state',
  help: `Forecast of a team's cost in the previous UTC calendar month, made anew from the days that were complete on its 8th, 15th and 22nd (forecast_day) as billed by now. ${unbounded}`,
  unit: 'currency',
  labels: ['team', 'cost_basis', 'currency', 'forecast_day', 'bound'],
  additive: false,
  level: 'team',
  maxSeries: 9_000,
  everySeconds,
  reads: ['allocations', 'cost_settings'],
  sql: sql('runs_of_previous_month', 'usage_of_teams', 'series_by_team', ...forecast, 'previous_month_forecast'),
});

export const budgetBurn = defineMetric({
  name: 'finops_budget_burn_ratio',
  kind: 'state',
  help: "Usage per day that a budget covers, over the last 3 and 14 settled days and free of their weekdays, over the budget's amount per day of the month; at 1, Usage alone spends exactly the amount.",
  unit: 'ratio',
  labels: ['budget', 'team', 'cost_basis', 'currency', 'window'],
  additive: false,
  maxSeries: 2_000,
  everySeconds,
  reads: ['allocations', 'budgets', 'cost_settings'],
  sql: sql(
    'runs_now',
    'usage_of_budgets',
    'settled_days',
    'own_history',
    'weekday_shares',
    'usage_levels',
    'budget_burn',
  ),
});

export const forecastMetrics = [
  teamForecast,
  organisationForecast,
  budgetForecast,
  previousMonthForecast,
  budgetBurn,
] as const;
