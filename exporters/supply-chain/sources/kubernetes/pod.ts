/**
 * What of a pod says what runs: its workload, and the images of its containers by content. Source: the types Pod and
 * ContainerStatus of the core/v1 API; of imageID, what the runtimes write there.
 */
import type { Rejection } from '../../../core/rejections.ts';
import { listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { passingLabels, workloadOfPod } from '../../../vendors/kubernetes/workload.ts';
import type { Artifact } from '../../document.ts';
import { imageOf } from '../../subject.ts';

export interface KnownPod {
  readonly namespace: string;
  readonly workload: string;
  /** Without those that tell a pod from its like. */
  readonly labels: Readonly<Record<string, string>>;
  readonly containers: readonly KnownContainer[];
}

export interface KnownContainer {
  readonly container: string;
  readonly artifact: Artifact;
  /** ISO 8601. */
  readonly startedAt?: string;
  /** It runs no longer, since then: that of a job that is done. */
  readonly endedAt?: string;
}

type PodFault = Pick<Rejection, 'reason' | 'field' | 'value'>;

export interface ReadPod {
  readonly pod: KnownPod;
  readonly faults: readonly PodFault[];
}

const statusLists = [
  ['containerStatuses', 'containers'],
  ['initContainerStatuses', 'initContainers'],
  ['ephemeralContainerStatuses', 'ephemeralContainers'],
] as const;

/** Of a Pod as the API gives it; undefined for what is none. `tags` (lower case) are the labels that are kept; all unless given. */
export function readPod(object: unknown, tags?: ReadonlySet<string>): ReadPod | undefined {
  const { metadata, spec: specGiven, status: statusGiven } = objectOf(object);
  const [meta, spec, status] = [objectOf(metadata), objectOf(specGiven), objectOf(statusGiven)];
  const [name, namespace] = [wordOf(meta.name), wordOf(meta.namespace)];
  if (name === undefined || namespace === undefined) return undefined;
  const labels = textsOf(meta.labels);
  const controller = controllerOf(meta.ownerReferences);
  const node = wordOf(spec.nodeName);
  const workload = workloadOfPod({
    ...{ name, labels },
    ...(node === undefined ? {} : { node }),
    ...(controller === undefined ? {} : { controller }),
  });
  const faults: PodFault[] = [];
  const containers: KnownContainer[] = [];
  const phase = wordOf(status.phase) ?? 'Unknown';
  for (const [statuses, specs] of statusLists) {
    const declared = new Map(listOf(spec[specs]).map(each => [objectOf(each).name, objectOf(each)]));
    for (const each of listOf(status[statuses])) {
      const told = objectOf(each);
      const own = declared.get(told.name) ?? {};
      const isKept = specs === 'containers' || (specs === 'initContainers' && own.restartPolicy === 'Always');
      const life = lifeOf(told, { phase, isRestarted: isKept && (spec.restartPolicy ?? 'Always') === 'Always' });
      if (life === undefined) continue;
      const container = wordOf(told.name) ?? '';
      const artifact = artifactOf(wordOf(own.image) ?? '', wordOf(told.image) ?? '', wordOf(told.imageID) ?? '');
      if (artifact) containers.push({ container, artifact, ...life });
      else faults.push({ reason: 'image_unreadable', field: container, value: `${told.image} ${told.imageID}` });
    }
  }
  const kept = Object.entries(labels).filter(
    ([label]) => !passingLabels.has(label) && (!tags || tags.has(label.toLowerCase())),
  );
  return { pod: { namespace, workload, labels: Object.fromEntries(kept), containers }, faults };
}

type Life = Pick<KnownContainer, 'startedAt' | 'endedAt'>;

/** Undefined where it has not run yet, or where it ended without anyone knowing when. */
function lifeOf(
  status: Readonly<Record<string, unknown>>,
  { phase, isRestarted }: { readonly phase: string; readonly isRestarted: boolean },
): Life | undefined {
  const { running, waiting, terminated } = objectOf(status.state);
  const isOver = phase === 'Succeeded' || phase === 'Failed';
  const ended = objectOf(terminated ?? objectOf(status.lastState).terminated);
  if (!isOver && running !== undefined) return timesOf({ startedAt: objectOf(running).startedAt });
  // Between two starts of a container that crashes its image is no less what runs there.
  const hasRun = Object.keys(ended).length > 0 && wordOf(status.imageID) !== undefined;
  if (!isOver && isRestarted && hasRun && (terminated !== undefined || waiting !== undefined)) return {};
  const life = timesOf(ended);
  return life.endedAt === undefined ? undefined : life;
}

function timesOf({ startedAt, finishedAt }: Readonly<Record<string, unknown>>): Life {
  const [started, ended] = [startedAt, finishedAt].map(time => Date.parse(wordOf(time) ?? ''));
  return {
    ...(Number.isNaN(started) ? {} : { startedAt: new Date(started!).toISOString() }),
    ...(Number.isNaN(ended) ? {} : { endedAt: new Date(ended!).toISOString() }),
  };
}

/**
 * The name and tag are those of the pod's own words: a runtime names any repository that it knows the same content from.
 * The content is what imageID says: `NAME@sha256:…` (also `docker-pullable://`), or the digest of the configuration
 * alone (`docker://sha256:…`, `sha256:…`, 64 hex digits of CRI-O), beside which a digest in the pod's words holds.
 */
export function artifactOf(declared: string, told: string, imageId: string): Artifact | undefined {
  const content = imageId.replace(/^[a-z-]+:\/\//, '');
  const isConfiguration = /^(?:sha256:)?[0-9a-f]{64}$/.test(content);
  const repository = isConfiguration || content === '' ? undefined : imageOf(content);
  const named = [declared, told].map(text => (isBareDigest(text) ? undefined : imageOf(text)));
  const image = named[0] ?? named[1] ?? repository;
  if (image === undefined) return undefined;
  const configuration = isConfiguration ? `sha256:${content.slice(-64)}` : undefined;
  const digests = configuration === undefined ? [repository?.digest] : [image.digest, configuration];
  const known = [...new Set(digests.flatMap(digest => digest ?? []))];
  return {
    ...{ kind: 'image', name: image.name, ...(image.tag === undefined ? {} : { tag: image.tag }) },
    digests: known.length > 0 || image.digest === undefined ? known : [image.digest],
  };
}

const isBareDigest = (text: string) => text === '' || /^(?:sha256:)?[0-9a-f]{64}$/.test(text);

function controllerOf(references: unknown): { readonly kind: string; readonly name: string } | undefined {
  const all = listOf(references).map(objectOf);
  const { kind, name } = all.find(({ controller }) => controller === true) ?? all[0] ?? {};
  const [ownKind, ownName] = [wordOf(kind), wordOf(name)];
  return ownKind === undefined || ownName === undefined ? undefined : { kind: ownKind, name: ownName };
}

/** The entries whose values are text, as labels are. */
export const textsOf = (given: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(objectOf(given)).filter((each): each is [string, string] => typeof each[1] === 'string'),
  );
