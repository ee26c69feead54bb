/** Constraints in files, as kubectl prints them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stringify } from 'yaml';
import { gatekeeper } from '../../../../exporters/policy/sources/gatekeeper/index.ts';
import { constraint, names, template } from './objects.ts';

const audited = '2026-11-20T09:00:00Z';
const now = new Date('2026-11-20T10:00:00Z');
const read = async (body: string, place: object = { cluster: 'prod' }) =>
  gatekeeper.read(Buffer.from(body), { at: now, now, place, file: 'constraints.yaml' });
const list = (...items: readonly unknown[]) => ({
  apiVersion: 'v1',
  kind: 'List',
  items,
  metadata: { resourceVersion: '' },
});
const policy = 'K8sContainerLimits/container-must-have-limits';

test('a list is read as YAML, JSON and documents alike', async () => {
  const items = [
    constraint({ at: audited, listed: ['cart'] }),
    constraint({ kind: 'K8sRequiredLabels', name: 'owner', at: audited }),
  ];
  const yaml = await read(stringify(list(...items)));
  assert.deepEqual([yaml.records, yaml.rejections, yaml.fault], [2, [], undefined]);
  assert.deepEqual((await read(JSON.stringify(list(...items), null, 2))).told, yaml.told);
  const { policies, ...documents } = (await read(items.map(item => `---\n${stringify(item)}`).join(''))).told;
  // Documents one by one may be some of the cluster's constraints.
  assert.equal(policies, undefined);
  assert.deepEqual(documents.reports, yaml.told.reports);
  const report = yaml.told.reports![0]!;
  assert.deepEqual(
    [
      report.evaluatedAt,
      report.completeness,
      report.parts,
      report.results.map(({ resource, part }) => [resource, part]),
    ],
    [
      '2026-11-20T09:00:00.000Z',
      'complete',
      [policy, 'K8sRequiredLabels/owner'],
      [['k8s:prod/shop/workload/cart', policy]],
    ],
  );
});

test('a status that is cut says how much is missing, an old one that it may be', async () => {
  const told = async (given: object) => {
    const { reports = [] } = (await read(JSON.stringify(constraint({ at: audited, ...given })))).told;
    const [{ totals, results, completeness, reason } = assert.fail()] = reports;
    return [results.length, totals?.[0]?.violations, completeness, reason];
  };
  assert.deepEqual(await told({ listed: names(20), total: 57 }), [20, 57, 'complete', undefined]);
  assert.deepEqual(await told({ listed: names(20), total: 20 }), [20, 20, 'complete', undefined]);
  // Containers of one pod: 3 lines of one finding, and 4 that are not listed.
  assert.deepEqual(await told({ listed: ['cart', 'cart', 'cart'], total: 7 }), [1, 5, 'complete', undefined]);
  const old = { status: { auditTimestamp: audited, totalViolations: undefined } };
  assert.deepEqual(await told({ listed: names(4), ...old }), [4, 4, 'complete', undefined]);
  assert.deepEqual(await told({ listed: names(20), ...old }), [20, 20, 'partial', 'total_unknown']);
});

test('a constraint that no audit has seen tells nothing, one that the auditor could not take in is partial', async () => {
  const never = await read(JSON.stringify(constraint()));
  assert.deepEqual([never.told.reports, never.records], [[], 1]);
  const byPod = [
    { id: 'audit', operations: ['audit'], enforced: true, errors: [{ code: 'ingest_error', message: 'x' }] },
  ];
  const idle = await read(JSON.stringify(constraint({ at: audited, status: { byPod } })));
  assert.deepEqual(
    idle.told.reports?.map(({ completeness, reason }) => [completeness, reason]),
    [['partial', 'constraint_not_enforced']],
  );
});

test('modes are what becomes of requests, severities and titles what people wrote', async () => {
  const scoped = (...actions: readonly (readonly [string, ...string[]])[]) => ({
    enforcementAction: 'scoped',
    scopedEnforcementActions: actions.map(([action, ...points]) => ({
      action,
      enforcementPoints: points.map(name => ({ name })),
    })),
  });
  const cases = [
    [{}, 'enforce'],
    [{ enforcementAction: 'warn' }, 'warn'],
    [{ enforcementAction: 'dryrun' }, 'dryrun'],
    [{ enforcementAction: 'block' }, 'audit'],
    [scoped(['warn', 'validation.gatekeeper.sh'], ['deny', 'gator.gatekeeper.sh']), 'warn'],
    [scoped(['deny', '*']), 'enforce'],
    [scoped(['dryrun', 'audit.gatekeeper.sh'], ['deny', 'vap.k8s.io']), 'enforce'],
    [scoped(['deny', 'audit.gatekeeper.sh']), 'audit'],
    [{ enforcementAction: 'scoped', scopedEnforcementActions: 'x' }, 'audit'],
  ] as const;
  const given = cases.map(([spec], index) =>
    constraint({
      name: `c${index}`,
      spec,
      ...(index === 0 ? { annotations: { severity: 'critical' } } : {}),
      labels: { severity: 'low' },
    }),
  );
  const { told } = await read(stringify(list(template('K8sContainerLimits', 'Container limits'), ...given)));
  const [{ policies = [], readAt } = assert.fail()] = told.policies!;
  assert.equal(readAt, now.toISOString());
  assert.deepEqual(
    policies.map(({ enforcement }) => enforcement),
    cases.map(([, enforcement]) => enforcement),
  );
  assert.deepEqual(policies[0], {
    ...{ policy: 'K8sContainerLimits/c0', title: 'Container limits', enforcement: 'enforce', severity: 'critical' },
  });
  assert.equal(policies[1]?.severity, 'low');
});

test('what is broken in a list is counted, and the rest counts', async () => {
  const bad = { apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sRequiredLabels', metadata: 7 };
  const odd = constraint({
    at: audited,
    status: { violations: [7, { kind: 'Pod' }, { kind: 'Pod', name: 'cart' }], totalViolations: 3 },
  });
  const { told, records, rejections } = await read(stringify(list(bad, odd, 'x', { apiVersion: 'v1', kind: 'Pod' })));
  assert.equal(records, 3);
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['not_an_object', 'shape_unknown', 'bad_violations'],
  );
  assert.deepEqual([told.reports?.[0]?.results.length, told.reports?.[0]?.totals?.[0]?.violations], [1, 3]);
});
