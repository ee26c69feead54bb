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
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
