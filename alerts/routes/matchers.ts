/**
 * Alertmanager's matchers as text: `name="value"`, `=~`, `!=`, `!~`, quoted or not, in braces or not, several separated by
 * commas. https://prometheus.io/docs/alerting/latest/configuration/#matcher
 */
import { anchoredRe2 } from '../lib/re2.ts';

type Labels = Readonly<Record<string, string>>;
type Operator = '=' | '!=' | '=~' | '!~';

export interface Matcher {
  readonly name: string;
  readonly operator: Operator;
  readonly value: string;
  readonly matches: (value: string) => boolean;
}

/** Throws a TypeError where the value is no regular expression that can be proved here. */
export function matcherOf(name: string, operator: Operator, value: string): Matcher {
  if (operator === '=' || operator === '!=')
    return { name, operator, value, matches: given => (given === value) === (operator === '=') };
  const whole = anchored(name, value);
  return { name, operator, value, matches: given => whole.test(given) === (operator === '=~') };
}

export const matcherOfRegexp = (name: string, value: string): Matcher => matcherOf(name, '=~', value);

/** A label that is absent has the value "". */
export const matchesAll = (matchers: readonly Matcher[], labels: Labels): boolean =>
  matchers.every(({ name, matches }) => matches(labels[name] ?? ''));

function anchored(name: string, value: string): RegExp {
  try {
    return anchoredRe2(value);
  } catch {
    throw new TypeError(`the expression ${JSON.stringify(value)} of the label ${name} cannot be read`);
  }
}

const one =
  /\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"{}!=~,\\`']+))\s*(=~|!~|!=|=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s"{},]*(?:[^"{},]*[^\s"{},])?))\s*(?:,|$)/y;

/** Throws a TypeError with the place where a text is no matcher. */
export function parseMatchers(text: string, at: string): readonly Matcher[] {
  const inner = text.trim().replace(/^\{(.*)\}$/s, '$1');
  const found: Matcher[] = [];
  one.lastIndex = 0;
  while (one.lastIndex < inner.length) {
    const match = one.exec(inner);
    if (match === null) throw new TypeError(`${at}: ${JSON.stringify(text)} is no matcher`);
    const [, quotedName, name = '', operator, quotedValue, value = ''] = match;
    found.push(
      matcherOf(
        quotedName === undefined ? name : unescaped(quotedName),
        operator as Operator,
        quotedValue === undefined ? unescaped(value) : unescaped(quotedValue),
      ),
    );
    if (one.lastIndex === 0) break;
  }
  return found;
}

/** Alertmanager knows these three and leaves any other backslash as it is. */
const unescaped = (text: string): string =>
  text.replace(/\\(["\\n])/g, (_, each: string) => (each === 'n' ? '\n' : each));
