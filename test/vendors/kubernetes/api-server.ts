/**
 * A local server that behaves as the API of a Kubernetes cluster: groups and versions, lists in chunks of one moment,
 * watches with bookmarks from any version that it still knows, Status objects, bearer tokens.
 */
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface ApiObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string; readonly [key: string]: unknown };
  readonly [key: string]: unknown;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
}

export interface FakeCluster {
  readonly url: string;
  readonly asked: readonly Asked[];
  /** Adds an object, or takes its place. */
  readonly apply: (object: ApiObject) => void;
  readonly remove: (object: ApiObject) => void;
  /** Forgets what has happened until now, as etcd's compaction does: older versions and `continue` are answered 410. */
  readonly compact: () => void;
  /** Answers the next request of which it returns true by itself. */
  readonly fault: (answer: (asked: Asked, response: http.ServerResponse) => boolean) => void;
}

export interface ClusterOptions {
  /** GROUP/VERSION (or `v1`) → plural → kind: what is served. */
  readonly served: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Tokens that are accepted; all unless given. */
  readonly tokens?: () => readonly string[];
  /** Resources (plural) that may not be read. */
  readonly forbidden?: readonly string[];
}

interface Stored {
  readonly object: ApiObject;
  readonly resource: string;
}
interface Happened extends Stored {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
}

