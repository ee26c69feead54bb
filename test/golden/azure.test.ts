import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { requireTool } from '../tools/tools.ts';
import { goldenAzureCostPage, goldenAzureExportsPage } from './azure.ts';

const golden = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test("a made-up subscription gives the golden page of Azure's APIs", async () => {
  assert.equal(await goldenAzureCostPage(), golden('cost-azure-cost.prom'));
});

test("and that of Azure's exports", async () => {
  assert.equal(await goldenAzureExportsPage(), golden('cost-azure-exports.prom'));
});

test('promtool finds nothing to say about them', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const check = (input: string) => spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  for (const file of ['cost-azure-cost.prom', 'cost-azure-exports.prom']) {
    // Stamped families have a line for each day; for promtool a series stands on a page once.
    const input = golden(file)
      .split('\n')
      .filter(line => !/ \d{13}$/.test(line))
      .join('\n');
    const { status, stdout, stderr } = check(input);
    assert.deepEqual([status, stdout, stderr], [0, '', ''], file);
  }
});
