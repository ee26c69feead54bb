/** Alerts on what providers say themselves: their budgets and the cost anomalies that they see. */
import { compare, joinOn, latest, maxBy } from '../dashboards/lib/promql.ts';
import {
  vendorActiveAnomalies,
  vendorBudgetActual,
  vendorBudgetAmount,
  vendorBudgetForecast,
} from '../exporters/cost/metrics.ts';
import * as cases from './cases/cost-vendors.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { amountOf, count, label, labelOr, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `cost-vendors.rules.yml`. */
export function costVendorAlerts({ alerts }: Settings) {
  const { platform_team: platform } = alerts;
  const budgetLabels = vendorBudgetAmount.labels;
  const amount = maxBy(budgetLabels, latest(vendorBudgetAmount));

  const vendorBudgetExceeded = defineAlert({
    name: 'VendorBudgetExceeded',
    severity: 'ticket',
    expr: compare(joinOn(budgetLabels, maxBy(budgetLabels, latest(vendorBudgetActual)), '/', amount), '>', 1),
    summary: text`${label('provider')} budget ${label('budget')} is exceeded: ${percentage} used`,
    description: text`${label('provider')} says that ${percentage} of budget ${label('budget')} of team ${labelOr('team', platform)} in account ${label('billing_account')} (${label('currency')}) is used in its period so far, as the source ${label('source')} read it.`,
    value: text`${percentage} of the budget used`,
    budget: text`${amountOf(vendorBudgetAmount)} (${label('budget')} of ${label('provider')})`,
    page: 'team',
    cases: cases.vendorBudgetExceeded(),
  });

  const vendorBudgetForecastExceeded = defineAlert({
    name: 'VendorBudgetForecastExceeded',
    severity: 'digest',
    expr: compare(joinOn(budgetLabels, maxBy(budgetLabels, latest(vendorBudgetForecast)), '/', amount), '>', 1),
    for: '1h',
    summary: text`${label('provider')} expects budget ${label('budget')} to be ${percentage} used`,
    description: text`${label('provider')} expects ${percentage} of budget ${label('budget')} of team ${labelOr('team', platform)} in account ${label('billing_account')} (${label('currency')}) to be used by the end of its period.`,
    value: text`${percentage} of the budget expected`,
    budget: text`${amountOf(vendorBudgetAmount)} (${label('budget')} of ${label('provider')})`,
    page: 'team',
    cases: cases.vendorBudgetForecastExceeded(),
  });

  const vendorCostAnomaly = defineAlert({
    name: 'VendorCostAnomaly',
    severity: 'digest',
    expr: compare(maxBy(vendorActiveAnomalies.labels, latest(vendorActiveAnomalies)), '>', 0),
    summary: text`${label('provider')} sees cost anomalies in account ${label('billing_account')}`,
    description: text`${label('provider')} sees cost in account ${label('billing_account')} going on above what it expects (source ${label('source')}). finops_vendor_anomaly_impact_cost tells the services and how much.`,
    value: text`${count} anomalies`,
    team: platform,
    page: 'cost',
    cases: cases.vendorCostAnomaly(),
  });

  return defineGroup('cost-vendors', [vendorBudgetExceeded, vendorBudgetForecastExceeded, vendorCostAnomaly]);
}
