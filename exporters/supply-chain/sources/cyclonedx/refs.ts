/** What a vulnerability affects: a package, the whole of what the document is of, or something in another document. */
import type { BomLink } from '../../document.ts';
import type { Told } from '../../sbom/components.ts';

import type { Vulnerability } from './vulnerability.ts';

/** What a bom-ref stands for. */
export interface Refs {
  readonly root: string | undefined;
  /** Of this very document, where it has one. */
  readonly link: string | undefined;
  readonly packages: ReadonlyMap<string, Told>;
}

export type Meant =
  | { readonly is: 'all' }
  | { readonly is: 'package'; readonly package: Told }
  | { readonly is: 'purl'; readonly purl: string }
  /** `own`: what it would mean in this document, which has no link itself. */
  | { readonly is: 'linked'; readonly bom: BomLink; readonly own?: Meant | undefined }
  | { readonly is: 'unknown'; readonly ref: string };

/** `urn:cdx:SERIAL/VERSION#REF`; some write `urn:uuid:` where the specification has `urn:cdx:`. */
const link = /^urn:(?:cdx|uuid):([^/#]+)(?:\/(\d+))?(?:#(.*))?$/i;

/** All that a vulnerability is in; nothing named is all of it. */
export function meantIn({ refs: list, ownRef }: Vulnerability, refs: Refs): readonly Meant[] {
  if (list.length > 0) return list.map(ref => meantBy(ref, refs));
  const own = ownRef === undefined ? undefined : refs.packages.get(ownRef);
  return [own ? { is: 'package', package: own } : { is: 'all' }];
}

function meantBy(text: string, refs: Refs): Meant {
  const known = local(text, refs);
  if (known) return known;
  const parts = link.exec(text);
  if (parts) {
    const ref = decoded(parts[3] ?? '');
    const bom = { link: `urn:cdx:${parts[1]!.toLowerCase()}/${parts[2] ?? '1'}`, ref };
    const own = ref === '' ? ({ is: 'all' } as const) : local(ref, refs);
    if (bom.link === refs.link) return own ?? { is: 'unknown', ref };
    return { is: 'linked', bom, ...(refs.link === undefined && own ? { own } : {}) };
  }
  return text.startsWith('pkg:') ? { is: 'purl', purl: text } : { is: 'unknown', ref: text };
}

function local(ref: string, refs: Refs): Meant | undefined {
  if (ref === refs.root) return { is: 'all' };
  const one = refs.packages.get(ref);
  return one && { is: 'package', package: one };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
