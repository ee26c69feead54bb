/**
 * The seam between what was scraped and what history wrote, on a real server: a counter is one series without a reset,
 * no instant has two values, and the difference over a window is the number of events in it.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { increaseExact, promqlText } from '../../dashboards/lib/promql.ts';
import { openRuntime } from '../../exporters/core/runtime.ts';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { viewOf } from '../../exporters/core/server-types.ts';
import { startShipper } from '../../exporters/core/shipping.ts';
import { addHappenings, happened, seeded, toyExporter } from '../core/toy.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery } from '../tools/promql.ts';
import { startPrometheus } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { cleanup } from './lib/cleanup.ts';
import { eventually } from './lib/eventually.ts';
import { silent, temporary } from './lib/plumbline.ts';
import { scrapedAgain, startScraping } from './lib/prometheus.ts';
import { startRecordingProxy } from './lib/recording-proxy.ts';

const dayMs = 86_400_000;
const teams = ['red', 'blue'];
const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

async function startToy(t: TestContext) {
  const port = await freePort();
  const prometheus = await startScraping(t, { instances: { toy: port }, window: true });
  const proxy = await startRecordingProxy(t, `${prometheus.url}/api/v1/write`);
  const dataDir = temporary(t);
  const clock = { daysBack: 0 };
  const runtime = await openRuntime(toyExporter(), {
    dataDir,
    log: silent,
    now: () => new Date(Date.now() - clock.daysBack * dayMs),
  });
  const target = { name: 'prometheus', url: proxy.url };
  const shipper = startShipper({
    target,
    dataDir,
    scrapeLabels: { job: 'plumbline', instance: 'toy' },
    log: silent,
    version: '0',
  });
  const self = createSelfMetrics({ version: '0' });
  const server = createServer({ exporters: () => [viewOf(runtime)], tokens: [], self, log: silent, version: '0' });
  cleanup(t, async () => {
    await server.close();
    await shipper.stop();
    await runtime.stop();
  });

  const occurrences: { readonly team: string; readonly from: Date }[] = [];
  const happen = async (facts: readonly { readonly team: string; readonly at: Date }[], countsFrom?: Date) => {
    const learned = runtime.now();
    const rows = facts.map(({ team, at }, index) => {
      return { id: occurrences.length + index, team, seconds: 5, occurred: at, learned };
    });
    await runtime.ledger.write(tx => addHappenings(tx, rows));
    occurrences.push(...facts.map(({ team, at }) => ({ team, from: countsFrom ?? at })));
    await runtime.takeSnapshot();
  };
  const writeHistory = async () => {
    const reports = await shipper.shipHistory(runtime, new Date(Date.now() - 62 * dayMs));
    await shipper.flushed();
    return reports.reduce((sum, { samples }) => sum + samples, 0);
  };
  const scrape = async () => {
    await scrapedAgain(prometheus, 'toy');
  };
  const listen = () => server.listen(port);
  return { clock, prometheus, proxy, occurrences, happen, writeHistory, scrape, listen };
}

/** Sixty days of happenings, known from the beginning. */
function past(): { readonly team: string; readonly at: Date }[] {
  const random = seeded(7);
  return Array.from({ length: 400 }, (_, index) => ({
    team: teams[index % 2] ?? '',
    // The first days have one of each team, so that every window has a value to begin with.
    at: new Date(Date.now() - (index < 2 ? 61 : 1 + random() * 59) * dayMs),
  }));
}

