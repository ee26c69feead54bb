/** Environments as patterns of the configuration, where * is any text and ? one character, as matchers of PromQL. */
import { type Match, matching, notMatching } from '../../dashboards/lib/promql.ts';

/** Any of the environments, whatever their case. */
export const inEnvironments = (patterns: readonly string[]): Match => matching(expression(patterns));
/** None of the environments. */
export const outsideEnvironments = (patterns: readonly string[]): Match => notMatching(expression(patterns));

const expression = (patterns: readonly string[]): string =>
  `(?i:${patterns.map(pattern => escaped(pattern).replaceAll('*', '.*').replaceAll('?', '.')).join('|')})`;

const escaped = (pattern: string): string => pattern.replace(/[\\^$.+()[\]{}|]/g, '\\$&');
