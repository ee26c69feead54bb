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

/** Commitments: what they cover is billed by their fee and costs less; `unused` is the mean of a day. */
export const commitments = [
  {
    id: 'savings-plan-1',
    provider: 'AWS',
    cloudService: 'Amazon Elastic Compute Cloud',
    price: 0.72,
    monthlyFee: 17_500,
    unused: 17,
  },
  {
    id: 'reserved-databases-1',
    provider: 'AWS',
    cloudService: 'Amazon Relational Database Service',
    price: 0.66,
    monthlyFee: 6_600,
    unused: 26,
  },
  {
    id: 'committed-use-1',
    provider: 'Google Cloud',
    cloudService: 'Compute Engine',
    price: 0.63,
    monthlyFee: 1_500,
    unused: 4,
  },
] as const;

/** Compute by the savings plan, databases of payments and Google's compute by reservations. */
export const commitmentOf = ({ provider, team }: DemoService, cloudService: string) =>
  commitments.find(commitment =>
    commitment.id === 'savings-plan-1'
      ? provider === 'AWS' && categories[cloudService] === 'Compute'
      : commitment.provider === provider &&
        commitment.cloudService === cloudService &&
        (provider === 'Google Cloud' || team === 'payments'),
  );

/** The Kubernetes cluster on AWS: what runs on it, by weight, and how much of what it asks for it uses. */
export const sharedCluster = {
  name: 'shared-cluster',
  resource: 'aws:shared-cluster',
  /** The part that no workload asks for. */
  idle: 0.18,
  workloads: [
    { service: 'checkout-api', weight: 5, efficiency: 0.61 },
    { service: 'cart', weight: 3, efficiency: 0.55 },
    { service: 'payments-api', weight: 5, efficiency: 0.48 },
    { service: 'search-api', weight: 4, efficiency: 0.66 },
    { service: 'indexer', weight: 2, efficiency: 0.31 },
    { service: 'event-pipeline', weight: 4, efficiency: 0.57 },
    { service: 'login', weight: 2, efficiency: 0.42 },
    { service: 'mobile-gateway', weight: 3, efficiency: 0.52 },
    { service: 'ci-runners', weight: 3, efficiency: 0.74 },
    { service: 'inference', weight: 4, efficiency: 0.69 },
  ],
} as const;

/** Requests of a weekday at the start of the year, by service. */
export const requests = {
  'checkout-api': 4_200_000,
  cart: 6_100_000,
  'payments-api': 1_900_000,
  'search-api': 9_800_000,
  login: 2_600_000,
  'mobile-gateway': 7_400_000,
} as const;

/** Each day one of them costs far more than it should; the next is its turn a day later. */
export const spiking = [
  ...['checkout-api', 'ci-runners', 'mobile-gateway', 'ledger', 'training', 'login', 'search-api', 'observability'],
  ...['push-notifications', 'indexer'],
] as const;

/**
 * Changes of infrastructure that are merged every month: by so much, up in odd months and down again in even ones. Two of
 * one service that are merged soon after each other cannot be told apart on the bill.
 */
export const changes = [
  { service: 'cart', day: 5, change: 0.16, estimated: 0.15, pullRequest: 100 },
  { service: 'event-pipeline', day: 20, change: -0.12, estimated: -0.14, pullRequest: 300 },
  { service: 'inference', day: 12, change: 0.1, estimated: 0.16, pullRequest: 500 },
  { service: 'search-api', day: 8, change: 0.05, estimated: 0.06, pullRequest: 700 },
  { service: 'search-api', day: 15, change: -0.04, estimated: -0.03, pullRequest: 900 },
] as const;

/**
 * Budgets by what their team's own services cost in the month before: most leave room, one is about to be exceeded and
 * one will not do. `before` is the room until the end of that month, where a budget has another amount since.
 */
interface DemoBudget {
  readonly name: string;
  readonly team: string;
  readonly currency: 'USD' | 'EUR';
  readonly room: number;
  readonly before?: number;
}

export const budgets: readonly DemoBudget[] = [
  { name: 'checkout', team: 'checkout', currency: 'USD', room: 1.35, before: 1.2 },
  { name: 'payments', team: 'payments', currency: 'USD', room: 1.35 },
  { name: 'search', team: 'search', currency: 'USD', room: 1.4 },
  { name: 'data events', team: 'data', currency: 'USD', room: 1.45, before: 1.7 },
  { name: 'data warehouse', team: 'data', currency: 'EUR', room: 1.3, before: 1.1 },
  { name: 'mobile', team: 'mobile', currency: 'USD', room: 1.35 },
  { name: 'identity', team: 'identity', currency: 'USD', room: 1.35 },
  { name: 'platform', team: 'platform', currency: 'USD', room: 1.4 },
  { name: 'ml', team: 'ml', currency: 'USD', room: 0.93 },
];
