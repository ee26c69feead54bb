/**
 * What providers themselves say: Cost Explorer's cubes, and budgets, forecasts and anomalies of AWS and Azure. Their
 * numbers stand beside ours and are never mixed with them. Money is in the billing currency.
 */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

export const costExplorerDaily = defineMetric({
  name: 'finops_cost_explorer_daily',
  kind: 'daily',
  help: 'Cost of a UTC day in one of Cost Explorer\'s cubes; keys beyond the top N of a month are "other"; every cube is the same money by other keys, so cubes do not add up.',
  unit: 'currency',
  labels: ['source', 'cube', 'key1', 'key2', 'cost_basis', 'currency'],
  // Within one cube a sum would mean something, over two it counts twice: not to be summed at all.
  additive: false,
  maxSeries: 20_000,
  reads: ['cost_cubes', 'cost_settings'],
  sql: sql('cube_daily'),
});

const budgetLabels = ['source', 'provider', 'billing_account', 'budget', 'team', 'currency'] as const;

const vendorBudget = {
  kind: 'state',
  unit: 'currency',
  labels: budgetLabels,
  additive: false,
  maxSeries: 2_000,
  reads: ['vendor_budgets', 'vendor_budget_teams'],
} as const;

export const vendorBudgetAmount = defineMetric({
  ...vendorBudget,
  name: 'finops_vendor_budget_amount',
  help: "Amount of a provider's budget for its period now; budgets may overlap, so they do not add up. The team is empty where the configuration names none.",
  sql: sql('vendor_budgets', 'vendor_budget_amount'),
});

export const vendorBudgetActual = defineMetric({
  ...vendorBudget,
  name: 'finops_vendor_budget_actual_cost',
  help: 'What the provider says was spent of its budget in its period so far; no sample where it does not say.',
  sql: sql('vendor_budgets', 'vendor_budget_actual'),
});

export const vendorBudgetForecast = defineMetric({
  ...vendorBudget,
  name: 'finops_vendor_budget_forecast_cost',
  help: 'What the provider expects to be spent of its budget by the end of its period; no sample where it does not say.',
  sql: sql('vendor_budgets', 'vendor_budget_forecast'),
});

export const vendorForecast = defineMetric({
  name: 'finops_vendor_forecast_cost',
  kind: 'state',
  help: "The provider's forecast of the running UTC calendar month: its mean, and the lower and upper end of its interval.",
  unit: 'currency',
  labels: ['source', 'provider', 'billing_account', 'bound', 'currency'],
  additive: false,
  maxSeries: 1_000,
  reads: ['vendor_forecasts'],
  sql: sql('vendor_forecast'),
});

export const vendorAnomalyImpact = defineMetric({
  name: 'finops_vendor_anomaly_impact_cost',
  kind: 'state',
  help: 'Cost above what the provider expected, of the cost anomalies that it sees going on.',
  unit: 'currency',
  labels: ['source', 'provider', 'billing_account', 'service_name', 'currency'],
  additive: true,
  maxSeries: 2_000,
  reads: ['vendor_anomalies'],
  sql: sql('vendor_anomalies', 'vendor_anomaly_impact'),
});

export const vendorActiveAnomalies = defineMetric({
  name: 'finops_vendor_active_anomalies',
  kind: 'state',
  help: 'How many cost anomalies the provider sees going on; 0 where it was asked and sees none.',
  unit: 'count',
  labels: ['source', 'provider', 'billing_account'],
  additive: true,
  maxSeries: 500,
  reads: ['vendor_anomalies'],
  sql: sql('vendor_anomalies', 'vendor_active_anomalies'),
});

export const subAccountInfo = defineMetric({
  name: 'finops_sub_account_info',
  kind: 'state',
  help: 'The name of a sub account (an AWS account) as its provider last said it; always 1.',
  unit: 'info',
  labels: ['provider', 'sub_account', 'sub_account_name'],
  additive: false,
  maxSeries: 5_000,
  reads: ['sub_account_names'],
  sql: sql('sub_account_info'),
});

export const vendorMetrics = [
  costExplorerDaily,
  vendorBudgetAmount,
  vendorBudgetActual,
  vendorBudgetForecast,
  vendorForecast,
  vendorAnomalyImpact,
  vendorActiveAnomalies,
  subAccountInfo,
] as const;
