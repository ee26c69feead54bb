import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toOpenMetrics } from '../../exporters/core/exposition.ts';
import type { Metric } from '../../exporters/core/metric.ts';
import * as own from '../../exporters/core/metrics.ts';
import {
  createSelfMetrics,
  recordRemoteWrite,
  recordSnapshot,
  recordSource,
} from '../../exporters/core/self-metrics.ts';
import type { RenderedFamily } from '../../exporters/core/snapshot-types.ts';
import type { SourceStatus } from '../../exporters/core/status.ts';
import { parsePage } from './parse-page.ts';

const create = () => createSelfMetrics({ version: '1.2.3', runtime: false });

async function valuesOf(self: ReturnType<typeof create>, exporter?: string): Promise<Record<string, number>> {
  const { samples } = parsePage(await self.text(exporter));
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => [`${name} ${Object.values(labels).join(' ')}`.trim(), value]),
  );
}

const status: SourceStatus = {
  ...{ exporter: 'cost', source: 'focus', kind: 'read', everySeconds: 60, state: 'ok', error: undefined },
  nextRun: undefined,
  ...{ lastRun: new Date(1.7e12), lastSuccess: new Date(1.7e12), lastDurationSeconds: 1.5, records: 10 },
  rejected: { bad_date: 2 },
  files: { waiting: 3, broken: 1 },
};

test('every definition is exported under its name, type, help and labels, and nothing else is', async () => {
  const self = create();
  const expected = own.selfMetrics.map((metric: Metric) => {
    const labels = Object.fromEntries(metric.labels.map(label => [label, label]));
    if (metric.kind === 'count') self.add(metric as Metric<string, 'count'>, labels, 1);
    else if (metric.kind === 'histogram') self.observe(metric as Metric<string, 'histogram'>, labels, 1);
    else self.set(metric as Metric<string, 'state'>, labels, 1);
    const type = { count: 'counter', histogram: 'histogram', state: 'gauge', daily: '' }[metric.kind];
    return [metric.name, type, metric.help, [...metric.labels].sort().join()];
  });
  const { samples, types, help } = parsePage(await self.text());
  const labelsOf = (name: string) => {
    const found = samples.findLast(sample => sample.name === name || sample.name === `${name}_count`);
    return Object.keys(found?.labels ?? {})
      .sort()
      .join();
  };
  assert.deepEqual(
    Object.keys(types).map(name => [name, types[name], help[name], labelsOf(name)]),
    expected,
  );
});

test('of the runtime, only counters end in _total, and what the misnamed gauges said can be summed', async () => {
  const { types } = parsePage(await createSelfMetrics({ version: '1.2.3' }).text());
  assert.deepEqual(
    Object.keys(types).filter(name => name.endsWith('_total') !== (types[name] === 'counter')),
    [],
  );
  assert.equal(types.nodejs_active_resources, 'gauge');
});

test("a source's status becomes its metrics, and counters follow totals without being added twice", async () => {
  const self = create();
  recordSource(self, status);
  recordSource(self, {
    ...status,
    state: 'failed',
    records: 25,
    rejected: { bad_date: 2, bad_number: 1 },
    lastSuccess: undefined,
  });
  const values = await valuesOf(self, 'cost');
  assert.deepEqual(values, {
    'plumbline_build_info 1.2.3': 1,
    plumbline_demo: 0,
    'plumbline_source_up cost focus': 0,
    'plumbline_source_waiting_files cost focus': 3,
    'plumbline_source_last_success_timestamp_seconds cost focus': 1.7e9,
    'plumbline_source_refresh_duration_seconds cost focus': 1.5,
    'plumbline_source_records_total cost focus': 25,
    'plumbline_source_rejected_total cost focus bad_date': 2,
    'plumbline_source_rejected_total cost focus bad_number': 1,
  });
});

test('a source that waits for its first refresh is down, unless others push to it', async () => {
  const self = create();
  const waiting = { ...status, state: 'waiting', lastSuccess: undefined } as const;
  recordSource(self, waiting);
  recordSource(self, { ...waiting, source: 'hook', kind: 'push' });
  const values = await valuesOf(self);
  assert.equal(values['plumbline_source_up cost focus'], 0);
  assert.ok(!('plumbline_source_up cost hook' in values));
});

test('families that left the page leave its metrics', async () => {
  const self = create();
  const family = (name: string, series: number) => ({ name, series }) as RenderedFamily;
  const before = { commit: 1, takenAt: new Date(1e12), families: [family('a', 1), family('b', 2)] };
  const snapshot = { commit: 2, takenAt: new Date(2e12), families: [family('b', 3)] };
  recordSnapshot(self, 'cost', { snapshot: before, problems: 0, ledgerBytes: 5 });
  recordSnapshot(self, 'cost', { snapshot, before, problems: 1, ledgerBytes: 6 });
  const values = await valuesOf(self);
  assert.equal(values['plumbline_snapshot_series cost b'], 3);
  assert.equal(values['plumbline_snapshot_timestamp_seconds cost'], 2e9);
  assert.equal(values['plumbline_ledger_bytes cost'], 6);
  assert.ok(!('plumbline_snapshot_series cost a' in values));
});

test('remote write tells what was accepted, refused, clipped and waits', async () => {
  const self = create();
  const labels = { exporter: 'cost', target: 'mimir' };
  const spool = { samples: () => 7, bytes: () => 99 };
  recordRemoteWrite(self, labels, spool);
  assert.equal((await valuesOf(self))['plumbline_remote_write_failed_total cost mimir out_of_order'], 0);
  recordRemoteWrite(self, labels, spool, { samples: 10, clipped: 4, requests: 1 });
  const refusal = { reason: 'too_old', samples: 2, said: '', series: '', time: new Date() } as const;
  recordRemoteWrite(self, labels, spool, { kind: 'delivered', samples: 8, refused: [refusal] });
  recordRemoteWrite(self, labels, spool, { kind: 'retry', attempt: 1, waitMs: 1, said: '' });
  const values = await valuesOf(self);
  assert.deepEqual(
    Object.entries(values).filter(([name, value]) => name.startsWith('plumbline_remote') && value > 0),
    [
      ['plumbline_remote_write_samples_total cost mimir', 8],
      ['plumbline_remote_write_failed_total cost mimir too_old', 2],
      ['plumbline_remote_write_failed_total cost mimir clipped', 4],
      ['plumbline_remote_write_pending_samples cost mimir', 7],
      ['plumbline_remote_write_spool_bytes cost mimir', 99],
    ],
  );
});

test("one exporter's page leaves out what is about others", async () => {
  const self = create();
  recordSource(self, status);
  recordSource(self, { ...status, exporter: 'dora', source: 'x",exporter="cost' });
  const names = Object.keys(await valuesOf(self, 'dora'));
  assert.ok(names.some(name => name.includes('dora')) && names.includes('plumbline_build_info 1.2.3'));
  assert.ok(!names.some(name => name.includes('focus')));
});

test("the page's version changes with values, not with observations", async () => {
  const self = createSelfMetrics({ version: '1', demo: true });
  const before = self.version();
  self.observe(own.httpRequestDuration, { route: '/', code: '200' }, 0.1);
  assert.equal(self.version(), before);
  recordSource(self, status);
  assert.notEqual(self.version(), before);
  const text = await self.text();
  assert.match(text, /^process_cpu_seconds_total \S+$/m);
  assert.match(text, /^plumbline_demo 1$/m);
  assert.match(toOpenMetrics(text), /^# TYPE process_cpu_seconds counter$/m);
});
