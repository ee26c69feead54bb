/** The errors of the cost exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  BILL_NOT_FOUND: {
    sentence: 'found no {what} (.csv, .csv.gz, .parquet) at {path}, which {key} names',
    remedy: 'correct the path, or wait for the first export; what was read before is kept',
  },
  ESTIMATES_NOT_FOUND: {
    sentence: 'found no file of Infracost (.json) at {path}, which cost.infracost[].path names',
    remedy: 'correct the path, or make the folder that CI writes to; what was read before is kept',
  },
  AUTHORITY_CONFLICT: {
    sentence:
      'refused what the source {source} says of {provider} account {account} for {period}: the source {other} brings the same money',
    remedy:
      'let one of the two count: set "role: reconciliation" on the other, which then is only held against it; nothing was counted twice',
    needsPerson: true,
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
    needsPerson: true,
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
    needsPerson: true,
  },
  AWS_CREDENTIALS: {
    sentence: 'AWS did not accept the credentials for {action}: {said}',
    remedy:
      'renew them: expired session tokens, a changed access key, an SSO log-in that ran out; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  AWS_DENIED: {
    sentence: 'AWS refused {action}: {said}',
    remedy: 'allow that action in the IAM policy of the user or role; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  AWS_THROTTLED: {
    sentence: 'AWS throttled {action}: {said}',
    remedy: 'the next refresh tries again; ask less often, or for fewer cubes, where it lasts',
    kind: 'remote',
  },
  AWS_TIMEOUT: {
    sentence: '{action} did not answer within {seconds} s',
    remedy: 'check the network, the proxy and the endpoint; the next refresh tries again',
    kind: 'remote',
  },
  AWS_ANSWER_UNREADABLE: {
    sentence: '{action} answered with what is not its JSON: {reason}',
    remedy: 'check the endpoint: a proxy, a log-in page or a cut connection answers like this',
    kind: 'remote',
  },
  AWS_FAILED: {
    sentence: '{action} failed: {said}',
    remedy: 'see what AWS says; the next refresh tries again, and what was read before is kept',
    kind: 'remote',
  },
  COST_EXPLORER_PAGES: {
    sentence: 'the pages of ce:GetCostAndUsage for {cube} in {month} do not belong together: {reason}',
    remedy: 'nothing of the month was kept; the next refresh reads it again',
    kind: 'remote',
  },
  COST_EXPLORER_DAYS: {
    sentence: 'ce:GetCostAndUsage was asked for the days {asked} and answered {answered}',
    remedy: 'nothing of the month was kept; the next refresh reads it again',
    kind: 'remote',
  },
  COST_EXPLORER_TOTALS: {
    sentence:
      'ce:GetCostAndUsage says {total} {currency} of {basis} cost for {day}, but the parts of {cube} sum to {parts}',
    remedy:
      'nothing of the month was kept: a page was missing, or costs were renewed meanwhile; the next refresh reads it again',
    kind: 'remote',
  },
  COST_EXPLORER_EMPTY: {
    sentence: 'ce:GetCostAndUsage has no cost of {month}, of which {amount} is known',
    remedy:
      'check that the account may still see its costs in Cost Explorer; what is known is kept, and stays until there is data again',
    kind: 'remote',
  },
  COST_EXPLORER_CURRENCY: {
    sentence: 'ce:GetCostAndUsage tells the costs of {month} in {got}, where {expected} was expected',
    remedy: 'nothing of the month was changed; give currency in the configuration if the billing currency has changed',
    kind: 'remote',
    needsPerson: true,
  },
  COST_EXPLORER_OVER_CAP: {
    sentence: '{source} has sent the {requests} paid requests of today (UTC) that max_daily_cost {cap} USD allows',
    remedy: 'it goes on tomorrow; raise max_daily_cost, ask less often, or for fewer cubes',
    needsPerson: true,
  },
  COST_EXPLORER_PLAN_OVER_CAP: {
    sentence: '{source} would send {requests} paid requests a day for {usd} USD, above max_daily_cost {cap} USD',
    remedy: 'raise max_daily_cost, raise every, or take out cubes or charge_categories',
    kind: 'usage',
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
  RATES_NOT_FOUND: {
    sentence: 'found no file of exchange rates at {path}, which cost.exchange_rates.file names',
    remedy: 'correct the path, or put the file there; rates that were read before hold on',
  },
  CLOUDHEALTH_REFUSED: {
    sentence: 'the API key was refused by CloudHealth at {url} with {status}: {said}',
    remedy:
      'make a new key in the profile of a CloudHealth user who may see cost reports, and put it into api_key_file; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  CLOUDHEALTH_ANSWER: {
    sentence: 'could not understand what CloudHealth answered for {what}: {reason}',
    remedy:
      'nothing was changed; check the dimensions, measures and filters of the source, and report it where it comes again',
    kind: 'remote',
  },
  CLOUDHEALTH_DATES: {
    sentence: 'got {got} from CloudHealth where {interval} cost from {from} to {to} was asked for, at {url}',
    remedy: 'nothing was changed; compare with the Cost History report in CloudHealth, and take filters on time away',
    kind: 'remote',
  },
  CLOUDHEALTH_CURRENCY: {
    sentence: 'got {what} from CloudHealth in {got} where {expected} was expected',
    remedy: 'nothing was changed; set currency of the source to what the reports of its CloudHealth user are shown in',
    kind: 'remote',
    needsPerson: true,
  },
  CLOUDHEALTH_EMPTY: {
    sentence:
      'got no data from CloudHealth for any day of account {account} since {since}, of which {days} days are known',
    remedy: 'check that the API key may still see the account, and the filters; what is known is kept',
    kind: 'remote',
  },
  CLOUDHEALTH_PERSPECTIVE: {
    sentence: 'found no active perspective {name} in CloudHealth, which has {known}',
    remedy: 'correct perspective, or give perspective_dimension',
    kind: 'remote',
    needsPerson: true,
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
