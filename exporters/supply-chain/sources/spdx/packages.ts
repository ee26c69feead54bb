/** SPDX 2: packages and their relationships, as its JSON has them. */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import type { ReadContext, Reading } from '../../reading.ts';
import { artifactOf, type Described, ownerOf } from '../../sbom/artifact.ts';
import { gapsOf, type Package, packages, type Told } from '../../sbom/components.ts';
import { creatorOf } from './creators.ts';
import { gitUrl, isGitUrl } from './git-url.ts';
import { licensesIn } from './licenses.ts';

/** A package that the document may turn out to be of. */
interface Candidate {
  readonly described: Described;
  readonly isPackage: boolean;
  readonly package: Package;
}

/** Relationships that say of what a document is, what depends on what, and which way round. */
const dependsOn = new Set(['DEPENDS_ON', 'DYNAMIC_LINK', 'STATIC_LINK', 'HAS_PREREQUISITE']);
const dependencyOf = /(?:^|_)DEPENDENCY_OF$|^DEPENDENCY_MANIFEST_OF$|^PREREQUISITE_FOR$/;

/** Packages of the document's own making are told apart from what it is of at its end, when that is known. */
export function readSpdx2(context: ReadContext) {
  const found = packages();
  /** The ids of the components and these, in one order: a map is made of them where one is looked up. */
  const [ids, named]: [string[], Told[]] = [[], []];
  const rejections: Rejection[] = [];
  const candidates = new Map<string, Candidate>();
  const roots = new Set<string>();
  const edges: (readonly [on: string, of: string])[] = [];
  let [records, hasDependencies, isIncomplete] = [0, false, false];

  const reject = (reason: string) => void rejections.push({ file: context.file, line: records, reason });

  function add(id: string, told: Package): void {
    const added = found.add(told);
    if (added === undefined) reject('missing_name');
    else if (ids.push(id) > 0) named.push(added);
  }

  return {
    packages: (told: unknown) => {
      records += 1;
      if (!isObject(told)) return reject('not_a_package');
      const one = packageOf(told);
      const id = typeof told.SPDXID === 'string' ? told.SPDXID : '';
      if (isRootLike(told, id, one.purl))
        candidates.set(id, { described: describedBy(told, id), isPackage: isPackage(told), package: one });
      else add(id, one);
    },
    relationships: (told: unknown): void => {
      if (!isObject(told)) return;
      const { spdxElementId: from, relatedSpdxElement: to } = told;
      const type = typeof told.relationshipType === 'string' ? told.relationshipType.toUpperCase() : '';
      if (typeof from !== 'string' || typeof to !== 'string') return;
      if (type === 'DESCRIBES' && from === 'SPDXRef-DOCUMENT') roots.add(to);
      else if (type === 'DESCRIBED_BY' && to === 'SPDXRef-DOCUMENT') roots.add(from);
      const [on, of] = dependsOn.has(type) ? [from, to] : dependencyOf.test(type) ? [to, from] : [];
      if (on === undefined || of === undefined) {
        isIncomplete ||= to === 'NOASSERTION' && (type === 'CONTAINS' || type === 'DEPENDS_ON');
        return;
      }
      if (of === 'NOASSERTION') isIncomplete = true;
      else if (of !== 'NONE') hasDependencies = true;
      // What it is of is said first nearly everywhere; then only what that needs is kept.
      if (roots.size === 0 || roots.has(on)) edges.push([on, of]);
    },
    end: async (
      document: JsonObject,
      specVersion: string,
      digest: (at: string) => Promise<string>,
    ): Promise<Reading> => {
      for (const id of listOf(document.documentDescribes)) if (typeof id === 'string') roots.add(id);
      // Some documents describe each of their packages.
      const known = new Set(roots.size === 0 ? [] : ids);
      const [only, ...others] = [...roots].filter(id => candidates.has(id) || known.has(id));
      const root = only !== undefined && others.length === 0 ? only : undefined;
      const described =
        root === undefined ? undefined : (candidates.get(root)?.described ?? describedByName(named[ids.indexOf(root)]));
      for (const [id, one] of candidates) if (id !== root && one.isPackage) add(id, one.package);
      const own = root === undefined ? undefined : named[ids.indexOf(root)];
      const name = wordOf(document.name);
      const artifact = artifactOf({ ...(name === undefined ? {} : { name }), ...described }, context);
      const direct = new Set(edges.flatMap(([on, of]) => (on === root ? [of] : [])));
      if (direct.size > 0)
        for (const [index, one] of named.entries()) one.isDirect = one.isDirect === true || direct.has(ids[index]!);
      const creation = objectOf(document.creationInfo);
      const creators = listOf(creation.creators).flatMap(one => creatorOf(one) ?? []);
      const said = wordOf(creation.created);
      const createdAt = evaluatedAt(said, context);
      const components = own === undefined ? found.components : found.components.filter(one => one !== own);
      const tool = creators.find(({ kind }) => kind === 'tool')?.name ?? '';
      const marks = {
        ...{ hasDependencies, hasTimestamp: said !== undefined && !Number.isNaN(Date.parse(said)) },
        ...{ hasAuthor: creators.length > 0, isDeclaredIncomplete: isIncomplete },
      };
      const gaps = gapsOf({ ...found, components }, marks);
      return {
        ...{ records, rejections },
        heard: {
          sboms: [
            {
              ...{ artifact, format: 'spdx', specVersion, tool, createdAt, components, gaps },
              ...{ digest: await digest(createdAt), owner: ownerOf(context, artifact) },
            },
          ],
        },
      };
    },
  };
}

