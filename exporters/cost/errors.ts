/** The errors of the cost exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  BILL_NOT_FOUND: {
    sentence: 'found no {what} (.csv, .csv.gz, .parquet) at {path}, which {key} names',
    remedy: 'correct the path, or wait for the first export; what was read before is kept',
  },
  AUTHORITY_CONFLICT: {
    sentence:
      'refused what the source {source} says of {provider} account {account} for {period}: the source {other} brings the same money',
    remedy:
      'let one of the two count: set "role: reconciliation" on the other, which then is only held against it; nothing was counted twice',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
