/** Components: which are packages, and what the one is that the document is of. */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Described } from '../../sbom/artifact.ts';
import { licenseText, oneLicense, type Package } from '../../sbom/components.ts';

const others = new Set(['file', 'operating-system', 'data', 'device', 'cryptographic-asset']);

/** Trivy lists lock files as applications. */
export const isPackage = (component: JsonObject): boolean =>
  !others.has(component.type as string) &&
  !(component.type === 'application' && component.purl === undefined && isLockFile(component));

const isLockFile = (component: JsonObject): boolean =>
  listOf(component.properties).some(one => isObject(one) && one.name === 'aquasecurity:trivy:Class');

export function packageOf(component: JsonObject): Package {
  const { group, name, version, purl, cpe, licenses } = component;
  return {
    name: typeof name === 'string' ? name : '',
    namespace: typeof group === 'string' ? group : undefined,
    version: typeof version === 'string' ? version : undefined,
    purl: typeof purl === 'string' ? purl : undefined,
    licenses: licensesOf(licenses),
    cpe: typeof cpe === 'string' && cpe !== '' ? cpe : undefined,
    hasSupplier: suppliers.some(key => isSaid(component[key])),
  };
}

const suppliers = ['supplier', 'manufacturer', 'publisher', 'author', 'authors'] as const;

const isSaid = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : isObject(value)
      ? isSaid(value.name)
      : typeof value === 'string' && value !== '';

const noLicenses: readonly string[] = [];

function licensesOf(list: unknown): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) return noLicenses;
  const texts = list.flatMap((one: unknown) => {
    if (!isObject(one)) return [];
    const license = isObject(one.license) ? one.license : undefined;
    const text = one.expression ?? license?.id ?? license?.name;
    return typeof text === 'string' ? (licenseText(text) ?? []) : [];
  });
  return texts.length === 1 ? oneLicense(texts[0]!) : [...new Set(texts)];
}

export function describedBy(root: JsonObject): Described {
  const isImage = root.type === 'container';
  const properties = (name: string) =>
    listOf(root.properties).flatMap(one =>
      objectOf(one).name === `aquasecurity:trivy:${name}` ? (wordOf(objectOf(one).value) ?? []) : [],
    );
  const [name, version, purl] = [wordOf(root.name), wordOf(root.version), wordOf(root.purl)];
  const repository = listOf(root.externalReferences).flatMap(one =>
    objectOf(one).type === 'vcs' ? (wordOf(objectOf(one).url) ?? []) : [],
  )[0];
  const hashes = listOf(root.hashes).flatMap(one =>
    objectOf(one).alg === 'SHA-256' ? [`sha256:${String(objectOf(one).content)}`] : [],
  );
  const repoDigests = properties('RepoDigest');
  return {
    isImage,
    references: [...repoDigests, ...properties('RepoTag')],
    digests: [...repoDigests, ...(version === undefined ? [] : [version]), ...hashes, ...properties('ImageID')],
    ...(purl === undefined ? {} : { purl }),
    ...(repository === undefined || isImage ? {} : { repository }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}

/** `urn:cdx:SERIAL/VERSION` of the document; undefined without a serial number. */
export function bomLink(bom: JsonObject): string | undefined {
  const serial = /^urn:uuid:([0-9a-f-]{36})$/i.exec(wordOf(bom.serialNumber) ?? '')?.[1];
  const version = typeof bom.version === 'number' ? bom.version : Number(wordOf(bom.version) ?? 1);
  return serial === undefined
    ? undefined
    : `urn:cdx:${serial.toLowerCase()}/${Number.isSafeInteger(version) ? version : 1}`;
}

export const isIncomplete = (bom: JsonObject): boolean =>
  listOf(bom.compositions).some(one => /^incomplete|^unknown$/.test(wordOf(objectOf(one).aggregate) ?? ''));
