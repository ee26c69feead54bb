import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { commitmentMetrics, kubernetesMetrics, unitMetrics } from '../../exporters/cost/metrics.ts';
import { goldenKubernetesPage } from './kubernetes.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'cost-kubernetes.prom'), 'utf8');

test("a cluster's allocation, requests and commitments give their golden page", async () => {
  assert.equal(await goldenKubernetesPage(), golden());
});

test('each of their families has a value on it, and all of the bill is allocated', () => {
  const text = golden();
  for (const { name } of [...kubernetesMetrics, ...unitMetrics, ...commitmentMetrics])
    assert.match(text, new RegExp(`^${name}\\{`, 'm'));
  const residuals = text.match(/^finops_allocation_residual_cost\{.*$/gm) ?? [];
  assert.ok(residuals.length > 0 && residuals.every(line => line.endsWith(' 0')), residuals.join('\n'));
});
