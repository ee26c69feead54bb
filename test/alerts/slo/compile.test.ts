import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { toYaml } from '../../../alerts/lib/yaml.ts';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { decimal } from '../../../alerts/slo/decimal.ts';
import type { Indicator } from '../../../alerts/slo/model.ts';
import { requireTool } from '../../tools/tools.ts';
import { holds } from './course.ts';
import { alerting, day, events, options, sloOf } from './given.ts';

const run = promisify(execFile);

async function folderOf(t: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'plumbline-slo-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

const kinds: Readonly<Record<string, Indicator>> = {
  'bad events': events(),
  'good events': events(
    'sum(rate(http_requests_total{code!~"5.."}[5m]))',
    'sum(rate(http_requests_total[5m]))',
    'good',
  ),
  'counters without rate': events('http_requests_total{code="500"}', 'http_requests_total'),
  'differences by label': events(
    'sum by (code) (rate(http_requests_total[$__rate_interval])) - sum by (code) (rate(http_good_total[5m] offset 1m))',
    'sum without (pod) (increase(http_requests_total[5m]))',
  ),
  gauges: {
    kind: 'events',
    numerator: 'bad',
    events: { promql: 'queue_failed', of: 'gauge' },
    total: { promql: 'queue_done', of: 'gauge' },
  },
  'a ratio': { kind: 'ratio', promql: 'job:errors:ratio', of: 'failure' },
  'a ratio of success': { kind: 'ratio', promql: 'avg_over_time(probe_success[{{.window}}])', of: 'success' },
  'a threshold': {
    kind: 'threshold',
    promql: 'histogram_quantile(0.99, sum by (le) (rate(latency_seconds_bucket[5m])))',
    op: 'lt',
    value: decimal('0.3'),
    every: 60,
  },
  'native histograms': events(
    'histogram_count(sum(rate(latency[5m]))) * (1 - histogram_fraction(0, 0.3, sum(rate(latency[5m]))))',
    'histogram_count(sum(rate(latency[5m])))',
  ),
};

for (const [name, indicator] of Object.entries(kinds))
  test(`promtool takes the rules of ${name}`, async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const folder = await folderOf(t);
    const file = path.join(folder, 'slo.rules.yml');
    await writeFile(file, toYaml({ groups: compileSlo(sloOf({ indicator }), options).groups }, 'x'));
    const { stdout } = await run(promtool.path, ['check', 'rules', '--lint=all', '--lint-fatal', file]);
    assert.match(stdout, /SUCCESS/);
  });

test('braces in labels, titles and names are text, as recordings have them', async t => {
  const braces = '{{ .Nothing }} of {{';
  await holds(t, {
    slo: sloOf({
      objective: braces,
      displayName: braces,
      labels: { note: braces },
      annotations: { wiki: braces },
      alerting: {
        ...alerting,
        conditions: [
          {
            name: braces,
            severity: 'ticket',
            op: 'gt',
            burnRate: decimal(2),
            lookback: 3600,
            after: 0,
            whenNoData: false,
          },
        ],
      },
    }),
    series: { 'http_requests_total{job="a",instance="b",code="500"}': '0+1x120', 'up{job="a",instance="b"}': '1x120' },
    expect: [
      {
        expr: `count(ALERTS{alertname="SloBudgetBurnSlow", condition=${JSON.stringify(braces)}} and on (objective, note) slo:burn_rate:ratio{window="1h"})`,
        at: '2h',
        value: 1,
      },
    ],
  });
});

const firing = (alert: string) => `count(ALERTS{alertname="${alert}", alertstate="firing"})`;
/** Found where one of all that is recorded is NaN. */
const notANumber = 'count(sum({__name__=~"slo:.*"}) != sum({__name__=~"slo:.*"}))';
const ok = 'http_requests_total{job="a",instance="b",code="200"}';
const failing = 'http_requests_total{job="a",instance="b",code="500"}';
const up = 'up{job="a",instance="b"}';

