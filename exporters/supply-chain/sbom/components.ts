/** The packages of one bill of materials, each once, and what it lacks. */
import type { Component, Sbom, SbomGap } from '../document.ts';
import { purlOf } from '../purl.ts';

/** A package as its document names it. */
export interface Package {
  readonly purl?: string | undefined;
  /** Of documents that keep it apart from the name; a package URL's own wins. */
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  readonly licenses?: readonly string[];
  readonly cpe?: string | undefined;
  /** It says who supplies it. */
  readonly hasSupplier?: boolean;
}

export type Told = { -readonly [Key in keyof Component]: Component[Key] };

export interface Packages {
  /** The component, the one that is there already where it was told before; undefined where it has no name. */
  readonly add: (told: Package) => Told | undefined;
  readonly components: readonly Component[];
  /** What of names, versions, identifiers and suppliers is missing in a tenth of them or more. */
  readonly gaps: () => readonly SbomGap[];
}

const none: readonly string[] = [];
/** Words for no version. */
const unversioned = new Set(['UNKNOWN', 'NOASSERTION', 'unknown', 'unspecified']);

export function packages(): Packages {
  const components: Told[] = [];
  const keys = new Set<string>();
  /** By the same keys; made when the first is told twice, which is seldom. */
  let known: Map<string, Told> | undefined;
  const missing = { versions: 0, identifiers: 0, suppliers: 0 };
  return {
    components,
    add: told => {
      const purl = told.purl === undefined || !told.purl.startsWith('pkg:') ? '' : told.purl;
      const version = told.version === undefined || unversioned.has(told.version) ? '' : told.version;
      const parts = purl === '' ? undefined : purlOf(purl);
      const name = parts?.name ?? told.name;
      if (name === '') return undefined;
      // Of nearly every package URL the version is its own.
      const isOwn = parts !== undefined && (version === '' || version === parts.version);
      const key = isOwn ? purl : `${purl === '' ? `${told.namespace ?? ''}\n${name}` : purl}\n${version}`;
      const before = keys.size;
      if (keys.add(key).size === before) {
        known ??= new Map(components.map(one => [keyOf(one), one] as const));
        return known.get(key);
      }
      // A literal: of a hundred thousand, spreads are most of the time.
      const component: Told = {
        purl,
        type: parts?.type ?? '',
        namespace: parts?.namespace ?? told.namespace ?? '',
        name,
        version: version === '' ? (parts?.version ?? '') : version,
        licenses: told.licenses === undefined || told.licenses.length === 0 ? none : told.licenses,
      };
      // Beside a package URL it tells nothing more, and is the longest of all.
      if (told.cpe !== undefined && purl === '') component.cpe = told.cpe;
      components.push(component);
      known?.set(key, component);
      if (component.version === '') missing.versions += 1;
      if (purl === '' && told.cpe === undefined) missing.identifiers += 1;
      if (told.hasSupplier !== true) missing.suppliers += 1;
      return component;
    },
    gaps: () => {
      const isMany = (count: number) => components.length > 0 && count * 10 >= components.length;
      return [
        ...(components.length === 0 ? (['no_components'] as const) : []),
        ...(isMany(missing.versions) ? (['no_versions'] as const) : []),
        ...(isMany(missing.identifiers) ? (['no_identifiers'] as const) : []),
        ...(isMany(missing.suppliers) ? (['no_supplier'] as const) : []),
      ];
    },
  };
}

/** As `add` makes it. */
function keyOf({ purl, namespace, name, version }: Component): string {
  const parts = purl === '' ? undefined : purlOf(purl);
  if (parts !== undefined && parts.version === version) return purl;
  return `${purl === '' ? `${namespace}\n${name}` : purl}\n${version}`;
}

/** What is missing of a document as a whole. */
export interface DocumentMarks {
  /** It tells of at least one dependency between packages. */
  readonly hasDependencies: boolean;
  readonly hasTimestamp: boolean;
  /** A person, an organisation or a tool. */
  readonly hasAuthor: boolean;
  /** It says itself that it doesn't list all. */
  readonly isDeclaredIncomplete?: boolean;
}

const order: readonly SbomGap[] = [
  ...(['no_components', 'no_versions', 'no_identifiers', 'no_dependencies', 'no_timestamp', 'no_author'] as const),
  ...(['no_supplier', 'declared_incomplete'] as const),
];

export function gapsOf(found: Packages, marks: DocumentMarks): Sbom['gaps'] {
  const gaps = new Set<SbomGap>(found.gaps());
  if (!marks.hasDependencies && found.components.length > 1) gaps.add('no_dependencies');
  if (!marks.hasTimestamp) gaps.add('no_timestamp');
  if (!marks.hasAuthor) gaps.add('no_author');
  if (marks.isDeclaredIncomplete) gaps.add('declared_incomplete');
  return order.filter(gap => gaps.has(gap));
}

/** Licences as they are kept: a text that isn't an id or an expression is cut to a name. */
export const licenseText = (text: string): string | undefined => {
  const trimmed = text.trim();
  if (trimmed === '' || trimmed === 'NOASSERTION' || trimmed === 'NONE') return undefined;
  const line = trimmed.includes('\n') ? trimmed.split('\n', 1)[0]!.trim() : trimmed;
  return line.length > 200 ? line.slice(0, 200) : line;
};

const single = new Map<string, readonly string[]>();

/** One list for each licence: most packages have one of a few. */
export function oneLicense(text: string): readonly string[] {
  const known = single.get(text);
  if (known) return known;
  const list = [text];
  if (single.size < 2000) single.set(text, list);
  return list;
}
