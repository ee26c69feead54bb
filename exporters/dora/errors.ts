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
  LINEARB_REFUSED: {
    sentence: 'the API token was refused by LinearB at {url} with {status}: {said}',
    remedy:
      'make an API token (Company Settings, API Tokens) and put it into api_key_file; measurements need a Business or Enterprise plan; what was read before is kept',
    kind: 'remote',
  },
  LINEARB_ANSWER: {
    sentence: 'could not understand what LinearB answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  SLEUTH_REFUSED: {
    sentence: 'the API key was refused by Sleuth at {url} with {status}: {said}',
    remedy:
      'take the API key of the organisation from its settings and put it into api_key_file; what was read before is kept',
    kind: 'remote',
  },
  SLEUTH_ERRORS: {
    sentence: 'Sleuth answered {what} with errors: {reason}',
    remedy:
      'check organisation, projects and teams in the configuration; where a field is unknown, Sleuth has changed its schema, which it says it may: report it; what was read before is kept',
    kind: 'remote',
  },
  SLEUTH_ANSWER: {
    sentence: 'could not understand what Sleuth answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  CORTEX_METRIC: {
    sentence: 'found no metric {key} in Eng Intelligence, which dora.cortex[].metrics.{metric} names; it has {known}',
    remedy: 'name one of its keys, or none to have it found by its name; deploys were read all the same',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
