/** Keeps the process's own metrics: those of metrics.ts, and prom-client's default ones of the runtime. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Metric } from './metric.ts';
import * as own from './metrics.ts';
import type { OtlpEvent } from './otlp/exporter.ts';
import type { SenderEvent, WriteResult } from './remote-write.ts';
import { type RefusalReason, refusalReasons } from './remote-write-refusal.ts';
import type { Snapshot } from './snapshot-types.ts';
import type { Spool } from './spool.ts';
import type { SourceStatus } from './status.ts';

type LabelsOf<Label extends string> = Readonly<Record<Label, string>>;

export interface SelfMetrics {
  readonly set: <L extends string>(metric: Metric<string, 'state', L>, labels: LabelsOf<L>, value: number) => void;
  readonly add: <L extends string>(metric: Metric<string, 'count', L>, labels: LabelsOf<L>, by: number) => void;
  /** Brings a counter to a total that is counted elsewhere; one that has fallen is left as it was. */
  readonly reach: <L extends string>(metric: Metric<string, 'count', L>, labels: LabelsOf<L>, total: number) => void;
  readonly observe: <L extends string>(
    metric: Metric<string, 'histogram', L>,
    labels: LabelsOf<L>,
    value: number,
  ) => void;
  readonly remove: <L extends string>(metric: Metric<string, 'state', L>, labels: LabelsOf<L>) => void;
  /** Changes with every value but observations and those of the runtime. */
  readonly version: () => number;
  /** A text 0.0.4 page; for one exporter without the series about others. */
  readonly text: (exporter?: string) => Promise<string>;
}

// Gauges named like counters; each is the sum over `type` of the gauge without the suffix.
const misnamed = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

export interface SelfMetricsOptions {
  readonly version: string;
  readonly demo?: boolean;
  /** prom-client's default metrics of process and runtime; on. */
  readonly runtime?: boolean;
}

