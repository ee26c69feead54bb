import {
  budgetRemaining,
  burnRate,
  errorRatio,
  objective,
  sloInfo,
  timeToExhaustion,
  windowBadEvents,
  windowStart,
} from '../../alerts/slo/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { age, alerts, countBy, current, firstSeen, latestWithin, maxBy, minBy, or, times } from '../lib/promql.ts';
import { budgetLeft, errorBurn, noneAllowed, soonSpent } from '../thresholds.ts';
import { chosen, eventsOfWindow, noRules, noTraffic, ours } from './scope.ts';

/** What is told, and under each what it is told of. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

const promised = maxBy([], current(objective, chosen));

/** What is left of the budget, how fast it goes, and since when anything is known of it. */
export const answer = row(
  'Is $slo ($objective) of $service kept?',
  stat({
    title: 'Budget left',
    description:
      'How much of the error budget of its window is left? Below 0 it is overspent. Younger than its window, it is told of what was counted so far: see since when.',
    query: maxBy([], current(budgetRemaining, chosen)),
    thresholds: budgetLeft,
    otherwise: 'bad',
    whenEmpty: noTraffic,
    ...told,
  }),
  stat({
    title: 'Burn, 1 h',
    description:
      'How many times faster than allowed was the budget spent within the last hour? At 1 it lasts exactly as long as the window. Absent where slices are longer than an hour.',
    query: maxBy([], current(burnRate, { ...chosen, window: '1h' })),
    unit: 'score',
    thresholds: errorBurn,
    otherwise: 'good',
    whenEmpty: 'no traffic, or data of days',
    ...told,
  }),
  stat({
    title: 'Spent in',
    description: 'When is the budget spent, if it burns on as within the last hours?',
    query: maxBy([], current(timeToExhaustion, chosen)),
    thresholds: soonSpent,
    whenEmpty: "doesn't burn",
    ...told,
  }),
  stat({
    title: 'Bad, of its window',
    description:
      'Which part of the events of its window was bad? Bad events over all events, each of the same weight; slices, where its budget is of slices.',
    query: maxBy([], current(errorRatio, chosen)),
    unit: 'small_share',
    whenEmpty: noTraffic,
    ...told,
  }),
  stat({
    title: 'Alerts that fire',
    description: 'How many of its alerts fire now? They are listed below.',
    query: or(countBy([], current(alerts, { ...ours, alertstate: 'firing' })), times(countBy([], promised), 0)),
    thresholds: noneAllowed,
    otherwise: 'good',
    whenEmpty: noRules,
    ...told,
  }),
  stat({
    title: 'Data since',
    description:
      'For how long have its rules been there, as far back as a year? Nothing is known of the time before: a window that is longer is told of in part.',
    query: age(minBy([], firstSeen(sloInfo, chosen))),
    whenEmpty: noRules,
    ...told,
  }),
  stat({
    title: 'Window',
    description: 'Over which time does the budget count? A length that ends now, or what begins with the calendar.',
    query: maxBy(['window'], current(sloInfo, chosen)),
    name: '{{window}}',
    nameAlone: true,
    whenEmpty: noRules,
    ...over,
  }),
  stat({
    title: 'To be good',
    description: 'What is promised? The part of the events that is to be good; of parts, the strictest.',
    query: promised,
    unit: 'small_share',
    whenEmpty: noRules,
    ...over,
  }),
  stat({
    title: 'n: events',
    description: 'Over how many events, or slices, of its window is all this told?',
    query: eventsOfWindow,
    whenEmpty: noTraffic,
    ...over,
  }),
  stat({
    title: 'n: bad events',
    description: 'How many events, or slices, of its window were bad?',
    query: maxBy([], current(windowBadEvents, chosen)),
    whenEmpty: noTraffic,
    ...over,
  }),
  stat({
    title: 'Budget of',
    description:
      'What does the budget count? Occurrences are events; slices of time are good or bad, or count by their own ratio.',
    query: maxBy(['budgeting'], current(sloInfo, chosen)),
    name: '{{budgeting}}',
    nameAlone: true,
    whenEmpty: noRules,
    ...over,
  }),
  stat({
    title: 'Window began',
    description: 'How long ago did its calendar window begin? A rolling window always begins its length ago.',
    query: age(maxBy([], latestWithin(windowStart, '2d', chosen))),
    whenEmpty: 'rolling',
    ...over,
  }),
);
