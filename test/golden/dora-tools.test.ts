import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { benchmarkMetrics, externalMetrics } from '../../exporters/dora/metrics.ts';
import { requireTool } from '../tools/tools.ts';
import { goldenDevlakePage, goldenDoraToolsPage } from './dora-tools.ts';

const golden = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test('a made-up company gives the golden page of LinearB, Sleuth and Cortex', async () => {
  assert.equal(await goldenDoraToolsPage(), golden('dora-tools.prom'));
});

test('and a month of a shop that of the definitions of Apache DevLake', async () => {
  assert.equal(await goldenDevlakePage(), golden('dora-devlake.prom'));
});

test('each family of other tools has a value of each that offers it, and each benchmark has one', () => {
  const page = golden('dora-tools.prom');
  for (const { name } of externalMetrics) {
    // None of these three tells of rework.
    if (name === 'dora_external_rework_ratio') continue;
    for (const tool of ['linearb', 'sleuth', 'cortex'])
      assert.match(page, new RegExp(`^${name}\\{tool="${tool}"`, 'm'), `${name} of ${tool}`);
  }
  for (const { name } of benchmarkMetrics) assert.match(page, new RegExp(`^${name}\\{`, 'm'), name);
});

test('promtool finds nothing to say about them', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const check = (input: string) => spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  for (const file of ['dora-tools.prom', 'dora-devlake.prom']) {
    const { status, stdout, stderr } = check(golden(file));
    assert.deepEqual([status, stdout, stderr], [0, '', ''], file);
  }
});
