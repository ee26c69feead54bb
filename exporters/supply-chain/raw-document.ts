/** Documents from bytes: what each is, by the kind that is asked for or by its content, and what it tells. */
import { readJson } from '../formats/json.ts';
import { documentKinds } from './kinds.ts';
import { notOfArtifacts } from './not-artifacts.ts';
import { documentOf, kindOf, readAs } from './raw.ts';
import { type DocumentKind, faulty, type RawDocument, type ReadContext, type Reading } from './reading.ts';

export const auto = 'auto';

/** Of files and posts, `auto` first. */
export const kindNames: readonly [string, ...string[]] = [auto, ...documentKinds.map(({ kind }) => kind)];

/** As `DocumentKind.read`; `kind` is one of `kinds`, or `auto`: then the first kind that recognises it reads it. */
export async function readDocument(
  kind: string,
  bytes: Buffer,
  context: ReadContext,
  kinds: readonly DocumentKind[] = documentKinds,
): Promise<Reading> {
  const document = await documentOf(bytes);
  const reader = kind === auto ? await kindOf(document, kinds) : kinds.find(one => one.kind === kind);
  if (reader) return readAs(reader, document, context);
  return faulty(whyUnknown(document));
}

/** Of what begins as JSON and is broken that is worth more to know than that nobody knows it. */
function whyUnknown({ bytes, json, outline }: RawDocument): string {
  if (json === null) return 'nothing_found_by_whom';
  if (json !== undefined || outline !== undefined) return notOfArtifacts(json) ?? 'unknown_format';
  const looksLikeJson = /^[\s\uFEFF]*[[{]/.test(bytes.subarray(0, 200).toString('utf8'));
  const read = readJson(looksLikeJson ? bytes : bytes.subarray(0, 200));
  return 'fault' in read && (read.fault === 'empty' || looksLikeJson) ? read.fault : 'unknown_format';
}

/** Whether files of such a name may be of the kind. */
export const acceptsName = (kind: string, kinds: readonly DocumentKind[] = documentKinds) => {
  const asked = kinds.filter(one => kind === auto || one.kind === kind);
  return (name: string): boolean => asked.some(one => one.accepts(name));
};
