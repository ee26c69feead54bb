/**
 * The answer of `/allocation` (OpenCost 1.1xx, https://opencost.io/docs/integrations/api; Kubecost 2,
 * https://www.ibm.com/docs/en/kubecost): a list of sets, one a step, of allocations by name. A name joins the parts by
 * which was aggregated with "/": `payments/deployment:checkout/app=shop`. Numbers are texts here, as they were written.
 */
import { canonicalJson, type Ownership } from '../../../catalog/ownership.ts';
import { fold } from '../../../catalog/refs.ts';
import type { OwnerAttributes } from '../../../catalog/rules.ts';
import type { RejectedRecord } from '../../rejects.ts';

export type AllocationKind = 'workload' | 'idle' | 'unallocated' | 'unmounted';

export interface AllocationRow {
  readonly allocation: AllocationKind;
  /** What ownership rules read of it, canonical JSON; absent for what is idle. */
  readonly attributes?: string;
  readonly total: string;
  /** Costs outside of the cluster that some share out over its workloads. */
  readonly external: string;
  /** By which reconciliation with the cloud's bill changed it, one a resource. */
  readonly adjustments: readonly string[];
  /** Cost of CPU and memory, and of that what was used. A measure of the API's own, so doubles are good enough. */
  readonly requested: number;
  readonly used: number;
}

type Fields = Readonly<Record<string, unknown>>;

const resources = ['cpu', 'gpu', 'ram', 'pv', 'network', 'loadBalancer'] as const;
const adjustments = resources.map(resource => `${resource}CostAdjustment`);
const parts = [...resources.map(resource => `${resource}Cost`), ...adjustments, 'sharedCost', 'externalCost'];

export interface ReadOptions {
  readonly cluster: string;
  readonly day: string;
  readonly aggregate: readonly string[];
  readonly reads: Ownership['reads'];
}

/** Reads one set. A record whose numbers are none, or whose total is not the sum of its parts, is rejected. */
export function readAllocations(
  set: Readonly<Record<string, unknown>>,
  options: ReadOptions,
): { readonly rows: readonly AllocationRow[]; readonly rejects: readonly RejectedRecord[] } {
  const rows: AllocationRow[] = [];
  const rejects: RejectedRecord[] = [];
  for (const [name, value] of Object.entries(set)) {
    const fields = (value ?? {}) as Fields;
    const fault = faultOf(fields);
    if (fault) rejects.push({ file: `${options.day} ${name}`.slice(0, 200), ...fault });
    else rows.push(rowOf(name, fields, options));
  }
  return { rows, rejects };
}

function faultOf(fields: Fields): Omit<RejectedRecord, 'file'> | undefined {
  for (const field of ['totalCost', ...parts]) {
    // Versions differ in the parts that they know; a part that is null was no number there.
    if (fields[field] === undefined && field !== 'totalCost') continue;
    if (!isNumber(fields[field])) return { reason: 'bad_number', field, value: String(fields[field]) };
  }
  const total = Number(fields.totalCost);
  const sum = parts.reduce((all, part) => all + Number(fields[part] ?? 0), 0);
  // Each of them is rounded to five decimals or more.
  if (Math.abs(total - sum) <= 1e-4 + Math.abs(total) * 1e-6) return undefined;
  return { reason: 'total_differs', field: 'totalCost', value: `${String(fields.totalCost)}, its parts sum to ${sum}` };
}

function rowOf(name: string, fields: Fields, options: ReadOptions): AllocationRow {
  const names = name.split('/');
  const money = (field: string) => String(fields[field] ?? '0');
  const number = (field: string) => Number(fields[field] ?? 0);
  const requested = number('cpuCost') + number('cpuCostAdjustment') + number('ramCost') + number('ramCostAdjustment');
  const allocation = kindOf(names);
  return {
    allocation,
    ...(allocation === 'idle' ? {} : { attributes: canonicalJson(attributesOf(names, fields, options)) }),
    total: money('totalCost'),
    external: money('externalCost'),
    adjustments: adjustments.map(money),
    requested,
    used: requested * (isNumber(fields.totalEfficiency) ? number('totalEfficiency') : 0),
  };
}

function kindOf(names: readonly string[]): AllocationKind {
  if (names.includes('__idle__')) return 'idle';
  if (names.includes('__unmounted__')) return 'unmounted';
  return names.every(part => part === '__unallocated__') ? 'unallocated' : 'workload';
}

/** `__unallocated__` and `__unmounted__` stay as the namespace's name, so that a rule can tell them. */
function attributesOf(names: readonly string[], fields: Fields, options: ReadOptions): OwnerAttributes {
  const { cluster, aggregate, reads } = options;
  const properties = (fields.properties ?? {}) as Fields;
  // A name that joins other parts than asked for tells nothing; then the properties do.
  const part = (by: string) => (names.length === aggregate.length ? names[aggregate.indexOf(by)] : undefined);
  const namespace = part('namespace') ?? text(properties.namespace) ?? names[0] ?? '';
  const controller = part('controller') ?? text(properties.controller);
  const labels = new Map<string, string>();
  for (const source of [properties.namespaceLabels, properties.labels])
    for (const [label, value] of Object.entries((source ?? {}) as Fields)) labels.set(fold(label), String(value));
  for (const by of aggregate.filter(each => each.startsWith('label:'))) {
    const value = part(by);
    const label = by.slice('label:'.length);
    if (value !== undefined && value !== '__unallocated__')
      labels.set(fold(label), value.startsWith(`${label}=`) ? value.slice(label.length + 1) : value);
  }
  const tags = Object.fromEntries(
    reads.tags.flatMap(tag => {
      const value = labels.get(fold(labelName(tag)));
      return value === undefined || value === '' ? [] : [[tag, value]];
    }),
  );
  const resource = [cluster, namespace, ...(controller === undefined ? [] : [controller])].join('/');
  return {
    ...(reads.attributes.includes('namespace') ? { namespace } : {}),
    ...(reads.attributes.includes('cluster') ? { cluster } : {}),
    ...(reads.attributes.includes('resource') ? { resource } : {}),
    ...(Object.keys(tags).length > 0 ? { tags } : {}),
  };
}

/** A label's name as Prometheus, and so the API, has it. */
export const labelName = (label: string): string => label.replace(/[^a-zA-Z0-9_]/g, '_');

/** A number's text, within what the ledger holds. */
export const isNumber = (value: unknown): boolean =>
  typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)) && Math.abs(Number(value)) < 1e17;
const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