export const status = (code: number, reason: string, message: string) => ({
  ...{ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure' },
  ...{ message, reason, code },
});

const send = (response: http.ServerResponse, code: number, body: unknown) =>
  void response.writeHead(code, { 'content-type': 'application/json' }).end(JSON.stringify(body));

export async function startCluster(t: Ending, options: ClusterOptions): Promise<FakeCluster> {
  const { served, tokens, forbidden = [] } = options;
  const stored = new Map<string, Stored>();
  const happened: Happened[] = [];
  const asked: Asked[] = [];
  const faults: ((asked: Asked, response: http.ServerResponse) => boolean)[] = [];
  let version = 1000;
  let oldest = 0;

  const resourceOf = ({ apiVersion, kind }: ApiObject) => {
    const plural = Object.entries(served[apiVersion] ?? {}).find(([, name]) => name === kind)?.[0];
    if (plural === undefined) throw new Error(`${apiVersion} ${kind} is not served here`);
    return `${apiVersion}/${plural}`;
  };
  const keyOf = (resource: string, { metadata }: ApiObject) =>
    `${resource} ${metadata.namespace ?? ''}/${metadata.name}`;
  const change = (type: 'ADDED' | 'DELETED', given: ApiObject) => {
    version += 1;
    const resource = resourceOf(given);
    const key = keyOf(resource, given);
    const known = stored.has(key);
    const metadata = { uid: `uid-${key}`, ...given.metadata, resourceVersion: String(version) };
    const object = { ...given, metadata };
    if (type === 'DELETED') stored.delete(key);
    else stored.set(key, { object, resource });
    happened.push({ object, resource, version, type: type === 'ADDED' && known ? 'MODIFIED' : type });
  };

  /** Of field selectors only `reason=…`; `of` is the namespace of the path. */
  const isSelected = ({ reason, metadata }: ApiObject, query: URLSearchParams) => {
    if (query.has('of') && query.get('of') !== metadata.namespace) return false;
    const wanted = /^reason=(.*)$/.exec(query.get('fieldSelector') ?? '')?.[1];
    return wanted === undefined || reason === wanted;
  };

  const list = (resource: string, kind: string, query: URLSearchParams, response: http.ServerResponse) => {
    const [from = '0', moment = String(version)] = (query.get('continue') ?? '').split('@').filter(Boolean);
    if (Number(moment) < oldest)
      return send(response, 410, status(410, 'Expired', 'The provided continue parameter is too old'));
    const all = [...stored.values()]
      .filter(one => one.resource === resource && isSelected(one.object, query))
      // Objects of a list carry no type of their own.
      .map(({ object: { apiVersion: _, kind: __, ...object } }) => object);
    const limit = Number(query.get('limit') ?? all.length) || all.length;
    const items = all.slice(Number(from), Number(from) + limit);
    const end = Number(from) + items.length;
    const metadata = { resourceVersion: moment, ...(end < all.length ? { continue: `${end}@${moment}` } : {}) };
    send(response, 200, { kind: `${kind}List`, apiVersion: resource.replace(/\/[^/]+$/, ''), metadata, items });
  };

  const watch = (resource: string, kind: string, query: URLSearchParams, response: http.ServerResponse) => {
    const from = Number(query.get('resourceVersion') ?? 0);
    response.writeHead(200, { 'content-type': 'application/json' });
    const tell = (type: string, object: unknown) => response.write(`${JSON.stringify({ type, object })}\n`);
    if (from < oldest) {
      tell('ERROR', status(410, 'Expired', `too old resource version: ${from} (${oldest})`));
      return void response.end();
    }
    for (const one of happened)
      if (one.resource === resource && one.version > from && isSelected(one.object, query)) tell(one.type, one.object);
    const apiVersion = resource.replace(/\/[^/]+$/, '');
    if (query.get('allowWatchBookmarks') === 'true')
      tell('BOOKMARK', { kind, apiVersion, metadata: { resourceVersion: String(version), creationTimestamp: null } });
    // A real one would wait for timeoutSeconds first.
    return void response.end();
  };

  const { url } = await startLocalServer(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://x');
    const one: Asked = { path: pathname, query: searchParams, authorization: request.headers.authorization };
    asked.push(one);
    const fault = faults.findIndex(answer => answer(one, response));
    if (fault >= 0) return void faults.splice(fault, 1);
    if (tokens && !tokens().some(token => one.authorization === `Bearer ${token}`))
      return send(response, 401, status(401, 'Unauthorized', 'Unauthorized'));
    const group = /^\/apis\/([^/]+)$/.exec(pathname)?.[1];
    const groupVersion = /^\/apis\/([^/]+\/[^/]+)$/.exec(pathname)?.[1];
    const missing = () => {
      // The API server answers a path that nobody serves in plain words.
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n');
    };
    if (group !== undefined) {
      const versions = Object.keys(served)
        .filter(name => name.startsWith(`${group}/`))
        .map(name => ({ groupVersion: name, version: name.slice(group.length + 1) }));
      if (versions.length === 0) return missing();
      return send(response, 200, { kind: 'APIGroup', name: group, versions, preferredVersion: versions[0] });
    }
    if (groupVersion !== undefined) {
      const resources = Object.entries(served[groupVersion] ?? {}).flatMap(([name, kind]) => [
        { name, kind, namespaced: true, singularName: '', verbs: ['get', 'list', 'watch'] },
        { name: `${name}/status`, kind, namespaced: true, singularName: '', verbs: ['get'] },
      ]);
      if (resources.length === 0) return missing();
      return send(response, 200, { kind: 'APIResourceList', groupVersion, resources });
    }
    const [, namespace] = /\/namespaces\/([^/]+)\/[^/]+$/.exec(pathname) ?? [];
    if (namespace !== undefined) searchParams.set('of', namespace);
    const resource = pathname.replace(/^\/apis?\//, '').replace(/\/namespaces\/[^/]+(?=\/)/, '');
    const plural = resource.split('/').at(-1) ?? '';
    const kind = served[resource.slice(0, -plural.length - 1)]?.[plural];
    if (kind === undefined) return missing();
    if (forbidden.includes(plural)) {
      const who = 'User "system:serviceaccount:plumbline:default" cannot list resource';
      return send(response, 403, status(403, 'Forbidden', `${plural} is forbidden: ${who} "${plural}"`));
    }
    if (searchParams.has('watch')) return watch(resource, kind, searchParams, response);
    return list(resource, kind, searchParams, response);
  });
  return {
    url,
    asked,
    apply: object => change('ADDED', object),
    remove: object => change('DELETED', object),
    compact: () => {
      version += 1;
      oldest = version;
    },
    fault: answer => void faults.push(answer),
  };
}
