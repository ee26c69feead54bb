import { sourceLastSuccess, sourceRefreshDuration, sourceUp } from '../../exporters/core/metrics.ts';
import {
  dayFinality,
  foldedCost,
  foldedServices,
  newestCharge,
  openDays,
  reconciliationGap,
  residual,
  restated,
  unallocatedRatio,
  untaggedRatio,
} from '../../exporters/cost/metrics.ts';
import { details, row } from '../lib/dashboard.ts';
import { days, stat, table } from '../lib/panels.ts';
import {
  absolute,
  age,
  compare,
  countBy,
  current,
  dayBars,
  dayIncrease,
  latest,
  maxBy,
  minBy,
  minus,
  not,
  sum,
  sumBy,
} from '../lib/promql.ts';
import { origin } from '../origin.ts';
import { gaps, untaggedShares } from '../thresholds.ts';
import { currency } from '../variables.ts';
import { money } from './scope.ts';

const ofCost = { exporter: 'cost' };
const gapBy = ['provider', 'billing_account', 'against', 'period'] as const;
const gap = latest(reconciliationGap, { currency });
const bySource = ['source'] as const;
const upOrDown = { 0: { text: 'failed', is: 'bad' }, 1: { text: 'up', is: 'good' } } as const;

/** Four a line, so that titles have room at 1280 pixels. */
const place = { width: 6, height: 3 } as const;

/** Whether the bill is complete, its parts sum to it, and somebody answers for it. */
export const trust = row(
  'Can these numbers be trusted?',
  stat({
    title: 'Newest charge',
    description: 'How far behind is the slowest provider? Time since the end of the newest day that its bill holds.',
    query: maxBy([], age(latest(newestCharge))),
    thresholds: [
      { from: 2 * 86_400, is: 'warning' },
      { from: 3 * 86_400, is: 'bad' },
    ],
    otherwise: 'good',
    ...place,
  }),
  stat({
    title: 'Days not closed',
    description:
      'How many of the last 62 days may still change? Days that are estimated or whose billing period is open, of the provider with the most.',
    query: maxBy([], sumBy(['provider'], latest(openDays, { finality: not('closed') }))),
    ...place,
  }),
  stat({
    title: 'Residual ($currency)',
    description:
      'Do the parts sum to the bill? The bill less everything allocated to teams; anything but 0 is a defect of ours.',
    query: sum(latest(residual, money)),
    thresholds: [{ from: 0.005, is: 'bad' }],
    otherwise: 'good',
    decimals: 2,
    ...place,
  }),
  stat({
    title: 'Widest gap',
    description:
      'Does the bill agree with the invoice, a second source and the budget of the provider? Billed cost less what each says of the same period, over that; the widest gap.',
    query: maxBy([], absolute(latest(reconciliationGap, { currency }))),
    thresholds: gaps,
    otherwise: 'good',
    whenEmpty: 'nothing to compare with',
    ...place,
  }),
  stat({
    title: 'Sources failing',
    description:
      'How many sources of cost failed at their last refresh? What they told before stays on the page and grows old.',
    query: minus(countBy([], current(sourceUp, ofCost)), sum(current(sourceUp, ofCost))),
    thresholds: [{ from: 1, is: 'bad' }],
    otherwise: 'good',
    ...place,
  }),
  stat({
    title: 'Unowned',
    description:
      "How much can nobody be asked about? Share of the last 30 days' effective cost that no ownership rule gives to a team, over what can be tagged.",
    query: maxBy(['currency'], latest(unallocatedRatio, { currency })),
    thresholds: [
      { from: 0.05, is: 'warning' },
      { from: 0.1, is: 'bad' },
    ],
    otherwise: 'good',
    ...place,
  }),
  stat({
    title: 'Untagged',
    description:
      "How much carries no tag that a rule reads, though it could? Share of the last 30 days' effective cost. An account or resource rule may own it all the same.",
    query: maxBy(['currency'], latest(untaggedRatio, { currency })),
    thresholds: untaggedShares,
    otherwise: 'good',
    ...place,
  }),
  origin(6, 3),
);

/** What may still change, what did change, and what is not shown one by one. */
export const finality = details(
  'Details: finality, reconciliation and sources',
  days({
    title: 'Finality of days',
    description:
      'Which days may still change? One per provider and day: estimated, open (its billing period is not closed), or closed.',
    queries: [{ query: sumBy(['finality'], dayBars(dayFinality)), name: '{{finality}}' }],
    width: 8,
  }),
  days({
    title: 'Restated by day ($currency)',
    description:
      'How much did bills change days that we already knew, by the day we learned it? Up and down are counted apart and are both positive.',
    queries: [{ query: sumBy(['direction'], dayIncrease(restated, money)), name: '{{direction}}' }],
    width: 8,
  }),
  table({
    title: 'Folded into "other" ($currency)',
    description:
      'How much detail of this month is missing? What each daily family shows as "other", since only the greatest get a series of their own.',
    columns: [{ label: 'family', title: 'Family' }],
    values: [
      { title: 'Cost', query: compare(maxBy(['family'], latest(foldedCost, money)), '!=', 0) },
      { title: 'Names', query: compare(maxBy(['family'], latest(foldedServices)), '>', 0) },
    ],
    whenEmpty: 'nothing is folded',
    width: 8,
  }),
  table({
    title: 'Reconciliation ($currency)',
    description:
      "Which account's bill disagrees, and with what? Billed cost of a billing period less what an invoice, a second source or a provider's budget says of the same money, over that.",
    columns: [
      { label: 'provider', title: 'Provider', width: 100 },
      { label: 'billing_account', title: 'Billing account' },
      { label: 'against', title: 'Against' },
      { label: 'period', title: 'Period', width: 80 },
    ],
    values: [
      { title: 'Gap', query: maxBy(gapBy, absolute(gap)), thresholds: gaps, unit: 'small_share' },
      { title: 'Bill is more by', query: maxBy(gapBy, gap), unit: 'small_share' },
    ],
    whenEmpty: 'nothing to compare with',
    width: 14,
  }),
  table({
    title: 'Sources of cost',
    description: 'Which source is in trouble, and since when? The page of Plumbline itself has the reasons.',
    columns: [{ label: 'source', title: 'Source' }],
    values: [
      { title: 'Last success', query: maxBy(bySource, age(current(sourceLastSuccess, ofCost))) },
      { title: 'State', query: minBy(bySource, current(sourceUp, ofCost)), texts: upOrDown },
      { title: 'Refresh took', query: maxBy(bySource, current(sourceRefreshDuration, ofCost)) },
    ],
    compact: true,
    width: 10,
  }),
);
