/** The selectors of an expression: which series it reads, over which range, and when. */
import { childOf, childrenOf, type Node, nodesOf, type Parsed, secondsOf, textOf } from './parse.ts';

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export interface Selector {
  /** As it was written, without range, offset and @. */
  readonly text: string;
  /** Undefined where only matchers say it. */
  readonly metric: string | undefined;
  /** Those of `{…}`; a quoted metric name is in `metric` alone. */
  readonly matchers: readonly Matcher[];
  /** Seconds; `window` where it follows the window; undefined without one, or where it is computed. */
  readonly range: number | 'window' | undefined;
  /** Seconds. */
  readonly offset: number;
  /** What stands after @. */
  readonly at: string | undefined;
  readonly from: number;
  readonly to: number;
}

/** Every selector, in the order they are written. */
export function selectorsOf(parsed: Parsed): readonly Selector[] {
  return nodesOf(parsed.root)
    .filter(node => node.name === 'VectorSelector')
    .map(node => selectorOf(parsed, node));
}

/** One selector with the modifiers around it. */
export function selectorOf(parsed: Parsed, node: Node): Selector {
  const identifier = childOf(node, 'Identifier');
  const written = childrenOf(childOf(node, 'LabelMatchers') ?? node);
  const quotedName = written.find(each => each.name === 'QuotedLabelName');
  const matchers = written.flatMap(each => matcherOf(parsed, each) ?? []);
  const named = matchers.find(({ label, op }) => label === '__name__' && op === '=');
  const name = identifier
    ? textOf(parsed, identifier)
    : quotedName
      ? unquoted(textOf(parsed, quotedName))
      : named?.value;
  return {
    text: textOf(parsed, node),
    metric: name,
    matchers: matchers.filter(each => each !== named),
    ...modifiersOf(parsed, node),
    from: node.from,
    to: node.to,
  };
}

function modifiersOf(parsed: Parsed, node: Node): Pick<Selector, 'range' | 'offset' | 'at'> {
  let range: Selector['range'];
  let offset = 0;
  let at: string | undefined;
  for (let [inner, outer] = [node, node.parent]; outer; [inner, outer] = [outer, outer.parent]) {
    if (outer.name === 'MatrixSelector') {
      const duration = childOf(outer, 'DurationExpr');
      range = duration && (parsed.holes.has(duration.from) ? 'window' : secondsOf(textOf(parsed, duration)));
    } else if (outer.name === 'OffsetExpr') {
      offset += secondsOf(textOf(parsed, childOf(outer, 'OffsetDurationExpr') ?? outer)) ?? 0;
    } else if (outer.name === 'StepInvariantExpr') {
      at = parsed.text.slice(childOf(outer, 'At')?.to ?? outer.to, outer.to).trim();
    } else if (outer.name !== 'ParenExpr' && !endsWith(outer, inner)) break;
  }
  return { range, offset, at };
}

/** The grammar has `a - b offset 5m` as the offset of a difference; to Prometheus it is b's alone. */
export const endsWith = (outer: Node, inner: Node): boolean => outer.name === 'BinaryExpr' && outer.to === inner.to;

function matcherOf(parsed: Parsed, node: Node): Matcher | undefined {
  if (node.name !== 'UnquotedLabelMatcher' && node.name !== 'QuotedLabelMatcher') return undefined;
  const [label, op, value] = childrenOf(node).map(each => textOf(parsed, each));
  if (label === undefined || op === undefined || value === undefined) return undefined;
  return { label: /^["'`]/.test(label) ? unquoted(label) : label, op: op as Matcher['op'], value: unquoted(value) };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** The value of a string of PromQL. */
export function unquoted(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)/gs, (_, code: string) => {
    if (/^[xuU]./.test(code)) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]{3}$/.test(code)) return String.fromCodePoint(Number.parseInt(code, 8));
    return escapes[code] ?? code;
  });
}

/** A string as PromQL has it. */
export const quoted = (value: string): string =>
  `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
