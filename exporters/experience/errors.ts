/** The errors of the experience exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SURVEY_UNKNOWN: {
    sentence: 'found no survey {survey} in experience.surveys, which {source} names',
    remedy: 'define it there, with the questions that mean something',
  },
  ROADMAP_EMPTY: {
    sentence: '{source} lists nothing at all, though {count} items of it are known',
    remedy: 'check what its account may see, and what it is asked for; what was read before is kept',
    kind: 'remote',
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
