/** A window that ends now, whenever that is. */
import { durationText } from '../durations.ts';
import type { Windowed } from './budgeted.ts';

export const rolling = (seconds: number): Windowed => ({
  name: durationText(seconds),
  rules: [],
  stamped: expr => expr,
  sum: series => `sum_over_time(${series}[${durationText(seconds)}])`,
  seconds: String(seconds),
  groups: [],
});
