import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { defaultImportOptions, importSlos } from '../../../../alerts/slo/import/index.ts';
import { corpusFiles } from './corpus.ts';

const read = (text: string, period = 30) =>
  importSlos([{ name: 'slo.yml', text }], { ...defaultImportOptions, period: period * 86_400 });

const spec = (slo: string, head = '') => `version: prometheus/v1
service: shop
${head}
slos:
- name: answers
  objective: 99.9
${slo}
`;
const events = `  sli:
    events:
      error_query: sum(rate(http_requests_total{code=~"5.."}[{{.window}}])) OR on() vector(0)
      total_query: |
        sum(  # all of them
          rate(http_requests_total{path!="/a  b"}[{{ .window }}])
        )
`;

test('events are counted, their target is exact, and what alone Sloth has is named', () => {
  const { slos, remarks, refusals } = read(
    spec(
      `${events}  alerting:
    name: TooManyErrors
    labels: { category: web, severity: loud }
    annotations: { summary: Errors }
    page_alert: { labels: { severity: pageteam, routing_key: shop } }
    ticket_alert: { annotations: { say: softly } }
`,
      'labels: { owner: checkout, tier: "2", app.kubernetes.io/name: shop }',
    ),
  );
  assert.deepEqual(refusals, []);
  const [slo] = slos;
  assert.ok(slo);
  assert.deepEqual(
    [slo.service, slo.name, slo.objective, slo.team, slo.parts[0].target.toString(), slo.origin],
    ['shop', 'answers', '99.9', 'checkout', '0.999', 'slo.yml, answers'],
  );
  assert.deepEqual(slo.parts[0].indicator, {
    kind: 'events',
    numerator: 'bad',
    events: { promql: 'sum(rate(http_requests_total{code=~"5.."}[{{.window}}]))', of: 'counter' },
    total: { promql: 'sum( rate(http_requests_total{path!="/a  b"}[{{ .window }}]) )', of: 'counter' },
  });
  assert.deepEqual(slo.labels, { owner: 'checkout', tier: '2', app_kubernetes_io_name: 'shop', category: 'web' });
  assert.deepEqual(slo.annotations, { summary: 'Errors' });
  assert.deepEqual(
    slo.alerting.windows?.map(({ severity, long, short, burnRate }) => [severity, long, short, burnRate.toString()]),
    [
      ['page', 3_600, 300, '14.4'],
      ['page', 21_600, 1_800, '6'],
      ['ticket', 86_400, 7_200, '3'],
      ['ticket', 259_200, 21_600, '1'],
    ],
  );
  assert.deepEqual(remarks.map(({ kind, what }) => `${kind} ${what}`).sort(), [
    'changed alerting.labels',
    'changed labels.app.kubernetes.io/name',
    'lost alerting.labels.severity',
    'lost alerting.name',
    'lost alerting.page_alert.labels.routing_key',
    'lost alerting.page_alert.labels.severity',
    'lost alerting.ticket_alert.annotations.say',
  ]);
});

test('an alert that is disabled has no windows, and without any there is nothing else told', () => {
  const [ticketed] = read(spec(`${events}  alerting: { page_alert: { disable: true } }`)).slos;
  assert.deepEqual(
    ticketed?.alerting.windows?.map(({ severity }) => severity),
    ['ticket', 'ticket'],
  );
  assert.deepEqual([ticketed?.alerting.pages, ticketed?.alerting.budget], [false, true]);
  const [silent] = read(
    spec(`${events}  alerting: { page_alert: { disable: true }, ticket_alert: { disable: true } }`),
  ).slos;
  assert.deepEqual(silent?.alerting.windows, []);
  assert.deepEqual([silent?.alerting.budget, silent?.alerting.noTrafficAfter], [false, undefined]);
});

test('a ratio of sums is counted, good or bad; another weighs its samples', () => {
  const raw = (query: string) =>
    read(spec(`  sli: { raw: { error_ratio_query: '${query}' } }`)).slos[0]?.parts[0].indicator;
  assert.deepEqual(raw('(sum(rate(bad[{{.window}}]))) / sum(rate(all[{{.window}}]))'), {
    kind: 'events',
    numerator: 'bad',
    events: { promql: 'sum(rate(bad[{{.window}}]))', of: 'counter' },
    total: { promql: 'sum(rate(all[{{.window}}]))', of: 'counter' },
  });
  assert.deepEqual(raw('1 - (sum(sum_over_time(x{a="b"}[{{.window}}])) / sum(count_over_time(x[{{.window}}])))'), {
    kind: 'events',
    numerator: 'good',
    events: { promql: 'sum(x{a="b"})', of: 'gauge' },
    total: { promql: 'count(x)', of: 'gauge' },
  });
  assert.deepEqual(raw('avg_over_time(error_ratio[{{.window}}])'), {
    kind: 'ratio',
    promql: 'avg_over_time(error_ratio[{{.window}}])',
    of: 'failure',
  });
});

