/**
 * Engines whose policies everybody writes for themselves, by what the published ones are called, and by convention: a
 * policy whose name or path has a requirement's id in it (`platform/no_public_storage`, `no-public-storage`) stands for it.
 */
import { type EngineRules, requirementIds } from './requirement.ts';

const byConvention: EngineRules = Object.fromEntries(
  requirementIds.map(id => [id, [`*${id}*`, `*${id.replaceAll('_', '-')}*`]]),
);

const withConvention = (own: EngineRules): EngineRules =>
  Object.fromEntries(requirementIds.map(id => [id, [...new Set([...(own[id] ?? []), ...(byConvention[id] ?? [])])]]));

/** HashiCorp's published ones (github.com/hashicorp/terraform-guides and policy-library-…-aws-terraform, by name). */
export const sentinel: EngineRules = withConvention({
  no_public_storage: [
    ...['*s3-bucket-block-public-read-access', '*s3-bucket-block-public-write-access', '*restrict-s3-bucket-policies'],
    ...['*rds-instance-should-be-private', '*redshift-serverless-workgroups-should-prohibit-public-access'],
    '*emr-block-public-access-enabled',
  ],
  required_cost_tags: ['*enforce-mandatory-tags', '*enforce-mandatory-labels', '*sagemaker-images-should-be-tagged'],
  encryption_at_rest: [
    ...['*require-private-acl-and-kms-for-s3-buckets', '*require-vpc-and-kms-for-lambda-functions'],
    ...['*rds-encryption-at-rest-enabled', '*rds-cluster-and-db-snapshot-encrypted'],
    ...['*dynamo-db-accelerator-clusters-encryption-at-rest-enabled', '*sns-topic-should-be-encrypted-at-rest'],
    ...['*elasticache-redis-replication-group-encryption-at-rest-enabled'],
    ...['*workspaces-root-volumes-should-be-encrypted-at-rest', '*workspaces-user-volumes-should-be-encrypted-at-rest'],
  ],
  tls_in_transit: [
    ...[
      '*s3-require-ssl',
      '*elb-ensure-http-request-redirection',
      '*elb-ensure-ssl-listener-predefined-security-policy',
    ],
    ...['*rds-for-mariadb-db-instances-should-be-encrypted-in-transit'],
    ...['*rds-for-sql-server-db-instances-should-be-encrypted-in-transit'],
    '*redshift-serverless-workgroups-should-be-required-to-use-ssl',
  ],
  trusted_images: ['*restrict-ami-owners'],
  least_privilege: [
    ...['*restrict-iam-policy-actions', '*restrict-assumed-roles', '*restrict-assumed-roles-by-workspace'],
    ...['*restrict-ingress-sg-rule-cidr-blocks', '*restrict-ingress-sg-rule-ssh', '*restrict-ingress-sg-rule-rdp'],
    ...['*restrict-egress-sg-rule-cidr-blocks', '*block-allow-all-cidr'],
  ],
});

/** What rules are commonly called within their package. */
export const rego: EngineRules = withConvention({
  no_public_storage: ['*public_bucket*', '*public-bucket*', '*public_acl*', '*public-acl*'],
  non_root_containers: [
    '*run_as_non_root*',
    '*run-as-non-root*',
    '*run_as_root*',
    '*run-as-root*',
    '*non_root',
    '*nonroot',
  ],
  required_cost_tags: ['*.cost.tags*', '*required_tags*', '*required-tags*', '*required_labels*', '*required-labels*'],
  encryption_at_rest: ['*unencrypted*', '*encryption_at_rest*', '*encryption-at-rest*'],
  tls_in_transit: ['*https_only*', '*https-only*', '*insecure_protocol*', '*require_tls*', '*require-tls*'],
  no_privileged_access: [
    '*privileged*',
    '*host_network*',
    '*host-network*',
    '*host_path*',
    '*host-path*',
    '*host_pid*',
  ],
  resource_limits: ['*memory_limit*', '*memory-limit*', '*cpu_limit*', '*cpu-limit*', '*resource_limits*', '*/limits'],
  trusted_images: ['*untagged*', '*latest_tag*', '*latest-tag*', '*/registry', '*image_registry*', '*trusted_registr*'],
  no_secrets_in_configuration: ['*hardcoded_secret*', '*hardcoded-secret*', '*plaintext_secret*', '*plaintext-secret*'],
  least_privilege: ['*wildcard_action*', '*wildcard-action*', '*iam_wildcard*', '*cluster_admin*', '*cluster-admin*'],
});

/** Queries of KICS and rules of Terrascan, by their ids. */
export const kics: EngineRules = {
  no_public_storage: ['7af43613-6bb9-4a0e-8c4d-1314b799425e', '42bb6b7f-6d54-4428-b707-666f669d94fb'],
  encryption_at_rest: ['6726dcc0-5ff5-459d-b473-a780bef7665c'],
  resource_limits: ['4ac0e2b7-d2d2-4af7-8799-e8de6721ccda'],
  no_secrets_in_configuration: ['f996f3cb-00fc-480c-8973-8ab04d44a8cc'],
  least_privilege: [
    ...['1df37f4b-7197-45ce-83f8-9994d2fcf885', '592ad21d-ad9b-46c6-8d2d-fad09d62a942'],
    ...['6b896afb-ca07-467a-b256-1a0077a1c08e', '48471392-d4d0-47c0-b135-cdec95eb3eef'],
  ],
};

export const terrascan: EngineRules = {
  tls_in_transit: ['accurics.gcp.EKM.141'],
  least_privilege: ['accurics.gcp.NS.103', 'accurics.gcp.NS.109'],
};
