/** What users ask for and whether somebody answers; visits to office hours. */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels } from './levels.ts';
import { sql } from './sql.ts';

const reads = ['roadmap_items', 'roadmap_settings', 'owners'] as const;
const feedback = ['item_versions', 'items_at', 'feedback_at'] as const;
const answered = [...feedback, 'windows', 'answered_in', 'answer_times'] as const;
const everySeconds = 3_600;

export const feedbackOpen = defineMetric({
  name: 'devex_feedback_open_items',
  kind: 'state',
  help: 'Feedback that is open, by whether somebody has answered it: answered, unanswered; 0 once there was any.',
  unit: 'count',
  labels: ['team', 'state'],
  additive: true,
  maxSeries: 1_000,
  reads,
  sql: sql(...feedback, 'feedback_open'),
});

export const unansweredByAge = defineMetric({
  name: 'devex_feedback_unanswered_items_by_age',
  kind: 'state',
  help: 'Open feedback that nobody has answered by the time since it was given: 0-7d, 7-30d, 30-90d, 90-365d, 365d+.',
  unit: 'count',
  labels: ['team', 'age'],
  additive: true,
  maxSeries: 2_500,
  reads,
  everySeconds,
  sql: sql(...feedback, 'unanswered_ages', 'items_by_age'),
});

export const oldestUnanswered = defineMetric({
  name: 'devex_feedback_oldest_unanswered_timestamp_seconds',
  kind: 'state',
  help: "When a team's oldest open feedback that nobody has answered was given, in seconds since 1970.",
  unit: 'timestamp_seconds',
  labels: ['team'],
  additive: false,
  level: 'team',
  maxSeries: 500,
  reads,
  sql: sql(...feedback, 'unanswered_ages', 'oldest_unanswered'),
});

export const firstAnswer = atLevels('devex_feedback', 'first_answer_seconds', {
  help: 'Quantiles (p50, p85) of {of} time from feedback to its first answer, a comment or its end, over what was first answered in the last 7, 30 and 90 days; what still waits is not among it. Absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['window', 'percentile'],
  reads,
  everySeconds,
  measured: answered,
  told: 'window_quantiles',
});

export const firstAnswerItems = defineMetric({
  name: 'devex_feedback_first_answer_items',
  kind: 'state',
  help: 'Feedback that was first answered in the last 7, 30 and 90 days: the n of the times to the first answer.',
  unit: 'count',
  labels: ['team', 'window'],
  additive: true,
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql(...answered, 'counted'),
});

export const officeHours = defineMetric({
  name: 'devex_officehours_visits',
  kind: 'state',
  help: "Visits to a team's office hours in the last 7, 30 and 90 days, by the configured labels.",
  unit: 'count',
  labels: ['team', 'window'],
  additive: true,
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql('item_versions', 'items_at', 'windows', 'office_hours'),
});

export const officeHoursTotal = defineMetric({
  name: 'devex_officehours_visits_total',
  kind: 'count',
  help: "Visits to a team's office hours, by the configured labels.",
  unit: 'count',
  labels: ['team'],
  additive: true,
  maxSeries: 500,
  reads: ['roadmap_events', 'owners'],
  sql: sql('visited', 'events_total'),
});

export const feedbackMetrics = [
  ...[feedbackOpen, unansweredByAge, oldestUnanswered, ...bothLevels(firstAnswer), firstAnswerItems],
  ...[officeHours, officeHoursTotal],
] as const;
