/** Lists of exceptions and policies whose last entry is gone, in files and posts. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { stringify } from 'yaml';
import { reportRun } from './report-run.ts';
import { exceptions, policies, reports } from './sources/kyverno-world.ts';

const list = (...items: readonly unknown[]) =>
  stringify({ apiVersion: 'v1', items, kind: 'List', metadata: { resourceVersion: '' } });
const hour = (number: number) => `2026-11-20T${String(number).padStart(2, '0')}:00:00Z`;

async function posts(t: TestContext, kind = 'policyreport') {
  const run = await reportRun(t);
  const rows = async (sql: string) => (await run.rows(sql)).map(row => Object.values(row).join(' '));
  return {
    ...run,
    rows,
    post: (at: number, body: string, more: object = {}) =>
      run.post({ kind, body, query: { cluster: 'prod', at: hour(at) }, now: hour(at), ...more }),
    holding: () =>
      rows(`SELECT exception FROM finding_exceptions
        QUALIFY row_number() OVER (PARTITION BY exception, policy ORDER BY occurred_at DESC, learned_at DESC) = 1 AND holds
        ORDER BY ALL`),
    modes: () =>
      rows(`SELECT policy FROM finding_policies
        QUALIFY row_number() OVER (PARTITION BY policy ORDER BY occurred_at DESC, learned_at DESC) = 1 AND holds
        ORDER BY ALL`),
  };
}

const both = ['policies.kyverno.io:lab/once', 'shop/legacy'];

test('the last exception is gone where a document of the same make has none', async t => {
  const run = await posts(t);
  await run.post(1, list(...policies, ...exceptions, ...reports));
  assert.deepEqual(await run.holding(), both);
  // Another pipeline posts reports alone, and another one policies: neither would tell of exceptions.
  await run.post(2, list(...reports));
  await run.post(3, list(...policies));
  assert.deepEqual(await run.holding(), both);
  // One that can't be read may be the last.
  await run.post(3, list(...policies, ...reports, { ...exceptions[0]!, spec: 7 }));
  assert.deepEqual(await run.holding(), both);
  await run.post(4, list(...policies, ...reports));
  assert.deepEqual(await run.holding(), []);
  // One that comes late changes nothing, and brings nothing back.
  await run.post(3, list(...policies, ...exceptions, ...reports), { now: hour(5) });
  assert.deepEqual(await run.holding(), []);
  await run.post(6, list(...policies, ...exceptions, ...reports));
  assert.deepEqual(await run.holding(), both);
  await run.post(5, list(...policies, ...reports), { now: hour(7) });
  assert.deepEqual(await run.holding(), both);
});

test('an empty list ends what the only document of its kind told, and is no fault where nothing was told', async t => {
  const run = await posts(t);
  assert.deepEqual((await run.post(1, list())).rejected, {});
  await run.post(2, list(...exceptions));
  await run.post(3, list());
  assert.deepEqual(await run.holding(), []);
  // With two documents of a place nobody knows which of them is empty; where it says its kind, it is plain.
  await run.post(4, list(...exceptions));
  await run.post(5, list(...policies));
  await run.post(6, list());
  assert.deepEqual([await run.holding(), (await run.modes()).length > 0], [both, true]);
  const typed = { apiVersion: 'kyverno.io/v2', kind: 'PolicyExceptionList', items: [] };
  await run.post(7, JSON.stringify(typed));
  assert.deepEqual([await run.holding(), (await run.modes()).length > 0], [[], true]);
});

test('the same in files', async t => {
  const run = await reportRun(t, { files: [{ kind: 'policyreport', path: 'state', cluster: 'prod' }] });
  run.deliver('state/a.yaml', list(...policies, ...exceptions, ...reports), hour(1));
  await run.refresh(hour(2));
  run.deliver('state/b.yaml', list(...policies, ...reports), hour(3));
  const { error, rejected } = await run.refresh(hour(4));
  assert.deepEqual([error, rejected], [undefined, {}]);
  assert.deepEqual(
    await run.rows('SELECT DISTINCT holds FROM finding_exceptions WHERE occurred_at > TIMESTAMP $$2026-11-20 02:30$$'),
    [{ holds: false }],
  );
});

test('the last constraint of a cluster is gone where kubectl prints an empty list', async t => {
  const constraint = {
    ...{ apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sRequiredLabels', metadata: { name: 'owner' } },
    spec: { enforcementAction: 'deny' },
    status: { auditTimestamp: hour(1), totalViolations: 0, violations: [] },
  };
  const template = {
    ...{
      apiVersion: 'templates.gatekeeper.sh/v1',
      kind: 'ConstraintTemplate',
      metadata: { name: 'k8srequiredlabels' },
    },
    spec: { crd: { spec: { names: { kind: 'K8sRequiredLabels' } } } },
  };
  const run = await posts(t, 'gatekeeper');
  await run.post(1, list(constraint, template));
  assert.equal((await run.modes()).length, 1);
  await run.post(2, list());
  assert.deepEqual(await run.modes(), []);
  await assert.rejects(run.post(3, list({ apiVersion: 'v1', kind: 'Pod' })), /not_gatekeeper|Gatekeeper/);
});
