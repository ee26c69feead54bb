/**
 * Pages of the dora exporter: what LinearB, Sleuth and Cortex tell of a made-up company, beside its deployments of Cortex
 * and DORA's benchmarks; and a month of a shop by the definitions of Apache DevLake.
 */
import { buildCatalog } from '../../exporters/catalog/catalog.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { parseEntities } from '../../exporters/catalog/entity.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import type { PullSource } from '../../exporters/core/source.ts';
import { doraSchema } from '../../exporters/dora/config.ts';
import type { Facts } from '../../exporters/dora/facts.ts';
import { doraExporter } from '../../exporters/dora/index.ts';
import { storeFacts } from '../../exporters/dora/store-facts.ts';
import * as cortex from '../dora/vendors/cortex.ts';
import * as linearb from '../dora/vendors/linearb.ts';
import * as sleuth from '../dora/vendors/sleuth.ts';
import { exporterPage } from './exporter-page.ts';

const now = new Date('2026-11-10T12:00:00Z');

const component = (name: string, owner: string) => `---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: { name: ${name}, annotations: { github.com/project-slug: acme/${name} } }
spec: { owner: ${owner} }
`;
const group = (name: string) => `---
apiVersion: backstage.io/v1alpha1
kind: Group
metadata: { name: ${name} }
spec: { type: team }
`;
const ownership = buildOwnership(
  buildCatalog(
    parseEntities(
      'catalog.yaml',
      group('core') + group('find') + component('shop', 'core') + component('search', 'find'),
    ).entities,
  ),
  ownershipSchema.parse({ aliases: { find: ['Search crew'] } }),
);

export async function goldenDoraToolsPage(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const end = { after: (ending: () => Promise<void>) => void endings.push(ending) };
  try {
    const line = await linearb.startLinearB(end, {
      teams: [
        { id: 1, name: 'Core' },
        { id: 2, name: 'Search crew' },
      ],
      rows: (groupBy, days) =>
        groupBy === 'organization'
          ? [{ organization_id: 9, ...cycle(3000), 'releases.count': days, 'pm.mttr': 95, 'pm.cfr.issues.done': 2 }]
          : [
              { team_id: 1, ...cycle(2400), 'releases.count': Math.floor(days / 2), 'pm.cfr.issues.done': 1 },
              { team_id: 2, 'releases.count': Math.ceil(days / 2), 'pm.cfr.issues.done': 1 },
            ],
    });
    const tracked = await sleuth.startSleuth(end, {
      projects: ['shop', 'legacy'],
      teams: { core: [] },
      recap: (_, slug, days) => ({
        ...{ numOfDeploys: slug === 'legacy' ? 0 : days + 1, avgLeadTimeInSec: slug === 'legacy' ? 0 : 90_000 },
        ...{ failureRatePercent: slug === 'legacy' ? 0 : 7.5, avgMttrDurationInSec: slug === 'shop' ? 5400 : 0 },
      }),
    });
    const portal = await cortex.startCortex(end, {
      entities: [
        { tag: 'shop', repository: 'acme/shop', team: 'core' },
        { tag: 'search', repository: 'acme/search' },
      ],
      deploys: { shop: deploys('shop', 12), search: deploys('search', 3) },
      definitions: cortex.registry(),
      values: (metric, by, days) => values(metric, by, days),
    });
    const item = { history_weeks: 0 };
    const config = doraSchema.parse({
      linearb: [{ ...item, url: line.url, api_key: linearb.key }],
      sleuth: [{ ...item, url: tracked.url, api_key: sleuth.key, organization: sleuth.organization }],
      cortex: [{ ...item, url: portal.url, api_key: cortex.key }],
    });
    const exporter = doraExporter(config, ownership);
    const told = /^dora_(external_|(team_|organisation_)?(quick_check|performance_band)|deployments$|last_deployment)/;
    const metrics = exporter.metrics.filter(({ name }) => told.test(name));
    return await exporterPage({ ...exporter, metrics }, { format: 'text', now });
  } finally {
    for (const ending of endings) await ending();
  }
}

const cycle = (minutes: number) => ({
  'branch.computed.cycle_time:p50': minutes,
  'branch.computed.cycle_time:p75': 2 * minutes,
  'branch.computed.cycle_time:avg': 1.5 * minutes,
});

