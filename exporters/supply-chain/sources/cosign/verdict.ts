/**
 * What a run of `cosign verify` or `verify-attestation` says of the images that it was asked for. Its verdict is the exit
 * code: 10 no signature, 12 none matches, 11 no such tag, 1 it could not tell, whatever the reason. What it prints on
 * stdout has passed, also where a later image failed.
 */
import { objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, Attestation, SignatureLook } from '../../document.ts';
import type { ReadContext } from '../../reading.ts';
import { imageOf } from '../../subject.ts';
import type { JsonLine } from '../../verification/lines.ts';
import { type Judged, judged, looksOf, ownerOf, rejection } from '../../verification/looks.ts';
import { isEnvelope, isSimpleSigning } from '../../verification/shapes.ts';
import { jsonId, signaturePredicateType } from '../../verification/statement.ts';
import type { CosignRun, Image } from './run.ts';

const simpleSigning = 'cosign container image signature';

/** A signature or attestation that the run passed, or undefined for what is neither. */
export async function passed(
  { value, line }: JsonLine,
  run: CosignRun,
  context: ReadContext,
): Promise<Judged | undefined> {
  const where = line === undefined ? {} : { line };
  if (isSimpleSigning(value)) {
    const told = signatureOf(objectOf(value), run);
    return told ?? { ...nothing(value), rejections: [rejection(context, where, 'image_digest_missing')] };
  }
  if (!isEnvelope(value)) return undefined;
  const one = await judged({ form: 'dsse', json: value }, context, { ...where, ...subjectOf(run) });
  const { attestation } = one;
  // Without an exit code it may be what `cosign download attestation` wrote, which checks nothing.
  if (run.exit === undefined || ['malformed', 'subject_mismatch'].includes(attestation.reason ?? '')) return one;
  return { ...one, attestation: run.isUncompared ? unchecked(attestation) : byCosign(attestation) };
}

const nothing = (value: unknown): Pick<Judged, 'attestation' | 'artifacts'> => ({
  attestation: {
    ...{ id: jsonId(value), claim: 'signature', predicateType: '', standing: 'failed' },
    identity: '',
    issuer: '',
  },
  artifacts: [],
});

/** Checked against the key or identity that the run was given; who that was it doesn't print of a key. */
function byCosign(attestation: Attestation): Attestation {
  if (attestation.standing === 'verified') return attestation;
  const { reason: _, provenance, ...rest } = attestation;
  return {
    ...rest,
    standing: 'verified',
    // What a builder may be trusted for goes by who signed.
    ...(provenance && { provenance: { ...provenance, level: 0, reason: 'identity_unknown' } }),
  };
}

const unchecked = (attestation: Attestation): Attestation => ({
  ...attestation,
  ...{ standing: 'claimed', reason: 'claims_unchecked' },
});

function subjectOf({ images }: CosignRun) {
  const digests = images.flatMap(({ digest }) => (digest === undefined ? [] : [digest]));
  return digests.length === images.length && images.length > 0 ? { subject: { digests, name: images[0]!.name } } : {};
}

function signatureOf(entry: Readonly<Record<string, unknown>>, run: CosignRun): Judged | undefined {
  const { identity, image, type } = objectOf(entry.critical);
  const digest = wordOf(objectOf(image)['docker-manifest-digest'], 200);
  const reference = wordOf(objectOf(identity)['docker-reference']);
  if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
  const named = (reference === undefined ? undefined : imageOf(reference)) ?? run.images[0];
  if (named === undefined) return undefined;
  const wanted = subjectOf(run).subject;
  const isOther = wanted !== undefined && !wanted.digests.includes(digest);
  const { Subject, Issuer, Bundle } = objectOf(entry.optional);
  const seconds = Number(objectOf(objectOf(Bundle).Payload).integratedTime);
  const kind = wordOf(type, 300) ?? '';
  // In the new format any bundle passes: an attestation alone is no signature.
  const isSignature = kind === simpleSigning || kind === signaturePredicateType;
  const attestation: Attestation = {
    ...{ id: jsonId(entry), claim: isSignature ? 'signature' : 'attestation' },
    ...{ predicateType: kind === simpleSigning ? '' : kind, standing: 'verified' },
    ...{ identity: wordOf(Subject, 2000) ?? '', issuer: wordOf(Issuer, 2000) ?? '' },
    ...(seconds > 0 && seconds < 4e9 ? { signedAt: new Date(seconds * 1000).toISOString() } : {}),
  };
  return {
    attestation: isOther
      ? { ...attestation, standing: 'failed', reason: 'subject_mismatch' }
      : run.isUncompared
        ? unchecked(attestation)
        : attestation,
    artifacts: [artifactOf({ ...named, digest: isOther ? wanted.digests[0]! : digest })],
    rejections: [],
  };
}

const artifactOf = ({ name, tag, digest }: Image): Artifact => ({
  ...{ kind: 'image', name, digests: digest === undefined ? [] : [digest] },
  ...(tag === undefined ? {} : { tag }),
});

/** Looks at all images of the run, those with an entry and those without. */
export function looksOfRun(run: CosignRun, all: readonly Judged[], context: ReadContext): SignatureLook[] {
  const found = looksOf(all, context);
  const isOfAttestations = run.verb === 'verify-attestation';
  const without = run.images.filter(image => !found.some(({ artifact }) => isSame(artifact, image)));
  // It stops at the first image that fails.
  return [
    ...found,
    ...without.map((image, index) =>
      verdictOf(
        image,
        { exit: index === 0 ? run.exit : undefined, hasOthers: all.length > 0, isOfAttestations },
        context,
      ),
    ),
  ];
}

const isSame = ({ name, digests }: Artifact, image: Image): boolean =>
  name === image.name && (image.digest === undefined || digests.includes(image.digest));

interface Verdict {
  readonly exit: number | undefined;
  /** It printed entries of other images. */
  readonly hasOthers: boolean;
  /** What it missed are attestations: of signatures it says nothing. */
  readonly isOfAttestations: boolean;
}

function verdictOf(image: Image, { exit, hasOthers, isOfAttestations }: Verdict, context: ReadContext): SignatureLook {
  const artifact = artifactOf(image);
  const look = { artifact, at: context.at.toISOString(), seen: 'some', owner: ownerOf(artifact, context) } as const;
  const unknown = (reason: string): SignatureLook => ({ ...look, outcome: 'unknown', reason, attestations: [] });
  switch (exit) {
    case undefined:
      return unknown('not_looked_at');
    case 0:
      return unknown(hasOthers ? 'not_named' : 'no_json_output');
    case 10:
      if (isOfAttestations) return unknown('no_attestation');
      return { ...look, outcome: 'none', reason: 'no_signature', attestations: [] };
    case 11:
      return unknown('tag_not_found');
    case 12: {
      const { attestation } = nothing([image.name, image.tag, image.digest]);
      const claim = isOfAttestations ? 'attestation' : attestation.claim;
      return { ...look, outcome: 'found', attestations: [{ ...attestation, claim, reason: 'none_matches' }] };
    }
    default:
      return unknown('could_not_tell');
  }
}
