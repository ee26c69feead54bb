/** The errors of the client of OCI registries. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  OCI_FILE: {
    sentence: 'could not read {path}, the {what} for the registry: {reason}',
    remedy: 'check that it is there and readable, or name another file',
    needsPerson: true,
  },
  OCI_UNAUTHORIZED: {
    sentence: 'the credentials were refused by the registry at {url} with {status}: {said}',
    remedy:
      'give username and password_file (or token_file) of an account that may pull; registries also answer so for a repository that is not there; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  OCI_FORBIDDEN: {
    sentence: 'the credentials may not pull {url}: {said}',
    remedy: 'give the account the right to pull from that repository; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  OCI_DIGEST: {
    sentence:
      'what the registry answered at {url} is not what its digest says: expected {expected}, got {got} ({bytes} bytes)',
    remedy:
      'nothing of it was used; it was cut on the way or changed: pull it by hand, and tell whoever keeps the registry',
    kind: 'remote',
  },
  OCI_TOO_LARGE: {
    sentence: 'did not read {url}: it has {bytes} bytes, and at most {limit} are read',
    remedy: 'raise most_mib where such documents are wanted',
    kind: 'remote',
  },
  OCI_ANSWER: {
    sentence: 'could not understand what the registry answered at {url}: {reason}',
    remedy:
      'nothing was changed; check that the address is that of an OCI registry, and report it where it comes again',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
