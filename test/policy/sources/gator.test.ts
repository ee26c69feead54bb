import assert from 'node:assert/strict';
import { test } from 'node:test';
import { corpusFile, countBy, keysOf, readAs, reportOf } from '../reading.ts';

const violation = (more: object = {}) => ({
  msg: '[Implied by expand-deployments] container <web> has no limits',
  constraint: { kind: 'K8sContainerLimits', metadata: { name: 'limits' } },
  enforcementAction: 'deny',
  violatingObject: { kind: 'Deployment', metadata: { name: 'web', namespace: 'shop', labels: { team: 'shop' } } },
  ...more,
});

test('a violation is of its constraint and its object, once however often it is told', async () => {
  const report = reportOf(
    await readAs('gator', JSON.stringify([violation(), violation({ msg: 'another container' })])),
  );
  assert.deepEqual(keysOf(report), ['K8sContainerLimits/limits shop/workload/web']);
  const [result] = report.results;
  assert.equal(result?.message, 'container <web> has no limits');
  assert.deepEqual(JSON.parse(result?.owner ?? ''), {
    ...{ namespace: 'shop', repository: 'acme/shop', tags: { team: 'shop' } },
  });
});

test('an action is its mode; a scoped constraint’s strongest counts', async () => {
  const of = async (more: object) =>
    reportOf(await readAs('gator', JSON.stringify([violation(more)]))).results[0]?.enforcement;
  assert.deepEqual(
    [await of({}), await of({ enforcementAction: 'warn' }), await of({ enforcementAction: 'dryrun' })],
    ['enforce', 'warn', 'dryrun'],
  );
  assert.equal(await of({ enforcementAction: 'scoped', scopedActions: ['warn', 'deny'] }), 'enforce');
  assert.equal(await of({ enforcementAction: 'scoped', scopedActions: [] }), 'audit');
  assert.equal(await of({ enforcementAction: 'shout' }), 'audit');
});

test('null is nothing violated, no output is a run that failed, and another shape is refused', async () => {
  const none = reportOf(await readAs('gator', 'null\n'));
  assert.deepEqual([none.completeness, none.results], ['complete', []]);
  assert.deepEqual(reportOf(await readAs('gator', '{"results":null,"stats":[]}')).results, []);
  assert.deepEqual(reportOf(await readAs('gator', '')).reason, 'empty_output');
  assert.equal((await readAs('gator', '{"runs":[]}')).fault, 'not_gator');
  assert.equal((await readAs('gator', '[{"filename":"a"}]')).fault, 'not_gator');
  const { rejections, records } = await readAs(
    'gator',
    JSON.stringify([violation(), 7, violation({ constraint: {} })]),
  );
  assert.deepEqual(
    [records, rejections.map(({ line, reason }) => [line, reason])],
    [
      3,
      [
        [2, 'not_a_result'],
        [3, 'missing_constraint'],
      ],
    ],
  );
});

test('every report of gator itself is read, as many findings as it has pairs of constraint and object', async t => {
  // Results, and distinct pairs by enforcement, as jq counts them.
  const files = {
    'test-deny-only.json': [114, { enforce: 65 }],
    'test-no-deny-constraints.json': [46, { warn: 23 }],
    'test-no-expansion.json': [147, { enforce: 32, warn: 46 }],
    'test-no-violations.json': [0, {}],
    'test-scoped-deny-only.json': [8, { enforce: 8 }],
    'test-stats.json': [147, { enforce: 32, warn: 46 }],
    'test-trace.json': [2, { warn: 1 }],
    'test.json': [352, { dryrun: 39, enforce: 65, warn: 85 }],
  } as const;
  for (const [file, [results, modes]] of Object.entries(files)) {
    const bytes = corpusFile(t, `gator-live/${file}`);
    if (bytes === undefined) return;
    const reading = await readAs('gator', bytes);
    const counts = { ...countBy(reportOf(reading).results, ({ enforcement }) => enforcement) };
    assert.deepEqual([reading.records, counts], [results, modes], file);
  }
  assert.equal(
    reportOf(await readAs('gator', corpusFile(t, 'gator-live/test-missing-template.json')!)).completeness,
    'failed',
  );
});
