/** PromQL that was written for another generator, looked at with Prometheus' own grammar. */
import { parser } from '@prometheus-io/lezer-promql';
import { Unimportable } from './imported.ts';

export type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** The range that follows the window, in Go's template language. */
const windowHole = /\{\{-?\s*\.window\s*-?\}\}/g;

export interface Parsed {
  /** As it was written. */
  readonly text: string;
  readonly root: SyntaxNode;
}

/** Throws with the position where it is no PromQL. */
export function parsePromql(text: string, what: string): Parsed {
  // A duration as long as the hole, so that positions hold.
  const filled = text.replace(windowHole, hole => '5m'.padEnd(hole.length));
  const tree = parser.parse(filled);
  let fault: number | undefined;
  tree.iterate({
    enter: node => {
      if (node.type.isError && fault === undefined) fault = node.from;
    },
  });
  if (fault !== undefined)
    throw new Unimportable(`${what} is not valid PromQL at character ${fault + 1}: ${excerpt(text, fault)}`);
  const [expression] = children(tree.topNode);
  if (expression === undefined) throw new Unimportable(`${what} is empty`);
  return { text, root: bare(expression) };
}

const excerpt = (text: string, at: number): string =>
  JSON.stringify(text.slice(Math.max(0, at - 20), at + 20).replace(/\s+/g, ' '));

/** Without the parentheses around it. */
export function bare(node: SyntaxNode): SyntaxNode {
  if (node.name !== 'ParenExpr') return node;
  const inner = children(node)[0];
  return inner === undefined ? node : bare(inner);
}

/** Without comments, which may stand anywhere. */
export function children(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child !== null; child = child.nextSibling)
    if (child.name !== 'LineComment') found.push(child);
  return found;
}

const stringsAndSpace = /("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`)|(?:#[^\n]*|\s)+/g;

/** On one line, without comments; what stands within quotes is left as it is. */
export const sourceOf = (parsed: Parsed, node: SyntaxNode): string =>
  parsed.text
    .slice(node.from, node.to)
    .replace(stringsAndSpace, (_, quoted: string | undefined) => quoted ?? ' ')
    .trim();

/** The function or aggregation of a call with one argument, else undefined. */
export function callOf(
  parsed: Parsed,
  node: SyntaxNode,
): { readonly name: string; readonly argument: SyntaxNode } | undefined {
  if (node.name !== 'FunctionCall' && node.name !== 'AggregateExpr') return undefined;
  const parts = children(node);
  const body = parts.find(part => part.name === 'FunctionCallBody');
  const head = parts[0];
  if (body === undefined || head === undefined || parts.length !== 2) return undefined;
  const args = children(body);
  const argument = args[0];
  return argument === undefined || args.length !== 1 ? undefined : { name: sourceOf(parsed, head), argument };
}

/** The arguments of a call. */
export const callArguments = (node: SyntaxNode): readonly SyntaxNode[] =>
  children(node)
    .filter(part => part.name === 'FunctionCallBody')
    .flatMap(children);

/** `left OP right`, without modifiers of matching. */
export function operationOf(
  parsed: Parsed,
  node: SyntaxNode,
):
  | { readonly operator: string; readonly left: SyntaxNode; readonly right: SyntaxNode; readonly plain: boolean }
  | undefined {
  if (node.name !== 'BinaryExpr') return undefined;
  const parts = children(node);
  const [left, operator] = parts;
  const right = parts.at(-1);
  if (left === undefined || operator === undefined || right === undefined || parts.length < 3) return undefined;
  return { operator: sourceOf(parsed, operator).toLowerCase(), left, right, plain: parts.length === 3 };
}

/** Every node of a name below it, and itself. */
export function nodesOf(node: SyntaxNode, name: string): readonly SyntaxNode[] {
  return [...(node.name === name ? [node] : []), ...children(node).flatMap(child => nodesOf(child, name))];
}
