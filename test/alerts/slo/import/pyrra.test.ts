import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importSlos } from '../../../../alerts/slo/import/index.ts';
import { corpusFiles } from './corpus.ts';

const read = (spec: string, metadata = 'name: answers, namespace: shop') =>
  importSlos([
    {
      name: 'pyrra.yaml',
      text: `apiVersion: pyrra.dev/v1alpha1\nkind: ServiceLevelObjective\nmetadata: { ${metadata} }\nspec:\n${spec}\n`,
    },
  ]);
const ratio = `  target: '99.50'
  window: 4w
  indicator:
    ratio:
      errors: { metric: 'http_requests_total{code=~"5.."}' }
      total: { metric: http_requests_total }
`;

/** slo/rules.go, `Windows`, with Go's division of whole nanoseconds and its Round to the minute. */
function documented(seconds: number): readonly (readonly [string, number, number, number])[] {
  const part = (divisor: number) => Math.floor((seconds * 1e9) / divisor + 30e9) / 60e9;
  const minutes = (divisor: number) => Math.trunc(part(divisor)) * 60;
  return [
    ['page', minutes(28 * 24), minutes(28 * 24 * 12), 14],
    ['page', minutes(28 * 4), minutes(28 * 24 * 2), 7],
    ['ticket', minutes(28), minutes(28 * 12), 2],
    ['ticket', minutes(7), minutes(28 * 4), 1],
  ];
}

test('a ratio of selectors is counted, with its own labels and the target exact', () => {
  const { slos, remarks, refusals } = read(
    ratio,
    'name: Answers, namespace: shop, labels: { pyrra.dev/team: checkout, pyrra.dev/tier: "1", prometheus: k8s }',
  );
  assert.deepEqual(refusals, []);
  const [slo] = slos;
  assert.deepEqual(
    [slo?.name, slo?.service, slo?.team, slo?.objective, slo?.parts[0].target.toString()],
    ['answers', 'shop', 'checkout', '99.5', '0.995'],
  );
  assert.deepEqual(slo?.labels, { tier: '1' });
  assert.deepEqual(slo?.parts[0].indicator, {
    kind: 'events',
    numerator: 'bad',
    events: { promql: 'sum(increase(http_requests_total{code=~"5.."}[{{.window}}]))', of: 'counter' },
    total: { promql: 'sum(increase(http_requests_total[{{.window}}]))', of: 'counter' },
  });
  assert.deepEqual(remarks.map(({ kind, what }) => `${kind} ${what}`).sort(), [
    'changed metadata.name',
    'changed metadata.namespace',
    'lost metadata.labels.prometheus',
  ]);
});

test('windows and burn rates are those of its table', () => {
  for (const [window, seconds] of Object.entries({ '4w': 28, '2w': 14, '1w': 7, '30d': 30, '12w': 84, '1d': 1 })) {
    const [slo] = read(ratio.replace('4w', window)).slos;
    assert.deepEqual(
      slo?.alerting.windows?.map(one => [one.severity, one.long, one.short, one.burnRate.toNumber()]),
      documented(seconds * 86_400),
      window,
    );
  }
  assert.deepEqual(documented(14 * 86_400)[0], ['page', 1_800, 180, 14], 'half of 1h and of 5m, to the minute');
});

