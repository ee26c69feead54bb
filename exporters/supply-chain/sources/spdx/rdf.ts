/** SPDX 2 as RDF/XML, in the nested form that the SPDX tools write, as its JSON has it. */
import { XMLParser } from 'fast-xml-parser';
import { breather } from '../../../core/breathe.ts';
import { isObject, type JsonObject, textOf } from '../../../formats/json.ts';

const mostBytes = 32 << 20;

export const isSpdxRdf = (bytes: Buffer): boolean => {
  const head = bytes.toString('latin1', 0, 4096).replaceAll('\0', '');
  return head.includes('<rdf:RDF') && head.includes('spdx.org/rdf/terms');
};

export async function spdxOfRdf(bytes: Buffer): Promise<JsonObject | string> {
  if (bytes.length > mostBytes) return 'too_large';
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  if (/<!ENTITY/i.test(text)) return 'xml_entities';
  try {
    const parser = new XMLParser({
      ...{ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, textNodeName: '#text' },
      ...{ parseTagValue: false, parseAttributeValue: false, trimValues: true },
    });
    return await documentOf(parser.parse(text, true) as JsonObject);
  } catch {
    return 'not_xml';
  }
}

const many = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];
const textIn = (value: unknown): string | undefined => {
  const [first] = many(value);
  if (typeof first === 'string') return first;
  return isObject(first) && typeof first['#text'] === 'string' ? first['#text'] : undefined;
};
/** The id behind `#`, of a reference or of the node itself. */
const idOf = (node: unknown): string | undefined => {
  const about = isObject(node) ? (node['@about'] ?? node['@resource'] ?? node['@ID']) : undefined;
  return typeof about === 'string' ? about.slice(about.lastIndexOf('#') + 1) : undefined;
};
/** The last word of a term's address: `relationshipType_dependsOn`, `purl`. */
const termOf = (value: unknown): string => {
  const [first] = many(value);
  const address = isObject(first) ? (first['@resource'] ?? first['@about']) : first;
  return typeof address === 'string'
    ? address.slice(Math.max(address.lastIndexOf('#'), address.lastIndexOf('/')) + 1)
    : '';
};

async function documentOf(root: JsonObject): Promise<JsonObject | string> {
  const packages: JsonObject[] = [];
  const relationships: JsonObject[] = [];
  let document: JsonObject | undefined;
  const breathe = breather();
  const waiting: (readonly [string, unknown])[] = [['', root]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (breathe.due()) await breathe.now();
    const [name, node] = next;
    if (!isObject(node)) continue;
    if (name === 'SpdxDocument') document = node;
    if (name === 'Package' && node.name !== undefined) packages.push(packageOf(node));
    const id = idOf(node);
    for (const [key, value] of Object.entries(node))
      for (const one of many(value)) {
        waiting.push([key, one]);
        if (key === 'relationship' && isObject(one) && id !== undefined)
          for (const relation of many(one.Relationship)) relationships.push(...relationOf(id, relation));
      }
  }
  if (document === undefined) return 'not_spdx';
  const creation = many(document.creationInfo).flatMap(one => (isObject(one) ? many(one.CreationInfo) : []))[0];
  return {
    spdxVersion: textIn(document.specVersion),
    name: textIn(document.name),
    creationInfo: isObject(creation) ? { created: textIn(creation.created), creators: many(creation.creator) } : {},
    packages,
    relationships,
  };
}

function relationOf(from: string, node: unknown): readonly JsonObject[] {
  if (!isObject(node)) return [];
  const type = termOf(node.relationshipType)
    .replace(/^relationshipType_/, '')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toUpperCase();
  return many(node.relatedSpdxElement).flatMap(one => {
    const inside = isObject(one) ? Object.values(one).find(value => isObject(value)) : undefined;
    const to = idOf(one) ?? idOf(inside);
    return to === undefined ? [] : [{ spdxElementId: from, relationshipType: type, relatedSpdxElement: to }];
  });
}

function packageOf(node: JsonObject): JsonObject {
  const refs = many(node.externalRef).flatMap(one => (isObject(one) ? many(one.ExternalRef) : []));
  const license = (value: unknown) => textIn(value) ?? (termOf(value) || undefined);
  return {
    ...{ SPDXID: idOf(node), name: textIn(node.name), versionInfo: textIn(node.versionInfo) },
    ...{ supplier: textIn(node.supplier), originator: textIn(node.originator) },
    ...{ licenseDeclared: license(node.licenseDeclared), licenseConcluded: license(node.licenseConcluded) },
    downloadLocation: textIn(node.downloadLocation),
    primaryPackagePurpose:
      termOf(node.primaryPackagePurpose)
        .replace(/^purpose_/, '')
        .toUpperCase() || undefined,
    externalRefs: refs.filter(isObject).map(one => ({
      referenceType: termOf(one.referenceType),
      referenceLocator: textIn(one.referenceLocator),
    })),
  };
}
