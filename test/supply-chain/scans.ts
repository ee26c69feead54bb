/** Reads documents as their kind does, and tells what came of it in few words. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Place } from '../../exporters/findings/place.ts';
import { readJson } from '../../exporters/formats/json.ts';
import type { Found, Scan } from '../../exporters/supply-chain/document.ts';
import { documentKinds } from '../../exporters/supply-chain/kinds.ts';
import type { RawDocument, Reading } from '../../exporters/supply-chain/reading.ts';
import { corpus } from '../e2e/lib/corpus.ts';

export const at = new Date('2026-11-20T10:00:00Z');
const now = new Date('2026-11-26T00:00:00Z');

export function rawDocument(bytes: Buffer): RawDocument {
  const read = readJson(bytes);
  return 'value' in read ? { bytes, json: read.value } : { bytes };
}

export async function readScans(kind: string, body: unknown, place: Place = {}): Promise<Reading> {
  const reader = documentKinds.find(one => one.kind === kind);
  assert.ok(reader, kind);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return reader.read(rawDocument(bytes), { at, now, place, file: 'report' });
}

export const recognisedBy = (document: RawDocument): string[] =>
  documentKinds.filter(one => one.recognises(document)).map(({ kind }) => kind);

/** The only scan of a reading. */
export function scanOf({ heard, fault }: Reading): Scan {
  assert.equal(fault, undefined);
  assert.equal(heard.scans?.length, 1);
  return heard.scans[0]!;
}

export const foundIn = async (kind: string, body: unknown, place: Place = {}): Promise<readonly Found[]> =>
  scanOf(await readScans(kind, body, place)).found;

/** Files of the corpus below `supply-chain`, with what they hold; none, and said, where it isn't there. */
export function corpusFiles(t: TestContext, folder = ''): readonly { readonly file: string; readonly bytes: Buffer }[] {
  const root = path.join(corpus, 'supply-chain', folder);
  if (!existsSync(root)) {
    t.skip(`supply-chain/${folder} is not in PLUMBLINE_CORPUS`);
    return [];
  }
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(one => one.isFile() && one.name !== 'PROVENANCE.md')
    .map(one => path.join(one.parentPath, one.name))
    .sort()
    .map(file => ({ file: path.relative(root, file), bytes: readFileSync(file) }));
}

export const countOf = <T>(list: readonly T[], of: (one: T) => string): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  for (const key of list.map(of).sort()) counts[key] = (counts[key] ?? 0) + 1;
  return counts;
};
