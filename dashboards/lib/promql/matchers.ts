import type { Matcher, MatchOperator } from './tree.ts';

/** A dashboard's template variable. A `multi` one is matched as a regular expression, since Grafana fills in `(a|b)`. */
export interface Variable {
  readonly kind: 'variable';
  readonly name: string;
  readonly multi: boolean;
}

/** Matchers without a label that the metric lacks, also where one comes by the spread of other matchers. */
export type Exactly<M, Label extends string> = M & {
  readonly [Name in Exclude<keyof M, Label>]: 'a label that the metric lacks';
};

/** The same matchers where their labels were compared already, and where the compiler doesn't know the metric's. */
export const compared = (matchers: Matchers<string> = {}): Matchers<never> => matchers;

/** A match other than equality; made by `not`, `matching`, `notMatching` and `oneOf`. */
export interface Match {
  readonly kind: 'match';
  readonly operator: MatchOperator;
  readonly value: string;
}

/** What a label is compared with: a literal value, a match, or a dashboard's variable. */
export type LabelValue = string | Match | Variable;

/** Matchers by label; a label that the metric doesn't have doesn't compile. */
export type Matchers<Label extends string> = { readonly [Name in Label]?: LabelValue };

export const not = (value: string): Match => ({ kind: 'match', operator: '!=', value });
/** A regular expression (RE2), anchored at both ends as PromQL does. */
export const matching = (pattern: string): Match => ({ kind: 'match', operator: '=~', value: pattern });
export const notMatching = (pattern: string): Match => ({ kind: 'match', operator: '!~', value: pattern });
/** Any of some literal values. */
export const oneOf = (...values: readonly string[]): Match => matching(values.map(escapePattern).join('|'));

const escapePattern = (value: string): string => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

export function toMatchers(matchers: Matchers<string> = {}): readonly Matcher[] {
  return Object.entries(matchers).flatMap(([label, value]): Matcher[] => {
    if (value === undefined) return [];
    if (typeof value === 'string') return [{ label, operator: '=', value }];
    if (value.kind === 'match') return [{ label, operator: value.operator, value: value.value }];
    return [{ label, operator: value.multi ? '=~' : '=', value: `$${value.name}` }];
  });
}
