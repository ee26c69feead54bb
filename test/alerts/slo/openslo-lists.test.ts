/** OpenSLO objects in a list, as its own tools write and read them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { documentsOf } from '../../../alerts/slo/import/documents.ts';
import { openSlos } from '../../../alerts/slo/openslo/index.ts';

const owners = { platform: 'platform', teams: new Map<string, string>() };
const read = (text: string) => openSlos([{ file: 'all.yaml', text }], owners);

const list = (target: string, apiVersion = 'openslo/v1') => `
- apiVersion: openslo/v1
  kind: SLI
  metadata: { name: errors }
  spec:
    ratioMetric:
      counter: true
      bad: { metricSource: { type: Prometheus, spec: { query: 'bad_total' } } }
      total: { metricSource: { type: Prometheus, spec: { query: 'all_total' } } }
-
- apiVersion: ${apiVersion}
  kind: SLO
  metadata: { name: availability }
  spec:
    service: search
    indicatorRef: errors
    budgetingMethod: Occurrences
    timeWindow: [{ duration: 30d, isRolling: true }]
    objectives: [{ target: ${target} }]
`;

test('each object of a list is a document, and finds the others by name', () => {
  assert.deepEqual(
    read(list('0.99')).map(({ name, service }) => `${service} ${name}`),
    ['search availability'],
  );
});

test('a list stands beside documents of one object', () => {
  const other = `apiVersion: openslo/v1\nkind: Service\nmetadata: { name: search }\nspec: {}\n`;
  assert.equal(read(`${other}---${list('0.99')}`).length, 1);
});

test('what is wrong in a list has its item, its name and its line', () => {
  assert.throws(() => read(list('1.5')), /all\.yaml:\d+, document 1, item 3 \(availability\)/);
  assert.throws(
    () => read(list('0.99', 'openslo/v2')),
    /all\.yaml:11, document 1, item 3 .*: apiVersion: expected openslo\/v1/,
  );
});

test('a version of which slo import knows the way says so', () => {
  assert.throws(() => read(list('0.99', 'openslo/v1alpha')), /"plumbline slo import" reads openslo\/v1alpha/);
});

test('slo import takes lists apart, too', () => {
  const documents = documentsOf('- { version: prometheus/v1 }\n- { version: other }\n', 'a.yaml');
  assert.deepEqual(
    documents.map(({ origin, value }) => [origin, value]),
    [
      ['a.yaml, document 1', { version: 'prometheus/v1' }],
      ['a.yaml, document 2', { version: 'other' }],
    ],
  );
});
