/** What has changed since a resource version: a watch that the server ends after a few seconds. */
import { redactUrl } from '../../core/secrets.ts';
import { type KubernetesClient, saidIn } from './client.ts';
import { PlumblineError } from './errors.ts';
import { eventSchema, objectSchema, statusSchema } from './objects.ts';

export interface Change {
  readonly type: 'added' | 'modified' | 'deleted';
  readonly object: unknown;
}

export interface Changes {
  readonly changes: readonly Change[];
  /** Where the next watch goes on from. */
  readonly resourceVersion: string;
  /** The server keeps nothing as old as that: list anew. The changes that came before still hold. */
  readonly isExpired: boolean;
}

export interface WatchOptions {
  readonly resourceVersion: string;
  /** The server ends the watch after so long, and tells a bookmark shortly before; 5. */
  readonly seconds?: number;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
}

const types: Readonly<Record<string, Change['type']>> = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' };
/** A watch that breaks off is taken up again so often, as long as it told something. */
const mostConnections = 20;

/** Errors: KUBERNETES_WATCH where the server ends it for another reason than age, and those of `get`. */
export async function watchChanges(
  client: KubernetesClient,
  path: string,
  { resourceVersion: from, seconds = 5, fieldSelector, labelSelector }: WatchOptions,
): Promise<Changes> {
  const changes: Change[] = [];
  let resourceVersion = from;
  for (let connection = 0; connection < mostConnections; connection += 1) {
    const query = { watch: 1, allowWatchBookmarks: true, timeoutSeconds: seconds, fieldSelector, labelSelector };
    const response = await client.get(path, { ...query, resourceVersion }, { mayBeCut: true });
    const url = redactUrl(response.url);
    // The resource itself may have gone, with its CustomResourceDefinition: a list will say so.
    if (response.status === 410 || response.status === 404) return { changes, resourceVersion, isExpired: true };
    if (response.status !== 200)
      throw new PlumblineError('KUBERNETES_WATCH', { url, status: response.status, said: saidIn(response) });
    const before = resourceVersion;
    const lines = response.text().split('\n');
    // What follows the last line's end was cut.
    for (const line of lines.slice(0, response.isCut ? -1 : undefined)) {
      if (line.trim() === '') continue;
      const event = eventOf(line);
      if (event === undefined)
        throw new PlumblineError('KUBERNETES_ANSWER', { url, reason: `no event of a watch: ${line.slice(0, 80)}` });
      if (event.type === 'ERROR') {
        const { code = 0, message = '', reason = '' } = statusSchema.safeParse(event.object).data ?? {};
        if (code === 410) return { changes, resourceVersion, isExpired: true };
        throw new PlumblineError('KUBERNETES_WATCH', { url, status: code, said: message || reason || 'nothing' });
      }
      const type = types[event.type];
      if (type !== undefined) changes.push({ type, object: event.object });
      resourceVersion = versionOf(event.object) ?? resourceVersion;
    }
    if (!response.isCut || resourceVersion === before) break;
  }
  return { changes, resourceVersion, isExpired: false };
}

function eventOf(line: string) {
  try {
    return eventSchema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

// A bookmark's object has no name.
const versionSchema = objectSchema.extend({ metadata: objectSchema.shape.metadata.partial() });
const versionOf = (object: unknown): string | undefined =>
  versionSchema.safeParse(object).data?.metadata.resourceVersion || undefined;
