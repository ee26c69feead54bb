/**
 * What the program tells of itself. Not views over a ledger: self-metrics.ts keeps their values with prom-client.
 * They stand here as definitions so that dashboards and alerts name them as they name every other metric.
 */
import { defineMetric, type Metric, type MetricKind, type Unit } from './metric.ts';

type Own<Kind extends MetricKind> = {
  readonly kind: Kind;
  readonly help: string;
  readonly unit: Unit;
  readonly additive: boolean;
  readonly buckets?: readonly number[];
};

function own<
  const Name extends string,
  const Kind extends MetricKind,
  const Label extends string,
  const Definition extends Own<Kind>,
>(
  name: Name,
  labels: readonly Label[],
  definition: Definition & Own<Kind>,
): Metric<Name, Kind, Label, Definition['additive']> {
  return defineMetric<Name, Kind, Label, Definition['additive']>({
    ...definition,
    name,
    labels,
    additive: definition.additive as Definition['additive'],
    maxSeries: 10_000,
    reads: [],
    sql: '',
  });
}

export const sourceUp = own('plumbline_source_up', ['exporter', 'source'], {
  kind: 'state',
  help: 'Whether the last refresh of the source succeeded (1) or failed (0).',
  unit: 'count',
  additive: true,
});
export const sourceLastSuccess = own('plumbline_source_last_success_timestamp_seconds', ['exporter', 'source'], {
  kind: 'state',
  help: 'When the source was last refreshed with success.',
  unit: 'timestamp_seconds',
  additive: false,
});
export const sourceRefreshDuration = own('plumbline_source_refresh_duration_seconds', ['exporter', 'source'], {
  kind: 'state',
  help: 'How long the last refresh of the source took.',
  unit: 'seconds',
  additive: false,
});
export const sourceRecords = own('plumbline_source_records_total', ['exporter', 'source'], {
  kind: 'count',
  help: 'Records read from the source since its ledger was begun.',
  unit: 'count',
  additive: true,
});
export const sourceRejected = own('plumbline_source_rejected_total', ['exporter', 'source', 'reason'], {
  kind: 'count',
  help: 'Records of the source that could not be read, by reason; "plumbline check" lists them.',
  unit: 'count',
  additive: true,
});
export const sourceWaitingFiles = own('plumbline_source_waiting_files', ['exporter', 'source'], {
  kind: 'state',
  help: 'Files of the source that are still being written, or held back by one that is or that is broken.',
  unit: 'count',
  additive: true,
});
export const ledgerBytes = own('plumbline_ledger_bytes', ['exporter'], {
  kind: 'state',
  help: 'Bytes of the ledger file and its write-ahead log.',
  unit: 'bytes',
  additive: true,
});
export const snapshotSeries = own('plumbline_snapshot_series', ['exporter', 'family'], {
  kind: 'state',
  help: 'Series of each family on the page.',
  unit: 'count',
  additive: true,
});
export const snapshotTimestamp = own('plumbline_snapshot_timestamp_seconds', ['exporter'], {
  kind: 'state',
  help: 'When the page was last brought up to date.',
  unit: 'timestamp_seconds',
  additive: false,
});
export const snapshotProblems = own('plumbline_snapshot_problems', ['exporter'], {
  kind: 'state',
  help: 'Families whose last values stay on the page because they could not be evaluated anew.',
  unit: 'count',
  additive: true,
});
export const remoteWriteSamples = own('plumbline_remote_write_samples_total', ['exporter', 'target'], {
  kind: 'count',
  help: 'Samples that the remote-write target has accepted.',
  unit: 'count',
  additive: true,
});
export const remoteWriteFailed = own('plumbline_remote_write_failed_total', ['exporter', 'target', 'reason'], {
  kind: 'count',
  help: 'Samples that the remote-write target has refused for good, or that were too old to send, by reason.',
  unit: 'count',
  additive: true,
});
export const remoteWritePending = own('plumbline_remote_write_pending_samples', ['exporter', 'target'], {
  kind: 'state',
  help: 'Samples that wait in the spool for the remote-write target.',
  unit: 'count',
  additive: true,
});
export const remoteWriteSpoolBytes = own('plumbline_remote_write_spool_bytes', ['exporter', 'target'], {
  kind: 'state',
  help: 'Bytes that wait in the spool for the remote-write target.',
  unit: 'bytes',
  additive: true,
});
export const otlpPoints = own('plumbline_otlp_points_total', ['target'], {
  kind: 'count',
  help: 'Data points that the OTLP endpoint has accepted.',
  unit: 'count',
  additive: true,
});
export const otlpFailed = own('plumbline_otlp_failed_total', ['target', 'reason'], {
  kind: 'count',
  help: 'Data points that the OTLP endpoint has refused, or that could not be brought to it, by reason.',
  unit: 'count',
  additive: true,
});
export const otlpLastSuccess = own('plumbline_otlp_last_success_timestamp_seconds', ['target'], {
  kind: 'state',
  help: 'When the OTLP endpoint last accepted data points.',
  unit: 'timestamp_seconds',
  additive: false,
});
export const httpRequestDuration = own('plumbline_http_request_duration_seconds', ['route', 'code'], {
  kind: 'histogram',
  help: 'How long answering HTTP requests took, sending included.',
  unit: 'seconds',
  additive: true,
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
});
export const buildInfo = own('plumbline_build_info', ['version'], {
  kind: 'state',
  help: 'Always 1; the version is in the label.',
  unit: 'info',
  additive: true,
});
export const demo = own('plumbline_demo', [], {
  kind: 'state',
  help: 'Whether everything on the page is invented (1) by the demo platform.',
  unit: 'count',
  additive: false,
});

export const selfMetrics = [
  ...[
    sourceUp,
    sourceLastSuccess,
    sourceRefreshDuration,
    sourceRecords,
    sourceRejected,
    sourceWaitingFiles,
    ledgerBytes,
  ],
  ...[snapshotSeries, snapshotTimestamp, snapshotProblems],
  ...[remoteWriteSamples, remoteWriteFailed, remoteWritePending, remoteWriteSpoolBytes],
  ...[otlpPoints, otlpFailed, otlpLastSuccess],
  ...[httpRequestDuration, buildInfo, demo],
] as const satisfies readonly Metric[];
