/** What the platform team has on its list, and what it gets done. */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels } from './levels.ts';
import { sql } from './sql.ts';

const reads = ['roadmap_items', 'roadmap_settings', 'owners'] as const;
const eventReads = ['roadmap_events', 'owners'] as const;
const work = ['item_versions', 'items_at', 'work_at'] as const;
const done = [...work, 'windows', 'done_in'] as const;
/** Windows and ages move with the clock, and nobody reads them by the minute. */
const everySeconds = 3_600;

export const roadmapItems = defineMetric({
  name: 'devex_roadmap_items',
  kind: 'state',
  help: 'Items of a team\'s roadmap by area and status: backlog, todo, in_progress, done, cancelled. Areas beyond the setting top_areas are "other", items without one "none".',
  unit: 'count',
  labels: ['team', 'area', 'status'],
  additive: true,
  maxSeries: 5_000,
  reads,
  sql: sql(...work, 'items'),
});

export const itemsOpened = defineMetric({
  name: 'devex_roadmap_items_opened_total',
  kind: 'count',
  help: "Items that a team's roadmap has been given, feedback among them.",
  unit: 'count',
  labels: ['team'],
  additive: true,
  maxSeries: 500,
  reads: eventReads,
  sql: sql('opened', 'events_total'),
});

export const itemsDone = defineMetric({
  name: 'devex_roadmap_items_done_total',
  kind: 'count',
  help: "Items of a team's roadmap that were done; one that is reopened and done again counts again.",
  unit: 'count',
  labels: ['team'],
  additive: true,
  maxSeries: 500,
  reads: eventReads,
  sql: sql('done', 'events_total'),
});

export const throughput = defineMetric({
  name: 'devex_roadmap_throughput_items',
  kind: 'state',
  help: 'Items that were done in the last 7, 30 and 90 days and still are, by area.',
  unit: 'count',
  labels: ['team', 'area', 'window'],
  additive: true,
  maxSeries: 5_000,
  reads,
  everySeconds,
  sql: sql(...done, 'throughput'),
});

export const cycleTime = atLevels('devex_roadmap', 'cycle_time_seconds', {
  help: 'Quantiles (p50, p85) of {of} cycle time, from the first time in progress to done, over items done in the last 7, 30 and 90 days; absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['window', 'percentile'],
  reads,
  everySeconds,
  measured: [...done, 'cycle_times'],
  told: 'window_quantiles',
});

export const cycleTimeItems = defineMetric({
  name: 'devex_roadmap_cycle_time_items',
  kind: 'state',
  help: 'Items that the quantiles of the cycle time are of (n): done in the last 7, 30 and 90 days, and known to have been in progress before.',
  unit: 'count',
  labels: ['team', 'window'],
  additive: true,
  maxSeries: 1_000,
  reads,
  everySeconds,
  sql: sql(...done, 'cycle_times', 'counted'),
});

export const openAge = atLevels('devex_roadmap', 'open_age_seconds', {
  help: 'Quantiles (p50, p85) of the age of {of} open items by status: since it was started for one in progress, else since it was created; absent below the minimum of samples.',
  unit: 'seconds',
  labels: ['status', 'percentile'],
  reads,
  everySeconds,
  measured: [...work, 'open_ages'],
  told: 'status_quantiles',
});

export const openByAge = defineMetric({
  name: 'devex_roadmap_open_items_by_age',
  kind: 'state',
  help: 'Open items by status and age: 0-7d, 7-30d, 30-90d, 90-365d, 365d+; since it was started for one in progress, else since it was created.',
  unit: 'count',
  labels: ['team', 'status', 'age'],
  additive: true,
  maxSeries: 5_000,
  reads,
  everySeconds,
  sql: sql(...work, 'open_ages', 'items_by_age'),
});

export const feedbackShare = atLevels('devex_roadmap', 'feedback_share_ratio', {
  help: 'Share of {of} items done in the last 7, 30 and 90 days that answer feedback, by the configured labels; absent below the minimum of samples.',
  unit: 'ratio',
  labels: ['window'],
  reads,
  everySeconds,
  measured: [...done, 'done_measured'],
  told: 'feedback_share',
});

export const workMetrics = [
  ...[roadmapItems, itemsOpened, itemsDone, throughput, ...bothLevels(cycleTime), cycleTimeItems],
  ...[...bothLevels(openAge), openByAge, ...bothLevels(feedbackShare)],
] as const;
