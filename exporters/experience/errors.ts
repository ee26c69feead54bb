/** The errors of the experience exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SURVEY_UNKNOWN: {
    sentence: 'found no survey {survey} in experience.surveys, which {source} names',
    remedy: 'define it there, with the questions that mean something',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
