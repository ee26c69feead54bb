/** CycloneDX XML as the JSON of the same schema has it. */
import { XMLParser } from 'fast-xml-parser';
import { isObject, type JsonObject, textOf } from '../../../formats/json.ts';

const headBytes = 4096;
/** The parser takes some ten times its text in memory, and doesn't let others run. */
const mostBytes = 64 << 20;

/** By its namespace, in any encoding of ASCII letters. */
export const isCycloneDxXml = (bytes: Buffer): boolean => {
  const head = bytes.toString('latin1', 0, headBytes).replaceAll('\0', '');
  return /^[^<]{0,8}</.test(head) && /cyclonedx\.org\/schema\/bom\/1\.\d+/.test(head);
};

/** What is in each of these is a list of what it is called after. */
const lists: Readonly<Record<string, string>> = {
  ...{ components: 'component', tools: 'tool', authors: 'author', hashes: 'hash', vulnerabilities: 'vulnerability' },
  ...{ ratings: 'rating', affects: 'target', versions: 'version', references: 'reference', advisories: 'advisory' },
  ...{ externalReferences: 'reference', properties: 'property', compositions: 'composition', responses: 'response' },
  ...{ dependencies: 'dependency', services: 'service' },
};

/** Undefined for text that isn't well-formed; else the bill of materials, or why not, in snake_case. */
export function bomOfXml(bytes: Buffer): JsonObject | string {
  if (bytes.length > mostBytes) return 'too_large';
  const text = textOf(bytes);
  if (text === undefined) return 'not_text';
  // Entities that a document defines are how small ones become huge; no such document has any.
  if (/<!ENTITY/i.test(text)) return 'xml_entities';
  try {
    const parser = new XMLParser({
      ...{ ignoreAttributes: false, attributeNamePrefix: '@', removeNSPrefix: true, textNodeName: '#text' },
      ...{ parseTagValue: false, parseAttributeValue: false, trimValues: true },
    });
    const root: unknown = (parser.parse(text, true) as JsonObject).bom;
    if (!isObject(root)) return 'not_cyclonedx';
    const bom = plain(root) as JsonObject;
    const specVersion = /bom\/(1\.\d+)/.exec(String(root['@xmlns'] ?? text.slice(0, headBytes)))?.[1];
    return { ...bom, bomFormat: 'CycloneDX', specVersion };
  } catch {
    return 'not_xml';
  }
}

const many = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value];

function plain(node: unknown, name = ''): unknown {
  const inside = lists[name];
  // An empty list is text: `<components/>`.
  if (!isObject(node)) return inside !== undefined && node === '' ? [] : node;
  // An object in 1.5 and later.
  const isTools = name === 'tools' && node.components !== undefined;
  if (inside !== undefined && !isTools) {
    const items = many(node[inside]);
    if (name === 'dependencies') return items.map(dependency);
    if (name === 'properties' || name === 'hashes') return items.map(valued);
    return items.map(item => plain(item, inside));
  }
  if (name === 'licenses') return licenses(node);
  const found: [string, unknown][] = [];
  for (const [key, value] of Object.entries(node)) {
    if (key === '#text') found.push(['value', value]);
    else if (key === 'responses') found.push(['response', many(isObject(value) ? value.response : undefined)]);
    else found.push([key.startsWith('@') ? key.slice(1) : key, plain(value, key)]);
  }
  const object = Object.fromEntries(found);
  return name === 'version' && 'value' in object && !('status' in object) ? object.value : object;
}

const dependency = (node: unknown): JsonObject =>
  isObject(node)
    ? { ref: node['@ref'], dependsOn: many(node.dependency).flatMap(one => (isObject(one) ? [one['@ref']] : [])) }
    : {};

const valued = (node: unknown): JsonObject =>
  isObject(node)
    ? { name: node['@name'], value: node['#text'], alg: node['@alg'], content: node['#text'] }
    : { value: node, content: node };

const licenses = (node: JsonObject): readonly unknown[] => [
  ...many(node.license).map(license => ({ license: plain(license, 'license') })),
  ...many(node.expression).map(one => ({ expression: isObject(one) ? one['#text'] : one })),
];
