/** Reports that nobody names the kind of: which kind each is, and what is said of those that are none. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { Place } from '../../exporters/findings/place.ts';
import { wholeBytes } from '../../exporters/formats/raw-document.ts';
import { readByContent } from '../../exporters/policy/by-content.ts';
import { reportKinds } from '../../exporters/policy/kinds.ts';

const now = new Date('2026-11-20T10:00:00Z');
const both: Place = { repository: 'acme/shop', cluster: 'prod-eu' };
const fixture = (name: string) => readFileSync(path.join(import.meta.dirname, '..', 'fixtures', 'policy', name));

const read = (body: string | Buffer | object, place: Place = both, earlier: readonly string[] = []) => {
  const isPlain = typeof body === 'string' || Buffer.isBuffer(body);
  const bytes = Buffer.from(isPlain ? (body as Buffer) : JSON.stringify(body));
  return readByContent(bytes, { at: now, now, place, file: 'report' }, earlier);
};
/** The kinds and what they are of, or the fault. */
async function kindOf(...given: Parameters<typeof read>): Promise<string> {
  const found = await read(...given);
  return 'fault' in found ? found.fault : found.readings.map(({ kind, of }) => `${kind.kind} ${of}`).join(', ');
}

const state = {
  ...{ subscriptionId: 's1', resourceId: '/subscriptions/s1/resourcegroups/rg/providers/a/b/c' },
  ...{ policyAssignmentId: '/subscriptions/s1/providers/a/b', policyDefinitionName: 'tags' },
  complianceState: 'Compliant',
};
const alert = { number: 1, state: 'open', rule: { id: 'js/x' }, tool: { name: 'CodeQL' } };
const report = `apiVersion: wgpolicyk8s.io/v1alpha2
kind: PolicyReport
metadata: { name: cart, namespace: shop }
scope: { apiVersion: apps/v1, kind: Deployment, name: cart, namespace: shop }
results: [{ policy: limits, rule: memory, result: fail, source: kyverno }]
`;
const constraint = `apiVersion: constraints.gatekeeper.sh/v1beta1
kind: K8sLabels
metadata: { name: owner }
spec: { enforcementAction: dryrun }
status:
  auditTimestamp: "2026-11-20T09:00:00Z"
  totalViolations: 1
  violations: [{ enforcementAction: dryrun, kind: Pod, name: cart, namespace: shop, message: no owner }]
`;
const constraintObject = {
  ...{ apiVersion: 'constraints.gatekeeper.sh/v1beta1', kind: 'K8sLabels', metadata: { name: 'owner' } },
  status: { auditTimestamp: '2026-11-20T09:00:00Z', totalViolations: 0, violations: [] },
};

