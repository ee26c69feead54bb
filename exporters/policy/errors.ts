/** The errors of the policy exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  POLICY_FILES_NOT_FOUND: {
    sentence: 'found no file at {path}, which policy.files[].path names',
    remedy: 'correct the path, or make the folder that pipelines write reports to; what was read before is kept',
  },
  AZURE_POLICY_ANSWER: {
    sentence: 'could not understand what Azure answered for {what}: {reason}',
    remedy:
      'check management_endpoint, and that no proxy answers in its place; what was read before is kept until it is stale',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
