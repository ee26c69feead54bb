/**
 * Alerts on where money is going. What they read was computed in the ledger from settled days of Usage, by weekday: a tax
 * of the first, a weekend, a day that is still arriving or a late bill moves none of it.
 */
import { absolute, and, compare, dividedBy, latest, maxBy, minus } from '../dashboards/lib/promql.ts';
import {
  budgetAmount,
  budgetBurn,
  budgetForecast,
  usageDayCost,
  usageDayDeviation,
  usageDayExpected,
  usageDayScore,
} from '../exporters/cost/metrics.ts';
import * as cases from './cases/cost-forecast.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { amountOf, asPercentage, label, labelOr, money, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `cost-forecast.rules.yml`. */
export function costForecastAlerts({ alerts }: Settings) {
  const { platform_team: platform, budget_burn_ratio: burnLimit } = alerts;
  const { anomaly_ratio: ratio, anomaly_amount: amount, anomaly_score: score } = alerts;

  const lowerBound = maxBy(budgetAmount.labels, latest(budgetForecast, { bound: 'lower' }));
  const budgetForecastExceeded = defineAlert({
    name: 'BudgetForecastExceeded',
    severity: 'ticket',
    // the lower bound and not the mean: a forecast at the budget is above it as often as not
    expr: compare(dividedBy(lowerBound, maxBy(budgetAmount.labels, latest(budgetAmount))), '>', 1),
    summary: text`Budget ${label('budget')} will be exceeded: ${percentage} at the least`,
    description: text`Even the lower bound of the 80 % interval of this month's forecast is ${percentage} of team ${labelOr('team', platform)}'s budget ${label('budget')} (${label('cost_basis')} cost, ${label('currency')}). There is time to act before it is spent.`,
    value: text`${percentage} of the budget forecast at the least`,
    budget: text`${amountOf(budgetAmount)} (${label('budget')}, ${label('cost_basis')} cost)`,
    page: 'team',
    cases: cases.budgetForecastExceeded(),
  });

  const burnOver = (window: '3d' | '14d') =>
    compare(maxBy(budgetAmount.labels, latest(budgetBurn, { window })), '>', burnLimit);
  const budgetBurnHigh = defineAlert({
    name: 'BudgetBurnHigh',
    severity: 'ticket',
    // both windows: the longer says that it matters, the shorter that it still goes on
    expr: and(burnOver('14d'), burnOver('3d')),
    summary: text`Budget ${label('budget')} is spent at ${percentage} of its pace`,
    description: text`Over the last 14 settled days, and over the last 3 too, Usage of team ${labelOr('team', platform)} burnt its budget ${label('budget')} (${label('cost_basis')} cost, ${label('currency')}) at ${percentage} of the pace that spends it exactly in a month; up to ${asPercentage(burnLimit)} is let pass.`,
    value: text`${percentage} of the pace that spends it in a month`,
    budget: text`${amountOf(budgetAmount)} (${label('budget')}, ${label('cost_basis')} cost)`,
    page: 'team',
    cases: cases.budgetBurnHigh(burnLimit),
  });

  const labels = usageDayCost.labels;
  const moved = minus(maxBy(labels, latest(usageDayCost)), maxBy(labels, latest(usageDayExpected)));
  const atLeast = (metric: typeof usageDayDeviation | typeof usageDayScore, limit: number) =>
    compare(maxBy(labels, absolute(latest(metric))), '>=', limit);
  const costAnomaly = defineAlert({
    name: 'CostAnomaly',
    severity: 'ticket',
    // a part, an amount and a score: alone, each is news about cents, about the largest or about the steadiest
    expr: and(
      and(and(moved, compare(absolute(moved), '>=', amount)), atLeast(usageDayDeviation, ratio)),
      atLeast(usageDayScore, score),
    ),
    summary: text`Usage of ${label('service')} was off by ${money} in a day`,
    description: text`On its newest settled day, Usage of team ${label('team')}'s service ${label('service')} (${label('cost_basis')} cost) differed by ${money} from what its weekday let expect. It is told from ${asPercentage(ratio)} of the larger of both, ${amount} ${label('currency')} and ${score} robust standard deviations on.`,
    value: text`${money} off`,
    page: 'team',
    cases: cases.costAnomaly({ ratio, amount, score }),
  });

  return defineGroup('cost-forecast', [budgetForecastExceeded, budgetBurnHigh, costAnomaly]);
}
