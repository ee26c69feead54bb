import type { Query, Scalar } from './query.ts';
import type { Expression } from './tree.ts';

/** No value below `least`. */
export const clampMin = bounded('clamp_min');
/** No value above `most`. */
export const clampMax = bounded('clamp_max');

/** Each value without its sign. */
export function absolute<Label extends string>(query: Query<Label>): Query<Label, false> {
  return Object.freeze({ ...query, tree: call('abs', query.tree), additive: false });
}

/** Greatest first; for an instant query that fills a table. */
export function sortDescending<Label extends string, Additive extends boolean>(
  query: Query<Label, Additive>,
): Query<Label, Additive> {
  return Object.freeze({ ...query, tree: call('sort_desc', query.tree) });
}

/** One series without labels: a number where there would be nothing. */
export function vector(value: number | Scalar): Query<never, true> {
  const tree = call('vector', typeof value === 'number' ? { kind: 'number', value } : value.tree);
  const unit = typeof value === 'number' ? undefined : value.unit;
  return Object.freeze({ ...plain, tree, unit, additive: true });
}

/** 1 where a query finds nothing at all, else nothing. */
export const absent = (query: Query): Query<never, false> =>
  Object.freeze({ ...plain, tree: call('absent', query.tree), unit: 'count', additive: false });

/** The value of a query that has one series, as a number; NaN where it has none or several. */
export const scalar = (query: Query<never>): Scalar =>
  Object.freeze({ type: 'scalar', tree: call('scalar', query.tree), unit: query.unit });

/** How many seconds have passed since a time that is given in Unix seconds. */
export function age<Label extends string>(query: Query<Label>): Query<Label, false> {
  if (query.unit !== 'timestamp_seconds') throw new Error(`an age needs a timestamp in seconds, not ${query.unit}`);
  const tree = { kind: 'binary', operator: '-', left: call('time'), right: query.tree } as const;
  return Object.freeze({ ...query, tree, unit: 'seconds', additive: false });
}

/** How many seconds are left until a time that is given in Unix seconds; below 0 once it has passed. */
export function until<Label extends string>(query: Query<Label>): Query<Label, false> {
  if (query.unit !== 'timestamp_seconds') throw new Error(`to wait needs a timestamp in seconds, not ${query.unit}`);
  const tree = { kind: 'binary', operator: '-', left: query.tree, right: call('time') } as const;
  return Object.freeze({ ...query, tree, unit: 'seconds', additive: false });
}

/** What the calendar says it is now, in UTC: the month (1 to 12), its day, or how many days it has. */
export const calendar = (part: 'month' | 'day_of_month' | 'days_in_month'): Query<never, false> =>
  Object.freeze({ ...plain, tree: call(part), unit: 'count', additive: false });

/** A quantile (0..1) of buckets that were summed by `le` and the labels to keep. */
export function quantile<Label extends string>(
  q: number,
  buckets: Query<Label | 'le', true>,
): Query<Exclude<Label, 'le'>, false> {
  if (!buckets.labels.includes('le')) throw new Error('a quantile needs the label le: sum by it');
  const labels = buckets.labels.filter((label): label is Exclude<Label, 'le'> => label !== 'le');
  const tree = call('histogram_quantile', { kind: 'number', value: q }, buckets.tree);
  return Object.freeze({ ...buckets, tree, labels, additive: false });
}

function bounded(name: 'clamp_min' | 'clamp_max') {
  return <Label extends string>(query: Query<Label>, bound: number): Query<Label, false> =>
    Object.freeze({ ...query, tree: call(name, query.tree, { kind: 'number', value: bound }), additive: false });
}

const plain = { type: 'vector', labels: [] as readonly never[], pinned: [], byDay: false, target: false } as const;

const call = (name: string, ...parameters: readonly Expression[]): Expression => ({
  kind: 'call',
  name,
  arguments: parameters,
});
