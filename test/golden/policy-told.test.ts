import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenTold, toldReports } from './policy-told.ts';

for (const kind of Object.keys(toldReports))
  test(`a report of ${kind} tells what is in its golden file`, async () => {
    const golden = readFileSync(path.join(import.meta.dirname, `policy-${kind}.told`), 'utf8');
    assert.equal(await goldenTold(kind), golden);
  });
