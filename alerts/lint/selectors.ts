/** Checks of which series an expression reads, and when. */

import { alternatives, matches } from '../slo/promql/matching.ts';
import { childOf, nodesOf, type Parsed, secondsOf, textOf } from '../slo/promql/parse.ts';
import { type Matcher, type Selector, selectorsOf } from '../slo/promql/selectors.ts';
import type { Check, Remark } from './model.ts';

type Said = Omit<Remark, 'field'>;

function ofParsed(name: Check['name'], remedy: string, look: (parsed: Parsed) => readonly Said[]): Check {
  return {
    name,
    remedy,
    look: ({ parsed }) => (parsed ? look(parsed).map(remark => ({ field: 'expr', ...remark })) : []),
  };
}

const bySelector = (look: (selector: Selector) => readonly string[]) => (parsed: Parsed) =>
  selectorsOf(parsed).flatMap(selector => look(selector).map(sentence => ({ offset: selector.from, sentence })));

/** As it was written. */
const text = ({ label, op, value }: Matcher): string => `${label}${op}${JSON.stringify(value)}`;

const isPattern = ({ op }: Matcher): boolean => op === '=~' || op === '!~';

/** Flags, anchors and groups around the whole taken off. */
function core(pattern: string): string {
  const plain = pattern
    .replace(/^\(\?[a-z]+\)/, '')
    .replace(/^\^/, '')
    .replace(/(?<!\\)\$$/, '');
  const inner = /^\((?:\?:|\?P?<\w+>)?(.*)\)$/s.exec(plain)?.[1];
  return inner !== undefined && alternatives(plain).length === 1 && closesLast(plain) ? core(inner) : plain;
}

/** Whether the parenthesis that the pattern begins with is closed by its last character. */
function closesLast(pattern: string): boolean {
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '(') depth++;
    else if (pattern[at] === ')' && --depth === 0) return at === pattern.length - 1;
  }
  return false;
}

const branches = (pattern: string): readonly string[] => {
  const plain = core(pattern);
  const found = alternatives(plain);
  return found.length === 1 ? found : found.flatMap(branches);
};

function takesEverything(pattern: string): boolean {
  const found = branches(pattern);
  return found.some(each => /^(\.\*\??)+$/.test(each)) || (found.includes('') && found.some(each => each === '.+'));
}

const unbounded = ofParsed(
  'regex-unbounded',
  'name the values (a|b), or a beginning; else every value of the label is tried at each evaluation',
  bySelector(({ matchers }) =>
    matchers
      // what is left out by a negation is meant to be
      .filter(({ op, value }) => op === '=~' && !takesEverything(value))
      .filter(({ value }) => branches(value).some(each => /^\(*(\?:)?\.[*+]\??(?!$)/.test(each)))
      .map(matcher => `${text(matcher)} begins with any text, so that it takes more than is meant and is slow`),
  ),
);

const without = ofParsed(
  'matcher-without-effect',
  'leave the matcher out, or write the value that is meant',
  bySelector(selector => [...selector.matchers.flatMap(each => effectOf(each, selector)), ...unmatched(selector)]),
);

function effectOf(matcher: Matcher, { matchers }: Selector): readonly string[] {
  if (isPattern(matcher) && takesEverything(matcher.value))
    return matcher.op === '=~'
      ? [`${text(matcher)} takes every series, with the label and without`]
      : [`${text(matcher)} takes no series at all`];
  const fixed = matchers.find(({ label, op }) => label === matcher.label && op === '=');
  if (fixed === undefined || fixed === matcher) return [];
  const agrees = tried(matcher, fixed.value);
  if (agrees === undefined) return [];
  return agrees
    ? [`${text(matcher)} takes all that ${text(fixed)} takes`]
    : [`${text(matcher)} takes nothing that ${text(fixed)} takes, so that there is never a series`];
}

/** Undefined where the pattern has what only Go's engine reads. */
function tried(matcher: Matcher, value: string): boolean | undefined {
  try {
    return matches(matcher, value);
  } catch {
    return undefined;
  }
}

function unmatched({ metric, matchers, text: written }: Selector): readonly string[] {
  if (metric !== undefined || !matchers.every(each => tried(each, '') === true)) return [];
  return [`${written} takes every series that lacks these labels, and Prometheus refuses it`];
}

const offsets = ofParsed(
  'offset-without-effect',
  'leave the offset out, or look into the past by a positive one',
  parsed =>
    nodesOf(parsed.root)
      .filter(({ name }) => name === 'OffsetExpr')
      .flatMap(node => {
        const written = textOf(parsed, childOf(node, 'OffsetDurationExpr') ?? node);
        const seconds = secondsOf(written);
        if (seconds === undefined || seconds > 0) return [];
        const sentence =
          seconds === 0
            ? `offset ${written} moves nothing`
            : `offset ${written} looks into the future, of which a rule sees nothing when it is evaluated`;
        return [{ offset: node.from, sentence }];
      }),
);

export const selectorChecks: readonly Check[] = [unbounded, without, offsets];
