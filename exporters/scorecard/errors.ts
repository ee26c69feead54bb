/** The errors of the scorecard exporter. */
import { defineErrors, type ErrorCatalog } from '../core/errors.ts';

export const errors = {
  SUBJECTS_REFUSED: {
    sentence: 'the Plumbline at {url} refused its subject facts with {status}',
    remedy:
      'give a token of role reader of that server and put it into token_file; what was read before stands until it is stale',
    kind: 'remote',
    needsPerson: true,
  },
  SUBJECTS_ANSWER: {
    sentence: 'could not understand the subject facts of {exporter} at {url}: {reason}',
    remedy:
      'check that the address is a Plumbline of this version or later that serves the exporter; nothing was changed',
    kind: 'remote',
  },
  SUBJECTS_FILE: {
    sentence: 'could not read {file}, the {what} for another Plumbline: {reason}',
    remedy: 'check that it is there and that this user may read it',
    needsPerson: true,
  },
  CHECK_FACTS_FILE: {
    sentence: 'could not read facts of checks from {path}: {reason}',
    remedy:
      'write a CSV file with the columns check, service and state (pass, fail or unknown), and where they are told detail, since, link',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
