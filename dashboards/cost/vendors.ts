import { type Metric, twinNames } from '../../exporters/core/metric.ts';
import {
  costExplorerDaily,
  organisationForecast,
  vendorActiveAnomalies,
  vendorAnomalyImpact,
  vendorForecast,
} from '../../exporters/cost/metrics.ts';
import { vendorBudgetsTable } from '../common/vendor-budgets.ts';
import { details } from '../lib/dashboard.ts';
import { days, stat, table } from '../lib/panels.ts';
import { dayBars, latest, maxBy, sum, sumBy } from '../lib/promql.ts';
import { oneValue } from '../lib/variables.ts';
import { effective, money } from './scope.ts';

const account = ['provider', 'billing_account', 'currency'] as const;
const accountColumns = [
  { label: 'provider', title: 'Provider' },
  { label: 'billing_account', title: 'Billing account' },
  { label: 'currency', title: 'Currency' },
] as const;
const anomaly = ['provider', 'billing_account', 'service_name', 'currency'] as const;
const forecast = (bound: string) => maxBy(account, latest(vendorForecast, { bound }));

/** What providers say themselves, beside ours and in the currencies of their bills. */
export const vendors = details(
  'Details: what the providers say',
  stat({
    title: 'Anomalies seen',
    description: 'How many cost anomalies do providers see going on?',
    query: sum(latest(vendorActiveAnomalies)),
    thresholds: [{ from: 1, is: 'warning' }],
    otherwise: 'good',
    whenEmpty: 'no provider is asked',
  }),
  table({
    title: 'Their anomalies',
    description: 'What do providers see going on, and how much above what they expected is it?',
    columns: [...accountColumns.slice(0, 2), { label: 'service_name', title: 'Service' }, accountColumns[2]],
    values: [{ title: 'Impact', query: sumBy(anomaly, latest(vendorAnomalyImpact)) }],
    whenEmpty: 'they see none',
    width: 20,
    height: 4,
  }),
  stat({
    title: 'Forecast ($currency)',
    description: 'What do we expect the whole month to cost, over all providers of this currency? The mean.',
    query: maxBy([], latest(organisationForecast, { ...effective, bound: 'mean' })),
    decimals: 0,
    whenEmpty: 'needs 14 days of bills',
    height: 8,
  }),
  table({
    title: 'Their forecasts of the month',
    description: 'What do providers expect the month to cost, and between which bounds?',
    columns: accountColumns,
    values: [
      { title: 'Mean', query: forecast('mean') },
      { title: 'Lower', query: forecast('lower') },
      { title: 'Upper', query: forecast('upper') },
    ],
    whenEmpty: 'no provider is asked',
    width: 20,
    height: 8,
  }),
  vendorBudgetsTable(),
);

/** A daily family as of its newest day: what variables list values of. */
const newestDay = <Name extends string, Label extends string>(metric: Metric<Name, 'daily', Label>) =>
  ({ ...metric, name: twinNames(metric).latest, kind: 'state' }) as const;

/** Every cube is the same money by other keys, so that one is looked at at a time. */
export const cube = oneValue(newestDay(costExplorerDaily), 'cube', { title: 'Cost Explorer by' });

export const costExplorer = details(
  'Details: Cost Explorer',
  days({
    title: "Cost Explorer's cost by $cube ($currency)",
    description:
      'What does Cost Explorer itself say, by the keys that it was asked for? One cube alone: each is the same money by other keys.',
    queries: [
      {
        query: maxBy(['source', 'key1', 'key2'], dayBars(costExplorerDaily, { ...money, cube })),
        name: '{{key1}} {{key2}} ({{source}})',
      },
    ],
    whenEmpty: 'Cost Explorer is not asked, or not in this currency',
    width: 24,
    height: 12,
  }),
);
