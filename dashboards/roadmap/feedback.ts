import {
  feedbackOpen,
  feedbackShare,
  firstAnswer,
  firstAnswerItems,
  officeHours,
  officeHoursTotal,
  oldestUnanswered,
  unansweredByAge,
} from '../../exporters/experience/metrics.ts';
import { row } from '../lib/dashboard.ts';
import { linksToTeam } from '../lib/links.ts';
import { days, lines, ordered, table } from '../lib/panels.ts';
import { age, eventsByDay, latest, maxBy, or, sum, sumBy, times } from '../lib/promql.ts';
import { waiting } from '../thresholds.ts';
import { ofTeams, period, tooFewItems, whateverArea, wholeOrganisation } from './scope.ts';
import { ages } from './words.ts';

const team = ['team'] as const;
const inState = (state: string) =>
  or(sumBy(team, latest(feedbackOpen, { ...ofTeams, state })), times(sumBy(team, latest(feedbackOpen, ofTeams)), 0));
const noFeedback = 'no feedback, or no labels say what is';

/** Whether anybody answers, and whether what is done was asked for. */
export const feedback = row(
  'Is feedback answered?',
  ordered({
    title: 'Unanswered feedback by age',
    description: `How long do people wait? ${whateverArea}`,
    bars: ages.map(span => ({
      query: or(sum(latest(unansweredByAge, { ...ofTeams, age: span })), times(sum(latest(feedbackOpen, ofTeams)), 0)),
      name: span,
    })),
    whenEmpty: 'none',
    width: 6,
    height: 9,
  }),
  lines({
    title: 'Time to a first answer',
    description: `Does it get answered sooner? Of feedback first answered in the period before each moment; what still waits is not among it, so look at its age as well. ${wholeOrganisation}`,
    queries: [{ query: maxBy(['percentile'], latest(firstAnswer.organisation, period)), name: '{{percentile}}' }],
    whenEmpty: tooFewItems,
    width: 6,
    height: 9,
  }),
  lines({
    title: 'Work that answers feedback',
    description: `Do users steer the roadmap? Of items done in the period before each moment. ${wholeOrganisation}`,
    queries: [{ query: maxBy([], latest(feedbackShare.organisation, period)), name: 'answers feedback' }],
    whenEmpty: tooFewItems,
    width: 6,
    height: 9,
  }),
  days({
    title: 'Office hours by day',
    description: `Do people come? Visits to office hours on each UTC day, by the configured labels. ${whateverArea}`,
    queries: [{ query: sum(eventsByDay(officeHoursTotal, ofTeams)), name: 'visits' }],
    whenEmpty: 'no visits',
    width: 6,
    height: 9,
  }),
  table({
    title: 'Feedback by team',
    description:
      'Who waits, and for how long? Open feedback that nobody has answered, since when the oldest of it waits, what was answered and is open; the median and p85 of the time to a first answer over what was first answered in the period, with its n; the share of what was done in the period that answers feedback, and visits to office hours.',
    columns: [{ label: 'team', title: 'Team', links: linksToTeam('Team', { currency: false }) }],
    values: [
      { title: 'Unanswered', query: inState('unanswered') },
      {
        title: 'Oldest waits',
        query: age(maxBy(team, latest(oldestUnanswered, ofTeams))),
        unit: 'seconds',
        thresholds: waiting,
      },
      { title: 'Answered', query: inState('answered') },
      {
        title: 'First answer, p50',
        query: maxBy(team, latest(firstAnswer.team, { ...ofTeams, ...period, percentile: 'p50' })),
      },
      {
        title: 'First answer, p85',
        query: maxBy(team, latest(firstAnswer.team, { ...ofTeams, ...period, percentile: 'p85' })),
      },
      { title: 'n', query: sumBy(team, latest(firstAnswerItems, { ...ofTeams, ...period })) },
      { title: 'Of work done', query: maxBy(team, latest(feedbackShare.team, { ...ofTeams, ...period })) },
      { title: 'Office hours', query: sumBy(team, latest(officeHours, { ...ofTeams, ...period })) },
    ],
    sortedBy: 'Team',
    whenEmpty: noFeedback,
    compact: true,
    width: 24,
    height: 8,
  }),
);
