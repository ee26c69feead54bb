/**
 * The page pushed by OTLP into a real Prometheus is what the same Prometheus makes of scraping it, whichever way it
 * translates names; what ends, ends; and what was pushed is not written over by history.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { snapshotSeries } from '../../exporters/core/metrics.ts';
import { startOtlp } from '../../exporters/core/otlp.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { viewOf } from '../../exporters/core/server-types.ts';
import { startShipper } from '../../exporters/core/shipping.ts';
import { addHappenings, addTakings, happened, seeded, toyExporter } from '../core/toy.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, type Sample } from '../tools/promql.ts';
import { startCollector, startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { cleanup } from './lib/cleanup.ts';
import { eventually } from './lib/eventually.ts';
import { silent, temporary } from './lib/plumbline.ts';
import { scrapedAgain, startScraping } from './lib/prometheus.ts';

const dayMs = 86_400_000;
const labels = { job: 'plumbline', instance: 'toy' };
const strategies = [
  'UnderscoreEscapingWithSuffixes',
  'UnderscoreEscapingWithoutSuffixes',
  'NoUTF8EscapingWithSuffixes',
  'NoTranslation',
] as const;

/** A Prometheus that takes what is pushed; without the window, nothing of the past. */
async function startReceiver(t: TestContext, otlp: object = {}, window = true) {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'plumbline-e2e-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const configFile = path.join(directory, 'prometheus.yml');
  const storage = window ? { tsdb: { out_of_order_time_window: '400d' } } : {};
  writeFileSync(configFile, stringify({ storage, otlp }));
  return startPrometheus({ t, configFile, flags: ['--web.enable-otlp-receiver'] });
}

async function startToy(t: TestContext, pageDays = 40) {
  const runtime = await openRuntime(toyExporter(), { dataDir: temporary(t), log: silent, pageDays });
  cleanup(t, () => runtime.stop());
  const self = createSelfMetrics({ version: '0' });
  const random = seeded(5);
  const learned = new Date(Date.now() - 30 * dayMs);
  let happenings = 0;
  const happen = async (count: number, team?: string) => {
    const facts = Array.from({ length: count }, () => ({
      ...{ id: ++happenings, team: team ?? ['red', 'b "l\\ue", a}'][happenings % 2] ?? '' },
      ...{ seconds: 5 + Math.floor(random() * 200), occurred: learned, learned },
    }));
    await runtime.ledger.write(tx => addHappenings(tx, facts));
    await runtime.takeSnapshot();
  };
  const earn = async (daysAgo: number, amount: string) => {
    const day = new Date(Date.now() - daysAgo * dayMs).toISOString().slice(0, 10);
    await runtime.ledger.write(tx => addTakings(tx, [[day, 'red', amount, new Date()]]));
    await runtime.takeSnapshot();
  };
  const pushTo = (url: string, more: Partial<Parameters<typeof startOtlp>[0]['target']> = {}) => {
    const pusher = startOtlp({
      target: {
        ...{ name: 'otlp', url: `${url}/api/v1/otlp/v1/metrics`, headers: {}, compression: 'gzip' },
        ...{ intervalSeconds: 3600, timeoutSeconds: 10, resourceAttributes: {} },
        ...more,
      },
      exporters: () => [viewOf(runtime)],
      ...{ self, scrapeLabels: labels, version: '0', log: silent },
    });
    cleanup(t, () => pusher.stop());
    return pusher;
  };
  return { runtime, self, happen, earn, pushTo };
}

/** Bounds of buckets that are whole numbers are 10.0 in a scrape, and 10 where Prometheus writes them itself. */
const key = ({ labels: { le, ...rest } }: Sample) =>
  JSON.stringify(Object.entries({ ...rest, ...(le === undefined ? {} : { le: le.replace(/\.0$/, '') }) }).sort());

