/** What the demo platform promises: the shipped examples, as rules and tests of its own configuration. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { alertFiles } from '../../alerts/index.ts';
import { loadConfig } from '../../exporters/config.ts';
import { writeDemo } from '../../exporters/demo/index.ts';
import { requireTool } from '../tools/tools.ts';

const promised = [
  'daily-cost',
  'deploy-lead-time',
  'findings-past-limit',
  'pipeline-duration',
  'pipeline-success',
  'policy-decision-latency',
  'portal-availability',
  'source-freshness',
  'survey-cadence',
];

test('the demo has rules for every SLO that it promises, and each passes its test', async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-demo-slos-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const { configFile } = writeDemo({
    dir,
    now: new Date('2026-10-23T07:00:00Z'),
    vendors: { url: 'http://127.0.0.1:9' },
  });
  const files = Object.entries(alertFiles(await loadConfig(configFile, { env: {} }))).filter(([name]) =>
    name.startsWith('slo-'),
  );
  assert.deepEqual(files.flatMap(([name]) => /^slo-platform-(.+)\.rules\.yml$/.exec(name)?.[1] ?? []).sort(), promised);
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const rules = path.join(dir, 'rules');
  mkdirSync(rules);
  for (const [name, text] of files) writeFileSync(path.join(rules, name), text);
  const of = (kind: string) => files.flatMap(([name]) => (name.endsWith(kind) ? [name] : []));
  assert.deepEqual(
    of('.test.yml').map(name => name.replace('.test.yml', '')),
    of('.rules.yml').map(name => name.replace('.rules.yml', '')),
  );
  await promisify(execFile)(promtool.path, ['check', 'rules', '--lint-fatal', ...of('.rules.yml')], { cwd: rules });
  await promisify(execFile)(promtool.path, ['test', 'rules', ...of('.test.yml')], { cwd: rules });
});
