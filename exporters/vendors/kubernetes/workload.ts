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
