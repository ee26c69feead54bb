/** OpenCost's `/allocation` and `/assets` of the shared cluster, below `/opencost`; one day of UTC a question. */
import { chance, dayMs } from '../chance.ts';
import { clusterCost } from '../charges.ts';
import { services, sharedCluster } from '../world.ts';
import type { Vendor } from './vendor.ts';

/** OpenCost computes by list prices, and is a little above what is billed. */
const aboveBill = 1.011;

export const openCostAnswer: Vendor = ({ url, until }) => {
  const path = /^\/opencost\/(allocation|assets)$/.exec(url.pathname)?.[1];
  if (path === undefined) return undefined;
  const [start = '', end = ''] = (url.searchParams.get('window') ?? '').split(',');
  const day = new Date(start);
  const hasDay = day < until && Date.parse(end) - day.getTime() === dayMs;
  if (path === 'assets') return ok(hasDay ? assets(day, { start, end }) : {});
  const aggregate = (url.searchParams.get('aggregate') ?? '').split(',');
  return ok([hasDay ? allocations(day, { start, end }, aggregate) : {}]);
};

const ok = (data: unknown) => ({ status: 200, body: { code: 200, data } });

interface Window {
  readonly start: string;
  readonly end: string;
}

function allocations(day: Date, window: Window, aggregate: readonly string[]) {
  const total = clusterCost(day) * aboveBill;
  const weights = sharedCluster.workloads.map(
    ({ service, weight }) => weight * (0.9 + 0.2 * chance('workload', service, day.getTime())),
  );
  const sum = weights.reduce((all, weight) => all + weight, 0);
  const workloads = sharedCluster.workloads.map(({ service, efficiency }, index) => {
    const team = services.find(({ name }) => name === service)?.team ?? '';
    const parts: Readonly<Record<string, string>> = {
      namespace: team,
      controller: `deployment:${service}`,
      'label:team': `team=${team}`,
      'label:service': `service=${service}`,
      'label:environment': 'environment=production',
    };
    const name = aggregate.map(by => parts[by] ?? '__unallocated__').join('/');
    const cost = (total * (1 - sharedCluster.idle) * (weights[index] ?? 0)) / sum;
    return [name, { ...allocationOf(name, cost, window), totalEfficiency: efficiency }] as const;
  });
  return { ...Object.fromEntries(workloads), __idle__: allocationOf('__idle__', total * sharedCluster.idle, window) };
}

function allocationOf(name: string, cost: number, window: Window) {
  const part = (share: number) => Number((cost * share).toFixed(6));
  const [cpuCost, ramCost, pvCost] = [part(0.55), part(0.35), part(0.1)];
  return {
    name,
    window,
    cpuCost,
    ramCost,
    pvCost,
    totalCost: Number((cpuCost + ramCost + pvCost).toFixed(6)),
    totalEfficiency: 0,
  };
}

function assets(day: Date, window: Window) {
  const total = clusterCost(day) * aboveBill;
  const asset = (type: string, share: number) => ({
    type,
    properties: { category: type, provider: 'AWS', cluster: sharedCluster.name },
    window,
    adjustment: 0,
    totalCost: Number((total * share).toFixed(6)),
  });
  return { Node: asset('Node', 0.86), Disk: asset('Disk', 0.1), LoadBalancer: asset('LoadBalancer', 0.04) };
}
