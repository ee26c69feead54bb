/** Delivery on its whole way, on real servers: events to page, kills to counters, facts to PromQL. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { delivery } from '../../exporters/demo/delivery.ts';
import { eventFiles } from '../../exporters/demo/events.ts';
import { changesOf, quantileOf } from '../dora/told.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { requireTool } from '../tools/tools.ts';
import { pageOf, postEvents, samplesOf, takenAfterFirstRead, tokens } from './lib/delivery.ts';
import { eventually } from './lib/eventually.ts';
import { deliver, readAgain, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { startScraping } from './lib/prometheus.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const hoursAgo = (hours: number) => new Date(Date.now() - hours * hourMs).toISOString();

const shop = [
  ...[
    'apiVersion: backstage.io/v1alpha1',
    'kind: Group',
    'metadata: { name: red }',
    'spec: { type: team, children: [] }',
  ],
  ...['---', 'apiVersion: backstage.io/v1alpha1', 'kind: Component', 'metadata: { name: shop }'],
  'spec: { type: service, lifecycle: production, owner: red }',
].join('\n');

test('a failure that is posted is on the page until its rollback', async t => {
  const directory = temporary(t);
  writeFileSync(path.join(directory, 'catalog-info.yaml'), shop);
  const port = await freePort();
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', server: { port, tokens }, catalog: { files: ['catalog-info.yaml'] } },
    dora: {},
  });
  const plumbline = await startPlumbline(t, configFile);
  const deployment = { type: 'deployment', repository: 'acme/shop', service: 'shop', environment: 'production' };
  await postEvents(
    plumbline,
    { ...deployment, id: 'one', version: 'v1', started_at: hoursAgo(31), finished_at: hoursAgo(30) },
    { ...deployment, id: 'two', version: 'v2', started_at: hoursAgo(6), finished_at: hoursAgo(5) },
    { type: 'incident', id: 'INC-1', title: 'the shop is away', service: 'shop', started_at: hoursAgo(4) },
  );
  await plumbline.runtime.takeSnapshot();
  const page = await pageOf(plumbline);
  const where = 'team="red",service="shop",environment="production"';
  assert.equal(samplesOf(page, 'dora_deployments_total').get(`${where},outcome="success"`), 2);
  assert.equal(samplesOf(page, 'dora_unrecovered_deployments').get(where), 1);
  assert.equal(samplesOf(page, 'dora_incidents').get(`${where},status="open",window="7d"`), 1);
  const incident = (status: string) =>
    `${where},source="events",incident="INC-1",status="${status}",deployment="events:two",version="v2",reason="service_and_time",confidence="0.8"`;
  assert.deepEqual([...samplesOf(page, 'dora_incident_info')], [[incident('open'), 1]]);

  await postEvents(plumbline, {
    ...{ ...deployment, id: 'three', version: 'v1', rolls_back_to: 'v1' },
    ...{ started_at: hoursAgo(0.1), finished_at: hoursAgo(0) },
  });
  await plumbline.runtime.takeSnapshot();
  const after = await pageOf(plumbline);
  assert.equal(samplesOf(after, 'dora_unrecovered_deployments').get(where), 0);
  assert.equal(samplesOf(after, 'dora_deployments_total').get(`${where},outcome="success"`), 3);

  // What an incident was is 0 for a day once it is something else.
  const mended = { status: 'resolved', resolved_at: hoursAgo(0) };
  await postEvents(plumbline, { type: 'incident', id: 'INC-1', service: 'shop', ...mended });
  await plumbline.runtime.takeSnapshot();
  const incidents = samplesOf(await pageOf(plumbline), 'dora_incident_info');
  assert.deepEqual([incidents.get(incident('open')), incidents.get(incident('resolved'))], [0, 1]);
});

/** Months of the demo's events in files, settled. */
function writeEvents(directory: string, span: { readonly from: Date; readonly until: Date }): string {
  const folder = path.join(directory, 'events');
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of Object.entries(eventFiles(span))) deliver(path.join(folder, name), text);
  return folder;
}

const counters = ['dora_deployments_total', 'dora_pipeline_runs_total', 'dora_change_lead_time_seconds_count'] as const;
const countersOf = (page: string) =>
  Object.fromEntries(counters.map(name => [name, [...samplesOf(page, name)].sort()]));

