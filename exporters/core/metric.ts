/**
 * The metric contract: a metric family is a definition and the SQL that computes it as of an instant.
 * The same SQL is run for one instant by a scrape and for many by the history writer (views.ts).
 * Dashboards and alerts import these values, so a name or a label that is not exported does not compile.
 */
import { PlumblineError } from './errors.ts';

/**
 * - `state`: a value per label set at each instant; a gauge.
 * - `count`: events that never change, counted from the beginning up to each instant; a counter (name ends in `_total`).
 * - `histogram`: cumulative buckets, sum and count of such events up to each instant.
 * - `daily`: one value per UTC day, restated by revision; its twins (`_latest`, `_latest_timestamp_seconds`) are gauges.
 */
export type MetricKind = 'state' | 'count' | 'histogram' | 'daily';

/** What a value is measured in; dashboards take the panel's unit from it. `currency` goes with a `currency` label. */
export type Unit = 'currency' | 'ratio' | 'seconds' | 'timestamp_seconds' | 'bytes' | 'count' | 'days' | 'info';

/** Non-additive families (quantiles, ratios, distinct counts) exist once a level; a sum over one does not compile. */
export type Level = 'service' | 'team' | 'organisation';

export interface Metric<
  Name extends string = string,
  Kind extends MetricKind = MetricKind,
  Label extends string = string,
  Additive extends boolean = boolean,
> {
  readonly name: Name;
  readonly kind: Kind;
  /** One plain sentence ending in a full stop. */
  readonly help: string;
  readonly unit: Unit;
  readonly labels: readonly Label[];
  /** True where a sum over any label means something. */
  readonly additive: Additive;
  readonly level?: Level;
  /** The most series this family may have; `check` prints them, the snapshot refuses more. */
  readonly maxSeries: number;
  /** Ledger tables the SQL reads; the view runs again when one of them changed. */
  readonly reads: readonly string[];
  /** Seconds after which the view runs again though nothing changed, because time itself moved. */
  readonly everySeconds: number;
  /** Instants that history evaluates together; fewer where the view holds all values of each in memory. */
  readonly instantsAtOnce?: number;
  /** Upper bounds of a histogram's buckets in ascending order, without +Inf. */
  readonly buckets?: readonly number[];
  /**
   * One SELECT that reads the table `instants(ts TIMESTAMP)` (UTC) and returns
   * - state, count: `ts`, every label as VARCHAR, `value`;
   * - histogram: `ts`, labels, `buckets` (BIGINT[], cumulative, +Inf last), `sum`, `count`;
   * - daily: `ts`, `day` (DATE), labels, `value`: every day's value as known at `ts`.
   * A NULL value is no sample. Values stay DECIMAL or integer until the last cast. A table T with `occurred_at` and
   * `learned_at` is read as `T_known`, whose `effective_at` says from when the fact counts.
   */
  readonly sql: string;
}

type Definition<Name extends string, Kind extends MetricKind, Label extends string, Additive extends boolean> = Omit<
  Metric<Name, Kind, Label, Additive>,
  'everySeconds' | 'labels'
> & { readonly labels: readonly Label[]; readonly everySeconds?: number };

const reservedLabels = new Set(['namespace', 'pod', 'container', 'endpoint', 'instance', 'job', 'le', 'quantile']);

/** Defines a metric family. Throws METRIC_INVALID when it breaks a naming rule, so that start-up proves them all. */
export function defineMetric<
  const Name extends string,
  const Kind extends MetricKind,
  const Label extends string,
  const Additive extends boolean,
>(definition: Definition<Name, Kind, Label, Additive>): Metric<Name, Kind, Label, Additive> {
  const invalid = (reason: string): never => {
    throw new PlumblineError('METRIC_INVALID', { metric: definition.name, reason });
  };
  if (!/^[a-z][a-z0-9_]*$/.test(definition.name)) invalid('its name is not lower case with underscores');
  if ((definition.kind === 'count') !== definition.name.endsWith('_total'))
    invalid('a count ends in _total, and nothing else does');
  if (definition.unit === 'ratio' && !definition.name.includes('_ratio')) invalid('a ratio says so in its name');
  if (!/^[A-Z].*\.$/s.test(definition.help)) invalid('its help is not a sentence with a full stop');
  for (const label of definition.labels)
    if (!/^[a-z][a-z0-9_]*$/.test(label) || reservedLabels.has(label)) invalid(`label ${label} is not allowed`);
  if (definition.unit === 'currency' && !definition.labels.some(label => (label as string) === 'currency'))
    invalid('money needs a currency label');
  if ((definition.kind === 'histogram') !== (definition.buckets !== undefined))
    invalid('a histogram has buckets, and nothing else does');
  if (!definition.additive && definition.kind === 'count') invalid('a count is additive');
  return Object.freeze({ everySeconds: 300, ...definition });
}

/** Metrics by name; throws METRIC_INVALID where two share one. */
export function metricsByName(metrics: readonly Metric[]): ReadonlyMap<string, Metric> {
  const byName = new Map<string, Metric>();
  for (const metric of metrics) {
    if (byName.has(metric.name))
      throw new PlumblineError('METRIC_INVALID', { metric: metric.name, reason: 'two families share the name' });
    byName.set(metric.name, metric);
  }
  return byName;
}

/** The gauges that stand beside a daily family: the newest complete day's value, and that day's start. */
export const twinNames = (metric: { readonly name: string }) =>
  ({ latest: `${metric.name}_latest`, timestamp: `${metric.name}_latest_timestamp_seconds` }) as const;
