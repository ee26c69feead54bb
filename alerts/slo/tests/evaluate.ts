/**
 * The value of an expression, worked out without Prometheus: a test's expectations mustn't come from what it tests. It
 * knows what indicators are written with; of anything else it says so by undefined.
 */
import {
  bare,
  callArguments,
  callOf,
  children,
  nodesOf,
  type Parsed,
  type SyntaxNode,
  sourceOf,
} from '../import/text.ts';
import { type Labels, matchersOf, selects } from './selectors.ts';

/** A series and its value: of a counter what it grows by, of a gauge what it is. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}
export type Value = readonly Sample[] | number;

class Unknown extends Error {}

/** The sum over the result's series; undefined where there are none; throws nothing. */
export function evaluate(
  parsed: Parsed,
  samples: readonly Sample[],
): { readonly value: number | undefined } | undefined {
  try {
    const found = resultOf(parsed, parsed.root, samples);
    if (typeof found === 'number') return { value: found };
    return { value: found.length === 0 ? undefined : found.reduce((sum, { value }) => sum + value, 0) };
  } catch (error) {
    if (error instanceof Unknown) return undefined;
    throw error;
  }
}

function resultOf(parsed: Parsed, given: SyntaxNode, samples: readonly Sample[]): Value {
  const node = bare(given);
  switch (node.name) {
    case 'NumberDurationLiteral':
      return Number(sourceOf(parsed, node));
    case 'VectorSelector': {
      const matchers = matchersOf(parsed, node);
      return samples.filter(({ labels }) => selects(matchers, labels));
    }
    case 'MatrixSelector':
    case 'SubqueryExpr':
      return resultOf(parsed, children(node)[0] ?? unknown(node), samples);
    case 'UnaryExpr': {
      const inner = resultOf(parsed, children(node).at(-1) ?? unknown(node), samples);
      return typeof inner === 'number' ? -inner : inner.map(each => ({ ...each, value: -each.value }));
    }
    case 'AggregateExpr':
      return aggregated(parsed, node, samples);
    case 'FunctionCall':
      return called(parsed, node, samples);
    case 'BinaryExpr':
      return combined(parsed, node, samples);
    default:
      return unknown(node);
  }
}

function unknown(node: SyntaxNode): never {
  throw new Unknown(node.name);
}

function called(parsed: Parsed, node: SyntaxNode, samples: readonly Sample[]): Value {
  // Values of series that stand for times are chosen far from any now.
  if (/^time\s*\(\s*\)$/.test(sourceOf(parsed, node))) return 0;
  const [head] = children(node);
  if (head && sourceOf(parsed, head) === 'histogram_quantile') return quantiles(parsed, node, samples);
  const call = callOf(parsed, node);
  if (call === undefined) return unknown(node);
  const inner = () => resultOf(parsed, call.argument, samples);
  switch (call.name) {
    case 'rate':
    case 'increase':
    case 'irate':
    case 'sum_over_time':
    case 'avg_over_time':
    case 'max_over_time':
    case 'min_over_time':
    case 'last_over_time':
      return inner();
    case 'count_over_time':
      return vector(inner()).map(({ labels }) => ({ labels: unnamed(labels), value: 1 }));
    case 'vector':
      return [{ labels: {}, value: scalar(inner(), node) }];
    case 'abs':
      return vector(inner()).map(each => ({ ...each, value: Math.abs(each.value) }));
    default:
      return unknown(node);
  }
}

/** Of classic histograms, as Prometheus interpolates within a bucket. */
function quantiles(parsed: Parsed, node: SyntaxNode, samples: readonly Sample[]): Value {
  const [of, histogram] = callArguments(node);
  if (of === undefined || histogram === undefined) return unknown(node);
  const part = scalar(resultOf(parsed, of, samples), node);
  const groups = Map.groupBy(vector(resultOf(parsed, histogram, samples)), ({ labels: { le: _, ...labels } }) =>
    JSON.stringify(Object.entries(unnamed(labels)).sort()),
  );
  return [...groups].map(([key, buckets]) => ({
    labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
    value: quantileOf(part, buckets),
  }));
}

function quantileOf(part: number, samples: readonly Sample[]): number {
  const buckets = samples
    .map(({ labels: { le = '' }, value }) => ({ bound: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le), value }))
    .sort((a, b) => a.bound - b.bound);
  const all = buckets.at(-1);
  if (all === undefined || all.bound !== Number.POSITIVE_INFINITY || buckets.length < 2 || all.value === 0)
    return Number.NaN;
  // an upper bucket holds what a lower one does
  if (buckets.some(({ value }, index) => value < (buckets[index - 1]?.value ?? 0))) return Number.NaN;
  const rank = part * all.value;
  const index = buckets.findIndex(({ value }) => value >= rank);
  const [before, bucket] = [buckets[index - 1], buckets[index]];
  if (bucket === undefined || bucket === all) return buckets.at(-2)?.bound ?? Number.NaN;
  const [start, counted] = [before?.bound ?? 0, before?.value ?? 0];
  return start + (bucket.bound - start) * ((rank - counted) / (bucket.value - counted));
}

