/** What is asked of a signature, as the library makes it, with the algorithms and comparisons that it leaves out. */
import { createHash, type KeyObject, verify as verifyBytes } from 'node:crypto';
import type { Bundle, Envelope } from '@sigstore/bundle';
import { type SignedEntity, toSignedEntity } from '@sigstore/verify';

/** Without the artifact of a message signature its signature is not asked for: whoever calls has to say so. */
export function entityOf(bundle: Bundle, artifact: Buffer | undefined): SignedEntity {
  const entity = toSignedEntity(bundle, artifact);
  const { signature } = entity;
  if (bundle.content.$case === 'dsseEnvelope') return envelopeOf(entity, bundle.content.dsseEnvelope);
  const { messageDigest } = bundle.content.messageSignature;
  return verifiedBy(
    entity,
    key =>
      artifact === undefined ||
      (isOf(messageDigest.digest, artifact) &&
        (signature.verifySignature(key) || isEdwards(artifact, key, signature.signature))),
  );
}

const verifiedBy = (entity: SignedEntity, verifySignature: (key: KeyObject) => boolean): SignedEntity => {
  const { signature } = entity;
  return {
    ...entity,
    signature: {
      signature: signature.signature,
      compareSignature: each => signature.compareSignature(each),
      compareDigest: each => signature.compareDigest(each),
      compareSignedDigest: each => signature.compareSignedDigest(each),
      verifySignature,
    },
  };
};

/** The regional keys of Cloud Build sign the payload as it is, and not its pre-authentication encoding. */
const unencoded =
  /^projects\/verified-builder\/locations\/[a-z0-9-]+\/keyRings\/attestor\/cryptoKeys\/builtByGCB\/cryptoKeyVersions\/1$/;

function envelopeOf(entity: SignedEntity, { payload, signatures }: Envelope): SignedEntity {
  const [first] = signatures;
  if (first === undefined || !unencoded.test(first.keyid)) return entity;
  return verifiedBy(entity, key => key.asymmetricKeyType === 'ec' && verifyBytes('sha256', payload, key, first.sig));
}

/** The library compares the named digest with the log's entry alone, and not with what was signed. */
function isOf(digest: Buffer, artifact: Buffer): boolean {
  const algorithm = { 32: 'sha256', 48: 'sha384', 64: 'sha512' }[digest.length];
  return algorithm !== undefined && createHash(algorithm).update(artifact).digest().equals(digest);
}

/** Ed25519 takes no digest beside it. */
function isEdwards(artifact: Buffer, key: KeyObject, signature: Buffer): boolean {
  return key.asymmetricKeyType === 'ed25519' && verifyBytes(null, artifact, key, signature);
}