test('killed in the middle of reading and started again, counters are those of one that never was', {
  timeout: 1_800_000,
}, async t => {
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const span = { from: new Date(midnight - 120 * dayMs), until: new Date(midnight) };
  const serve = (directory: string) => {
    const cli = path.join(import.meta.dirname, '..', '..', 'exporters', 'cli.ts');
    const { PLUMBLINE_CONFIG: _, ...env } = process.env;
    const child = spawn(process.execPath, [cli, 'serve'], { cwd: directory, env, stdio: ['ignore', 'ignore', 'pipe'] });
    const exited = once(child, 'exit');
    return { child, exited, stderr: child.stderr };
  };
  const configured = async (directory: string) => {
    const port = await freePort();
    const events = writeEvents(directory, span);
    writeConfig(directory, {
      ...{ data_dir: 'data', server: { port } },
      dora: { event_files: [{ path: events, every: 1 }] },
    });
    return `http://127.0.0.1:${port}`;
  };
  const finished = (url: string) => {
    const isAfter = takenAfterFirstRead();
    return eventually(async () => {
      const page = await pageOf({ url });
      const [runs] = samplesOf(page, 'plumbline_source_last_success_timestamp_seconds').values();
      assert.ok((runs ?? 0) > 0, 'the source has been read');
      assert.ok(isAfter(page), 'what is told was told before that');
      const found = countersOf(page);
      assert.ok(
        Object.values(found).every(samples => samples.length > 0),
        'the page has counters',
      );
      return found;
    }, 300_000);
  };

  const [broken, whole] = [temporary(t), temporary(t)];
  const url = await configured(broken);
  let early = 0;
  for (let n = 0; n < 5; n += 1) {
    const { child, exited } = serve(broken);
    t.after(() => child.kill('SIGKILL'));
    // From its first answer on it reads; each time it is let live a little longer.
    await eventually(async () => assert.ok((await fetch(`${url}/-/healthy`)).ok), 300_000);
    const page = await pageOf({ url }).catch(() => '');
    if (samplesOf(page, 'dora_deployments_total').size === 0) early += 1;
    await sleep(150 * n);
    child.kill('SIGKILL');
    await exited;
  }
  assert.ok(early >= 1, 'at least once it was killed before it had read anything');
  const again = serve(broken);
  t.after(() => again.child.kill('SIGKILL'));
  const found = await finished(url);
  const wholeUrl = await configured(whole);
  const never = serve(whole);
  t.after(() => never.child.kill('SIGKILL'));
  assert.deepEqual(found, await finished(wholeUrl));
  const total = found.dora_deployments_total?.reduce((sum, [, value]) => sum + value, 0);
  assert.equal(total, delivery(span).deployments.length, 'each deployment is counted once');
  for (const { child, exited } of [again, never]) {
    child.kill('SIGKILL');
    await exited;
  }
});

const quantiles = 'dora_organisation_change_lead_time_quantile_seconds';

test('the past in Prometheus is that of the events: counts exactly, quantiles exactly', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const directory = temporary(t);
  const port = await freePort();
  const prometheus = await startScraping(t, { instances: { plumbline: port }, window: true });
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const span = { from: new Date(midnight - 150 * dayMs), until: new Date(midnight) };
  const events = writeEvents(directory, span);
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', server: { port }, scrape: { job: 'plumbline', instance: 'plumbline' } },
    remote_write: [{ name: 'prometheus', url: `${prometheus.url}/api/v1/write` }],
    dora: { event_files: [{ path: events, every: 3600 }] },
  });
  const plumbline = await startPlumbline(t, configFile);
  await readAgain(plumbline);
  const told = delivery(span);
  const finishedIn = (from: number, until: number, status: string, service?: string) =>
    told.deployments.filter(
      one =>
        one.status === status &&
        (service === undefined || one.service === service) &&
        one.finishedAt.getTime() > from &&
        one.finishedAt.getTime() <= until,
    );

  await eventually(async () => {
    for (const family of ['dora_deployments_total', 'dora_lead_time_changes', quantiles]) {
      const [days] = await promQuery(prometheus.url, `count_over_time((sum(${family}))[150d:1d])`);
      assert.ok((days?.value ?? 0) >= 130, `${days?.value ?? 0} days of ${family}`);
    }
    assert.ok((await promQuery(prometheus.url, 'up{job="plumbline"} == 1')).length > 0);
  }, 600_000);

  for (const days of [7, 30, 90]) {
    // History has one sample a day, at its beginning: the window begins with the day.
    const begin = midnight - (days - 1) * dayMs;
    const at = new Date(midnight + 1);
    const total = (before: string) =>
      `sum by (service) (last_over_time(dora_deployments_total{outcome="success"}[1d]${before}))`;
    const grown = await promQuery(prometheus.url, `${total('')} - ${total(` offset ${days - 1}d`)}`, at);
    assert.ok(grown.length > 20);
    for (const { labels, value } of grown)
      assert.equal(
        value,
        finishedIn(begin, midnight, 'success', labels.service).length,
        `${labels.service}, ${days} days`,
      );
  }

  // An instant of the past, from the events alone: what each successful deployment brought, to its end.
  const at = new Date(midnight - 20 * dayMs);
  const seconds = changesOf(told)
    .filter(change => change.excluded === '' && change.at <= at && change.at.getTime() > at.getTime() - 30 * dayMs)
    .map(change => change.seconds);
  const labels = 'clock="authored",reach="all",window="30d"';
  const [n] = await promQuery(prometheus.url, `sum(last_over_time(dora_lead_time_changes{${labels}}[1d]))`, at);
  assert.equal(n?.value, seconds.length, 'as many changes');
  for (const [percentile, share] of [
    ['p50', 0.5],
    ['p75', 0.75],
    ['p90', 0.9],
  ] as const) {
    const query = `last_over_time(${quantiles}{${labels},percentile="${percentile}"}[1d])`;
    const [found] = await promQuery(prometheus.url, query, at);
    assert.ok(
      Math.abs((found?.value ?? 0) - quantileOf(seconds, share)) <= 1,
      `${percentile}: ${found?.value} and ${quantileOf(seconds, share)}`,
    );
  }
});
