/** The errors of the dora exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  PAGERDUTY_REFUSED: {
    sentence: 'the API key was refused by PagerDuty at {url} with {status}: {said}',
    remedy:
      'make a read-only REST API key (Integrations, API Access Keys) and put it into api_token_file; accounts of the EU region need region: eu; what was read before is kept',
    kind: 'remote',
  },
  PAGERDUTY_ANSWER: {
    sentence: 'could not understand what PagerDuty answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  PAGERDUTY_TOO_MANY: {
    sentence: 'PagerDuty has more than {count} incidents between {since} and {until}, and lists no more',
    remedy: 'narrow the source by service_ids, team_ids or urgencies, as several sources with a name each',
    kind: 'remote',
  },
  FOUR_KEYS_NOT_FOUND: {
    sentence: 'found no export of Four Keys at {path}',
    remedy: 'correct dora.four_keys.path: a file, a folder or a glob of CSV, JSON lines or Parquet',
    kind: 'usage',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
