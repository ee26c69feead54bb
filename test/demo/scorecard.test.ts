/** The golden path of the demo platform: every exporter is read, and the scorecard has something to tell of all of them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { pino } from 'pino';
import { loadConfig } from '../../exporters/config.ts';
import { page } from '../../exporters/core/exposition.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { subjectReaderOf } from '../../exporters/core/subject-reader.ts';
import type { SubjectReader } from '../../exporters/core/subjects.ts';
import { prepareDemo, startVendors } from '../../exporters/demo/index.ts';
import { buildExporters } from '../../exporters/registry.ts';
import { scorecardMetrics } from '../../exporters/scorecard/metrics.ts';

const now = new Date('2026-10-23T07:00:00Z');
const log = pino({ level: 'silent' });

/** Families that may have nothing to tell on a good day. */
const mayBeEmpty = ['platform_required_check_lost'];

test('the golden path of the demo platform', { timeout: 2_400_000 }, async t => {
  const dir = mkdtempSync(path.join(os.tmpdir(), 'plumbline-demo-'));
  t.after(() => rmSync(dir, { recursive: true, force: true }));
  const vendors = await startVendors(() => now);
  t.after(() => vendors.stop());
  const { configFile } = await prepareDemo({ dir, now, vendors, log });
  const config = await loadConfig(configFile, { env: {} });
  const readers: SubjectReader[] = [];
  const exporters = await buildExporters(config, undefined, { now: () => now, subjects: () => readers });
  let text = '';
  for (const exporter of exporters) {
    const runtime = await openRuntime(exporter, { dataDir: config.data_dir, log, pageDays: 3, now: () => now });
    t.after(() => runtime.stop());
    const results = await runtime.refresh();
    const reader = subjectReaderOf(runtime);
    if (reader !== undefined) readers.push(reader);
    if (exporter.name !== 'scorecard') continue;
    assert.deepEqual(
      results.flatMap(({ source, error }) => (error === undefined ? [] : [`${source}: ${error}`])),
      [],
    );
    text = Buffer.concat(page((await runtime.takeSnapshot()).families, 'openmetrics')).toString();
  }
  const valuesOf = (label: string, of: RegExp) =>
    new Set(
      text
        .split('\n')
        .filter(line => of.test(line) && !/ 0(\.0)?$/.test(line))
        .map(line => new RegExp(`\\b${label}="([^"]*)"`).exec(line)?.[1]),
    );

  await t.test('every family has data', () => {
    const empty = scorecardMetrics.filter(({ name }) => !new RegExp(`^${name}[{ ]`, 'm').test(text));
    assert.deepEqual(
      empty.map(({ name }) => name).filter(name => !mayBeEmpty.includes(name)),
      [],
    );
  });

  await t.test(
    'checks pass, fail, are exempt and are not measured, of every level and of the facts of every domain',
    () => {
      const states = valuesOf('state', /^platform_checks\{/);
      for (const state of ['pass', 'fail', 'exempt', 'not_measured']) assert.ok(states.has(state), state);
      assert.deepEqual([...valuesOf('level', /^platform_check_info\{/)].sort(), ['bronze', 'gold', 'silver']);
      const domains = valuesOf('exporter', /^platform_check_info\{/);
      for (const domain of ['catalog', 'cost', 'dora', 'policy', 'supply-chain', 'experience'])
        assert.ok(domains.has(domain), domain);
    },
  );

  await t.test('services are on different levels, and what nobody owns costs something', () => {
    assert.ok(valuesOf('level', /^platform_services_by_level\{/).size > 1);
    for (const kind of ['resource', 'repository', 'namespace', 'image'])
      assert.ok(valuesOf('kind', /^platform_shadow_subjects\{/).has(kind), kind);
    assert.ok(valuesOf('currency', /^platform_shadow_cost\{/).size > 0);
  });
});