test('events are counted once each, errors that are not there are 0, and never is anything NaN', async t => {
  await holds(t, {
    series: { [ok]: '0+60x400', [up]: '1x400' },
    expect: [
      { expr: 'sum(sum_over_time(slo:events:count[5h]))', at: '300m', value: 18_000 },
      { expr: 'sum(slo:bad_events:count)', at: '300m', value: 0 },
      { expr: 'sum(slo:burn_rate:ratio{window="5m"})', at: '300m', value: 0 },
      { expr: 'sum(slo:burn_rate:ratio{window="6h"})', at: '300m', value: 0 },
      { expr: 'sum(slo:error_budget_remaining:ratio)', at: '300m', value: 1 },
      { expr: 'sum(slo:time_to_exhaustion:seconds)', at: '300m' },
      { expr: notANumber, at: '300m' },
    ],
  });
});

test('no traffic is absent, and told', async t => {
  await holds(t, {
    series: { [ok]: '0+60x120 7200x300', [up]: '1x420' },
    expect: [
      { expr: firing('SloNoTraffic'), at: '120m' },
      { expr: firing('SloNoTraffic'), at: '300m', value: 1 },
      { expr: 'count(slo:burn_rate:ratio{window=~"5m|30m|1h"})', at: '300m' },
      { expr: 'sum(slo:burn_rate:ratio{window="6h"})', at: '300m', value: 0 },
      { expr: notANumber, at: '300m' },
    ],
  });
});

test('an outage pages by one alert, a slow burn is a ticket of another name, and both end', async t => {
  await holds(t, {
    series: { [ok]: '0+50x1600', [failing]: '0+0x600 0+50x60 3000x940', [up]: '1x1600' },
    expect: [
      { expr: firing('SloBudgetBurnFast'), at: '590m' },
      { expr: firing('SloBudgetBurnFast'), at: '640m', value: 1 },
      { expr: firing('SloBudgetBurnSlow'), at: '640m', value: 1 },
      { expr: firing('SloBudgetExhausted'), at: '650m', value: 1 },
      { expr: firing('SloBudgetBurnFast'), at: '760m' },
      { expr: firing('SloBudgetBurnSlow'), at: '1600m' },
    ],
  });
});

test('an error that is born is counted from 0, and an exporter that starts anew loses nothing', async t => {
  await holds(t, {
    slo: sloOf({ indicator: events('http_requests_total{code="500"}', 'http_requests_total') }),
    series: {
      [ok]: '0+60x57 0+60x62',
      [failing]: '_x31 7+0x26 0+0x62',
      [up]: '1x120',
    },
    expect: [
      { expr: 'sum(sum_over_time(slo:bad_events:count[2h]))', at: '120m', value: 7 },
      { expr: 'sum(sum_over_time(slo:events:count[2h])) > bool 7080', at: '120m', value: 1 },
      { expr: 'sum(sum_over_time(slo:events:count[2h])) < bool 7280', at: '120m', value: 1 },
    ],
  });
});

test('an error that is born on a target as new counts, and a life that another has counted does not', async t => {
  await holds(t, {
    slo: sloOf({ indicator: events('http_requests_total{code="500"}', 'http_requests_total') }),
    series: {
      [ok]: '_x61 0+60x58',
      [failing]: '_x62 7+0x57',
      [up]: '_x61 1x58',
      'http_requests_total{job="proxy",instance="c",code="200"}': '_x62 900000+0x57',
      'http_requests_total{job="proxy",instance="c",code="500"}': '_x62 90000+0x57',
      'up{job="proxy",instance="c"}': '_x61 1x58',
    },
    expect: [
      { expr: 'sum(sum_over_time(slo:bad_events:count[2h]))', at: '120m', value: 7 },
      { expr: 'sum(sum_over_time(slo:events:count[2h])) < bool 3600', at: '120m', value: 1 },
    ],
  });
});

test('series that come back to a target that was there count from there on, and not their whole life', async t => {
  await holds(t, {
    series: {
      [ok]: '1000000+60x100 _x20 1007260+60x58',
      [failing]: '5000+1x100 _x20 5121+1x58',
      [up]: '1x180',
    },
    expect: [
      { expr: 'sum(sum_over_time(slo:bad_events:count[3h])) < bool 160', at: '175m', value: 1 },
      { expr: 'sum(sum_over_time(slo:bad_events:count[3h])) > bool 140', at: '175m', value: 1 },
    ],
  });
});

