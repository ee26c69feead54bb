/** Which labels the series have that an expression gives. */
import {
  argumentsOf,
  childOf,
  childrenOf,
  functionOf,
  type Node,
  type Parsed,
  textOf,
  withoutModifiers,
} from '../slo/promql/parse.ts';
import { selectorOf, unquoted } from '../slo/promql/selectors.ts';
import type { World } from './model.ts';
import { recordingsOf } from './recordings.ts';

/** `open`: all labels but those; else those alone. */
export interface Kept {
  readonly open: boolean;
  readonly labels: ReadonlySet<string>;
}

const nothing: Kept = { open: false, labels: new Set() };

export const mayHave = ({ open, labels }: Kept, label: string): boolean => labels.has(label) !== open;

/** Labels that a series of the expression may have. */
export function keptBy(parsed: Parsed, node: Node, world: World, above: readonly string[] = []): Kept {
  const inner = (child: Node | null | undefined): Kept => (child ? keptBy(parsed, child, world, above) : nothing);
  switch (node.name) {
    case 'VectorSelector':
      return ofSelector(parsed, node, world, above);
    case 'AggregateExpr':
      return ofAggregation(parsed, node, inner);
    case 'FunctionCall':
      return ofFunction(parsed, node, inner);
    case 'BinaryExpr':
      return ofOperator(parsed, node, inner);
    case 'UnaryExpr':
      return inner(node.lastChild);
    case 'PromQL':
    case 'ParenExpr':
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return inner(node.firstChild);
    default:
      return nothing;
  }
}

function ofSelector(parsed: Parsed, node: Node, world: World, above: readonly string[]): Kept {
  const { metric = '', matchers } = selectorOf(parsed, node);
  const absent = matchers.filter(({ op, value }) => op === '=' && value === '').map(({ label }) => label);
  const rules = above.includes(metric) ? [] : recordingsOf({ metric, matchers }, world);
  if (rules.length === 0 || rules.some(rule => rule.parsed === undefined))
    return { open: true, labels: new Set(absent) };
  const recorded = rules.map(rule => {
    const known = rule.parsed as Parsed;
    return withLabels(keptBy(known, known.root, world, [...above, metric]), Object.keys(rule.labels));
  });
  return withoutLabels(recorded.reduce(either), absent);
}

