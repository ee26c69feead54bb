/**
 * What runs in a cluster, by the Kubernetes API: pods are listed once and then followed by watches; where something has
 * changed, what now runs in each of those namespaces is told, and all of it every now and then, so that a cluster in
 * which nothing changes stays known.
 */
import { createHash } from 'node:crypto';
import { keepRejections, type Rejection } from '../../../core/rejections.ts';
import type { Batch, PullSource } from '../../../core/source.ts';
import { type KubernetesOptions, kubernetesClient } from '../../../vendors/kubernetes/client.ts';
import type { Mirrored } from '../../../vendors/kubernetes/mirror.ts';
import { type MirrorStates, mirrorSteps } from '../../../vendors/kubernetes/mirror-steps.ts';
import type { RunningList } from '../../document.ts';
import { PlumblineError } from '../../errors.ts';
import { storeHeard } from '../../store.ts';
import type { RunningKubernetesConfig } from './config.ts';
import { runningLists } from './gather.ts';
import { isPending, kept, noteTold } from './ledger.ts';
import { readPod, textsOf } from './pod.ts';

export interface RunningKubernetesOptions extends KubernetesOptions {
  /** Labels that ownership rules read: others make no owner. All unless given. */
  readonly tags?: readonly string[];
  readonly store?: typeof storeHeard;
}

interface Cursor {
  /** Of what is read: objects that were kept for something else are none of these. */
  readonly shape: string;
  /** By path. */
  readonly mirrors: MirrorStates;
  /** Digest of what was told last, by namespace. */
  readonly told?: Readonly<Record<string, string>>;
  /** When all namespaces were told of last; ms since the epoch. */
  readonly lookedAt?: number;
}

/** Counts up where readers make something else of the same objects. */
const bodyVersion = 1;
/** All is told so often where nothing changes, and at least four times before it would be stale. */
const lookSeconds = 3600;

