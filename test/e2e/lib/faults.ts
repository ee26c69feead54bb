/** A fault of each domain: what a vendor tells before it, what it tells then, and how it ends. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { check, checkovJson } from '../../policy/report-run.ts';
import { postEvents } from './delivery.ts';
import { deliver, type Plumbline } from './plumbline.ts';
import type { Requests } from './requests.ts';

export interface World {
  readonly directory: string;
  readonly plumbline: Plumbline;
  readonly requests: Requests;
  /** Reads an exporter's sources as if it were so many hours ago. */
  readonly readLongAgo: (exporter: string, hours: number) => Promise<void>;
  readonly read: (exporter: string) => Promise<void>;
}

export interface Fault {
  readonly alert: string;
  /** The one channel that hears of it. */
  readonly to: string;
  /** How many alerts its one message is about. */
  readonly alerts: number;
  /**
   * Whether its alerts come from several groups of rules, which are evaluated apart, or from sources, which are read one
   * after the other. They end apart then: where Alertmanager looks at the group in between, it tells those that are left
   * before it tells the end.
   */
  readonly endsApart?: boolean;
  /** What its message says, of each alert. */
  readonly says: readonly RegExp[];
  readonly before?: (world: World) => Promise<void> | void;
  readonly inject: (world: World) => Promise<void> | void;
  readonly mend: (world: World) => Promise<void> | void;
}

const dayMs = 86_400_000;
const ago = (days: number): string => new Date(Date.now() - days * dayMs).toISOString();

function told({ directory }: World, name: string, text: string): void {
  const file = path.join(directory, name);
  mkdirSync(path.dirname(file), { recursive: true });
  deliver(file, text);
}

/** A FOCUS bill of team payments, with a cost for each of 60 days. */
function bill(cost: number): string {
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  const lines = Array.from({ length: 60 }, (_, index) => {
    const day = new Date(midnight - (index + 1) * dayMs).toISOString();
    return `AWS,1,${day.slice(0, 7)}-01T00:00:00Z,${day},Usage,${cost},${cost},USD,"{""team"": ""payments""}"`;
  });
  const columns =
    'ProviderName,BillingAccountId,BillingPeriodStart,ChargePeriodStart,ChargeCategory,BilledCost,EffectiveCost,BillingCurrency,Tags';
  return `${[columns, ...lines].join('\n')}\n`;
}

