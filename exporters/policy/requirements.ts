/** The ten requirements of a platform, and the rules of each engine that check them. */
import { azurePolicy } from './requirements/azure.ts';
import { checkov } from './requirements/checkov.ts';
import { gatekeeper, kyverno } from './requirements/kubernetes.ts';
import { kics, rego, sentinel, terrascan } from './requirements/others.ts';
import {
  type EngineRules,
  type Requirement,
  type RequirementMapping,
  requirementIds,
} from './requirements/requirement.ts';
import { tfsec, trivy } from './requirements/trivy.ts';

export {
  type Requirement,
  type RequirementId,
  type RequirementMapping,
  requirementIds,
} from './requirements/requirement.ts';

export const requirements: readonly Requirement[] = [
  {
    id: 'no_public_storage',
    title: 'No public storage',
    statement: 'No bucket, disk, snapshot or database can be reached by everybody on the internet.',
  },
  {
    id: 'non_root_containers',
    title: 'Non-root containers',
    statement: 'Containers run as a user that is not root.',
  },
  {
    id: 'required_cost_tags',
    title: 'Required cost tags',
    statement: 'Everything that costs money names the team that pays for it, in tags or labels.',
  },
  {
    id: 'encryption_at_rest',
    title: 'Encryption at rest',
    statement: 'Stored data is encrypted.',
  },
  {
    id: 'tls_in_transit',
    title: 'TLS in transit',
    statement: 'Data travels by TLS 1.2 or newer alone.',
  },
  {
    id: 'no_privileged_access',
    title: 'No privileged or host access',
    statement: "No container is privileged, may become so, or reaches its host's namespaces, files or ports.",
  },
  {
    id: 'resource_limits',
    title: 'Resource limits',
    statement: 'Containers say how much CPU and memory they need and may use.',
  },
  {
    id: 'trusted_images',
    title: 'Images from trusted registries, pinned',
    statement: 'Images come from registries that the platform trusts, by a fixed tag or digest.',
  },
  {
    id: 'no_secrets_in_configuration',
    title: 'No secrets in configuration',
    statement: 'Passwords, keys and tokens stand in no code, template or environment variable.',
  },
  {
    id: 'least_privilege',
    title: 'Least-privilege identity and network',
    statement: 'Identities may do what they need and no more, and networks let in what they must and no more.',
  },
];

const engines: readonly (readonly [engine: string, rules: EngineRules])[] = [
  ['checkov', checkov],
  ['kyverno', kyverno],
  ['gatekeeper', gatekeeper],
  ['gator', gatekeeper],
  ['azure_policy', azurePolicy],
  ['sentinel', sentinel],
  ['opa', rego],
  ['conftest', rego],
  ['trivy', trivy],
  ['tfsec', tfsec],
  ['kics', kics],
  ['terrascan', terrascan],
];

/** Of those that match a policy the first counts; exact ids come before patterns. */
export const requirementMappings: readonly RequirementMapping[] = engines
  .flatMap(([engine, rules]) =>
    requirementIds.flatMap(requirement => (rules[requirement] ?? []).map(policy => ({ engine, policy, requirement }))),
  )
  .sort((a, b) => Number(a.policy.includes('*')) - Number(b.policy.includes('*')));