/** Values by series; of what moves from one look to the next only that it is there. */
async function seriesOf(url: string): Promise<Map<string, number | string>> {
  const found = await promQuery(url, '{job="plumbline"}');
  const own = /^(process_|nodejs_|plumbline_(http|otlp|snapshot_timestamp))/;
  return new Map(
    found
      // What the scrape adds, and what of the process comes and goes.
      .filter(({ labels: { __name__: name = '' } }) => !/^(scrape_|nodejs_active_)/.test(name))
      .map(sample => [key(sample), own.test(sample.labels.__name__ ?? '') ? 'is there' : sample.value]),
  );
}

test('what is pushed equals what is scraped, whatever the translation of names', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const port = await freePort();
  const scraper = await startScraping(t, { instances: { toy: port }, window: true });
  const toy = await startToy(t);
  await toy.happen(40);
  for (const day of [9, 5, 2]) await toy.earn(day, `${day}.25`);
  const server = createServer({
    ...{ exporters: () => [viewOf(toy.runtime)], tokens: [], self: toy.self, log: silent, version: '0' },
  });
  cleanup(t, () => server.close());
  await server.listen(port);
  // How long a scrape takes is told of once there was one.
  await scrapedAgain(scraper, 'toy');

  for (const strategy of strategies) {
    const receiver = await startReceiver(t, { translation_strategy: strategy });
    const pusher = toy.pushTo(receiver.url, strategy === 'NoTranslation' ? { compression: 'none' } : {});
    await pusher.push();
    // That the first one came is told by the second.
    await pusher.push();
    await scrapedAgain(scraper, 'toy');
    const [scraped, pushed] = [await seriesOf(scraper.url), await seriesOf(receiver.url)];
    assert.deepEqual([...pushed].sort(), [...scraped].sort(), strategy);
    assert.ok(scraped.size > 80, `${scraped.size} series`);
    const days = async (url: string) =>
      (await promQuery(url, 'toy_takings[20d]')).map(({ labels: { team }, value, at }) => [team, value, at]);
    assert.equal((await days(receiver.url)).length, 3);
    assert.deepEqual(await days(receiver.url), await days(scraper.url));
    // Nothing but what a scrape has: no target_info, no scope.
    assert.deepEqual(await promQuery(receiver.url, 'target_info'), []);
    await pusher.stop();
    await receiver.stop();
  }
});

test('a series that is gone ends at once, a restated day is read as its last sample, attributes come as target_info', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const receiver = await startReceiver(t);
  const toy = await startToy(t);
  await toy.happen(10);
  await toy.earn(3, '7');
  const ofFamily = { exporter: 'toy', family: 'toy_short_lived' };
  toy.self.set(snapshotSeries, ofFamily, 4);
  const pusher = toy.pushTo(receiver.url, { resourceAttributes: { 'deployment.environment.name': 'test' } });
  await pusher.push();
  const shortLived = 'plumbline_snapshot_series{family="toy_short_lived"}';
  assert.equal((await promQuery(receiver.url, shortLived))[0]?.value, 4);
  const [info] = await promQuery(receiver.url, 'target_info');
  assert.equal(info?.labels.deployment_environment_name, 'test');

  toy.self.remove(snapshotSeries, ofFamily);
  await toy.runtime.ledger.write(async tx => {
    await tx.run("DELETE FROM happenings WHERE team <> 'red'");
    tx.touch('happenings');
  });
  await toy.earn(3, '4');
  await toy.runtime.takeSnapshot();
  await pusher.push();
  assert.deepEqual(await promQuery(receiver.url, shortLived), []);
  for (const name of ['toy_happenings_total', 'toy_duration_seconds_bucket', 'toy_duration_seconds_sum']) {
    const left = await promQuery(receiver.url, `count by (team) (${name})`);
    assert.deepEqual(
      left.map(({ labels: { team } }) => team),
      ['red'],
      name,
    );
  }
  const day = await promQuery(receiver.url, 'sum_over_time(last_over_time(toy_takings[1d])[9d:1d])');
  assert.equal(day[0]?.value, 11);
});

