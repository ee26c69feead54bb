/**
 * Trivy's misconfigurations and tfsec's, which they come from (github.com/aquasecurity/trivy-checks, by id and long id).
 * One check has been called KSV017, AVD-KSV-0017 and KSV-0017.
 */
import { type EngineRules, requirementIds } from './requirement.ts';

interface Check {
  readonly id: string;
  /** As tfsec calls it. */
  readonly long?: string;
}

const checks: { readonly [Id in keyof EngineRules]: readonly Check[] } = {
  no_public_storage: [
    { id: 'AWS-0086', long: 'aws-s3-block-public-acls' },
    { id: 'AWS-0087', long: 'aws-s3-block-public-policy' },
    { id: 'AWS-0091', long: 'aws-s3-ignore-public-acls' },
    { id: 'AWS-0092', long: 'aws-s3-no-public-access-with-acl' },
    { id: 'AWS-0093', long: 'aws-s3-no-public-buckets' },
    { id: 'AWS-0094', long: 'aws-s3-specify-public-access-block' },
    { id: 'AWS-0161', long: 'aws-cloudtrail-no-public-log-access' },
    { id: 'AWS-0180', long: 'aws-rds-enable-public-access' },
    { id: 'AZU-0007', long: 'azure-storage-no-public-access' },
    { id: 'AZU-0022', long: 'azure-database-no-public-access' },
    { id: 'GCP-0001', long: 'google-storage-no-public-access' },
    { id: 'GCP-0017', long: 'google-sql-no-public-access' },
    { id: 'GCP-0046', long: 'google-bigquery-no-public-access' },
  ],
  non_root_containers: [{ id: 'KSV-0012' }, { id: 'KSV-0105' }, { id: 'KSV-0116' }, { id: 'DS-0002' }],
  encryption_at_rest: [
    { id: 'AWS-0006', long: 'aws-athena-enable-at-rest-encryption' },
    { id: 'AWS-0008', long: 'aws-autoscaling-enable-at-rest-encryption' },
    { id: 'AWS-0018', long: 'aws-codebuild-enable-encryption' },
    { id: 'AWS-0021', long: 'aws-documentdb-enable-storage-encryption' },
    { id: 'AWS-0023', long: 'aws-dynamodb-enable-at-rest-encryption' },
    { id: 'AWS-0026', long: 'aws-ebs-enable-volume-encryption' },
    { id: 'AWS-0037', long: 'aws-efs-enable-at-rest-encryption' },
    { id: 'AWS-0039', long: 'aws-eks-encrypt-secrets' },
    { id: 'AWS-0045', long: 'aws-elasticache-enable-at-rest-encryption' },
    { id: 'AWS-0048', long: 'aws-elasticsearch-enable-domain-encryption' },
    { id: 'AWS-0076', long: 'aws-neptune-enable-storage-encryption' },
    { id: 'AWS-0079', long: 'aws-rds-encrypt-cluster-storage-data' },
    { id: 'AWS-0080', long: 'aws-rds-encrypt-instance-storage-data' },
    { id: 'AWS-0088', long: 'aws-s3-enable-bucket-encryption' },
    { id: 'AWS-0095', long: 'aws-sns-enable-topic-encryption' },
    { id: 'AWS-0096', long: 'aws-sqs-enable-queue-encryption' },
    { id: 'AWS-0109', long: 'aws-workspaces-enable-disk-encryption' },
    { id: 'AWS-0131', long: 'aws-ec2-enable-at-rest-encryption' },
    { id: 'AZU-0036', long: 'azure-datalake-enable-at-rest-encryption' },
    { id: 'AZU-0038', long: 'azure-compute-enable-disk-encryption' },
  ],
  tls_in_transit: [
    { id: 'AWS-0005', long: 'aws-apigateway-use-secure-tls-policy' },
    { id: 'AWS-0012', long: 'aws-cloudfront-enforce-https' },
    { id: 'AWS-0013', long: 'aws-cloudfront-use-secure-tls-policy' },
    { id: 'AWS-0035', long: 'aws-ecs-enable-in-transit-encryption' },
    { id: 'AWS-0043', long: 'aws-elasticsearch-enable-in-transit-encryption' },
    { id: 'AWS-0046', long: 'aws-elasticsearch-enforce-https' },
    { id: 'AWS-0047', long: 'aws-elb-use-secure-tls-policy' },
    { id: 'AWS-0051', long: 'aws-elasticache-enable-in-transit-encryption' },
    { id: 'AWS-0073', long: 'aws-msk-enable-in-transit-encryption' },
    { id: 'AWS-0126', long: 'aws-elasticsearch-use-secure-tls-policy' },
    { id: 'AZU-0004', long: 'azure-appservice-enforce-https' },
    { id: 'AZU-0006', long: 'azure-appservice-use-secure-tls-policy' },
    { id: 'AZU-0008', long: 'azure-storage-enforce-https' },
    { id: 'AZU-0011', long: 'azure-storage-use-secure-tls-policy' },
    { id: 'AZU-0020', long: 'azure-database-enable-ssl-enforcement' },
    { id: 'AZU-0026', long: 'azure-database-secure-tls-policy' },
    { id: 'GCP-0015', long: 'google-sql-encrypt-in-transit-data' },
    { id: 'GCP-0039', long: 'google-compute-use-secure-tls-policy' },
  ],
  no_privileged_access: [
    ...[{ id: 'KSV-0001' }, { id: 'KSV-0003' }, { id: 'KSV-0005' }, { id: 'KSV-0008' }, { id: 'KSV-0009' }],
    ...[{ id: 'KSV-0010' }, { id: 'KSV-0017' }, { id: 'KSV-0022' }, { id: 'KSV-0024' }, { id: 'KSV-0103' }],
    ...[{ id: 'KSV-0119' }, { id: 'KSV-0120' }],
  ],
  resource_limits: [{ id: 'KSV-0011' }, { id: 'KSV-0015' }, { id: 'KSV-0016' }, { id: 'KSV-0018' }],
  trusted_images: [
    ...[{ id: 'KSV-0013' }, { id: 'KSV-0032' }, { id: 'KSV-0033' }, { id: 'KSV-0034' }, { id: 'KSV-0035' }],
    ...[{ id: 'KSV-0125' }, { id: 'DS-0001' }, { id: 'AWS-0031', long: 'aws-ecr-enforce-immutable-repository' }],
  ],
  no_secrets_in_configuration: [
    { id: 'AWS-0029', long: 'aws-ec2-no-secrets-in-user-data' },
    { id: 'AWS-0036', long: 'aws-ecs-no-plaintext-secrets' },
    { id: 'AWS-0122', long: 'aws-ec2-no-sensitive-info' },
    { id: 'AWS-0129', long: 'aws-autoscaling-no-secrets-in-user-data' },
    { id: 'AZU-0037', long: 'azure-compute-no-secrets-in-custom-data' },
    { id: 'GCP-0037', long: 'google-compute-disk-encryption-no-plaintext-key' },
    ...[{ id: 'DS-0031' }, { id: 'KSV-0109' }, { id: 'KSV-01010' }],
  ],
  least_privilege: [
    { id: 'AWS-0057', long: 'aws-iam-no-policy-wildcards' },
    { id: 'AWS-0097', long: 'aws-sqs-no-wildcards-in-policy-documents' },
    { id: 'AWS-0102', long: 'aws-ec2-no-excessive-port-access' },
    { id: 'AWS-0105', long: 'aws-ec2-no-public-ingress-acl' },
    { id: 'AWS-0107', long: 'aws-ec2-no-public-ingress-sgr' },
    { id: 'AWS-0040', long: 'aws-eks-no-public-cluster-access' },
    { id: 'AWS-0041', long: 'aws-eks-no-public-cluster-access-to-cidr' },
    { id: 'AZU-0047', long: 'azure-network-no-public-ingress' },
    { id: 'GCP-0007', long: 'google-iam-no-privileged-service-accounts' },
    { id: 'GCP-0011', long: 'google-iam-no-project-level-service-account-impersonation' },
    { id: 'GCP-0027', long: 'google-compute-no-public-ingress' },
    ...[{ id: 'KSV-0041' }, { id: 'KSV-0043' }, { id: 'KSV-0046' }, { id: 'KSV-0047' }, { id: 'KSV-0050' }],
    ...[{ id: 'KSV-0051' }, { id: 'KSV-0052' }, { id: 'KSV-0111' }, { id: 'KSV-0112' }, { id: 'KSV-0114' }],
  ],
};

