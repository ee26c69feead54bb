/** Alerts on what was asked for and promised, and on what was reached and lost. What no source tells is absent, and no alert. */
import { age, and, andOn, calendar, compare, latest, minBy, minus, or, sumBy } from '../dashboards/lib/promql.ts';
import { feedbackOpen, oldestUnanswered, promises, scorecardMoves } from '../exporters/experience/metrics.ts';
import * as cases from './cases/experience-roadmap.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { count, duration, label, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

/** The alerts of `experience-roadmap.rules.yml`. */
export function roadmapAlerts({ alerts }: Settings) {
  const { feedback_unanswered_days: days, promise_days: left } = alerts;

  const feedbackUnanswered = defineAlert({
    name: 'FeedbackUnanswered',
    severity: 'digest',
    // The last age stays for a day; that nobody waits any more is told at once.
    expr: andOn(
      ['team'],
      compare(age(minBy(['team'], latest(oldestUnanswered))), '>', days * 86_400),
      compare(sumBy(['team'], latest(feedbackOpen, { state: 'unanswered' })), '>', 0),
    ),
    for: '1h',
    summary: text`Feedback to team ${label('team')} has waited for ${duration}`,
    description: text`The oldest open feedback to team ${label('team')} was given ${duration} ago, and nobody has answered; ${days} days are let pass. Who gets no answer stops asking.`,
    value: text`${duration} waited`,
    page: 'roadmap',
    cases: cases.feedbackUnanswered(days),
  });

  // An open promise is one of the quarter that is not over: the months below are its last.
  const isLastMonth = [6, 9, 12].reduce(
    (before, month) => or(before, compare(calendar('month'), '==', month)),
    compare(calendar('month'), '==', 3),
  );
  const daysLeft = minus(calendar('days_in_month'), calendar('day_of_month'));
  const promisesAtRisk = defineAlert({
    name: 'PromisesAtRisk',
    severity: 'digest',
    expr: andOn(
      [],
      compare(sumBy(['team', 'quarter'], latest(promises, { outcome: 'open' })), '>', 0),
      and(compare(daysLeft, '<', left), isLastMonth),
    ),
    for: '1h',
    summary: text`${count} promises of team ${label('team')} for ${label('quarter')} are open`,
    description: text`${label('quarter')} ends in less than ${left} days, and ${count} items that team ${label('team')} had on its list for it at its first day are open. Who waits for them should know by now.`,
    value: text`${count} promises`,
    page: 'roadmap',
    cases: cases.promisesAtRisk(left),
  });

  const scorecardLevelLost = defineAlert({
    name: 'ScorecardLevelLost',
    severity: 'digest',
    expr: compare(sumBy(['team', 'scorecard'], latest(scorecardMoves, { direction: 'down' })), '>', 0),
    for: '1h',
    summary: text`${count} services of team ${label('team')} lost a level of ${label('scorecard')}`,
    description: text`${count} entities of team ${label('team')} stand on a lower level of the scorecard ${label('scorecard')} than 30 days ago, by the same levels.`,
    value: text`${count} services`,
    page: 'team',
    cases: cases.scorecardLevelLost(),
  });

  return defineGroup('experience-roadmap', [feedbackUnanswered, promisesAtRisk, scorecardLevelLost], {
    testedEvery: '1h',
  });
}
