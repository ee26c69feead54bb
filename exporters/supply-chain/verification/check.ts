/** One signature against what is trusted, by @sigstore/verify. */
import { createPublicKey } from 'node:crypto';
import type { Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { type TrustMaterial, toTrustMaterial, VerificationError, Verifier } from '@sigstore/verify';
import { entityOf } from './entity.ts';
import type { TrustedKey } from './keys.ts';
import { emptyRoot } from './trusted-root.ts';

export type Checked =
  | { readonly outcome: 'good'; readonly key?: TrustedKey }
  /** `bad`: it does not hold. `open`: it can't be told, for something that it takes isn't there. */
  | { readonly outcome: 'bad' | 'open'; readonly reason: string };

export interface CheckOptions {
  readonly artifact?: Buffer | undefined;
  readonly root: TrustedRoot | undefined;
  readonly isLogRequired: boolean;
}

/** Signed by a certificate: of a trusted authority, in time, in the log, and by its key. Who it is, is not asked here. */
export function checkCertificate(bundle: Bundle, { artifact, root, isLogRequired }: CheckOptions): Checked {
  const checked = attempt(() => {
    if (root === undefined) return { outcome: 'open', reason: 'no_trusted_root' };
    const trust = trustOf(root);
    const verifier = new Verifier(trust, {
      tlogThreshold: isLogRequired ? 1 : 0,
      // An instance of one's own may have no log of certificates.
      ctlogThreshold: trust.ctlogs.length > 0 ? 1 : 0,
    });
    verifier.verify(entityOf(bundle, artifact));
    return artifact === undefined && bundle.content.$case === 'messageSignature'
      ? { outcome: 'open', reason: 'artifact_missing' }
      : { outcome: 'good' };
  });
  if (checked.outcome !== 'open') return checked;
  // Whatever can't be told, a signature that isn't its own certificate's is none.
  const isUnlogged = isLogRequired && bundle.verificationMaterial.tlogEntries.length === 0;
  const open: Checked = root !== undefined && isUnlogged ? { outcome: 'open', reason: 'no_log_entry' } : checked;
  return attempt(() => (isItsOwn(bundle, artifact) ? open : tampered));
}

/** Its certificates and keys are read once. */
const trusts = new WeakMap<TrustedRoot, TrustMaterial>();
const noRoot = emptyRoot();

function trustOf(root: TrustedRoot): TrustMaterial {
  const known = trusts.get(root);
  if (known !== undefined) return known;
  const trust = toTrustMaterial(root);
  trusts.set(root, trust);
  return trust;
}

const tampered: Checked = { outcome: 'bad', reason: 'tampered' };

function isItsOwn(bundle: Bundle, artifact: Buffer | undefined): boolean {
  const { key, signature } = entityOf(bundle, artifact);
  if (key.$case !== 'certificate') return false;
  const publicKey = createPublicKey({ key: key.certificate.publicKey, format: 'der', type: 'spki' });
  return signature.verifySignature(publicKey);
}

/** Signed by any of the keys. */
export function checkKeys(
  bundle: Bundle,
  keys: readonly TrustedKey[],
  { artifact, root, isLogRequired }: CheckOptions,
): Checked {
  if (keys.length === 0) return { outcome: 'open', reason: 'no_trusted_key' };
  if (artifact === undefined && bundle.content.$case === 'messageSignature')
    return { outcome: 'open', reason: 'artifact_missing' };
  // Whose it is comes first: what isn't in a log may still be known to be another's.
  const isSigner = ({ key }: TrustedKey) => entityOf(bundle, artifact).signature.verifySignature(key);
  const found = keys.find(isSigner);
  if (found === undefined)
    return keys.some(key => isHinted(bundle, key)) ? tampered : { outcome: 'bad', reason: 'wrong_key' };
  if (isLogRequired && bundle.verificationMaterial.tlogEntries.length === 0)
    return { outcome: 'open', reason: 'no_log_entry' };
  if (isLogRequired && root === undefined) return { outcome: 'open', reason: 'no_trusted_root' };
  return attempt(() => {
    const entity = entityOf(bundle, artifact);
    const trust = { ...trustOf(root ?? noRoot), publicKey: () => ({ publicKey: found.key, validFor: () => true }) };
    const verifier = new Verifier(trust, { tlogThreshold: isLogRequired ? 1 : 0, timestampThreshold: 0 });
    // Without a root nothing can be said of a log's entries; where they are not asked for, the key alone is.
    verifier.verify(root === undefined ? { ...entity, tlogEntries: [], timestamps: [] } : entity);
    return { outcome: 'good', key: found };
  });
}

/** Its own key is named, and yet the signature doesn't fit: what was signed has changed. */
function isHinted({ verificationMaterial: { content } }: Bundle, { id }: TrustedKey): boolean {
  const hint = content.$case === 'publicKey' ? content.publicKey.hint : '';
  return hint !== '' && [id, Buffer.from(id, 'hex').toString('base64'), `SHA256:${id}`].includes(hint);
}

function attempt(check: () => Checked): Checked {
  try {
    return check();
  } catch (error) {
    return reasonOf(error);
  }
}

function reasonOf(error: unknown): Checked {
  if (!(error instanceof VerificationError)) return { outcome: 'bad', reason: 'malformed' };
  const { code, message } = error;
  const isNone = /, got 0$/.test(message);
  switch (code) {
    case 'SIGNATURE_ERROR':
      return { outcome: 'bad', reason: 'tampered' };
    case 'TIMESTAMP_ERROR':
      return isNone ? { outcome: 'open', reason: 'no_timestamp' } : { outcome: 'bad', reason: 'timestamp_invalid' };
    case 'CERTIFICATE_ERROR':
      return { outcome: 'bad', reason: isExpired(error) ? 'expired' : 'certificate_untrusted' };
    case 'PUBLIC_KEY_ERROR':
      return { outcome: 'bad', reason: 'wrong_key' };
    case 'TLOG_BODY_ERROR':
      // What it was logged as before can't be compared; it may be good.
      return /^unsupported/.test(message)
        ? { outcome: 'open', reason: 'log_entry_unsupported' }
        : { outcome: 'bad', reason: 'log_entry_mismatch' };
    default:
      return isNone ? { outcome: 'open', reason: 'no_log_entry' } : { outcome: 'bad', reason: 'log_entry_invalid' };
  }
}

const isExpired = (error: VerificationError): boolean =>
  /not valid or expired/.test(String((error.cause as Error | undefined)?.message ?? error.message));
