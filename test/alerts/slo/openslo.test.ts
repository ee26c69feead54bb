import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileSlo } from '../../../alerts/slo/compile.ts';
import { written } from '../../../alerts/slo/decimal.ts';
import { openSlos } from '../../../alerts/slo/openslo/index.ts';
import { day, options } from './given.ts';
import { corpusFiles } from './import/corpus.ts';

const owners = { platform: 'platform', teams: new Map([['checkout', 'shop']]) };
const read = (...texts: readonly string[]) =>
  openSlos(
    texts.map((text, index) => ({ file: `slo-${index}.yaml`, text })),
    owners,
  );

const sli = `
apiVersion: openslo/v1
kind: SLI
metadata: { name: errors }
spec:
  ratioMetric:
    counter: true
    bad: { metricSource: { metricSourceRef: prom, spec: { query: 'bad_total' } } }
    total: { metricSource: { metricSourceRef: prom, spec: { query: 'all_total' } } }
---
apiVersion: openslo/v1
kind: DataSource
metadata: { name: prom }
spec: { type: Prometheus, connectionDetails: { url: 'http://localhost:9090', nested: [1, true] } }
`;

const slo = (spec: string, metadata = 'name: availability') => `
apiVersion: openslo/v1
kind: SLO
metadata:
  ${metadata}
spec:
  service: checkout
${spec}`;

const plain = (objectives: string, more = '') =>
  slo(`  indicatorRef: errors
  budgetingMethod: Occurrences
  objectives:
${objectives}
${more}`);

test('targets are what was written, in percent or not, and each objective is an SLO', () => {
  const slos = read(
    sli,
    plain('    - targetPercent: 99.95\n    - target: 0.9995123456789012\n      displayName: exact'),
  );
  assert.deepEqual(
    slos.map(({ objective }) => objective),
    ['99.95', '99.9512345678901'],
  );
  assert.deepEqual(
    slos.map(({ parts: [{ target }] }) => target.toString()),
    ['0.9995', '0.9995123456789012'],
  );
  assert.equal(slos[0]?.team, 'shop');
  for (const each of slos) assert.ok(compileSlo(each, options).groups.length > 0);
});

test('objectives of the same target are told apart by their names', () => {
  const slos = read(sli, plain('    - { target: 0.9, displayName: here }\n    - { target: 0.90, displayName: there }'));
  assert.deepEqual(
    slos.map(({ objective }) => objective),
    ['90 here', '90 there'],
  );
});

test('windows roll for months, quarters and years, or follow a calendar', () => {
  const windowOf = (text: string) => read(sli, plain('    - target: 0.9', `  timeWindow: [${text}]`))[0]?.window;
  assert.deepEqual(windowOf('{ duration: 1M }'), { kind: 'rolling', seconds: 30 * day });
  assert.deepEqual(windowOf('{ duration: 1Q, isRolling: true }'), { kind: 'rolling', seconds: 90 * day });
  assert.deepEqual(windowOf('{ duration: 1Y }'), { kind: 'rolling', seconds: 365 * day });
  assert.deepEqual(
    windowOf('{ duration: 2M, calendar: { startTime: 2020-01-21 12:30:00, timeZone: America/New_York } }'),
    { kind: 'calendar', start: '2020-01-21T12:30:00', timeZone: 'America/New_York', count: 2, unit: 'month' },
  );
});

test('a number as the length of a slice is minutes', () => {
  const [found] = read(
    sli,
    slo(`  indicatorRef: errors
  budgetingMethod: Timeslices
  objectives: [{ target: 0.99, timeSliceTarget: 0.95, timeSliceWindow: 5 }]`),
  );
  assert.equal(found?.budgeting.kind === 'timeslices' && found.budgeting.seconds, 300);
  assert.equal(found?.budgeting.kind === 'timeslices' && written(found.budgeting.target), '0.95');
});

