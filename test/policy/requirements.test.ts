import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type RequirementId,
  requirementIds,
  requirementMappings,
  requirements,
} from '../../exporters/policy/requirements.ts';
import { corpusFile, readAs } from './reading.ts';

/** As the ledger's views match them: * is any text, case does not matter, the first counts. */
const requirementOf = (engine: string, policy: string): string | undefined =>
  requirementMappings.find(
    mapping =>
      mapping.engine === engine &&
      new RegExp(
        `^${mapping.policy
          .split('*')
          .map(part => part.replace(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`))
          .join('.*')}$`,
        'i',
      ).test(policy),
  )?.requirement;

test('there are ten requirements, each said in one sentence', () => {
  assert.deepEqual(
    requirements.map(({ id }) => id),
    [...requirementIds],
  );
  for (const { title, statement } of requirements)
    assert.match(`${title}. ${statement}`, /^[A-Z][^.]*\. [A-Z].*[^.]\.$/);
});

test('each requirement is checked by at least two engines, by ids of their own', () => {
  for (const id of requirementIds) {
    const own = requirementMappings.filter(
      ({ requirement, policy }) =>
        requirement === id && !policy.includes(id) && !policy.includes(id.replaceAll('_', '-')),
    );
    const engines = new Set(own.map(({ engine }) => engine));
    assert.ok(engines.size >= 2, `${id}: ${[...engines].join(', ')}`);
  }
});

test('no rule stands for two requirements', () => {
  const seen = new Map<string, string>();
  for (const { engine, policy, requirement } of requirementMappings) {
    const key = `${engine} ${policy.toLowerCase()}`;
    assert.equal(seen.get(key), undefined, key);
    seen.set(key, requirement);
  }
});

test('rules are found by what engines call them', () => {
  const expected: readonly (readonly [string, string, RequirementId | undefined])[] = [
    ['checkov', 'CKV_AWS_20', 'no_public_storage'],
    ['checkov', 'CKV_SECRET_6', 'no_secrets_in_configuration'],
    ['checkov', 'CKV_AWS_2000', undefined],
    ['kyverno', 'require-run-as-nonroot/run-as-non-root', 'non_root_containers'],
    ['kyverno', 'disallow-privileged-containers', 'no_privileged_access'],
    ['kyverno', 'require-labels-of-ours', undefined],
    ['gatekeeper', 'K8sPSPPrivilegedContainer/psp-privileged', 'no_privileged_access'],
    ['gator', 'K8sRequiredLabels/all-must-have-owner', 'required_cost_tags'],
    ['azure_policy', '404c3081-a854-4457-ae30-26a93ef643f9', 'tls_in_transit'],
    ['trivy', 'AVD-AWS-0086', 'no_public_storage'],
    ['trivy', 'KSV017', 'no_privileged_access'],
    ['tfsec', 'aws-s3-enable-bucket-encryption', 'encryption_at_rest'],
    ['sentinel', 'aws-global/enforce-mandatory-tags', 'required_cost_tags'],
    ['opa', 'platform/no_public_storage/deny', 'no_public_storage'],
    ['conftest', 'platform.kubernetes.nonroot/run-as-non-root', 'non_root_containers'],
    ['conftest', 'main/least-privilege', 'least_privilege'],
  ];
  for (const [engine, policy, requirement] of expected)
    assert.equal(requirementOf(engine, policy), requirement, policy);
});

test('what engines found in the corpus stands for the requirement that its words say', async t => {
  const files = {
    checkov: 'checkov/terragoat-multi-framework.json',
    conftest: 'conftest-live/k8s-goat.json',
    gator: 'gator-live/test.json',
    tfsec: 'tfsec-terrascan-kics/tfsec/many_findings_current.json',
    kics: 'tfsec-terrascan-kics/kics/many_findings.json',
    terrascan: 'tfsec-terrascan-kics/terrascan/many_findings.json',
  } as const;
  const words: Readonly<Partial<Record<RequirementId, RegExp>>> = {
    no_public_storage: /public|anonymous|principal|acl|open to the world|default network access|static website|any/i,
    encryption_at_rest: /encrypt|kms/i,
    tls_in_transit: /tls|ssl|https|transit|http|node-to-node/i,
    no_secrets_in_configuration: /secret|password|key|credential|token|entropy/i,
    non_root_containers: /root|user/i,
    resource_limits: /limit|request|memory|cpu|ratio/i,
    trusted_images: /image|tag|registr|repo|digest/i,
  };
  const found = new Map<string, Set<string>>();
  for (const [kind, file] of Object.entries(files)) {
    const bytes = corpusFile(t, file);
    if (bytes === undefined) return;
    const { told } = await readAs(kind, bytes);
    for (const { policy, title = '', message = '' } of (told.reports ?? []).flatMap(({ results }) => results)) {
      const requirement = requirementOf(kind, policy);
      if (requirement === undefined) continue;
      found.set(kind, (found.get(kind) ?? new Set()).add(requirement));
      const word = words[requirement as RequirementId];
      if (word) assert.match(`${policy} ${title} ${message}`, word, `${policy}: ${requirement}`);
    }
  }
  const counts = Object.fromEntries([...found].map(([kind, set]) => [kind, set.size]));
  t.diagnostic(JSON.stringify(counts));
  assert.ok(
    (counts.checkov ?? 0) >= 6 && (counts.gator ?? 0) >= 3 && (counts.conftest ?? 0) >= 3,
    JSON.stringify(counts),
  );
});
