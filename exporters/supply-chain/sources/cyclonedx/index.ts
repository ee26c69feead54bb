/**
 * CycloneDX 1.2 to 1.7, JSON and XML: bills of materials, what scanners say of their packages (`vulnerabilities`), and what
 * someone judges of that (`analysis`), which is VEX. A document without packages whose vulnerabilities are judged is VEX
 * alone.
 */
import { isObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { digestOfDocument, readParts } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { readBom } from './bom.ts';
import { bomOfXml, isCycloneDxXml } from './xml.ts';

export const cyclonedx: DocumentKind = {
  kind: 'cyclonedx',
  accepts: name => /\.(json|xml|cdx|bom)$/i.test(name),
  isLarge: true,
  recognises: ({ json, bytes }) =>
    isObject(json) ? 'bomFormat' in json || isSchema(json.$schema) : json === undefined && isCycloneDxXml(bytes),
  read: readCycloneDx,
};

const isSchema = (schema: unknown): boolean => /cyclonedx\.org\/schema\/bom/.test(wordOf(schema) ?? '');

async function readCycloneDx(document: RawDocument, context: ReadContext): Promise<Reading> {
  const isJson = document.json !== undefined || document.outline !== undefined;
  if (isJson) return readJsonBom(document, context);
  if (!isCycloneDxXml(document.bytes)) {
    const read = await readParts(document, {});
    return faulty('fault' in read && read.fault !== 'not_json' ? read.fault : 'not_cyclonedx');
  }
  const bom = bomOfXml(document.bytes);
  return typeof bom === 'string' ? faulty(bom) : readJsonBom({ bytes: document.bytes, json: bom }, context);
}

async function readJsonBom(document: RawDocument, context: ReadContext): Promise<Reading> {
  const head = objectOf(document.json ?? document.outline);
  const reader = readBom(context, objectOf(objectOf(head.metadata).component));
  const read = await readParts(document, { each: reader.each });
  if ('fault' in read) return faulty(read.fault);
  const bom = objectOf(read.value);
  if (bom.bomFormat !== undefined ? bom.bomFormat !== 'CycloneDX' : !isSchema(bom.$schema))
    return faulty('not_cyclonedx');
  if (!/^1\.\d+$/.test(wordOf(bom.specVersion) ?? '')) return faulty('unsupported_version');
  if (bom.components !== undefined && !Array.isArray(bom.components)) return faulty('not_cyclonedx');
  return reader.end(bom, {
    digest: async at => digestOfDocument(document, at),
    tools: toolsOf(objectOf(bom.metadata).tools),
  });
}

/** A list until 1.4, then an object of components and services. */
function toolsOf(tools: unknown): readonly string[] {
  const list = Array.isArray(tools)
    ? tools
    : [...listOf(objectOf(tools).components), ...listOf(objectOf(tools).services)];
  return list.flatMap((tool: unknown) => wordOf(objectOf(tool).name, 100) ?? []);
}
