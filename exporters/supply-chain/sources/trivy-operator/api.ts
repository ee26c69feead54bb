/**
 * Reports of trivy-operator by the Kubernetes API of a cluster: listed once and then followed by watches. Each is told in
 * the transaction that notes it, and nothing of it is kept here but its digest. A report that is deleted tells nothing: the
 * operator deletes them to make them anew, and what runs no longer is told by what runs.
 */
import { createHash } from 'node:crypto';
import { keepRejections } from '../../../core/rejections.ts';
import type { PullSource } from '../../../core/source.ts';
import { type OperatorObject, objectFrom, operatorGroup, operatorKinds } from '../../../formats/trivy/index.ts';
import { type KubernetesClient, type KubernetesOptions, kubernetesClient } from '../../../vendors/kubernetes/client.ts';
import type { Mirrored } from '../../../vendors/kubernetes/mirror.ts';
import { type MirrorStates, mirrorSteps } from '../../../vendors/kubernetes/mirror-steps.ts';
import { PlumblineError } from '../../errors.ts';
import { digestOfPart } from '../../scanned.ts';
import { storeHeard } from '../../store.ts';
import { operatorResources, type TrivyOperatorConfig } from './config.ts';
import { readObjects } from './index.ts';

export interface TrivyOperatorOptions extends KubernetesOptions {
  /** Labels that ownership rules read: others make no owner. All unless given. */
  readonly tags?: readonly string[];
  readonly store?: typeof storeHeard;
}

interface Resource {
  readonly path: string;
  readonly kind: string;
}

interface Cursor {
  /** Of what is read: what was noted of something else is none of it. */
  readonly shape: string;
  /** By path. */
  readonly mirrors: MirrorStates;
  /** What is served; `at` in ms since the epoch. */
  readonly found?: { readonly at: number; readonly resources: readonly Resource[] };
}

/** What is served is asked for once an hour, and when something is no longer served. */
const discoverMs = 3_600_000;
/** Counts up where readers make something else of the same objects. */
const bodyVersion = 1;

export function trivyOperatorSource(config: TrivyOperatorConfig, options: TrivyOperatorOptions = {}): PullSource {
  const { name, cluster, every, environment, watch_seconds: watchSeconds, relist_hours: relistHours } = config;
  const { store = storeHeard } = options;
  const tags = options.tags && new Set(options.tags.map(tag => tag.toLowerCase()));
  const shape = shapeOf(config, options.tags);
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async () => ({
      requests: resourcesOf(config).length,
      text: `${config.read.join(', ')} of trivy-operator in ${cluster}, 500 a request the first time, then what has changed, every ${every} s`,
    }),
    batches: async function* (context, before) {
      const client = kubernetesClient(config, { log: context.log, signal: context.signal, concurrency: 8, ...options });
      const at = context.now();
      const known = before as Cursor | undefined;
      let cursor: Cursor = known?.shape === shape ? known : { shape, mirrors: {} };
      if (cursor.found === undefined || at.getTime() - cursor.found.at >= discoverMs)
        cursor = { ...cursor, found: { at: at.getTime(), resources: await discover(client, config) } };
      const read: OperatorObject[] = [];
      const mirrored = (cursor.found?.resources ?? []).map(
        ({ path, kind }): Mirrored => ({
          ...{ source: name, path, forgets: true },
          keep: raw => {
            const object = objectFrom(raw, kind);
            if (object === undefined) return undefined;
            read.push(tags === undefined ? object : { ...object, labels: only(object.labels, tags) });
            return digestOfPart(raw.report, Buffer.alloc(0), '', '');
          },
        }),
      );
      const steps = mirrorSteps({ client, mirrored, states: cursor.mirrors, at, watchSeconds, relistHours });
      let objects = 0;
      for (;;) {
        const { done, value } = await steps.next();
        cursor = { ...cursor, mirrors: done ? value : value.states };
        if (done) break;
        if (value.isMissing && cursor.found) cursor = { ...cursor, found: { ...cursor.found, at: 0 } };
        objects += value.objects;
        context.progress(objects, undefined, 'objects');
        const told = read.splice(0);
        const reading = await readObjects(told, {
          ...{ bytes: Buffer.alloc(0), broken: 0 },
          context: {
            at,
            now: at,
            place: { cluster, ...(environment === undefined ? {} : { environment }) },
            file: name,
          },
        });
        yield {
          cursor,
          write: async tx => {
            await value.write(tx);
            const staleSeconds = Math.round(config.stale * 3600);
            const { heard } = reading;
            const isNothing = (heard.scans ?? []).length + (heard.sboms ?? []).length === 0;
            const changed = isNothing ? 0 : await store(tx, name, [heard], { now: at, staleSeconds });
            // One row an object: it is read again and again, and mended in its place.
            const rejections = reading.rejections.map(one => ({ ...one, file: one.value ?? one.file }));
            const noted = { read: told.map(labelOf), rejections };
            return { records: reading.records, changed, rejected: await keepRejections(tx, name, noted, at) };
          },
        };
      }
      yield { cursor, write: async () => ({ records: 0, changed: 0, rejected: {} }) };
    },
  };
}

const labelOf = ({ kind, namespace, name }: OperatorObject): string => `${kind} ${namespace}/${name}`;

const resourcesOf = ({ read }: TrivyOperatorConfig): readonly string[] => read.flatMap(each => operatorResources[each]);

/** Errors: SUPPLY_CHAIN_NO_TRIVY_OPERATOR, and those of the client. */
async function discover(client: KubernetesClient, config: TrivyOperatorConfig): Promise<readonly Resource[]> {
  const wanted = new Set(resourcesOf(config));
  const served = await client.resources(operatorGroup);
  const resources = served.filter(({ name }) => wanted.has(name));
  if (resources.length === 0)
    throw new PlumblineError('SUPPLY_CHAIN_NO_TRIVY_OPERATOR', { cluster: config.cluster, server: client.server });
  return resources.map(({ path, name, kind }) => ({ path, kind: operatorKinds[name] ?? kind }));
}

const only = (labels: Readonly<Record<string, string>>, tags: ReadonlySet<string>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(labels).filter(([label]) => tags.has(label.toLowerCase())));

/** What is read and of whom; not how often and with which token it is asked. */
const shapeOf = ({ cluster, environment, read }: TrivyOperatorConfig, tags: readonly string[] | undefined): string =>
  createHash('sha256')
    .update(JSON.stringify([bodyVersion, cluster, environment, read, tags]))
    .digest('hex')
    .slice(0, 16);
