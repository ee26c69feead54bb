/** What an exporter may read of the cluster that it runs in: only what its sources are configured to read. */
import type { Config } from '../../exporters/config.ts';
import { operatorResources } from '../../exporters/supply-chain/config.ts';
import type { KubernetesConfig } from './config.ts';
import { exporterName, type Manifest, metadata } from './objects.ts';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

interface Access {
  readonly server?: string | undefined;
  readonly token?: string | undefined;
  readonly token_file?: string | undefined;
  readonly client_certificate_file?: string | undefined;
}

/** By the service account of its pod. */
const speaksForItself = ({ token, token_file, client_certificate_file }: Access) =>
  token === undefined && token_file === undefined && client_certificate_file === undefined;
/** Of this cluster, and not of another that trusts the account too. */
const isHere = (access: Access) => access.server === undefined && speaksForItself(access);

const rule = (group: string, ...resources: readonly string[]): Rule => ({
  apiGroups: [group],
  resources,
  verbs: ['get', 'list', 'watch'],
});

const kyvernoRules = {
  policies: [
    rule('kyverno.io', 'clusterpolicies', 'policies'),
    rule('policies.kyverno.io', '*'),
    rule('admissionregistration.k8s.io', 'validatingadmissionpolicybindings'),
  ],
  namespaces: [rule('', 'namespaces')],
  exceptions: [rule('kyverno.io', 'policyexceptions'), rule('policies.kyverno.io', 'policyexceptions')],
  reports: [
    rule('wgpolicyk8s.io', 'policyreports', 'clusterpolicyreports'),
    rule('openreports.io', 'reports', 'clusterreports'),
    rule('reports.x-k8s.io', 'policyreports', 'clusterpolicyreports'),
  ],
  events: [rule('events.k8s.io', 'events'), rule('', 'events')],
} as const;

const gatekeeperRules = {
  constraints: [rule('constraints.gatekeeper.sh', '*')],
  templates: [rule('templates.gatekeeper.sh', 'constrainttemplates')],
  namespaces: [rule('', 'namespaces')],
} as const;

interface Needs {
  readonly cluster: readonly Rule[];
  /** By namespace. */
  readonly namespaced: ReadonlyMap<string, readonly Rule[]>;
  readonly token: boolean;
}

function needsOf(exporter: string, { policy, supply_chain }: Config): Needs {
  const nothing: Needs = { cluster: [], namespaced: new Map(), token: false };
  if (exporter === 'policy' && policy !== undefined)
    return {
      ...nothing,
      cluster: [
        ...policy.kyverno.filter(isHere).flatMap(({ read }) => read.flatMap(part => kyvernoRules[part])),
        ...policy.gatekeeper.filter(isHere).flatMap(({ read }) => read.flatMap(part => gatekeeperRules[part])),
      ],
      token: [...policy.kyverno, ...policy.gatekeeper].some(speaksForItself),
    };
  if (exporter !== 'supply-chain' || supply_chain === undefined) return nothing;
  const { kubernetes, trivy_operator } = supply_chain;
  const here = kubernetes.filter(isHere);
  return {
    cluster: [
      ...here.filter(({ namespaces }) => namespaces.length === 0).map(() => rule('', 'pods')),
      ...here.filter(({ namespace_labels }) => namespace_labels).map(() => rule('', 'namespaces')),
      ...trivy_operator
        .filter(isHere)
        .flatMap(({ read }) => read.map(part => rule('aquasecurity.github.io', ...operatorResources[part]))),
    ],
    namespaced: new Map(here.flatMap(({ namespaces }) => namespaces.map(name => [name, [rule('', 'pods')]] as const))),
    token: [...kubernetes, ...trivy_operator].some(speaksForItself),
  };
}

/** Whether the pod needs a token of its account at all. */
export const readsCluster = (exporter: string, config: Config): boolean => needsOf(exporter, config).token;

export function accessManifests(exporter: string, kubernetes: KubernetesConfig, config: Config): readonly Manifest[] {
  const { cluster, namespaced } = needsOf(exporter, config);
  const name = exporterName(exporter);
  const subjects = [{ kind: 'ServiceAccount', name, namespace: kubernetes.namespace }];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  const to = (kind: string, role: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name: role });
  const whole = metadata(kubernetes, name, exporter);
  // Names of the whole cluster: two installations in two namespaces must not share one.
  const wide = { name: `${kubernetes.namespace}-${name}`, ...(whole.labels ? { labels: whole.labels } : {}) };
  return [
    ...(cluster.length === 0
      ? []
      : [
          { apiVersion, kind: 'ClusterRole', metadata: wide, rules: distinct(cluster) },
          {
            ...{ apiVersion, kind: 'ClusterRoleBinding', metadata: wide },
            ...{ roleRef: to('ClusterRole', wide.name), subjects },
          },
        ]),
    ...[...namespaced].flatMap(([namespace, rules]) => {
      const local = { ...whole, name: wide.name, namespace };
      return [
        { apiVersion, kind: 'Role', metadata: local, rules },
        { apiVersion, kind: 'RoleBinding', metadata: local, roleRef: to('Role', local.name), subjects },
      ];
    }),
  ];
}

/** One rule a group. */
function distinct(rules: readonly Rule[]): readonly Rule[] {
  const groups = Map.groupBy(rules, ({ apiGroups }) => apiGroups[0] ?? '');
  return [...groups].map(([group, some]) => {
    const names = [...new Set(some.flatMap(({ resources }) => resources))];
    return rule(group, ...(names.includes('*') ? ['*'] : names));
  });
}
