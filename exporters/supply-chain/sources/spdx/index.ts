/**
 * SPDX 2.2 and 2.3 as JSON, YAML, tag-value and RDF/XML, 3.0 as JSON-LD, and what GitHub exports of its dependency graph
 * (`{"sbom": …}`).
 */
import { isObject, objectOf, textOf, wordOf } from '../../../formats/json.ts';
import { digestOfDocument, readParts } from '../../raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from '../../reading.ts';
import { isSpdx3, readGraph } from './graph.ts';
import { readSpdx2 } from './packages.ts';
import { isSpdxRdf, spdxOfRdf } from './rdf.ts';
import { isTagValue, spdxOfTags } from './tag-value.ts';
import { isSpdxYaml, spdxOfYaml } from './yaml.ts';

export const spdx: DocumentKind = {
  kind: 'spdx',
  accepts: name => /\.(json|jsonld|spdx|spdx\.\w+|ya?ml|rdf|xml)$/i.test(name),
  isLarge: true,
  recognises: ({ json, bytes }) =>
    json === undefined
      ? isTagValue(bytes) || isSpdxRdf(bytes) || isSpdxYaml(bytes)
      : isSpdx2(json) || isSpdx2(objectOf(json).sbom) || isSpdx3(json),
  read: readSpdx,
};

const isSpdx2 = (json: unknown): boolean => isObject(json) && ('spdxVersion' in json || 'SPDXID' in json);

async function readSpdx(document: RawDocument, context: ReadContext): Promise<Reading> {
  if (document.json !== undefined || document.outline !== undefined) {
    const head = document.json ?? document.outline;
    return isSpdx3(head) ? readThird(document, context) : readSecond(document, context);
  }
  const made = await fromText(document.bytes);
  return typeof made === 'string' ? faulty(made) : readSecond({ bytes: document.bytes, json: made }, context);
}

/** Other forms of SPDX 2 as its JSON has it, or why not. */
async function fromText(bytes: Buffer): Promise<unknown> {
  if (isSpdxRdf(bytes)) return spdxOfRdf(bytes);
  if (isSpdxYaml(bytes)) return spdxOfYaml(bytes);
  if (isTagValue(bytes)) return spdxOfTags(bytes);
  const text = bytes.length > 1 << 20 ? ' ' : textOf(bytes);
  if (text === undefined) return 'not_text';
  if (text.trim() === '' && bytes.length <= 1 << 20) return 'empty';
  return /^\s*[[{]/.test(bytes.toString('latin1', 0, 200)) ? 'not_json' : 'not_spdx';
}

async function readSecond(document: RawDocument, context: ReadContext): Promise<Reading> {
  const reader = readSpdx2(context);
  const { packages, relationships } = reader;
  const each = { packages, relationships, 'sbom.packages': packages, 'sbom.relationships': relationships };
  const read = await readParts(document, { each, without: ['files', 'snippets', 'sbom.files'] });
  if ('fault' in read) return faulty(read.fault);
  const value = objectOf(read.value);
  const spdxDocument = isObject(value.sbom) ? value.sbom : value;
  const version = wordOf(spdxDocument.spdxVersion);
  if (version === undefined) return faulty(isSpdx2(spdxDocument) ? 'missing_version' : 'not_spdx');
  const specVersion = /^SPDX-(2\.\d+)$/.exec(version)?.[1];
  if (specVersion === undefined) return faulty('unsupported_version');
  return reader.end(spdxDocument, specVersion, at => digestOfDocument(document, at));
}

async function readThird(document: RawDocument, context: ReadContext): Promise<Reading> {
  const reader = readGraph(context);
  const read = await readParts(document, { each: { '@graph': reader.element } });
  if ('fault' in read) return faulty(read.fault);
  return reader.end(at => digestOfDocument(document, at));
}
