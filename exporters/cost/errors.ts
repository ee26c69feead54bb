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
  AZURE_ANSWER: {
    sentence: 'could not understand what {url} answered: {reason}',
    remedy: 'nothing of this month was changed; report it with the answer where it comes again',
    kind: 'remote',
  },
  AZURE_DATES: {
    sentence: 'got {got} from Azure where {from} to {to} was asked for, at {url}',
    remedy:
      'nothing of this month was changed; Azure moves periods that it does not like, so compare them in the portal',
    kind: 'remote',
  },
  AZURE_TOTALS: {
    sentence:
      'the rows of {month} ({type}, {metric}) sum to {sum} {currency} and Azure says {total}: a page or days are missing, or data arrived meanwhile',
    remedy: 'nothing of this month was changed; the next refresh reads it again',
    kind: 'remote',
  },
  AZURE_CURRENCY: {
    sentence: 'got {got} from Azure where {expected} was expected, for {month} at {url}',
    remedy:
      'nothing of this month was changed; correct currency in the configuration if the billing currency has changed',
    kind: 'remote',
  },
  AZURE_EMPTY: {
    sentence: 'got no data from Azure for {month} of {scope}, of which {amount} is known',
    remedy:
      'check that the identity may still read the scope; what is known is kept, and stays until there is data again',
    kind: 'remote',
  },
  AZURE_EXPORT_FILES: {
    sentence: '{folder} holds {count} files that are each a whole export',
    remedy:
      'set delivery: snapshots for this export, or let Azure partition it: then each run has a folder and a manifest',
    kind: 'usage',
  },
  USAGE_QUERY_REFUSED: {
    sentence: 'the query of the usage metric {usage} was refused: {said}',
    remedy: 'correct cost.usage[].query; what was read before is kept',
    kind: 'usage',
  },
  USAGE_PARTIAL: {
    sentence: 'the answer for the usage metric {usage} is not whole: {said}',
    remedy: 'see to the server that did not answer; what was read before is kept, and the next refresh asks again',
    kind: 'remote',
  },
  USAGE_ANSWER_UNEXPECTED: {
    sentence: 'the answer for the usage metric {usage} cannot be used: {reason}',
    remedy: 'check cost.usage[].url and its query, which must give a vector or a scalar; what was read before is kept',
    kind: 'remote',
  },
  USAGE_FILE_INVALID: {
    sentence: 'could not read the usage metric {usage} from {path}: {reason}',
    remedy: 'correct the file or cost.usage[].path; what was read before is kept',
  },
  KUBERNETES_ANSWER_UNEXPECTED: {
    sentence: 'the answer for the cluster {cluster} cannot be used: {reason}',
    remedy: 'check cost.kubernetes[].url and product, and that its days are those of UTC; what was read before is kept',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
