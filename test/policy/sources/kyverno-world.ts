/** A made-up cluster with Kyverno: what its API serves, and objects of each kind. */
import type { ApiObject } from '../../vendors/kubernetes/api-server.ts';

/** When the background scan of the reports was; seconds since 1970. */
export const scanned = Date.parse('2026-11-20T09:30:00Z') / 1000;

export const served = {
  v1: { namespaces: 'Namespace' },
  'kyverno.io/v1': { clusterpolicies: 'ClusterPolicy', policies: 'Policy' },
  'kyverno.io/v2': { policyexceptions: 'PolicyException' },
  'policies.kyverno.io/v1': { validatingpolicies: 'ValidatingPolicy', policyexceptions: 'PolicyException' },
  'wgpolicyk8s.io/v1alpha2': { policyreports: 'PolicyReport', clusterpolicyreports: 'ClusterPolicyReport' },
  'events.k8s.io/v1': { events: 'Event' },
};

export const namespace = (name: string, labels: Readonly<Record<string, string>> = {}): ApiObject => ({
  ...{
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name, labels: { 'kubernetes.io/metadata.name': name, ...labels } },
  },
});

export const clusterPolicy = (name: string, spec: object, annotations: object = {}): ApiObject => ({
  ...{ apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', metadata: { name, annotations }, spec },
});

/** `Deployment shop/cart` or `Namespace lab`. */
const reference = (resource: string) => {
  const [kind = '', place = ''] = resource.split(' ');
  const [first = '', second] = place.split('/');
  return second === undefined ? { kind, name: first } : { kind, namespace: first, name: second };
};

/** Results as `POLICY/RULE OUTCOME [exceptions]`. */
export const report = (name: string, resource: string, ...lines: readonly string[]): ApiObject => {
  const scope = reference(resource);
  const isOfCluster = scope.namespace === undefined;
  return {
    apiVersion: 'wgpolicyk8s.io/v1alpha2',
    kind: isOfCluster ? 'ClusterPolicyReport' : 'PolicyReport',
    metadata: {
      ...{ name, labels: { 'app.kubernetes.io/managed-by': 'kyverno' } },
      ...(scope.namespace === undefined ? {} : { namespace: scope.namespace }),
    },
    scope,
    results: lines.map(line => {
      const [id = '', result = '', exceptions] = line.split(' ');
      const [policy = '', rule] = id.split('/');
      return {
        ...{ policy, result, message: `${id} is ${result}`, timestamp: { seconds: scanned, nanos: 0 } },
        source: rule === undefined ? 'KyvernoValidatingPolicy' : 'kyverno',
        ...(rule === undefined ? {} : { rule }),
        ...(exceptions === undefined ? {} : { properties: { exceptions } }),
      };
    }),
  };
};

export const blocked = (uid: string, policy: string, pod: string, more: object = {}): ApiObject => ({
  ...{ apiVersion: 'events.k8s.io/v1', kind: 'Event' },
  metadata: { name: uid, namespace: 'default', uid },
  ...{
    reason: 'PolicyViolation',
    action: 'Resource Blocked',
    reportingController: 'kyverno-admission',
    type: 'Warning',
  },
  regarding: { apiVersion: 'kyverno.io/v1', kind: 'ClusterPolicy', name: policy },
  related: { apiVersion: 'v1', ...reference(`Pod ${pod}`) },
  eventTime: '2026-11-20T09:00:00.000000Z',
  note: `Pod ${pod}: [latest] fail (blocked); no latest tag`,
  ...more,
});

export const policies: readonly ApiObject[] = [
  clusterPolicy(
    'limits',
    {
      validationFailureAction: 'Audit',
      validationFailureActionOverrides: [{ action: 'Enforce', namespaces: ['sh*'] }],
      rules: [{ name: 'memory', validate: {} }],
    },
    { 'policies.kyverno.io/title': 'Require limits', 'policies.kyverno.io/severity': 'high' },
  ),
  clusterPolicy('images', {
    emitWarning: true,
    rules: [
      { name: 'latest', validate: { failureAction: 'Enforce' } },
      { name: 'registry', validate: {} },
    ],
  }),
  {
    ...{ apiVersion: 'policies.kyverno.io/v1', kind: 'ValidatingPolicy', metadata: { name: 'replicas' } },
    spec: { validationActions: ['Audit'] },
  },
];

export const exceptions: readonly ApiObject[] = [
  {
    ...{ apiVersion: 'kyverno.io/v2', kind: 'PolicyException' },
    metadata: {
      ...{ name: 'legacy', namespace: 'shop', creationTimestamp: '2026-11-01T00:00:00Z' },
      ...{ labels: { 'cleanup.kyverno.io/ttl': '30d' }, annotations: { 'acme.io/approved-by': 'ada' } },
    },
    spec: {
      exceptions: [{ policyName: 'images', ruleNames: ['latest', 'autogen-latest'] }],
      match: { any: [{ resources: { kinds: ['Pod', 'Deployment'], names: ['cart*'], namespaces: ['shop'] } }] },
    },
  },
  {
    ...{ apiVersion: 'policies.kyverno.io/v1', kind: 'PolicyException' },
    metadata: { name: 'once', namespace: 'lab', creationTimestamp: '2026-10-01T00:00:00Z' },
    spec: {
      policyRefs: [{ kind: 'ValidatingPolicy', name: 'replicas' }],
      ...{ expiresAt: '2026-11-10T00:00:00Z', properties: { reason: 'a trial' } },
    },
  },
];

export const reports: readonly ApiObject[] = [
  report('u-cart', 'Deployment shop/cart', 'limits/autogen-memory fail', 'images/autogen-latest pass legacy'),
  report('u-cart-pod', 'Pod shop/cart-6d4cf56db6-x7zqp', 'limits/memory fail', 'images/registry pass'),
  report('u-runner', 'Pod lab/runner', 'limits/memory fail', 'replicas skip once', 'images/registry fail'),
  report('u-lab', 'Namespace lab', 'labels/team warn'),
];
