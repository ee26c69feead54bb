/** The past of SLOs, written to a real Prometheus that knows their counters and never had their rules. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { compress } from 'snappyjs';
import { receiverOf, writePastOfSlos } from '../../exporters/cli/slo/past.ts';
import { loadConfig } from '../../exporters/config.ts';
import { encodeRequest, packRequests, type RemoteSeries } from '../../exporters/core/remote-write-format.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { startPrometheus, startVictoriaMetrics } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { ownBill } from './lib/bill.ts';
import { eventually } from './lib/eventually.ts';
import { settle, temporary, writeConfig } from './lib/plumbline.ts';

const day = 86_400;
const days = 60;
/** The last one that is an hour ago: what is counted of a day is recorded some minutes after it began. */
const midnight = Math.floor((Date.now() / 1000 - 3600) / day) * day;
/** A sample a day, as history is written; the last is of this midnight. */
const at = Array.from({ length: days }, (_, index) => midnight - (days - 1 - index) * day);
/** 20 runs a day, of which every fifth day loses four, and a reset in the middle. */
const total = at.map((_, index) => 20 * (index < 30 ? index : index - 29));
const failedOn = (index: number): number => (index % 5 === 0 ? 4 : 0);
const failed = at.map((_, index) => {
  const since = index < 30 ? 1 : 30;
  return Array.from({ length: Math.max(0, index - since + 1) }, (_each, step) => failedOn(since + step)).reduce(
    (sum, each) => sum + each,
    0,
  );
});

const labels = (outcome: string) => [
  ...([['job', 'ci'] as const, ['instance', 'one'] as const, ['outcome', outcome] as const] as const),
];
const series = (name: string, outcome: string, values: readonly number[]): RemoteSeries => ({
  ...{ name, labels: labels(outcome), times: at.map(time => time * 1000), values },
});
const runs = [series('runs_total', 'any', total), series('failed_runs_total', 'failed', failed)];

const settings = (directory: string) => ({
  data_dir: path.join(directory, 'data'),
  slos: {
    server: { retention: '100d' },
    objectives: [
      {
        ...{ service: 'ci', name: 'runs', objective: 90, window: '20d', page: false, sampled_every: '1d' },
        availability: { bad: 'sum(failed_runs_total)', total: 'sum(runs_total)' },
      },
    ],
  },
});

async function prometheusWith(t: TestContext, directory: string, all: readonly RemoteSeries[]): Promise<string> {
  const configFile = path.join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 100d } }\n');
  const { url } = await startPrometheus({ t, configFile, flags: ['--storage.tsdb.retention.time=100d'] });
  for await (const parts of packRequests(all)) {
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' };
    const body = Buffer.from(compress(encodeRequest(parts)));
    const answer = await fetch(`${url}/api/v1/write`, { method: 'POST', headers, body });
    assert.equal(answer.status, 204, await answer.text());
  }
  return url;
}

test('each event of the past is counted once, budgets are as they would have been, and twice is once', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const directory = temporary(t);
  const url = await prometheusWith(t, directory, runs);
  const config = await loadConfig(writeConfig(directory, settings(directory)), { env: {} });
  const victoria = await startVictoriaMetrics({ t });
  const remoteWrite = [url, victoria.url].map(receiverOf);
  const { samples, since } = await writePastOfSlos(config, { prometheus: url, remoteWrite, days: 30 });
  assert.ok(samples > 30 * 288 * 5, `${samples} samples`);
  // 20 days of a window before the 30 that are shown
  assert.ok((since.get('ci/runs 90') ?? 0) - (midnight - 50 * day) < 2 * day);
  const sum = async (name: string, range: string) =>
    (await promQuery(url, `sum(sum_over_time(${name}[${range}]))`, midnight + 600))[0]?.value;
  assert.equal(await sum('slo:events:count', '20d'), 20 * 20);
  assert.equal(await sum('slo:bad_events:count', '20d'), 4 * 4);
  // over the reset: what the counter shows after it is what was counted since
  assert.equal(await sum('slo:events:count', '40d'), 40 * 20);
  const [budget] = await promQueryRange(url, 'slo:error_budget_remaining:ratio', {
    ...{ start: midnight - 25 * day + 3600, end: midnight - 3600, step: 900 },
  });
  assert.equal(budget?.values.length, (25 * day - 7200) / 900 + 1, 'a budget has no gap');
  for (const { value } of budget?.values ?? [])
    assert.ok(Math.abs(value - (1 - 16 / 400 / 0.1)) < 1e-9, `a budget of ${value}`);
  // VictoriaMetrics keeps decimals, and not the last bits.
  const rounded = (all: readonly object[]) =>
    JSON.stringify(all, (_, value) => (typeof value === 'number' ? Number(value.toPrecision(12)) : value));
  await eventually(async () => {
    const elsewhere = await promQueryRange(victoria.url, 'slo:error_budget_remaining:ratio', {
      ...{ start: midnight - 25 * day + 3600, end: midnight - 3600, step: 900 },
    });
    assert.ok(budget !== undefined && rounded(elsewhere) === rounded([budget]), 'where Grafana may ask is the same');
  });
  const again = await writePastOfSlos(config, { prometheus: url, days: 30 });
  assert.equal(again.samples, 0);
});

test('a start beside a Prometheus writes it to that one, and to each that takes history', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const directory = temporary(t);
  const url = await prometheusWith(t, directory, runs);
  const victoria = await startVictoriaMetrics({ t });
  const bill = path.join(directory, 'bill.csv');
  writeFileSync(bill, ownBill(new Date(), false));
  settle(bill);
  const configFile = writeConfig(directory, {
    ...settings(directory),
    server: { port: await freePort() },
    cost: { focus: [{ path: bill }] },
  });
  const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');
  const env = {
    ...process.env,
    PLUMBLINE_STACK: 'none',
    PLUMBLINE_PROMETHEUS_URL: url,
    PLUMBLINE_REMOTE_WRITE_URL: `${receiverOf(url)},${receiverOf(victoria.url)}`,
  };
  const child = spawn(process.execPath, [cli, 'start', '--config', configFile], { env, stdio: 'ignore' });
  t.after(async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  });
  await eventually(async () => {
    for (const server of [url, victoria.url]) {
      const [counted] = await promQuery(server, 'sum(sum_over_time(slo:events:count[20d]))', midnight + 600);
      assert.equal(counted?.value, 20 * 20, server);
      const [month] = await promQuery(server, 'count(count_over_time(finops_month_to_date_cost[30d]))');
      assert.ok((month?.value ?? 0) > 0, `${server} has no history`);
    }
  }, 300_000);
});
