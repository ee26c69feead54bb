/** The surveys themselves: who answered, how old the newest wave is, when the next is due. */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels } from './levels.ts';
import { ofNewest, sql } from './sql.ts';

const kind = 'responses';
const labels = { survey: 'survey' } as const;

export const surveyResponses = atLevels('survey_responses', {
  help: 'How many took part in the newest wave, {of} respondents: absent where they are fewer than the setting minimum_group, or a smaller group would follow.',
  ...{ unit: 'count', kind, labels, value: 'n' },
});

export const surveyPopulation = atLevels('survey_population', {
  help: 'How many could have taken part in the newest wave, {of} people: as configured, as the survey tool says, or by the catalog.',
  ...{ unit: 'count', kind, labels, value: 'population' },
});

export const surveyResponseRate = atLevels('survey_response_rate_ratio', {
  help: 'Share of {of} people who took part in the newest wave.',
  ...{ unit: 'ratio', kind, labels, value: 'n / population' },
});

const common = { kind: 'state', labels: ['survey'], maxSeries: 100, reads: ['survey_releases'] } as const;
const ofSurvey = { ...common, additive: false, level: 'organisation' } as const;

export const surveyClosed = defineMetric({
  ...ofSurvey,
  name: 'devex_survey_wave_closed_timestamp_seconds',
  help: 'When the newest wave that was released closed, in seconds since 1970: how old what is told of the survey is.',
  unit: 'timestamp_seconds',
  sql: ofNewest([], 'epoch(closes_at)'),
});

export const surveyDue = defineMetric({
  ...ofSurvey,
  name: 'devex_survey_next_due_timestamp_seconds',
  help: 'When the next wave should have closed, one cadence after the newest, in seconds since 1970; after two the numbers are absent.',
  unit: 'timestamp_seconds',
  sql: ofNewest([], 'epoch(due_at)'),
});

export const surveyWaves = defineMetric({
  ...common,
  name: 'devex_survey_waves',
  help: 'Waves of a survey that were released.',
  unit: 'count',
  additive: true,
  sql: sql('waves'),
});

export const surveyWave = defineMetric({
  ...ofSurvey,
  name: 'devex_survey_wave_info',
  help: 'Which wave is the newest that was released, and how many a group must be to be told of: 1.',
  unit: 'info',
  labels: ['survey', 'wave', 'minimum_group'],
  sql: ofNewest(['wave', 'minimum_group::VARCHAR AS minimum_group'], '1'),
});

export const surveySuppressed = defineMetric({
  ...ofSurvey,
  name: 'devex_survey_suppressed_groups',
  help: 'Teams that answered the newest wave and of which something is not told, as they are too few, answered alike, or protect another.',
  unit: 'count',
  sql: ofNewest([], 'suppressed_groups'),
});

export const surveyMetrics = [
  ...bothLevels(surveyResponses),
  ...bothLevels(surveyPopulation),
  ...bothLevels(surveyResponseRate),
  ...[surveyClosed, surveyDue, surveyWaves, surveyWave, surveySuppressed],
] as const;
