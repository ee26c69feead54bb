import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { costMetrics } from '../../exporters/cost/metrics.ts';
import { requireTool } from '../tools/tools.ts';
import { goldenCostExplorerPage } from './cost-explorer.ts';
import { goldenPage } from './page.ts';

const golden = (file: string) => readFileSync(path.join(import.meta.dirname, file), 'utf8');

test('the fixture bill gives the golden page, in both formats', async () => {
  assert.equal(await goldenPage('text'), golden('cost.prom'));
  assert.equal(await goldenPage('openmetrics'), golden('cost.openmetrics'));
});

test('a made-up account of Cost Explorer gives its golden page', async () => {
  assert.equal(await goldenCostExplorerPage('text'), golden('cost-cost-explorer.prom'));
});

/** Every page is made of what was read once, so that nothing was restated. */
const onNoPage: readonly string[] = ['finops_last_restatement_timestamp_seconds'];

test('every family of cost is on a golden page', () => {
  const pages = readdirSync(import.meta.dirname).filter(file => /^cost.*\.prom$/.test(file));
  const all = pages.map(golden).join('');
  const missing = costMetrics.filter(({ name }) => !all.includes(`# TYPE ${name} `));
  assert.deepEqual(
    missing.map(({ name }) => name),
    onNoPage,
  );
});

test('promtool finds nothing to say about the page', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const check = (input: string) => spawnSync(promtool.path, ['check', 'metrics'], { input, encoding: 'utf8' });
  // Stamped families have a line for each day; for promtool a series stands on a page once.
  const unstamped = (file: string) =>
    golden(file)
      .split('\n')
      .filter(line => !/ \d{13}$/.test(line))
      .join('\n');
  for (const file of ['cost.prom', 'cost-cost-explorer.prom', 'cost-kubernetes.prom']) {
    const { status, stdout, stderr } = check(unstamped(file));
    assert.deepEqual([status, stdout, stderr], [0, '', ''], file);
  }
  assert.notEqual(check(unstamped('cost.prom').replaceAll('_ratio', '_days')).stderr, '', 'it does look at names');
});
