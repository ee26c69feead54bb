import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenKyvernoLedger, goldenPolicyReportTold } from './policy-kyverno.ts';

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8');

test('reports as kubectl prints them tell the golden findings', async () => {
  assert.equal(await goldenPolicyReportTold(), golden('policy-policyreport.told'));
});

test('two hours of a made-up cluster give the golden ledger', async () => {
  assert.equal(await goldenKyvernoLedger(), golden('policy-kyverno.ledger'));
});
