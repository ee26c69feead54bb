/** Gatekeeper's documented samples, whole and as they are. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { gatekeeper } from '../../../../exporters/policy/sources/gatekeeper/index.ts';
import { corpus } from '../../../e2e/lib/corpus.ts';

const folder = path.join(corpus, 'policy/gatekeeper');
const skip = existsSync(folder) ? false : 'policy/gatekeeper is not in PLUMBLINE_CORPUS';
const at = new Date('2026-11-20T10:00:00Z');
const read = async (file: string) =>
  gatekeeper.read(readFileSync(path.join(folder, file)), { at, now: at, place: { cluster: 'docs' }, file });

test('the samples of statuses: four violations without a total, two of a trial', { skip }, async () => {
  const told = async (file: string) => {
    const { told: given, records, rejections } = await read(file);
    assert.deepEqual([records, rejections], [1, []]);
    return given.reports!.map(({ evaluatedAt, completeness, results }) => [
      ...[evaluatedAt, completeness],
      results.map(({ resource, enforcement }) => `${enforcement} ${resource}`),
    ]);
  };
  assert.deepEqual(await told('audit.00.constraint-status.yaml'), [
    [
      ...['2019-05-11T01:46:13.000Z', 'complete'],
      ['default', 'gatekeeper-system', 'kube-public', 'kube-system'].map(name => `enforce k8s:docs//namespace/${name}`),
    ],
  ]);
  assert.deepEqual(await told('violations.00.dry-run-enforcement-action.yaml'), [
    [
      ...['2019-08-15T01:46:13.000Z', 'complete'],
      ['default', 'gatekeeper-system'].map(name => `dryrun k8s:docs//namespace/${name}`),
    ],
  ]);
});

test("the documented line of an audit lacks a comma: it is broken, and mended it is a run's piece", {
  skip,
}, async () => {
  const { fault } = await read('audit.01.violations.json.txt');
  assert.equal(fault, 'not_json');
  const text = readFileSync(path.join(folder, 'audit.01.violations.json.txt'), 'utf8');
  const mended = text.replace('"kube-scheduler-kind-control-plane"', '$&,');
  const { pieces = [], records } = await gatekeeper.read(Buffer.from(mended), {
    ...{ at, now: at, place: { cluster: 'docs' }, file: 'mended' },
  });
  const [{ report } = assert.fail()] = pieces;
  assert.deepEqual(
    [records, report.evaluatedAt, report.reason, report.results.map(({ policy, location }) => [policy, location])],
    [
      ...[1, '2021-09-29T04:17:47.000Z', 'audit_not_finished'],
      [['K8sContainerLimits/container-must-have-limits', 'Pod/kube-system/kube-scheduler-kind-control-plane']],
    ],
  );
});

test('the message of an export is read by its own names', { skip }, async () => {
  const { pieces = [], records } = await read('export.24.violations.json');
  const [{ report } = assert.fail()] = pieces;
  assert.deepEqual(
    [records, report.evaluatedAt, report.results.map(({ policy, resource }) => [policy, resource])],
    [
      1,
      '2023-07-18T21:21:52.000Z',
      [['K8sRequiredLabels/pod-must-have-test', 'k8s:docs/nginx/workload/nginx-deployment']],
    ],
  );
});

test('every other sample is told apart, and none throws', { skip }, async () => {
  const faults: Record<string, string> = {};
  for (const file of readdirSync(folder)) {
    const { fault, records } = await read(file);
    faults[file] = fault ?? `${records} records`;
  }
  const { 'metrics.00.example-log-line.json': statistics, ...others } = faults;
  assert.equal(statistics, '0 records');
  for (const file of Object.keys(others).filter(name => /^(gator|export\.[01]|PROVENANCE)/.test(name)))
    assert.match(others[file]!, /^not_/, file);
});
