/**
 * Configuration audits, assessments and compliance reports of trivy-operator. Each kind of report is a look of its own: a
 * list holds all of its namespaces, an object that stands alone tells of itself.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { scopeOfPlace } from '../../../findings/place.ts';
import type { Report, Severity } from '../../../findings/report.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { type OperatorObject, operatorObjects } from '../../../formats/trivy/index.ts';
import { type Instance, numbered } from '../../identity.ts';
import { digestOf, evaluatedAt, faulty, ownerOf, rejection } from '../../look.ts';
import type { ReadContext, Reading } from '../../reading.ts';
import { severityOf } from '../../severity.ts';
import { kubernetesResource } from '../../workload.ts';
import { policyOf } from './check.ts';

const kinds: ReadonlySet<string> = new Set([
  ...['ConfigAuditReport', 'ClusterConfigAuditReport', 'RbacAssessmentReport', 'ClusterRbacAssessmentReport'],
  ...['InfraAssessmentReport', 'ClusterInfraAssessmentReport', 'ClusterComplianceReport'],
]);

interface Within {
  readonly cluster: string;
  readonly context: ReadContext;
  readonly part: string;
}

export function readOperator(value: unknown, context: ReadContext): Reading {
  const { objects, broken } = operatorObjects(value);
  const ours = objects.filter(({ kind }) => kinds.has(kind));
  if (objects.length > 0 && ours.length === 0) return faulty('belongs_to_supply_chain');
  const { cluster } = context.place;
  const scope = scopeOfPlace(context.place);
  if (scope === undefined) return faulty('missing_scope');
  const rejections: Rejection[] = Array.from({ length: broken }, () => rejection(context, { reason: 'kind_unknown' }));
  let records = broken;
  const reports = [...Map.groupBy(ours, partOf)].map(([part, same]): Report => {
    const within = { cluster: cluster ?? scope.replace(/^cluster:/, ''), context, part };
    const read = same.flatMap(object => instancesOf(object, within));
    records += read.length;
    const reasons = read.filter(one => typeof one === 'string');
    rejections.push(...reasons.map(reason => rejection(context, { reason, value: part })));
    const times = same.flatMap(
      ({ raw, report }) => wordOf(report.updateTimestamp ?? objectOf(raw.status).updateTimestamp, 50) ?? [],
    );
    const at = evaluatedAt(times.sort().at(-1), context);
    return {
      ...{ engine: 'trivy', scope, owner: ownerOf(context), evaluatedAt: at, parts: [part] },
      ...(reasons.length > 0 ? { completeness: 'partial', reason: 'records_rejected' } : { completeness: 'complete' }),
      results: numbered(read.filter(one => typeof one !== 'string')),
      digest: digestOf(Buffer.from(JSON.stringify(same.map(({ raw }) => raw.report ?? raw.status ?? {}))), at, part),
    };
  });
  return { told: { reports }, records, rejections };
}

const partOf = ({ kind, namespace, name, isListed }: OperatorObject): string =>
  kind === 'ClusterComplianceReport' || !isListed ? `${kind}:${namespace}/${name}` : `${kind}:${namespace}`;

const instancesOf = (object: OperatorObject, within: Within): readonly (Instance | string)[] =>
  object.kind === 'ClusterComplianceReport' ? controlsOf(object, within) : checksOf(object, within);

function checksOf({ report, about, labels }: OperatorObject, within: Within): readonly (Instance | string)[] {
  const { cluster, context } = within;
  const { kind, name } = about;
  // Some kinds of a cluster have a namespace in the report alone.
  const namespace = /^(Cluster\w+|Node\w*|Namespace)$/.test(kind) ? '' : about.namespace;
  const owner = ownerOf(context, {
    ...(namespace === '' ? {} : { namespace }),
    resource: `${cluster}/${namespace}/${name}`,
    tags: Object.fromEntries(
      Object.entries(labels).filter(([key]) => !/^(trivy-operator\.|resource-spec-hash|plugin-config-hash)/.test(key)),
    ),
  });
  const listed = listOf(report.checks);
  if (name === '') return listed.map(() => 'missing_resource');
  const resource = kubernetesResource({ cluster, kind, namespace, name });
  return listed.map(item => (isObject(item) ? instanceOf(item, { resource, owner, within }) : 'not_a_check'));
}

interface About {
  readonly resource: string;
  readonly owner: string;
  readonly within: Within;
  /** Of a control; else the check's own. */
  readonly policy?: string;
  readonly title?: string | undefined;
  readonly severity?: Severity;
}

