/** Documents before anyone knows what they are, of any size: who reads them, and how by parts. */
import { createHash, subtle } from 'node:crypto';
import { type JsonFault, readJson } from '../formats/json.ts';
import { eachPart, type LargeJsonFault, type Parts, readLargeJson } from '../formats/json-large.ts';
import { outlineOf } from '../formats/json-outline.ts';
import type { RawDocument } from '../formats/raw-document.ts';
import { type DocumentKind, faulty, type ReadContext, type Reading } from './reading.ts';

export { documentOf, wholeBytes } from '../formats/raw-document.ts';

/** JSON is made into values up to here for kinds that can't read by parts. */
const mostBytes = 256 << 20;

/** The first kind that recognises it: by its beginning, else by an outline of all of it. */
export async function kindOf(document: RawDocument, kinds: readonly DocumentKind[]): Promise<DocumentKind | undefined> {
  const { bytes, outline } = document;
  if (outline === undefined) return kinds.find(kind => kind.recognises(document));
  const byHead = kinds.find(kind => kind.recognises({ bytes, json: outline }));
  if (byHead) return byHead;
  const json = await outlineOf(bytes);
  return kinds.find(kind => kind.recognises({ bytes, json }));
}

/** Reads it as that kind, which gets the value where it can't do without. */
export async function readAs(kind: DocumentKind, document: RawDocument, context: ReadContext): Promise<Reading> {
  if (document.outline === undefined || kind.isLarge) return kind.read(document, context);
  const { bytes } = document;
  if (bytes.length > mostBytes) return faulty('too_large');
  const read = readJson(bytes);
  return 'fault' in read ? faulty(read.fault) : kind.read({ bytes, json: read.value }, context);
}

/**
 * What is in a document's long lists, element by element, and all else of it: in one way for small and large ones. Of
 * small ones the value is whole, so that nobody may rely on what isn't in it.
 */
export async function readParts(
  document: RawDocument,
  parts: Parts,
): Promise<{ readonly value: unknown } | { readonly fault: LargeJsonFault | JsonFault }> {
  if (document.json !== undefined) return { value: eachPart(document.json, parts) };
  if (document.outline !== undefined) return readLargeJson(document.bytes, parts);
  const read = readJson(document.bytes);
  return 'value' in read ? { value: eachPart(read.value, parts) } : read;
}

const digestPiece = 16 << 20;

/**
 * Of a document's bytes, time and part, as `digestOf` (findings/look.ts), but on another thread. The time belongs to it: a
 * document that says today what it said yesterday is another look.
 */
export async function digestOfDocument({ bytes }: RawDocument, at: string, part = ''): Promise<string> {
  const whole = createHash('sha256');
  for (let start = 0; start < bytes.length; start += digestPiece) {
    // What it is given is copied: piece by piece.
    const piece = bytes.subarray(start, start + digestPiece);
    whole.update(Buffer.from(await subtle.digest('SHA-256', piece)));
  }
  return whole.update(`\n${at}\n${part}`).digest('hex');
}
