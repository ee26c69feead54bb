import { budgetRemaining, burnRate, errorRatio } from '../../alerts/slo/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { lines, table } from '../lib/panels.ts';
import { current, joinOn, maxBy, times } from '../lib/promql.ts';
import { budgetLeft, errorBurn } from '../thresholds.ts';
import { chosen, noTraffic, thresholds } from './scope.ts';

/** The budget over time. */
export const movement = row(
  'How did the budget move?',
  lines({
    title: 'Budget left over time',
    description:
      'When was it spent, and does it come back? What was left of the budget of the window that ended, or ran, at each moment; nothing before its rules were there.',
    queries: [{ query: maxBy([], current(budgetRemaining, chosen)), name: 'budget left' }],
    thresholds: budgetLeft,
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 12,
  }),
  lines({
    title: 'Bad, of its window, over time',
    description: 'Which part of the events was bad, of the window that ended, or ran, at each moment?',
    queries: [{ query: maxBy([], current(errorRatio, chosen)), name: 'bad' }],
    unit: 'small_share',
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 12,
  }),
);

const pair = ['long', 'window'] as const;
const burnOf = maxBy(['window'], current(burnRate, chosen));

/** Burn over each window that alerts of a severity look at, with the threshold's labels. */
const burnBeside = (severity: 'page' | 'ticket' | 'digest') =>
  joinOn(['window'], times(thresholds(severity), 0), '+', burnOf);

const chart = (severity: 'page' | 'ticket', title: string, description: string) =>
  lines({
    title,
    description,
    queries: [
      { query: maxBy(['window'], burnBeside(severity)), name: 'burn over {{window}}' },
      { query: maxBy(['long'], thresholds(severity)), name: 'fires above, over {{long}}' },
    ],
    unit: 'score',
    tellsZeros: true,
    whenEmpty: 'it has no such alert, or no traffic',
    width: 12,
  });

const compared = (severity: 'page' | 'ticket' | 'digest', title: string, description: string) =>
  table({
    title,
    description,
    columns: [
      { label: 'long', title: 'Pair of' },
      { label: 'window', title: 'Window' },
    ],
    values: [
      {
        title: 'Of threshold',
        query: joinOn(pair, burnBeside(severity), '/', thresholds(severity)),
        thresholds: errorBurn,
      },
      { title: 'Burn', query: burnBeside(severity), unit: 'score' },
      { title: 'Fires above', query: thresholds(severity), unit: 'score' },
    ],
    whenEmpty: 'it has no such alert',
    ...(severity === 'digest' ? { width: 24, height: 6 } : { width: 12, height: 8 }),
  });

/** How fast it burns, beside what makes its alerts fire. */
export const burn = row(
  'How fast does it burn, and when does that fire?',
  chart(
    'page',
    'Burn that pages',
    'Does someone have to get up? Burn over the windows of its pages, beside their thresholds: a pair fires while both of its windows are above it. No page is for slow data.',
  ),
  chart(
    'ticket',
    'Burn that makes a ticket',
    'Does it burn for long, if not fast? Burn over the windows of its tickets, beside their thresholds.',
  ),
  compared(
    'page',
    'Windows of pages',
    'How near is a page? Burn now, by pair of windows; above 100 % of both, it fires.',
  ),
  compared(
    'ticket',
    'Windows of tickets',
    'How near is a ticket? Burn now, by pair of windows, or over the one window that an alert policy asked for.',
  ),
  compared('digest', 'Windows that are noted', 'What did alert policies ask to be told of, without any hurry?'),
);
