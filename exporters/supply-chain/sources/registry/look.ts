/** One look at one image: what is found is fetched, judged, and read. */
import { ownerText } from '../../../catalog/keys.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { readJson } from '../../../formats/json.ts';
import type { OciClient } from '../../../vendors/oci/client.ts';
import type { Manifest } from '../../../vendors/oci/manifest.ts';
import type { Artifact, Attestation, Heard, SignatureLook } from '../../document.ts';
import { claimer } from '../../verification/claim.ts';
import type { Material, Subject, Verifier } from '../../verification/verifier.ts';
import { type Collected, collect, isAttestationManifest, type Layer, statementsOf } from './collect.ts';
import { documentsIn, type ReadBytes } from './documents.ts';
import { ownFault } from './faults.ts';

export interface Wanted {
  /** As images are called: with the registry's host. */
  readonly name: string;
  /** In the registry. */
  readonly repository: string;
  readonly digest: string;
  readonly tag?: string;
}

export interface LookOptions {
  readonly client: OciClient;
  readonly verifier: Verifier;
  readonly at: Date;
  /** Of documents that don't say when they were made, and whose signature doesn't. */
  readonly documentsAt: Date;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Undefined where no documents are wanted. */
  readonly read?: ReadBytes;
}

export interface Looked {
  readonly look: SignatureLook;
  /** The look itself is not in it. */
  readonly heard: readonly Heard[];
  readonly records: number;
  readonly rejections: readonly Rejection[];
  /** Why nothing is known of it. */
  readonly error?: unknown;
}

/** Names an image in rejections; the field is the blob. */
export const fileOf = ({ name, digest }: Wanted): string => `${name}@${digest}`;

/** Faults of the image's own are in the look; throws for those of the registry: it can't be reached, or limits. */
export async function lookAt(wanted: Wanted, options: LookOptions): Promise<Looked> {
  const { name, repository, digest, tag } = wanted;
  const { client, at, platform } = options;
  const look = (artifact: Artifact, said: Pick<SignatureLook, 'seen' | 'outcome' | 'attestations' | 'reason'>) => ({
    ...{ artifact, at: at.toISOString(), owner: ownerText({ image: name }) },
    ...said,
  });
  const bare: Artifact = { kind: 'image', name, ...(tag === undefined ? {} : { tag }), digests: [digest] };
  const unknown = (artifact: Artifact, reason: string, error?: unknown): Looked => ({
    look: look(artifact, { seen: 'some', outcome: 'unknown', reason, attestations: [] }),
    ...{ heard: [], records: 0, rejections: [], error },
  });
  let manifest: Manifest | undefined;
  try {
    manifest = await client.manifest(repository, digest);
  } catch (error) {
    return unknown(bare, ownFault(error), error);
  }
  if (manifest === undefined) return unknown(bare, 'not_found');
  let artifact = bare;
  try {
    const child = await platformOf(wanted, manifest, { client, platform });
    const { config } = child ?? manifest;
    artifact = {
      ...bare,
      digests: [...new Set([digest, ...(child ? [child.digest] : []), ...(config ? [config.digest] : [])])],
    };
    const own = await collect(client, repository, digest);
    const below = child === undefined ? undefined : await collectBelow(wanted, manifest, child, client);
    const taken = await takeAll(wanted, artifact, options, [
      ...own.layers.map(layer => ({ layer, digest })),
      // Whoever checks the image checks the signature of what is asked for: the index.
      ...(below?.layers ?? []).map(layer => ({ layer, digest: child!.digest, isBelow: true })),
    ]);
    const fault = own.fault ?? below?.fault ?? taken.fault;
    const attestations = [...new Map(taken.attestations.map(each => [each.id, each])).values()];
    const outcome = attestations.length > 0 ? 'found' : fault === undefined ? 'none' : 'unknown';
    return {
      look: look(artifact, {
        // Of what could not be read nothing is known: what was there before may still be there.
        ...{ seen: fault === undefined ? 'all' : 'some', outcome, attestations },
        ...(fault === undefined ? {} : { reason: fault }),
      }),
      ...{ heard: taken.heard, records: taken.attestations.length + taken.records, rejections: taken.rejections },
    };
  } catch (error) {
    return unknown(artifact, ownFault(error), error);
  }
}

