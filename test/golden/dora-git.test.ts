import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { goldenGitLedger } from './dora-git.ts';

test('the ledger of the fixture repository is the golden one', async () => {
  const golden = readFileSync(new URL('./dora-git.txt', import.meta.url), 'utf8');
  assert.equal(await goldenGitLedger(), golden);
});