export function createSelfMetrics({ version, demo = false, runtime = true }: SelfMetricsOptions): SelfMetrics {
  // Always in text mode: an OpenMetrics scrape of a registry renames its counters for ever (exposition.ts translates).
  const registry = new Registry();
  if (runtime) {
    collectDefaultMetrics({ register: registry });
    for (const name of misnamed) registry.removeSingleMetric(name);
  }
  const gauges = new Map<string, Gauge>();
  const counters = new Map<string, Counter>();
  const histograms = new Map<string, Histogram>();
  for (const metric of own.selfMetrics) {
    const { name, help, labels, kind } = metric satisfies Metric as Metric;
    const configuration = { name, help, labelNames: [...labels], registers: [registry] };
    if (kind === 'count') counters.set(name, new Counter(configuration));
    else if (kind === 'histogram')
      histograms.set(name, new Histogram({ ...configuration, buckets: [...((metric as Metric).buckets ?? [])] }));
    else gauges.set(name, new Gauge(configuration));
  }
  const totals = new Map<string, number>();
  let changes = 0;

  const self: SelfMetrics = {
    set: (metric, labels, value) => {
      gauges.get(metric.name)?.set({ ...labels }, value);
      changes += 1;
    },
    add: (metric, labels, by) => {
      counters.get(metric.name)?.inc({ ...labels }, by);
      changes += 1;
    },
    reach: (metric, labels, total) => {
      const key = JSON.stringify([metric.name, ...metric.labels.map(label => labels[label])]);
      const by = total - (totals.get(key) ?? 0);
      if (by < 0 || (by === 0 && totals.has(key))) return;
      totals.set(key, total);
      self.add(metric, labels, by);
    },
    observe: (metric, labels, value) => histograms.get(metric.name)?.observe({ ...labels }, value),
    remove: (metric, labels) => {
      gauges.get(metric.name)?.remove({ ...labels });
      changes += 1;
    },
    version: () => changes,
    text: async exporter => {
      const text = await registry.metrics();
      if (exporter === undefined) return text;
      const other = (line: string) => !line.startsWith('#') && /[{,]exporter="/.test(line) && !line.includes(mine);
      const mine = `exporter="${exporter}"`;
      return text
        .split('\n')
        .filter(line => !other(line))
        .join('\n');
    },
  };
  self.set(own.buildInfo, { version }, 1);
  self.set(own.demo, {}, demo ? 1 : 0);
  return self;
}

/** Brings a source's metrics to its status. A push source has none before the first push, as nobody knows whether it is up. */
export function recordSource(self: SelfMetrics, status: SourceStatus): void {
  const { exporter, source } = status;
  const labels = { exporter, source };
  if (status.state !== 'waiting' || status.kind !== 'push')
    self.set(own.sourceUp, labels, status.state === 'ok' ? 1 : 0);
  if (status.lastSuccess) self.set(own.sourceLastSuccess, labels, status.lastSuccess.getTime() / 1000);
  if (status.lastDurationSeconds !== undefined) self.set(own.sourceRefreshDuration, labels, status.lastDurationSeconds);
  if (status.kind !== 'push') self.set(own.sourceWaitingFiles, labels, status.files.waiting);
  self.reach(own.sourceRecords, labels, status.records);
  for (const [reason, total] of Object.entries(status.rejected))
    self.reach(own.sourceRejected, { ...labels, reason }, total);
}

/** Brings an exporter's metrics to its page; families that left it are left out. */
export function recordSnapshot(
  self: SelfMetrics,
  exporter: string,
  page: {
    readonly snapshot: Snapshot;
    readonly before?: Snapshot | undefined;
    readonly problems: number;
    readonly ledgerBytes: number;
  },
): void {
  const names = new Set(page.snapshot.families.map(family => family.name));
  for (const { name } of page.before?.families ?? [])
    if (!names.has(name)) self.remove(own.snapshotSeries, { exporter, family: name });
  for (const { name, series } of page.snapshot.families)
    self.set(own.snapshotSeries, { exporter, family: name }, series);
  self.set(own.snapshotTimestamp, { exporter }, page.snapshot.takenAt.getTime() / 1000);
  self.set(own.snapshotProblems, { exporter }, page.problems);
  self.set(own.ledgerBytes, { exporter }, page.ledgerBytes);
}

/** Brings a remote-write target's metrics to what its writer or sender has just done, and to what waits. */
export function recordRemoteWrite(
  self: SelfMetrics,
  labels: { readonly exporter: string; readonly target: string },
  spool: Pick<Spool, 'samples' | 'bytes'>,
  done?: SenderEvent | WriteResult,
): void {
  const fail = (reason: RefusalReason | 'clipped', samples: number) =>
    samples > 0 && self.add(own.remoteWriteFailed, { ...labels, reason }, samples);
  // A counter that begins with its first refusal has no rate of it.
  if (done === undefined)
    for (const reason of [...refusalReasons, 'clipped']) self.add(own.remoteWriteFailed, { ...labels, reason }, 0);
  else if ('clipped' in done) fail('clipped', done.clipped);
  else if (done.kind === 'delivered') {
    self.add(own.remoteWriteSamples, labels, done.samples);
    for (const { reason, samples } of done.refused) fail(reason, samples);
  }
  self.set(own.remoteWritePending, labels, spool.samples());
  self.set(own.remoteWriteSpoolBytes, labels, spool.bytes());
}

/** Brings an OTLP target's metrics to what became of points; without an event, to their beginning. */
export function recordOtlp(self: SelfMetrics, target: string, event?: OtlpEvent, now = new Date()): void {
  if (event === undefined) {
    self.add(own.otlpPoints, { target }, 0);
    for (const reason of [...refusalReasons, 'unreachable']) self.add(own.otlpFailed, { target, reason }, 0);
  } else if (event.kind === 'failed') self.add(own.otlpFailed, { target, reason: event.reason }, event.points);
  else {
    self.add(own.otlpPoints, { target }, event.points.length);
    self.set(own.otlpLastSuccess, { target }, now.getTime() / 1000);
  }
}
