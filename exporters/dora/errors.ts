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
    sentence: 'there are more than {count} incidents between {since} and {until} in PagerDuty, which lists no more',
    remedy: 'narrow the source by service_ids, team_ids or urgencies, as several sources with a name each',
    kind: 'remote',
  },
  JIRA_EMPTY: {
    sentence: 'no issue was listed by Jira for {jql}, of which {count} are known',
    remedy:
      'check that the account may still browse the projects, and jql; what is known is kept, and nothing is taken for deleted',
    kind: 'remote',
  },
  JIRA_ALERTS: {
    sentence: 'could not list the alerts of Jira Service Management operations: {reason}',
    remedy:
      'give alerts.cloud_id, check that the account may see the alerts, or take alerts out; issues are read all the same',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
