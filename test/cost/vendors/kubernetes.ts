/**
 * A local OpenCost or Kubecost: /allocation aggregated as asked, /assets and /cloudCost of UTC days, with authentication
 * and faults. The shapes are those of their documentation; the numbers are ours.
 */
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface Workload {
  readonly namespace: string;
  /** `kind:name`; none for a bare pod. */
  readonly controller?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly cpu: number;
  readonly ram: number;
  readonly pv?: number;
  /** Of what was requested, what was used. */
  readonly efficiency?: number;
  /** By which reconciliation changed its CPU's cost. */
  readonly adjustment?: number;
  readonly external?: number;
}

export interface ClusterDay {
  readonly workloads: readonly Workload[];
  readonly idle?: number;
}

export interface KubernetesServer {
  readonly url: string;
  /** What was asked, `PATH?QUERY`, decoded. */
  readonly asked: string[];
  /** Days are read when they are asked for, so that a test may change them. */
  readonly days: Record<string, ClusterDay>;
  /** Answers in turn instead of it, while there are any; undefined lets it answer. */
  readonly faults: (((response: http.ServerResponse, body: () => string) => void) | undefined)[];
}

export interface ServerOptions {
  readonly product?: 'opencost' | 'kubecost';
  /** The header that it wants. */
  readonly authorization?: string;
  /** Hours by which its days begin after those of UTC. */
  readonly offsetHours?: number;
  /** Changes an allocation before it is sent. */
  readonly edit?: (allocation: Record<string, unknown>) => Record<string, unknown>;
}

export async function startKubernetes(
  t: Ending,
  days: Record<string, ClusterDay>,
  options: ServerOptions = {},
): Promise<KubernetesServer> {
  const { product = 'opencost', authorization } = options;
  const asked: string[] = [];
  const faults: KubernetesServer['faults'] = [];
  const prefix = product === 'kubecost' ? '/model' : '';
  const server = await startLocalServer(t, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://local');
    asked.push(decodeURIComponent(`${url.pathname}${url.search}`));
    const answer = answers[url.pathname.slice(prefix.length)];
    const body = () => JSON.stringify({ code: 200, data: answer?.(url.searchParams, days, options) });
    const fault = faults.shift();
    if (fault) return fault(response, body);
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return void response.writeHead(401, { 'content-type': 'text/plain' }).end('Unauthorized');
    if (!url.pathname.startsWith(prefix) || answer === undefined)
      return void response.writeHead(404).end('404 page not found\n');
    response.setHeader('content-type', 'application/json');
    response.end(body());
  });
  return { url: server.url, asked, days, faults };
}

type Answer = (asked: URLSearchParams, days: Record<string, ClusterDay>, options: ServerOptions) => unknown;

const answers: Readonly<Record<string, Answer>> = {
  '/allocation': (asked, days, options) =>
    windowDays(asked).map(day => {
      const found = days[day];
      return found === undefined ? {} : allocationsOf(found, day, asked, options);
    }),
  '/assets': (asked, days, options) => {
    const sets = windowDays(asked).map(day => (days[day] === undefined ? {} : assetsOf(days[day], day)));
    return options.product === 'kubecost' ? sets : (sets[0] ?? {});
  },
  '/cloudCost': (asked, days) => ({
    sets: windowDays(asked).map(day => ({
      cloudCosts: days[day] === undefined ? {} : { 'AWS/100000000001': cloudCostOf(days[day], day) },
    })),
  }),
};

function windowDays(asked: URLSearchParams): string[] {
  const [from = '', to = ''] = (asked.get('window') ?? '').split(',');
  const list: string[] = [];
  for (let at = Date.parse(from); at < Date.parse(to); at += 86_400_000)
    list.push(new Date(at).toISOString().slice(0, 10));
  return list;
}

const windowOf = (day: string, hours = 0) => {
  const at = Date.parse(day) + hours * 3_600_000;
  const text = (time: number) => new Date(time).toISOString().replace('.000', '');
  return { start: text(at), end: text(at + 86_400_000) };
};