const exceeded: Fault = {
  ...{ alert: 'BudgetExceeded', to: 'webhook:payments', alerts: 2 },
  says: [
    /Budget cloud is exceeded/,
    /Budget data is exceeded/,
    /\/runbooks\/BudgetExceeded"/,
    /"budget":"5000.00 USD \(cloud, effective cost\)"/,
    /\/d\/plumbline-team\?[^"]*var-team=payments/,
  ],
  before: world => told(world, 'bill.csv', bill(10)),
  inject: async world => {
    told(world, 'bill.csv', bill(10_000));
    await world.read('cost');
  },
  mend: async world => {
    told(world, 'bill.csv', bill(10));
    await world.read('cost');
  },
};

const services = ['shop', 'shop-worker'] as const;
const deployment = (service: string, id: string, hours: number, more: object) => ({
  ...{ type: 'deployment', repository: `acme/${service}`, service, environment: 'production', id: `${service} ${id}` },
  ...{ started_at: ago((hours + 1) / 24), finished_at: ago(hours / 24), ...more },
});

const failing: Fault = {
  ...{ alert: 'RecoveryRunningLong', to: 'slack:#shop', alerts: 2 },
  says: [/\*shop runs a failed deployment for [45]h/, /\*shop-worker runs a failed deployment for [45]h/],
  before: ({ plumbline }) =>
    postEvents(plumbline, ...services.map(service => deployment(service, 'one', 30, { version: 'v1' }))),
  inject: async world => {
    const events = services.flatMap(service => [
      deployment(service, 'two', 5, { version: 'v2' }),
      { type: 'incident', id: `INC ${service}`, title: 'it is away', service, started_at: ago(4 / 24) },
    ]);
    await postEvents(world.plumbline, ...events);
    await world.read('dora');
  },
  mend: async world => {
    const events = services.map(service => deployment(service, 'three', 0, { version: 'v1', rolls_back_to: 'v1' }));
    await postEvents(world.plumbline, ...events);
    await world.read('dora');
  },
};

const checks = ['CKV_AWS_19', 'CKV_AWS_20', 'CKV_AWS_21'].map(id => check(id, `aws_s3_bucket.${id}`, 'main.tf'));
const passed = checks.map(each => ({ ...each, check_result: { result: 'PASSED' } }));

const violated: Fault = {
  ...{ alert: 'NewEnforcedViolations', to: 'jira:SEARCH', alerts: 1 },
  says: [/3 new violations of enforced policies with team search/],
  before: world => told(world, 'checkov/results.json', checkovJson({ passed })),
  inject: async world => {
    told(world, 'checkov/results.json', checkovJson({ failed: checks }));
    await world.read('policy');
  },
  mend: async world => {
    told(world, 'checkov/results.json', checkovJson({ passed }));
    await world.read('policy');
  },
};

const cart = 'ghcr.io/acme/cart';
const digest = (build: number): string => `sha256:${String(build).repeat(64)}`;
const environments = ['production', 'prod-eu'] as const;

const running = (environment: string, at: string, build: number): string =>
  JSON.stringify({
    ...{ environment, at },
    images: [
      {
        ...{ image: `${cart}:${build}@${digest(build)}`, workload: `deployment/cart-${build}`, container: 'app' },
        ...{ replicas: 1, team: 'cart', place: `${environment}/cart` },
      },
    ],
  });

const scan = (at: string, build: number, ...ids: readonly string[]): string =>
  JSON.stringify({
    ...{ SchemaVersion: 2, CreatedAt: at, ArtifactName: `${cart}:${build}`, ArtifactType: 'container_image' },
    Metadata: { OS: { Family: 'debian', Name: '12.1' }, RepoDigests: [`${cart}@${digest(build)}`] },
    Results: [
      {
        ...{ Target: `${cart}:${build} (debian 12.1)`, Class: 'os-pkgs', Type: 'debian' },
        Vulnerabilities: ids.map(id => ({
          ...{ VulnerabilityID: id, PkgName: 'zlib1g', InstalledVersion: '1.0', FixedVersion: '1.1' },
          ...{ Severity: 'CRITICAL', Title: id, Status: 'fixed' },
        })),
      },
    ],
  });

const exploited = (id: string, at: string): string =>
  JSON.stringify({
    ...{ title: 'CISA Catalog of Known Exploited Vulnerabilities', catalogVersion: at.slice(0, 10), count: 1 },
    dateReleased: at,
    vulnerabilities: [
      {
        ...{ cveID: id, vendorProject: 'zlib', product: 'zlib', vulnerabilityName: id, dateAdded: at.slice(0, 10) },
        ...{ shortDescription: '', requiredAction: '', dueDate: at.slice(0, 10), notes: '', cwes: [] },
        knownRansomwareCampaignUse: 'Unknown',
      },
    ],
  });

const attacked: Fault = {
  ...{ alert: 'KnownExploitedInProduction', to: 'pagerduty:key-of-cart', alerts: 2 },
  says: [
    /1 known exploited vulnerabilities run in production with team cart/,
    /1 known exploited vulnerabilities run in prod-eu with team cart/,
  ],
  before: world => {
    for (const each of environments) told(world, `documents/running-${each}-1.json`, running(each, ago(20), 1));
    told(world, 'documents/scan-1.json', scan(ago(10), 1, 'CVE-2026-1111'));
    told(world, 'documents/exploited.json', exploited('CVE-2020-1111', ago(12)));
  },
  inject: async world => {
    told(world, 'documents/exploited.json', exploited('CVE-2026-1111', ago(0.5)));
    await world.read('supply-chain');
  },
  mend: async world => {
    for (const each of environments) told(world, `documents/running-${each}-2.json`, running(each, ago(0.1), 2));
    told(world, 'documents/scan-2.json', scan(ago(0.05), 2));
    await world.read('supply-chain');
  },
};

const burning: Fault = {
  ...{ alert: 'SloBudgetBurnFast', to: 'msteams:checkout', alerts: 2, endsApart: true },
  says: [/checkout\/errors spends its error budget/, /checkout\/refusals spends its error budget/],
  inject: ({ requests }) => {
    requests.add('500', 900);
    requests.add('429', 900);
  },
  // the short window has to be good again, which so many good ones make it at once
  mend: ({ requests }) => requests.add('200', 50_000_000),
};

const day = ago(2).slice(0, 10);
const answers = `When,Name,What do you want to say?,Answered\n${day} 10:00:00,Canary,"It is slow",${day}\n`;

const stale: Fault = {
  ...{ alert: 'SourceStale', to: 'webhook:platform', alerts: 2, endsApart: true },
  says: [
    /Source ideas[^"]* of experience last succeeded 1d 6h/,
    /Source thanks[^"]* of experience last succeeded 1d 6h/,
  ],
  before: world => {
    for (const each of ['ideas', 'thanks']) told(world, `forms/${each}.csv`, answers);
  },
  inject: world => world.readLongAgo('experience', 30),
  mend: world => world.read('experience'),
};

export const faults: readonly Fault[] = [exceeded, failing, violated, attacked, burning, stale];
