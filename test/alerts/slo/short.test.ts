import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { alertFiles } from '../../../alerts/index.ts';
import { slosSchema } from '../../../alerts/slo/config.ts';
import { slosOf } from '../../../alerts/slo/slos.ts';
import { requireTool } from '../../tools/tools.ts';

const run = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../../..');

const written = `
catalog: {files: [catalog.yaml]}
slos:
  objectives:
    - service: checkout
      objective: 99.9
      availability:
        bad: http_requests_total{job="checkout", code=~"5.."}
        total: http_requests_total{job="checkout"}
    - service: checkout
      objective: 99
      latency: {histogram: 'http_request_duration_seconds{job="checkout"}', threshold: 0.3}
    - service: billing
      name: import
      objective: 99
      freshness: {timestamp: max(import_last_success_timestamp_seconds), within: 26h}
      page: false
`;

const catalog = `
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: {name: shop}
spec: {type: team, children: []}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: checkout}
spec: {type: service, lifecycle: production, owner: shop}
`;

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-slo-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

test('`plumbline render alerts` writes the SLOs of plumbline.yaml, with rules and tests that promtool passes', async t => {
  const promtool = await requireTool(t, 'promtool');
  if (!promtool) return;
  const folder = await folderOf(t);
  await writeFile(path.join(folder, 'plumbline.yaml'), written);
  await writeFile(path.join(folder, 'catalog.yaml'), catalog);
  const out = path.join(folder, 'out');
  await mkdir(out);
  await run(process.execPath, [
    path.join(root, 'exporters/cli.ts'),
    'render',
    'alerts',
    '--config',
    path.join(folder, 'plumbline.yaml'),
    '--out',
    out,
  ]);
  const files = (await readdir(out)).filter(name => name.startsWith('slo-'));
  const rules = files.filter(name => name.endsWith('.rules.yml'));
  assert.deepEqual(rules.sort(), [
    'slo-billing-import.rules.yml',
    'slo-checkout-availability.rules.yml',
    'slo-checkout-latency.rules.yml',
  ]);
  await run(promtool.path, [
    'check',
    'rules',
    '--lint=all',
    '--lint-fatal',
    ...rules.map(name => path.join(out, name)),
  ]);
  const tests = files.filter(name => name.endsWith('.test.yml')).map(name => path.join(out, name));
  assert.ok(tests.length >= 2);
  await run(promtool.path, ['test', 'rules', ...tests]);
});

const slosFrom = (value: unknown, teams = new Map<string, string>()) =>
  slosOf(slosSchema.parse({ objectives: [value] }), { platform: 'platform', teams });

test('the team is the catalog’s owner of the service, and the platform team where nobody is known', () => {
  const short = { service: 'checkout', objective: 99, availability: { bad: 'a', total: 'b' } };
  assert.equal(slosFrom(short, new Map([['checkout', 'shop']]))[0]?.team, 'shop');
  assert.equal(slosFrom(short)[0]?.team, 'platform');
  assert.equal(slosFrom({ ...short, team: 'ops' }, new Map([['checkout', 'shop']]))[0]?.team, 'ops');
});

test('percentages are exact decimals', () => {
  const [slo] = slosFrom({ service: 'checkout', objective: '99.95%', availability: { bad: 'a', total: 'b' } });
  assert.equal(slo?.parts[0].target.toFixed(), '0.9995');
  assert.equal(slo?.objective, '99.95');
});

test('a latency reads its bucket whatever its suffix, and 1 as Prometheus 3 stores it', () => {
  const promql = (threshold: number) => {
    const [slo] = slosFrom({ service: 'a', objective: 99, latency: { histogram: 'x_seconds{job="a"}', threshold } });
    const indicator = slo?.parts[0].indicator;
    return indicator?.kind === 'events' ? [indicator.events.promql, indicator.total.promql] : [];
  };
  assert.deepEqual(promql(0.3), ['x_seconds_bucket{job="a", le="0.3"}', 'x_seconds_count{job="a"}']);
  assert.deepEqual(promql(1), ['x_seconds_bucket{job="a", le=~"1([.]0)?"}', 'x_seconds_count{job="a"}']);
});

test('everything an SLO can be is reached: parts, slices, calendars, alerts', () => {
  const [slo] = slosFrom({
    service: 'checkout',
    name: 'journey',
    objective: 99,
    parts: [
      { name: 'api', weight: 2, availability: { good: 'a', total: 'b' } },
      { name: 'page', objective: 95, ratio: { good: 'c' } },
    ],
    window: { unit: 'month', time_zone: 'Europe/Zurich', start: '2026-01-01' },
    slices: { length: '5m', objective: 95 },
    windows: [{ severity: 'ticket', long: '1d', short: '2h', burn_rate: 2.5 }],
    conditions: [{ name: 'fast', burn_rate: 3, lookback: '1h', after: '5m' }],
    least_bad_events: 5,
    no_traffic_after: false,
    page: false,
  });
  assert.deepEqual(
    JSON.parse(JSON.stringify(slo)).parts.map((part: { weight: string; target: string }) => [part.weight, part.target]),
    [
      ['2', '0.99'],
      ['1', '0.95'],
    ],
  );
  assert.deepEqual(slo?.window, {
    kind: 'calendar',
    start: '2026-01-01T00:00:00',
    timeZone: 'Europe/Zurich',
    count: 1,
    unit: 'month',
  });
  assert.equal(slo?.budgeting.kind, 'timeslices');
  assert.equal(slo?.alerting.windows?.[0]?.burnRate.toFixed(), '2.5');
  assert.equal(slo?.alerting.conditions[0]?.after, 300);
  assert.equal(slo?.alerting.noTrafficAfter, undefined);
});

test('two ways of measuring, or none, are mistakes', () => {
  const at = { service: 'a', objective: 99 };
  assert.throws(() => slosFrom(at), /exactly one of availability/);
  assert.throws(() => slosFrom({ ...at, availability: { bad: 'a', total: 'b' }, ratio: { bad: 'c' } }), /exactly one/);
  assert.throws(() => slosFrom({ ...at, objective: 100, ratio: { bad: 'c' } }), /percentage/);
});

test('an SLO told twice is refused with both places', () => {
  const one = { service: 'a', objective: 99, availability: { bad: 'a', total: 'b' } };
  assert.throws(() => alertFiles({ slos: slosSchema.parse({ objectives: [one, one] }) }), {
    code: 'SLO_DUPLICATE',
    message: /slos\.objectives\[1\].*slos\.objectives\[0\]/,
  });
  const other = { ...one, objective: 99.5 };
  const files = alertFiles({ slos: slosSchema.parse({ objectives: [one, other] }) });
  assert.match(files['slo-a-availability.rules.yml'] ?? '', /objective: '99\.5'/);
});
