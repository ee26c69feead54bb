/** SPDX 3.0 JSON-LD: a graph of elements, which may come in any order. */
import type { Rejection } from '../../../core/rejections.ts';
import { evaluatedAt } from '../../../findings/look.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { faulty, type ReadContext, type Reading } from '../../reading.ts';
import { artifactOf, type Described, ownerOf } from '../../sbom/artifact.ts';
import { gapsOf, type Package, packages } from '../../sbom/components.ts';
import { toolName } from './creators.ts';
import { gitUrl, isGitUrl } from './git-url.ts';
import { licensesIn } from './licenses.ts';

export const isSpdx3 = (value: unknown): boolean => {
  if (!isObject(value) || !Array.isArray(value['@graph'])) return false;
  const contexts = [value['@context']].flat();
  return contexts.some(one => /^https?:\/\/spdx\.org\/rdf\/3\./.test(wordOf(one) ?? ''));
};

const packageTypes = new Set(['software_Package', 'ai_AIPackage', 'dataset_DatasetPackage']);
const notPackages = new Set(['file', 'operatingSystem']);

interface Kept {
  readonly package: Package;
  readonly described: Described;
  readonly isPackage: boolean;
}

export function readGraph(context: ReadContext) {
  const kept = new Map<string, Kept>();
  const rejections: Rejection[] = [];
  const roots = new Map<string, readonly unknown[]>();
  const names = new Map<string, string>();
  const licenses = new Map<string, string>();
  const declared = new Map<string, string>();
  const dependencies = new Map<string, Set<string>>();
  const creations: JsonObject[] = [];
  let document: JsonObject | undefined;
  let [records, elements, isIncomplete] = [0, 0, false];

  function element(told: unknown): void {
    elements += 1;
    if (!isObject(told)) return void rejections.push({ file: context.file, line: elements, reason: 'not_an_element' });
    const id = wordOf(told.spdxId) ?? wordOf(told['@id']) ?? '';
    const type = wordOf(told.type) ?? wordOf(told['@type']) ?? '';
    if (packageTypes.has(type)) {
      records += 1;
      const name = wordOf(told.name);
      if (name === undefined) rejections.push({ file: context.file, line: elements, reason: 'missing_name' });
      else kept.set(id === '' ? `#${elements}` : id, keptOf(told, name));
    } else if (type === 'CreationInfo') creations.push(told);
    else if (type === 'SpdxDocument') document = told;
    else if (type === 'simplelicensing_LicenseExpression')
      licenses.set(id, wordOf(told.simplelicensing_licenseExpression, 2000) ?? '');
    else if (['Person', 'Organization', 'Tool', 'SoftwareAgent', 'Agent'].includes(type))
      names.set(id, wordOf(told.name) ?? '');
    if (type === 'SpdxDocument' || type === 'software_Sbom' || type === 'Bom' || type === 'Bundle')
      roots.set(id, listOf(told.rootElement));
    if (told.relationshipType !== undefined) relationship(told);
  }

  function relationship(told: JsonObject): void {
    const [from, type] = [wordOf(told.from) ?? '', wordOf(told.relationshipType)];
    const to = [told.to].flat().filter(one => typeof one === 'string');
    if (type === 'hasDeclaredLicense' && to[0] !== undefined) declared.set(from, to[0]);
    if (type === 'hasConcludedLicense' && to[0] !== undefined && !declared.has(from)) declared.set(from, to[0]);
    if (type === 'dependsOn' || type === 'hasDynamicLink' || type === 'hasStaticLink')
      dependencies.set(from, new Set([...(dependencies.get(from) ?? []), ...to]));
    if (told.completeness === 'incomplete') isIncomplete = true;
  }

  async function end(digest: (at: string) => Promise<string>): Promise<Reading> {
    if (document === undefined && kept.size === 0) return faulty('not_spdx');
    const [only, ...others] = rootPackages(document, roots, kept);
    const root = only !== undefined && others.length === 0 ? only : undefined;
    const described = root === undefined ? undefined : kept.get(root)?.described;
    const name = wordOf(document?.name);
    const artifact = artifactOf({ ...(name === undefined ? {} : { name }), ...described }, context);
    const found = packages();
    const direct = root === undefined ? undefined : dependencies.get(root);
    for (const [id, one] of kept) {
      if (id === root || !one.isPackage) continue;
      const license = licenses.get(declared.get(id) ?? '') ?? wordOf(declared.get(id));
      const added = found.add({
        ...one.package,
        licenses: licensesIn([/^(?:https?:|urn:|_:)/.test(license ?? '') ? idIn(license) : license]),
      });
      if (added && direct) added.isDirect = added.isDirect === true || direct.has(id);
    }
    const creation = creationOf(document, creations);
    const said = wordOf(creation.created);
    const createdAt = evaluatedAt(said, context);
    const tool = toolName(listOf(creation.createdUsing).flatMap(id => names.get(wordOf(id) ?? '') ?? [])[0] ?? '');
    const marks = {
      ...{ hasDependencies: dependencies.size > 0, hasAuthor: listOf(creation.createdBy).length > 0 || tool !== '' },
      ...{ hasTimestamp: said !== undefined && !Number.isNaN(Date.parse(said)), isDeclaredIncomplete: isIncomplete },
    };
    return {
      ...{ records, rejections },
      heard: {
        sboms: [
          {
            ...{ artifact, format: 'spdx', specVersion: wordOf(creation.specVersion, 20) ?? '3.0', tool, createdAt },
            ...{ components: found.components, gaps: gapsOf(found, marks) },
            ...{ digest: await digest(createdAt), owner: ownerOf(context, artifact) },
          },
        ],
      },
    };
  }

  return { element, end };
}