/** These were never called otherwise. */
const youngest = new Set(['0109', '01010', '0125']);

/** KSV-0017 was KSV017 before. */
const spellings = ({ id, long }: Check): string[] => {
  const [family, number = ''] = id.split('-');
  const isOld = (family === 'KSV' && !youngest.has(number)) || family === 'DS';
  const old = isOld ? [`${family}${number.replace(/^0/, '')}`] : [];
  return [id, `AVD-${id}`, ...old, ...(long === undefined ? [] : [long])];
};

export const trivy: EngineRules = Object.fromEntries(
  requirementIds.map(id => [id, (checks[id] ?? []).flatMap(spellings)]),
);

/** Before they were renamed with the checks of Trivy; what the corpus of tfsec's reports still has. */
const oldTfsec: EngineRules = {
  no_secrets_in_configuration: ['GEN003'],
  least_privilege: [
    ...['aws-vpc-no-excessive-port-access', 'aws-vpc-no-public-ingress-sgr', 'aws-vpc-no-public-ingress-acl'],
    'aws-eks-no-public-cluster-access*',
  ],
};

export const tfsec: EngineRules = Object.fromEntries(
  requirementIds.map(id => [
    id,
    [
      ...(checks[id] ?? []).flatMap(check => [`AVD-${check.id}`, ...(check.long === undefined ? [] : [check.long])]),
      ...(oldTfsec[id] ?? []),
    ],
  ]),
);
