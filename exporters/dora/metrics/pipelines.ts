/** Runs of CI pipelines, each attempt a run. */
import { defineMetric } from '../../core/metric.ts';
import { histogramSql, sql } from './sql.ts';

const minute = 60;
const buckets = [0.5, 1, 2, 5, 10, 20, 30, 60, 180].map(minutes => minutes * minute);

export const pipelineRuns = defineMetric({
  name: 'dora_pipeline_runs_total',
  kind: 'count',
  help: 'Runs of CI pipelines that have finished, by how; each attempt is a run.',
  unit: 'count',
  labels: ['team', 'service', 'pipeline', 'outcome'],
  additive: true,
  maxSeries: 20_000,
  reads: ['finished_pipeline_runs'],
  sql: sql('pipeline_runs_total'),
});

export const pipelineRunDuration = defineMetric({
  name: 'dora_pipeline_run_duration_seconds',
  kind: 'histogram',
  help: 'How long runs of CI pipelines took, waiting for a runner left out.',
  unit: 'seconds',
  labels: ['team', 'service', 'pipeline'],
  additive: true,
  buckets,
  maxSeries: 40_000,
  reads: ['finished_pipeline_runs'],
  sql: histogramSql(buckets, { measured: 'measured_runs', seconds: ['seconds'], steps: 'run_steps' }),
});

export const pipelineMetrics = [pipelineRuns, pipelineRunDuration] as const;
