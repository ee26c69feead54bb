/**
 * All that a registry holds about one manifest: what refers to it by the API or the fallback tag, and Cosign's tags
 * `.sig`, `.att` and `.sbom`. Sources: OCI Distribution Specification 1.1 (listing referrers, referrers tag schema),
 * Cosign's signature, attestation, SBOM and bundle specifications, BuildKit's attestation storage.
 */
import type { OciClient } from '../../../vendors/oci/client.ts';
import type { Descriptor, Manifest } from '../../../vendors/oci/manifest.ts';
import type { Material } from '../../verification/verifier.ts';

/** What a layer is, by its media type, wherever it was found. */
export type LayerForm = Material['form'] | 'notation' | 'document';

export interface Layer {
  readonly form: LayerForm;
  readonly descriptor: Descriptor;
}

export interface Collected {
  readonly layers: readonly Layer[];
  /** Why there may be more, in snake_case. */
  readonly fault?: string;
}

/** Anyone who may push can make as many as they like. */
const mostManifests = 200;

export async function collect(client: OciClient, repository: string, digest: string): Promise<Collected> {
  const tag = digest.replace(':', '-');
  const told = await client.referrers(repository, digest);
  // Who pushed before the registry had the API left a tag, which a registry should have taken over.
  const fallback = told === undefined || told.length === 0 ? await client.manifest(repository, tag) : undefined;
  const referring = [...(told ?? []), ...(fallback?.manifests ?? [])];
  const digests = [...new Set(referring.map(each => each.digest))];
  const manifests = await Promise.all([
    ...digests.slice(0, mostManifests).map(each => client.manifest(repository, each)),
    ...['sig', 'att', 'sbom'].map(ending => client.manifest(repository, `${tag}.${ending}`)),
  ]);
  const layers = new Map<string, Layer>();
  for (const manifest of manifests)
    for (const layer of manifest ? layersOf(manifest, digest) : [])
      layers.set(`${layer.descriptor.digest} ${JSON.stringify(layer.descriptor.annotations ?? {})}`, layer);
  return {
    layers: [...layers.values()],
    ...(digests.length > mostManifests ? { fault: 'too_many_referrers' } : {}),
  };
}

/** Nothing of a manifest that says it refers to another. */
function layersOf({ subject, layers, artifactType }: Manifest, digest: string): readonly Layer[] {
  if (subject !== undefined && subject !== digest) return [];
  return layers.flatMap(descriptor => {
    const form = formOf(descriptor.mediaType, artifactType);
    return form === undefined ? [] : [{ form, descriptor }];
  });
}

/** What BuildKit lays beside an image of several platforms: statements that nobody has signed. */
export const isAttestationManifest = ({ annotations }: Descriptor, of: string): boolean =>
  annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
  annotations['vnd.docker.reference.digest'] === of;

export const statementsOf = (manifest: Manifest): readonly Layer[] => layersOf(manifest, manifest.subject ?? '');

const documentTypes = /spdx|cyclonedx|syft|sarif|openvex|csaf|in-toto|trivy|aquasec|grype|snyk|vuln/i;

function formOf(mediaType: string, artifactType: string): LayerForm | undefined {
  if (/^application\/vnd\.dev\.sigstore\.bundle\b/.test(mediaType)) return 'bundle';
  if (mediaType === 'application/vnd.dsse.envelope.v1+json') return 'dsse';
  if (mediaType === 'application/vnd.dev.cosign.simplesigning.v1+json') return 'simple_signing';
  if (artifactType === 'application/vnd.cncf.notary.signature') return 'notation';
  return documentTypes.test(mediaType) || documentTypes.test(artifactType) ? 'document' : undefined;
}
