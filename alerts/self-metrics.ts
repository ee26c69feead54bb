import type { Readable } from '../dashboards/lib/promql.ts';

const define = <const Name extends string, const Kind extends 'state' | 'count', const Label extends string>(
  metric: Omit<Readable<Name, Kind, Label, boolean>, 'labels'> & { readonly labels: readonly Label[] },
) => metric as Readable<Name, Kind, Label, boolean>;

export const sourceUp = define({
  name: 'plumbline_source_up',
  kind: 'state',
  labels: ['exporter', 'source'],
  additive: true,
  unit: 'count',
});
export const sourceLastSuccess = define({
  name: 'plumbline_source_last_success_timestamp_seconds',
  kind: 'state',
  labels: ['exporter', 'source'],
  additive: false,
  unit: 'timestamp_seconds',
});
export const sourceRejected = define({
  name: 'plumbline_source_rejected_total',
  kind: 'count',
  labels: ['exporter', 'source', 'reason'],
  additive: true,
  unit: 'count',
});
export const remoteWritePending = define({
  name: 'plumbline_remote_write_pending_samples',
  kind: 'state',
  labels: ['target'],
  additive: true,
  unit: 'count',
});
export const remoteWriteSent = define({
  name: 'plumbline_remote_write_sent_samples_total',
  kind: 'count',
  labels: ['target'],
  additive: true,
  unit: 'count',
});
export const servedSeries = define({
  name: 'plumbline_series',
  kind: 'state',
  labels: ['exporter'],
  additive: true,
  unit: 'count',
});
export const selfMetrics = [
  sourceUp,
  sourceLastSuccess,
  sourceRejected,
  remoteWritePending,
  remoteWriteSent,
  servedSeries,
];
