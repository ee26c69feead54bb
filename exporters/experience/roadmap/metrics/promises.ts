/** What was promised for a quarter, and what became of it. */
import { defineMetric } from '../../../core/metric.ts';
import { atLevels, bothLevels } from './levels.ts';
import { sql } from './sql.ts';

const reads = ['roadmap_items', 'roadmap_snapshots', 'roadmap_settings', 'owners'] as const;
const everySeconds = 3_600;

export const promises = defineMetric({
  name: 'devex_roadmap_promised_items',
  kind: 'state',
  help: "Items promised for this quarter and the four before it by outcome: kept (done by the quarter's last day), late (done after it), dropped (cancelled or deleted), open, missed (open though the quarter is over). Promised is what was open, and due in the quarter or in a cycle that ends in it, as our own snapshot knew it at the end of the quarter's first day, UTC; quarters that began before the first snapshot are absent.",
  unit: 'count',
  labels: ['team', 'quarter', 'outcome'],
  additive: true,
  maxSeries: 2_500,
  reads,
  everySeconds,
  sql: sql('promises', 'promises_told'),
});

export const promisesKept = atLevels('devex_roadmap', 'promises_kept_ratio', {
  help: 'Share of {of} promises for each of the last quarters that is over that were done by its last day; what was dropped counts as not kept. Absent for quarters that began before the first snapshot, and below the minimum of samples.',
  unit: 'ratio',
  labels: ['quarter'],
  reads,
  everySeconds,
  measured: ['promises', 'promises_over'],
  told: 'kept_ratio',
});

export const snapshotsSince = defineMetric({
  name: 'devex_roadmap_snapshots_since_timestamp_seconds',
  kind: 'state',
  help: 'When a tracker was first read whole, in seconds since 1970: promises are known of quarters whose first day ended after it.',
  unit: 'timestamp_seconds',
  labels: ['team', 'source'],
  additive: false,
  maxSeries: 500,
  reads: ['roadmap_snapshots', 'owners'],
  sql: sql('snapshots_since'),
});

export const promiseMetrics = [promises, ...bothLevels(promisesKept), snapshotsSince] as const;