const policy = (op: string) => `
apiVersion: openslo/v1
kind: AlertPolicy
metadata: { name: burning }
spec:
  alertWhenBreaching: true
  alertWhenNoData: true
  conditions:
    - conditionRef: fast
  notificationTargets:
    - targetRef: on-call
---
apiVersion: openslo/v1
kind: AlertCondition
metadata: { name: fast }
spec:
  severity: sev1
  condition: { kind: burnrate, op: ${op}, threshold: 2.5, lookbackWindow: 1h, alertAfter: 5m }
---
apiVersion: openslo/v1
kind: AlertNotificationTarget
metadata: { name: on-call }
spec: { target: slack }
`;

test('alert policies are conditions on the burn, in place of the pairs of windows', () => {
  for (const [op, read1] of [
    ['gte', 'gte'],
    ['lte', 'gt'],
  ] as const) {
    const [found] = read(policy(op), sli, plain('    - target: 0.9', '  alertPolicies: [{ alertPolicyRef: burning }]'));
    const [condition] = found?.alerting.conditions ?? [];
    assert.deepEqual(found?.alerting.windows, []);
    assert.deepEqual(
      { ...condition, burnRate: condition && written(condition.burnRate) },
      { name: 'fast', severity: 'page', op: read1, burnRate: '2.5', lookback: 3600, after: 300, whenNoData: true },
    );
    assert.equal(found?.annotations.notification_targets, 'on-call');
    assert.ok(found && compileSlo(found, options));
  }
});

test('objectives with indicators are one composite, with weights', () => {
  const composite = slo(`  budgetingMethod: Occurrences
  objectives:
    - { displayName: cart, target: 0.99, indicatorRef: errors, compositeWeight: 0.5 }
    - { displayName: pay, target: 0.999, indicatorRef: errors }`);
  const [found, ...others] = read(sli, composite);
  assert.equal(others.length, 0);
  assert.equal(found?.objective, '99.9');
  assert.deepEqual(
    found?.parts.map(({ name, weight }) => [name, written(weight)]),
    [
      ['cart', '0.5'],
      ['pay', '1'],
    ],
  );
});

test('labels are of the rules, team or owner of the alerts', () => {
  const metadata =
    'name: a\n  labels: { owner: payments, tier: [one, two], cost.centre: x1 }\n  annotations: { acme.com/doc: here }';
  const [found] = read(
    sli,
    slo('  indicatorRef: errors\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.9 }]', metadata),
  );
  assert.equal(found?.team, 'payments');
  assert.deepEqual(found?.labels, { tier: 'one,two', cost_centre: 'x1' });
  assert.deepEqual(found?.annotations, { acme_com_doc: 'here' });
});

test('counters whose samples are a day apart are looked for over a day', () => {
  const at = (every: string) =>
    slo(
      '  indicatorRef: errors\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.9 }]',
      `name: a\n  annotations: { plumbline/sampled-every: ${every} }`,
    );
  const [found] = read(sli, at('1d'));
  assert.equal(found?.sampledEvery, day);
  assert.deepEqual(found?.annotations, {});
  const texts = JSON.stringify(compileSlo(found!, options).groups);
  assert.match(texts, /last_over_time\(all_total\[1d\]\) - last_over_time\(all_total\[1d\] offset 5m\)/);
  assert.throws(() => read(sli, at('daily')), /sampled-every: expected a duration such as 1d/);
  assert.throws(
    () => compileSlo({ ...found!, sampledEvery: 500 * day }, options),
    /further apart than the server remembers/,
  );
});

