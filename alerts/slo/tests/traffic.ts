/** Traffic that an SLO is tried on: what makes events, and times of it. */
import type { Sample } from './evaluate.ts';
import type { Labels } from './selectors.ts';

/** A time of even traffic. Of gauges each sample is all bad, or all good. */
export interface Phase {
  readonly steps: number;
  /** Events in each sample interval; none is no traffic. */
  readonly total: number;
  readonly bad: number;
}

export interface Step {
  readonly total: number;
  readonly bad: number;
}

/** Values of the workload's series, in their order, that make some events, all good or all bad. */
export interface Unit {
  readonly values: readonly number[];
  /** Events by it: in each sample of a gauge, in all of a counter's growth. */
  readonly events: number;
}

export interface Workload {
  readonly series: readonly Labels[];
  /** Counters grow by a unit's values, and units add up; gauges have them, one unit at a time. */
  readonly of: 'counter' | 'gauge';
  readonly good: Unit;
  readonly bad: Unit;
  /** Its one series is a native histogram: observations below its bound are the first value, those above it the second. */
  readonly native?: NativeBuckets;
  /** How long after its last sample an expression over gauges may still have a value: the ranges within it. Seconds. */
  readonly lookback: number;
  /** The values are rates per second of counters, which are looked at as means over a range of seconds. */
  readonly rates?: {
    readonly range: number;
    readonly judge: (samples: readonly Sample[]) => { readonly bad: number } | undefined;
  };
  /** Of a look at nothing, for an expression that has a value without any series (`or vector(0)`): whether it is bad. */
  readonly alone?: boolean;
}

/** Indexes of buckets of schema 0: the one of index i is of (2^(i-1), 2^i]. */
export interface NativeBuckets {
  readonly below: number;
  readonly above: number;
}
