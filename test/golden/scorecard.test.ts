import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';
import { assertPromtoolIsContent } from './promtool.ts';
import { goldenScorecardPage } from './scorecard.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'scorecard.prom'), 'utf8');

test('a made-up platform gives the golden page, with every family on it', async () => {
  const text = await goldenScorecardPage();
  assert.equal(text, golden());
  const told = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1]));
  assert.deepEqual(
    scorecardMetrics.map(({ name }) => name).filter(name => !told.has(name)),
    [],
  );
});

test('promtool finds nothing to say about the page', async t => {
  await assertPromtoolIsContent(t, golden());
});
