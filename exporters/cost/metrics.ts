/**
 * What Plumbline says about money. Every family is a query over the cost ledger as of an instant; money is in the
 * billing currency, days are UTC days, and a day counts once it is complete. `cost_basis` is billed, effective, list
 * or contracted (FOCUS): showback reads effective, reconciliation reads billed; a sum over both, or over currencies,
 * means nothing. `charge_category` has FOCUS's words and UnusedCommitment for the unused part of commitments.
 */
import { defineMetric } from '../core/metric.ts';
import { anomalyMetrics } from './metrics/anomaly.ts';
import { changeMetrics } from './metrics/changes.ts';
import { commitmentMetrics } from './metrics/commitments.ts';
import { estimateMetrics } from './metrics/estimates.ts';
import { forecastMetrics } from './metrics/forecast.ts';
import { kubernetesMetrics } from './metrics/kubernetes.ts';
import { accountNames } from './metrics/reconciliation.ts';
import { reportingMetrics } from './metrics/reporting.ts';
import { restatementMetrics } from './metrics/restatement.ts';
import { sql } from './metrics/sql.ts';
import { unitMetrics } from './metrics/units.ts';
import { vendorMetrics } from './metrics/vendors.ts';

export * from './metrics/anomaly.ts';
export * from './metrics/changes.ts';
export * from './metrics/commitments.ts';
export * from './metrics/estimates.ts';
export * from './metrics/forecast.ts';
export * from './metrics/kubernetes.ts';
export * from './metrics/reporting.ts';
export * from './metrics/restatement.ts';
export * from './metrics/units.ts';
export * from './metrics/vendors.ts';

/** They are not folded: each one's days are final, and its bill is late, by itself. */
const mostProviders = 100;

