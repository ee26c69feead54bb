/** PolicyReports in files: every shape that is written, what stands beside them, and what is no report. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import type { Place } from '../../../exporters/findings/place.ts';
import type { Result } from '../../../exporters/findings/report.ts';
import type { Reading } from '../../../exporters/policy/reading.ts';
import { policyReportKind } from '../../../exporters/policy/sources/policyreport/index.ts';
import { blocked, exceptions, namespace, policies, report, reports } from './kyverno-world.ts';

const at = new Date('2026-11-20T10:00:00Z');
const read = async (content: unknown, place: Place = { cluster: 'prod' }): Promise<Reading> => {
  const bytes = Buffer.isBuffer(content)
    ? content
    : Buffer.from(typeof content === 'string' ? content : JSON.stringify(content));
  return policyReportKind.read(bytes, { at, now: at, place, file: 'x' });
};
const resultsOf = ({ told }: Reading): readonly Result[] => (told.reports ?? []).flatMap(({ results }) => results);
const linesOf = (reading: Reading) =>
  resultsOf(reading)
    .map(({ policy, resource, outcome, enforcement }) =>
      [policy, resource.replace('k8s:prod/', ''), outcome, enforcement].join(' '),
    )
    .sort();
const reasons = ({ rejections }: Reading) => rejections.map(({ reason }) => reason).sort();
const partsOf = ({ told }: Reading) => (told.reports ?? []).flatMap(({ parts = ['*'] }) => parts).sort();
const list = (...items: readonly unknown[]) => ({ apiVersion: 'v1', kind: 'List', items });

const all = [namespace('shop', { team: 'checkout' }), namespace('lab'), ...policies, ...exceptions, ...reports];
const expected = [
  'images/latest shop/workload/cart excepted enforce',
  'images/registry lab/workload/runner fail warn',
  'images/registry shop/workload/cart pass warn',
  'labels/team /namespace/lab fail warn',
  'limits/memory lab/workload/runner fail audit',
  'limits/memory shop/workload/cart fail enforce',
  'replicas lab/workload/runner excepted audit',
];

describe('containers', () => {
  test('of every kind that kubectl and others write tell the same', async () => {
    const yaml = (objects: readonly unknown[]) => objects.map(object => `---\n${stringify(object)}`).join('');
    const kubectl = `apiVersion: v1\nitems:\n${stringify(all)}kind: List\nmetadata:\n  resourceVersion: ""\n`;
    const utf16 = Buffer.from(`\uFEFF${kubectl}`, 'utf16le');
    const contents = {
      'a JSON list': list(...all),
      'lists in a JSON array': [list(...all.slice(0, 4)), list(...all.slice(4))],
      'JSON Lines': all.map(object => JSON.stringify(object)).join('\n'),
      'a YAML list': kubectl,
      'a YAML list in UTF-16': utf16,
      'a YAML list with a byte order mark and CRLF': `\uFEFF${kubectl.replaceAll('\n', '\r\n')}`,
      documents: yaml(all),
      'documents of the command line': `Applying 3 policy rule(s)...\n${'-'.repeat(60)}\nPOLICY REPORT:\n${'-'.repeat(60)}\n${yaml(all)}`,
    };
    for (const [what, content] of Object.entries(contents)) {
      const reading = await read(content);
      assert.deepEqual([reading.fault, reasons(reading)], [undefined, []], what);
      // Reports that stand alone are parts of their own, and tell of the same twice.
      assert.deepEqual([...new Set(linesOf(reading))], expected.toSorted(), what);
      assert.equal(reading.records, 2 + 3 + 2 + 8, what);
    }
  });

  test('a list tells of its namespaces as wholes, an object that stands alone of itself', async () => {
    assert.deepEqual(partsOf(await read(list(...reports))), ['cluster', 'namespace:lab', 'namespace:shop']);
    assert.deepEqual(partsOf(await read(reports[0])), ['report:shop/u-cart']);
  });

  test('a large list of YAML is read by slices, and says where it is broken', async () => {
    const many = Array.from({ length: 600 }, (_, number) =>
      report(`u${number}`, `Pod shop/p${number}x`, 'limits/memory fail'),
    );
    const text = `apiVersion: v1\nkind: List\nitems:\n${stringify(many)}`;
    assert.equal(resultsOf(await read(text)).length, 600);
    const lines = text.split('\n');
    const end = lines.findLastIndex(line => line.startsWith('- '));
    lines.splice(end, 0, '- a: [');
    const broken = await read(lines.join('\n'));
    assert.equal(reasons(broken).join(), 'not_yaml');
    assert.ok(resultsOf(broken).length > 500, 'the other slices are read');
  });
});

describe('reports', () => {
  const openReport = (results: readonly object[], more: object = {}) => ({
    ...{ apiVersion: 'openreports.io/v1alpha1', kind: 'Report', metadata: { name: 'r', namespace: 'shop' } },
    ...{ source: 'kube-bench-adapter', results, ...more },
  });

  test('name the engine by the result, the report or its labels', async () => {
    const engines = async (object: object) => (await read(object)).told.reports?.map(({ engine }) => engine).join();
    const one = { policy: 'p', result: 'fail' };
    assert.equal(await engines(openReport([one])), 'kube_bench');
    assert.equal(await engines(openReport([{ ...one, source: 'Trivy Vulnerability' }])), 'trivy');
    assert.equal(await engines(openReport([{ ...one, source: 'KubeArmor Policy Engine' }])), 'kubearmor');
    assert.equal(
      await engines(openReport([{ ...one, source: 'ValidatingAdmissionPolicy' }])),
      'validating_admission_policy',
    );
    const labels = { 'policy.kubernetes.io/engine': 'falco-agent' };
    assert.equal(await engines(openReport([one], { source: undefined, metadata: { name: 'r', labels } })), 'falco');
    assert.equal(await engines(openReport([one], { source: undefined })), 'policyreport');
  });

  test('name the resource by the result, the scope, the owner or the namespace', async () => {
    const resource = async (result: object, more: object = {}) =>
      resultsOf(await read(openReport([{ policy: 'p', result: 'fail', ...result }], more))).map(one => one.resource);
    const pod = { kind: 'Pod', name: 'web-6d4cf56db6-x7zqp' };
    assert.deepEqual(await resource({ subjects: [pod, { kind: 'Service', name: 'web', namespace: 'other' }] }), [
      'k8s:prod/shop/workload/web',
      'k8s:prod/other/service/web',
    ]);
    assert.deepEqual(await resource({ resources: [pod] }), ['k8s:prod/shop/workload/web']);
    assert.deepEqual(await resource({}, { scope: pod }), ['k8s:prod/shop/workload/web']);
    assert.deepEqual(await resource({}, { metadata: { name: 'r', ownerReferences: [pod] } }), [
      'k8s:prod//workload/web',
    ]);
    assert.deepEqual(await resource({ resourceSelector: { matchLabels: {} } }), ['k8s:prod//namespace/shop']);
    assert.deepEqual(await resource({}, { metadata: { name: 'r' } }), ['k8s:prod//cluster/prod']);
    assert.deepEqual(await resource({ properties: { pod_name: 'a-0', namespace_name: 'db' } }), [
      'k8s:prod/db/workload/a',
    ]);
  });

  test('of autogen rules and pods are one finding, and the worst of both counts', async () => {
    const both = (deployment: string, pod: string) =>
      list(
        report('a', 'Deployment shop/cart', `limits/autogen-memory ${deployment}`),
        report('b', 'CronJob shop/cart', `limits/autogen-cronjob-memory ${deployment}`),
        report('c', 'Pod shop/cart-6d4cf56db6-x7zqp', `limits/memory ${pod}`),
      );
    const outcome = async (...[deployment, pod]: Parameters<typeof both>) => linesOf(await read(both(deployment, pod)));
    assert.deepEqual(await outcome('pass', 'fail'), ['limits/memory shop/workload/cart fail audit']);
    assert.deepEqual(await outcome('fail', 'pass'), ['limits/memory shop/workload/cart fail audit']);
    assert.deepEqual(await outcome('error', 'pass'), ['limits/memory shop/workload/cart error audit']);
    assert.deepEqual(await outcome('skip', 'pass'), ['limits/memory shop/workload/cart pass audit']);
  });

  test('of an excepted result read pass or skip; without an exception a skip is one', async () => {
    const lines = linesOf(
      await read(report('r', 'Pod shop/a', 'p/a pass e', 'p/b skip e', 'p/c skip', 'p/d pass', 'p/e fail e')),
    );
    assert.deepEqual(
      lines.map(line =>
        line
          .split(' ')
          .filter((_, index) => index !== 1)
          .join(' '),
      ),
      ['p/a excepted audit', 'p/b excepted audit', 'p/c skip audit', 'p/d pass audit', 'p/e fail audit'],
    );
  });

  test('whose summary counts more than they list are known in part; passes that are only counted are counts', async () => {
    const { told } = await read(
      openReport([{ policy: 'p', result: 'fail' }], { summary: { pass: 8, fail: 11, warn: 0, error: 0, skip: 0 } }),
    );
    assert.deepEqual(
      told.reports?.map(({ completeness, reason, counts }) => [
        completeness,
        reason,
        counts?.map(({ count }) => count),
      ]),
      [['partial', 'results_missing', [8]]],
    );
  });

  test('of adapters are as old as their newest result; those of Kyverno as new as their reading', async () => {
    const evaluated = async (object: object) =>
      (await read(object)).told.reports?.map(({ evaluatedAt }) => evaluatedAt).join();
    const result = {
      policy: 'p',
      result: 'fail',
      timestamp: { seconds: Date.parse('2026-11-19T00:00:00Z') / 1000, nanos: -5 },
    };
    assert.equal(await evaluated(openReport([result])), '2026-11-19T00:00:00.000Z');
    assert.equal(await evaluated(openReport([{ ...result, source: 'kyverno' }])), at.toISOString());
    assert.equal(await evaluated(openReport([{ ...result, timestamp: { seconds: 1e300 } }])), at.toISOString());
  });

  test('carry the owner: namespace, workload and labels of the namespace', async () => {
    const reading = await read(list(namespace('shop', { team: 'checkout' }), reports[0]));
    assert.deepEqual(JSON.parse(resultsOf(reading)[0]?.owner ?? ''), {
      ...{ cluster: 'prod', namespace: 'shop', resource: 'prod/shop/cart', tags: { team: 'checkout' } },
    });
  });
});

describe('what stands beside', () => {
  test('policies, exceptions and blocked requests are told', async () => {
    const { told } = await read(list(...all, blocked('e1', 'images', 'shop/web')));
    assert.deepEqual(
      told.policies?.flatMap(one =>
        one.policies.map(({ policy, enforcement, severity }) => `${policy} ${enforcement} ${severity}`),
      ),
      [
        'limits/memory audit high',
        'images/latest enforce undefined',
        'images/registry warn undefined',
        'replicas audit undefined',
      ],
    );
    assert.deepEqual(
      told.exceptions?.flatMap(one =>
        one.exceptions.map(({ exception, policy, isApplied }) => [exception, policy, isApplied]),
      ),
      [
        ['shop/legacy', 'images/latest', true],
        ['policies.kyverno.io:lab/once', 'replicas', true],
      ],
    );
    assert.deepEqual(
      told.blocks?.map(({ id, policy, at: when }) => [id, policy, when]),
      [['e1', 'images/latest', '2026-11-20T09:00:00.000000Z']],
    );
  });

  test('a mode that the place names holds for all but warnings', async () => {
    const lines = linesOf(await read(list(...all), { cluster: 'prod', enforcement: 'dryrun' }));
    assert.deepEqual(new Set(lines.map(line => line.split(' ').at(-1))), new Set(['dryrun', 'warn']));
  });

  test('a pipeline that applies policies to manifests reports of its repository', async () => {
    const { told } = await read(reports[0], { repository: 'acme/shop' });
    assert.equal(told.reports?.[0]?.scope, 'repository:acme/shop');
    assert.equal(told.reports?.[0]?.results[0]?.resource, 'k8s:acme/shop/shop/workload/cart');
  });
});

describe('what is broken', () => {
  test('is a fault where nothing of it can be read', async () => {
    const fault = async (content: unknown, place?: Place) => (await read(content, place)).fault;
    assert.equal(await fault(''), 'empty');
    assert.equal(await fault(' \n'), 'empty');
    assert.equal(await fault(Buffer.from([0x7b, 0xff, 0xfe, 0x00])), 'not_text');
    assert.equal(await fault('{"kind":"PolicyReport","results":[{"po'), 'not_json');
    assert.equal(await fault('a: [1\nb: }'), 'not_yaml');
    assert.equal(await fault('just words'), 'not_yaml');
    assert.equal(await fault({ Controls: [] }), 'not_policy_report');
    assert.equal(await fault(reports[0], {}), 'missing_scope');
  });

  test('never throws, whatever stands where', async () => {
    const odd: unknown[] = [null, 7, 'x', [], {}, [[]], { toString: 1 }, { kind: { toString: 1 } }, -1e308];
    const report0 = reports[0] ?? assert.fail();
    for (const value of odd)
      for (const key of ['apiVersion', 'kind', 'metadata', 'results', 'scope', 'summary', 'source']) {
        await read({ ...report0, [key]: value });
        await read(list({ ...report0, [key]: value }));
      }
    for (const value of odd)
      for (const key of [
        'policy',
        'rule',
        'result',
        'source',
        'severity',
        'message',
        'resources',
        'properties',
        'timestamp',
      ])
        await read({ ...report0, results: [{ policy: 'p', result: 'fail', [key]: value }, value] });
    for (const object of [...policies, ...exceptions, blocked('e', 'images', 'shop/x')])
      for (const value of odd)
        for (const key of ['metadata', 'spec', 'regarding', 'series', 'eventTime', 'note'])
          await read(list({ ...object, [key]: value }));
  });

  test('nested deeply, aliased without end or cut is told, and quickly', async () => {
    const deep = '['.repeat(50_000) + ']'.repeat(50_000);
    assert.equal((await read(deep)).fault ?? reasons(await read(deep)).join(), 'nested_too_deep');
    await read(
      `{"apiVersion":"wgpolicyk8s.io/v1alpha2","kind":"PolicyReport","metadata":{},"results":[{"policy":"p","result":${deep}}]}`,
    );
    assert.match(reasons(await read(`kind: ${deep}`)).join() || 'none', /not_yaml|kind_unknown/);
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'
        .split('')
        .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${'abcdefg'[index]}`).join()}]`),
    ];
    assert.deepEqual(reasons(await read(bomb.join('\n'))), ['not_yaml']);
  });

  test('results of assertions, and those without an outcome, are rejected with their reason', async () => {
    const broken = report('r', 'Pod shop/a', 'p/a fail');
    const results = [
      { policy: "(join('/', [$ns, 'x']))", result: 'pass' },
      { policy: 'p', resources: [{ kind: 'Pod', name: '($pod)' }], result: 'pass' },
      { policy: 'p' },
      { policy: 'p', result: 'perhaps' },
      { policy: '', result: 'fail' },
      'x',
    ];
    const reading = await read({ ...broken, results });
    assert.deepEqual(reasons(reading), [
      ...['expression', 'expression', 'not_an_object', 'policy_missing', 'result_missing', 'result_unknown'],
    ]);
    assert.equal(reading.records, 6);
    assert.equal(reading.told.reports?.[0]?.completeness, 'partial');
  });
});
