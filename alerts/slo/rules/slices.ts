/** Budgets of slices of time. */
import { SloError } from '../errors.ts';
import type { Budgeted, Context } from './budgeted.ts';

export function slices({ slo }: Context): Budgeted {
  throw new SloError('SLO_REFUSED', {
    slo: slo.name,
    origin: slo.origin,
    reason: 'budgets of slices are not made yet',
  });
}
