/** The test that an SLO ships, for every kind of indicator, budget and window. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { defaultSettings } from '../../../../alerts/settings.ts';
import { slosSchema } from '../../../../alerts/slo/config.ts';
import { sloFiles } from '../../../../alerts/slo/files.ts';
import { serverOf } from '../../../../alerts/slo/short.ts';
import { slosOf } from '../../../../alerts/slo/slos.ts';
import type { SloTestFile } from '../../../../alerts/slo/tests/index.ts';
import { requireTool } from '../../../tools/tools.ts';
import { promtoolSays } from '../import/promtool.ts';

const availability = `availability: { bad: 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))', total: 'sum(rate(http_requests_total[{{.window}}]))' }`;

const of = (bad: string, total: string) =>
  `availability: { bad: ${JSON.stringify(bad)}, total: ${JSON.stringify(total)} }`;

/** What people write that is easily tried on series which it doesn't count. */
const written: Readonly<Record<string, string>> = {
  'patterns of Go': of('x_total{code=~"(?i)(?P<class>err).*|5[[:digit:]]{2}"}', 'x_total'),
  'comments anywhere': of("# bad\nx_total{code='500'} # errors\n", 'sum(\n # all\n rate( # of\n x_total[5m]))'),
  'a sum of two sums': of('sum(a_total{c="5"}) + sum(b_total{c="5"})', 'sum(a_total) + sum(b_total)'),
  'another time': of('x_total{code="500"} offset 5m', 'x_total offset 5m'),
  'a join with what never grows': of(
    'x_total{code="500"} * on (job) group_left (team) job_info{team="a"}',
    'x_total * on (job) group_left (team) job_info{team="a"}',
  ),
  'rates joined with what never grows': of(
    'sum(rate(x_total{code="500"}[5m]) * on (job) group_left (team) job_info{team="a"})',
    'sum(rate(x_total[5m]) * on (job) group_left (team) job_info{team="a"})',
  ),
  'parts of one total': `parts: [{ name: 'of $1', ${of('x_total{code="500"}', 'x_total')} }, { name: 'of $2', ${of('x_total{code="503"}', 'x_total')} }]`,
};

const kinds: Readonly<Record<string, string>> = {
  availability,
  'a floor of bad events': `${availability}\nleast_bad_events: 200`,
  'without pages': `${availability}\npage: false`,
  '90 days': `${availability}\nwindow: 90d`,
  latency: `latency: { histogram: 'http_request_duration_seconds{job="api"}', threshold: 0.25 }`,
  ratio: `ratio: { good: 'avg(app_success_ratio)' }`,
  threshold: `threshold: { promql: 'max(queue_length{queue=~"a|b"})', below: 100 }`,
  freshness: `freshness: { timestamp: 'max(job_last_success_timestamp_seconds)', within: 1h }`,
  'gauges of events': `availability: { good: sum(probe_success), total: count(probe_success), of: gauge }`,
  timeslices: `${availability}\nslices: { length: 5m, objective: 95 }`,
  'slices of a minute': `${availability}\nslices: { length: 1m, objective: 95 }`,
  'ratios of slices': `${availability}\nslices: { length: 10m }`,
  'a day': `${availability}\nwindow: { unit: day, time_zone: America/New_York }`,
  'a week': `${availability}\nwindow: { unit: week, start: '2025-12-29T00:00:00', time_zone: America/New_York }`,
  'a month': `${availability}\nwindow: { unit: month, time_zone: Europe/Zurich }`,
  'a quarter': `${availability}\nwindow: { unit: quarter, start: '2025-07-01T12:00:00' }`,
  'a year': `${availability}\nwindow: { unit: year, time_zone: Asia/Kolkata }`,
  'slices of a day of a month': `freshness: { timestamp: 'max(job_last_success_timestamp_seconds)', within: 1d, every: 1h }\nslices: { length: 1d, objective: 50 }\nwindow: { unit: month }\npage: false`,
  'what looks back': `threshold: { promql: 'sum(last_over_time(cost_daily[3d]))', below: 100, every: 1h }\nslices: { length: 1d, objective: 50 }\npage: false\nno_traffic_after: 4d\nconditions: [{ name: unknown, burn_rate: 2, lookback: 2d, when_no_data: true }]`,
  conditions: `${availability}\nconditions:\n- { name: high, severity: page, burn_rate: 14, lookback: 30m, after: 10m }\n- { name: long, op: gte, burn_rate: 1.5, lookback: 3d }\n- { name: noted, severity: digest, burn_rate: 3, lookback: 2h, after: 1h, when_no_data: true }`,
  'conditions without pages, from a number of bad events on': `${availability}\npage: false\nleast_bad_events: 500\nno_traffic_after: false\nconditions:\n- { name: high, severity: page, burn_rate: 5, lookback: 1h }\n- { name: unspent, op: lt, burn_rate: 0.5, lookback: 1d, when_no_data: true }`,
  'conditions on gauges': `freshness: { timestamp: 'max(job_last_success_timestamp_seconds)', within: 1h }\nconditions: [{ name: old, burn_rate: 20, lookback: 1h, after: 15m, when_no_data: true }]`,
  'a ratio of rates as a threshold': `threshold: { promql: 'sum(rate(errors_total[5m])) / sum(rate(requests_total[5m]))', below: 0.05 }`,
  'a rate as a threshold': `threshold: { promql: 'sum(rate(requests_total[5m]))', at_least: 10 }`,
  'a quantile as a threshold': `threshold: { promql: 'histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))', below: 0.3 }`,
  'an increase as a threshold': `threshold: { promql: 'sum(increase(requests_total[5m]))', at_least: 10 }`,
  'a value without series': `threshold: { promql: 'sum(queue_length) or vector(0)', below: 100 }`,
  ...written,
  composite: `parts:\n- { name: web, weight: 2, ${availability} }\n- { name: probes, objective: 99.5, threshold: { promql: min(probe_up), at_least: 1 } }`,
  'a composite of slices': `slices: { length: 5m, objective: 90 }\nparts:\n- { name: web, ${availability} }\n- { name: queue, threshold: { promql: max(queue_length), below: 100 } }`,
};

