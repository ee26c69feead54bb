/** The errors of the Snyk client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  SNYK_REFUSED: {
    sentence: 'the token was refused by Snyk at {url} with {status}: {said}',
    remedy:
      'check the token, that url is that of its region, and that it may read the organisation (view organisation, projects and issues); the REST API needs an Enterprise plan',
    kind: 'remote',
  },
  SNYK_ANSWER: {
    sentence: 'could not understand what Snyk answered at {url}: {reason}',
    remedy: 'nothing was changed; check url and version, and report it where it comes again',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
