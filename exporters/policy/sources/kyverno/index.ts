/**
 * Kyverno by the Kubernetes API: reports of any engine, what Kyverno's policies do where they are violated, exceptions,
 * and the requests that were refused. All is listed once and then followed by watches (steps.ts); what has changed is
 * told namespace by namespace (tell.ts).
 */
import { createHash } from 'node:crypto';
import type { PullSource } from '../../../core/source.ts';
import { type KubernetesOptions, kubernetesClient } from '../../../vendors/kubernetes/client.ts';
import type { KyvernoConfig } from './config.ts';
import type { KyvernoCursor } from './cursor.ts';
import { discover } from './resources.ts';
import { steps } from './steps.ts';
import { tell } from './tell.ts';

export interface KyvernoOptions extends KubernetesOptions {
  /** Tags that ownership rules read: other labels of namespaces make no owner. */
  readonly tags?: readonly string[];
}

/** What is served is asked for once an hour, and when something is no longer served. */
const discoverMs = 3_600_000;
/** Counts up where readers make something else of the same objects. */
const bodyVersion = 1;

export function kyvernoSource(config: KyvernoConfig, options: KyvernoOptions = {}): PullSource {
  const { name, cluster, watch_seconds: seconds, every } = config;
  return {
    kind: 'pull',
    name,
    everySeconds: every,
    plan: async ({ ledger }) => {
      const known = await ledger.read(reader =>
        reader.scalar('SELECT cursor::VARCHAR FROM cursors WHERE source = $name', { name }),
      );
      const cursor = typeof known === 'string' ? (JSON.parse(known) as KyvernoCursor) : undefined;
      const isFirst = cursor?.shape !== shapeOf(config);
      return {
        requests: isFirst ? 20 : Object.keys(cursor.mirrors).length,
        text: isFirst
          ? `all ${config.read.join(', ')} of ${cluster}, 500 objects a request, then what has changed, every ${every} s`
          : `what has changed in ${cluster}, a watch of ${seconds} s for each kind, every ${every} s`,
      };
    },
    batches: async function* (context, before) {
      const client = kubernetesClient(config, {
        ...{ log: context.log, signal: context.signal, concurrency: 16 },
        ...options,
      });
      const at = context.now();
      let cursor = beginning(config, before as KyvernoCursor | undefined);
      if (cursor.found === undefined || at.getTime() - cursor.found.at >= discoverMs)
        cursor = { ...cursor, found: { at: at.getTime(), resources: await discover(client, config.read) } };
      const { cursor: read, isChanged } = yield* steps({ client, config, context, at }, cursor);
      yield* tell({ config, context, at, isChanged, tags: options.tags }, read);
    },
  };
}

function beginning(config: KyvernoConfig, before: KyvernoCursor | undefined): KyvernoCursor {
  const shape = shapeOf(config);
  return before?.shape === shape ? before : { shape, mirrors: {} };
}

/** What is read and of whom; not how often and with which token it is asked. */
const shapeOf = ({ cluster, environment, read }: KyvernoConfig): string =>
  createHash('sha256')
    .update(JSON.stringify([bodyVersion, cluster, environment, read]))
    .digest('hex')
    .slice(0, 16);
