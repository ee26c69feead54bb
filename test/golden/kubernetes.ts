/**
 * The families that clusters, usage and commitments are behind, for the fixture bill whose virtual machines are a cluster
 * that a local OpenCost tells of, and a file of requests.
 */
import path from 'node:path';
import { readCatalog } from '../../exporters/catalog/backstage.ts';
import { ownershipSchema } from '../../exporters/catalog/config.ts';
import { buildOwnership } from '../../exporters/catalog/ownership.ts';
import { costSchema } from '../../exporters/cost/config.ts';
import { costExporter } from '../../exporters/cost/index.ts';
import { startKubernetes, type Workload } from '../cost/vendors/kubernetes.ts';
import { exporterPage } from './exporter-page.ts';

const fixtures = path.resolve(import.meta.dirname, '../fixtures');
const now = new Date('2026-10-31T06:00:00Z');
const told =
  /^finops_(kubernetes|team_kubernetes|unit|team_unit|organisation_unit|commitment|unused_commitment|allocation_residual)/;

/** Eight days, of which the last three are not reconciled yet. */
const days = Object.fromEntries(
  Array.from({ length: 8 }, (_, index) => {
    const adjustment = index < 5 ? -1.5 : 0;
    const workload = (namespace: string, team: string, cpu: number): Workload => ({
      ...{
        namespace,
        controller: `deployment:${namespace}`,
        labels: { team },
        cpu: cpu + index,
        ram: cpu / 4,
        pv: 0.25,
      },
      ...{ efficiency: 0.4 + index / 20, adjustment },
    });
    const workloads = [
      workload('cart', 'checkout', 210),
      workload('gateway', 'payments', 90),
      workload('indexing', 'search', 45.125),
      workload('scratch', 'nobody-known', 12),
      { namespace: 'kube-system', controller: 'daemonset:proxy', cpu: 20, ram: 3 },
    ];
    return [`2026-10-${23 + index}`, { workloads, idle: index === 7 ? -2.5 : 40 + index }];
  }),
);

export async function goldenKubernetesPage(): Promise<string> {
  const endings: (() => Promise<void>)[] = [];
  const server = await startKubernetes({ after: end => void endings.push(end) }, days);
  try {
    const catalog = await readCatalog({ files: ['catalog/acme/**/*.yaml'], directory: fixtures });
    const ownership = buildOwnership(
      catalog,
      ownershipSchema.parse({
        rules: [
          { name: 'cluster', service_name: 'Amazon Elastic Compute Cloud', charge_category: 'Usage', split: 'prod' },
          { name: 'unused', charge_category: 'UnusedCommitment', split: 'prod' },
          { name: 'system', namespace: 'kube-system', split: 'shared' },
          { name: 'team tags', tag: { keys: ['team', 'owner'], gives: 'team' } },
          { name: 'service tags', tag: { keys: ['service', 'app'], gives: 'service' } },
          { name: 'carts', namespace: 'cart', service: 'cart' },
          { name: 'rest', provider: '*', split: 'shared' },
        ],
        splits: [
          { name: 'shared', method: 'proportional' },
          { name: 'prod', method: 'usage', usage: 'prod' },
        ],
      }),
    );
    const config = costSchema.parse({
      focus: [{ path: path.join(fixtures, 'cost/focus-bill.csv'), settle: 0 }],
      kubernetes: [{ cluster: 'prod', url: server.url, idle: 'kept', environment: 'production' }],
      usage: [{ name: 'requests', path: path.join(fixtures, 'cost/requests.csv') }],
      unit_costs: [
        { name: 'thousand-requests', usage: 'requests', per: '1000' },
        { name: 'checkout-request', usage: 'requests', team: 'checkout', days: 7 },
      ],
    });
    const page = await exporterPage(costExporter(config, ownership, { now: () => now }), { format: 'text', now });
    return page
      .split(/^(?=# HELP )/m)
      .filter(family => told.test(family.split(' ')[2] ?? ''))
      .join('');
  } finally {
    for (const end of endings) await end();
  }
}
