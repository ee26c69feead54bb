import type { Unit } from '../../../exporters/core/metric.ts';
import { promqlText, type Query, type Scalar } from './query.ts';
import type { ArithmeticOperator, BinaryOperator, ComparisonOperator, Expression, SetOperator } from './tree.ts';

type Operand<Label extends string> = Query<Label> | Scalar | number;
type Both<Left extends boolean, Right extends boolean> = Left extends true ? Right : false;

/** `left + right`, for series with the same labels, or a number. */
export const plus = arithmetic('+');
export const minus = arithmetic('-');

/** Each value times a number. */
export function times<Label extends string, Additive extends boolean>(
  left: Query<Label, Additive>,
  right: Scalar | number,
): Query<Label, Additive> {
  return Object.freeze({ ...left, ...binary('*', left, right), unit: left.unit });
}

/** `left / right` for series with the same labels: a ratio where both have one unit. */
export function dividedBy<Label extends string>(
  left: Query<Label>,
  right: Operand<NoInfer<Label>>,
): Query<Label, false> {
  const unit = typeof right === 'number' ? left.unit : quotient(left.unit, right.unit);
  return Object.freeze({ ...left, ...binary('/', left, right), additive: false, unit });
}

/** Keeps the series for which the comparison holds, with their value. */
export function compare<Label extends string, Additive extends boolean>(
  left: Query<Label, Additive>,
  operator: ComparisonOperator,
  right: Operand<NoInfer<Label>>,
): Query<Label, Additive> {
  return Object.freeze({ ...left, ...binary(operator, left, right) });
}

/** Series of `left` for which `right` has one with the same labels. */
export const and = sets('and');
/** Series of `left` for which `right` has none with the same labels. */
export const unless = sets('unless');
/** All of `left`, and of `right` those whose labels `left` doesn't have. */
export const or = sets('or');

/** As `and` and `unless`, looking at some labels alone. */
export const andOn = setsOn('and');
export const unlessOn = setsOn('unless');

/**
 * Arithmetic or comparison between series whose labels differ: many of `left` against the one of `right` that has the
 * same values of `on`. Keeps the labels of `left`.
 */
export function joinOn<const On extends Left & Right, Left extends string, Right extends string>(
  on: readonly On[],
  left: Query<Left>,
  operator: ArithmeticOperator | ComparisonOperator,
  right: Query<Right>,
): Query<Left, false> {
  const unit = operator === '/' ? quotient(left.unit, right.unit) : operator === '*' ? undefined : left.unit;
  const tree = { kind: 'binary', operator, left: left.tree, right: right.tree, on, groupLeft: [] } as const;
  return Object.freeze({ ...left, tree, additive: false, unit });
}

/**
 * `left` with further labels of what has the same values of `on` and is always 1: names, levels and the like. Of `info`
 * there may be one series for each; asked as it is now, since one that was renamed has two within a day.
 */
export function labelledBy<
  const On extends Left & Info,
  const Added extends Info,
  Left extends string,
  Info extends string,
  Additive extends boolean,
>(
  on: readonly On[],
  left: Query<Left, Additive>,
  info: Query<Info>,
  added: readonly Added[],
): Query<Left | Added, Additive> {
  const tree = { kind: 'binary', operator: '*', left: left.tree, right: info.tree, on, groupLeft: added } as const;
  return Object.freeze({ ...left, tree, labels: [...left.labels, ...added] });
}

function arithmetic(operator: '+' | '-') {
  return <Label extends string, Left extends boolean, Right extends boolean = true>(
    left: Query<Label, Left>,
    right: Query<NoInfer<Label>, Right> | Scalar | number,
  ): Query<Label, Both<Left, Right>> => {
    const unit = typeof right === 'number' || right.unit === left.unit ? left.unit : undefined;
    const additive = left.additive && (typeof right === 'number' || right.type === 'scalar' || right.additive);
    return Object.freeze({ ...left, ...binary(operator, left, right), unit, additive: additive as Both<Left, Right> });
  };
}

function sets(operator: SetOperator) {
  return <Label extends string, Additive extends boolean>(
    left: Query<Label, Additive>,
    right: Query<NoInfer<Label>>,
  ): Query<Label, Additive> => Object.freeze({ ...left, ...binary(operator, left, right) });
}

function setsOn(operator: SetOperator) {
  return <const On extends Left & Right, Left extends string, Right extends string, Additive extends boolean>(
    on: readonly On[],
    left: Query<Left, Additive>,
    right: Query<Right>,
  ): Query<Left, Additive> =>
    Object.freeze({ ...left, tree: { kind: 'binary', operator, left: left.tree, right: right.tree, on } as const });
}

/** Refuses what Prometheus would answer with nothing: series matched on labels that only one side has. */
function binary(operator: BinaryOperator, left: Query, right: Operand<string>): { readonly tree: Expression } {
  if (typeof right === 'number') return node(operator, left.tree, { kind: 'number', value: right });
  if (right.type === 'vector' && operator !== 'or') {
    const [here, there] = [left, right].map(each =>
      [...each.labels, ...(each.target ? ['job'] : [])].sort().join(', '),
    );
    if (here !== there)
      throw new Error(
        `no series match between {${here}} and {${there}}: ${promqlText(left)} ${operator} ${promqlText(right)}`,
      );
  }
  return node(operator, left.tree, right.tree);
}

const node = (operator: BinaryOperator, left: Expression, right: Expression) =>
  ({ tree: { kind: 'binary', operator, left, right } }) as const;

const quotient = (left: Unit | undefined, right: Unit | undefined): Unit | undefined =>
  left !== undefined && left === right ? 'ratio' : undefined;
