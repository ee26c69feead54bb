import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { supplyChainMetrics } from '../../exporters/supply-chain/metrics.ts';
import { assertPromtoolIsContent } from './promtool.ts';
import { goldenSupplyChainPage } from './supply-chain.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'supply-chain.prom'), 'utf8');

test('six made-up weeks of images give the golden page, with every family on it', async () => {
  const text = await goldenSupplyChainPage('text');
  assert.equal(text, golden());
  const told = new Set([...text.matchAll(/^([a-z0-9_]+)(?:_bucket|_sum|_count)?(?:\{| )/gm)].map(match => match[1]));
  assert.deepEqual(
    supplyChainMetrics.map(({ name }) => name).filter(name => !told.has(name)),
    // The gate changes its mind about nothing here: see derived.test.ts.
    ['supply_chain_gate_newly_blocked'],
  );
});

test('promtool finds nothing to say about the page of the supply chain', async t => {
  await assertPromtoolIsContent(t, golden());
});
