import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { requireTool } from '../tools/tools.ts';
import { goldenCurPage } from './cur.ts';

const golden = readFileSync(path.join(import.meta.dirname, 'cost-aws-cur.prom'), 'utf8');

test('reports in a bucket give the golden page', async () => {
  assert.equal(await goldenCurPage(), golden);
});

test('promtool finds nothing to say about it', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  // Stamped families have a line for each day; for promtool a series stands on a page once.
  const input = golden
    .split('\n')
    .filter(line => !/ \d{13}$/.test(line))
    .join('\n');
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});