/** The manifest of the platform that runs; of an index of one image that one. Undefined of an image of one platform. */
async function platformOf(
  { repository }: Wanted,
  manifest: Manifest,
  { client, platform }: Pick<LookOptions, 'client' | 'platform'>,
): Promise<Manifest | undefined> {
  if (!manifest.isIndex) return undefined;
  const images = manifest.manifests.filter(({ annotations }) => !annotations?.['vnd.docker.reference.type']);
  const own =
    images.length === 1
      ? images[0]
      : images.find(({ platform: its }) => its !== undefined && `${its.os}/${its.architecture}` === platform);
  return own === undefined ? undefined : client.manifest(repository, own.digest);
}

async function collectBelow(
  { repository }: Wanted,
  index: Manifest,
  child: Manifest,
  client: OciClient,
): Promise<Collected> {
  const referring = await collect(client, repository, child.digest);
  const beside = await Promise.all(
    index.manifests
      .filter(each => isAttestationManifest(each, child.digest))
      .slice(0, mostBeside)
      .map(each => client.manifest(repository, each.digest)),
  );
  return { ...referring, layers: [...referring.layers, ...beside.flatMap(each => (each ? statementsOf(each) : []))] };
}

const mostBeside = 20;

interface Taken {
  readonly attestations: readonly Attestation[];
  readonly heard: readonly Heard[];
  readonly records: number;
  readonly rejections: readonly Rejection[];
  readonly fault?: string;
}

interface Placed {
  readonly layer: Layer;
  /** The manifest that it was found at. */
  readonly digest: string;
  readonly isBelow?: boolean;
}

/** One after another: a large one is gone from memory before the next comes. */
async function takeAll(
  wanted: Wanted,
  artifact: Artifact,
  { client, verifier, at, documentsAt, read }: LookOptions,
  placed: readonly Placed[],
): Promise<Taken> {
  const { name, repository } = wanted;
  const file = fileOf(wanted);
  const attestations: Attestation[] = [];
  const heard: Heard[] = [];
  const rejections: Rejection[] = [];
  let records = 0;
  let fault: string | undefined;
  for (const { layer, digest, isBelow } of placed) {
    const { form, descriptor } = layer;
    const where = { file, field: descriptor.digest };
    if (form === 'notation') {
      attestations.push(notationOf(descriptor.digest));
      continue;
    }
    if (form === 'document' && read === undefined) continue;
    let bytes: Buffer | undefined;
    try {
      bytes = await client.blob(repository, descriptor);
    } catch (error) {
      const reason = ownFault(error);
      rejections.push({ ...where, reason });
      if (form !== 'document') fault ??= reason;
      continue;
    }
    if (bytes === undefined) {
      rejections.push({ ...where, reason: 'blob_missing' });
      if (form !== 'document') fault ??= 'blob_missing';
      continue;
    }
    const subject: Subject = { name, digests: [digest] };
    const material = form === 'document' ? undefined : materialOf(layer, bytes);
    const judged = material === undefined ? undefined : await verifier.judge(material, subject);
    if (judged !== undefined && !(isBelow && judged.attestation.claim === 'signature'))
      attestations.push(judged.attestation);
    if (read === undefined || judged?.attestation.claim === 'signature') continue;
    const place = { image: `${name}@${digest}` };
    const signedAt = new Date(judged?.attestation.signedAt ?? documentsAt);
    const context = { at: Number.isNaN(signedAt.getTime()) ? documentsAt : signedAt, now: at, place, file };
    const isTrustAsked = verifier !== claimer;
    const documents = await documentsIn(bytes, { artifact, context, read, isTrustAsked, ...(judged && { judged }) });
    if (Object.keys(documents.heard).length > 0) heard.push(documents.heard);
    attestations.push(...documents.claimed);
    rejections.push(...documents.rejections.map(rejection => ({ ...rejection, field: descriptor.digest })));
    records += documents.records;
  }
  return { attestations, heard, records, rejections, ...(fault === undefined ? {} : { fault }) };
}

function materialOf({ form, descriptor }: Layer, bytes: Buffer): Material {
  const annotations = descriptor.annotations ?? {};
  if (form === 'simple_signing') return { form, payload: bytes, annotations };
  const read = readJson(bytes);
  const json = 'value' in read ? read.value : undefined;
  return form === 'bundle' ? { form, json } : { form: 'dsse', json, annotations };
}

/** Notation's signatures are seen, and not checked here. */
const notationOf = (id: string): Attestation => ({
  ...{ id, claim: 'signature', predicateType: '', standing: 'claimed', reason: 'notation_not_checked' },
  ...{ identity: '', issuer: '' },
});
