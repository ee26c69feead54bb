/**
 * Reports of the policy working group's API and of OpenReports. Sources: wgpolicyk8s.io v1alpha1 to v1beta2 and
 * reports.x-k8s.io (kubernetes-sigs/wg-policy-prototypes), openreports.io/v1alpha1 (openreports/reports-api), and what
 * Kyverno writes into them (pkg/utils/report/results.go).
 */
import { z } from 'zod';
import type { Outcome } from '../../../findings/report.ts';
import { engineOf, policyId } from './engine.ts';
import { typeOf, type Untyped } from './untyped.ts';

export interface ReportedResource {
  readonly kind: string;
  /** '' for what has none. */
  readonly namespace: string;
  readonly name: string;
}

/** A result as it is kept between two readings: without what the policies and the namespaces say. */
export interface ReportedResult {
  readonly engine: string;
  /** The policy's own name, `NAMESPACE/NAME` where it has a namespace: what its mode is found by. */
  readonly name: string;
  readonly policy: string;
  readonly resource: ReportedResource;
  readonly outcome: Outcome;
  /** True for `warn`. */
  readonly isWarning?: true;
  /** As the report says it; '' where it says nothing. */
  readonly severity: string;
  readonly message?: string;
  /** Names of exceptions that hold it back. */
  readonly exceptions?: readonly string[];
}

export interface ReportObject {
  /** '' of a cluster's. */
  readonly namespace: string;
  readonly name: string;
  readonly results: readonly ReportedResult[];
  readonly engines: readonly string[];
  /** True where its summary counts more violations than it lists. */
  readonly isCut?: true;
  /** True where results of it could not be read. */
  readonly isBroken?: true;
  /** Passes that its summary counts and it doesn't list, of the first engine. */
  readonly passes?: number;
  /** The newest evaluation; seconds since 1970. */
  readonly evaluated?: number;
}

export interface ResultFault {
  readonly reason: string;
  readonly field?: string;
  readonly value?: string;
}

export interface ReadReport {
  readonly report: ReportObject;
  /** Results, good or bad. */
  readonly records: number;
  readonly faults: readonly ResultFault[];
}

const groups = /^(wgpolicyk8s\.io|reports\.x-k8s\.io|openreports\.io)\/v\d/;
const kinds = new Set(['PolicyReport', 'ClusterPolicyReport', 'Report', 'ClusterReport']);
export const isReport = (object: Untyped): boolean => {
  const { apiVersion, kind } = typeOf(object);
  return groups.test(apiVersion) && kinds.has(kind);
};

const text = z.string().nullish().catch(undefined);
const reference = z.looseObject({ kind: text, namespace: text, name: text });
const texts = z
  .record(z.string(), z.unknown())
  .nullish()
  .catch(undefined)
  .transform(map => map ?? {});
const resultSchema = z.looseObject({
  policy: text,
  rule: text,
  result: z.unknown().optional(),
  /** v1alpha1 of 2020. */
  status: z.unknown().optional(),
  source: text,
  severity: text,
  message: text,
  /** OpenReports' word for it. */
  description: text,
  resources: z.array(reference).nullish().catch(undefined),
  subjects: z.array(reference).nullish().catch(undefined),
  properties: texts,
  timestamp: z.looseObject({ seconds: z.number() }).nullish().catch(undefined),
});
const count = z.number().nullish().catch(undefined);
const reportSchema = z.looseObject({
  metadata: z.looseObject({
    name: text,
    namespace: text,
    labels: texts,
    ownerReferences: z.array(reference).nullish().catch(undefined),
  }),
  source: text,
  scope: reference.nullish().catch(undefined),
  summary: z.looseObject({ pass: count, fail: count, warn: count }).nullish().catch(undefined),
  results: z.array(z.unknown()).nullish(),
});
type Whole = z.infer<typeof reportSchema>;
type Line = z.infer<typeof resultSchema>;

const outcomes: Readonly<Record<string, Outcome>> = {
  ...{ pass: 'pass', fail: 'fail', warn: 'fail', error: 'error', skip: 'skip' },
};
const longestMessage = 2_000;
/** What the assertions of tests have in a value's place: `($namespace)`. */
const isExpression = (value: string | null | undefined) => /^\(.*\)$/s.test(value ?? '');

/** Undefined where it is no report by its shape. */
export function readReport(object: Readonly<Record<string, unknown>>): ReadReport | undefined {
  const read = reportSchema.safeParse(object);
  if (!read.success) return undefined;
  const whole = read.data;
  const faults: ResultFault[] = [];
  const results: ReportedResult[] = [];
  const engines = new Set<string>();
  let evaluated = 0;
  const lines = whole.results ?? [];
  for (const item of lines) {
    const line = resultSchema.safeParse(item);
    const told = line.success ? resultsOf(line.data, whole) : { reason: 'not_an_object', value: shown(item) };
    if ('reason' in told) {
      faults.push(told);
      continue;
    }
    evaluated = Math.max(evaluated, line.data?.timestamp?.seconds ?? 0);
    for (const result of told.results) {
      engines.add(result.engine);
      results.push(result);
    }
  }
  if (engines.size === 0) engines.add(engineOf(sourceOf({}, whole)) || 'policyreport');
  const listed = (outcome: Outcome) => results.filter(result => result.outcome === outcome).length;
  const { pass = 0, fail = 0, warn = 0 } = whole.summary ?? {};
  const passes = (pass ?? 0) - results.filter(({ outcome }) => outcome === 'pass' || outcome === 'excepted').length;
  return {
    records: lines.length,
    faults,
    report: {
      namespace: whole.metadata.namespace ?? '',
      name: whole.metadata.name ?? nameByScope(whole),
      results,
      engines: [...engines],
      ...((fail ?? 0) + (warn ?? 0) > listed('fail') ? { isCut: true } : {}),
      ...(faults.length > 0 ? { isBroken: true } : {}),
      ...(passes > 0 ? { passes } : {}),
      ...(evaluated > 0 ? { evaluated } : {}),
    },
  };
}

