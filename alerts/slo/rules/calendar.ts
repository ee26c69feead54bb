/** Windows that begin with a day, week, month, quarter or year. */
import { SloError } from '../errors.ts';
import type { Context, Windowed } from './budgeted.ts';

export function calendar({ slo }: Context): Windowed {
  throw new SloError('SLO_REFUSED', { slo: slo.name, origin: slo.origin, reason: 'calendar windows are not made yet' });
}
