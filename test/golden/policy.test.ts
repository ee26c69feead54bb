import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { policyMetrics } from '../../exporters/policy/metrics.ts';
import { goldenPolicyPage } from './policy.ts';
import { assertPromtoolIsContent } from './promtool.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'policy.prom'), 'utf8');

test('a made-up quarter gives the golden page, with every family on it', async () => {
  const text = await goldenPolicyPage('text');
  assert.equal(text, golden());
  const told = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1]));
  const expected = policyMetrics.map(({ name }) => name).filter(name => !/^policy_(opa|decisions?)_/.test(name));
  assert.deepEqual([...told].sort(), expected.sort());
});

test('promtool finds nothing to say about the page', async t => {
  await assertPromtoolIsContent(t, golden());
});