const deploys = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...{ uuid: `${name}-${index}`, title: `${name} ${index}`, type: index === 7 ? 'ROLLBACK' : 'DEPLOY' },
    ...{ environment: 'production', sha: `${name}-${index === 7 ? 5 : index}` },
    timestamp: new Date(now.getTime() - (count - index) * 86_400_000).toISOString(),
  }));

function values(metric: string, by: string | undefined, days: number): readonly (readonly unknown[])[] {
  const groups = by === undefined ? [[]] : by === 'owner.team' ? [['core'], ['find']] : [['shop'], ['search']];
  return groups.map((own, index) => {
    if (metric === 'pr.cycleTime') return [...own, 20 + index, 30 + index];
    if (metric === 'deploy.count') return [...own, days + index];
    return [...own, metric === 'deploy.cfr' ? 10 + index : 50];
  });
}

/** A month of the shop: pull requests, a deployment that failed, an incident that another service's deployment gets. */
export async function goldenDevlakePage(): Promise<string> {
  const config = doraSchema.parse({ definitions: 'devlake', minimum_samples: 1 });
  const exporter = doraExporter(config, ownership);
  const source: PullSource = {
    ...{ kind: 'pull', name: 'ci', everySeconds: 300 },
    batches: async function* () {
      yield {
        cursor: null,
        write: async tx => ({ records: 1, changed: await storeFacts(tx, 'ci', month, now), rejected: {} }),
      };
    },
  };
  const metrics = exporter.metrics.filter(({ name }) => !/quick_check|performance_band|deployment_dates/.test(name));
  return exporterPage({ ...exporter, sources: [source], metrics }, { format: 'text', now });
}

const at = (day: number, hour: number) =>
  `2026-10-${String(day).padStart(2, '0')}T${String(hour).padStart(2, '0')}:00:00Z`;
const days = [12, 14, 16, 19, 21, 23, 26, 28, 30];
const month: Facts = {
  commits: days.map((day, index) => ({
    ...{ repository: 'acme/shop', sha: `sha-${day}`, parents: index === 0 ? [] : [`sha-${days[index - 1]}`] },
    ...{ authoredAt: at(day, 8), committedAt: at(day, 8), authorName: 'Ada', authorEmail: 'ada@acme.example' },
    subject: `Change of ${day}`,
  })),
  pullRequests: days.map((day, index) => ({
    ...{ repository: 'acme/shop', number: index + 1, title: `Change of ${day}`, author: 'ada', isBot: false },
    ...{
      state: 'merged',
      base: 'main',
      head: `change-${day}`,
      mergeSha: `sha-${day}`,
      firstCommitAt: at(day - 1, 8 + index),
    },
    ...{ createdAt: at(day - 1, 18), firstReviewAt: at(day, 7), mergedAt: at(day, 9), updatedAt: at(day, 9) },
  })),
  deployments: [
    ...days.map((day, index) =>
      deployment('acme/shop', `shop-${day}`, `sha-${day}`, day, 12, index === 4 ? 'failure' : 'success'),
    ),
    deployment('acme/search', 'search-27', 'sha-of-search', 27, 12, 'success'),
  ],
  incidents: [
    {
      incident: 'I1',
      service: 'shop',
      startedAt: at(20, 3),
      status: 'resolved',
      resolvedAt: at(20, 5),
      updatedAt: at(20, 5),
    },
    { incident: 'I2', service: 'search', startedAt: at(29, 3), status: 'open', updatedAt: at(29, 3) },
    { incident: 'I3', service: 'shop', startedAt: at(1, 3), status: 'open', updatedAt: at(1, 3) },
  ].map(({ status, ...one }) => ({ ...one, title: one.incident, status: status as 'open' | 'resolved' })),
};

function deployment(
  repository: string,
  name: string,
  sha: string,
  day: number,
  hour: number,
  status: 'success' | 'failure',
) {
  return {
    ...{ deployment: name, repository, environment: 'production', sha, createdAt: at(day, hour - 1) },
    statuses: [{ status: 'running', at: at(day, hour - 1) } as const, { status, at: at(day, hour) }],
  };
}
