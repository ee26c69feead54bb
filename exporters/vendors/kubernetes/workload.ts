/**
 * Identity of resources of Kubernetes that outlives a rollout: a pod, its replica set and its deployment are one workload
 * by one name, so that `web-6d4cf56db6-x7zqp` violating today what `web-84c9dcb5f-2bkqd` did yesterday is one finding, and
 * what Kyverno's autogen rules say of the deployment is no second one.
 */

const workloads = new Set([
  'pod',
  'replicaset',
  'replicationcontroller',
  'deployment',
  'daemonset',
  'statefulset',
  'job',
  'cronjob',
]);

/** Letters and digits that Kubernetes makes suffixes of (k8s.io/apimachinery/pkg/util/rand). */
const letters = 'bcdfghjklmnpqrstvwxz2456789';
const ofReplicaSet = new RegExp(`-[${letters}]{6,10}-[${letters}]{5}$`);
const ofSet = new RegExp(`-[${letters}]{6,10}$`);
const ofDaemonOrJob = new RegExp(`-[${letters}]{5}$`);
const ordinal = /-\d{1,4}$/;
/** A job of a cron job is named by its minute since 1970. */
const scheduled = /-\d{8}$/;

function workloadName(kind: string, name: string): string {
  if (kind === 'replicaset') return name.replace(ofSet, '');
  if (kind === 'job') return name.replace(scheduled, '');
  if (kind !== 'pod') return name;
  for (const pattern of [ofReplicaSet, ofDaemonOrJob, ordinal])
    if (pattern.test(name)) return name.replace(pattern, '').replace(scheduled, '');
  return name;
}

export interface KubernetesObject {
  readonly cluster: string;
  readonly kind: string;
  /** Absent or '' for what has none. */
  readonly namespace?: string;
  readonly name: string;
}

/** `k8s:CLUSTER/NAMESPACE/KIND/NAME`, lower case; KIND is `workload` for all that runs pods. */
export function kubernetesResource({ cluster, kind, namespace = '', name }: KubernetesObject): string {
  const folded = kind.toLowerCase();
  const [shown, base] = workloads.has(folded) ? ['workload', workloadName(folded, name)] : [folded, name];
  return `k8s:${cluster}/${namespace}/${shown}/${base}`.toLowerCase();
}

/** What is known of a pod, of which its workload follows. */
export interface PodIdentity {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The node that it is on; static pods are named after theirs. */
  readonly node?: string;
  /** Its controller, of its ownerReferences. */
  readonly controller?: { readonly kind: string; readonly name: string };
}

/** What a ReplicaSet of this name belongs to, where the pod's label says that someone made it: by label. */
const makersOfSets = { 'pod-template-hash': 'deployment', 'rollouts-pod-template-hash': 'rollout' } as const;

/**
 * `KIND/NAME` of what made the pod, lower case, the same after every rollout: `deployment/cart` of a pod of the ReplicaSet
 * `cart-6d4cf56db6`, `cronjob/backup` of one of the Job `backup-29401560`, `pod/runner` of a pod of its own.
 */
export function workloadOfPod({ name, labels, node, controller }: PodIdentity): string {
  const { kind, name: controllerName } = controller ?? { kind: 'Pod', name };
  if (kind === 'Node') {
    const base = node !== undefined && name.endsWith(`-${node}`) ? name.slice(0, -node.length - 1) : name;
    return `pod/${base}`.toLowerCase();
  }
  const folded = kind.toLowerCase();
  if (folded === 'pod') return `pod/${workloadName('pod', name)}`.toLowerCase();
  if (folded === 'replicaset')
    for (const [label, maker] of Object.entries(makersOfSets)) {
      const hash = labels[label];
      if (hash && controllerName.endsWith(`-${hash}`))
        return `${maker}/${controllerName.slice(0, -hash.length - 1)}`.toLowerCase();
    }
  const base = workloadName(folded, controllerName);
  return `${folded === 'job' && base !== controllerName ? 'cronjob' : folded}/${base}`.toLowerCase();
}

/** Labels that tell a pod from its like, or a rollout from the one before: they say nothing of whose it is. */
export const passingLabels: ReadonlySet<string> = new Set([
  ...Object.keys(makersOfSets),
  ...['controller-revision-hash', 'pod-template-generation', 'statefulset.kubernetes.io/pod-name'],
  ...['apps.kubernetes.io/pod-index', 'controller-uid', 'batch.kubernetes.io/controller-uid', 'job-name'],
  ...['batch.kubernetes.io/job-name', 'batch.kubernetes.io/job-completion-index'],
]);
