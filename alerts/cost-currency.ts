/** Alerts on the conversion of money to the reporting currency. */
import { age, compare, latest, maxBy } from '../dashboards/lib/promql.ts';
import { exchangeRateTimestamp } from '../exporters/cost/metrics.ts';
import * as cases from './cases/cost-currency.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { duration, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `cost-currency.rules.yml`. */
export function currencyAlerts({ alerts }: Settings) {
  const { platform_team: platform, exchange_rate_stale_days: staleDays } = alerts;
  const exchangeRateStale = defineAlert({
    name: 'ExchangeRateStale',
    severity: 'ticket',
    expr: compare(age(maxBy(exchangeRateTimestamp.labels, latest(exchangeRateTimestamp))), '>', staleDays * 86_400),
    for: '1h',
    summary: text`The exchange rate of ${label('currency')} is ${duration} old`,
    description: text`Cost in ${label('currency')} is shown in ${label('reporting_currency')} at a rate of ${duration} ago; more than ${staleDays} days is late, weekends and holidays counted. Cost in ${label('currency')} itself is right.`,
    value: text`${duration} old`,
    team: platform,
    page: 'cost',
    cases: cases.exchangeRateStale(staleDays),
  });
  return defineGroup('cost-currency', [exchangeRateStale]);
}
