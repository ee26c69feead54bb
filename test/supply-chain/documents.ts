/** Reads a document as its kind does, small and as if it were large, and tells what came of it. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { TestContext } from 'node:test';
import type { Place } from '../../exporters/findings/place.ts';
import type { Sbom } from '../../exporters/supply-chain/document.ts';
import { documentKinds } from '../../exporters/supply-chain/kinds.ts';
import { documentOf, kindOf, readAs } from '../../exporters/supply-chain/raw.ts';
import type { Reading } from '../../exporters/supply-chain/reading.ts';
import { corpus } from '../e2e/lib/corpus.ts';

const at = new Date('2026-11-20T10:00:00Z');
const now = new Date('2026-11-26T00:00:00Z');

export interface Read extends Reading {
  /** '' where no kind recognises it. */
  readonly kind: string;
}

const unrecognised: Read = { kind: '', heard: {}, records: 0, rejections: [], fault: 'unrecognised' };

/** As files of kind `auto` are read; JSON also as if it were too large for its value: both must tell the same. */
export async function readAuto(body: string | Buffer, place: Place = {}, file = 'document'): Promise<Read> {
  const bytes = Buffer.from(body as Buffer);
  const context = { at, now, place, file };
  const document = await documentOf(bytes);
  const kind = await kindOf(document, documentKinds);
  const read = kind ? { kind: kind.kind, ...(await readAs(kind, document, context)) } : unrecognised;
  const large = document.json === undefined ? document : await documentOf(bytes, 0);
  if (large.outline !== undefined) {
    const other = await kindOf(large, documentKinds);
    assert.equal(other?.kind ?? '', read.kind, 'its kind, by its outline');
    if (other) assert.deepEqual({ kind: other.kind, ...(await readAs(other, large, context)) }, read);
  }
  return read;
}

export async function readKind(kind: string, body: string | Buffer, place: Place = {}): Promise<Reading> {
  const reader = documentKinds.find(one => one.kind === kind);
  assert.ok(reader, kind);
  return readAs(reader, await documentOf(Buffer.from(body as Buffer)), { at, now, place, file: 'document' });
}

/** The only bill of materials of a reading. */
export function sbomOf({ heard, fault }: Reading): Sbom {
  assert.equal(fault, undefined);
  assert.equal(heard.sboms?.length, 1);
  return heard.sboms[0]!;
}

export const purlsOf = ({ components }: Sbom): readonly string[] => components.map(({ purl }) => purl);

/** The folder of the corpus; undefined, and said, where it isn't there. */
export function corpusFolder(t: TestContext): string | undefined {
  const folder = path.join(corpus, 'supply-chain');
  if (existsSync(folder)) return folder;
  t.skip('supply-chain is not in PLUMBLINE_CORPUS');
  return undefined;
}

export const fixture = (name: string): Buffer =>
  readFileSync(path.resolve(import.meta.dirname, '../fixtures/supply-chain', name));
