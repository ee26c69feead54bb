/** All PolicyReports and OpenReports of the corpus, their numbers counted by another way: the lines of the texts. */
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Reading } from '../../../exporters/policy/reading.ts';
import { policyReportKind } from '../../../exporters/policy/sources/policyreport/index.ts';

const corpus = process.env.PLUMBLINE_CORPUS ?? path.resolve(import.meta.dirname, '../../../../shared/data');
const root = path.join(corpus, 'policy');
const isThere = existsSync(path.join(root, 'wgpolicy-reports'));
const skip = isThere ? false : 'the corpus (PLUMBLINE_CORPUS) is not there';
const at = new Date('2026-11-26T00:00:00Z');

/** Outcomes as the lines of a YAML text say them, and how many of them an exception holds back. */
function counted(text: string): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (key: string, by: number) => {
    counts[key] = (counts[key] ?? 0) + by;
  };
  for (const [, outcome = ''] of text.matchAll(/^\s*(?:- )?result: (pass|fail|warn|error|skip)\s*$/gm))
    add(outcome === 'warn' ? 'fail' : outcome, 1);
  return counts;
}

const outcomes = ({ told }: Reading) => {
  const counts: Record<string, number> = {};
  for (const { outcome } of (told.reports ?? []).flatMap(({ results }) => results))
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
};
const reasons = ({ rejections }: Reading) => {
  const counts: Record<string, number> = {};
  for (const { reason } of rejections) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
};
const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, each) => total + each, 0);

const read = async (file: string) => {
  const bytes = readFileSync(path.join(root, file));
  const reading = await policyReportKind.read(bytes, { at, now: at, place: { cluster: 'c' }, file });
  return { reading, text: bytes.toString('utf8') };
};

/** Everything that is not as the general rule says it, by file. */
const odd: Readonly<
  Record<
    string,
    { readonly fault?: string; readonly rejected?: Record<string, number>; readonly folded?: Record<string, number> }
  >
> = {
  // One result has no outcome, as the assertion leaves it open.
  'image-validating-policies/report/with-exception/skipped-report-assert.yaml': { rejected: { result_missing: 1 } },
  'openreports/report.yaml': { rejected: { expression: 1 } },
  'rbac/aggregate-to-admin/admin-policyreport.yaml': { fault: 'not_policy_report' },
  // Two containers of two pods of one deployment do the same.
  'kubearmor-adapter/samples/res.yaml': { folded: { fail: 1 } },
  // A ValidatingPolicy and an ImageValidatingPolicy of one name: the worst of both counts.
  'validating-admission-policy-reports/background/policies-with-the-same-name/report-assert.yaml': {
    folded: { pass: 1 },
  },
  // Results without an outcome: Trivy's adapter wrote none.
  'trivy-adapter/samples/policyreport.yaml': { rejected: { result_missing: 14 } },
  'trivy-adapter/samples/policyreport.json': { rejected: { result_missing: 14 } },
  'trivy-adapter/samples/vulnerabilityreport.yaml': { fault: 'not_policy_report' },
  'kube-bench-adapter/samples/kube-bench-output.json': { fault: 'not_policy_report' },
  'kube-bench-adapter/samples/kube-bench-results.yaml': { fault: 'not_policy_report' },
  'kubearmor-adapter/samples/kubearmor-output.json': { fault: 'not_policy_report' },
};

for (const folder of ['wgpolicy-reports', 'openreports', 'kyverno-reports'])
  test(`every file of ${folder} is read whole, or refused with a reason`, { skip }, async () => {
    const files = globSync('**/*.{yaml,json}', { cwd: path.join(root, folder) }).sort();
    assert.ok(files.length >= 6);
    for (const file of files) {
      const { reading, text } = await read(path.join(folder, file));
      const { fault, rejected = {}, folded = {} } = odd[file] ?? {};
      assert.equal(reading.fault, fault, file);
      if (fault !== undefined) continue;
      assert.deepEqual(reasons(reading), rejected, file);
      const own = counted(text);
      const { excepted = 0, ...rest } = outcomes(reading);
      const exceptions = (text.match(/^\s+exceptions: /gm) ?? []).length;
      assert.equal(excepted, exceptions - (rejected.result_missing === 1 ? 1 : 0), `${file}: excepted`);
      assert.equal(sum(rest) + excepted + sum(folded) + (rejected.expression ?? 0), sum(own), `${file}: results`);
      assert.equal((rest.fail ?? 0) + (folded.fail ?? 0), own.fail ?? 0, `${file}: fail`);
      assert.equal(rest.error ?? 0, own.error ?? 0, `${file}: error`);
    }
  });

test('of the samples 122 results of kube-bench are told apart by their index', { skip }, async () => {
  const { reading } = await read('wgpolicy-reports/kube-bench-adapter/samples/policy-report.yaml');
  const results = reading.told.reports?.flatMap(one => one.results) ?? [];
  // 37 pass, 36 fail and 49 warn, as its summary says.
  assert.deepEqual(outcomes(reading), { pass: 37, fail: 85 });
  assert.equal(results.filter(({ enforcement }) => enforcement === 'warn').length, 49);
  assert.equal(new Set(results.map(({ policy }) => policy)).size, 122);
  assert.ok(results.some(({ policy }) => policy === '1.1.1'));
});

test('a report of the working group and the same in OpenReports differ in nothing but their engine', {
  skip,
}, async () => {
  const lines = async (folder: string) =>
    (await read(`${folder}/samples/sample-falco-policy.yaml`)).reading.told.reports?.flatMap(({ results }) =>
      results.map(({ policy, resource, outcome, severity }) => [policy, resource, outcome, severity].join(' ')),
    );
  assert.deepEqual(await lines('openreports'), await lines('wgpolicy-reports'));
  assert.deepEqual(await lines('openreports'), [
    'Change thread namespace k8s:c/my-namespace/workload/a-pod fail low',
    'audit k8s:c//cluster/c fail medium',
  ]);
});

test('exceptions of Kyverno read pass, skip, or both words', { skip }, async () => {
  const folder = 'kyverno-reports/validating-policies/report';
  for (const file of [
    'with-exception-pass-result/pass-report-assert.yaml',
    'with-exception-skip-result/skip-report-assert.yaml',
  ])
    assert.deepEqual(outcomes((await read(`${folder}/${file}`)).reading), { excepted: 1 }, file);
});
