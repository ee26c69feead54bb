/** What kind of signed document a value is, by its shape; and what it is where it is only part of one. */
import { isObject, listOf, objectOf } from '../../formats/json.ts';

export const isBundle = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.mediaType === 'string' &&
  value.mediaType.startsWith('application/vnd.dev.sigstore.bundle') &&
  !isManifest(value);

export const isEnvelope = (value: unknown): boolean =>
  isObject(value) &&
  typeof value.payload === 'string' &&
  typeof value.payloadType === 'string' &&
  'signatures' in value;

/** What the registry of npm and GitHub's API answer. */
export const isBundleList = (value: unknown): boolean =>
  isObject(value) && listOf(value.attestations).some(each => isBundle(objectOf(each).bundle));

/** `gcloud artifacts docker images describe --show-provenance --format json`. */
export const isCloudBuild = (value: unknown): boolean =>
  isObject(value) && isObject(value.image_summary) && isObject(value.provenance_summary);

/** Cosign's simple signing, of which a verification prints a list. */
export const isSimpleSigning = (value: unknown): boolean =>
  isObject(value) && isObject(value.critical) && 'image' in value.critical && 'identity' in value.critical;

/** `cosign download signature`. */
export const isDownloaded = (value: unknown): boolean =>
  isObject(value) && typeof value.Base64Signature === 'string' && typeof value.Payload === 'string';

const isManifest = (value: unknown): boolean =>
  isObject(value) && typeof value.schemaVersion === 'number' && ('layers' in value || 'manifests' in value);

const descriptorKeys = new Set(['name', 'uri', 'digest', 'downloadLocation', 'mediaType', 'content', 'annotations']);

/** Why a value that is near to signed documents tells nothing by itself, in snake_case; undefined for what is far. */
export function partOf(value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  if (isManifest(value)) return 'oci_manifest';
  if (isSimpleSigning(value)) return 'payload_without_signature';
  if (typeof value.base64Signature === 'string') return 'signature_without_content';
  if ('SignedEntryTimestamp' in value && 'Payload' in value) return 'log_entry_alone';
  if (String(value.mediaType).startsWith('application/vnd.dev.sigstore.trustedroot')) return 'trusted_root';
  if (isObject(value.signed) && ['layout', 'link'].includes(String(value.signed._type)))
    return `in_toto_${String(value.signed._type)}`;
  if ('_type' in value) return undefined;
  if ((isObject(value.buildDefinition) && isObject(value.runDetails)) || isBarePredicate(value))
    return 'predicate_without_statement';
  const keys = Object.keys(value);
  const isDescriptor = isObject(value.digest) && keys.every(key => descriptorKeys.has(key));
  return isDescriptor ? 'resource_descriptor' : undefined;
}

const isBarePredicate = (value: Readonly<Record<string, unknown>>): boolean => {
  const inner = isObject(value.predicate) ? value.predicate : value;
  return (
    !('_type' in value) &&
    isObject(inner.scanner) &&
    'result' in inner.scanner &&
    isObject(inner.invocation ?? inner.metadata)
  );
};