test('a subquery of samples is a gauge of events', () => {
  const { slos } = read(
    spec(`  sli:
    events:
      error_query: sum_over_time((count(wifi < 0.75))[{{.window}}:]) OR on() vector(0)
      total_query: sum_over_time((count(wifi))[{{.window}}:])`),
  );
  assert.deepEqual(slos[0]?.parts[0].indicator, {
    kind: 'events',
    numerator: 'bad',
    events: { promql: 'count(wifi < 0.75)', of: 'gauge' },
    total: { promql: 'count(wifi)', of: 'gauge' },
  });
});

test('plugins are refused by their id, and those of Sloth’s core told of', () => {
  const chain = (id: string) => `slo_plugins: { chain: [{ id: ${id} }] }`;
  const own = read(spec('  sli: { plugin: { id: our_availability, options: { job: shop } } }'));
  assert.match(own.refusals[0]?.reason ?? '', /SLI plugin "our_availability"/);
  const corrected = read(spec(events, chain('sloth.dev/contrib/denominator_corrected_rules/v1')));
  assert.match(
    corrected.refusals[0]?.reason ?? '',
    /"sloth\.dev\/contrib\/denominator_corrected_rules\/v1".*event-weighted.*least_bad_events/,
  );
  const core = read(spec(events, chain('sloth.dev/core/debug/v1')));
  assert.equal(core.slos.length, 1);
  assert.match(core.remarks.find(({ what }) => what === 'slo_plugins.chain')?.why ?? '', /sloth\.dev\/core\/debug/);
  const overridden = read(
    spec(
      `${events}  plugins: { overridePrevious: true, chain: [{ id: sloth.dev/core/sli_rules/v1 }] }`,
      chain('other/v1'),
    ),
  );
  assert.deepEqual(overridden.refusals, [], 'the SLO takes the plugins of the file away');
});

test('windows of files hold for their period, and a period without any is refused', () => {
  const windows = `---
apiVersion: sloth.slok.dev/v1
kind: AlertWindows
spec:
  sloPeriod: 7d
  page:
    quick: { errorBudgetPercent: 8, shortWindow: 5m, longWindow: 1h }
    slow: { errorBudgetPercent: 12.5, shortWindow: 30m, longWindow: 6h }
  ticket:
    quick: { errorBudgetPercent: 20, shortWindow: 2h, longWindow: 1d }
    slow: { errorBudgetPercent: 42, shortWindow: 6h, longWindow: 3d }
`;
  const [slo] = read(`${spec(events)}${windows}`, 7).slos;
  assert.deepEqual(
    slo?.alerting.windows?.map(({ burnRate }) => burnRate.toString()),
    ['13.44', '3.5', '1.4', '0.98'],
  );
  assert.match(read(spec(events), 7).refusals[0]?.reason ?? '', /no alert windows for a period of 7d/);
  assert.deepEqual(
    read(spec(events), 28).slos[0]?.alerting.windows?.map(({ burnRate }) => burnRate.toFixed(4)),
    ['13.4400', '5.6000', '2.8000', '0.9333'],
  );
});

test('a fault names its place', () => {
  const wrong = (slo: string) => read(spec(slo)).refusals[0]?.reason ?? '';
  assert.match(
    wrong('  sli: { events: { error_query: "sum(rate(x[{{.window}}])", total_query: "sum(rate(x[{{.window}}]))" } }'),
    /the error query is not valid PromQL at character 25/,
  );
  assert.match(wrong(`${events}  labels: [1]`), /^slos\[0\]\.labels: /);
  assert.match(read('version: prometheus/v999').refusals[0]?.reason ?? '', /^version: /);
  assert.match(read('a: [').refusals[0]?.reason ?? '', /flow/i);
  assert.match(read('').refusals[0]?.reason ?? '', /empty/);
  assert.match(read('version: *none').refusals[0]?.reason ?? '', /Unresolved alias/);
  assert.match(read('apiVersion: v1\nkind: Pod').refusals[0]?.reason ?? '', /"v1 Pod"/);
});

test('every specification of Sloth’s is imported, or refused for what is known of it', t => {
  const files = corpusFiles(t, 'sloth/examples/*.y*ml', 'sloth/test/**/*.yaml');
  if (!files) return;
  assert.ok(files.length > 30, String(files.length));
  const plugins = /Sloth's (?:SLI|SLO) plugin "[^"]+"/;
  const expected: readonly (readonly [RegExp, RegExp])[] = [
    [/plugin|victoria-metrics|denominator/, plugins],
    [/invalid-version/, /^version: /],
    [/^bad-/, /is above 100|service: is no name|has the SLO|has none of events/],
  ];
  for (const file of files) {
    const { slos, refusals } = importSlos([file]);
    const [, reason] = expected.find(([name]) => name.test(path.basename(file.name))) ?? [];
    for (const refusal of refusals)
      assert.match(refusal.reason, reason ?? /^$/, `${refusal.origin}: ${refusal.reason}`);
    if (reason === undefined) assert.ok(slos.length > 0, file.name);
  }
});
