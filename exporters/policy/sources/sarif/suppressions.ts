/** Suppressed results as exceptions, each by its rule and resource. */
import type { Exception, ExceptionList, Result } from '../../../findings/report.ts';
import { expiryOf } from '../../expiry.ts';

export interface Listed {
  readonly engine: string;
  readonly scope: string;
  readonly readAt: string;
  readonly part: string;
}

/** All that were suppressed in a part; one that is missing is gone. */
export function exceptionsOf(results: readonly Result[], { engine, scope, readAt, part }: Listed): ExceptionList {
  const prefix = `${part}/`;
  const exceptions = results
    .filter(({ outcome }) => outcome === 'excepted')
    .map(({ policy, resource, message, owner, url }): Exception => {
      const expiresAt = expiryOf(message);
      return {
        exception: `${prefix}${policy} ${resource}`,
        ...{ policy, resource, owner, isApplied: true },
        ...(message === undefined ? {} : { reason: message }),
        ...(expiresAt === undefined ? {} : { expiresAt }),
        ...(url === undefined ? {} : { url }),
      };
    });
  return { engine, scope, readAt, prefix, exceptions };
}
