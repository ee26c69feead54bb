import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { differencesPage, pyrraDifferences, slothDifferences } from '../../../../alerts/slo/import/differences.ts';

test('the committed page is what the list makes, and every row has its reason', () => {
  const file = new URL('../../../../alerts/slo/import/DIFFERENCES.md', import.meta.url);
  assert.equal(readFileSync(file, 'utf8'), differencesPage());
  for (const row of [...slothDifferences, ...pyrraDifferences])
    for (const text of [row.there, row.here, row.why]) assert.ok(text.length > 2, row.what);
});
