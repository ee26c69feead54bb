/** How a configuration names a question or column: its text or the tool's id, where case and spaces do not matter. */
import { wildcard } from '../../catalog/wildcard.ts';
import { spaced } from './numbers.ts';

/** `*` of the pattern is any text. */
export const isLike = (pattern: string, text: string): boolean => wildcard([spaced(pattern)])(spaced(text));
