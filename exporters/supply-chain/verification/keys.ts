/** The public keys that are trusted. */
import { createPublicKey, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { wildcard } from '../../catalog/wildcard.ts';
import { PlumblineError } from '../errors.ts';
import type { VerificationConfig } from './config.ts';
import { sha256 } from './statement.ts';

export interface TrustedKey {
  readonly key: KeyObject;
  /** SHA-256 of its DER in hex; `key:` and this is who signed. */
  readonly id: string;
  readonly isFor: (names: readonly string[]) => boolean;
}

/** Whether all names are among the patterns; without patterns anything is. What has no name is for nobody's patterns. */
export function isForAll(patterns: readonly string[] | undefined): (names: readonly string[]) => boolean {
  if (patterns === undefined) return () => true;
  const matches = wildcard(patterns);
  return names => names.length > 0 && names.every(matches);
}

/** Throws where a file can't be read or holds no public key; a private one is refused, and never shown. */
export function trustedKeys({ keys }: VerificationConfig): readonly TrustedKey[] {
  return keys.map(({ file, pem, for: names }, index) => {
    const text = pem ?? readKey(file!);
    const key = publicKeyOf(text);
    if (key === undefined)
      throw new PlumblineError('SUPPLY_CHAIN_KEY', {
        key: file ?? `keys[${index}].pem`,
        reason: text.includes('PRIVATE KEY') ? 'it is a private key' : 'it is no public key in PEM',
      });
    return {
      key,
      id: sha256(key.export({ type: 'spki', format: 'der' })),
      isFor: isForAll(names),
    };
  });
}

function publicKeyOf(text: string): KeyObject | undefined {
  // Node would make a public key of a private one.
  if (!/-----BEGIN (?:RSA )?PUBLIC KEY-----/.test(text) || text.includes('PRIVATE KEY')) return undefined;
  try {
    return createPublicKey(text);
  } catch {
    return undefined;
  }
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PlumblineError('SUPPLY_CHAIN_KEY', { key: file, reason: 'it cannot be read' }, cause);
  }
}
