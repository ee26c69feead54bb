import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { experienceMetrics } from '../../exporters/experience/metrics.ts';
import { goldenExperiencePage } from './experience.ts';
import { assertPromtoolIsContent } from './promtool.ts';

const golden = () => readFileSync(path.join(import.meta.dirname, 'experience.prom'), 'utf8');

test('made-up surveys, use, roadmap and scorecards give the golden page, with every family on it', async () => {
  const text = await goldenExperiencePage();
  assert.equal(text, golden());
  const told = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(match => match[1]));
  assert.deepEqual(
    experienceMetrics.map(({ name }) => name).filter(name => !told.has(name)),
    [],
  );
});

test('nobody is on it by name, and no team of fewer than five has answered', () => {
  assert.doesNotMatch(golden(), /@example|guest-|p\d+-/);
  assert.doesNotMatch(golden(), /^devex_team_(nps|question|space|survey)\S*\{[^}]*team="e"/m);
  assert.match(golden(), /^devex_team_nps\{[^}]*team="d"/m);
});

test('promtool finds nothing to say about the page', async t => {
  await assertPromtoolIsContent(t, golden());
});
