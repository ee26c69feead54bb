/** What runs in each namespace, of its pods: those of one workload, container and image are one row. */
import { ownerText } from '../../../catalog/keys.ts';
import { type Place, placeAttributes } from '../../../findings/place.ts';
import type { RunningImage, RunningList } from '../../document.ts';
import type { KnownContainer, KnownPod } from './pod.ts';

export interface Gathering {
  readonly cluster: string;
  /** What is said of all that runs there: its environment. */
  readonly place: Place;
  readonly at: Date;
  /** So long after its end a job's image still counts as running: it is due again. */
  readonly jobHours: number;
  /** A namespace's labels, those that are kept. */
  readonly labelsOf: (namespace: string) => Readonly<Record<string, string>>;
}

interface Row {
  readonly container: KnownContainer;
  readonly pod: KnownPod;
  replicas: number;
  startedAt: string | undefined;
}

const isJob = ({ workload }: KnownPod) => /^(?:cron)?job\//.test(workload);

/** One list for each of `namespaces`, also where nothing runs, and for each that a pod is in. Sorted. */
export function runningLists(
  pods: readonly KnownPod[],
  namespaces: Iterable<string>,
  { cluster, place, at, jobHours, labelsOf }: Gathering,
): readonly RunningList[] {
  const own = Map.groupBy(pods, ({ namespace }) => namespace);
  const since = new Date(at.getTime() - jobHours * 3_600_000).toISOString();
  return [...new Set([...namespaces, ...own.keys()])].sort().map(namespace => ({
    ...{ place: `${cluster}/${namespace}`, at: at.toISOString(), lists: 'all' },
    images: rowsOf(own.get(namespace) ?? [], since).map(({ container, pod, replicas, startedAt }): RunningImage => {
      const { artifact } = container;
      const tags = { ...labelsOf(namespace), ...pod.labels };
      return {
        ...{ artifact, workload: pod.workload, container: container.container, replicas },
        owner: ownerText({
          ...placeAttributes(place),
          ...{ namespace, image: artifact.name },
          resource: `${cluster}/${namespace}/${pod.workload.slice(pod.workload.indexOf('/') + 1)}`,
          ...(Object.keys(tags).length > 0 ? { tags } : {}),
        }),
        ...(startedAt === undefined ? {} : { startedAt }),
      };
    }),
  }));
}

function rowsOf(pods: readonly KnownPod[], since: string): readonly Row[] {
  const rows = new Map<string, Row>();
  /** Of a job's container that runs no longer: its last run, by workload and container. */
  const last = new Map<string, Row>();
  const busy = new Set<string>();
  for (const pod of pods)
    for (const container of pod.containers) {
      const { artifact, startedAt, endedAt } = container;
      const where = JSON.stringify([pod.workload, container.container]);
      const row: Row = { container, pod, replicas: 1, startedAt };
      if (endedAt !== undefined) {
        const known = last.get(where)?.container.endedAt ?? '';
        if (isJob(pod) && endedAt >= since && endedAt > known) last.set(where, row);
        continue;
      }
      busy.add(where);
      const key = JSON.stringify([where, artifact.name, artifact.digests[0] ?? artifact.tag ?? '']);
      const known = rows.get(key);
      if (known === undefined) rows.set(key, row);
      else {
        known.replicas += 1;
        if (startedAt !== undefined && (known.startedAt === undefined || startedAt < known.startedAt))
          known.startedAt = startedAt;
      }
    }
  const idle = [...last].filter(([where]) => !busy.has(where)).map(([, row]) => row);
  return [...rows.values(), ...idle].sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
}

const orderOf = ({ pod, container }: Row) =>
  JSON.stringify([pod.workload, container.container, container.artifact.name, container.artifact.digests]);
