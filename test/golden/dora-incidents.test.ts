import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenDoraIncidents } from './dora-incidents.ts';

test('a made-up week of PagerDuty, Jira and Datadog gives the golden ledger', async () => {
  const golden = readFileSync(path.join(import.meta.dirname, 'dora-incidents.txt'), 'utf8');
  assert.equal(await goldenDoraIncidents(), golden);
});
