import { replaceConfigured } from '../../core/configured.ts';
import type { Part } from '../part.ts';
import { checkRoadmap } from './check.ts';
import { trackers } from './config.ts';
import { roadmapMetrics } from './metrics.ts';

export const roadmap: Part = {
  tables: [new URL('./tables.sql', import.meta.url)],
  facts: ['roadmap_items', 'roadmap_events', 'roadmap_snapshots'],
  retention: () => [
    { table: 'roadmap_items', kept: 'a row a change of an item; what was promised is told from the rows of then' },
    { table: 'roadmap_events', kept: 'a few rows an item; counters count them' },
    { table: 'roadmap_seen', kept: 'one row an item' },
    { table: 'roadmap_snapshots', kept: 'one row a source' },
    { table: 'roadmap_exports', kept: 'one row a source' },
    { table: 'roadmap_trackers', kept: 'as configured' },
    { table: 'roadmap_settings', kept: 'as configured' },
  ],
  metrics: roadmapMetrics,
  check: checkRoadmap,
  prepare: async (tx, { config }) => {
    await replaceConfigured(
      tx,
      'roadmap_settings',
      { name: 'VARCHAR', value: 'DOUBLE' },
      (['top_areas', 'minimum_samples'] as const).map(name => ({ name, value: config.roadmap[name] })),
    );
    await replaceConfigured(
      tx,
      'roadmap_trackers',
      { source: 'VARCHAR', tracker: 'VARCHAR' },
      trackers.flatMap(tracker => config[tracker].map(({ name }) => ({ source: name, tracker }))),
    );
  },
};
