/** Environments as patterns of the configuration, where * is any text and ? one character, as matchers of PromQL. */
import { type Match, matching, notMatching } from '../../dashboards/lib/promql.ts';

/** Any of the environments, whatever their case. */
export const inEnvironments = (patterns: readonly string[]): Match => matching(expression(patterns));
/** None of the environments. */
export const outsideEnvironments = (patterns: readonly string[]): Match => notMatching(expression(patterns));

/** Whether a name is of one of the environments. */
export const isOf = (patterns: readonly string[], name: string): boolean =>
  patterns.some(pattern => new RegExp(`^(?:${regular(pattern)})$`, 'i').test(name));

/** A name that is of the environments, for examples. */
export const exampleOf = ([pattern = '*']: readonly string[]): string =>
  pattern === '*' ? 'production' : pattern.replaceAll('*', 'eu').replaceAll('?', '1');

const expression = (patterns: readonly string[]): string => `(?i:${patterns.map(regular).join('|')})`;

const regular = (pattern: string): string => escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.');

const escaped = (pattern: string): string => pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
