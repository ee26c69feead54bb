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
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
