/**
 * Pushes by OTLP what a scrape of /metrics would get: the families of all exporters and the program's own, as points
 * that come ready from a metric producer. Instruments of the SDK keep 2,000 series, and have neither buckets nor times
 * of their own. Each push has all series as they are then, so one that fails is made good by the next.
 */
import { resourceFromAttributes } from '@opentelemetry/resources';
import { MeterProvider, type MetricData, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import type { Logger } from 'pino';
import { breather } from './breathe.ts';
import { createHttpClient } from './http-client.ts';
import { createOtlpExporter, type OtlpEvent } from './otlp/exporter.ts';
import { type Family, familiesOf, familyReader } from './otlp/page.ts';
import { goneAt, metricOf, type Point, type PointMetric, pointOf, startOf } from './otlp/points.ts';
import { recordOtlp, type SelfMetrics } from './self-metrics.ts';
import type { ScrapeLabels } from './series.ts';
import type { ExporterView } from './server-types.ts';

export interface OtlpTarget {
  readonly name: string;
  /** Where requests go to, with its path. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly compression: 'gzip' | 'none';
  readonly intervalSeconds: number;
  /** For one request. */
  readonly timeoutSeconds: number;
  /** Beside service.name and service.instance.id, which become job and instance. */
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

export interface OtlpOptions {
  readonly target: OtlpTarget;
  readonly exporters: () => readonly ExporterView[];
  readonly self: SelfMetrics;
  readonly scrapeLabels: ScrapeLabels;
  readonly version: string;
  readonly log: Logger;
  readonly now?: () => Date;
}

export interface OtlpPusher {
  /** Pushes now, after what is under way; never rejects. */
  readonly push: () => Promise<void>;
  /** Pushes once more, for a few seconds at most, and ends. */
  readonly stop: () => Promise<void>;
}

/** Points of a request: some hundred kilobytes, and a few milliseconds of work. */
const batchPoints = 2_000;
const lastPushMs = 5_000;
const mostRetries = 3;
/** The longest wait before a request is tried again. */
const delaySeconds = 5;

export function startOtlp(options: OtlpOptions): OtlpPusher {
  const { target, exporters, self, scrapeLabels, version, now = () => new Date() } = options;
  const log = options.log.child({ target: target.name });
  const abort = new AbortController();
  recordOtlp(self, target.name);
  const resource = resourceFromAttributes({
    ...target.resourceAttributes,
    'service.name': scrapeLabels.job,
    'service.instance.id': scrapeLabels.instance,
  });
  const scope = { name: 'plumbline', version };
  /** The endpoint has them, and is told when they end. */
  const live = new Map<string, { readonly metric: PointMetric; readonly point: Point }>();
  const sentStamps = new Set<string>();
  let metricsOfPush = new Map<Point, PointMetric>();

  const onEvent = (event: OtlpEvent) => {
    recordOtlp(self, target.name, event, now());
    if (event.kind === 'failed') {
      const { reason, points, said, isTried } = event;
      log[isTried ? 'warn' : 'debug']({ reason, points, said }, 'points pushed by OTLP were not taken');
      return;
    }
    for (const point of event.points) {
      const metric = metricsOfPush.get(point);
      if (point.isGone) live.delete(point.series);
      else if (point.isStamped) sentStamps.add(point.series);
      else if (metric) live.set(point.series, { metric, point });
    }
    // The past that history writes ends here, as with a scrape.
    for (const view of exporters())
      view.scraped().catch((err: unknown) => log.error({ err, exporter: view.name }, 'could not note the push'));
  };
  const exporter = createOtlpExporter({
    url: target.url,
    client: createHttpClient({
      headers: target.headers,
      timeoutMs: target.timeoutSeconds * 1000,
      maxDelayMs: delaySeconds * 1000,
      retries: retriesWithin(target.intervalSeconds, target.timeoutSeconds),
      signal: abort.signal,
    }),
    sender: { resource, scope },
    compression: target.compression,
    onEvent,
  });

  const processStart = new Date(performance.timeOrigin);
  const readFamily = familyReader();
  const collect = async (): Promise<PointMetric[]> => {
    exporter.begin();
    const at = now();
    const breath = breather();
    const metrics: PointMetric[] = [];
    const present = new Set<string>();
    const stamps = new Set<string>();
    const take = async ({ readings, ...family }: Family, isOwn: boolean) => {
      const startTime = startOf(family.name, family.type, isOwn, processStart);
      const points: Point[] = [];
      for (const reading of readings) {
        if (breath.due()) await breath.now();
        const point = pointOf(family.name, reading, startTime, at);
        (point.isStamped ? stamps : present).add(point.series);
        if (!sentStamps.has(point.series)) points.push(point);
      }
      if (points.length > 0) metrics.push(metricOf(family, points));
    };
    for (const view of exporters())
      for (const family of view.snapshot()?.families ?? []) await take(await readFamily(family), false);
    for (const family of await familiesOf(await self.text())) await take(family, true);
    await take(alive, true);
    for (const [series, { metric, point }] of live)
      if (!present.has(series)) metrics.push({ ...metric, dataPoints: [goneAt(point, at)] });
    for (const series of sentStamps) if (!stamps.has(series)) sentStamps.delete(series);
    metricsOfPush = new Map(metrics.flatMap(metric => metric.dataPoints.map(point => [point, metric])));
    return metrics;
  };

  const reader = new PeriodicExportingMetricReader({
    exporter,
    exportIntervalMillis: target.intervalSeconds * 1000,
    exportTimeoutMillis: target.intervalSeconds * 1000,
    maxExportBatchSize: batchPoints,
    metricProducers: [
      {
        collect: async () => {
          const metrics = await collect().catch((err: unknown) => {
            log.error({ err }, 'could not read the page for OTLP');
            return [];
          });
          const scopeMetrics = [{ scope, metrics: metrics as unknown as MetricData[] }];
          return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
        },
      },
    ],
  });
  const provider = new MeterProvider({ resource, readers: [reader] });
  return {
    push: () => reader.forceFlush().catch(() => undefined),
    stop: async () => {
      await provider.shutdown({ timeoutMillis: lastPushMs }).catch(() => undefined);
      abort.abort();
    },
  };
}

/** Prometheus makes it of every scrape; who pushes says so itself, and PlumblineDown fires where it ends. */
const alive: Family = {
  name: 'up',
  type: 'gauge',
  help: 'Whether the program pushes its metrics.',
  readings: [{ labels: '', attributes: {}, value: 1 }],
};

/** So many that a request with all of them is over before the next push is due. */
export function retriesWithin(intervalSeconds: number, timeoutSeconds: number): number {
  const fit = Math.floor((intervalSeconds - timeoutSeconds) / (timeoutSeconds + delaySeconds));
  return Math.max(0, Math.min(mostRetries, fit));
}
