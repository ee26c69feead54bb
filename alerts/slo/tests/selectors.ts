/** The selectors of an expression, and label sets that they do and don't select. */
import { children, nodesOf, type Parsed, type SyntaxNode } from '../import/text.ts';
import { patternOf } from '../promql/matching.ts';
import { samplesOfPattern } from './pattern.ts';

export type Labels = Readonly<Record<string, string>>;

export interface Matcher {
  readonly label: string;
  readonly op: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

export const selectorNodes = (node: SyntaxNode): readonly SyntaxNode[] => nodesOf(node, 'VectorSelector');

/** The name is the matcher of `__name__`. */
export function matchersOf(parsed: Parsed, selector: SyntaxNode): readonly Matcher[] {
  const found: Matcher[] = [];
  for (const part of children(selector)) {
    if (part.name === 'Identifier')
      found.push({ label: '__name__', op: '=', value: parsed.text.slice(part.from, part.to) });
    for (const matcher of nodesOf(part, 'UnquotedLabelMatcher')) {
      const [label, op, value] = children(matcher).map(each => parsed.text.slice(each.from, each.to));
      if (label !== undefined && op !== undefined && value !== undefined)
        found.push({ label, op: op as Matcher['op'], value: unquoted(value) });
    }
  }
  return found;
}

export function unquoted(text: string): string {
  if (text.startsWith('`')) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(.)/g, (_, char: string) => ({ n: '\n', t: '\t' })[char] ?? char);
}

export function selects(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every(({ label, op, value }) => {
    const has = labels[label] ?? '';
    if (op === '=') return has === value;
    if (op === '!=') return has !== value;
    return (patternOf(value)?.test(has) ?? false) === (op === '=~');
  });
}

/**
 * Label sets of which each is selected by one of the selectors at least; for every combination of selectors that some
 * set can have, there is one. `job` and `instance` are given, for an exporter's series have them.
 */
export function candidates(selectors: readonly (readonly Matcher[])[]): readonly Labels[] {
  const values = new Map<string, Set<string>>();
  for (const { label, op, value } of selectors.flat()) {
    const known = values.get(label) ?? new Set<string>();
    values.set(label, known);
    const named = op === '=' || op === '!=' ? [value] : samplesOfPattern(value);
    for (const each of op.startsWith('!') && label === '__name__' ? [] : named) known.add(each);
  }
  // A label that some selectors match and others leave open needs a value that those don't match.
  for (const [label, known] of values)
    if (label !== '__name__' && label !== 'le') known.add('200').add('other').add('');
  const found = new Map<string, Labels>();
  for (const labels of products([...values].map(([label, set]) => [label, [...set]] as const))) {
    const signature = selectors.map(matchers => (selects(matchers, labels) ? '1' : '0')).join('');
    const key = `${signature} ${labels.__name__}${labels.le === undefined ? '' : ` ${labels.le}`}`;
    if (signature.includes('1') && !found.has(key)) found.set(key, tidy(labels));
  }
  return [...found.values()];
}

function tidy(labels: Labels): Labels {
  const buckets = labels.__name__?.endsWith('_bucket');
  const present = Object.fromEntries(
    Object.entries(labels).filter(([label, value]) => value !== '' && (label !== 'le' || buckets)),
  );
  return { job: 'app', instance: 'app:80', ...present };
}

function* products(axes: readonly (readonly [string, readonly string[]])[]): Generator<Labels> {
  const [first, ...rest] = axes;
  if (first === undefined) {
    yield {};
    return;
  }
  const [label, values] = first;
  for (const value of values) for (const others of products(rest)) yield { [label]: value, ...others };
}

/** `name{a="b"}`. */
export function seriesText({ __name__: name = '', ...labels }: Labels): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${name}{${pairs.join(',')}}`;
}