function ofAggregation(parsed: Parsed, node: Node, inner: (child: Node | undefined) => Kept): Kept {
  const args = argumentsOf(node);
  const given = inner(args.at(-1));
  const op = childOf(node, 'AggregateOp');
  const name = op ? textOf(parsed, op).toLowerCase() : '';
  const modifier = childOf(node, 'AggregateModifier');
  const named = labelsIn(parsed, modifier);
  if (['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(name)) return given;
  const grouped =
    modifier === undefined
      ? nothing
      : childOf(modifier, 'By')
        ? { open: false, labels: new Set(named.filter(label => mayHave(given, label))) }
        : withoutLabels(given, named);
  const counted = args[0];
  return name === 'count_values' && counted ? withLabels(grouped, [unquoted(textOf(parsed, counted))]) : grouped;
}

function ofFunction(parsed: Parsed, node: Node, inner: (child: Node | undefined) => Kept): Kept {
  const name = functionOf(parsed, node) ?? '';
  const args = argumentsOf(node);
  if (name === 'absent' || name === 'absent_over_time') return ofAbsent(parsed, args[0]);
  if (name === 'label_replace' || name === 'label_join') {
    const added = args[1] ? unquoted(textOf(parsed, args[1])) : '';
    return withLabels(inner(args[0]), [added]);
  }
  if (name === 'histogram_quantile') return withoutLabels(inner(args[1]), ['le']);
  if (name === 'quantile_over_time') return inner(args[1]);
  if (name === 'vector' || name === 'scalar') return nothing;
  if (name === 'info') return { open: true, labels: new Set() };
  return inner(args.find(each => !each.name.endsWith('Literal')));
}

/** Those that the matchers of what is absent say by `=`. */
function ofAbsent(parsed: Parsed, argument: Node | undefined): Kept {
  let node = argument && withoutModifiers(argument);
  if (node?.name === 'MatrixSelector') node = node.firstChild ?? undefined;
  if (node?.name !== 'VectorSelector') return nothing;
  const { matchers } = selectorOf(parsed, node);
  const said = matchers.filter(({ op, label }) => op === '=' && matchers.filter(m => m.label === label).length === 1);
  return { open: false, labels: new Set(said.map(({ label }) => label)) };
}

const setOperators = ['And', 'Or', 'Unless'];

function ofOperator(parsed: Parsed, node: Node, inner: (child: Node | null) => Kept): Kept {
  const [left, right] = [inner(node.firstChild), inner(node.lastChild)];
  const operator = childrenOf(node).find(each => setOperators.includes(each.name))?.name;
  if (operator === 'Or') return either(left, right);
  if (operator !== undefined) return left;
  if (node.firstChild && isScalar(parsed, node.firstChild)) return right;
  if (node.lastChild && isScalar(parsed, node.lastChild)) return left;

  const clause = childOf(node, 'MatchingModifierClause');
  const lists = clause ? childrenOf(clause) : [];
  const grouped = lists.findIndex(each => each.name === 'GroupLeft' || each.name === 'GroupRight');
  const taken = grouped === -1 ? [] : labelsIn(parsed, lists[grouped + 1]);
  if (grouped !== -1) return withLabels(lists[grouped]?.name === 'GroupLeft' ? left : right, taken);
  const matched = labelsIn(parsed, lists[1]);
  if (lists[0]?.name === 'On') return { open: false, labels: new Set(matched.filter(label => mayHave(left, label))) };
  // both sides have the same labels, so that what one side can't have the other's matches don't either
  return both(withoutLabels(left, matched), withoutLabels(right, matched));
}

/** Whether it is a number and no series. */
export function isScalar(parsed: Parsed, node: Node): boolean {
  const at = withoutModifiers(node);
  if (at.name.startsWith('NumberDurationLiteral')) return true;
  if (at.name === 'UnaryExpr') return at.lastChild !== null && isScalar(parsed, at.lastChild);
  if (at.name === 'BinaryExpr') return [at.firstChild, at.lastChild].every(each => each && isScalar(parsed, each));
  return ['scalar', 'time', 'pi'].includes(functionOf(parsed, at) ?? '');
}

function labelsIn(parsed: Parsed, node: Node | undefined): readonly string[] {
  const list = node?.name === 'GroupingLabels' ? node : node && childOf(node, 'GroupingLabels');
  return list ? childrenOf(list).map(each => textOf(parsed, each).replace(/^["'`]|["'`]$/g, '')) : [];
}

function withLabels({ open, labels }: Kept, more: readonly string[]): Kept {
  return open
    ? { open, labels: new Set([...labels].filter(label => !more.includes(label))) }
    : { open, labels: new Set([...labels, ...more]) };
}

function withoutLabels({ open, labels }: Kept, fewer: readonly string[]): Kept {
  return open
    ? { open, labels: new Set([...labels, ...fewer]) }
    : { open, labels: new Set([...labels].filter(label => !fewer.includes(label))) };
}

const union = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> => new Set([...a, ...b]);
const common = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> =>
  new Set([...a].filter(each => b.has(each)));
const difference = (a: ReadonlySet<string>, b: ReadonlySet<string>): Set<string> =>
  new Set([...a].filter(each => !b.has(each)));

function either(a: Kept, b: Kept): Kept {
  if (a.open && b.open) return { open: true, labels: common(a.labels, b.labels) };
  if (!a.open && !b.open) return { open: false, labels: union(a.labels, b.labels) };
  return { open: true, labels: a.open ? difference(a.labels, b.labels) : difference(b.labels, a.labels) };
}

function both(a: Kept, b: Kept): Kept {
  if (a.open && b.open) return { open: true, labels: union(a.labels, b.labels) };
  if (!a.open && !b.open) return { open: false, labels: common(a.labels, b.labels) };
  return { open: false, labels: a.open ? difference(b.labels, a.labels) : difference(a.labels, b.labels) };
}
