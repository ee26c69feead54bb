/** What a signature or an attestation says, apart from whether it is so. */
import type { Attestation } from '../document.ts';
import { provenanceOf } from './provenance.ts';
import { type Signed, signedOf } from './signed.ts';
import { signerOf } from './signer.ts';
import { jsonId, type Statement, sha256, signaturePredicateType } from './statement.ts';
import type { Material, Verifier } from './verifier.ts';

export type Signature = Pick<Attestation, 'standing' | 'reason' | 'identity' | 'issuer' | 'signedAt'>;

export function claimOf({ id, statement }: Pick<Signed, 'id' | 'statement'>, signature: Signature): Attestation {
  return { id, ...saidBy(statement), ...signature };
}

/** Its level is 0 until someone has verified it. */
export function saidBy(statement: Statement | undefined): Pick<Attestation, 'claim' | 'predicateType' | 'provenance'> {
  if (statement === undefined) return { claim: 'signature', predicateType: '' };
  const { predicateType } = statement;
  const provenance = provenanceOf(statement);
  return {
    claim: predicateType === signaturePredicateType ? 'signature' : 'attestation',
    predicateType,
    ...(provenance && { provenance: { ...provenance, level: 0, reason: 'unverified' } }),
  };
}

/** For what nobody can read: known again by its content. */
export const malformed = (material: Material): Attestation => ({
  id: material.form === 'simple_signing' ? sha256(material.payload) : jsonId(material.json),
  claim: material.form === 'dsse' ? 'attestation' : 'signature',
  predicateType: '',
  standing: 'failed',
  reason: 'malformed',
  identity: '',
  issuer: '',
});

/** Where no verification is configured: everything is claimed. */
export const claimer: Verifier = {
  judge: async (material, subject) => {
    const signed = signedOf(material);
    if (signed === undefined) return { attestation: malformed(material), digests: [], names: [] };
    const signers = signed.bundles.map(signerOf);
    const signer = signers.find(each => each !== undefined);
    if (signer === undefined) return { attestation: malformed(material), digests: signed.digests, names: signed.names };
    const isOther = subject !== undefined && !signed.digests.some(digest => subject.digests.includes(digest));
    const { identity, issuer, signedAt } = signer;
    const attestation = claimOf(signed, {
      ...(isOther
        ? ({ standing: 'failed', reason: 'subject_mismatch' } as const)
        : ({ standing: 'claimed', reason: 'not_verified' } as const)),
      ...{ identity, issuer, ...(signedAt && { signedAt }) },
    });
    return { attestation, digests: signed.digests, names: signed.names };
  },
};