const aggregates: Readonly<Record<string, (values: readonly number[]) => number>> = {
  sum: values => values.reduce((sum, value) => sum + value, 0),
  count: values => values.length,
  avg: values => values.reduce((sum, value) => sum + value, 0) / values.length,
  max: values => Math.max(...values),
  min: values => Math.min(...values),
  group: () => 1,
};

function aggregated(parsed: Parsed, node: SyntaxNode, samples: readonly Sample[]): Value {
  const parts = children(node);
  const head = parts[0];
  const body = parts.find(({ name }) => name === 'FunctionCallBody');
  const argument = body && children(body)[0];
  const of = head && aggregates[sourceOf(parsed, head)];
  if (of === undefined || argument === undefined) return unknown(node);
  const modifier = parts.find(({ name }) => name === 'AggregateModifier');
  const by = modifier ? nodesOf(modifier, 'LabelName').map(label => sourceOf(parsed, label)) : [];
  const without = modifier !== undefined && nodesOf(modifier, 'Without').length > 0;
  const groups = Map.groupBy(vector(resultOf(parsed, argument, samples)), ({ labels }) =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([label]) => label !== '__name__' && by.includes(label) !== without)
        .sort(),
    ),
  );
  return [...groups].map(([key, each]) => ({
    labels: Object.fromEntries(JSON.parse(key) as [string, string][]),
    value: of(each.map(({ value }) => value)),
  }));
}

const arithmetic: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};
const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
};

function combined(parsed: Parsed, node: SyntaxNode, samples: readonly Sample[]): Value {
  const parts = children(node);
  const [leftNode, operatorNode] = parts;
  const rightNode = parts.at(-1);
  if (leftNode === undefined || operatorNode === undefined || rightNode === undefined) return unknown(node);
  const operator = sourceOf(parsed, operatorNode).toLowerCase();
  const left = resultOf(parsed, leftNode, samples);
  const right = resultOf(parsed, rightNode, samples);
  const modifiers = parts.slice(2, -1);
  const on = modifiers.flatMap(part => nodesOf(part, 'LabelName')).map(label => sourceOf(parsed, label));
  const isOn = modifiers.some(part => nodesOf(part, 'On').length > 0);
  const keyOf = ({ labels }: Sample) =>
    JSON.stringify(
      Object.entries(labels)
        .filter(([label]) => label !== '__name__' && (isOn ? on.includes(label) : !on.includes(label)))
        .sort(),
    );
  if (operator === 'or') return [...vector(left), ...lacking(vector(right), new Set(vector(left).map(keyOf)), keyOf)];
  if (operator === 'and' || operator === 'unless') {
    const keys = new Set(vector(right).map(keyOf));
    return vector(left).filter(each => keys.has(keyOf(each)) === (operator === 'and'));
  }
  const compute = arithmetic[operator];
  const compare = comparisons[operator];
  const bool = modifiers.some(part => part.name === 'BoolModifier' || nodesOf(part, 'Bool').length > 0);
  const one = (first: number, second: number, kept: Sample | undefined): readonly Sample[] => {
    if (compute) return [{ labels: unnamed(kept?.labels ?? {}), value: compute(first, second) }];
    if (compare === undefined) return unknown(node);
    if (bool) return [{ labels: unnamed(kept?.labels ?? {}), value: compare(first, second) ? 1 : 0 }];
    return compare(first, second) && kept ? [kept] : [];
  };
  if (typeof left === 'number' && typeof right === 'number')
    return compute ? compute(left, right) : (one(left, right, undefined)[0]?.value ?? unknown(node));
  if (typeof right === 'number') return vector(left).flatMap(each => one(each.value, right, each));
  if (typeof left === 'number') return vector(right).flatMap(each => one(left, each.value, each));
  const partners = new Map(right.map(each => [keyOf(each), each] as const));
  return left.flatMap(each => {
    const partner = partners.get(keyOf(each));
    return partner === undefined ? [] : one(each.value, partner.value, each);
  });
}

const lacking = (samples: readonly Sample[], keys: ReadonlySet<string>, keyOf: (sample: Sample) => string) =>
  samples.filter(each => !keys.has(keyOf(each)));

const vector = (value: Value): readonly Sample[] => {
  if (typeof value === 'number') throw new Unknown('a number where a vector is meant');
  return value;
};
const scalar = (value: Value, node: SyntaxNode): number => (typeof value === 'number' ? value : unknown(node));
const unnamed = ({ __name__: _, ...labels }: Labels): Labels => labels;
