/**
 * Judges signatures and attestations by what the configuration trusts. Who is not trusted for a name is `failed`; what
 * can't be told, for something that it takes is missing, is `claimed`, each with its reason.
 */
import type { Bundle } from '@sigstore/bundle';
import type { TrustedRoot } from '@sigstore/protobuf-specs';
import { wildcard } from '../../catalog/wildcard.ts';
import type { Attestation } from '../document.ts';
import { type Checked, checkCertificate, checkKeys } from './check.ts';
import { claimOf, malformed, type Signature } from './claim.ts';
import type { VerificationConfig } from './config.ts';
import { isForAll, type TrustedKey, trustedKeys } from './keys.ts';
import { levelled } from './level.ts';
import { provenanceOf } from './provenance.ts';
import { type Signed, signedOf } from './signed.ts';
import { type Signer, signerOf } from './signer.ts';
import { type RootOptions, rootFinder } from './trusted-root.ts';
import type { Subject, Verifier } from './verifier.ts';

interface Identity {
  readonly isIssuer: (issuer: string) => boolean;
  readonly isSubject: (identity: string) => boolean;
  readonly isFor: (names: readonly string[]) => boolean;
}

interface Trust {
  readonly keys: readonly TrustedKey[];
  readonly identities: readonly Identity[];
  readonly root: TrustedRoot | undefined;
  readonly isOld?: true;
  readonly isLogRequired: boolean;
}

/** Throws where a key or the trusted root of the configuration can't be read. */
export function makeVerifier(config: VerificationConfig, options: RootOptions = {}): Verifier {
  const keys = trustedKeys(config);
  const roots = rootFinder(config, options);
  const identities = config.identities.map(({ issuer, subject, for: names }) => ({
    isIssuer: wildcard([issuer]),
    isSubject: wildcard([subject]),
    isFor: isForAll(names),
  }));
  const common = { keys, identities, isLogRequired: config.transparency_log === 'required' };
  const trust = async (): Promise<Trust> => ({ ...common, ...(await roots.find()) });
  return {
    judge: async (material, subject) => {
      const signed = signedOf(material);
      if (signed === undefined) return { attestation: malformed(material), digests: [], names: [] };
      const { attestation, certifiedSource } = verdict(signed, subject, await trust());
      const { statement, digests, names } = signed;
      const claim = claimOf(signed, attestation);
      const provenance = statement && provenanceOf(statement);
      if (provenance === undefined) return { attestation: claim, digests, names };
      const question = { provenance, predicate: statement?.predicate, attestation, certifiedSource };
      return { attestation: { ...claim, provenance: levelled(question, config.builders) }, digests, names };
    },
  };
}

interface Verdict {
  readonly attestation: Signature;
  readonly certifiedSource?: string | undefined;
}

/** Of several signatures one good one is enough; else the first tells why not. */
function verdict(signed: Signed, subject: Subject | undefined, trust: Trust): Verdict {
  const about = subject?.name === undefined ? signed.names : [subject.name];
  const verdicts = signed.bundles.map(bundle => verdictOf(bundle, signed.artifact, about, trust));
  const rank = { verified: 0, failed: 1, claimed: 2 } as const;
  const [best] = verdicts.toSorted((a, b) => rank[a.attestation.standing] - rank[b.attestation.standing]);
  if (subject === undefined || signed.digests.some(digest => subject.digests.includes(digest))) return best!;
  return { attestation: { ...best!.attestation, standing: 'failed', reason: 'subject_mismatch' } };
}

function verdictOf(bundle: Bundle, artifact: Buffer | undefined, about: readonly string[], trust: Trust): Verdict {
  const signer = signerOf(bundle);
  if (signer === undefined)
    return { attestation: { standing: 'failed', reason: 'malformed', identity: '', issuer: '' } };
  const said = {
    identity: signer.identity,
    issuer: signer.issuer,
    ...(signer.signedAt && { signedAt: signer.signedAt }),
  };
  const options = { artifact, root: trust.root, isLogRequired: trust.isLogRequired };
  if (!signer.isCertificate) {
    // A key that may not sign this is no better than one that nobody knows.
    const keys = trust.keys.filter(({ isFor }) => isFor(about));
    const checked = checkKeys(bundle, keys, options);
    if (checked.outcome !== 'good') return { attestation: { ...said, ...standingOf(checked, trust) } };
    return { attestation: { ...said, standing: 'verified', identity: `key:${checked.key!.id}` } };
  }
  const checked = checkCertificate(bundle, options);
  if (checked.outcome !== 'good') return { attestation: { ...said, ...standingOf(checked, trust) } };
  if (!trust.identities.some(identity => isTrusted(identity, signer, about)))
    return { attestation: { ...said, standing: 'failed', reason: 'no_trusted_identity' } };
  return { attestation: { ...said, standing: 'verified' }, certifiedSource: signer.source };
}

const isTrusted = (identity: Identity, signer: Signer, about: readonly string[]): boolean =>
  identity.isIssuer(signer.issuer) && identity.isSubject(signer.identity) && identity.isFor(about);

/** What an authority or a log that is younger than the trusted root has signed looks as bad as a forgery. */
const byRoot: readonly string[] = ['certificate_untrusted', 'log_entry_invalid', 'timestamp_invalid'];

function standingOf(
  { outcome, reason }: Exclude<Checked, { outcome: 'good' }>,
  { isOld }: Trust,
): Pick<Attestation, 'standing'> & { readonly reason: string } {
  if (outcome === 'bad' && isOld && byRoot.includes(reason)) return { standing: 'claimed', reason: 'trusted_root_old' };
  return { standing: outcome === 'bad' ? 'failed' : 'claimed', reason };
}
