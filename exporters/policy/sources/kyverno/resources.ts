/** Which of what a cluster serves is read, and what is kept of each object. */
import type { Rejection } from '../../../core/rejections.ts';
import type { KubernetesClient } from '../../../vendors/kubernetes/client.ts';
import type { ListOptions } from '../../../vendors/kubernetes/list.ts';
import type { Keep } from '../../../vendors/kubernetes/mirror.ts';
import { readEvent } from '../policyreport/events.ts';
import { readException } from '../policyreport/exceptions.ts';
import { namespaceOf } from '../policyreport/index.ts';
import { readPolicy } from '../policyreport/policies.ts';
import { readReport } from '../policyreport/report.ts';
import type { KyvernoConfig, kyvernoParts } from './config.ts';

export type Role = (typeof kyvernoParts)[number];

export interface Resource {
  readonly role: Role;
  readonly path: string;
  readonly kind: string;
}

const reportGroups = ['wgpolicyk8s.io', 'openreports.io', 'reports.x-k8s.io'];
const reportNames = new Set(['policyreports', 'clusterpolicyreports', 'reports', 'clusterreports']);
const classic = new Set(['clusterpolicies', 'policies']);
const cel = /^(namespaced)?(imagevalidating|validating|mutating|generating)policies$/;

/** In the order in which they are needed: what results follow from before the results. */
export async function discover(client: KubernetesClient, read: KyvernoConfig['read']): Promise<readonly Resource[]> {
  const found: Resource[] = [];
  const take = async (role: Role, group: string, isWanted: (name: string) => boolean) => {
    if (!read.includes(role)) return;
    for (const { name, path, kind } of await client.resources(group))
      if (isWanted(name)) found.push({ role, path, kind });
  };
  await take('policies', 'kyverno.io', name => classic.has(name));
  await take('policies', 'policies.kyverno.io', name => cel.test(name));
  await take('policies', 'admissionregistration.k8s.io', name => name === 'validatingadmissionpolicybindings');
  if (read.includes('namespaces')) found.push({ role: 'namespaces', path: '/api/v1/namespaces', kind: 'Namespace' });
  await take('exceptions', 'kyverno.io', name => name === 'policyexceptions');
  await take('exceptions', 'policies.kyverno.io', name => name === 'policyexceptions');
  for (const group of reportGroups) await take('reports', group, name => reportNames.has(name));
  await take('events', 'events.k8s.io', name => name === 'events');
  if (read.includes('events') && !found.some(({ role }) => role === 'events'))
    found.push({ role: 'events', path: '/api/v1/events', kind: 'Event' });
  return found;
}

/** Of events only the reason is asked for: there are many others. */
export const optionsOf = ({ role }: Resource): ListOptions =>
  role === 'events' ? { fieldSelector: 'reason=PolicyViolation' } : {};

/** What is noted of the objects that were read since it was asked last. */
export interface Notes {
  readonly read: string[];
  readonly rejections: Rejection[];
}

/** Objects of a list carry no kind of their own. */
export function keeper({ role, path, kind }: Resource, notes: Notes): Keep {
  const apiVersion = path.startsWith('/apis/') ? path.split('/').slice(2, 4).join('/') : 'v1';
  return object => {
    const whole = { ...object, apiVersion, kind };
    const { namespace, name } = (object.metadata ?? {}) as { readonly namespace?: string; readonly name?: string };
    const file = [kind, [namespace, name].filter(Boolean).join('/')].join(' ');
    const note = (faults: readonly Omit<Rejection, 'file'>[]) => {
      notes.read.push(file);
      for (const fault of faults) notes.rejections.push({ ...fault, file });
    };
    if (role === 'reports') {
      const read = readReport(whole);
      note(read?.faults ?? [{ reason: 'shape_unknown' }]);
      return read && JSON.stringify(read.report);
    }
    if (role === 'events') {
      const read = readEvent(whole);
      return read && JSON.stringify(read);
    }
    if (role === 'namespaces') return JSON.stringify(namespaceOf(whole).labels);
    const read = role === 'policies' ? readPolicy(whole) : readException(whole);
    note(read ? [] : [{ reason: 'shape_unknown' }]);
    return read && JSON.stringify(read);
  };
}
