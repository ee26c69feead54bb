import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenEventsLedger, goldenFourKeysLedger, goldenGitLabLedger } from './delivery-ledgers.ts';

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, `dora-${name}.ledger`), 'utf8');

test('a made-up project gives the golden ledger of GitLab', async () => {
  assert.equal(await goldenGitLabLedger(), golden('gitlab'));
});

test("a week of events gives the golden ledger of Four Keys'", async () => {
  assert.equal(await goldenFourKeysLedger(), golden('four-keys'));
});

test('a life of a deployment and its incident gives the golden ledger of events', async () => {
  assert.equal(await goldenEventsLedger(), golden('events'));
});
