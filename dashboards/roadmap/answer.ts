import {
  cycleTime,
  cycleTimeItems,
  feedbackOpen,
  feedbackShare,
  openAge,
  promises,
  roadmapItems,
  throughput,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { stat } from '../lib/panels.ts';
import { earlier, latest, maxBy, oneOf, or, type Query, sum, times } from '../lib/promql.ts';
import { anyToActOn } from '../thresholds.ts';
import { noRoadmap, ofAreas, ofTeams, open, period, tooFewItems, whateverArea, wholeOrganisation } from './scope.ts';

/** What is told, under each what it is told of, and below what it was. */
const told = { width: 4, height: 4 } as const;
const over = { width: 4, height: 3 } as const;

/** 0 where nothing is counted, as long as there is a roadmap at all; `before` ago, where that was so then. */
const orNone = (query: Query<never, true>, before?: '30d') =>
  or(
    query,
    times(sum(before === undefined ? latest(roadmapItems, ofTeams) : earlier(roadmapItems, before, ofTeams)), 0),
  );
const listed = { ...ofAreas, status: oneOf(...open) } as const;
const median = { ...period, percentile: 'p50' } as const;
const begun = { status: 'in_progress', percentile: 'p50' } as const;
const due = { ...ofTeams, outcome: 'open' } as const;
const wait = { ...ofTeams, state: 'unanswered' } as const;
const notKnownThen = 'not known then';

/** What is on the list, what gets done, and who waits; the same 30 days ago. */
export const answer = row(
  'What does the platform team ship?',
  stat({
    title: 'Open items',
    description: 'What is on the list? Items in the backlog, to do and in progress; visits to office hours are none.',
    query: orNone(sum(latest(roadmapItems, listed))),
    whenEmpty: noRoadmap,
    ...told,
  }),
  stat({
    title: 'Done in the period',
    description: 'What gets done? Items that were done in the chosen period, and still are.',
    query: orNone(sum(latest(throughput, { ...ofAreas, ...period }))),
    whenEmpty: noRoadmap,
    ...told,
  }),
  stat({
    title: 'Cycle time, p50',
    description: `How long does an item take? From the first time in progress to done, over items done in the period. ${wholeOrganisation}`,
    query: maxBy([], latest(cycleTime.organisation, median)),
    whenEmpty: tooFewItems,
    ...told,
  }),
  stat({
    title: 'In progress, p50',
    description: `How long has what is in progress been there? ${wholeOrganisation}`,
    query: maxBy([], latest(openAge.organisation, begun)),
    whenEmpty: tooFewItems,
    ...told,
  }),
  stat({
    title: 'Promised, open',
    description: `What of the promises is still open? Items that were due in this quarter at its first day, or in a cycle that ends in it, and are not done. ${whateverArea}`,
    query: or(sum(latest(promises, due)), times(sum(latest(promises, ofTeams)), 0)),
    whenEmpty: 'not known before a quarter has begun',
    ...told,
  }),
  stat({
    title: 'Feedback waiting',
    description: `Who waits for a word? Open feedback that nobody has answered. ${whateverArea}`,
    query: or(sum(latest(feedbackOpen, wait)), times(sum(latest(feedbackOpen, ofTeams)), 0)),
    thresholds: anyToActOn,
    otherwise: 'good',
    whenEmpty: 'no feedback is open',
    ...told,
  }),
  stat({
    title: 'In progress',
    description: 'How much is begun at once? Much of it makes all of it slow.',
    query: orNone(sum(latest(roadmapItems, { ...ofAreas, status: 'in_progress' }))),
    whenEmpty: noRoadmap,
    ...over,
  }),
  stat({
    title: 'For feedback',
    description: `How much of what gets done did users ask for? Of the items done in the period. ${wholeOrganisation}`,
    query: maxBy([], latest(feedbackShare.organisation, period)),
    whenEmpty: tooFewItems,
    ...over,
  }),
  stat({
    title: 'n: cycle time',
    description: `Over how many items is the cycle time told? Those done in the period that are known to have been in progress. ${wholeOrganisation}`,
    query: sum(latest(cycleTimeItems, period)),
    whenEmpty: noRoadmap,
    ...over,
  }),
  stat({
    title: 'In progress, p85',
    description: `How long have the slowest of them been there? ${wholeOrganisation}`,
    query: maxBy([], latest(openAge.organisation, { status: 'in_progress', percentile: 'p85' })),
    whenEmpty: tooFewItems,
    ...over,
  }),
  stat({
    title: 'Promised, missed',
    description: `What was promised for the last quarters and is open though they are over? ${whateverArea}`,
    query: or(sum(latest(promises, { ...ofTeams, outcome: 'missed' })), times(sum(latest(promises, ofTeams)), 0)),
    whenEmpty: 'not known before a quarter has begun',
    ...over,
  }),
  stat({
    title: 'Answered, open',
    description: `What was answered and is not done? ${whateverArea}`,
    query: or(
      sum(latest(feedbackOpen, { ...ofTeams, state: 'answered' })),
      times(sum(latest(feedbackOpen, ofTeams)), 0),
    ),
    whenEmpty: 'no feedback is open',
    ...over,
  }),
  stat({
    title: '30 d ago: open',
    description: 'Was more on the list 30 days ago?',
    query: orNone(sum(earlier(roadmapItems, '30d', listed)), '30d'),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: done',
    description: 'Did more get done before? Items done in a period of the same length that ended 30 days ago.',
    query: orNone(sum(earlier(throughput, '30d', { ...ofAreas, ...period })), '30d'),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: cycle',
    description: `Did an item take longer before? The median cycle time of the period that ended 30 days ago. ${wholeOrganisation}`,
    query: maxBy([], earlier(cycleTime.organisation, '30d', median)),
    whenEmpty: tooFewItems,
    ...over,
  }),
  stat({
    title: '30 d ago: begun',
    description: `Had what was in progress 30 days ago been there for longer? The median. ${wholeOrganisation}`,
    query: maxBy([], earlier(openAge.organisation, '30d', begun)),
    whenEmpty: tooFewItems,
    ...over,
  }),
  stat({
    title: '30 d ago: due',
    description: `Was more of the promises open 30 days ago? In the first 30 days of a quarter that tells of the one before. ${whateverArea}`,
    query: or(sum(earlier(promises, '30d', due)), times(sum(earlier(promises, '30d', ofTeams)), 0)),
    whenEmpty: notKnownThen,
    ...over,
  }),
  stat({
    title: '30 d ago: waiting',
    description: `Did more wait for a word 30 days ago? ${whateverArea}`,
    query: or(sum(earlier(feedbackOpen, '30d', wait)), times(sum(earlier(feedbackOpen, '30d', ofTeams)), 0)),
    whenEmpty: notKnownThen,
    ...over,
  }),
);