/** Of which no series are made: their rules are taken by promtool, and that nothing is told where nothing is. */
const beyond = [
  'an increase as a threshold',
  'another time',
  'a join with what never grows',
  'rates joined with what never grows',
  'parts of one total',
];

/** What is looked at is a mean over a range. */
const overRates = ['a ratio of rates as a threshold', 'a rate as a threshold', 'a quantile as a threshold'];

for (const [name, text] of Object.entries(kinds))
  test(`the test of an SLO passes: ${name}`, async t => {
    const promtool = await requireTool(t, 'promtool');
    if (!promtool) return;
    const config = slosSchema.parse({
      objectives: [{ service: 'shop', name: 'answers', objective: 99, ...(parse(text) as object) }],
    });
    const slos = slosOf(config, { platform: 'platform', teams: new Map() });
    const [file] = sloFiles(slos, { server: { ...serverOf(config), now: 1_790_000_000 }, settings: defaultSettings });
    assert.ok(file?.test);
    const { tests } = file.test as SloTestFile;
    assert.equal(tests.length > 2, !beyond.includes(name), tests.map(each => each.name).join('\n'));
    if (overRates.includes(name))
      for (const alert of ['SloBudgetBurnFast', 'SloBudgetBurnSlow'])
        for (const fires of [true, false])
          assert.ok(
            tests.some(each =>
              each.promql_expr_test.every(
                ({ expr, exp_samples: found }) =>
                  !expr.includes(`count_over_time(ALERTS`) || !expr.includes(alert) || (found !== undefined) === fires,
              ),
            ),
            `${alert} fires in all courses, or in none`,
          );
    const said = await promtoolSays(
      t,
      promtool.path,
      { [`${file.name}.rules.yml`]: file.rules },
      file.test as SloTestFile,
    );
    assert.equal(said, '');
  });

test('objectives that record unequally often are files of their own, each with its test', async t => {
  const promtool = await requireTool(t, 'promtool');
  const base = { service: 'shop', name: 'answers', page: false, ...(parse(availability) as object) };
  const config = slosSchema.parse({
    objectives: [
      { ...base, objective: 99 },
      { ...base, objective: 90, slices: { length: '1h', objective: 95 } },
      { ...base, objective: 95 },
    ],
  });
  const slos = slosOf(config, { platform: 'platform', teams: new Map() });
  const files = sloFiles(slos, { server: serverOf(config), settings: defaultSettings });
  assert.deepEqual(
    files.map(({ name, compiled }) => [name, ...compiled.map(({ slo }) => slo.objective)]),
    [
      ['slo-shop-answers', '99', '95'],
      ['slo-shop-answers.1h', '90'],
    ],
  );
  for (const { name, rules, test: shipped } of files) {
    assert.ok(shipped);
    if (!promtool) continue;
    const said = await promtoolSays(t, promtool.path, { [`${name}.rules.yml`]: rules }, shipped as SloTestFile);
    assert.equal(said, '');
  }
});
