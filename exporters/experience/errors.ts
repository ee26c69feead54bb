/** The errors of the experience exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SURVEY_UNKNOWN: {
    sentence: 'found no survey {survey} in experience.surveys, which {source} names',
    remedy: 'define it there, with the questions that mean something',
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
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
