/**
 * A bill and a counter in VictoriaMetrics, run with compose's own flags and files: what was written and scraped there
 * is what a Prometheus beside it has, restated days included, by every query that panels are made of. What rules record
 * and which alerts fire it reads of Prometheus.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { dayBars, daysSum, latest, promqlText, type Query, sumBy, twin } from '../../dashboards/lib/promql.ts';
import { dailyCost, dailyServiceCost, monthToDate } from '../../exporters/cost/metrics.ts';
import { freePort } from '../tools/ports.ts';
import { promQuery, promQueryRange } from '../tools/promql.ts';
import { startPrometheus, startVictoriaMetrics } from '../tools/servers.ts';
import { requireTool } from '../tools/tools.ts';
import { ownBill, sharedAccount, sharedParts } from './lib/bill.ts';
import { eventually } from './lib/eventually.ts';
import { readAgain, settle, startPlumbline, temporary, writeConfig } from './lib/plumbline.ts';
import { scrapedAgain, startScraping } from './lib/prometheus.ts';

const instance = '127.0.0.1:9464';
const dayMs = 86_400_000;
const fast = (scrape: string) => scrape.replace('scrape_interval: 30s', 'scrape_interval: 1s');

async function startBill(t: TestContext, targets: Readonly<Record<string, string>>, port: number) {
  const directory = temporary(t);
  const file = path.join(directory, 'bill.csv');
  const write = (restated: boolean) => {
    writeFileSync(file, ownBill(new Date(), restated));
    settle(file);
  };
  write(false);
  const configFile = writeConfig(directory, {
    ...{ data_dir: 'data', page_days: 90, server: { port } },
    remote_write: Object.entries(targets).map(([name, url]) => ({ name, url: `${url}/api/v1/write` })),
    ownership: {
      rules: [
        { name: 'team tags', tag: { keys: ['Team'], gives: 'team' } },
        { name: 'service tags', tag: { keys: ['service'], gives: 'service' } },
        { name: 'shared', account: { [sharedAccount]: { split: 'shared', service: 'shared' } } },
      ],
      splits: [{ name: 'shared', method: 'fixed', shares: sharedParts }],
    },
    cost: { focus: [{ path: file, every: 3600 }], top_services: 5 },
  });
  const plumbline = await startPlumbline(t, configFile, () => new Date(), { freshFiles: true });
  await readAgain(plumbline);
  return { plumbline, write };
}

const billed = { cost_basis: 'billed' } as const;
const queries: Readonly<Record<string, Query>> = {
  'a month by team': sumBy(['team', 'currency'], daysSum(dailyCost, 30, billed)),
  'seventy days': sumBy(['team', 'service_name', 'currency'], daysSum(dailyServiceCost, 70, billed)),
  'the month before it': sumBy(['team', 'currency'], daysSum(dailyCost, 30, billed, 30)),
  'the month so far': sumBy(['team', 'currency'], latest(monthToDate, billed)),
  'the newest day': sumBy(['team', 'currency'], twin(dailyCost, { cost_basis: 'effective' })),
};

const byLabels = (found: readonly { readonly labels: object; readonly value: number }[]) =>
  Object.fromEntries(
    found.map(({ labels, value }) => [JSON.stringify(Object.entries(labels).sort()), value.toPrecision(12)]).sort(),
  );

/** All queries at one instant, and the bars of each day. */
async function valuesOf(url: string, at: Date) {
  const found: Record<string, unknown> = {};
  for (const [name, query] of Object.entries(queries))
    found[name] = byLabels(await promQuery(url, promqlText(query), at));
  const day = Math.floor(at.getTime() / dayMs) * 86_400;
  const bars = promqlText(sumBy(['team', 'currency'], dayBars(dailyCost, billed)));
  const series = await promQueryRange(url, bars, { start: day - 80 * 86_400, end: day, step: 86_400 });
  found.bars = Object.fromEntries(
    series.map(({ labels, values }) => [
      labels.team,
      values.map(({ at: time, value }) => `${time} ${value.toPrecision(12)}`),
    ]),
  );
  return found;
}