const documents: readonly (readonly [expected: string, body: string | Buffer | object])[] = [
  ['azure-policy subscription', [state]],
  ['azure-policy subscription', { value: [state] }],
  [
    'azure-policy subscription',
    {
      value: [
        {
          policyAssignments: [
            { policyAssignmentId: state.policyAssignmentId, policyDefinitions: [{ policyDefinitionId: 'tags' }] },
          ],
        },
      ],
    },
  ],
  ['checkov repository', fixture('checkov.json')],
  ['checkov repository', { passed: 0, failed: 0, skipped: 0, checkov_version: '3.2.1' }],
  ['code-scanning repository', [{ ...alert, url: 'https://api.github.com/repos/acme/shop/code-scanning/alerts/1' }]],
  ['code-scanning repository', { action: 'created', alert, repository: { full_name: 'acme/shop' } }],
  ['conftest repository', fixture('conftest.json')],
  ['gatekeeper cluster', fixture('gatekeeper/audit.log')],
  ['gatekeeper cluster', fixture('gatekeeper/constraints.yaml')],
  ['gatekeeper cluster', fixture('gatekeeper/export.jsonl')],
  ['gatekeeper cluster', { kind: 'List', items: [constraintObject] }],
  ['gator repository', fixture('gator.json')],
  ['gator repository', { results: null, stats: [] }],
  ['kics repository', { queries_total: 3, queries: [], files_scanned: 2 }],
  ['policyreport cluster', fixture('policyreport/kubectl.yaml')],
  ['policyreport cluster', report],
  ['policyreport cluster', Buffer.from(`\uFEFF${report}`, 'utf16le')],
  ['sarif repository', fixture('scan.sarif')],
  ['sentinel repository', { data: [{ type: 'policy-checks', attributes: { status: 'passed' } }] }],
  ['snyk repository', [{ targetFile: 'main.tf', infrastructureAsCodeIssues: [] }]],
  ['terrascan repository', { results: { violations: null, scan_summary: {} } }],
  ['tfsec repository', { results: [{ long_id: 'aws-s3-x', resource: 'aws_s3_bucket.a', severity: 'LOW' }] }],
  ['tfsec repository', { results: null }],
  ['trivy repository', { SchemaVersion: 2, ArtifactName: 'infra', Results: [{ Target: 'main.tf', Class: 'config' }] }],
  [
    'trivy cluster',
    {
      ...{ apiVersion: 'aquasecurity.github.io/v1alpha1', kind: 'ConfigAuditReport' },
      ...{ metadata: { name: 'replicaset-cart', namespace: 'shop' }, report: { checks: [] } },
    },
  ],
];

test('every kind is known by its content, alone', async () => {
  for (const [expected, body] of documents)
    assert.equal(await kindOf(body), expected, JSON.stringify(body).slice(0, 200));
  const known = new Set(documents.map(([expected]) => expected.split(' ')[0]));
  assert.deepEqual(
    [...known].sort(),
    reportKinds.map(({ kind }) => kind).sort(),
    'a kind that nothing here stands for',
  );
});

test('what is none says why', async () => {
  const none: readonly (readonly [string, string | Buffer | object])[] = [
    ['empty', ''],
    ['empty', ' \n'],
    ['unknown_format', {}],
    ['unknown_format', { results: [], errors: [], paths: {} }],
    ['unknown_format', 'kyverno and gatekeeper are engines\n'],
    ['unknown_format', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: kyverno }\n'],
    ['unknown_format', '{"level":"info","event":"started"}\n{"level":"info"}\n'],
    ['not_yaml', 'apiVersion: kyverno.io/v1\nkind: ClusterPolicy\nmetadata: { name: \n'],
    ['not_json', '{"check_type": "terraform", "results": {'],
    ['not_text', Buffer.from([0x7f, 0x45, 0, 0xff, 0xfe, 0xfd, 0, 0xc3])],
    ['junit_xml', '<?xml version="1.0"?>\n<testsuites></testsuites>'],
    ['tap', '1..2\nok 1 - x\n'],
    ['belongs_to_supply_chain', { vulnerabilities: [], packageManager: 'npm' }],
    [
      'belongs_to_supply_chain',
      { version: '2.1.0', runs: [{ tool: { driver: { name: 'Grype' } }, results: [{ ruleId: 'CVE-2099-1-curl' }] }] },
    ],
  ];
  for (const [fault, body] of none) assert.equal(await kindOf(body), fault, String(body).slice(0, 80));
});

test('whose it is that nothing was found, the same file has told before', async () => {
  const list = 'apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  resourceVersion: ""\n';
  for (const nothing of ['null', '[]', { kind: 'List', items: [] }, list])
    assert.equal(await kindOf(nothing), 'nothing_found_by_whom', String(nothing));
  assert.equal(await kindOf('null', both, ['gator']), 'gator repository');
  assert.equal(await kindOf(list, both, ['policyreport']), 'policyreport cluster');
  assert.equal(await kindOf('', both, ['gatekeeper']), 'gatekeeper cluster');
  // A program that could not even begin.
  const begun = await read('', both, ['checkov']);
  assert.ok('readings' in begun);
  assert.equal(begun.readings[0]?.reading.told.reports?.[0]?.reason, 'empty_output');
  // Its content says more than what it was.
  assert.equal(await kindOf(report, both, ['checkov']), 'policyreport cluster');
});

