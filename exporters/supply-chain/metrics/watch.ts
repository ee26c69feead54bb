/** Exposure to what is watched: `plumbline find` tells where it is. */
import { defineMetric } from '../../core/metric.ts';
import { sql } from './sql.ts';

const reads = [
  ...(['watch_matches', 'running_images', 'running_looks', 'artifacts', 'artifact_digests', 'artifact_scans'] as const),
  ...(['artifact_sboms', 'owners', 'supply_chain_watches'] as const),
] as const;
const watched = ['running_at', 'running_as', 'watched_at'] as const;
const everySeconds = 300;

export const watchImages = defineMetric({
  name: 'supply_chain_watch_images',
  kind: 'state',
  help: 'Running images whose bill of materials has a package of the setting watch, by its name there; an image without a bill of materials is in none.',
  unit: 'count',
  labels: ['watch', 'team', 'environment'],
  additive: true,
  maxSeries: 10_000,
  reads,
  everySeconds,
  sql: sql(...watched, 'watch_images'),
});

export const watchExposed = defineMetric({
  name: 'supply_chain_watch_exposed_images',
  kind: 'state',
  help: 'Running images that have a package of the setting watch, each content once for the whole organisation; 0 where none has.',
  unit: 'count',
  labels: ['watch'],
  additive: false,
  level: 'organisation',
  maxSeries: 200,
  reads,
  everySeconds,
  sql: sql(...watched, 'watch_exposed'),
});

export const watchInfo = defineMetric({
  name: 'supply_chain_watch_info',
  kind: 'state',
  help: 'What is watched under which name: a package URL and a range of versions (empty: any).',
  unit: 'info',
  labels: ['watch', 'purl', 'range'],
  additive: false,
  maxSeries: 200,
  reads: ['supply_chain_watches'],
  sql: sql('watch_info'),
});

export const watchMetrics = [watchImages, watchExposed, watchInfo] as const;
