import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Metric } from '../../exporters/core/metric.ts';
import { doraMetrics } from '../../exporters/dora/metrics.ts';
import { requireTool } from '../tools/tools.ts';
import { goldenDoraPage } from './dora.ts';

const golden = readFileSync(path.join(import.meta.dirname, 'dora.prom'), 'utf8');

test('a made-up year of three services gives the golden page', async () => {
  assert.equal(await goldenDoraPage('text'), golden);
});

/** Nothing stays broken in that year. */
const onNoPage = ['dora_oldest_unrecovered_failure_timestamp_seconds'];

test('every family that is computed here is on the page', () => {
  const metrics: readonly Metric[] = doraMetrics.filter(
    ({ name }) => !/_external_|quick_check|performance_band/.test(name),
  );
  const missing = metrics.filter(({ name }) => !golden.includes(`# TYPE ${name} `)).map(({ name }) => name);
  assert.deepEqual(
    missing.filter(name => !onNoPage.includes(name)),
    [],
  );
});

test('promtool finds nothing to say about the page', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], {
    input: golden,
    encoding: 'utf8',
  });
  assert.equal(stdout + stderr, '');
  assert.equal(status, 0);
});
