import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenGitHubLedger } from './github.ts';

test('a made-up month gives the golden ledger of GitHub', async () => {
  assert.equal(await goldenGitHubLedger(), readFileSync(path.join(import.meta.dirname, 'dora-github.txt'), 'utf8'));
});
