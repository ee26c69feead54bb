import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { reconciliationGap, reportingMetrics } from '../../exporters/cost/metrics.ts';
import { requireTool } from '../tools/tools.ts';
import { goldenCloudHealthPage } from './cloudhealth.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'cost-cloudhealth.prom'), 'utf8');

test('a made-up account gives the golden page of CloudHealth', async () => {
  assert.equal(await goldenCloudHealthPage(), golden());
});

test('each family of conversion and reconciliation has a value on it, and all of the bill is allocated', () => {
  for (const { name } of [...reportingMetrics, reconciliationGap])
    assert.match(golden(), new RegExp(`^${name}(_latest)?\\{`, 'm'), name);
  const residuals = golden().match(/^finops_allocation_residual_cost\{.*$/gm) ?? [];
  assert.ok(residuals.length > 0 && residuals.every(line => line.endsWith(' 0')), residuals.join('\n'));
});

test('promtool finds nothing to say about it', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  // Stamped families have a line for each day; for promtool a series stands on a page once.
  const input = golden()
    .split('\n')
    .filter(line => !/ \d{13}$/.test(line))
    .join('\n');
  const { status, stdout, stderr } = spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  assert.deepEqual([status, stdout, stderr], [0, '', '']);
});