test('history, days and a restatement are the same in VictoriaMetrics as in Prometheus', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const port = await freePort();
  const prometheus = await startScraping(t, { instances: { [instance]: port }, window: true });
  const victoria = await startVictoriaMetrics({ t, plumbline: `127.0.0.1:${port}`, change: fast });
  const targets = { prometheus: prometheus.url, victoria: victoria.url };
  const { plumbline, write } = await startBill(t, targets, port);
  await plumbline.pastSent;
  const total = promqlText(queries['a month by team']!);
  const settled = async (before?: string) => {
    await scrapedAgain(prometheus, instance);
    return eventually(async () => {
      const at = new Date();
      const [one, other] = [await valuesOf(prometheus.url, at), await valuesOf(victoria.url, at)];
      assert.deepEqual(other, one);
      const text = JSON.stringify(byLabels(await promQuery(prometheus.url, total)));
      assert.notEqual(text, before);
      for (const [name, value] of Object.entries(one))
        assert.ok(Object.keys(value as object).length >= 2, `${name} finds ${JSON.stringify(value)}`);
      return text;
    }, 300_000);
  };
  const first = await settled();
  write(true);
  await readAgain(plumbline);
  const restated = await settled(first);

  // Both samples of a day that was restated are there, and the day is read as its last.
  for (const url of Object.values(targets)) {
    const samples = await promQuery(url, 'finops_cost_daily{cost_basis="billed",team="red"}[80d]');
    const revisions = samples.filter(({ at }) => Math.round(at * 1000) % 1000 === 1);
    assert.ok(revisions.length > 5 && samples.length > revisions.length, `${url}: ${revisions.length} restated days`);
  }
  await t.test('what was merged on the disk is no other', async () => {
    await fetch(`${victoria.url}/internal/force_flush`);
    await fetch(`${victoria.url}/internal/force_merge`);
    await settled(first);
    assert.equal(JSON.stringify(byLabels(await promQuery(victoria.url, total))), restated);
  });
  await t.test('a past of other families is there too', async () => {
    for (const url of Object.values(targets)) {
      const [days] = await promQuery(url, `count_over_time((sum(${monthToDate.name}))[60d:1d])`);
      assert.ok((days?.value ?? 0) > 50, `${url} has ${days?.value} days`);
    }
  });
});

test('days on the page are of their own days where the scrape honours their times, and of now where it does not', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const port = await freePort();
  const prometheus = await startScraping(t, { instances: { [instance]: port }, window: true });
  const plumbline = `127.0.0.1:${port}`;
  const victoria = await startVictoriaMetrics({ t, plumbline, change: fast });
  const without = (scrape: string) => fast(scrape).replace('honor_timestamps: true', 'honor_timestamps: false');
  const stampless = await startVictoriaMetrics({ t, plumbline, change: without });
  const bill = await startBill(t, {}, port);
  await scrapedAgain(prometheus, instance);
  const same = () =>
    eventually(async () => {
      const at = new Date();
      const [one, other] = [await valuesOf(prometheus.url, at), await valuesOf(victoria.url, at)];
      assert.ok(Object.keys(one['a month by team'] as object).length >= 2);
      assert.deepEqual(other, one);
    }, 300_000);
  await same();
  bill.write(true);
  await readAgain(bill.plumbline);
  await scrapedAgain(prometheus, instance);
  await same();
  const old = 'count(last_over_time(finops_cost_daily[1d] offset 20d))';
  assert.ok((await promQuery(victoria.url, old))[0]!.value >= 2);
  assert.deepEqual(await promQuery(stampless.url, old), []);
  assert.ok((await promQuery(stampless.url, 'count(finops_cost_daily)'))[0]!.value >= 2);
});

test('what rules record and which alerts fire is there as in Prometheus, and gone once it is over', {
  timeout: 1_800_000,
}, async t => {
  if (!(await requireTool(t, 'prometheus')) || !(await requireTool(t, 'victoria-metrics'))) return;
  const directory = temporary(t);
  const rules = (burning: number) => [
    { record: 'slo:objective:ratio', expr: 'vector(0.99)', labels: { service: 'shop', slo: 'answers' } },
    { record: 'slo:burn_rate:ratio', expr: 'vector(2)', labels: { job: 'shop', slo: 'answers' } },
    { record: 'shop:orders:sum', expr: 'vector(3)' },
    { alert: 'Burns', expr: `vector(${burning}) > 0`, labels: { severity: 'page' } },
  ];
  const writeRules = (burning: number) =>
    writeFileSync(
      path.join(directory, 'rules.yml'),
      stringify({ groups: [{ name: 'shop', interval: '3s', rules: rules(burning) }] }),
    );
  writeRules(1);
  const configFile = path.join(directory, 'prometheus.yml');
  writeFileSync(configFile, stringify({ rule_files: ['rules.yml'] }));
  const prometheus = await startPrometheus({ t, configFile });
  const victoria = await startVictoriaMetrics({ t, prometheus: new URL(prometheus.url).host, change: fast });
  const seriesOf = async (url: string, which: string) =>
    byLabels(await promQuery(url, `{__name__=~"${which}"}`, Date.now() / 1000));
  await eventually(async () => {
    const recorded = await seriesOf(victoria.url, 'slo:.+|shop:.+|ALERTS');
    assert.equal(Object.keys(recorded).length, 3);
    assert.deepEqual(recorded, await seriesOf(prometheus.url, 'slo:.+|ALERTS'));
  });
  // A sample that is scraped more often than it is recorded counts once: budgets are sums of them.
  await eventually(async () => {
    const at = Date.now() / 1000 - 3;
    const sumsOf = async (url: string) => byLabels(await promQuery(url, 'sum_over_time(slo:burn_rate:ratio[10s])', at));
    const sums = await sumsOf(prometheus.url);
    assert.deepEqual(Object.values(sums), [(6).toPrecision(12)]);
    assert.deepEqual(await sumsOf(victoria.url), sums);
  });
  writeRules(0);
  await prometheus.reload();
  await eventually(async () => {
    assert.deepEqual(await seriesOf(prometheus.url, 'ALERTS'), {});
    assert.deepEqual(await seriesOf(victoria.url, 'ALERTS'), {});
  }, 300_000);
  assert.equal(Object.keys(await seriesOf(victoria.url, 'slo:.+')).length, 2);
});
