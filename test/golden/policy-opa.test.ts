import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { requireTool } from '../tools/tools.ts';
import { goldenOpaPage } from './policy-opa.ts';

const golden = readFileSync(path.join(import.meta.dirname, 'policy-opa.prom'), 'utf8');

test('an upload and the statuses around it give the golden page', async () => {
  assert.equal(await goldenOpaPage(), golden);
});

test('promtool finds nothing to say about the page', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], {
    input: golden,
    encoding: 'utf8',
  });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});
