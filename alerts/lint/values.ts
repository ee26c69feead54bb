/** What can be said of the values of an expression without a server. */
import {
  argumentsOf,
  bare,
  childOf,
  childrenOf,
  functionOf,
  type Node,
  nodesOf,
  type Parsed,
  secondsOf,
  textOf,
  withoutModifiers,
} from '../slo/promql/parse.ts';
import { selectorOf } from '../slo/promql/selectors.ts';
import { isNeverZero } from './known.ts';
import { isScalar } from './labels.ts';
import type { Rule, World } from './model.ts';
import { recordingsOf } from './recordings.ts';

const comparisons = ['==', '!=', '>', '<', '>=', '<='];

export interface Operation {
  /** In lower case, as `>` or `and`. */
  readonly operator: string;
  readonly left: Node;
  readonly right: Node;
  /** Compares to 0 or 1, and so drops nothing. */
  readonly bool: boolean;
}

export function operationOf(parsed: Parsed, node: Node): Operation | undefined {
  if (node.name !== 'BinaryExpr') return undefined;
  const [left, operator, ...rest] = childrenOf(node);
  const right = rest.at(-1);
  if (left === undefined || operator === undefined || right === undefined) return undefined;
  return {
    operator: textOf(parsed, operator).toLowerCase(),
    left,
    right,
    bool: childOf(node, 'BoolModifier') !== undefined,
  };
}

export const isComparison = ({ operator, bool }: Operation): boolean => comparisons.includes(operator) && !bool;

/** The number that an expression is, undefined where it depends on series. */
export function constantOf(parsed: Parsed, given: Node): number | undefined {
  const node = withoutModifiers(given);
  if (node.name.startsWith('NumberDurationLiteral')) {
    const text = textOf(parsed, node);
    return /^[+-]?inf$/i.test(text) ? Number.POSITIVE_INFINITY : (secondsOf(text) ?? Number(text));
  }
  if (node.name === 'UnaryExpr') {
    const value = node.lastChild ? constantOf(parsed, node.lastChild) : undefined;
    return value === undefined ? undefined : textOf(parsed, node).startsWith('-') ? -value : value;
  }
  const operation = operationOf(parsed, node);
  if (operation === undefined) {
    const inner = functionOf(parsed, node) === 'vector' ? argumentsOf(node)[0] : undefined;
    return inner && constantOf(parsed, inner);
  }
  const [a, b] = [constantOf(parsed, operation.left), constantOf(parsed, operation.right)];
  if (a === undefined || b === undefined) return undefined;
  const results: Readonly<Record<string, number>> = { '+': a + b, '-': a - b, '*': a * b, '/': a / b, '^': a ** b };
  return results[operation.operator];
}

/** Whether the expression is empty at times by what its series' values or presence are: an alert that can be quiet. */
export function drops(parsed: Parsed, node: Node, world: World, above: readonly string[] = []): boolean {
  const inner = (child: Node | null | undefined): boolean => !!child && drops(parsed, child, world, above);
  const operation = operationOf(parsed, node);
  if (operation) {
    const { operator, left, right } = operation;
    if (isComparison(operation) || operator === 'unless') return true;
    return operator === 'or' ? inner(left) && inner(right) : inner(left) || inner(right);
  }
  if (node.name === 'AggregateExpr') return inner(argumentsOf(node).at(-1));
  if (node.name === 'FunctionCall') {
    const name = functionOf(parsed, node) ?? '';
    if (name.startsWith('absent')) return true;
    return name !== 'scalar' && argumentsOf(node).some(inner);
  }
  // there while an alert is
  if (node.name === 'VectorSelector' && selectorOf(parsed, node).metric === 'ALERTS') return true;
  if (node.name === 'VectorSelector')
    return ofRecordings(parsed, node, world, above, (rule, names) => drops(rule, rule.root, world, names));
  return childrenOf(node).some(inner);
}

/** Functions that give no value below their series' own. */
const keeping =
  /^(sum|min|max|avg|group|quantile|last_over_time|(sum|min|max|avg|quantile|first)_over_time|sort(_desc)?|sort_by_label(_desc)?|sqrt|ceil|topk|bottomk|limitk|limit_ratio|label_replace|label_join|scalar|vector|clamp_min|exp)$/;
const counting =
  /^(count|count_over_time|count_values|group|present_over_time|time|timestamp|exp|pi|absent|absent_over_time)$/;

/** Whether all values are above 0, so that it may be divided by. */
export function isPositive(parsed: Parsed, given: Node, world: World, above: readonly string[] = []): boolean {
  const node = withoutModifiers(bare(given));
  const inner = (child: Node | null | undefined): boolean => !!child && isPositive(parsed, child, world, above);
  const constant = constantOf(parsed, node);
  if (constant !== undefined) return constant > 0;
  const operation = operationOf(parsed, node);
  if (operation) return ofOperation(parsed, operation, inner);
  if (node.name === 'MatrixSelector' || node.name === 'SubqueryExpr') return inner(node.firstChild);
  if (node.name === 'VectorSelector')
    return (
      isNeverZero(selectorOf(parsed, node).metric ?? '') ||
      ofRecordings(parsed, node, world, above, (rule, names) => isPositive(rule, rule.root, world, names))
    );
  const called = node.name === 'AggregateExpr' ? childOf(node, 'AggregateOp') : undefined;
  const name = (called ? textOf(parsed, called).toLowerCase() : functionOf(parsed, node)) ?? '';
  const args = argumentsOf(node);
  if (counting.test(name)) return true;
  if (name === 'clamp_min' && args[1] && (constantOf(parsed, args[1]) ?? 0) > 0) return true;
  const vector = args.find(each => !isScalar(parsed, each) && each.name !== 'StringLiteral');
  return keeping.test(name) && inner(vector);
}