function resultsOf(line: Line, whole: Whole): { readonly results: readonly ReportedResult[] } | ResultFault {
  const said = line.result ?? line.status;
  if (said === undefined || said === null || said === '') return { reason: 'result_missing', field: 'result' };
  const outcome = typeof said === 'string' && Object.hasOwn(outcomes, said) ? outcomes[said] : undefined;
  if (outcome === undefined) return { reason: 'result_unknown', field: 'result', value: shown(said) };
  if (isExpression(line.policy)) return { reason: 'expression', field: 'policy', value: shown(line.policy) };
  const source = sourceOf(line, whole);
  const name = line.policy?.trim() ?? '';
  const policy = indexOf(line) ?? policyId(name, line.rule?.trim() ?? '', source);
  if (policy === '') return { reason: 'policy_missing', field: 'policy' };
  const resources = resourcesOf(line, whole);
  const broken = resources.find(each => isExpression(each.name) || isExpression(each.namespace));
  if (broken) return { reason: 'expression', field: 'resources', value: shown(broken) };
  const { exceptions: excepted } = line.properties;
  const exceptions = (typeof excepted === 'string' ? excepted : '')
    .split(',')
    .map(each => each.trim())
    .filter(Boolean);
  const isExcepted = exceptions.length > 0 && (outcome === 'pass' || outcome === 'skip');
  const message = (line.message ?? line.description)?.trim().slice(0, longestMessage);
  const severity = line.severity ?? line.properties.severity;
  return {
    results: resources.map(resource => ({
      engine: engineOf(source) || 'policyreport',
      name: name || policy,
      policy,
      resource,
      outcome: isExcepted ? 'excepted' : outcome,
      ...(said === 'warn' ? { isWarning: true } : {}),
      severity: typeof severity === 'string' ? severity : '',
      ...(message ? { message } : {}),
      ...(exceptions.length > 0 ? { exceptions } : {}),
    })),
  };
}

/** kube-bench names its chapter as policy and rule; the check itself is told by its index, such as 1.1.1. */
function indexOf({ rule, properties }: Line): string | undefined {
  const { index } = properties;
  return rule && (typeof index === 'string' || typeof index === 'number') ? String(index) : undefined;
}

const engineLabels = ['wgpolicyk8s.io/engine', 'policy.kubernetes.io/engine', 'app.kubernetes.io/managed-by'];
const sourceOf = ({ source }: { readonly source?: string | null | undefined }, whole: Whole): string =>
  [source, whole.source, ...engineLabels.map(label => whole.metadata.labels[label])].find(
    (word): word is string => typeof word === 'string' && word.trim() !== '',
  ) ?? '';

/** What a result is about: its own resources, the report's scope or owner, else the namespace or the cluster. */
function resourcesOf(line: Line, { scope, metadata }: Whole): readonly ReportedResource[] {
  const own = [line.resources, line.subjects].find(list => list && list.length > 0);
  const { pod_name: pod, namespace_name: podNamespace } = line.properties;
  const named = (own ?? (scope ? [scope] : (metadata.ownerReferences ?? []).slice(0, 1))).filter(
    ({ kind, name }) => kind && name,
  );
  if (named.length > 0)
    return named.map(({ kind, name, namespace }) => ({
      kind: kind ?? '',
      namespace: namespace ?? metadata.namespace ?? '',
      name: name ?? '',
    }));
  // KubeArmor names the pod among the properties.
  if (typeof pod === 'string' && typeof podNamespace === 'string' && pod !== '')
    return [{ kind: 'Pod', namespace: podNamespace, name: pod }];
  const namespace = metadata.namespace ?? '';
  return [
    namespace === ''
      ? { kind: 'Cluster', namespace: '', name: '' }
      : { kind: 'Namespace', namespace: '', name: namespace },
  ];
}

const nameByScope = ({ scope, metadata }: Whole): string => {
  const about = scope ?? metadata.ownerReferences?.[0];
  return about ? `${about.kind ?? ''}:${about.namespace ?? ''}/${about.name ?? ''}` : '';
};

/** Without looking into it: what is nested too deep can't be written down either. */
const shown = (value: unknown): string =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([key, inner]) => `${key}=${typeof inner === 'string' ? inner : typeof inner}`)
        .join(' ')
        .slice(0, 200)
    : String(value).slice(0, 200);
