/** What is of no artifact is refused by its name, and not as something that nobody knows. */
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { readDocument } from '../../exporters/supply-chain/raw-document.ts';
import { corpusFolder } from './documents.ts';

const context = { at: new Date(0), now: new Date(0), place: { image: 'ghcr.io/acme/shop:1' }, file: 'document' };
const faultOf = async (bytes: Buffer) => (await readDocument('auto', bytes, context)).fault ?? '';

test('of the corpus only what is no document at all is of an unknown format', async t => {
  const folder = corpusFolder(t);
  if (folder === undefined) return;
  const faults: Record<string, string[]> = {};
  for (const file of globSync('**/*.json', { cwd: folder }).sort()) {
    const fault = await faultOf(readFileSync(path.join(folder, file)));
    faults[fault] = [...(faults[fault] ?? []), file];
  }
  // Its product is its file's name alone.
  assert.ok(faults.missing_subject?.includes('guac/eol-sapmachine.json'));
  // A Scorecard that names no repository; the context has none either.
  assert.ok(faults.missing_subject?.includes('guac/invalid-scorecard.json'));
  assert.ok(faults.names_alone?.includes('guac/eol-all.json'));
  assert.ok(faults.package_manifest?.every(file => file.endsWith('package.json')));
  // An empty object, and a line of text: neither is JSON of anything.
  assert.deepEqual(faults.unknown_format, [
    'grype/grype/pkg/testdata/invalid.json',
    'snyk/test/fixtures/invalid-input.json',
  ]);
});

test('a lock file is no manifest, and an empty list says nothing', async () => {
  const faults = await Promise.all(
    [{ name: 'a', lockfileVersion: 3, dependencies: {} }, [], [{}], { checks: [] }].map(one =>
      faultOf(Buffer.from(JSON.stringify(one))),
    ),
  );
  assert.deepEqual(faults, Array(4).fill('unknown_format'));
});
