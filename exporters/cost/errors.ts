/** The errors of the cost exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  BILL_NOT_FOUND: {
    sentence: 'found no FOCUS bill (.csv, .csv.gz, .parquet) at {path}',
    remedy: 'correct cost.focus[].path, or wait for the first export; what was read before is kept',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