test('a Prometheus that was away for half an hour fires nothing and makes nothing up', async t => {
  await holds(t, {
    series: { [ok]: '0+60x200 _x30 13860+60x170', [up]: '1x200 _x30 1x170' },
    expect: [
      { expr: 'sum(count_over_time(ALERTS{alertstate="firing"}[7h]))', at: '400m' },
      { expr: 'sum(sum_over_time(slo:events:count[7h])) <= bool 24000', at: '400m', value: 1 },
      { expr: 'sum(sum_over_time(slo:events:count[7h])) > bool 21900', at: '400m', value: 1 },
      { expr: 'max_over_time(sum(slo:events:count)[7h:5m])', at: '400m', value: 300 },
      { expr: notANumber, at: '235m' },
      { expr: 'sum(slo:error_budget_remaining:ratio)', at: '400m', value: 1 },
    ],
  });
});

test('what a counter is joined with is no counter', async t => {
  const join = '* on (job) group_left (team) job_info{team="shop"}';
  await holds(t, {
    slo: sloOf({ indicator: events(`http_requests_total{code="500"} ${join}`, `http_requests_total ${join}`) }),
    series: {
      [ok]: '0+90x120',
      [failing]: '0+10x120',
      'job_info{job="a",team="shop"}': '1x120',
      'http_requests_total{job="b",instance="b",code="500"}': '0+50x120',
      'job_info{job="b",team="other"}': '1x120',
      [up]: '1x120',
    },
    expect: [
      { expr: 'sum(slo:events:count)', at: '2h', value: 500 },
      { expr: 'sum(slo:bad_events:count)', at: '2h', value: 50 },
    ],
  });
});

test('below the least of bad events nothing burns', async t => {
  const slo = sloOf({ alerting: { ...alerting, leastBadEvents: decimal(5) } });
  await holds(t, {
    slo,
    series: { [ok]: '0+1x300', [failing]: '0+0x200 1+1x3 4+0x90', [up]: '1x300' },
    expect: [
      { expr: 'sum(slo:burn_rate:ratio{window="1h"}) > bool 14.4', at: '210m', value: 1 },
      { expr: firing('SloBudgetBurnFast'), at: '210m' },
    ],
  });
});

test('good events above all are told, and are no bad ones', async t => {
  const good = events('good_total', 'http_requests_total', 'good');
  await holds(t, {
    slo: sloOf({ indicator: good }),
    series: { [ok]: '0+50x300', 'good_total{job="a",instance="b"}': '0+60x300', [up]: '1x300' },
    expect: [
      { expr: firing('SloGoodExceedsTotal'), at: '300m', value: 1 },
      { expr: 'sum(sum_over_time(slo:bad_events:count[5h]))', at: '300m', value: 0 },
      { expr: 'min_over_time(sum(slo:burn_rate:ratio{window="5m"})[1h:5m])', at: '300m', value: 0 },
    ],
  });
});

test('samples of a threshold that are NaN are none', async t => {
  const indicator: Indicator = {
    kind: 'threshold',
    promql: 'late / calls',
    op: 'lt',
    value: decimal('0.3'),
    every: 60,
  };
  await holds(t, {
    slo: sloOf({ indicator, target: '0.9', alerting: { ...alerting, pages: false } }),
    series: { late: '1x99 0x99 5x9 1x90', calls: '10x99 0x99 10x9 10x90' },
    expect: [
      { expr: 'sum(sum_over_time(slo:events:count[5h]))', at: '295m', value: 196 },
      { expr: 'sum(sum_over_time(slo:bad_events:count[5h]))', at: '295m', value: 10 },
      { expr: 'count(slo:burn_rate:ratio{window="1h"})', at: '190m' },
      { expr: notANumber, at: '190m' },
    ],
  });
});

test('decimals are exact, and pages and tickets have names of their own', () => {
  const { groups } = compileSlo(sloOf({ window: { kind: 'rolling', seconds: 28 * day } }), options);
  const rules = groups.flatMap(({ rules: all }) => all);
  const text = JSON.stringify(rules);
  assert.match(text, /> 13\.44 and ignoring/);
  assert.doesNotMatch(text, /\d\.\d{9,}/);
  const severities = rules.flatMap(rule => ('alert' in rule ? [[rule.alert, rule.labels.severity]] : []));
  assert.equal(new Map(severities.map(([name, severity]) => [name, severity] as const)).size, severities.length);
  assert.deepEqual(
    severities.filter(([, severity]) => severity === 'page'),
    [['SloBudgetBurnFast', 'page']],
  );
});
