/**
 * How an SLO's events come to be counted: the seam between what is common to all SLOs and what a form of budgeting or of
 * a window does its own way. Each form is a file of its own: occurrences.ts, slices.ts; rolling.ts, calendar.ts.
 */

import type { Decimal } from '../decimal.ts';
import type { Server, Slo } from '../model.ts';
import type { ParsedIndicator } from './indicator.ts';
import type { RecordingRule, RuleGroup } from './rule.ts';

export interface Context {
  readonly slo: Slo;
  readonly server: Server;
  /** By part, in their order. */
  readonly indicators: readonly ParsedIndicator[];
}

/** A part whose events are recorded with the label `part`. */
export interface CountedPart {
  readonly name: string;
  readonly target: Decimal;
  readonly weight: Decimal;
  /**
   * Bad over all within a window that is shorter than an hour, from what was not recorded; undefined: the recordings are
   * read, as for longer ones.
   */
  readonly recentRatio: ((seconds: number) => string) | undefined;
}

export interface Budgeted {
  /** Seconds between two recordings; the group of the events has it as its interval. */
  readonly resolution: number;
  /** Records badEvents and totalEvents for each of the parts. */
  readonly rules: readonly RecordingRule[];
  readonly parts: readonly [CountedPart, ...CountedPart[]];
}

/** The SLO's own window. */
export interface Windowed {
  /** What `slo:info` calls it. */
  readonly name: string;
  /** Rules before those of the events. */
  readonly rules: readonly RecordingRule[];
  /** A recording of events, with the label that tells its window. */
  readonly stamped: (expr: string) => string;
  /** Of a recording's series, all that falls into the window, summed by series. */
  readonly sum: (series: string) => string;
  /** Seconds of the window, as a number or an expression. */
  readonly seconds: string;
  /** Further groups, with alerts of their own. */
  readonly groups: readonly RuleGroup[];
}