function ofOperation(parsed: Parsed, operation: Operation, inner: (node: Node) => boolean): boolean {
  const { operator, left, right } = operation;
  if (operator === 'and' || operator === 'unless') return inner(left);
  if (isComparison(operation)) return inner(left) || comparesAboveZero(parsed, operation);
  // compares to 1 what is above 0
  if (operation.bool) return operator === '>' && inner(left) && (constantOf(parsed, right) ?? 1) <= 0;
  // what is added to something positive may still be below 0
  if (['or', '+', '*', '/', '^'].includes(operator)) return inner(left) && inner(right);
  return false;
}

const flipped: Readonly<Record<string, string>> = { '>': '<', '<': '>', '>=': '<=', '<=': '>=' };

/** The bound that a side is compared with, as if it stood on the right. */
function boundOf(parsed: Parsed, { operator, left, right }: Operation) {
  const [a, b] = [constantOf(parsed, left), constantOf(parsed, right)];
  if (b !== undefined) return { operator, bound: b };
  return a === undefined ? undefined : { operator: flipped[operator] ?? operator, bound: a };
}

/** `x > 0`, `x >= 5`, `0 < x`. */
function comparesAboveZero(parsed: Parsed, operation: Operation): boolean {
  const { operator, bound = Number.NaN } = boundOf(parsed, operation) ?? {};
  return (operator === '>' && bound >= 0) || (['>=', '=='].includes(operator ?? '') && bound > 0);
}

/** Whether what passes is not 0, though sums of it may be: `x != 0` and `x < 0` too. */
export function excludesZero(parsed: Parsed, operation: Operation): boolean {
  if (!isComparison(operation)) return false;
  const { operator, bound = Number.NaN } = boundOf(parsed, operation) ?? {};
  if (operator === '!=' && bound === 0) return true;
  const below = (operator === '<' && bound <= 0) || (['<=', '=='].includes(operator ?? '') && bound < 0);
  return below || comparesAboveZero(parsed, operation);
}

/** Texts, without white space, that a right side of `and` or `unless` shows not to be 0. */
export function guardsIn(parsed: Parsed, operator: string, right: Node): readonly string[] {
  const node = withoutModifiers(right);
  const operation = operationOf(parsed, node);
  if (operation === undefined) return [];
  if (operator === 'and' && operation.operator === 'and')
    return [operation.left, operation.right].flatMap(each => guardsIn(parsed, operator, each));
  const { left, right: bound } = operation;
  const guards =
    operator === 'and'
      ? excludesZero(parsed, operation)
      : ['==', '<='].includes(operation.operator) && constantOf(parsed, bound) === 0;
  if (!guards) return [];
  return [constantOf(parsed, left) === undefined ? left : bound].map(each => spaceless(parsed, each));
}

/**
 * Whether the left side is a part of the right one, for it says the same of the same series or of fewer of them: where
 * the whole is 0 the part is, and a comparison drops 0 / 0.
 */
export function isPartOf(parsed: Parsed, left: Node, right: Node): boolean {
  const [part, whole] = [left, right].map(node => {
    const selectors = nodesOf(node).filter(({ name }) => name === 'VectorSelector');
    const found = selectors.map(each => selectorOf(parsed, each));
    let text = textOf(parsed, node);
    // a histogram's or summary's sum is 0 where its count is
    for (const { text: written, metric = '' } of found) text = text.replace(written, metric.replace(/_sum$/, '_count'));
    return { shape: text.replaceAll(/\s+/g, ''), selectors: found };
  });
  if (part === undefined || whole === undefined || part.shape !== whole.shape) return false;
  return part.selectors.every((selector, index) =>
    whole.selectors[index]?.matchers.every(({ label, op, value }) =>
      selector.matchers.some(each => each.label === label && each.op === op && each.value === value),
    ),
  );
}

/** The text by which two expressions are told to be one. */
export const spaceless = (parsed: Parsed, node: Node): string =>
  textOf(parsed, withoutModifiers(node)).replaceAll(/\s+/g, '');

function ofRecordings(
  parsed: Parsed,
  node: Node,
  world: World,
  above: readonly string[],
  holds: (rule: Parsed, above: readonly string[]) => boolean,
): boolean {
  const { metric = '', matchers } = selectorOf(parsed, node);
  const rules: readonly Rule[] = above.includes(metric) ? [] : recordingsOf({ metric, matchers }, world);
  return rules.length > 0 && rules.every(rule => rule.parsed !== undefined && holds(rule.parsed, [...above, metric]));
}
