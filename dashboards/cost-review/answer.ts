import { costChange, previousMonth, restatedSinceFirstSeen, unallocatedRatio } from '../../exporters/cost/metrics.ts';
import { movers } from '../common/changes.ts';
import { row } from '../lib/dashboard.ts';
import { stat, table } from '../lib/panels.ts';
import { dividedBy, latest, maxBy, minus, sum } from '../lib/promql.ts';
import { origin } from '../origin.ts';
import { growth } from '../thresholds.ts';
import { currency } from '../variables.ts';
import { budgets, effective, toTeam } from './scope.ts';

const ofMonth = { ...budgets, period: 'month' };
const change = sum(latest(costChange, ofMonth));
const lastMonth = sum(latest(previousMonth, effective));
const restatedMonth = (direction: string) =>
  sum(latest(restatedSinceFirstSeen, { currency, cost_basis: 'effective', months_ago: '1', direction }));
const moving = movers(25, { ...budgets, period: 'month' });

/** Four a line, so that titles have room at 1280 pixels. */
const place = { width: 6, height: 3 } as const;

/** Last month in big numbers. */
export const answer = row(
  'What did last month cost?',
  stat({
    title: 'It cost ($currency)',
    description:
      'What did the whole previous calendar month cost, as known by now? Effective cost of the chosen teams.',
    query: lastMonth,
    decimals: 0,
    ...place,
  }),
  stat({
    title: 'Change ($currency)',
    description: 'How much more or less than the month before is that?',
    query: change,
    decimals: 0,
    whenEmpty: 'needs two months of history',
    ...place,
  }),
  stat({
    title: 'Change',
    description: 'How much is that of the month before?',
    query: dividedBy(change, minus(lastMonth, change)),
    thresholds: growth,
    whenEmpty: 'needs two months of history',
    ...place,
  }),
  stat({
    title: 'By usage ($currency)',
    description: 'How much of the change is because more or less was used?',
    query: sum(latest(costChange, { ...ofMonth, reason: 'usage' })),
    decimals: 0,
    whenEmpty: 'none of it',
    ...place,
  }),
  stat({
    title: 'By price ($currency)',
    description: 'How much of the change is because the same was dearer or cheaper, by price, discount or commitment?',
    query: sum(latest(costChange, { ...ofMonth, reason: 'price' })),
    decimals: 0,
    whenEmpty: 'none of it',
    ...place,
  }),
  stat({
    title: 'Restated ($currency)',
    description:
      "How much did bills change last month's days after they were first seen, up less down? Known per provider, not per team.",
    query: minus(restatedMonth('up'), restatedMonth('down')),
    decimals: 0,
    ...place,
  }),
  stat({
    title: 'Unowned',
    description:
      "How much can nobody be asked about? Share of the last 30 days' effective cost that could carry a tag.",
    query: maxBy(['currency'], latest(unallocatedRatio, { currency })),
    thresholds: [
      { from: 0.05, is: 'warning' },
      { from: 0.1, is: 'bad' },
    ],
    otherwise: 'good',
    ...place,
  }),
  origin(6, 3),
);

/** What moved between the two months. */
export const explained = row(
  'What explains the change?',
  table({
    title: 'Services that changed most ($currency)',
    description:
      'Which services changed from the month before last to last month, and why? By usage, by price, because they are new or gone, by their share of what teams split; unmetered charges state no quantity.',
    columns: [
      { label: 'team', title: 'Team', links: toTeam },
      { label: 'service', title: 'Service' },
    ],
    values: [
      { title: 'Change', query: moving.change },
      { title: 'By usage', query: moving.because('usage') },
      { title: 'By price', query: moving.because('price') },
      { title: 'New', query: moving.because('new') },
      { title: 'Gone', query: moving.because('gone') },
      { title: 'By shares', query: moving.because('shared') },
      { title: 'Unmetered', query: moving.because('unmetered') },
    ],
    whenEmpty: 'needs two months of history',
    width: 24,
    height: 12,
  }),
);
