/** What VEX of CycloneDX means by a link into a bill of materials that came by itself (BOM-Link). */
import type { Sbom, VexStatement } from './document.ts';

/**
 * The statement of what it means in that bill of materials: all of its artifact, or a package by its URL. Undefined where it
 * links to another one, or to a reference that is no package URL: references are names within a document.
 */
export function followed(
  { bom: meant, ...said }: VexStatement,
  { artifact, bom }: Pick<Sbom, 'artifact' | 'bom'>,
): VexStatement | undefined {
  if (meant === undefined || meant.link !== bom?.link) return undefined;
  if (meant.ref === '' || meant.ref === bom.ref) return { ...said, artifact };
  return meant.ref.startsWith('pkg:') ? { ...said, artifact, purl: meant.ref } : undefined;
}

/** Of what it is, is known by its link alone. */
export const isLinked = ({ bom, artifact, purl }: VexStatement): boolean =>
  bom !== undefined && artifact === undefined && purl === undefined;
