/** Families as OTLP data points: cumulative, with their own times, in the SDK's own types. */
import { ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import { sourceRecords, sourceRejected } from '../metrics.ts';
import type { FamilyType } from '../snapshot-types.ts';
import type { Family, Reading } from './page.ts';

type HrTime = [seconds: number, nanoseconds: number];

/** A data point that knows which series it is of; the SDK hands it on as it is. */
export interface Point extends DataPoint<number | Histogram> {
  readonly series: string;
  /** The series is gone: the point says that it has no value, and no more. */
  readonly isGone: boolean;
  /** True where the point has a time of its own, and is sent once. */
  readonly isStamped: boolean;
}

export type PointMetric = Omit<MetricData, 'dataPoints'> & { readonly dataPoints: Point[] };

/**
 * Counts begin with the first event there ever was, and go on through every restart. Not 0, which means that nobody
 * knows; not the start of the process, at which a server would put a 0 amid what history has written.
 */
const beginning: HrTime = [1, 0];
const unknown: HrTime = [0, 0];
const lasting: ReadonlySet<string> = new Set([sourceRecords.name, sourceRejected.name]);

/** When a family's counts began: those of the process with it, those of ledgers at the beginning. */
export function startOf(name: string, type: FamilyType, isOwn: boolean, processStart: Date): HrTime {
  if (type === 'gauge') return unknown;
  return isOwn && !lasting.has(name) ? hrTime(processStart.getTime()) : beginning;
}

export const hrTime = (milliseconds: number): HrTime => [
  Math.floor(milliseconds / 1000),
  (milliseconds - Math.floor(milliseconds / 1000) * 1000) * 1e6,
];

export function pointOf(name: string, reading: Reading, startTime: HrTime, now: Date): Point {
  return {
    startTime,
    endTime: hrTime(reading.time ?? now.getTime()),
    attributes: reading.attributes,
    value: reading.value,
    series: `${name}${reading.labels}${reading.time === undefined ? '' : ` ${reading.time}`}`,
    isGone: false,
    isStamped: reading.time !== undefined,
  };
}

export const goneAt = (point: Point, now: Date): Point => ({ ...point, endTime: hrTime(now.getTime()), isGone: true });

/**
 * A receiver that translates names puts the unit behind a name that does not end in it, and moves the `ratio` of a unit
 * "1" to the end: so the unit is said where the name says it last, and nowhere else.
 */
function unitOf(name: string): string {
  const base = name.replace(/_total$/, '');
  if (base.endsWith('_seconds')) return 's';
  return base.endsWith('_bytes') ? 'By' : '';
}

export function metricOf({ name, type, help }: Omit<Family, 'readings'>, dataPoints: Point[]): PointMetric {
  const descriptor = { name, description: help, unit: unitOf(name), valueType: ValueType.DOUBLE };
  const common = { descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE, dataPoints };
  if (type === 'histogram') return { ...common, dataPointType: DataPointType.HISTOGRAM };
  if (type === 'gauge') return { ...common, dataPointType: DataPointType.GAUGE };
  return { ...common, dataPointType: DataPointType.SUM, isMonotonic: true } as PointMetric;
}
