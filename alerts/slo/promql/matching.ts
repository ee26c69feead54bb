/** Which series a selector takes, and a series that it takes. */
import { anchoredRe2 } from '../../lib/re2.ts';
import type { Matcher, Selector } from './selectors.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether two sets of labels are one: an empty value is an absent label. */
export function sameLabels(one: Labels, other: Labels): boolean {
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every(
    name => (one[name] ?? '') === (other[name] ?? ''),
  );
}

/** Whether the selector takes a series. `labels` may have `__name__`. */
export function takes({ metric, matchers }: Pick<Selector, 'metric' | 'matchers'>, labels: Labels): boolean {
  if (metric !== undefined && (labels.__name__ ?? metric) !== metric) return false;
  return matchers.every(matcher => matches(matcher, labels[matcher.label] ?? ''));
}

export function matches({ op, value }: Matcher, given: string): boolean {
  if (op === '=') return given === value;
  if (op === '!=') return given !== value;
  return (patternOf(value)?.test(given) ?? false) === (op === '=~');
}

/** Whether Prometheus takes the pattern, as far as it can be told here: also what is Go's, and can't be said in JavaScript. */
export function isPattern(pattern: string): boolean {
  const plain = pattern.replace(/\\Q.*?(?:\\E|$)|\\\\/gs, '').replace(/\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]/gs, '');
  if (/\(\?(?:[=!]|<[=!])|\\[1-9]|\\k</.test(plain)) return false;
  return patternOf(pattern) !== undefined || /\(\?[a-zA-Z-]*[)U]|\\[pPCQ]/.test(pattern);
}

/** Anchored, and a dot is any character; undefined where JavaScript has no such pattern. */
export function patternOf(pattern: string): RegExp | undefined {
  try {
    return anchoredRe2(pattern, { dotAll: true });
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * Labels of a series that the selector takes; undefined where none of those that are tried does.
 * `wanted`: values to have where the matchers allow them.
 */
export function exampleSeries(
  selector: Pick<Selector, 'metric' | 'matchers'>,
  wanted: Labels = {},
): Labels | undefined {
  const labels: Record<string, string> = { ...wanted };
  if (selector.metric !== undefined) labels.__name__ = selector.metric;
  for (const name of new Set(selector.matchers.map(each => each.label))) {
    const matchers = selector.matchers.filter(each => each.label === name);
    const value = [wanted[name] ?? '', ...matchers.flatMap(examplesOf), '', 'x', '200', '500', 'other'].find(each =>
      matchers.every(matcher => matches(matcher, each)),
    );
    if (value === undefined) return undefined;
    labels[name] = value;
  }
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** Values that a matcher may take: of a pattern, its alternatives with each class and repetition once. */
export function examplesOf({ op, value }: Matcher): readonly string[] {
  if (op === '=') return [value];
  if (op === '!=') return [`not-${value}`];
  if (op === '!~') return ['other', '200', 'x', '/'];
  return expanded(value.replace(/^\(\?[ims]+\)|^\^|\$$/g, '')).slice(0, 64);
}

/** Alternatives of a pattern, from left to right. */
function expanded(pattern: string): readonly string[] {
  return alternatives(pattern).flatMap(sequence);
}

/** The parts between the bars of a pattern that are in no group. */
export function alternatives(pattern: string): readonly string[] {
  const found: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at];
    if (char === '\\') at++;
    else if (char === '[') at = endOfClass(pattern, at);
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) {
      found.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  return [...found, pattern.slice(from)];
}

function endOfClass(pattern: string, from: number): number {
  for (let at = from + (pattern[from + 1] === '^' ? 3 : 2); at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}

const classes: Readonly<Record<string, string>> = { d: '0', w: 'a', s: ' ', D: 'a', W: '-', S: 'a' };

function sequence(pattern: string): readonly string[] {
  let made: readonly string[] = [''];
  for (let at = 0; at < pattern.length; ) {
    const { values, end } = atom(pattern, at);
    const repeat = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})\??/.exec(pattern.slice(end));
    const times = repeat?.[1] === undefined ? 1 : Number(repeat[1]);
    made = made.flatMap(before => values.map(value => before + value.repeat(times))).slice(0, 64);
    at = end + (repeat?.[0].length ?? 0);
  }
  return made;
}

function atom(pattern: string, at: number): { readonly values: readonly string[]; readonly end: number } {
  const char = pattern[at] ?? '';
  if (char === '\\') return { values: [classes[pattern[at + 1] ?? ''] ?? pattern[at + 1] ?? ''], end: at + 2 };
  if (char === '.') return { values: ['a'], end: at + 1 };
  if (char === '^' || char === '$') return { values: [''], end: at + 1 };
  if (char === '[') {
    const end = endOfClass(pattern, at) + 1;
    const matcher = new RegExp(pattern.slice(at, end));
    const value = ['0', '1', '5', 'a', 'A', '-', '_', '/', ' ', pattern[at + 1] ?? ''].find(each => matcher.test(each));
    return { values: [value ?? ''], end };
  }
  if (char !== '(') return { values: [char], end: at + 1 };
  let depth = 0;
  for (let end = at; end < pattern.length; end++) {
    if (pattern[end] === '\\') end++;
    else if (pattern[end] === '[') end = endOfClass(pattern, end);
    else if (pattern[end] === '(') depth++;
    else if (pattern[end] === ')' && --depth === 0)
      return { values: expanded(pattern.slice(at + 1, end).replace(/^\?(?:P?<\w+>|[ims]*:)/, '')), end: end + 1 };
  }
  return { values: [''], end: pattern.length };
}
