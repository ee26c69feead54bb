/**
 * An ExportMetricsServiceRequest (opentelemetry-proto 1.x). The SDK's serializer writes what has a value. It knows no
 * flags, so what is gone is written here, with FLAG_NO_RECORDED_VALUE: a receiver ends the series as after a scrape
 * without it. Two requests, one behind the other, are one in protobuf.
 */
import { ProtobufMetricsSerializer } from '@opentelemetry/otlp-transformer';
import { DataPointType, type Histogram, type MetricData, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { message } from '../remote-write-format.ts';
import type { Point, PointMetric } from './points.ts';

export interface PointsOf {
  readonly metric: PointMetric;
  readonly points: readonly Point[];
}

/** The metrics of all scopes with their points. */
export const pointsOf = ({ scopeMetrics }: ResourceMetrics): PointsOf[] =>
  scopeMetrics
    .flatMap(({ metrics }) => metrics as unknown as PointMetric[])
    .map(metric => ({ metric, points: metric.dataPoints }));

export const countPoints = (parts: readonly PointsOf[]): number =>
  parts.reduce((sum, { points }) => sum + points.length, 0);

/** Two halves of as many points. */
export function halves(parts: readonly PointsOf[]): readonly [PointsOf[], PointsOf[]] {
  let room = countPoints(parts) >> 1;
  const [first, second]: [PointsOf[], PointsOf[]] = [[], []];
  for (const { metric, points } of parts) {
    const cut = Math.min(room, points.length);
    if (cut > 0) first.push({ metric, points: points.slice(0, cut) });
    if (cut < points.length) second.push({ metric, points: points.slice(cut) });
    room -= cut;
  }
  return [first, second];
}

export interface Sender {
  readonly resource: ResourceMetrics['resource'];
  readonly scope: ResourceMetrics['scopeMetrics'][number]['scope'];
}

export function encodePoints({ resource, scope }: Sender, parts: readonly PointsOf[]): Buffer {
  const having = (isGone: boolean) =>
    parts
      .map(({ metric, points }) => ({ metric, points: points.filter(point => point.isGone === isGone) }))
      .filter(({ points }) => points.length > 0);
  const live = having(false).map(({ metric, points }) => ({ ...metric, dataPoints: points }) as unknown as MetricData);
  const gone = having(true);
  const known = live.length > 0 ? [{ scope, metrics: live }] : [];
  const bytes = ProtobufMetricsSerializer.serializeRequest({ resource, scopeMetrics: known }) ?? new Uint8Array();
  if (gone.length === 0) return Buffer.from(bytes);
  const pairs = Object.entries(resource.attributes).map(([name, value]) => keyValue(0x0a, name, String(value)));
  const scoped = Buffer.concat([
    message(0x0a, message(0x0a, Buffer.from(scope.name))),
    ...gone.map(({ metric, points }) => message(0x12, goneMetric(metric, points))),
  ]);
  const ended = message(0x0a, Buffer.concat([message(0x0a, Buffer.concat(pairs)), message(0x12, scoped)]));
  return Buffer.concat([...(live.length > 0 ? [bytes] : []), ended]);
}

const keyValue = (tag: number, name: string, value: string) =>
  message(tag, Buffer.concat([message(0x0a, Buffer.from(name)), message(0x12, message(0x0a, Buffer.from(value)))]));

// Metric { name = 1; unit = 3; gauge = 5; sum = 7; histogram = 9 }, each with data_points = 1; cumulative is 2.
function goneMetric({ descriptor, dataPointType }: PointMetric, points: readonly Point[]): Buffer {
  const isHistogram = dataPointType === DataPointType.HISTOGRAM;
  const data = points.map(point => message(0x0a, isHistogram ? goneHistogram(point) : goneNumber(point)));
  const name = Buffer.concat([
    message(0x0a, Buffer.from(descriptor.name)),
    message(0x1a, Buffer.from(descriptor.unit)),
  ]);
  const cumulative = Buffer.from([0x10, 2]);
  if (isHistogram) return Buffer.concat([name, message(0x4a, Buffer.concat([...data, cumulative]))]);
  if (dataPointType === DataPointType.GAUGE) return Buffer.concat([name, message(0x2a, Buffer.concat(data))]);
  const monotonic = Buffer.from([0x18, 1]);
  return Buffer.concat([name, message(0x3a, Buffer.concat([...data, cumulative, monotonic]))]);
}

// NumberDataPoint { start = 2; time = 3; attributes = 7; flags = 8 }
const goneNumber = (point: Point) => Buffer.concat([...times(point), ...labels(0x3a, point), Buffer.from([0x40, 1])]);

// HistogramDataPoint { start = 2; time = 3; count = 4; sum = 5; bucket_counts = 6; explicit_bounds = 7; attributes = 9;
// flags = 10 }: a receiver ends the series of those buckets, sum and count that the point has.
function goneHistogram(point: Point): Buffer {
  const { boundaries, counts } = (point.value as Histogram).buckets;
  const bounds = Buffer.alloc(boundaries.length * 8);
  for (const [index, bound] of boundaries.entries()) bounds.writeDoubleLE(bound, index * 8);
  return Buffer.concat([
    ...times(point),
    ...[Buffer.from([0x21]), Buffer.alloc(8), Buffer.from([0x29]), Buffer.alloc(8)],
    ...[message(0x32, Buffer.alloc(counts.length * 8)), message(0x3a, bounds)],
    ...[...labels(0x4a, point), Buffer.from([0x50, 1])],
  ]);
}

const labels = (tag: number, { attributes }: Point) =>
  Object.entries(attributes).map(([name, value]) => keyValue(tag, name, String(value)));

function times({ startTime, endTime }: Point): Buffer[] {
  return [[0x11, startTime] as const, [0x19, endTime] as const].map(([tag, [seconds, nanoseconds]]) => {
    const field = Buffer.alloc(9, tag);
    field.writeBigUInt64LE(BigInt(seconds) * 1_000_000_000n + BigInt(Math.round(nanoseconds)), 1);
    return field;
  });
}
