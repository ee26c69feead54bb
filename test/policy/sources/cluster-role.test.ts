/** README's ClusterRole is enough for what the sources of a cluster ask for. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { kyvernoParts } from '../../../exporters/policy/sources/kyverno/config.ts';
import { discover } from '../../../exporters/policy/sources/kyverno/resources.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Words {
  readonly metadata?: { readonly name: string };
  readonly roleRef?: { readonly name: string };
  readonly rules?: readonly Rule[];
}

/** What each group serves, with what is none of ours. */
const served: Readonly<Record<string, readonly string[]>> = {
  'kyverno.io': ['clusterpolicies', 'policies', 'policyexceptions', 'updaterequests'],
  'policies.kyverno.io': ['validatingpolicies', 'imagevalidatingpolicies', 'policyexceptions'],
  'admissionregistration.k8s.io': ['validatingadmissionpolicybindings', 'validatingwebhookconfigurations'],
  'wgpolicyk8s.io': ['policyreports', 'clusterpolicyreports'],
  'openreports.io': ['reports', 'clusterreports'],
  'reports.x-k8s.io': ['policyreports', 'clusterpolicyreports'],
};

test('the ClusterRole of the README may list and watch all that is read of a cluster', async () => {
  const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
  const block = /```yaml\n(apiVersion: rbac[\s\S]+?)```/.exec(readme)?.[1] ?? assert.fail('no ClusterRole');
  const documents = parseAllDocuments(block).map(document => document.toJS() as Words);
  const [{ metadata, rules = [] } = {}, { roleRef } = {}] = documents;
  assert.equal(roleRef?.name, metadata?.name);
  const client = (withEvents: boolean) => ({
    resources: async (group: string) =>
      (served[group] ?? (withEvents && group === 'events.k8s.io' ? ['events'] : [])).map(name => ({
        ...{ name, kind: name, path: `/apis/${group}/v1/${name}` },
      })),
  });
  const asked = [
    ...(await discover(client(true) as never, [...kyvernoParts])),
    ...(await discover(client(false) as never, [...kyvernoParts])),
  ].map(({ path }) => path);
  assert.equal(new Set(asked).size, 16);
  const gatekeeper = [
    '/apis/constraints.gatekeeper.sh/v1beta1/x',
    '/apis/templates.gatekeeper.sh/v1/constrainttemplates',
  ];
  for (const path of [...asked, ...gatekeeper]) {
    const parts = path.split('/');
    const [group, resource] = parts[1] === 'api' ? ['', parts[3]] : [parts[2], parts[4]];
    const isAllowed = rules.some(
      ({ apiGroups, resources, verbs }) =>
        apiGroups.includes(group ?? '') &&
        (resources.includes('*') || resources.includes(resource ?? '')) &&
        ['list', 'watch'].every(verb => verbs.includes(verb)),
    );
    assert.ok(isAllowed, path);
  }
});
