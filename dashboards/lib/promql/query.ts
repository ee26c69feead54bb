import type { Metric, MetricKind, Unit } from '../../../exporters/core/metric.ts';
import { printExpression } from './print.ts';
import { dropComparisons, type Expression, seriesNames } from './tree.ts';

/**
 * An instant vector: what it reads as a tree, and what is known of its result. `Label` are the labels the result can
 * be grouped, matched and named by; `Additive` says whether a sum over one of them means something.
 */
export interface Query<Label extends string = string, Additive extends boolean = boolean> {
  readonly type: 'vector';
  readonly tree: Expression;
  readonly labels: readonly Label[];
  readonly additive: Additive;
  /** Undefined where arithmetic left no unit that a metric states. */
  readonly unit: Unit | undefined;
  /** Labels of which one value was selected; a sum may cross them though it may not mix their values. */
  readonly pinned: readonly string[];
  /** True where each value stands for a whole day, so that the query has to be asked in steps of a day. */
  readonly byDay: boolean;
  /** True while the series still carry the scrape's own `job` and `instance`. */
  readonly target: boolean;
}

/** A number that is known only when the query runs. */
export interface Scalar {
  readonly type: 'scalar';
  readonly tree: Expression;
  readonly unit: Unit | undefined;
}

/** What a query needs of a metric's definition. */
export type Readable<
  Name extends string = string,
  Kind extends MetricKind = MetricKind,
  Label extends string = string,
  Additive extends boolean = boolean,
> = Pick<Metric<Name, Kind, Label, Additive>, 'name' | 'kind' | 'labels' | 'additive' | 'unit'>;

/** The one family that Prometheus itself makes for each target: 1 where the last scrape succeeded. */
export const up: Readable<'up', 'state', 'job' | 'instance', true> = Object.freeze({
  name: 'up',
  kind: 'state',
  labels: ['job', 'instance'] as const,
  additive: true,
  unit: 'count',
});

/** What Prometheus keeps of the alerts of its rules, whose labels are those of ours: 1 while one is pending or firing. */
export const alerts = Object.freeze({
  name: 'ALERTS',
  kind: 'state',
  labels: ['alertname', 'alertstate', 'severity', 'team', 'service', 'slo', 'objective'] as const,
  additive: true,
  unit: 'count',
}) satisfies Readable;

/** Since when each of them has been: Unix seconds, by the same labels without the state. */
export const activeSince = Object.freeze({
  name: 'ALERTS_FOR_STATE',
  kind: 'state',
  labels: ['alertname', 'severity', 'team', 'service', 'slo', 'objective'] as const,
  additive: false,
  unit: 'timestamp_seconds',
}) satisfies Readable;

/** The query's text. */
export const promqlText = (query: Query | Scalar): string => printExpression(query.tree);

/** The names of the series a query reads, sorted. */
export const seriesOf = (query: Query | Scalar): readonly string[] => seriesNames(query.tree);

/** The query with every comparison replaced by what it compares; for showing and testing what an alert watches. */
export function withoutComparisons<Label extends string, Additive extends boolean>(
  query: Query<Label, Additive>,
): Query<Label, Additive> {
  return Object.freeze({ ...query, tree: dropComparisons(query.tree) });
}
