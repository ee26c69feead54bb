import {
  exchangeRate,
  exchangeRateTimestamp,
  reportingDailyCost,
  unconvertedCost,
} from '../../exporters/cost/metrics.ts';
import { details } from '../lib/dashboard.ts';
import { days, table } from '../lib/panels.ts';
import { age, dayBars, latest, maxBy, sumBy } from '../lib/promql.ts';
import { costBasis, teams } from '../variables.ts';

const rate = ['currency', 'reporting_currency'] as const;
const none = 'no reporting currency configured';

/** All bills in one currency, and the rates that it takes. */
export const currencies = details(
  'Details: all currencies in one',
  days({
    title: 'Cost by team and day in the reporting currency',
    description:
      'What do teams spend over all currencies? Each day at the newest exchange rate on or before it, and never added to numbers in a billing currency.',
    queries: [
      {
        query: sumBy(['team', 'currency'], dayBars(reportingDailyCost, { cost_basis: costBasis, team: teams })),
        name: '{{team}} ({{currency}})',
      },
    ],
    whenEmpty: none,
    width: 12,
  }),
  table({
    title: 'Exchange rates',
    description: 'By which rates is it converted, and of which day are they? A rate counts until there is a newer one.',
    columns: [
      { label: 'currency', title: 'From', width: 70 },
      { label: 'reporting_currency', title: 'To', width: 70 },
    ],
    values: [
      { title: 'Rate', query: maxBy(rate, latest(exchangeRate)), unit: 'exchange_rate' },
      { title: 'Age', query: maxBy(rate, age(latest(exchangeRateTimestamp))) },
    ],
    whenEmpty: none,
    width: 7,
  }),
  table({
    title: 'Not converted',
    description: 'Which money is missing from it, in its own currency? This month and the last; 0 is as it should be.',
    columns: [{ label: 'currency', title: 'Currency' }],
    values: [
      {
        title: 'Cost',
        query: sumBy(['currency'], latest(unconvertedCost, { cost_basis: costBasis })),
        thresholds: [{ from: 0.005, is: 'warning' }],
      },
    ],
    whenEmpty: none,
    width: 5,
  }),
);
