/** Who may do what: bearer tokens, compared in constant time. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal } from './source.ts';

/** A token as configured, and whom it speaks for. */
export type Token = Principal & { readonly token: string };

export interface Auth {
  /** The principal of an `Authorization: Bearer …` header (RFC 6750); undefined without a valid token. */
  readonly principalOf: (authorization: string | undefined) => Principal | undefined;
}

const digest = (text: string) => createHash('sha256').update(text).digest();

export function createAuth(tokens: readonly Token[]): Auth {
  const known = tokens
    .filter(({ token }) => token !== '')
    .map(({ token, ...principal }) => ({ hash: digest(token), principal: principal as Principal }));
  return {
    principalOf: authorization => {
      const given = /^Bearer +([^\s]+)$/i.exec(authorization ?? '')?.[1];
      if (given === undefined) return undefined;
      const hash = digest(given);
      // All are compared, so that the time tells nothing of which.
      let found: Principal | undefined;
      for (const candidate of known) if (timingSafeEqual(candidate.hash, hash)) found = candidate.principal;
      return found;
    },
  };
}
