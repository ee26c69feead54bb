/** Shares of what was looked at, told apart from what nobody has looked at. */
import { dividedBy, or, type Query, times } from '../lib/promql.ts';

export const notLooked = 'nothing has looked';

/** Part of all; 0 where anything has looked at any of them, and nothing where nothing has: that is not measured. */
export const shareLooked = <Label extends string>(
  part: Query<Label, true>,
  looked: Query<Label, true>,
  all: Query<Label, true>,
): Query<Label, false> => dividedBy(or(part, times(looked, 0)), all);
