/**
 * What people say by dimensions of SPACE (satisfaction, performance, activity, communication, efficiency), each question
 * and each dimension by itself: there is no index of them all.
 */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels, sides } from './levels.ts';
import { ofNewest } from './sql.ts';

const question = { kind: 'scale', labels: { survey: 'survey', question: 'question', dimension: 'subject' } } as const;
const dimension = { kind: 'dimension', labels: { survey: 'survey', dimension: 'subject' } } as const;
const absent =
  "Absent where fewer than the setting minimum_group answered or all alike, where a smaller group's would follow from it, and two cadences after the wave closed.";

export const questionScore = atLevels('question_score_ratio', {
  help: `Mean of {of} answers to a question in the newest wave, 0 is its worst answer and 1 its best; dimension is that of SPACE, or none. ${absent}`,
  ...{ ...question, unit: 'ratio', value: 'value' },
});

export const questionScoreInterval = atLevels('question_score_interval_ratio', {
  help: "Bounds (lower, upper) of the 95 % interval of {of} mean answer, by Student's t.",
  ...{ ...question, unit: 'ratio', labels: { ...question.labels, bound: 'bound' }, ...sides('low', 'high') },
});

export const questionResponses = atLevels('question_responses', {
  help: 'The n of {of} mean answer.',
  ...{ ...question, unit: 'count', value: 'n' },
});

export const questionChange = atLevels('question_score_change_ratio', {
  help: 'Change of {of} mean answer since the wave before.',
  ...{ ...question, unit: 'ratio', value: 'change' },
});

export const questionChangeInterval = atLevels('question_score_change_interval_ratio', {
  help: 'Bounds (lower, upper) of the 95 % interval of the change of {of} mean answer.',
  ...{ ...question, unit: 'ratio' },
  ...{ labels: { ...question.labels, bound: 'bound' }, ...sides('change_low', 'change_high') },
});

export const questionChangeDirection = atLevels('question_score_change_direction', {
  help: 'Whether {of} mean answer has changed by more than chance does: 1 it rose, -1 it fell, 0 neither.',
  ...{ ...question, unit: 'count', value: 'direction' },
});

export const dimensionScore = atLevels('space_dimension_score_ratio', {
  help: `Mean of {of} questions of a dimension of SPACE in the newest wave, each question with the same weight, 0 worst and 1 best; a survey of fewer than three dimensions is not SPACE, see devex_survey_space_dimensions. Absent where one of its questions is.`,
  ...{ ...dimension, unit: 'ratio', value: 'value' },
});

export const dimensionScoreInterval = atLevels('space_dimension_score_interval_ratio', {
  help: "Bounds (lower, upper) of an interval of {of} dimension that holds at least 95 %: as wide as its questions' are on average.",
  ...{ ...dimension, unit: 'ratio', labels: { ...dimension.labels, bound: 'bound' }, ...sides('low', 'high') },
});

export const dimensionResponses = atLevels('space_dimension_responses', {
  help: 'The n of {of} dimension: that of its question which fewest answered.',
  ...{ ...dimension, unit: 'count', value: 'n' },
});

export const dimensionChange = atLevels('space_dimension_change_ratio', {
  help: 'Change of {of} dimension since the wave before.',
  ...{ ...dimension, unit: 'ratio', value: 'change' },
});

export const dimensionChangeInterval = atLevels('space_dimension_change_interval_ratio', {
  help: 'Bounds (lower, upper) of an interval of the change of {of} dimension that holds at least 95 %.',
  ...{ ...dimension, unit: 'ratio' },
  ...{ labels: { ...dimension.labels, bound: 'bound' }, ...sides('change_low', 'change_high') },
});

export const dimensionChangeDirection = atLevels('space_dimension_change_direction', {
  help: 'Whether {of} dimension has changed by more than chance does: 1 it rose, -1 it fell, 0 neither.',
  ...{ ...dimension, unit: 'count', value: 'direction' },
});

export const spaceDimensions = defineMetric({
  name: 'devex_survey_space_dimensions',
  kind: 'state',
  help: 'Dimensions of SPACE that the newest wave tells of; fewer than three are not SPACE, which holds that one or two mislead.',
  unit: 'count',
  labels: ['survey'],
  additive: false,
  level: 'organisation',
  maxSeries: 100,
  reads: ['survey_releases'],
  sql: `${ofNewest([], 'dimensions')} WHERE ts < expires_at`,
});

export const spaceMetrics = [
  ...bothLevels(questionScore),
  ...bothLevels(questionScoreInterval),
  ...bothLevels(questionResponses),
  ...bothLevels(questionChange),
  ...bothLevels(questionChangeInterval),
  ...bothLevels(questionChangeDirection),
  ...bothLevels(dimensionScore),
  ...bothLevels(dimensionScoreInterval),
  ...bothLevels(dimensionResponses),
  ...bothLevels(dimensionChange),
  ...bothLevels(dimensionChangeInterval),
  ...bothLevels(dimensionChangeDirection),
  spaceDimensions,
] as const;
