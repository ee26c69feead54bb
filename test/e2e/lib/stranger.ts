/** What somebody has who has never seen Plumbline: a catalog, bills, a repository, a scan and a report, for two teams. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';

const dayMs = 86_400_000;
const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

export interface Stranger {
  /** What the files say of a team, counted here and not by Plumbline. */
  readonly of: Readonly<Record<'shop' | 'search', Expected>>;
}

interface Expected {
  readonly service: string;
  /** Effective cost of the last calendar month in hundredths of a USD. */
  readonly lastMonthCents: number;
  /** Effective cost of each day (UTC), in hundredths. */
  readonly days: ReadonlyMap<string, number>;
  /** Tags of the last 30 days. */
  readonly deployments: number;
  readonly violations: number;
  readonly passes: number;
  /** By severity. */
  readonly vulnerabilities: Readonly<Record<string, number>>;
}

/** Writes them into `catalog`, `bills`, `checkout`, `scans` and `reports/prod-eu` of the folder, as of `now`. */
export function settleStranger(folder: string, now: Date): Stranger {
  const put = (name: string, text: string) => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text);
    // Nobody is writing it any more.
    const at = new Date(now.getTime() - 2 * 3_600_000);
    utimesSync(file, at, at);
  };
  for (const [name, text] of Object.entries(catalog())) put(`catalog/${name}`, text);
  const { files, days } = bills(now);
  for (const [name, text] of Object.entries(files)) put(`bills/${name}`, text);
  const deployments = repository(path.join(folder, 'checkout'), now);
  put('scans/checkout.json', JSON.stringify(scan('checkout', ['CRITICAL', 'HIGH', 'HIGH', 'MEDIUM'], now)));
  put('scans/search-api.json', JSON.stringify(scan('search-api', ['LOW'], now)));
  put('reports/prod-eu/policyreports.yaml', stringify(report(now)));
  const lastMonth = dayOf(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).slice(0, 7);
  const ofMonth = (of: ReadonlyMap<string, number>) =>
    [...of].reduce((sum, [day, cents]) => sum + (day.startsWith(lastMonth) ? cents : 0), 0);
  return {
    of: {
      shop: {
        ...{ service: 'checkout', deployments, violations: 2, passes: 3 },
        ...{ days: days.shop, lastMonthCents: ofMonth(days.shop) },
        vulnerabilities: { critical: 1, high: 2, medium: 1 },
      },
      search: {
        ...{ service: 'search-api', deployments: 0, violations: 1, passes: 1 },
        ...{ days: days.search, lastMonthCents: ofMonth(days.search) },
        vulnerabilities: { low: 1 },
      },
    },
  };
}

function catalog(): Record<string, string> {
  const entity = (kind: string, metadata: object, spec: object) =>
    stringify({ apiVersion: 'backstage.io/v1alpha1', kind, metadata, spec });
  const component = (name: string, owner: string, more: object = {}) =>
    entity(
      'Component',
      { name, description: `The ${name} of Acme.`, ...more },
      { type: 'service', lifecycle: 'production', owner: `group:default/${owner}`, system: 'store' },
    );
  return {
    'org.yaml': ['shop', 'search'].map(name => entity('Group', { name }, { type: 'team', children: [] })).join('---\n'),
    'checkout/catalog-info.yaml': component('checkout', 'shop', {
      annotations: { 'github.com/project-slug': 'acme/checkout', 'backstage.io/kubernetes-namespace': 'store' },
      links: [{ url: 'https://wiki.acme.example/checkout', title: 'Runbook' }],
    }),
    'search-api/catalog-info.yaml': component('search-api', 'search', {
      annotations: { 'backstage.io/kubernetes-id': 'search-api' },
    }),
  };
}

const columns =
  'BillingAccountId,SubAccountId,SubAccountName,ProviderName,PublisherName,InvoiceIssuerName,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,ChargePeriodEnd,ChargeCategory,ChargeDescription,BilledCost,EffectiveCost,ListCost,ContractedCost,BillingCurrency,ServiceName,ServiceCategory,RegionId,ResourceId,Tags';

/** A FOCUS 1.0 file a month, since the month before the last one and up to yesterday; two lines are nobody's. */
function bills(now: Date) {
  const days = { shop: new Map<string, number>(), search: new Map<string, number>() };
  const lines = new Map<string, string[]>();
  const first = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1);
  const month = (ms: number, by = 0) =>
    dayOf(Date.UTC(new Date(ms).getUTCFullYear(), new Date(ms).getUTCMonth() + by, 1));
  const today = Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate());
  for (let ms = first, n = 0; ms < today; ms += dayMs, n += 1) {
    const add = (cents: number, resource: string, tags: object, category = 'Usage') => {
      const amount = (cents / 100).toFixed(2);
      const values = [
        ...['411111111111', '422222222222', 'acme-main', 'AWS', 'AWS', 'AWS'],
        ...[`${month(ms)}T00:00:00Z`, `${month(ms, 1)}T00:00:00Z`],
        ...[`${dayOf(ms)}T00:00:00Z`, `${dayOf(ms + dayMs)}T00:00:00Z`, category, 'made up'],
        ...[amount, amount, amount, amount, 'USD', 'Amazon EC2', 'Compute', 'eu-central-1', resource],
        `"${JSON.stringify(tags).replaceAll('"', '""')}"`,
      ];
      const name = `focus-${dayOf(ms).slice(0, 7)}.csv`;
      lines.set(name, [...(lines.get(name) ?? [columns]), values.join(',')]);
    };
    // Odd hundredths: a sum of doubles that went wrong would show.
    const [shop, search] = [10_007 + 13 * n, 3_033 + 7 * (n % 5)];
    add(shop, 'i-checkout', { team: 'shop', env: 'prod' });
    add(search, 'i-search', { team: 'search', env: 'prod' });
    days.shop.set(dayOf(ms), shop);
    days.search.set(dayOf(ms), search);
    if (n % 40 === 3) add(501, 'i-stray', {});
  }
  return { days, files: Object.fromEntries([...lines].map(([name, of]) => [name, `${of.join('\n')}\n`])) };
}

