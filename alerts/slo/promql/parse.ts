/**
 * PromQL by the grammar of Prometheus' own editor. What people write may have a range that follows the window, as
 * `[{{.window}}]`, `[$window]` or Grafana's `[$__rate_interval]`.
 */
import { parser } from '@prometheus-io/lezer-promql';
import { durationSeconds } from '../durations.ts';

export type Node = ReturnType<typeof parser.parse>['topNode'];

export interface Parsed {
  /** With a duration of the same length in place of each hole, so that positions hold. */
  readonly text: string;
  readonly root: Node;
  /** Where the ranges that follow the window begin. */
  readonly holes: ReadonlySet<number>;
}

/** Text that is no PromQL, or that means something an SLO can't have. */
export class PromqlError extends Error {
  override readonly name = 'PromqlError';
  /** The first character is 1. */
  readonly line: number;
  readonly column: number;
  /** Without the position. */
  readonly sentence: string;

  constructor(sentence: string, source: string, offset: number) {
    const before = source.slice(0, offset).split('\n');
    const line = before.length;
    const column = (before.at(-1) ?? '').length + 1;
    super(`line ${line}, character ${column}: ${sentence}`);
    this.sentence = sentence;
    this.line = line;
    this.column = column;
  }
}

const hole = /\{\{-?\s*\.[wW]indow\s*-?\}\}|\$__(?:window|rate_interval|range|interval)\b|\$\{window\}|\$window\b/g;

/** Throws {@link PromqlError} with the position of the first fault. */
export function parsePromql(source: string): Parsed {
  const holes = new Set<number>();
  const text = source.replace(hole, (found, at: number) => {
    holes.add(at);
    return '5m'.padEnd(found.length);
  });
  if (text.trim() === '') throw new PromqlError('the expression is empty', source, 0);
  const root = parser.parse(text).topNode;
  const fault = firstFault(root);
  if (fault !== undefined) throw new PromqlError(sentenceOf(text, fault), source, fault.from);
  const parsed = { text, root, holes };
  checkTypes(parsed, root);
  return parsed;
}

/** Without comments, which may stand anywhere. */
export function childrenOf(node: Node): readonly Node[] {
  const found: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling)
    if (child.name !== 'LineComment') found.push(child);
  return found;
}

export const childOf = (node: Node, name: string): Node | undefined =>
  childrenOf(node).find(each => each.name === name);

export const textOf = ({ text }: Parsed, node: Node): string => text.slice(node.from, node.to).trim();

/** The node itself and all within it, parents first. */
export function nodesOf(node: Node): readonly Node[] {
  return [node, ...childrenOf(node).flatMap(nodesOf)];
}

/** Without the parentheses around it. */
export function bare(node: Node): Node {
  const inner = node.name === 'PromQL' || node.name === 'ParenExpr' ? childrenOf(node)[0] : undefined;
  return inner ? bare(inner) : node;
}

/** Arguments of a call or an aggregation. */
export function argumentsOf(node: Node): readonly Node[] {
  const body = childOf(node, 'FunctionCallBody');
  return body === undefined ? [] : childrenOf(body);
}

function firstFault(root: Node): Node | undefined {
  return nodesOf(root).find(node => node.type.isError);
}

function sentenceOf(text: string, { from, to, parent }: Node): string {
  if (text.slice(from).trim() === '')
    return 'the expression ends too early; a parenthesis, bracket or operand is missing';
  const call = /^[A-Za-z_]\w*\s*$/.exec(text.slice(parent?.from ?? 0, from))?.[0];
  if (text[from] === '(' && call !== undefined) return `there is no function ${call.trim()}`;
  const found = (to > from ? text.slice(from, to) : text.slice(from)).split(/\s/)[0]?.slice(0, 20) ?? '';
  return `did not expect ${JSON.stringify(found)} here`;
}

const ofRanges = /^(rate|irate|increase|delta|idelta|deriv|resets|changes|\w+_over_time|predict_linear)$/;

/** What the grammar leaves to the engine and is written wrongly most often: a function of ranges on what is none. */
function checkTypes(parsed: Parsed, root: Node): void {
  for (const node of nodesOf(root)) {
    if (node.name === 'MatrixSelector' && node.firstChild?.name !== 'VectorSelector')
      throw new PromqlError(
        'a range is of a selector alone; of an expression it needs a colon, [5m:]',
        parsed.text,
        node.from,
      );
    const name = functionOf(parsed, node);
    if (name === undefined || !ofRanges.test(name)) continue;
    const given = argumentsOf(node).map(withoutModifiers);
    if (!given.some(each => each.name === 'MatrixSelector' || each.name === 'SubqueryExpr'))
      throw new PromqlError(`${name} needs a range, such as [5m]`, parsed.text, node.from);
  }
}

/** The name of the function that is called, undefined where none is. */
export function functionOf(parsed: Parsed, node: Node): string | undefined {
  const name = node.name === 'FunctionCall' ? childOf(node, 'FunctionIdentifier') : undefined;
  return name && textOf(parsed, name);
}

/** Without offset, @ and parentheses around it. */
export function withoutModifiers(node: Node): Node {
  const inner = ['ParenExpr', 'OffsetExpr', 'StepInvariantExpr'].includes(node.name) ? childrenOf(node)[0] : undefined;
  return inner ? withoutModifiers(inner) : node;
}

/** Seconds of a range or offset, undefined where it is computed. */
export function secondsOf(text: string): number | undefined {
  const plain = text.trim();
  if (/^-/.test(plain)) {
    const positive = secondsOf(plain.slice(1));
    return positive === undefined ? undefined : -positive;
  }
  return /^\d+(\.\d+)?$/.test(plain) ? Number(plain) : durationSeconds(plain);
}