/** Listed licences are addresses: `https://spdx.org/licenses/MIT`. */
const idIn = (address = ''): string | undefined => /spdx\.org\/licenses\/([\w.+-]+)$/.exec(address)?.[1];

/** Of the document's own, its one; else the only one there is. */
function creationOf(document: JsonObject | undefined, creations: readonly JsonObject[]): JsonObject {
  const own = document?.creationInfo;
  if (isObject(own)) return own;
  return creations.find(one => one['@id'] === own || one.spdxId === own) ?? creations[0] ?? {};
}

/** The packages that the document says it is of: through the bills of materials that it is made of. */
function rootPackages(
  document: JsonObject | undefined,
  roots: ReadonlyMap<string, readonly unknown[]>,
  kept: ReadonlyMap<string, Kept>,
): readonly string[] {
  const seen = new Set<string>();
  const found: string[] = [];
  const waiting = [...(document ? listOf(document.rootElement) : [...roots.values()].flat())];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next !== 'string' || seen.has(next)) continue;
    seen.add(next);
    if (kept.has(next)) found.push(next);
    waiting.push(...(roots.get(next) ?? []));
  }
  return found;
}

function keptOf(told: JsonObject, name: string): Kept {
  const version = wordOf(told.software_packageVersion, 300);
  const identifiers = listOf(told.externalIdentifier).filter(isObject);
  const identifier = (type: RegExp) =>
    identifiers.flatMap(one =>
      type.test(String(one.externalIdentifierType)) ? (wordOf(one.identifier, 2000) ?? []) : [],
    )[0];
  const purl = wordOf(told.software_packageUrl, 2000) ?? identifier(/^(?:packageUrl|purl)$/i);
  const cpe = identifier(/^cpe2[23]$/i);
  const purpose = wordOf(told.software_primaryPurpose);
  const url = wordOf(told.software_downloadLocation) ?? '';
  const hashes = listOf(told.verifiedUsing).flatMap(one =>
    objectOf(one).algorithm === 'sha256' ? [`sha256:${String(objectOf(one).hashValue)}`] : [],
  );
  const isImage = purpose === 'container';
  return {
    package: {
      ...{ name, version, purl, cpe },
      hasSupplier: told.suppliedBy !== undefined || listOf(told.originatedBy).length > 0,
    },
    described: {
      ...{ isImage, name, digests: hashes },
      ...(version === undefined ? {} : { version }),
      ...(purl === undefined ? {} : { purl }),
      ...(!isImage && isGitUrl(url) ? { repository: gitUrl(url) } : {}),
    },
    isPackage: !notPackages.has(purpose ?? ''),
  };
}
