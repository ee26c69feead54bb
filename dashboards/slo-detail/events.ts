import { badEvents, totalEvents } from '../../alerts/slo/metrics.ts';
import { details, row } from '../lib/dashboard.ts';
import { days, lines, table } from '../lib/panels.ts';
import { dividedBy, recordedSum, sumBy } from '../lib/promql.ts';
import { badByDay, badWithin, chosen, eventsWithin, goodByDay, goodWithin, noTraffic } from './scope.ts';

/** What was counted. */
export const events = row(
  'What was good, and what bad?',
  days({
    title: 'Events by day, good and bad',
    description:
      'On which days did it go wrong? Events, or slices, of each UTC day, as they were recorded, each once; the current day up to now. A day without a bar had no traffic, or no rules.',
    queries: [
      { query: goodByDay, name: 'good' },
      { query: badByDay, name: 'bad' },
    ],
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 12,
  }),
  lines({
    title: 'Bad events per hour',
    description: 'When within the day? Bad events, or slices, of the hour before each moment.',
    queries: [{ query: badWithin('1h'), name: 'bad' }],
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 6,
  }),
  lines({
    title: 'Error ratio per hour',
    description: 'Which part of the events of the hour before each moment was bad? Bad over all, divided once.',
    queries: [{ query: dividedBy(badWithin('1h'), eventsWithin('1h')), name: 'error ratio' }],
    unit: 'small_share',
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 6,
  }),
  lines({
    title: 'Good events per hour',
    description: 'How much traffic was there? Good events, or slices, of the hour before each moment.',
    queries: [{ query: goodWithin('1h'), name: 'good' }],
    tellsZeros: true,
    whenEmpty: noTraffic,
    width: 24,
    height: 7,
  }),
);

const part = ['part'] as const;
const [bad, all] = [badEvents, totalEvents].map(each => sumBy(part, recordedSum(each, '$__range', chosen)));

/** Of a composite: what each of its parts adds. */
export const parts = details(
  'Its parts',
  table({
    title: 'Events by part, over the time range',
    description:
      'Which part of a composite spends the budget? Its events and bad events within the time range of the page, before any weight; one that is no composite has one part without a name.',
    columns: [{ label: 'part', title: 'Part' }],
    values: [
      { title: 'Bad', query: bad! },
      { title: 'All', query: all! },
      { title: 'Error ratio', query: dividedBy(bad!, all!), unit: 'small_share' },
    ],
    whenEmpty: noTraffic,
    width: 24,
    height: 7,
  }),
);
