import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { goldenAzurePolicy, goldenHcpTerraform } from './policy-apis.ts';

const committed = (name: string) => readFileSync(path.join(import.meta.dirname, name), 'utf8');

test('two days of Azure Policy give the golden ledger', async () => {
  assert.equal(await goldenAzurePolicy(), committed('policy-azure-policy.ledger'));
});

test('two days of HCP Terraform give the golden ledger', async () => {
  assert.equal(await goldenHcpTerraform(), committed('policy-hcp-terraform.ledger'));
});