/** A clone with twelve commits and a version tag after every second one; returns how many tags are of the last 30 days. */
function repository(folder: string, now: Date): number {
  const { GIT_DIR: _, ...env } = process.env;
  mkdirSync(folder, { recursive: true });
  const git = (args: readonly string[], at?: Date) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args], {
      env: { ...env, ...(at && { GIT_AUTHOR_DATE: at.toISOString(), GIT_COMMITTER_DATE: at.toISOString() }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  git(['init', '--quiet', '--initial-branch=main']);
  git(['remote', 'add', 'origin', 'git@github.com:acme/checkout.git']);
  let recent = 0;
  for (let n = 1; n <= 12; n += 1) {
    // Every fourth day, the last one yesterday.
    const at = new Date(now.getTime() - (1 + 4 * (12 - n)) * dayMs);
    writeFileSync(path.join(folder, 'checkout.txt'), `${n}\n`);
    git(['add', '.']);
    git(['commit', '--quiet', '-m', `feat: change ${n}`], at);
    if (n % 2 === 1) continue;
    git(['tag', '-a', `v1.${n / 2}.0`, '-m', `release ${n / 2}`], new Date(at.getTime() + 3_600_000));
    if (now.getTime() - at.getTime() < 30 * dayMs) recent += 1;
  }
  return recent;
}

/** What `trivy image --format json` writes. */
export function scan(name: string, severities: readonly string[], now: Date): object {
  const digest = `sha256:${(name === 'checkout' ? 'c' : '5').repeat(64)}`;
  const config = `sha256:${(name === 'checkout' ? 'd' : '6').repeat(64)}`;
  return {
    ...{ SchemaVersion: 2, CreatedAt: new Date(now.getTime() - 3 * 3_600_000).toISOString() },
    ...{ ArtifactName: `ghcr.io/acme/${name}:1.6.0`, ArtifactType: 'container_image' },
    Metadata: {
      ...{ OS: { Family: 'debian', Name: '12.8' }, ImageID: config },
      RepoTags: [`ghcr.io/acme/${name}:1.6.0`],
      RepoDigests: [`ghcr.io/acme/${name}@${digest}`],
    },
    Results: [
      {
        ...{ Target: `ghcr.io/acme/${name}:1.6.0 (debian 12.8)`, Class: 'os-pkgs', Type: 'debian' },
        Vulnerabilities: severities.map((Severity, n) => ({
          ...{
            VulnerabilityID: `CVE-2026-${1000 + n}`,
            PkgID: `lib${n}@1.0`,
            PkgName: `lib${n}`,
            InstalledVersion: '1.0',
          },
          PkgIdentifier: { PURL: `pkg:deb/debian/lib${n}@1.0?arch=amd64&distro=debian-12.8` },
          ...{ FixedVersion: '1.1', Status: 'fixed', Severity, Title: `A fault of lib${n}` },
        })),
      },
    ],
  };
}

/** What `kubectl get policyreports -A -o yaml` prints of Kyverno's: a report a resource. */
function report(now: Date): object {
  const seconds = Math.floor(now.getTime() / 1000) - 4 * 3600;
  const of = (namespace: string, name: string, results: readonly (readonly [string, string, string])[]) => ({
    ...{ apiVersion: 'wgpolicyk8s.io/v1alpha2', kind: 'PolicyReport' },
    metadata: {
      ...{ name: `${name}-report`, namespace, labels: { 'app.kubernetes.io/managed-by': 'kyverno' } },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid: `uid-${name}` }],
    },
    scope: { apiVersion: 'apps/v1', kind: 'Deployment', name, namespace, uid: `uid-${name}` },
    results: results.map(([policy, rule, result]) => ({
      ...{ category: 'Pod Security', message: `made up: ${result}`, policy, rule, result },
      ...{ scored: true, severity: 'high', source: 'kyverno', timestamp: { nanos: 0, seconds } },
    })),
    summary: {
      ...{ error: 0, skip: 0, warn: 0 },
      pass: results.filter(([, , result]) => result === 'pass').length,
      fail: results.filter(([, , result]) => result === 'fail').length,
    },
  });
  return {
    ...{ apiVersion: 'v1', kind: 'List', metadata: { resourceVersion: '' } },
    items: [
      of('store', 'checkout', [
        ['require-limits', 'memory', 'fail'],
        ['disallow-latest-tag', 'tag', 'fail'],
        ['disallow-latest-tag', 'registry', 'pass'],
        ['require-probes', 'probes', 'pass'],
        ['require-labels', 'labels', 'pass'],
      ]),
      of('search', 'search-api', [
        ['require-limits', 'memory', 'fail'],
        ['require-labels', 'labels', 'pass'],
      ]),
    ],
  };
}
