import { type MetricKind, twinNames, type Unit } from '../../../exporters/core/metric.ts';
import { type Exactly, type Matchers, toMatchers } from './matchers.ts';
import type { Query, Readable } from './query.ts';
import type { Duration, Expression } from './tree.ts';

/** How long the last value of a slow family stands in for one that has not arrived; alerts use it as panels do. */
const dayWindow = '1d';

/** The newest value of each series, at most a day old. */
export function latest<Name extends string, Label extends string, Additive extends boolean, M extends Matchers<Label>>(
  metric: Readable<Name, 'state' | 'count', Label, Additive>,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  return vector(metric, matchers, lastOf(select(metric.name, matchers, dayWindow)));
}

/** `latest` of what is recorded once a day: at a day exactly its last sample may have left a window of a day. */
export function latestWithin<
  Name extends string,
  Label extends string,
  Additive extends boolean,
  M extends Matchers<Label>,
>(
  metric: Readable<Name, 'state' | 'count', Label, Additive>,
  window: Duration,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  return vector(metric, matchers, lastOf(select(metric.name, matchers, window)));
}

/** What `latest` was a while before. */
export function earlier<Name extends string, Label extends string, Additive extends boolean, M extends Matchers<Label>>(
  metric: Readable<Name, 'state' | 'count', Label, Additive>,
  before: Duration,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  return vector(metric, matchers, lastOf({ ...select(metric.name, matchers, dayWindow), offset: before }));
}

/** The value of the last scrape, gone five minutes after it; for the program's own health, where age is the question. */
export function current<Name extends string, Label extends string, Additive extends boolean, M extends Matchers<Label>>(
  metric: Readable<Name, 'state' | 'count', Label, Additive>,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  return vector(metric, matchers, select(metric.name, matchers));
}

/** The sum of all samples of a window: of what is recorded at intervals that don't overlap, each sample counts once. */
export function recordedSum<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'state', Label, true>,
  window: Duration,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  return vector(metric, matchers, call('sum_over_time', select(metric.name, matchers, window)));
}

/** The same of each UTC day, drawn at the day's start; the current day up to now. */
export function recordedByDay<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'state', Label, true>,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  const tree = call('sum_over_time', { ...select(metric.name, matchers, dayWindow), offset: '-1d' });
  return Object.freeze({ ...vector(metric, matchers, tree), byDay: true });
}

/** When each series was there first, in Unix seconds, to the hour; as far back as a year. */
export function firstSeen<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'state' | 'count', Label>,
  matchers?: Exactly<M, Label>,
): Query<Label, false> {
  const seen = call('timestamp', select(metric.name, matchers));
  const first = call('min_over_time', { kind: 'subquery', of: seen, range: '1y', step: '1h' });
  // what is younger than the last full hour
  const tree: Expression = { kind: 'binary', operator: 'or', left: first, right: seen };
  return vector({ ...metric, additive: false }, matchers, tree, 'timestamp_seconds');
}

/** The newest complete day's value of a daily family, from its twin gauge; the way for alerts and big numbers. */
export function twin<Name extends string, Label extends string, Additive extends boolean, M extends Matchers<Label>>(
  metric: Readable<Name, 'daily', Label, Additive>,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  return vector(metric, matchers, lastOf(select(twinNames(metric).latest, matchers, dayWindow)));
}

/** The start of the day that `twin` is about, in Unix seconds. */
export function twinTimestamp<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'daily', Label>,
  matchers?: Exactly<M, Label>,
): Query<Label, false> {
  const tree = lastOf(select(twinNames(metric).timestamp, matchers, dayWindow));
  return vector({ ...metric, additive: false }, matchers, tree, 'timestamp_seconds');
}

/** A value per day, drawn at the day's own start; asked in steps of a day. */
export function dayBars<Name extends string, Label extends string, Additive extends boolean, M extends Matchers<Label>>(
  metric: Readable<Name, 'daily', Label, Additive>,
  matchers?: Exactly<M, Label>,
): Query<Label, Additive> {
  // a day's sample stands at noon and the step at midnight: without the offset each bar would stand a day late
  const tree = lastOf({ ...select(metric.name, matchers, dayWindow), offset: '-1d' });
  return Object.freeze({ ...vector(metric, matchers, tree), byDay: true });
}

/**
 * The sum of each series over the last complete `days`, each day once and as last restated; or over as many days that
 * ended `before` days earlier, to compare with.
 */
