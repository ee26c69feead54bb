/** The products of a VEX statement: texts in 0.0.1, objects with identifiers and parts in 0.2.0. */
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { Artifact, VexStatement } from '../../document.ts';
import type { ReadContext } from '../../reading.ts';
import { artifactOf, imageOfPurl } from '../../sbom/artifact.ts';
import { imageOf } from '../../subject.ts';

export type Product = Pick<VexStatement, 'artifact' | 'purl'>;

/** Without products it speaks of what its place names; [] where that is nothing. */
export function productsOf(value: unknown, context: ReadContext): readonly Product[] {
  const list = (Array.isArray(value) ? value : [value]).filter(one => one !== undefined && one !== null);
  if (list.length > 0) return list.flatMap(one => productsIn(one, context));
  const { image, repository } = context.place;
  return image === undefined && repository === undefined ? [] : [{ artifact: artifactOf({}, context) }];
}

function productsIn(value: unknown, context: ReadContext): readonly Product[] {
  const product = productOf(value, context);
  if (product === undefined) return [];
  const parts = listOf(objectOf(value).subcomponents).flatMap(one => purlIn(one) ?? []);
  if (parts.length === 0) return [product];
  // A product that is a package and has parts: they are what is meant.
  return parts.map(purl => ({ ...(product.artifact && { artifact: product.artifact }), purl }));
}

function idsIn(value: unknown): readonly string[] {
  if (!isObject(value)) return [wordOf(value, 2000)].flatMap(one => one ?? []);
  const identifiers = objectOf(value.identifiers);
  return [value['@id'], identifiers.purl].flatMap(one => wordOf(one, 2000) ?? []);
}

const purlIn = (value: unknown): string | undefined =>
  idsIn(value).find(one => one.startsWith('pkg:')) ?? idsIn(value)[0];

function productOf(value: unknown, context: ReadContext): Product | undefined {
  const ids = idsIn(value);
  const image = ids.flatMap(one => imageOfPurl(one, '', context.place.image) ?? byReference(one) ?? [])[0];
  if (image) return { artifact: withHashes(image, value) };
  const purl = ids.find(one => one.startsWith('pkg:'));
  if (purl !== undefined) return { purl };
  return ids[0] === undefined ? undefined : { artifact: { kind: 'file', name: ids[0], digests: [] } };
}

/** `ghcr.io/acme/shop@sha256:…`, or with a tag; an address with a scheme is none. */
function byReference(text: string): Artifact | undefined {
  if (/^(?:pkg|https?|urn|cpe):/i.test(text)) return undefined;
  const image = imageOf(text);
  if (image === undefined || (image.digest === undefined && !/^[^/]+\.[^/]+\/|^localhost/.test(text))) return undefined;
  const { name, tag, digest } = image;
  return { kind: 'image', name, ...(tag === undefined ? {} : { tag }), digests: digest === undefined ? [] : [digest] };
}

function withHashes(image: Artifact, value: unknown): Artifact {
  const hash = wordOf(objectOf(objectOf(value).hashes)['sha-256'], 64)?.toLowerCase();
  if (hash === undefined || !/^[0-9a-f]{64}$/.test(hash)) return image;
  return { ...image, digests: [...new Set([...image.digests, `sha256:${hash}`])] };
}