test('a server that does not take the past takes what is of now, and the rest is counted and said', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const receiver = await startReceiver(t, {}, false);
  const toy = await startToy(t);
  await toy.happen(10);
  // An empty server takes whatever comes first.
  const pusher = toy.pushTo(receiver.url);
  await pusher.push();
  for (const day of [9, 5, 2]) await toy.earn(day, '1');
  await toy.happen(5);
  await pusher.push();
  assert.equal((await promQuery(receiver.url, 'sum(toy_happenings_total)'))[0]?.value, 15);
  const told = await toy.self.text();
  assert.match(told, /plumbline_otlp_failed_total\{target="otlp",reason="(too_old|out_of_order)"\} 3/);
  assert.match(told, /plumbline_otlp_failed_total\{target="otlp",reason="unreachable"\} 0/);
});

test('history ends where pushing begins, and both are one counter without a reset', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const receiver = await startReceiver(t);
  const toy = await startToy(t);
  await toy.happen(10);
  const shipper = startShipper({
    ...{ target: { name: 'prometheus', url: `${receiver.url}/api/v1/write` }, dataDir: temporary(t) },
    ...{ scrapeLabels: labels, log: silent, version: '0' },
  });
  cleanup(t, () => shipper.stop());
  const write = async () => {
    const reports = await shipper.shipHistory(toy.runtime, new Date(Date.now() - 20 * dayMs));
    await shipper.flushed();
    return reports.reduce((sum, { samples }) => sum + samples, 0);
  };
  assert.ok((await write()) > 60);
  const pusher = toy.pushTo(receiver.url);
  await pusher.push();
  await toy.happen(7);
  await pusher.push();
  assert.equal(await write(), 0, 'what was pushed is not written');
  const ask = (query: string) => promQuery(receiver.url, query);
  const grown = `sum(${happened.name} - last_over_time(${happened.name}[1d] offset 5d))`;
  assert.equal((await ask(grown))[0]?.value, 7);
  const resets = await ask(`resets(${happened.name}[30d])`);
  assert.deepEqual(
    resets.map(({ value }) => value),
    [0, 0],
  );
});

test('the collector of compose hands on what is pushed, gone series too, and takes it from whoever has the token', async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'otel-collector'))) return;
  const receiver = await startReceiver(t);
  const token = 'a-token-that-nobody-guesses';
  const collector = await startCollector(t, { token, target: `${receiver.url}/api/v1/otlp` });
  const toy = await startToy(t);
  await toy.happen(10);
  const url = `${collector.url}/v1/metrics`;
  await toy.pushTo(receiver.url, { name: 'stranger', url, headers: { authorization: 'Bearer other' } }).push();
  assert.doesNotMatch(await toy.self.text(), /plumbline_otlp_failed_total\{target="stranger",reason="unreachable"\} 0/);
  const pusher = toy.pushTo(receiver.url, { url, headers: { authorization: `Bearer ${token}` } });
  await pusher.push();
  const teams = async () =>
    (await promQuery(receiver.url, 'toy_duration_seconds_count')).map(({ labels: { team, job, instance }, value }) => [
      ...[team, job, instance, value],
    ]);
  await eventually(async () => {
    assert.deepEqual((await teams()).sort(), [
      ['b "l\\ue", a}', labels.job, labels.instance, 5],
      ['red', labels.job, labels.instance, 5],
    ]);
  });
  await toy.runtime.ledger.write(async tx => {
    await tx.run("DELETE FROM happenings WHERE team <> 'red'");
    tx.touch('happenings');
  });
  await toy.runtime.takeSnapshot();
  await pusher.push();
  await eventually(async () => assert.deepEqual(await teams(), [['red', labels.job, labels.instance, 5]]));
});
