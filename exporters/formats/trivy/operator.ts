/**
 * Resources of trivy-operator (aquasecurity.github.io/v1alpha1, github.com/aquasecurity/trivy-operator): one, a List of
 * them, an array, or lists by the plural name of their kind.
 */
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../json.ts';

export interface OperatorObject {
  /** VulnerabilityReport, ClusterComplianceReport, … */
  readonly kind: string;
  /** '' of a cluster's. */
  readonly namespace: string;
  readonly name: string;
  /** What it is about: its workload, and the container where it is of one. */
  readonly about: {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly container: string;
  };
  readonly labels: Readonly<Record<string, string>>;
  readonly raw: JsonObject;
  readonly report: JsonObject;
  readonly isListed: boolean;
}

export const operatorGroup = 'aquasecurity.github.io';

/** Plural names, as in paths of the API, and kinds. */
export const operatorKinds: Readonly<Record<string, string>> = {
  vulnerabilityreports: 'VulnerabilityReport',
  clustervulnerabilityreports: 'ClusterVulnerabilityReport',
  exposedsecretreports: 'ExposedSecretReport',
  sbomreports: 'SbomReport',
  clustersbomreports: 'ClusterSbomReport',
  configauditreports: 'ConfigAuditReport',
  clusterconfigauditreports: 'ClusterConfigAuditReport',
  rbacassessmentreports: 'RbacAssessmentReport',
  clusterrbacassessmentreports: 'ClusterRbacAssessmentReport',
  infraassessmentreports: 'InfraAssessmentReport',
  clusterinfraassessmentreports: 'ClusterInfraAssessmentReport',
  clustercompliancereports: 'ClusterComplianceReport',
};
const kinds = new Set(Object.values(operatorKinds));

const isOurs = (value: JsonObject): boolean =>
  typeof value.apiVersion === 'string' && value.apiVersion.startsWith(`${operatorGroup}/`);
const pluralOf = (key: string): string | undefined => {
  const [plural = '', ...group] = key.split('.');
  return group.join('.') === operatorGroup && Object.hasOwn(operatorKinds, plural) ? operatorKinds[plural] : undefined;
};

export function isOperator(value: unknown): boolean {
  if (Array.isArray(value)) return isObject(value[0]) && isOurs(value[0]);
  if (!isObject(value)) return false;
  const keys = Object.keys(value);
  if (keys.length > 0 && keys.length <= 50 && keys.every(key => pluralOf(key) !== undefined)) return true;
  if (isOurs(value)) return true;
  const [first] = listOf(value.items);
  return /^v\d/.test(String(value.apiVersion)) && value.kind === 'List' && isObject(first) && isOurs(first);
}

/** Those of an operator, and how many others there are among them. */
export function operatorObjects(value: unknown): {
  readonly objects: readonly OperatorObject[];
  readonly broken: number;
} {
  const objects: OperatorObject[] = [];
  let broken = 0;
  const one = (item: unknown, kind: string | undefined, isListed: boolean) => {
    const read = isObject(item) ? objectFrom(item, kind, isListed) : undefined;
    if (read === undefined) broken += 1;
    else objects.push(read);
  };
  if (Array.isArray(value)) for (const item of value) one(item, undefined, true);
  else if (isObject(value)) {
    const kind = wordOf(value.kind, 100) ?? '';
    // What an API answers says its kind once, for the list.
    if (Array.isArray(value.items))
      for (const item of value.items) one(item, kind === 'List' ? undefined : kind.replace(/List$/, ''), true);
    else if (isOurs(value)) one(value, undefined, false);
    else
      for (const [key, list] of Object.entries(value))
        for (const item of Array.isArray(list) ? list : listOf(objectOf(list).items)) one(item, pluralOf(key), true);
  } else broken += 1;
  return { objects, broken };
}

/** Of a cluster's API, whose lists say no kind. */
export function objectFrom(raw: JsonObject, kindOfList?: string, isListed = true): OperatorObject | undefined {
  const kind = wordOf(raw.kind, 100) ?? kindOfList ?? '';
  if (!kinds.has(kind)) return undefined;
  const metadata = objectOf(raw.metadata);
  const labels = Object.fromEntries(
    Object.entries(objectOf(metadata.labels)).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
  const namespace = wordOf(metadata.namespace, 300) ?? '';
  const owner = objectOf(listOf(metadata.ownerReferences)[0]);
  const label = (name: string) => wordOf(labels[`trivy-operator.${name}`], 300);
  return {
    kind,
    namespace,
    name: wordOf(metadata.name, 300) ?? '',
    about: {
      kind: label('resource.kind') ?? wordOf(owner.kind, 100) ?? '',
      namespace: label('resource.namespace') ?? namespace,
      // A name that is too long for a label stands in an annotation.
      name:
        label('resource.name') ??
        wordOf(objectOf(metadata.annotations)['trivy-operator.resource.name'], 300) ??
        wordOf(owner.name, 300) ??
        '',
      container: label('container.name') ?? '',
    },
    labels,
    raw,
    report: objectOf(raw.report),
    isListed,
  };
}