function instanceOf(check: JsonObject, about: About): Instance | string {
  const policy = about.policy ?? policyOf([check.checkID], check.title);
  if (policy === undefined) return 'missing_rule';
  const { success } = check;
  if (typeof success !== 'boolean') return 'status_unknown';
  const messages = listOf(check.messages).flatMap(one => wordOf(one, 500) ?? []);
  const message = messages.join('\n').slice(0, 1000) || wordOf(check.description);
  const title = about.title ?? wordOf(check.title, 300);
  const said = wordOf(check.severity, 50);
  const severity = said === undefined ? (about.severity ?? 'unknown') : severityOf(said);
  return {
    result: {
      policy,
      resource: about.resource,
      part: about.within.part,
      outcome: success ? 'pass' : 'fail',
      severity,
      originalSeverity: said ?? '',
      enforcement: about.within.context.place.enforcement ?? 'audit',
      owner: about.owner,
      ...(title === undefined ? {} : { title }),
      ...(message === undefined ? {} : { message }),
    },
    // Replica sets of one deployment are one workload, which is as bad as the worst of them.
    place: '',
  };
}

/** By control: what fails of it, resource by resource; of a summary only whether anything does. */
function controlsOf({ raw, name }: OperatorObject, within: Within): readonly (Instance | string)[] {
  const { cluster, context } = within;
  const status = objectOf(raw.status);
  const detail = objectOf(status.detailReport);
  const summary = objectOf(status.summaryReport);
  const spec = objectOf(objectOf(raw.spec).compliance);
  const standard = wordOf(detail.id, 100) ?? wordOf(summary.id, 100) ?? wordOf(spec.id, 100) ?? name;
  const whole = {
    resource: kubernetesResource({ cluster, kind: 'Cluster', name: '' }),
    owner: ownerOf(context),
    within,
  };
  const controls = Array.isArray(detail.results) ? detail.results : listOf(summary.controlCheck);
  return controls.flatMap(item => {
    const control = objectOf(item);
    const id = wordOf(control.id, 100);
    if (id === undefined) return ['missing_rule'];
    const shared = {
      policy: `${standard}/${id}`,
      title: wordOf(control.name, 300),
      severity: severityOf(wordOf(control.severity, 50)),
    };
    if (!Array.isArray(control.checks)) {
      const { totalFail } = control;
      if (typeof totalFail !== 'number') return ['status_unknown'];
      const description = totalFail > 0 ? `${totalFail} checks of it fail` : undefined;
      return [
        instanceOf({ success: totalFail === 0, description, severity: control.severity }, { ...whole, ...shared }),
      ];
    }
    return control.checks.map(check => {
      if (!isObject(check)) return 'not_a_check';
      const { resource, namespace } = targetOf(check.target, cluster) ?? {};
      const owner = namespace ? ownerOf(context, { namespace }) : whole.owner;
      return instanceOf(check, { ...whole, ...shared, owner, resource: resource ?? whole.resource });
    });
  });
}

/** `kube-system/daemonset-cilium`. */
function targetOf(
  target: unknown,
  cluster: string,
): { readonly resource: string; readonly namespace: string } | undefined {
  const {
    namespace = '',
    kind,
    name,
  } = /^(?:(?<namespace>[\w.-]*)\/)?(?<kind>[a-z]+)-(?<name>\S+)$/.exec(wordOf(target, 500) ?? '')?.groups ?? {};
  return kind === undefined || name === undefined
    ? undefined
    : { resource: kubernetesResource({ cluster, kind, namespace, name }), namespace };
}
