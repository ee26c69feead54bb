/**
 * Cost in one reporting currency, by dated rates from a file; each day at the newest rate on or before it. It stands
 * beside cost in its billing currencies and is never added to it.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = ['allocations', 'exchange_rates', 'reporting_currencies'] as const;

export const reportingDailyCost = defineMetric({
  name: 'finops_reporting_cost_daily',
  kind: 'daily',
  help: 'Cost of a UTC day by team in the reporting currency, at the newest exchange rate on or before the day; what no rate converts is left out and told by finops_unconverted_cost.',
  unit: 'currency',
  labels: ['team', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 4_000,
  reads,
  sql: sql('asked_days', 'reporting_cost', 'reporting_daily'),
});

export const reportingMonthToDate = defineMetric({
  name: 'finops_reporting_month_to_date_cost',
  kind: 'state',
  help: 'Cost of the complete days of the current UTC calendar month in the reporting currency, each day at its own exchange rate; 0 for who had cost only in the month before.',
  unit: 'currency',
  labels: ['team', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 4_000,
  reads,
  sql: sql('asked_two_months', 'reporting_cost', 'reporting_month_to_date'),
});

export const unconvertedCost = defineMetric({
  name: 'finops_unconverted_cost',
  kind: 'state',
  help: 'Cost of the current and the previous UTC calendar month that no exchange rate converts to the reporting currency, in its billing currency.',
  unit: 'currency',
  labels: ['cost_basis', 'currency'],
  additive: true,
  maxSeries: 200,
  reads,
  sql: sql('asked_two_months', 'reporting_cost', 'unconverted_cost'),
});

const rateLabels = ['currency', 'reporting_currency'] as const;
const rateReads = ['exchange_rates', 'reporting_currencies', 'charge_keys'] as const;

export const exchangeRate = defineMetric({
  name: 'finops_exchange_rate',
  kind: 'state',
  help: 'What one unit of a billing currency is worth in the reporting currency, by the newest rate of a complete UTC day.',
  unit: 'count',
  labels: rateLabels,
  additive: false,
  maxSeries: 200,
  reads: rateReads,
  sql: sql('newest_rates', 'exchange_rate'),
});

export const exchangeRateTimestamp = defineMetric({
  name: 'finops_exchange_rate_timestamp_seconds',
  kind: 'state',
  help: 'The UTC day of the newest exchange rate of a billing currency, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: rateLabels,
  additive: false,
  maxSeries: 200,
  reads: rateReads,
  sql: sql('newest_rates', 'exchange_rate_timestamp'),
});

export const reportingMetrics = [
  reportingDailyCost,
  reportingMonthToDate,
  unconvertedCost,
  exchangeRate,
  exchangeRateTimestamp,
] as const;
