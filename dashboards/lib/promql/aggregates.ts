import type { Query } from './query.ts';
import type { AggregateOperator } from './tree.ts';

/** Labels whose values are different kinds of money: no aggregate may mix them. */
const unmixable = ['currency', 'cost_basis'];

/** The sum per value of some labels. A family that isn't additive doesn't compile; money of two currencies throws. */
export function sumBy<const By extends Label, Label extends string>(
  by: readonly By[],
  query: Query<Label, true>,
): Query<By, true> {
  return aggregate('sum', by, query, true);
}

/** The sum over all labels. */
export const sum = (query: Query<string, true>): Query<never, true> => aggregate('sum', [], query, true);

/** The mean per value of some labels; refused like a sum, since a mean of ratios or quantiles means nothing. */
export function averageBy<const By extends Label, Label extends string>(
  by: readonly By[],
  query: Query<Label, true>,
): Query<By, false> {
  return aggregate('avg', by, query, false);
}

export function maxBy<const By extends Label, Label extends string>(
  by: readonly By[],
  query: Query<Label>,
): Query<By, false> {
  return aggregate('max', by, query, false);
}

export function minBy<const By extends Label, Label extends string>(
  by: readonly By[],
  query: Query<Label>,
): Query<By, false> {
  return aggregate('min', by, query, false);
}

/** How many series there are per value of some labels. */
export function countBy<const By extends Label, Label extends string>(
  by: readonly By[],
  query: Query<Label>,
): Query<By, true> {
  return Object.freeze({ ...aggregate('count', by, { ...query, unit: 'count' }, true), unit: 'count' });
}

/** The `n` greatest at each step. Over time the members change; `largestDays` ranks by the whole range instead. */
export function topk<Label extends string, Additive extends boolean>(
  n: number,
  query: Query<Label, Additive>,
): Query<Label, Additive> {
  const tree = { kind: 'aggregate', operator: 'topk', by: [], parameter: n, of: query.tree } as const;
  return Object.freeze({ ...query, tree });
}

function aggregate<By extends string, Additive extends boolean>(
  operator: AggregateOperator,
  by: readonly By[],
  query: Query,
  additive: Additive,
): Query<By, Additive> {
  if (query.unit === 'currency') {
    const kept: readonly string[] = [...by, ...query.pinned];
    const mixed = unmixable.find(label => query.labels.includes(label) && !kept.includes(label));
    if (mixed !== undefined)
      throw new Error(`${operator} over ${mixed} would mix kinds of money: keep it, or select one value of it`);
  }
  return Object.freeze({
    ...query,
    tree: { kind: 'aggregate', operator, by, of: query.tree } as const,
    labels: by,
    additive,
    target: false,
  });
}
