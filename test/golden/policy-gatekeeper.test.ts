import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenGatekeeperTold } from './policy-gatekeeper.ts';

test("what Gatekeeper's fixtures tell is in its golden file", async () => {
  const golden = readFileSync(path.join(import.meta.dirname, 'policy-gatekeeper.told'), 'utf8');
  assert.equal(await goldenGatekeeperTold(), golden);
});
