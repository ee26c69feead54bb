/** Audits of the log as reports: what one run tells, and how whole it is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gatekeeper } from '../../../../exporters/policy/sources/gatekeeper/index.ts';
import { audit, denial, failure, finished, started, text, total, violation } from './log-lines.ts';

const first = '2026-11-20T09:00:00Z';
const second = '2026-11-20T09:01:00Z';
const at = new Date('2026-11-20T10:00:00Z');
const place = { cluster: 'prod', environment: 'production' };
const read = async (...lines: readonly (string | readonly string[])[]) =>
  gatekeeper.read(Buffer.from(text(...lines)), { at, now: at, place, file: 'audit.log' });
const limits = ['K8sContainerLimits', 'container-must-have-limits'] as const;
const labels = ['K8sRequiredLabels', 'must-have-owner'] as const;

test('a run is a report of the whole cluster, with who it is of and what it leads to', async () => {
  const { told, pieces, records } = await read(
    audit(first, [
      {
        constraint: labels,
        action: 'warn',
        annotations: { 'policy.acme.com/severity': 'High', 'metadata.gatekeeper.sh/title': 'Owners are named' },
        ...{ kind: 'Deployment', namespace: 'shop', name: 'cart', msg: 'no label owner' },
        labels: { team: 'checkout', 'pod-template-hash': '6d4cf56db6' },
      },
    ]),
  );
  assert.deepEqual([pieces, records], [undefined, 4]);
  const { digest, ...report } = told.reports![0]!;
  assert.match(digest, /^[0-9a-f]{32}$/);
  assert.deepEqual(report, {
    ...{ engine: 'gatekeeper', scope: 'cluster:prod', owner: '{"cluster":"prod","environment":"production"}' },
    ...{ evaluatedAt: '2026-11-20T09:00:00.000Z', completeness: 'complete' },
    totals: [{ policy: 'K8sRequiredLabels/must-have-owner', part: 'K8sRequiredLabels/must-have-owner', violations: 1 }],
    results: [
      {
        ...{ policy: 'K8sRequiredLabels/must-have-owner', part: 'K8sRequiredLabels/must-have-owner' },
        ...{ title: 'Owners are named', resource: 'k8s:prod/shop/workload/cart', outcome: 'fail' },
        ...{ severity: 'high', originalSeverity: 'High', enforcement: 'warn', message: 'no label owner' },
        owner:
          '{"cluster":"prod","environment":"production","namespace":"shop","resource":"prod/shop/cart","tags":{"team":"checkout"}}',
        location: 'Deployment/shop/cart',
      },
    ],
  });
});

test('what a violation leads to follows its action; of a scoped constraint its strongest counts', async () => {
  const cases = [
    [{ action: 'deny' }, 'enforce'],
    [{ action: 'warn' }, 'warn'],
    [{ action: 'dryrun' }, 'dryrun'],
    [{ action: 'scoped', actions: ['dryrun', 'warn'] }, 'warn'],
    [{ action: 'scoped', actions: [] }, 'audit'],
    [{ action: 'unrecognized' }, 'audit'],
  ] as const;
  const { told } = await read(
    audit(
      first,
      cases.map(([given], index) => ({ ...given, name: `app${index}` })),
    ),
  );
  assert.deepEqual(
    told.reports![0]!.results.map(({ enforcement }) => enforcement),
    cases.map(([, enforcement]) => enforcement),
  );
});

test('containers and pods of one workload are one finding, and its total is of findings', async () => {
  const { told } = await read(
    audit(first, [
      { name: 'web-6d4cf56db6-x7zqp', msg: 'container <b> has no limits' },
      { name: 'web-6d4cf56db6-x7zqp', msg: 'container <a> has no limits' },
      { name: 'web-6d4cf56db6-2bkqd', msg: 'container <a> has no limits' },
      { name: 'cart' },
    ]),
  );
  const [{ results, totals }] = told.reports as unknown as [NonNullable<typeof told.reports>[number]];
  assert.deepEqual(
    results.map(({ resource, message }) => [resource, message]),
    [
      ['k8s:prod/shop/workload/web', 'container <a> has no limits (and 1 more)'],
      ['k8s:prod/shop/workload/cart', 'container <main> has no resource limits'],
    ],
  );
  assert.equal(totals?.[0]?.violations, 2);
});

test('lines that are lost are missing by the total that the audit counted', async () => {
  const { told } = await read(
    audit(first, [{}, { constraint: labels }], { totals: { 'container-must-have-limits': 230 } }),
  );
  assert.deepEqual(
    told.reports![0]!.totals?.map(({ policy, violations }) => [policy, violations]),
    [
      ['K8sContainerLimits/container-must-have-limits', 230],
      ['K8sRequiredLabels/must-have-owner', 1],
    ],
  );
  assert.equal(told.reports![0]!.completeness, 'complete');
});

test('runs that are interleaved, in any order of their lines, are joined by their id', async () => {
  const runs = [audit(first, [{ name: 'a' }, { name: 'b' }]), audit(second, [{ name: 'b' }])];
  const mixed = Array.from({ length: 5 }, (_, index) => runs.flatMap(own => own.at(-1 - index) ?? [])).flat();
  const { told, pieces } = await read(mixed, mixed);
  assert.equal(pieces, undefined);
  assert.deepEqual(
    told.reports!.map(({ evaluatedAt, completeness, results }) => [evaluatedAt, completeness, results.length]).sort(),
    [
      ['2026-11-20T09:00:00.000Z', 'complete', 2],
      ['2026-11-20T09:01:00.000Z', 'complete', 1],
    ],
  );
  assert.deepEqual(
    told.reports!.flatMap(({ totals = [] }) => totals.map(({ violations }) => violations)).sort(),
    [1, 2],
  );
});

test('a run without its end or its beginning is a piece, partial by itself', async () => {
  const { told, pieces = [] } = await read(
    [started(first), violation(first)],
    [violation(second), total(second, 1), finished(second)],
  );
  assert.deepEqual(told.reports, []);
  assert.deepEqual(
    pieces.map(({ report }) => [report.evaluatedAt, report.completeness, report.reason]),
    [
      ['2026-11-20T09:00:00.000Z', 'partial', 'audit_not_finished'],
      ['2026-11-20T09:01:00.000Z', 'partial', 'audit_beginning_missing'],
    ],
  );
});

test('an audit that broke off says that it has finished, but counted nothing', async () => {
  const { told } = await read([started(first), violation(first), finished(first)]);
  assert.deepEqual([told.reports![0]!.completeness, told.reports![0]!.reason], ['partial', 'audit_failed']);
  const clean = await read([started(second), finished(second)]);
  assert.deepEqual([clean.told.reports![0]!.completeness, clean.told.reports![0]!.results], ['complete', []]);
});

test('errors of a run make it partial where it could not look at something, and not where it could not write', async () => {
  const reasonOf = async (...lines: readonly string[]) => {
    const { told, pieces } = await read([started(first), ...lines, violation(first), total(first, 1), finished(first)]);
    return (told.reports?.[0] ?? pieces?.[0]?.report)?.reason;
  };
  assert.equal(
    await reasonOf(failure(first, 'Unable to review object from file', { fileName: '7' })),
    'objects_not_reviewed',
  );
  assert.equal(
    await reasonOf(failure(first, 'Kubernetes has an orphaned APIService. Delete orphaned APIService using kubectl …')),
    'api_group_unavailable',
  );
  assert.equal(
    await reasonOf(failure(first, 'Unable to list objects for gvk', { group: '', version: 'v1', kind: 'Pod' })),
    'objects_not_listed',
  );
  assert.equal(await reasonOf(failure(first, 'failed to export audit start message')), undefined);
  assert.equal(await reasonOf(failure(first, 'could not update constraint status', { name: 'x' })), undefined);
});

test('a request that was refused is told once, whatever wrote its line down; one that was refused again is another', async () => {
  const line = denial(second, { constraint: limits, name: 'cart', msg: 'no limits' });
  const wrapped = JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: '2026-11-20T09:01:01Z' });
  const { told } = await read(
    [line, line, wrapped],
    denial(second, { constraint: limits, name: 'cart', msg: 'no limits' }),
    denial(second, { constraint: labels, action: 'dryrun', kind: 'Namespace', namespace: 'blue', name: 'blue' }),
  );
  const blocks = told.blocks ?? [];
  assert.deepEqual([blocks.length, new Set(blocks.map(({ id }) => id)).size], [5, 3]);
  const { id, at: when, ...block } = blocks[0]!;
  assert.ok(Math.abs(Date.parse(when) - Date.parse(second)) < 1000 && id.length === 32);
  assert.deepEqual(block, {
    ...{ engine: 'gatekeeper', scope: 'cluster:prod', policy: 'K8sContainerLimits/container-must-have-limits' },
    ...{ resource: 'k8s:prod/shop/workload/cart', enforcement: 'enforce', message: 'no limits' },
    owner: '{"cluster":"prod","environment":"production","namespace":"shop","resource":"prod/shop/cart"}',
  });
  assert.deepEqual([blocks[4]!.enforcement, blocks[4]!.resource], ['dryrun', 'k8s:prod/blue/namespace/blue']);
});

const exported = (more: object) =>
  JSON.stringify({
    ...{ group: 'constraints.gatekeeper.sh', version: 'v1beta1', kind: 'K8sRequiredLabels', name: 'must-have-owner' },
    ...{ message: 'no label owner', enforcementAction: 'deny', resourceKind: 'Pod', resourceNamespace: 'shop' },
    ...{ resourceAPIVersion: 'v1', resourceName: 'cart', ...more },
  });

test('messages of an export are the same audit by other names', async () => {
  const run = [
    JSON.stringify({ id: first, message: 'audit is started' }),
    exported({ id: first, eventType: 'violation_audited', resourceLabels: { team: 'checkout' } }),
    JSON.stringify({ id: first, message: 'audit is completed' }),
  ];
  const [{ told }, log] = [
    await read(run),
    await read(audit(first, [{ constraint: labels, msg: 'no label owner', labels: { team: 'checkout' } }])),
  ];
  assert.equal(told.reports?.[0]?.completeness, 'complete');
  assert.deepEqual(told.reports![0]!.results, log.told.reports![0]!.results);
  const broken = await read('{"eventType":"violation_aud', run);
  assert.deepEqual(
    [broken.told.reports?.[0]?.completeness, broken.told.reports?.[0]?.reason],
    ['partial', 'records_rejected'],
  );
});

test('an export of admissions tells what was refused, and leaves out what nobody meant', async () => {
  const more = {
    eventType: 'violation_admission',
    id: '7a1c',
    timestamp: '2026-11-20T09:00:00.123456789Z',
    dryRun: false,
  };
  const { told, rejections } = await read(
    exported(more),
    exported(more),
    exported({ ...more, name: 'other' }),
    exported({ ...more, id: '7a1d', dryRun: true }),
    exported({ ...more, timestamp: 'soon' }),
  );
  assert.deepEqual(
    [told.blocks?.length, new Set(told.blocks?.map(({ id }) => id)).size, told.blocks?.[0]?.at],
    [3, 2, '2026-11-20T09:00:00.123Z'],
  );
  assert.deepEqual(
    rejections.map(({ reason }) => reason),
    ['missing_time'],
  );
});
