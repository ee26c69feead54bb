/**
 * Alerts on what developers say. What is suppressed is absent, and neither good nor bad: it makes none of these fire,
 * and what was told before goes on counting for twelve weeks, so that too few answers do not look like an improvement.
 */
import {
  age,
  andOn,
  compare,
  earlier,
  latest,
  maxBy,
  or,
  type Query,
  times,
  unlessOn,
} from '../dashboards/lib/promql.ts';
import type { Metric } from '../exporters/core/metric.ts';
import {
  nps,
  npsChange,
  npsChangeDirection,
  surveyDue as surveyDueAt,
  surveyResponseRate,
  surveyResponses,
  surveyWave,
} from '../exporters/experience/metrics.ts';
import * as cases from './cases/experience.ts';
import { defineAlert, defineGroup } from './lib/alert.ts';
import { asPercentage, decimal, duration, label, percentage, text } from './lib/text.ts';
import type { Settings } from './settings.ts';

const survey = ['survey'] as const;
const sinceDue = age(latest(surveyDueAt));
const isDue = compare(sinceDue, '>', 0);

/** The newest wave's number, or where it tells none the newest that was told; not once the next wave is due. */
function told<Label extends string>(metric: Metric<string, 'state', Label | 'survey', false>) {
  const before = or(or(earlier(metric, '28d'), earlier(metric, '56d')), earlier(metric, '84d'));
  return or(latest(metric), unlessOn(survey, before, isDue) as Query<Label | 'survey', false>);
}

/** The alerts of `experience.rules.yml`. */
export function surveyAlerts({ alerts }: Settings) {
  const { survey_due_days: days, response_rate_ratio: rate } = alerts;

  const surveyDue = defineAlert({
    name: 'SurveyDue',
    severity: 'digest',
    expr: compare(sinceDue, '>', days * 86_400),
    for: '1h',
    summary: text`The next wave of the survey ${label('survey')} is due for ${duration}`,
    description: text`The next wave of the survey ${label('survey')} should have closed ${duration} ago, and none was read; ${days} days are let pass. What developers say of the platform is as old as the wave before it, and is not told at all two cadences after that one.`,
    value: text`${duration} overdue`,
    page: 'experience',
    cases: cases.surveyDue(days),
  });

  const surveyTooFew = defineAlert({
    name: 'SurveyTooFew',
    severity: 'digest',
    expr: unlessOn(
      survey,
      unlessOn(survey, compare(maxBy(survey, latest(surveyWave)), '>', 0), latest(surveyResponses.organisation)),
      isDue,
    ),
    for: '1h',
    summary: text`The newest wave of the survey ${label('survey')} tells nothing: too few took part`,
    description: text`Of the newest wave of the survey ${label('survey')} nothing is told, as fewer took part than experience.privacy.minimum_group. This is no change for the better of what it asks about.`,
    value: text`too few took part`,
    page: 'experience',
    cases: cases.surveyTooFew(),
  });

  const responseRateLow = defineAlert({
    name: 'ResponseRateLow',
    severity: 'digest',
    expr: compare(told(surveyResponseRate.organisation), '<', rate),
    for: '1h',
    summary: text`${percentage} took part in the survey ${label('survey')}`,
    description: text`Of those who were asked ${percentage} took part in the newest wave of the survey ${label('survey')} that is told of; below ${asPercentage(rate)} its numbers may tell more of who answers than of the platform, whatever their intervals.`,
    value: text`${percentage} took part`,
    page: 'experience',
    cases: cases.responseRateLow(rate),
  });

  const fell = <Label extends string>(
    by: readonly (Label | 'survey')[],
    change: Metric<string, 'state', Label | 'survey', false>,
    direction: Metric<string, 'state', Label | 'survey', false>,
  ) => andOn(by, compare(times(told(change), -1), '>', 0), compare(told(direction), '<', 0));
  const npsFell = defineAlert({
    name: 'NpsFell',
    severity: 'digest',
    expr: fell(nps.organisation.labels, npsChange.organisation, npsChangeDirection.organisation),
    for: '1h',
    summary: text`NPS about ${label('about')} fell by ${decimal} points`,
    description: text`In the survey ${label('survey')}, question ${label('question')}, the organisation's NPS about ${label('about')} is ${decimal} points below that of the wave before: by more than chance does, as the 95 % interval of the change is below 0.`,
    value: text`${decimal} points below the wave before`,
    page: 'experience',
    cases: cases.npsFell(),
  });

  const teamNpsFell = defineAlert({
    name: 'TeamNpsFell',
    severity: 'digest',
    expr: fell(nps.team.labels, npsChange.team, npsChangeDirection.team),
    for: '1h',
    summary: text`NPS of team ${label('team')} about ${label('about')} fell by ${decimal} points`,
    description: text`In the survey ${label('survey')}, question ${label('question')}, the NPS about ${label('about')} that team ${label('team')} gives is ${decimal} points below that of the wave before: by more than chance does, as the 95 % interval of the change is below 0.`,
    value: text`${decimal} points below the wave before`,
    page: 'team',
    cases: cases.teamNpsFell(),
  });

  return defineGroup('experience', [surveyDue, surveyTooFew, responseRateLow, npsFell, teamNpsFell], {
    testedEvery: '1h',
  });
}