function allocationsOf(found: ClusterDay, day: string, asked: URLSearchParams, options: ServerOptions) {
  const by = (asked.get('aggregate') ?? '').split(',');
  const groups = new Map<string, Workload[]>();
  for (const workload of found.workloads) {
    const name = by.map(each => partOf(workload, each)).join('/');
    groups.set(name, [...(groups.get(name) ?? []), workload]);
  }
  const window = windowOf(day, options.offsetHours);
  const set: Record<string, unknown> = {};
  const add = (name: string, workloads: readonly Workload[], properties: object) => {
    const allocation = allocationOf(name, workloads, { properties, window });
    set[name] = options.edit?.(allocation) ?? allocation;
  };
  for (const [name, workloads] of groups) {
    const [first] = workloads;
    add(name, workloads, {
      cluster: 'cluster-one',
      ...(by.includes('namespace') ? { namespace: first?.namespace } : {}),
      namespaceLabels: { kubernetes_io_metadata_name: first?.namespace },
    });
  }
  const wantsIdle = asked.get(options.product === 'kubecost' ? 'idle' : 'includeIdle') === 'true';
  if (found.idle !== undefined && wantsIdle && asked.get('shareIdle') !== 'true')
    add('__idle__', [{ namespace: '', cpu: found.idle, ram: 0 }], { cluster: 'cluster-one' });
  return set;
}

function partOf({ namespace, controller, labels = {} }: Workload, by: string): string {
  if (by === 'namespace') return namespace;
  if (by === 'controller') return controller ?? '__unallocated__';
  const label = by.slice('label:'.length);
  return labels[label] === undefined ? '__unallocated__' : `${label}=${labels[label]}`;
}

function allocationOf(name: string, workloads: readonly Workload[], rest: object): Record<string, unknown> {
  const sum = (of: (workload: Workload) => number | undefined) =>
    rounded(workloads.reduce((all, workload) => all + (of(workload) ?? 0), 0));
  const [cpu, ram, pv, adjustment, external] = [
    sum(each => each.cpu),
    sum(each => each.ram),
    sum(each => each.pv),
    sum(each => each.adjustment),
    sum(each => each.external),
  ];
  const used = sum(each => (each.cpu + each.ram + (each.adjustment ?? 0)) * (each.efficiency ?? 0));
  return {
    name,
    ...rest,
    minutes: 1440,
    cpuCost: cpu,
    cpuCostAdjustment: adjustment,
    gpuCost: 0,
    gpuCostAdjustment: 0,
    networkCost: 0,
    networkCostAdjustment: 0,
    loadBalancerCost: 0,
    loadBalancerCostAdjustment: 0,
    pvCost: pv,
    pvs: null,
    pvCostAdjustment: 0,
    ramCost: ram,
    ramCostAdjustment: 0,
    externalCost: external,
    sharedCost: 0,
    totalCost: rounded(cpu + adjustment + ram + pv + external),
    totalEfficiency: cpu + ram + adjustment > 0 ? rounded(used / (cpu + ram + adjustment)) : 0,
  };
}

function assetsOf({ workloads, idle = 0 }: ClusterDay, day: string) {
  const node = workloads.reduce((all, each) => all + each.cpu + each.ram + (each.adjustment ?? 0), idle);
  const asset = (type: string, totalCost: number, adjustment = 0) => ({
    type,
    properties: { category: 'Compute', provider: 'AWS', cluster: 'cluster-one' },
    window: windowOf(day),
    adjustment,
    totalCost: rounded(totalCost),
  });
  return {
    Node: asset(
      'Node',
      node,
      workloads.reduce((all, each) => all + (each.adjustment ?? 0), 0),
    ),
    Disk: asset(
      'Disk',
      workloads.reduce((all, each) => all + (each.pv ?? 0), 0),
    ),
    Cloud: asset('Cloud', 1_000_000),
  };
}

function cloudCostOf({ workloads, idle = 0 }: ClusterDay, day: string) {
  const cost = rounded(workloads.reduce((all, each) => all + each.cpu + each.ram, idle));
  return {
    properties: { provider: 'AWS', invoiceEntityID: '100000000001' },
    window: windowOf(day),
    listCost: { cost: cost * 2, kubernetesPercent: 1 },
    netCost: { cost, kubernetesPercent: 1 },
    amortizedNetCost: { cost: cost / 2, kubernetesPercent: 1 },
    invoicedCost: { cost, kubernetesPercent: 1 },
    amortizedCost: { cost: cost / 2, kubernetesPercent: 1 },
  };
}

/** Their answers have five decimals. */
const rounded = (value: number) => Math.round(value * 1e5) / 1e5;