const said = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value !== 'NOASSERTION' && value !== 'NONE' ? value : undefined;

function packageOf(told: JsonObject): Package {
  const { purl, cpe } = locators(told);
  return {
    name: said(told.name) ?? said(told.packageName) ?? '',
    version: said(told.versionInfo),
    purl,
    licenses: licensesIn([
      told.licenseDeclared ?? told.packageLicenseDeclared,
      told.licenseConcluded ?? told.packageLicenseConcluded,
    ]),
    cpe,
    hasSupplier: said(told.supplier) !== undefined || said(told.originator) !== undefined,
  };
}

/** Some write `PACKAGE-MANAGER` for the category, some `PACKAGE_MANAGER`: the type alone tells. The first of each. */
function locators({ externalRefs }: JsonObject): {
  readonly purl: string | undefined;
  readonly cpe: string | undefined;
} {
  let [purl, cpe]: (string | undefined)[] = [];
  if (Array.isArray(externalRefs))
    for (const one of externalRefs as readonly unknown[]) {
      if (!isObject(one) || typeof one.referenceLocator !== 'string') continue;
      const type = one.referenceType;
      if (type === 'purl') purl ??= one.referenceLocator;
      else if (type === 'cpe23Type' || type === 'cpe22Type') cpe ??= one.referenceLocator;
    }
  return { purl, cpe };
}

/** The document's root, a file, a lock file (Trivy), an operating system: nothing that is in the artifact as a package. */
const isPackage = (told: JsonObject): boolean => {
  const purpose = told.primaryPackagePurpose;
  if (purpose === 'FILE' || purpose === 'OPERATING-SYSTEM' || purpose === 'OPERATING_SYSTEM') return false;
  return !listOf(told.annotations).some(one => objectOf(one).comment === 'Class: lang-pkgs');
};

/**
 * Which may be what a document is of. Not one in a thousand packages of a large document is: most have a package URL of a
 * package manager and no purpose.
 */
function isRootLike(told: JsonObject, id: string, purl: string | undefined): boolean {
  const purpose = told.primaryPackagePurpose;
  if (typeof purpose === 'string' && purpose !== 'LIBRARY') return true;
  if (/DocumentRoot|RootPackage|^SPDXRef-(?:Filesystem|ContainerImage|Repository)/.test(id)) return true;
  return purl === undefined || /^pkg:(?:oci|docker|github)\//.test(purl);
}

function describedBy(told: JsonObject, id: string): Described {
  const purpose = told.primaryPackagePurpose;
  const { purl } = locators(told);
  const [name, version] = [said(told.name) ?? said(told.packageName), said(told.versionInfo)];
  const url = said(told.downloadLocation) ?? '';
  const repository = isGitUrl(url) ? gitUrl(url) : id === 'SPDXRef-Repository' ? name : githubName(name);
  const hashes = listOf(told.checksums).flatMap(one =>
    objectOf(one).algorithm === 'SHA256' ? [`sha256:${String(objectOf(one).checksumValue)}`] : [],
  );
  const isImage = purpose === 'CONTAINER' || /^SPDXRef-(?:DocumentRoot-Image|ContainerImage)/.test(id);
  return {
    isImage,
    digests: [...(version === undefined ? [] : [version]), ...hashes],
    ...(purl === undefined ? {} : { purl }),
    ...(repository === undefined || isImage ? {} : { repository }),
    ...(name === undefined ? {} : { name }),
    ...(version === undefined ? {} : { version }),
  };
}

/** GitHub calls the root `com.github.acme/shop`. */
const githubName = (name = ''): string | undefined => /^com\.github\.([^/]+\/[^/]+)$/.exec(name)?.[1];

const describedByName = (one: Told | undefined): Described | undefined =>
  one && { name: one.name, version: one.version, ...(one.purl === '' ? {} : { purl: one.purl }) };