test('one document with objects of two kinds is read by both, and each fault in it is told once', async () => {
  const found = await read([constraint, report, 'kind: Pod\napiVersion: v1\n', 'a: [\n'].join('---\n'));
  assert.ok('readings' in found);
  assert.deepEqual(
    found.readings.map(({ kind, reading }) => [kind.kind, reading.told.reports?.map(({ engine }) => engine)]),
    [
      ['gatekeeper', ['gatekeeper']],
      ['policyreport', ['kyverno']],
    ],
  );
  const rejections = found.readings.flatMap(({ reading }) => reading.rejections);
  assert.deepEqual(rejections.map(({ reason, value }) => [reason, value?.split(' ')[0]]).sort(), [
    ['kind_unknown', 'v1'],
    ['not_yaml', rejections.find(({ reason }) => reason === 'not_yaml')?.value?.split(' ')[0]],
  ]);
});

test('of a place that names a repository and a cluster each kind takes its own', async () => {
  const scopesOf = async (body: string | object, place: Place) => {
    const found = await read(body, place);
    return 'fault' in found
      ? found.fault
      : [
          ...new Set(found.readings.flatMap(({ reading }) => reading.told.reports?.map(({ scope }) => scope) ?? [])),
        ].join();
  };
  const scan = fixture('conftest.json');
  assert.equal(await scopesOf(scan, both), 'repository:acme/shop');
  assert.equal(await scopesOf(report, both), 'cluster:prod-eu');
  assert.equal(await scopesOf(constraint, both), 'cluster:prod-eu');
  assert.equal(await scopesOf(scan, { cluster: 'prod-eu' }), 'missing_repository');
  assert.equal(await scopesOf(report, { repository: 'acme/shop' }), 'missing_cluster');
  assert.equal(await scopesOf(constraint, {}), 'missing_cluster');
  assert.equal(await scopesOf(report, { scope: 'everything' }), 'everything');
  // A file that only speaks of an engine lacks no place.
  assert.equal(await scopesOf('see gatekeeper', {}), 'unknown_format');
});

test('a large document is known by its outline, wherever in it that tells', async () => {
  const padding = ' '.repeat(wholeBytes);
  const part = { check_type: 'terraform', results: { failed_checks: [] } };
  assert.equal(await kindOf(`[${JSON.stringify(part)}${padding}]`), 'checkov repository');
  const late = `{"pad": "${'x'.repeat(wholeBytes)}", "check_type": "terraform", "results": {"failed_checks": []}}`;
  assert.equal(await kindOf(late), 'checkov repository');
  assert.equal(await kindOf(`{"pad": "${'x'.repeat(wholeBytes)}"}`), 'unknown_format');
});

test('nothing that a document may be makes it throw', async () => {
  const words = ['runs', 'version', 'results', 'data', 'items', 'value', 'check_type', 'Results', 'responses', 'kind'];
  const deep = `${'['.repeat(3000)}${']'.repeat(3000)}`;
  for (const inner of [
    'null',
    '0',
    '"text"',
    '[]',
    '[null]',
    '[[null]]',
    '{}',
    '[{"kind": null}]',
    '{"200": null}',
    deep,
  ])
    for (const word of words) {
      const found = await read(`{"${word}": ${inner}, "apiVersion": 7, "metadata": ${inner}}`);
      assert.ok('fault' in found || found.readings.length > 0, word);
    }
  for (const body of [
    deep,
    '[null, 1, "kyverno", [], {"gatekeeper": null}]',
    'kyverno: &a [*a]\n',
    '- gatekeeper\n- 1\n',
  ])
    assert.ok('fault' in (await read(body)), body.slice(0, 50));
});
