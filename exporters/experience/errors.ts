/** The errors of the experience exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SURVEY_UNKNOWN: {
    sentence: 'found no survey {survey} in experience.surveys, which {source} names',
    remedy: 'define it there, with the questions that mean something',
  },
  SURVEY_REFUSED: {
    sentence: '{tool} refused access to {what} at {url} with {status}: {said}',
    remedy:
      'check the token or key, that it has not been revoked, and that it may read the survey and the details of its responses; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  SURVEY_NOT_FOUND: {
    sentence: '{tool} has no {what} at {url}: {said}',
    remedy:
      'correct its id and the address, which differs by region; what was read before is kept, since a survey that is not found has not withdrawn its answers',
    kind: 'remote',
    needsPerson: true,
  },
  SURVEY_LIMIT: {
    sentence: '{tool} lets nothing more be asked for {seconds} s: the limit of requests a day is spent',
    remedy:
      'wait, for the next refresh goes on from here; read less often (every), or have the limit of the app raised',
    kind: 'remote',
  },
  SURVEY_ANSWER: {
    sentence: 'could not understand what {tool} answered for {what}: {reason}',
    remedy:
      'see whether a proxy answers in its place, or whether its API has changed; nothing of the answer is shown here, since people may stand in it',
    kind: 'remote',
  },
  SURVEY_FILES_NOT_FOUND: {
    sentence: 'found no table of answers (.csv, .tsv, .txt) at {path}',
    remedy: 'correct the path, or make the folder that exports are put into; what was read before is kept',
  },
  SURVEY_TABLE: {
    sentence: 'could not read the table of {what}: {reason}',
    remedy:
      'look at it in a browser: where it is not shared one is asked to log in there, and a web page is no table; what was read before is kept',
    kind: 'remote',
  },
  SURVEY_CREDENTIAL: {
    sentence: 'could not use the credential of {what}: {reason}',
    remedy: 'make a key (JSON) of a service account that the form is shared with, and name its file in credential_file',
    needsPerson: true,
  },
  SCAFFOLDER_REFUSED: {
    sentence: 'the token was refused by Backstage at {url} with {status}',
    remedy:
      'give an external access token (backend.auth.externalAccess) that may read scaffolder tasks and put it into token_file; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  SCAFFOLDER_ANSWER: {
    sentence: 'could not read the tasks of Backstage at {url}: {reason}',
    remedy:
      'nothing was changed; check the address and that its scaffolder lists tasks, and report it where it comes again',
    kind: 'remote',
  },
  ROADMAP_EMPTY: {
    sentence: '{source} lists nothing at all, though {count} items of it are known',
    remedy: 'check what its account may see, and what it is asked for; what was read before is kept',
    kind: 'remote',
  },
  ROADMAP_EXPORTS_NOT_FOUND: {
    sentence: 'found no export of a tracker (.csv, .tsv, .txt) at {path}',
    remedy: 'correct the path, or make the folder that exports are put into; what was read before is kept',
  },
  GITHUB_PROJECT: {
    sentence: 'found no project {number} of {owner}, or {identity} may not see it',
    remedy:
      'check owner and number in the address of the project; a classic token needs read:project, a fine-grained one or an App the organization permission Projects',
    kind: 'remote',
  },
  GITHUB_PROJECT_FIELD: {
    sentence:
      '{key} names the field {field}, which project {number} of {owner} does not have as a {kinds}; it has {names}',
    remedy: 'correct the name of the field in plumbline.yaml',
    kind: 'remote',
  },
  GITHUB_PROJECT_ANSWER: {
    sentence: 'could not understand what GitHub answered for {what}: {reason}',
    remedy: 'nothing was changed; report it where it comes again',
    kind: 'remote',
  },
  LINEAR_REFUSED: {
    sentence: 'the credentials were refused by Linear at {url}: {said}',
    remedy:
      'check whether the key was revoked, or whether the application may use client credentials; what was read before is kept',
    kind: 'remote',
  },
  LINEAR_RATE_LIMITED: {
    sentence: 'the {limit} rate limit of Linear is used up for {seconds} s more: {url}',
    remedy:
      'nothing is lost: the next refresh goes on from there; raise "every" or "longest_wait", set state_history to false, or use an OAuth application, whose limits are its own',
    kind: 'remote',
  },
  LINEAR_QUERY: {
    sentence: 'the query for {what} was refused by Linear: {said}',
    remedy: 'check filter and teams in plumbline.yaml; report it where it comes again without a filter',
    kind: 'remote',
  },
  LINEAR_FAILED: {
    sentence: 'could not ask Linear for {what} at {url}: {reason}',
    remedy: 'nothing is lost: the next refresh goes on from there; check the address and the network',
    kind: 'remote',
  },
  LINEAR_ANSWER: {
    sentence: 'could not understand what Linear answered for {what}: {reason}',
    remedy: 'nothing was changed; report it where it comes again',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
