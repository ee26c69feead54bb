/** A course of traffic, and what decides which courses an SLO has. */
import type { BurnCondition, BurnWindow } from '../model.ts';
import type { Phase } from './traffic.ts';

export interface Scenario {
  readonly name: string;
  readonly phases: readonly Phase[];
  /** Steps that are before the calendar's window begins; none where not given. */
  readonly before?: number;
}

export interface Conditions {
  /** The part of events that may be bad. */
  readonly budget: number;
  readonly windows: readonly BurnWindow[];
  readonly stepSeconds: number;
  /** Counters may have a part of their events bad; of gauges each sample is good or bad. */
  readonly of: 'counter' | 'gauge';
  readonly noTrafficAfter: number | undefined;
  /** Alerts on single conditions, each of which has a course of its own. */
  readonly single: readonly BurnCondition[];
  readonly leastBadEvents: number;
  readonly isCalendar: boolean;
  /** Whether there is a value without any series, so that no traffic is never seen. */
  readonly isNeverSilent: boolean;
  /** How long after its last sample an indicator may still have a value. */
  readonly lookback: number;
}
