/** After how many hours what was found is not known any more; more than a century is more than a ledger's times hold. */
import { z } from 'zod';

const century = 24 * 36_525;

export const staleHours = z.number().positive().max(century);
export const staleHoursInText = z.coerce.number().positive().max(century);
