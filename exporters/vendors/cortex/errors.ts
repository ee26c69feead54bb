/** The errors of the Cortex client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  CORTEX_REFUSED: {
    sentence: 'the API key was refused by Cortex at {url} with {status}: {said}',
    remedy:
      'make an API key (Settings, API keys) that may view what is read and put it into api_key_file; where a part of Cortex is not enabled, switch its reading off; what was read before is kept',
    kind: 'remote',
  },
  CORTEX_ANSWER: {
    sentence: 'could not understand what Cortex answered for {what}: {reason}',
    remedy: 'nothing was changed; check the address, and report it where it comes again',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