for (const first of ['the scrape', 'history'] as const)
  test(`history and scrapes make one counter where ${first} comes first`, async t => {
    if (!(await requireTool(t, 'prometheus'))) return;
    const toy = await startToy(t);
    await toy.happen(past());
    if (first === 'the scrape') {
      await toy.listen();
      await toy.scrape();
      // Learned after the seam, and so no part of history.
      await toy.happen([{ team: 'blue', at: secondsAgo(12 * 86_400) }], new Date());
      assert.ok((await toy.writeHistory()) > 100);
    } else {
      // Written up to five days ago; what is learned then of the time before counts from the first day not yet written.
      toy.clock.daysBack = 5;
      assert.ok((await toy.writeHistory()) > 100);
      toy.clock.daysBack = 4.5;
      await toy.happen([{ team: 'blue', at: secondsAgo(20 * 86_400) }], secondsAgo(5 * 86_400));
      toy.clock.daysBack = 0;
      assert.ok((await toy.writeHistory()) > 0);
      await toy.happen([{ team: 'blue', at: secondsAgo(20 * 86_400) }], new Date());
      await toy.listen();
      await toy.scrape();
    }
    // What is learned late of the time before the seam is in the scraped part, and history that goes on adds nothing.
    await toy.happen([{ team: 'red', at: secondsAgo(10 * 86_400) }], new Date());
    assert.equal(await toy.writeHistory(), 0, 'what is written or scraped is not written again');
    await toy.happen([{ team: 'red', at: new Date() }]);
    await toy.scrape();
    await toy.happen([
      { team: 'red', at: new Date() },
      { team: 'blue', at: new Date() },
    ]);
    await toy.scrape();

    const ask = async (query: string, at?: Date) => promQuery(toy.prometheus.url, query, at);
    for (const name of [happened.name, 'toy_duration_seconds_count']) {
      const resets = await ask(`resets(${name}[70d])`);
      assert.deepEqual(
        resets.map(({ labels, value }) => [labels.team, labels.job, labels.instance, value]).sort(),
        teams.map(team => [team, 'plumbline', 'toy', 0]).sort(),
      );
    }

    const samples = await ask(`${happened.name}[70d]`);
    for (const team of teams) {
      const own = samples.filter(({ labels }) => labels.team === team);
      const times = own.map(({ at }) => at);
      assert.equal(new Set(times).size, times.length, 'an instant has one value');
      assert.ok(times.length > 60, `${times.length} samples`);
    }
    const written = [...toy.proxy.taken].filter(([key]) => key.includes(happened.name));
    assert.ok(written.length >= 120);
    assert.deepEqual(
      written.filter(([, values]) => values.length > 1),
      [],
      'a sample is sent once',
    );
    const newestWritten = Math.max(...written.map(([key]) => Number(key.split(' ').at(-1))));
    const [up] = (await ask('up{job="plumbline"}[1h]')).filter(({ value }) => value === 1);
    assert.ok(newestWritten < (up?.at ?? 0) * 1000, 'history ends before the first scrape');

    for (const days of [1, 7, 30, 45]) {
      await eventually(async () => {
        const at = new Date();
        // A day of history has one sample, at its beginning: that is where the window begins.
        const begin = Math.floor((at.getTime() - days * dayMs) / dayMs) * dayMs;
        const grown = await ask(promqlText(increaseExact(happened, `${days}d`)), at);
        for (const team of teams) {
          const expected = toy.occurrences.filter(each => each.team === team && each.from.getTime() > begin).length;
          assert.equal(grown.find(({ labels }) => labels.team === team)?.value, expected, `${team}, ${days} days`);
        }
      });
    }
  });

test('a Prometheus that is still empty begins now, and not with the oldest day of the past', async t => {
  if (!(await requireTool(t, 'prometheus'))) return;
  const directory = temporary(t);
  const configFile = path.join(directory, 'prometheus.yml');
  writeFileSync(configFile, 'storage: { tsdb: { out_of_order_time_window: 400d } }\n');
  const { url } = await startPrometheus({ t, configFile });
  const shipper = startShipper({
    ...{ target: { name: 'prometheus', url: `${url}/api/v1/write` }, dataDir: directory },
    ...{ scrapeLabels: { job: 'plumbline', instance: 'toy' }, log: silent, version: '1.2.3' },
  });
  cleanup(t, () => shipper.stop());
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const times = Array.from({ length: 380 }, (_, index) => midnight - (380 - index) * dayMs);
  await shipper.writer.write([{ name: 'toy_past', labels: [], times, values: times.map((_, index) => index) }]);
  await shipper.flushed();
  const said = await (await fetch(`${url}/metrics`)).text();
  const begins = Number(/^prometheus_tsdb_head_min_time_seconds (\S+)$/m.exec(said)?.[1]);
  assert.ok(Date.now() / 1000 - begins < 3600, `it begins at ${new Date(begins * 1000).toISOString()}`);
  const [days] = await promQuery(url, 'count_over_time(toy_past[390d])');
  assert.equal(days?.value, times.length);
  const [opening] = await promQuery(url, 'plumbline_build_info');
  assert.deepEqual(opening?.labels.version, '1.2.3');
});
