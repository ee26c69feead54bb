/** Documents from bytes: what each is, by the kind that is asked for or by its content, and what it tells. */
import { readJson } from '../formats/json.ts';
import { documentKinds } from './kinds.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from './reading.ts';

export const auto = 'auto';

/** Of files and posts, `auto` first. */
export const kindNames: readonly [string, ...string[]] = [auto, ...documentKinds.map(({ kind }) => kind)];

/** Larger ones are left to readers that stream: a value of them all would take several times their size. */
const mostParsedBytes = 128 << 20;

/** A document and, where it is no JSON, why not. */
export function rawDocument(bytes: Buffer): { readonly document: RawDocument; readonly fault?: string } {
  if (bytes.length > mostParsedBytes) return { document: { bytes } };
  const read = readJson(bytes);
  return 'fault' in read ? { document: { bytes }, fault: read.fault } : { document: { bytes, json: read.value } };
}

/** As `DocumentKind.read`; `kind` is one of `kinds`, or `auto`: then the first kind that recognises it reads it. */
export async function readDocument(
  kind: string,
  bytes: Buffer,
  context: ReadContext,
  kinds: readonly DocumentKind[] = documentKinds,
): Promise<Reading> {
  const { document, fault } = rawDocument(bytes);
  const reader = kinds.find(one => (kind === auto ? one.recognises(document) : one.kind === kind));
  if (reader) return reader.read(document, context);
  // Of what begins as JSON and is broken that is worth more to know than that nobody knows it.
  const looksLikeJson = fault === 'not_json' && /^[\s\uFEFF]*[[{]/.test(bytes.subarray(0, 200).toString('utf8'));
  return faulty(fault === 'empty' || looksLikeJson ? fault : 'unknown_format');
}

/** Whether files of such a name may be of the kind. */
export const acceptsName = (kind: string, kinds: readonly DocumentKind[] = documentKinds) => {
  const asked = kinds.filter(one => kind === auto || one.kind === kind);
  return (name: string): boolean => asked.some(one => one.accepts(name));
};