test('alerting options, grouping and what is Thanos’ are carried or named', () => {
  const of = (alerting: string) => read(`${ratio}  alerting: ${alerting}`);
  assert.deepEqual(of('{ disabled: true }').slos[0]?.alerting.windows, []);
  assert.deepEqual(of('{ burnrates: false }').slos[0]?.alerting.windows, []);
  assert.equal(of('{ absent: false }').slos[0]?.alerting.noTrafficAfter, undefined);
  const named = of('{ name: Burning, absentName: Gone, severities: { fastBurn: p1 } }').remarks.map(({ what }) => what);
  for (const what of ['alerting.name', 'alerting.absentName', 'alerting.severities.fastBurn'])
    assert.ok(named.includes(what), what);
  const more = read(
    `${ratio.replace('total: { metric: http_requests_total }', 'total: { metric: http_requests_total }\n      grouping: [handler]')}  performanceOverAccuracy: true\n  partial_response_strategy: warn\n  ruleOutput: { shortRulesLabels: { a: b } }\n  nonsense: 1`,
  ).remarks.map(({ kind, what }) => `${kind} ${what}`);
  for (const what of [
    'lost indicator.ratio.grouping',
    'changed performanceOverAccuracy',
    'lost partial_response_strategy',
    'lost ruleOutput',
    'lost spec.nonsense',
  ])
    assert.ok(more.includes(what), `${what}: ${more.join(', ')}`);
});

test('latency, native histograms and gauges', () => {
  const of = (indicator: string) =>
    read(`  target: "99"\n  window: 2w\n  indicator: ${indicator}`).slos[0]?.parts[0].indicator;
  assert.deepEqual(of(`{ latency: { success: { metric: 'd_bucket{le="1"}' }, total: { metric: d_count } } }`), {
    kind: 'events',
    numerator: 'good',
    events: { promql: 'sum(increase(d_bucket{le="1"}[{{.window}}]))', of: 'counter' },
    total: { promql: 'sum(increase(d_count[{{.window}}]))', of: 'counter' },
  });
  assert.deepEqual(of('{ latencyNative: { latency: 200ms, total: { metric: d } } }'), {
    kind: 'events',
    numerator: 'good',
    events: {
      promql:
        'histogram_fraction(0, 0.2, sum(increase(d[{{.window}}]))) * histogram_count(sum(increase(d[{{.window}}])))',
      of: 'counter',
    },
    total: { promql: 'histogram_count(sum(increase(d[{{.window}}])))', of: 'counter' },
  });
  assert.deepEqual(of('{ bool_gauge: { metric: probe_success } }'), {
    kind: 'events',
    numerator: 'good',
    events: { promql: 'sum(probe_success)', of: 'gauge' },
    total: { promql: 'count(probe_success)', of: 'gauge' },
  });
});

test('what Pyrra would refuse is refused with its reason', () => {
  const reason = (spec: string) => read(spec).refusals[0]?.reason ?? '';
  assert.match(reason(ratio.replace("'99.50'", "'100'")), /100 % is not above 0 and below 100/);
  assert.match(reason(ratio.replace('4w', '4 weeks')), /"4 weeks" is no duration/);
  assert.match(
    reason(ratio.replace('metric: http_requests_total }', "metric: 'sum(http_requests_total)' }")),
    /selector/,
  );
  assert.match(reason('  target: "99"\n  window: 1w\n  indicator: {}'), /none of ratio/);
});

test('every example of Pyrra’s is imported, and its windows are those of the table', t => {
  const files = corpusFiles(
    t,
    'pyrra/examples/*.yaml',
    'pyrra/examples/kubernetes/**/*.yaml',
    'pyrra/examples/mimir/example*.yaml',
  );
  if (!files) return;
  const all = files.map(file => importSlos([file], undefined, 'pyrra'));
  assert.deepEqual(
    all.flatMap(({ refusals }) => refusals),
    [],
  );
  const slos = all.flatMap(({ slos }) => slos);
  assert.ok(slos.length >= 28, String(slos.length));
  for (const slo of slos) {
    assert.equal(slo.window.kind, 'rolling');
    if (slo.window.kind !== 'rolling') continue;
    assert.deepEqual(
      slo.alerting.windows?.map(one => [one.severity, one.long, one.short, one.burnRate.toNumber()]),
      documented(slo.window.seconds).filter(([, , , rate]) => rate * (1 - slo.parts[0].target.toNumber()) < 1),
      slo.origin,
    );
  }
});
