/** The errors of the Jira client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  JIRA_REFUSED: {
    sentence: 'the credentials were refused by Jira at {url} with {status}: {said}',
    remedy:
      'check the e-mail and its API token (Cloud) or the personal access token (Data Center), and that the account may browse the projects; what was read before is kept',
    kind: 'remote',
  },
  JIRA_REMOVED: {
    sentence: 'what was asked for at {url} has been removed from Jira: {said}',
    remedy:
      'a site of Jira Cloud has no /rest/api/2/search and /rest/api/3/search any more: leave deployment out, or set it to cloud, so that /rest/api/3/search/jql is asked',
    kind: 'remote',
  },
  JIRA_QUERY: {
    sentence: 'the query {jql} was refused by Jira: {said}',
    remedy:
      'try jql in the issue search of Jira as the same user; a project or field that the user may not see does not exist to the query',
    kind: 'remote',
  },
  JIRA_ANSWER: {
    sentence: 'could not understand what Jira answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
  JIRA_FIELD: {
    sentence: '{what} names the field {field}, which Jira has {count} times',
    remedy: 'give the id of the field, such as customfield_10042; GET /rest/api/2/field lists them',
    kind: 'remote',
  },
  JIRA_TIME_ZONE: {
    sentence: 'the time zone of the user of Jira is {zone}, which is none that is known',
    remedy: "correct the time zone in the user's profile: queries are read in it",
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
