/** The errors of the policy exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  POLICY_FILES_NOT_FOUND: {
    sentence: 'found no file at {path}, which policy.files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write reports to; what was read before is kept',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
