/** The errors of the S3 client. */
import { defineErrors, type ErrorCatalog } from '../../core/errors.ts';

export const errors = {
  S3_CREDENTIALS: {
    sentence: 'AWS did not accept the credentials for {action} on {place}: {said}',
    remedy:
      'renew them: no credentials found, an expired session token, a changed access key, an SSO log-in that ran out; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  S3_DENIED: {
    sentence: 'AWS refused {action} on {place}: {said}',
    remedy:
      'allow s3:ListBucket on the bucket and s3:GetObject on its objects (and kms:Decrypt where it is encrypted) to the user or role; what was read before is kept',
    kind: 'remote',
    needsPerson: true,
  },
  S3_NO_BUCKET: {
    sentence: 'found no bucket at {place}: {said}',
    remedy: 'correct name, region and endpoint of the bucket',
    kind: 'remote',
    needsPerson: true,
  },
  S3_CHANGED: {
    sentence: '{place} has changed since it was listed',
    remedy: 'it was just being written; the next refresh reads it',
    kind: 'remote',
  },
  S3_THROTTLED: {
    sentence: 'AWS throttled {action} on {place}: {said}',
    remedy: 'the next refresh tries again; ask less often where it lasts',
    kind: 'remote',
  },
  S3_LIST_NOT_WHOLE: {
    sentence: 'the list of {place} is not whole: {reason}',
    remedy: 'nothing was read from it; the next refresh lists it again',
    kind: 'remote',
  },
  S3_FAILED: {
    sentence: '{action} on {place} failed: {said}',
    remedy: 'check endpoint, region, network and proxy; the next refresh tries again, and what was read before is kept',
    kind: 'remote',
  },
} as const satisfies ErrorCatalog;

export const PlumblineError = defineErrors(errors);