test('what is wrong is told with the document and the path', () => {
  for (const [text, reason] of [
    [
      plain('    - { target: 0.9, budget: 3 }'),
      /slo-1\.yaml:\d+, document 1 \(\w+\) as OpenSLO: spec\.objectives\[0\]: there is no field "budget"/,
    ],
    [plain('    - target: much'), /spec\.objectives\[0\]\.target: expected a number/],
    [plain('    - target: 1'), /target: expected a number from 0 up to but not including 1/],
    [plain('    - { target: 0.9, targetPercent: 90 }'), /expected either target or targetPercent/],
    [
      plain('    - target: 0.9', '  alertPolicies: [{ alertPolicyRef: none }]'),
      /no AlertPolicy of the files is called none/,
    ],
    [
      plain('    - target: 0.9').replace('indicatorRef: errors', 'indicatorRef: none'),
      /no SLI of the files is called none/,
    ],
    [plain('    - target: 0.9').replace('openslo/v1', 'openslo/v2'), /apiVersion: expected openslo\/v1/],
    [
      plain('    - target: 0.9', '  timeWindow: [{ duration: 1M, isRolling: false }]'),
      /either isRolling: true or calendar/,
    ],
    [`${plain('    - target: 0.9')}\n---${plain('    - target: 0.9')}`, /is in slo-1\.yaml, document 1 already/],
    ['a: [', /is no YAML/],
    [plain('    - target: *none'), /slo-1\.yaml:2, document 1 .*is no YAML: Unresolved alias/],
    [
      `a: &a [${'x,'.repeat(20)}]\nb: &b [${'*a,'.repeat(20)}]\nc: &c [${'*b,'.repeat(20)}]\nd: [${'*c,'.repeat(20)}]`,
      /is no YAML: Excessive alias count/,
    ],
    [
      slo('  budgetingMethod: Occurrences\n  objectives: [{ target: 0.9, indicatorRef: other }]') +
        `\n---${slo('  indicatorRef: errors\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.9 }]', 'name: other')}`,
      /other is an SLO, and a composite of SLOs or of composites/,
    ],
  ] as const)
    assert.throws(() => read(sli, text), reason);
});

test('all that is wrong in all files is told at once, by file and line', () => {
  const good = '  indicatorRef: errors\n  budgetingMethod: Occurrences\n  objectives: [{ target: 0.9 }]';
  const files = [
    { file: 'a.yaml', text: `${slo(good, 'name: one')}\n---${slo(good.replace('0.9', '9'), 'name: two')}` },
    { file: 'b.yaml', text: 'a: [' },
    { file: 'c.yaml', text: sli.replace('kind: SLI', 'kind: SLI\nmore: 1') },
    { file: 'd.yaml', text: slo(good.replace('errors', 'none'), 'name: three') },
  ];
  const lineOf = (file: number, words: string) =>
    (files[file]?.text.split('\n').findIndex(line => line.includes(words)) ?? 0) + 1;
  assert.throws(
    () => openSlos(files, owners),
    ({ code, message }: { code: string; message: string }) => {
      assert.equal(code, 'SLO_DOCUMENTS');
      assert.match(message, /could not take 4 documents/);
      assert.ok(
        message.includes(`\n- a.yaml:${lineOf(0, 'target: 9')}, document 2 (two): spec.objectives[0].target:`),
        message,
      );
      assert.match(message, /\n- b\.yaml:1, document 1: it is no YAML/);
      assert.match(message, /\n- c\.yaml:\d+, document 1 \(errors\): the document: there is no field "more"/);
      assert.ok(
        message.includes(`\n- d.yaml:${lineOf(3, 'none')}, document 1 (three): spec.indicatorRef: no SLI`),
        message,
      );
      // one refers to the SLI of c.yaml, which is told of already
      assert.doesNotMatch(message, /\(one\)/);
      return true;
    },
  );
});

test('OpenSLO’s own examples are refused for their data source alone, and compile with Prometheus', t => {
  const files = corpusFiles(t, 'openslo/**/*.yaml');
  if (files === undefined) return;
  assert.equal(files.length, 4);
  for (const { name, text } of files) {
    assert.throws(
      () => openSlos([{ file: name, text }], owners),
      /reads from Any, and rules are made for Prometheus alone/,
    );
    const good = text.includes('thresholdMetric') ? 'search_seconds' : 'http_requests_total{code=~"2.."}';
    let query = 0;
    const real = text
      .replaceAll('type: Any', 'type: Prometheus')
      .replace(/query: Any/g, () => `query: ${query++ === 0 ? good : 'http_requests_total'}`);
    const slos = openSlos([{ file: name, text: real }], owners);
    assert.equal(slos.length, name.endsWith('budgeting-method/timeslices-slo.yaml') ? 2 : 1);
    for (const each of slos) assert.ok(compileSlo(each, options).groups.length >= 3);
  }
});
