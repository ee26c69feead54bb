/** Alerts on money. Slow data is read by its last value of a day, so that an exporter that stops resolves nothing. */
import { absolute, age, compare, increaseExact, joinOn, latest, maxBy, or, sumBy } from '../dashboards/lib/promql.ts';
import {
  budgetAmount,
  budgetConsumption,
  newestCharge,
  previousMonth,
  reconciliationGap,
  residual,
  restated,
  teamUntaggedRatio,
  unallocatedRatio,
} from '../exporters/cost/metrics.ts';
import * as cases from './cases/cost.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { amountOf, asPercentage, duration, label, labelOr, percentage, smallMoney, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** Differences below it are the last digits of sums, in any currency. */
const residualTolerance = 1e-6;

/** The alerts of `cost.rules.yml`. Each query keeps the metric's own labels: two replicas make one alert. */
export function costAlerts({ alerts, unallocatedRatio: unallocatedLimit, staleHours }: Settings) {
  const { platform_team: platform, budget_at_risk_ratio: atRisk, restated_ratio: restatedLimit } = alerts;
  const { untagged_ratio: untaggedLimit, reconciliation_gap_ratio: gapLimit } = alerts;

  const consumption = maxBy(budgetConsumption.labels, latest(budgetConsumption));

  const budgetAtRisk = defineAlert({
    name: 'BudgetAtRisk',
    severity: 'ticket',
    // no "for": month to date moves once a day, and only whole batches of the bill are seen
    expr: compare(consumption, '>=', atRisk),
    summary: text`Budget ${label('budget')} is ${percentage} used`,
    description: text`Team ${labelOr('team', platform)} has used ${percentage} of its budget ${label('budget')} (${label('cost_basis')} cost, ${label('currency')}) this month. Complete days only; it warns from ${asPercentage(atRisk)}.`,
    value: text`${percentage} of the budget used`,
    budget: text`${amountOf(budgetAmount)} (${label('budget')}, ${label('cost_basis')} cost)`,
    page: 'team',
    cases: cases.budgetAtRisk(atRisk),
  });

  const budgetExceeded = defineAlert({
    name: 'BudgetExceeded',
    severity: 'ticket',
    expr: compare(consumption, '>=', 1),
    summary: text`Budget ${label('budget')} is exceeded: ${percentage} used`,
    description: text`Team ${labelOr('team', platform)} has used ${percentage} of its budget ${label('budget')} (${label('cost_basis')} cost, ${label('currency')}) this month. Complete days only; the month goes on.`,
    value: text`${percentage} of the budget used`,
    budget: text`${amountOf(budgetAmount)} (${label('budget')}, ${label('cost_basis')} cost)`,
    page: 'team',
    cases: cases.budgetExceeded(),
  });

  const unallocatedCostHigh = defineAlert({
    name: 'UnallocatedCostHigh',
    severity: 'ticket',
    expr: compare(maxBy(unallocatedRatio.labels, latest(unallocatedRatio)), '>', unallocatedLimit),
    for: '1h',
    summary: text`${percentage} of the cost in ${label('currency')} belongs to no team`,
    description: text`No ownership rule gives ${percentage} of the taggable effective cost in ${label('currency')} of the last 30 complete days to a team; the limit is ${asPercentage(unallocatedLimit)}. It is shown as team "unowned".`,
    value: text`${percentage} of the cost`,
    team: platform,
    page: 'cost',
    cases: cases.unallocatedCostHigh(unallocatedLimit),
  });

  const untaggedCostHigh = defineAlert({
    name: 'UntaggedCostHigh',
    severity: 'digest',
    expr: compare(maxBy(teamUntaggedRatio.labels, latest(teamUntaggedRatio)), '>', untaggedLimit),
    for: '1h',
    summary: text`${percentage} of team ${label('team')}'s taggable cost carries no tag`,
    description: text`Of what team ${label('team')} spent in ${label('currency')} over the last 30 complete days and could have tagged, ${percentage} carries no tag that a rule reads; the limit is ${asPercentage(untaggedLimit)}.`,
    value: text`${percentage} of the taggable cost`,
    page: 'team',
    cases: cases.untaggedCostHigh(untaggedLimit),
  });

  const billingDataStale = defineAlert({
    name: 'BillingDataStale',
    severity: 'ticket',
    expr: compare(age(maxBy(newestCharge.labels, latest(newestCharge))), '>', staleHours * 3600),
    for: '1h',
    summary: text`${label('provider')} bills end ${duration} ago`,
    description: text`The newest charge day of ${label('provider')} ended ${duration} ago; more than ${staleHours} hours is late. Costs and budgets stand still meanwhile.`,
    value: text`${duration} old`,
    team: platform,
    page: 'cost',
    cases: cases.billingDataStale(staleHours),
  });

  const allocationResidual = defineAlert({
    name: 'AllocationResidual',
    severity: 'ticket',
    expr: compare(absolute(maxBy(residual.labels, latest(residual))), '>', residualTolerance),
    for: '15m',
    summary: text`The parts of the bill do not sum to the bill: ${smallMoney} off`,
    description: text`The ${label('cost_basis')} cost allocated to teams differs by ${smallMoney} from the bill. Every cost on the dashboards is in doubt until it is 0.`,
    value: text`${smallMoney} off`,
    team: platform,
    page: 'cost',
    cases: cases.allocationResidual(),
  });

  const reconciliationGapAlert = defineAlert({
    name: 'ReconciliationGap',
    severity: 'ticket',
    expr: compare(absolute(maxBy(reconciliationGap.labels, latest(reconciliationGap))), '>', gapLimit),
    for: '1h',
    summary: text`Bill and ${label('against')} of ${label('provider')} ${label('billing_account')} differ by ${percentage}`,
    description: text`Billed cost of account ${label('billing_account')} (${label('provider')}, ${label('currency')}) differs by ${percentage} from what ${label('against')} says of its ${label('period')} period; up to ${asPercentage(gapLimit)} is let pass.`,
    value: text`${percentage} of the bill`,
    team: platform,
    page: 'cost',
    cases: cases.reconciliationGap(gapLimit),
  });

  // a direction that was never restated before has no value of a day ago, and all it has happened since
  const effective = { cost_basis: 'effective' } as const;
  const moved = or(increaseExact(restated, '1d', effective), latest(restated, effective));
  const bill = sumBy(['currency'], latest(previousMonth, effective));
  const largeRestatement = defineAlert({
    name: 'LargeRestatement',
    severity: 'digest',
    expr: compare(
      joinOn(['currency'], sumBy(['provider', 'direction', 'currency'], moved), '/', bill),
      '>',
      restatedLimit,
    ),
    summary: text`${label('provider')} restated past days ${label('direction')} by ${percentage} of a month's bill`,
    description: text`Within a day, bills of ${label('provider')} changed days that were already known ${label('direction')} by ${percentage} of the previous month's effective cost in ${label('currency')}; more than ${asPercentage(restatedLimit)} is unusual. Charts of past days have changed.`,
    value: text`${percentage} of a month's bill`,
    team: platform,
    page: 'cost',
    cases: cases.largeRestatement(restatedLimit),
  });

  return defineGroup('cost', [
    budgetAtRisk,
    budgetExceeded,
    unallocatedCostHigh,
    untaggedCostHigh,
    billingDataStale,
    allocationResidual,
    reconciliationGapAlert,
    largeRestatement,
  ]);
}
