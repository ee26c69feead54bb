/** From judged signatures to what is known of each artifact that they are about. */
import { ownerText } from '../../catalog/keys.ts';
import type { Rejection } from '../../core/rejections.ts';
import { placeAttributes } from '../../findings/place.ts';
import { objectOf } from '../../formats/json.ts';
import type { Artifact, Attestation, SignatureLook } from '../document.ts';
import type { ReadContext } from '../reading.ts';
import { imageOf } from '../subject.ts';
import { claimer } from './claim.ts';
import { signedOf } from './signed.ts';
import { fromBase64, isIdentified, jsonOf, type Statement, type StatementSubject } from './statement.ts';
import type { Material, Subject } from './verifier.ts';

export interface Judged {
  readonly attestation: Attestation;
  readonly statement?: Statement;
  readonly artifacts: readonly Artifact[];
  readonly rejections: readonly Rejection[];
}

/** What of a document it is, for rejections. */
export interface Where {
  readonly line?: number;
  /** A shorter word for what it has to be about, where the document says so beside it. */
  readonly subject?: Subject;
}

/** Judges it, by the configuration's verifier where there is one, and finds what it is about. */
export async function judged(material: Material, context: ReadContext, where: Where = {}): Promise<Judged> {
  const subject = where.subject ?? subjectOf(context);
  const { attestation, digests, names } = await (context.verifier ?? claimer).judge(material, subject);
  const rejected = (reason: string, value?: string): Judged => ({
    ...{ attestation, artifacts: [] },
    rejections: [rejection(context, where, reason, value)],
  });
  const statement = material.form === 'simple_signing' ? undefined : signedOf(material)?.statement;
  if (attestation.reason === 'malformed') {
    // Of a known image it is a signature that does not hold.
    const artifacts =
      subject === undefined ? [] : [artifactOf({ name: subject.name ?? '', digests: subject.digests }, context)];
    return { ...rejected('malformed'), artifacts };
  }
  // What fails for being about another artifact is known of the one that it was to be about.
  const about: readonly StatementSubject[] =
    attestation.reason === 'subject_mismatch'
      ? [{ name: subject?.name ?? names[0] ?? '', digests: subject?.digests ?? [] }]
      : (statement?.subjects ?? [{ name: names[0] ?? '', digests }]);
  if (statement === undefined && material.form === 'dsse')
    return rejected(
      jsonOf(fromBase64(objectOf(material.json).payload) ?? Buffer.alloc(0)) ? 'not_in_toto' : 'payload_not_json',
    );
  const artifacts = about.filter(isIdentified).map(each => artifactOf(each, context, about.length));
  if (artifacts.length === 0) return rejected('no_readable_digest', about[0]?.name);
  const nameless = about.length - artifacts.length;
  return {
    ...{ attestation, artifacts },
    ...(statement && { statement }),
    rejections:
      nameless === 0 ? [] : [rejection(context, where, 'no_readable_digest', `${nameless} of ${about.length}`)],
  };
}

export const rejection = (context: ReadContext, { line }: Where, reason: string, value?: string): Rejection => ({
  ...{ file: context.file, reason },
  ...(line === undefined ? {} : { line }),
  ...(value === undefined ? {} : { value }),
});

/** The image of the address or configuration, where its digest is said. */
function subjectOf({ place }: ReadContext): Subject | undefined {
  const image = place.image === undefined ? undefined : imageOf(place.image);
  return image?.digest === undefined ? undefined : { name: image.name, digests: [image.digest] };
}

/** `of` counts the subjects: a name from outside is of one alone. */
export function artifactOf({ name, digests }: StatementSubject, { place, file }: ReadContext, of = 1): Artifact {
  const said = of === 1 && place.image !== undefined ? imageOf(place.image) : undefined;
  const image = said ?? imageNamed(name);
  if (image === undefined) return { kind: 'file', name: name === '' ? file : name, digests };
  return {
    ...{
      kind: 'image',
      name: image.name,
      digests: [...new Set([...digests, ...(image.digest ? [image.digest] : [])])],
    },
    ...(image.tag === undefined ? {} : { tag: image.tag }),
  };
}

/** A subject's name may be that of a file: an image's begins with its registry. */
export function imageNamed(name: string): ReturnType<typeof imageOf> {
  const oci = /^pkg:(?:oci|docker)\/.*[?&]repository_url=(?<at>[^&#]+)/.exec(name)?.groups?.at;
  const reference = (oci === undefined ? name : decoded(oci)).replace(/^(?:oci|docker|https?):\/\//, '');
  const registry = /^([^/\s]+)\/\S/.exec(reference)?.[1];
  return registry !== undefined && (/[.:]/.test(registry) || registry === 'localhost') ? imageOf(reference) : undefined;
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** One look an artifact, with all that the document has of it. */
export function looksOf(
  all: readonly Pick<Judged, 'attestation' | 'artifacts'>[],
  context: ReadContext,
): SignatureLook[] {
  const looks = new Map<string, { artifact: Artifact; attestations: Map<string, Attestation> }>();
  for (const { attestation, artifacts } of all)
    for (const artifact of artifacts) {
      const key = `${artifact.name}\n${artifact.digests[0] ?? ''}`;
      const look = looks.get(key) ?? { artifact, attestations: new Map<string, Attestation>() };
      looks.set(key, look);
      const before = look.attestations.get(attestation.id);
      if (before === undefined || rank[attestation.standing] < rank[before.standing])
        look.attestations.set(attestation.id, attestation);
    }
  return [...looks.values()].map(({ artifact, attestations }) => ({
    ...{ artifact, at: context.at.toISOString(), seen: 'some', outcome: 'found', owner: ownerOf(artifact, context) },
    attestations: [...attestations.values()],
  }));
}

const rank: Readonly<Record<Attestation['standing'], number>> = { verified: 0, failed: 1, claimed: 2 };

export const ownerOf = (artifact: Artifact, { place }: ReadContext): string =>
  ownerText({ ...placeAttributes(place), ...(artifact.kind === 'image' ? { image: artifact.name } : {}) });
