/**
 * PolicyReports of any engine in files and posts, with the policies, exceptions and events of Kyverno that stand beside
 * them: what `kubectl get polr,cpolr,cpol,polex -A -o yaml` prints, or the Kyverno CLI, or an adapter writes.
 */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { ReadContext, Reading, ReportKind } from '../../reading.ts';
import { type ReadObject, readDocuments } from './document.ts';
import { isEvent, readEvent, type ViolationEvent } from './events.ts';
import { isException, type KnownException, readException } from './exceptions.ts';
import type { Part } from './gather.ts';
import { isPolicy, type KnownPolicy, readPolicy } from './policies.ts';
import { isReport, type ReportObject, readReport } from './report.ts';
import { appliedIn, telling } from './tell.ts';
import { typeOf } from './untyped.ts';

export const policyReportKind: ReportKind = {
  kind: 'policyreport',
  isPrinted: true,
  words: ['wgpolicyk8s.io/', 'openreports.io/', 'reports.x-k8s.io/', 'kyverno', 'ValidatingAdmissionPolicyBinding'],
  accepts: name => /\.(ya?ml|json|jsonl|ndjson)(\.gz)?$/i.test(name),
  read: readPolicyReports,
};

interface Sorted {
  readonly reports: { readonly report: ReportObject; readonly list?: number }[];
  readonly policies: KnownPolicy[];
  readonly exceptions: KnownException[];
  readonly events: ViolationEvent[];
  readonly labels: Map<string, Readonly<Record<string, string>>>;
}

async function readPolicyReports(bytes: Buffer, context: ReadContext): Promise<Reading> {
  const { place, at, file } = context;
  const { objects, broken, emptyLists, fault } = await readDocuments(bytes);
  const rejections: Rejection[] = broken.map(({ line, reason, value }) => ({ file, line, reason, value }));
  const faulty = (reason: string): Reading => ({ told: {}, records: broken.length, rejections, fault: reason });
  if (fault !== undefined) return faulty(fault);
  const scope = scopeOfPlace(place);
  if (scope === undefined) return faulty('missing_scope');
  const sorted: Sorted = { reports: [], policies: [], exceptions: [], events: [], labels: new Map() };
  let records = broken.length;
  let known = 0;
  const breathe = breather();
  for (const [index, read] of objects.entries()) {
    if (breathe.due()) await breathe.now();
    const { faults, count, isKnown } = sort(read, sorted);
    if (isKnown) known += 1;
    records += count;
    for (const each of faults) rejections.push({ file, line: index + 1, ...each });
  }
  const isEmpty = objects.length === 0 && broken.length === 0 && emptyLists.length > 0;
  if (isEmpty && emptyLists.every(kind => kind === 'List'))
    return { told: {}, records, rejections, nothingIn: { scope, at: at.toISOString() } };
  if (known === 0 && broken.length === 0 && !isEmpty) return { ...faulty('not_policy_report'), records, rejections };
  const { reports, policies, exceptions, events, labels } = sorted;
  const world = telling({
    scope,
    cluster: place.cluster ?? place.repository ?? scope.replace(/^cluster:/, ''),
    place,
    policies: policies.length > 0 ? policies : undefined,
    labelsOf: namespace => labels.get(namespace) ?? {},
  });
  const readAt = at.toISOString();
  const all = reports.map(({ report }) => report);
  const isDoubtful = broken.length > 0 || rejections.some(({ reason }) => reason === 'shape_unknown');
  return {
    ...{ records, rejections, isDoubtful },
    told: {
      reports: await world.reportsOf(partsOf(reports), engine => evaluatedAt(engine, all, at)),
      ...(exceptions.length > 0 || emptyLists.includes('PolicyExceptionList')
        ? { exceptions: [world.exceptionList(exceptions, reports.length > 0 ? appliedIn(all) : undefined, readAt)] }
        : {}),
      ...(policies.length > 0 ? { policies: world.policyLists(readAt) } : {}),
      ...(events.length > 0 ? { blocks: events.flatMap(event => world.blocksOf(event, 0)) } : {}),
    },
  };
}

interface SortedObject {
  readonly count: number;
  readonly isKnown: boolean;
  readonly faults: readonly Omit<Rejection, 'file' | 'line'>[];
}

/** Puts an object where it belongs; what is broken in it is told. */
function sort({ object, list }: ReadObject, into: Sorted): SortedObject {
  const { apiVersion, kind } = typeOf(object);
  const shape = `${apiVersion} ${kind}`.slice(0, 200);
  const broken: SortedObject = { count: 1, isKnown: true, faults: [{ reason: 'shape_unknown', value: shape }] };
  const good: SortedObject = { count: 1, isKnown: true, faults: [] };
  if (isReport(object)) {
    const read = readReport(object);
    if (read === undefined) return broken;
    into.reports.push({ report: read.report, ...(list === undefined ? {} : { list }) });
    return { count: Math.max(1, read.records), isKnown: true, faults: read.faults };
  }
  if (isPolicy(object)) {
    const read = readPolicy(object);
    if (read === undefined) return broken;
    into.policies.push(read);
    return good;
  }
  if (isException(object)) {
    const read = readException(object);
    if (read === undefined) return broken;
    into.exceptions.push(read);
    return good;
  }
  if (isEvent(object)) {
    // Others' events stand in the same list, and are none of ours.
    const read = readEvent(object);
    if (read !== undefined) into.events.push(read);
    return good;
  }
  if (apiVersion === 'v1' && kind === 'Namespace') {
    const { name, labels } = namespaceOf(object);
    if (name !== undefined) into.labels.set(name, labels);
    return good;
  }
  return { count: 1, isKnown: false, faults: [{ reason: 'kind_unknown', field: 'kind', value: shape }] };
}

/** A namespace's name and labels, without the label that Kubernetes adds to all. */
export function namespaceOf(object: Readonly<Record<string, unknown>>): {
  readonly name: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
} {
  const { name, labels } = (object.metadata ?? {}) as { readonly name?: unknown; readonly labels?: unknown };
  const own = Object.entries(typeof labels === 'object' && labels !== null ? labels : {}).filter(
    (each): each is [string, string] => typeof each[1] === 'string' && each[0] !== 'kubernetes.io/metadata.name',
  );
  return { name: typeof name === 'string' ? name : undefined, labels: Object.fromEntries(own) };
}

export const partOf = (namespace: string): string => (namespace === '' ? 'cluster' : `namespace:${namespace}`);

/** A list holds all of each of its namespaces; an object that stands alone tells of itself. */
function partsOf(reports: Sorted['reports']): readonly Part[] {
  const parts = Map.groupBy(reports, ({ report: { namespace, name }, list }) =>
    list === undefined ? `report:${namespace}/${name}` : partOf(namespace),
  );
  return [...parts].map(([part, own]) => ({
    part,
    namespace: own[0]!.report.namespace,
    objects: own.map(({ report }) => report),
  }));
}

/**
 * An adapter's report is as old as its newest result. Kyverno leaves a result's time as it is while it stays the same,
 * and takes away the results of what has gone without another: its reports are as new as when they were read.
 */
function evaluatedAt(engine: string, reports: readonly ReportObject[], at: Date): string {
  if (engine === 'kyverno' || engine.endsWith('admission_policy')) return at.toISOString();
  let newest = 0;
  for (const { engines, evaluated = 0 } of reports)
    if (engines.includes(engine)) newest = Math.max(newest, evaluated * 1000);
  return (newest > 0 && newest < at.getTime() ? new Date(newest) : at).toISOString();
}
