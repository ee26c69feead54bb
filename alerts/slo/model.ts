/**
 * A service level objective as every way of writing one (OpenSLO, the short form, Sloth, Pyrra) hands it over, and as its
 * rules, tests and pages are made of it. One value per objective: a specification with three objectives makes three.
 */
import type { Decimal } from 'decimal.js';

/** PromQL as it was written. A range that is to follow the window is written `{{.window}}`. */
export type PromqlSource = string;

/**
 * What is counted.
 * - `counter`: an expression over counters (`sum(http_requests_total{code=~"5.."})`, with or without rate or increase
 *   around them): events are what they grow by.
 * - `gauge`: an expression whose value *is* a number of events of the moment; its samples are summed.
 */
export interface Events {
  readonly promql: PromqlSource;
  readonly of: 'counter' | 'gauge';
}

export type Operator = 'lt' | 'lte' | 'gt' | 'gte';

/** How it is measured whether an event was good. */
export type Indicator =
  | { readonly kind: 'events'; readonly numerator: 'bad' | 'good'; readonly events: Events; readonly total: Events }
  /** A ratio that another has computed: each sample weighs the same, and the page says so. */
  | { readonly kind: 'ratio'; readonly promql: PromqlSource; readonly of: 'success' | 'failure' }
  /** A sample of the expression is good where it compares so. `every`: seconds between two looks. */
  | {
      readonly kind: 'threshold';
      readonly promql: PromqlSource;
      readonly op: Operator;
      readonly value: Decimal;
      readonly every: number;
    };

/** Over which time the budget counts. Seconds. */
export type Window =
  | { readonly kind: 'rolling'; readonly seconds: number }
  /** From `start` (a local time of the zone, `2026-01-01T00:00:00`) on, again and again after `count` of `unit`. */
  | {
      readonly kind: 'calendar';
      readonly start: string;
      readonly timeZone: string;
      readonly count: number;
      readonly unit: 'day' | 'week' | 'month' | 'quarter' | 'year';
    };

/** What the budget is of. Seconds. */
export type Budgeting =
  | { readonly kind: 'occurrences' }
  /** A slice is good where at least `target` of its events are. */
  | { readonly kind: 'timeslices'; readonly seconds: number; readonly target: Decimal }
  /** Each slice counts with its own ratio, however many events it had. */
  | { readonly kind: 'ratio_timeslices'; readonly seconds: number };

/** One of the indicators of an SLO; an SLO that is no composite has one of weight 1. */
export interface Part {
  /** Empty where it is the only one. */
  readonly name: string;
  readonly indicator: Indicator;
  /** The part of the events that is to be good, 0 up to but not including 1. */
  readonly target: Decimal;
  /** What multiplies its burn in the composite's. */
  readonly weight: Decimal;
  /** Only where slices have targets of their own. */
  readonly sliceTarget?: Decimal;
}

/** Times a burn rate: a pair of windows, both above it. Seconds. */
export interface BurnWindow {
  readonly severity: 'page' | 'ticket';
  readonly long: number;
  readonly short: number;
  readonly burnRate: Decimal;
}

/** An alert policy of OpenSLO: one look back, one threshold. Seconds. */
export interface BurnCondition {
  readonly name: string;
  readonly severity: 'page' | 'ticket' | 'digest';
  readonly op: Operator;
  readonly burnRate: Decimal;
  readonly lookback: number;
  readonly after: number;
  readonly whenNoData: boolean;
}

export interface Alerting {
  /** The pairs of windows; undefined: the SRE workbook's, for the length of the window. Empty: none. */
  readonly windows?: readonly BurnWindow[];
  readonly conditions: readonly BurnCondition[];
  /** No burn alert below so many bad events within its long window. */
  readonly leastBadEvents: Decimal;
  /** No traffic within so many seconds is told; undefined: it isn't. */
  readonly noTrafficAfter: number | undefined;
  /** Where 75 % of the budget is spent, and where all is. */
  readonly budget: boolean;
  /** Whether it pages at all: slow data, and what is not worth a night, have tickets alone. */
  readonly pages: boolean;
}

export interface Slo {
  /** Lower case letters, digits and hyphens; unique within its service. */
  readonly name: string;
  readonly service: string;
  /** Whoever owns the service; the platform team where nobody is known to. */
  readonly team: string;
  /** Tells an SLO's objectives apart: its name, or its target in percent such as `99.9`. */
  readonly objective: string;
  readonly displayName: string;
  readonly description: string;
  readonly window: Window;
  readonly budgeting: Budgeting;
  readonly parts: readonly [Part, ...Part[]];
  readonly alerting: Alerting;
  /**
   * How far apart the samples of its counters may be, where that is further than they are scraped: what has the past from
   * elsewhere, a day a sample, or is told of once a day. Seconds.
   */
  readonly sampledEvery?: number | undefined;
  /** Further fixed labels of its rules and alerts. */
  readonly labels: Readonly<Record<string, string>>;
  /** Further annotations of its alerts. */
  readonly annotations: Readonly<Record<string, string>>;
  /** Where it was written, for what is refused: `slos/checkout.yaml, document 2`. */
  readonly origin: string;
}

/** What is known of the server that rules are made for. Seconds. */
export interface Server {
  /** How often targets are scraped. */
  readonly scrapeInterval: number;
  /** How far back the server remembers. */
  readonly retention: number;
  /** Upper bounds of histograms by the metric's name without `_bucket`, where they are known. */
  readonly buckets: ReadonlyMap<string, readonly string[]>;
  /**
   * When rules are made, since 1970: calendar windows are written down for at least 10 years from then on, and differ only
   * with each fifth year (2030, 2035). Now, unless given.
   */
  readonly now?: number;
}