export function runningKubernetesSource(
  config: RunningKubernetesConfig,
  options: RunningKubernetesOptions = {},
): PullSource {
  const { name, cluster, every, watch_seconds: watchSeconds, relist_hours: relistHours } = config;
  const { store = storeHeard } = options;
  const tags = options.tags && new Set(options.tags.map(tag => tag.toLowerCase()));
  const shape = shapeOf(config, options.tags);
  const what = config.namespaces.length === 0 ? 'pods' : `pods of ${config.namespaces.length} namespaces`;
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: pathsOf(config).length,
      text: `${what} of ${cluster}, 500 a request the first time, then what has changed, every ${every} s`,
    }),
    batches: async function* (context, before) {
      const client = kubernetesClient(config, {
        log: context.log,
        signal: context.signal,
        concurrency: 16,
        ...options,
      });
      const at = context.now();
      const known = before as Cursor | undefined;
      let cursor: Cursor = known?.shape === shape ? known : { shape, mirrors: {}, told: known?.told ?? {} };
      const noted: { read: string[]; rejections: Rejection[] } = { read: [], rejections: [] };
      const keepPod: Mirrored['keep'] = object => {
        const read = readPod(object, tags);
        if (read === undefined) return undefined;
        const file = `Pod ${read.pod.namespace}/${String((object.metadata as { name?: unknown } | undefined)?.name)}`;
        noted.read.push(file);
        for (const fault of read.faults) noted.rejections.push({ ...fault, file });
        return JSON.stringify(read.pod);
      };
      const mirrored = pathsOf(config).map(
        (path): Mirrored => ({
          ...{ source: name, path, forgets: path === namespacesPath },
          keep: path === namespacesPath ? object => JSON.stringify(labelsOf(object, tags)) : keepPod,
        }),
      );
      const steps = mirrorSteps({ client, mirrored, states: cursor.mirrors, at, watchSeconds, relistHours });
      const missing: string[] = [];
      for (let objects = 0; ; ) {
        const { done, value } = await steps.next();
        cursor = { ...cursor, mirrors: done ? value : value.states };
        if (done) break;
        if (value.isMissing) missing.push(cluster);
        objects += value.objects;
        context.progress(objects, undefined, 'objects');
        const { read, rejections } = { read: noted.read.splice(0), rejections: noted.rejections.splice(0) };
        yield {
          cursor,
          write: async tx => {
            await value.write(tx);
            const rejected = await keepRejections(tx, name, { read, rejections }, at);
            return { records: value.objects, changed: 0, rejected };
          },
        };
      }
      if (missing.length > 0) throw new PlumblineError('SUPPLY_CHAIN_NO_PODS', { cluster, server: client.server });
      const pending = await context.ledger.read(reader => isPending(reader, name));
      const isDue = at.getTime() - (cursor.lookedAt ?? 0) >= Math.min(lookSeconds, (config.stale * 3600) / 4) * 1000;
      if (!pending && !isDue) {
        yield { cursor, write: async () => ({ records: 0, changed: 0, rejected: {} }) };
        return;
      }
      yield* tell();

      async function* tell(): AsyncGenerator<Batch> {
        const { pods, labels } = await context.ledger.read(reader => kept(reader, name, pathsOf(config)));
        // What is no longer looked at is not gone: it comes to be stale.
        const before = Object.fromEntries(
          Object.entries(cursor.told ?? {}).filter(
            ([namespace]) => config.namespaces.length === 0 || config.namespaces.includes(namespace),
          ),
        );
        const lists = runningLists(pods, [...Object.keys(before), ...labels.keys(), ...config.namespaces], {
          ...{ cluster, at, jobHours: config.job_hours, labelsOf: namespace => labels.get(namespace) ?? {} },
          place: config.environment === undefined ? {} : { environment: config.environment },
        });
        const digests = Object.fromEntries(
          lists.filter(({ images }) => images.length > 0).map(list => [namespaceOf(list), digestOf(list)]),
        );
        // A namespace that has come to be empty is told so once; one in which nothing ever ran, never.
        const running = lists.filter(list => {
          const [now, then] = [digests[namespaceOf(list)], before[namespaceOf(list)]];
          return now === undefined ? then !== undefined : isDue || now !== then;
        });
        yield {
          cursor: { ...cursor, told: digests, ...(isDue ? { lookedAt: at.getTime() } : {}) },
          write: async tx => {
            const staleSeconds = Math.round(config.stale * 3600);
            const changed = running.length === 0 ? 0 : await store(tx, name, [{ running }], { now: at, staleSeconds });
            await noteTold(tx, name, new Date(at.getTime() - config.job_hours * 3_600_000));
            return { records: 0, changed, rejected: {} };
          },
        };
      }
    },
  };
}

const namespacesPath = '/api/v1/namespaces';

const pathsOf = ({ namespaces, namespace_labels: hasLabels }: RunningKubernetesConfig): readonly string[] => [
  ...(hasLabels ? [namespacesPath] : []),
  ...(namespaces.length === 0 ? ['/api/v1/pods'] : namespaces.map(each => `/api/v1/namespaces/${each}/pods`)),
];

const labelsOf = (object: Readonly<Record<string, unknown>>, tags: ReadonlySet<string> | undefined) =>
  Object.fromEntries(
    Object.entries(textsOf((object.metadata as { labels?: unknown } | undefined)?.labels)).filter(
      ([label]) => label !== 'kubernetes.io/metadata.name' && (!tags || tags.has(label.toLowerCase())),
    ),
  );

const namespaceOf = ({ place }: RunningList) => place.slice(place.lastIndexOf('/') + 1);

const digestOf = ({ images }: RunningList): string => hash(images);

/** What is read and of whom; not how often and with which token it is asked. */
const shapeOf = (
  { cluster, environment, namespaces, namespace_labels: hasLabels }: RunningKubernetesConfig,
  tags: readonly string[] | undefined,
): string => hash([bodyVersion, cluster, environment, namespaces, hasLabels, tags]);

const hash = (what: unknown): string => createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