export function daysSum<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'daily', Label, true>,
  days: number,
  matchers?: Exactly<M, Label>,
  before = 0,
): Query<Label, true> {
  for (const each of [days, before + 1])
    if (!Number.isInteger(each) || each < 1)
      throw new Error(`a sum of days needs whole numbers, not ${days} and ${before}`);
  return sumOfDays(metric, matchers, { range: `${days}d`, ...(before === 0 ? {} : { offset: `${before}d` }) });
}

/** The sum over the days of the dashboard's time range; the same at every step, so that it can rank what a chart draws. */
export function rangeSum<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'daily', Label, true>,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  return sumOfDays(metric, matchers, { range: '$__range', at: 'end' });
}

/** Events per second over a window: of a count, or of a histogram's observations. For machines, not for people. */
export function rate<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count' | 'histogram', Label>,
  window: Duration,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  const name = metric.kind === 'histogram' ? `${metric.name}_count` : metric.name;
  const tree = call('rate', select(name, matchers, window));
  return Object.freeze({ ...vector({ ...metric, additive: true }, matchers, tree), unit: undefined });
}

/** The rate of a histogram's buckets, to be summed by `le` and handed to `quantile`. */
export function bucketRate<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'histogram', Label>,
  window: Duration,
  matchers?: Exactly<M, Label>,
): Query<Label | 'le', true> {
  const tree = call('rate', select(`${metric.name}_bucket`, matchers, window));
  return vector({ ...metric, additive: true, labels: [...metric.labels, 'le' as const] }, matchers, tree);
}

/**
 * How much a count grew over a window, exactly: `increase()` extrapolates. A series that the count didn't have a
 * window ago, nor for `lookback` before, has no result.
 */
export function increaseExact<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count', Label>,
  window: Duration,
  matchers?: Exactly<M, Label>,
  lookback: Duration = dayWindow,
): Query<Label, true> {
  const now = select(metric.name, matchers, dayWindow);
  const tree: Expression = {
    kind: 'binary',
    operator: '-',
    left: lastOf(now),
    right: lastOf({ ...now, range: lookback, offset: window }),
  };
  return vector({ ...metric, additive: true }, matchers, tree);
}

/** How much a count grew in each UTC day, drawn at the day's start; the current day up to now. */
export function dayIncrease<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count', Label>,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  const start = select(metric.name, matchers, dayWindow);
  const tree: Expression = {
    kind: 'binary',
    operator: '-',
    left: lastOf({ ...start, offset: '-1d' }),
    right: lastOf(start),
  };
  return Object.freeze({ ...vector({ ...metric, additive: true }, matchers, tree), byDay: true });
}

/** What a count was at the end of each UTC day, drawn at the day's start. */
export function dayEnd<Name extends string, Label extends string, M extends Matchers<Label>>(
  metric: Readable<Name, 'count', Label>,
  matchers?: Exactly<M, Label>,
): Query<Label, true> {
  const tree = lastOf({ ...select(metric.name, matchers, dayWindow), offset: '-1d' });
  return Object.freeze({ ...vector({ ...metric, additive: true }, matchers, tree), byDay: true });
}

function sumOfDays<Label extends string>(
  metric: Readable<string, 'daily', Label, true>,
  matchers: Matchers<string> | undefined,
  window: { readonly range: Duration; readonly at?: 'end'; readonly offset?: Duration },
): Query<Label, true> {
  const of = lastOf(select(metric.name, matchers, dayWindow));
  return vector(metric, matchers, call('sum_over_time', { kind: 'subquery', of, step: '1d', ...window }));
}

const call = (name: string, ...parameters: readonly Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: parameters,
});
const lastOf = (selector: Expression): Expression => call('last_over_time', selector);

function select(name: string, matchers: Matchers<string> | undefined, range?: Duration) {
  return { kind: 'selector', name, matchers: toMatchers(matchers), ...(range === undefined ? {} : { range }) } as const;
}

/** Throws where a label isn't the metric's: what has no type of its own, as settings have, no compiler sees. */
function vector<Label extends string, Additive extends boolean>(
  metric: Pick<Readable<string, MetricKind, Label, Additive>, 'labels' | 'additive' | 'unit'>,
  matchers: Matchers<string> | undefined,
  tree: Expression,
  unit: Unit = metric.unit,
): Query<Label, Additive> {
  const asked = toMatchers(matchers);
  const foreign = asked.find(({ label }) => !(metric.labels as readonly string[]).includes(label));
  if (foreign !== undefined) throw new Error(`no label ${foreign.label}: the metric has ${metric.labels.join(', ')}`);
  const pinned = asked.filter(each => each.operator === '=');
  return Object.freeze({
    type: 'vector',
    tree,
    labels: metric.labels,
    additive: metric.additive,
    unit,
    pinned: pinned.map(each => each.label),
    byDay: false,
    target: true,
  });
}
