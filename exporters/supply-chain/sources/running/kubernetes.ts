/** What kubectl prints of pods, and of namespaces beside them. */
import { breather } from '../../../core/breathe.ts';
import type { Rejection } from '../../../core/rejections.ts';
import { listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { faulty, type ReadContext, type Reading } from '../../reading.ts';
import { runningLists } from '../kubernetes/gather.ts';
import { type KnownPod, readPod, textsOf } from '../kubernetes/pod.ts';

/** A job that ended shortly before the list was made is due again; as the source of clusters has it. */
const jobHours = 26;

export function isKubernetes(json: unknown): boolean {
  const { kind, items, apiVersion } = objectOf(json);
  if (kind === 'Pod' || kind === 'PodList') return apiVersion === 'v1';
  return (
    kind === 'List' &&
    listOf(items)
      .slice(0, 1_000)
      .some(item => objectOf(item).kind === 'Pod')
  );
}

export async function readKubernetes(json: unknown, context: ReadContext): Promise<Reading> {
  const { file, at, place } = context;
  const cluster = place.cluster ?? place.environment;
  if (cluster === undefined) return faulty('missing_cluster');
  const { kind: listKind, items } = objectOf(json);
  const all = listKind === 'Pod' ? [json] : listOf(items);
  // One pod alone tells of itself; of one that can't be read nobody knows where it is.
  let isPart = listKind === 'Pod';
  const breathe = breather();
  const pods: KnownPod[] = [];
  const labels = new Map<string, Readonly<Record<string, string>>>();
  const rejections: Rejection[] = [];
  const doubtful = new Set<string>();
  for (const [index, item] of all.entries()) {
    if (breathe.due()) await breathe.now();
    const { kind = listKind === 'PodList' ? 'Pod' : undefined, metadata } = objectOf(item);
    const name = wordOf(objectOf(metadata).name);
    const line = index + 1;
    const read = kind === 'Pod' ? readPod(item) : undefined;
    if (read !== undefined) {
      pods.push(read.pod);
      if (read.faults.length > 0) doubtful.add(read.pod.namespace);
      for (const fault of read.faults) rejections.push({ file, line, ...fault });
    } else if (kind === 'Namespace' && name !== undefined) {
      const { 'kubernetes.io/metadata.name': _, ...own } = textsOf(objectOf(metadata).labels);
      labels.set(name, own);
    } else if (kind === 'Pod' || kind === 'Namespace') {
      isPart ||= kind === 'Pod';
      rejections.push({ file, line, reason: 'shape_unknown' });
    } else rejections.push({ file, line, reason: 'kind_unknown', field: 'kind', value: String(kind).slice(0, 200) });
  }
  const lists = runningLists(pods, labels.keys(), {
    ...{ cluster, place, at, jobHours },
    labelsOf: namespace => labels.get(namespace) ?? {},
  });
  const running = lists.map(list =>
    isPart || doubtful.has(list.place.slice(list.place.lastIndexOf('/') + 1))
      ? { ...list, lists: 'changes' as const }
      : list,
  );
  return { heard: { running }, records: all.length, rejections };
}
