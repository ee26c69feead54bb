/** The demo company: eight teams, what they run, where it runs, and what is special about some of them. */

export interface DemoService {
  readonly name: string;
  readonly team: string;
  readonly system: string;
  readonly provider: 'AWS' | 'Microsoft' | 'Google Cloud';
  /** Effective cost of production on a weekday at the start of the year, in the billing currency. */
  readonly dailyCost: number;
  /** Growth over a year: 0.3 is 30 %. */
  readonly growth: number;
  /** Cloud services by share of the cost. */
  readonly uses: Readonly<Record<string, number>>;
}

export const teams = ['checkout', 'payments', 'search', 'data', 'mobile', 'identity', 'platform', 'ml'] as const;

const compute = {
  AWS: 'Amazon Elastic Compute Cloud',
  Microsoft: 'Virtual Machines',
  'Google Cloud': 'Compute Engine',
};

const service = (
  team: (typeof teams)[number],
  name: string,
  provider: DemoService['provider'],
  dailyCost: number,
  growth: number,
  uses: DemoService['uses'] = { [compute[provider]]: 1 },
): DemoService => ({ name, team, system: `${team}-system`, provider, dailyCost, growth, uses });

export const services: readonly DemoService[] = [
  service('checkout', 'checkout-api', 'AWS', 210, 0.2, {
    'Amazon Elastic Compute Cloud': 0.6,
    'Amazon Relational Database Service': 0.3,
    'Amazon CloudFront': 0.1,
  }),
  service('checkout', 'cart', 'AWS', 90, 0.35, { 'AWS Lambda': 0.4, 'Amazon DynamoDB': 0.6 }),
  service('checkout', 'pricing', 'AWS', 45, 0.1),
  service('payments', 'payments-api', 'AWS', 260, 0.15, {
    'Amazon Elastic Compute Cloud': 0.5,
    'Amazon Relational Database Service': 0.5,
  }),
  service('payments', 'ledger', 'AWS', 120, 0.05, { 'Amazon Relational Database Service': 1 }),
  service('payments', 'fraud-scoring', 'Google Cloud', 80, 0.5, { 'Vertex AI': 0.7, 'Compute Engine': 0.3 }),
  service('search', 'search-api', 'AWS', 190, 0.25, {
    'Amazon OpenSearch Service': 0.7,
    'Amazon Elastic Compute Cloud': 0.3,
  }),
  service('search', 'indexer', 'AWS', 75, 0.3),
  service('data', 'warehouse', 'Google Cloud', 320, 0.4, { BigQuery: 0.8, 'Cloud Storage': 0.2 }),
  service('data', 'event-pipeline', 'AWS', 140, 0.45, {
    'Amazon Managed Streaming for Apache Kafka': 0.7,
    'Amazon Simple Storage Service': 0.3,
  }),
  service('data', 'reports', 'Google Cloud', 40, 0.1, { BigQuery: 1 }),
  service('data', 'notebooks', 'Google Cloud', 18, 0.2),
  service('data', 'data-quality', 'Google Cloud', 14, 0.1, { BigQuery: 1 }),
  service('data', 'lineage', 'Google Cloud', 9, 0.1),
  service('data', 'exports', 'Google Cloud', 11, 0.3, { 'Cloud Storage': 1 }),
  service('search', 'geo-index', 'Google Cloud', 16, 0.2),
  service('search', 'query-logs', 'Google Cloud', 8, 0.4, { BigQuery: 1 }),
  service('ml', 'labelling', 'Google Cloud', 13, 0.5, { 'Vertex AI': 1 }),
  service('payments', 'risk-reports', 'Google Cloud', 7, 0.1, { BigQuery: 1 }),
  service('mobile', 'mobile-gateway', 'Microsoft', 110, 0.2, {
    'Virtual Machines': 0.7,
    'Content Delivery Network': 0.3,
  }),
  service('mobile', 'push-notifications', 'Microsoft', 35, 0.6, { 'Notification Hubs': 1 }),
  service('identity', 'login', 'Microsoft', 95, 0.1, { 'Virtual Machines': 0.5, 'Azure Database for PostgreSQL': 0.5 }),
  service('identity', 'user-directory', 'Microsoft', 60, 0.05, { 'Azure Database for PostgreSQL': 1 }),
  service('platform', 'ci-runners', 'AWS', 170, 0.3),
  service('platform', 'observability', 'AWS', 130, 0.35, {
    'Amazon Simple Storage Service': 0.6,
    'Amazon Elastic Compute Cloud': 0.4,
  }),
  service('ml', 'training', 'AWS', 380, 0.8, { 'Amazon SageMaker': 0.8, 'Amazon Simple Storage Service': 0.2 }),
  service('ml', 'feature-store', 'AWS', 85, 0.4, { 'Amazon DynamoDB': 0.7, 'Amazon Simple Storage Service': 0.3 }),
  service('ml', 'inference', 'AWS', 150, 0.9, { 'Amazon SageMaker': 1 }),
];

/** FOCUS ServiceCategory of each cloud service. */
export const categories: Readonly<Record<string, string>> = {
  'Amazon Elastic Compute Cloud': 'Compute',
  'Amazon Elastic Kubernetes Service': 'Compute',
  'AWS Lambda': 'Compute',
  'Virtual Machines': 'Compute',
  'Compute Engine': 'Compute',
  'Amazon Relational Database Service': 'Databases',
  'Amazon DynamoDB': 'Databases',
  'Azure Database for PostgreSQL': 'Databases',
  'Amazon OpenSearch Service': 'Analytics',
  'Amazon Managed Streaming for Apache Kafka': 'Integration',
  BigQuery: 'Analytics',
  'Amazon Simple Storage Service': 'Storage',
  'Cloud Storage': 'Storage',
  'Amazon CloudFront': 'Networking',
  'Content Delivery Network': 'Networking',
  'Notification Hubs': 'Mobile',
  'Amazon SageMaker': 'AI and Machine Learning',
  'Vertex AI': 'AI and Machine Learning',
  'AWS Support': 'Other',
};

/** Billing account, sub-accounts by environment, region and currency of each provider. */
export const accounts = {
  AWS: {
    billingAccount: '100000000001',
    issuer: 'Amazon Web Services, Inc.',
    subAccounts: {
      production: '200000000011',
      staging: '200000000012',
      legacy: '200000000099',
      shared: '200000000050',
    },
    region: 'eu-central-1',
    currency: 'USD',
  },
  Microsoft: {
    billingAccount: 'demo-mca-0001',
    issuer: 'Microsoft',
    subAccounts: {
      production: 'sub-mobile-production',
      staging: 'sub-mobile-staging',
      legacy: 'sub-legacy',
      shared: 'sub-shared',
    },
    region: 'westeurope',
    currency: 'USD',
  },
  'Google Cloud': {
    billingAccount: '01D3M0-C0FFEE',
    issuer: 'Google Cloud EMEA Limited',
    subAccounts: {
      production: 'acme-data-production',
      staging: 'acme-data-staging',
      legacy: 'acme-legacy',
      shared: 'acme-shared',
    },
    region: 'europe-west3',
    currency: 'EUR',
  },
} as const;