export const dailyCost = defineMetric({
  name: 'finops_cost_daily',
  kind: 'daily',
  help: 'Cost of a UTC day by who bears it, after ownership and splits; services and environments beyond the top N of a month are "other".',
  unit: 'currency',
  labels: ['team', 'service', 'environment', 'charge_category', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 20_000,
  reads: ['allocations', 'cost_settings'],
  sql: sql('moments', 'daily_cost'),
});

export const dailyServiceCost = defineMetric({
  name: 'finops_service_cost_daily',
  kind: 'daily',
  help: 'Cost of a UTC day by the provider\'s service; service names beyond the top N of a month are service_name="other", charges without one "unnamed".',
  unit: 'currency',
  labels: ['team', 'provider', 'service_category', 'service_name', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 20_000,
  reads: ['allocations', 'cost_settings'],
  sql: sql('moments', 'daily_service_cost'),
});

export const monthToDate = defineMetric({
  name: 'finops_month_to_date_cost',
  kind: 'state',
  help: 'Cost of the complete days of the current UTC calendar month; 0 for who had cost only in the month before.',
  unit: 'currency',
  labels: ['team', 'service', 'environment', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 10_000,
  reads: ['allocations', 'cost_settings'],
  sql: sql('asked_months', 'month_cost', 'month_to_date'),
});

export const previousMonth = defineMetric({
  name: 'finops_previous_month_cost',
  kind: 'state',
  help: 'Cost of the whole previous UTC calendar month as known by now.',
  unit: 'currency',
  labels: ['team', 'service', 'environment', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 10_000,
  reads: ['allocations', 'cost_settings'],
  sql: sql('asked_months', 'month_cost', 'previous_month'),
});

const budgetLabels = ['budget', 'team', 'cost_basis', 'currency'] as const;

export const budgetAmount = defineMetric({
  name: 'finops_budget_amount',
  kind: 'state',
  help: 'Amount of a budget for the current UTC calendar month; budgets may overlap, so they do not add up.',
  unit: 'currency',
  labels: budgetLabels,
  additive: false,
  maxSeries: 1_000,
  reads: ['budgets'],
  sql: sql('valid_budgets', 'budget_amount'),
});

export const budgetSpent = defineMetric({
  name: 'finops_budget_spent_cost',
  kind: 'state',
  help: 'Cost of the complete days of the current UTC calendar month that a budget covers.',
  unit: 'currency',
  labels: budgetLabels,
  additive: false,
  maxSeries: 1_000,
  reads: ['budgets', 'allocations'],
  sql: sql('valid_budgets', 'budget_spending', 'budget_spent'),
});

export const budgetConsumption = defineMetric({
  name: 'finops_budget_consumption_ratio',
  kind: 'state',
  help: 'Month to date cost of a budget over its amount; 1 is all of it.',
  unit: 'ratio',
  labels: budgetLabels,
  additive: false,
  maxSeries: 1_000,
  reads: ['budgets', 'allocations'],
  sql: sql('valid_budgets', 'budget_spending', 'budget_consumption'),
});

export const untaggedRatio = defineMetric({
  name: 'finops_untagged_cost_ratio',
  kind: 'state',
  help: "Share of the last 30 complete days' effective cost that could carry a tag and carries none that a rule reads.",
  unit: 'ratio',
  labels: ['currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 20,
  reads: ['allocations'],
  sql: sql('taggable_cost', 'untagged_ratio'),
});

export const teamUntaggedRatio = defineMetric({
  name: 'finops_team_untagged_cost_ratio',
  kind: 'state',
  help: "Share of a team's effective cost of the last 30 complete days that could carry a tag and carries none that a rule reads.",
  unit: 'ratio',
  labels: ['team', 'currency'],
  additive: false,
  level: 'team',
  maxSeries: 1_000,
  reads: ['allocations'],
  sql: sql('taggable_cost', 'team_untagged_ratio'),
});

export const unallocatedRatio = defineMetric({
  name: 'finops_unallocated_cost_ratio',
  kind: 'state',
  help: "Share of the last 30 complete days' taggable effective cost that no rule gives to a team.",
  unit: 'ratio',
  labels: ['currency'],
  additive: false,
  level: 'organisation',
  maxSeries: 20,
  reads: ['allocations'],
  sql: sql('taggable_cost', 'unallocated_ratio'),
});

export const restated = defineMetric({
  name: 'finops_restated_cost_total',
  kind: 'count',
  help: 'Money by which bills changed days that were already known, by direction; both directions are positive.',
  unit: 'currency',
  labels: ['provider', 'direction', 'cost_basis', 'currency'],
  additive: true,
  maxSeries: 8 * mostProviders,
  reads: ['restatements', 'charges', 'charge_keys'],
  sql: sql('restated'),
});

export const dayFinality = defineMetric({
  name: 'finops_charge_day_finality',
  kind: 'daily',
  help: 'Whether a charge day is estimated, open or closed: 1 for what it is, 0 for the others.',
  unit: 'count',
  labels: ['provider', 'finality'],
  additive: true,
  maxSeries: 3 * mostProviders,
  reads: ['charges', 'charge_keys', 'billing_periods', 'cost_settings'],
  sql: sql('finality', 'day_finality'),
});

export const openDays = defineMetric({
  name: 'finops_recent_charge_day_finality',
  kind: 'state',
  help: 'How many of the last 62 complete days are estimated, open and closed.',
  unit: 'count',
  labels: ['provider', 'finality'],
  additive: true,
  maxSeries: 3 * mostProviders,
  reads: ['charges', 'charge_keys', 'billing_periods', 'cost_settings'],
  sql: sql('finality', 'open_days'),
});

export const residual = defineMetric({
  name: 'finops_allocation_residual_cost',
  kind: 'state',
  help: 'Absolute difference between the bill and the sum of its allocated parts, summed over days; anything but 0 is a defect.',
  unit: 'currency',
  labels: ['cost_basis', 'currency'],
  additive: true,
  maxSeries: 80,
  reads: ['charges', 'charge_keys', 'allocations'],
  sql: sql('residual'),
});

export const reconciliationGap = defineMetric({
  name: 'finops_reconciliation_gap_ratio',
  kind: 'state',
  help: "Billed cost of a billing period less what the invoice, a second source or a provider's budget says of the same money, over that (1 where that is nothing and the bill is not); for the newest period that has ended and the one that is running.",
  unit: 'ratio',
  labels: ['provider', 'billing_account', 'against', 'period', 'currency'],
  additive: false,
  maxSeries: 2_000,
  reads: [
    'charges',
    'charge_keys',
    'invoices',
    'second_charges',
    'vendor_budgets',
    'reconciled_budgets',
    'cost_settings',
  ],
  sql: `${accountNames}\n${sql('reconciliation_gap')}`,
});

export const newestCharge = defineMetric({
  name: 'finops_newest_charge_timestamp_seconds',
  kind: 'state',
  help: 'End of the newest UTC day that has charges, in seconds since 1970.',
  unit: 'timestamp_seconds',
  labels: ['provider'],
  additive: false,
  maxSeries: mostProviders,
  reads: ['charges', 'charge_keys'],
  sql: sql('newest_charge'),
});

export const foldedServices = defineMetric({
  name: 'finops_folded_services',
  kind: 'state',
  help: 'How many names of services and environments a daily family folds into "other" in the current UTC calendar month.',
  unit: 'count',
  labels: ['family'],
  additive: true,
  maxSeries: 10,
  reads: ['allocations', 'cost_settings'],
  sql: sql('asked_months', 'folded', 'folded_services'),
});

export const foldedCost = defineMetric({
  name: 'finops_folded_cost',
  kind: 'state',
  help: 'Month to date cost that a daily family shows as "other".',
  unit: 'currency',
  labels: ['family', 'cost_basis', 'currency'],
  additive: false,
  maxSeries: 200,
  reads: ['allocations', 'cost_settings'],
  sql: sql('asked_months', 'folded', 'folded_cost'),
});

/** Every family of the cost exporter, in the order of the page. */
export const costMetrics = [
  dailyCost,
  dailyServiceCost,
  monthToDate,
  previousMonth,
  budgetAmount,
  budgetSpent,
  budgetConsumption,
  untaggedRatio,
  teamUntaggedRatio,
  unallocatedRatio,
  restated,
  dayFinality,
  openDays,
  residual,
  reconciliationGap,
  newestCharge,
  foldedServices,
  foldedCost,
  ...forecastMetrics,
  ...anomalyMetrics,
  ...restatementMetrics,
  ...vendorMetrics,
  ...commitmentMetrics,
  ...unitMetrics,
  ...kubernetesMetrics,
  ...reportingMetrics,
  ...changeMetrics,
  ...estimateMetrics,
] as const;
