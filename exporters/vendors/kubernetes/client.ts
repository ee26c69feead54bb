/**
 * Asks the API of a Kubernetes cluster for any kind of object: what is served, lists page by page, and what has changed
 * since. Sources: "Kubernetes API Concepts" (resource versions, chunks, watches, bookmarks) and "API Groups" of the
 * Kubernetes documentation.
 */
import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../core/http-client.ts';
import { maskSecrets, redactUrl } from '../../core/secrets.ts';
import { type AccessOptions, resolveAccess } from './access.ts';
import type { KubernetesAccess } from './config.ts';
import { PlumblineError } from './errors.ts';
import { groupSchema, resourcesSchema, statusSchema } from './objects.ts';

export interface KubernetesOptions extends AccessOptions {
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly retries?: number;
  /** After decompression; 256 MiB. */
  readonly maxBodyBytes?: number;
  /** Requests under way, watches too; 4. */
  readonly concurrency?: number;
}

export interface ServedResource {
  /** Plural, as in paths: `policyreports`. */
  readonly name: string;
  readonly kind: string;
  /** `/apis/GROUP/VERSION/NAME`: of all namespaces. */
  readonly path: string;
}

export interface KubernetesClient {
  readonly server: string;
  /**
   * An answer below 300, or 404 or 410. Errors: KUBERNETES_UNAUTHORIZED, KUBERNETES_FORBIDDEN, KUBERNETES_FILE, and
   * those of the HTTP client.
   */
  readonly get: (
    path: string,
    query?: HttpRequest['query'],
    options?: { readonly mayBeCut?: boolean },
  ) => Promise<HttpResponse>;
  /** Versions of an API group that are served, the preferred one first; none where it is not installed. */
  readonly versions: (group: string) => Promise<readonly string[]>;
  /**
   * The resources of a group, each in the first of `known` versions that serves it (the preferred one comes first where
   * none is named); none where it is not installed.
   */
  readonly resources: (group: string, known?: readonly string[]) => Promise<readonly ServedResource[]>;
}

export function kubernetesClient(access: KubernetesAccess, options: KubernetesOptions = {}): KubernetesClient {
  const { log, signal, sleep, retries = 5, maxBodyBytes = 256 * 2 ** 20, concurrency = 4 } = options;
  const { server, token, agent } = resolveAccess(access, options);
  const http = createHttpClient({
    baseUrl: server,
    agent,
    timeoutMs: access.timeout * 1000,
    concurrency,
    retries,
    maxBodyBytes,
    ...(log ? { log } : {}),
    ...(signal ? { signal } : {}),
    ...(sleep ? { sleep } : {}),
  });

  const get: KubernetesClient['get'] = async (path, query = {}, { mayBeCut = false } = {}) => {
    for (let used: string | undefined; ; ) {
      const now = token();
      const response = await http.request({
        ...{ url: path, query, mayBeCut, anyStatus: true },
        headers: { accept: 'application/json', ...(now === undefined ? {} : { authorization: `Bearer ${now}` }) },
      });
      const { status } = response;
      if (status < 300 || status === 404 || status === 410) return response;
      // The token may have been replaced between its reading and its use.
      if (status === 401 && used === undefined && now !== undefined && token() !== now) {
        used = now;
        continue;
      }
      const said = maskSecrets(saidIn(response).replaceAll(now ?? '\0', '***'));
      const details = { url: redactUrl(response.url), said };
      if (status === 401) throw new PlumblineError('KUBERNETES_UNAUTHORIZED', details);
      if (status === 403) throw new PlumblineError('KUBERNETES_FORBIDDEN', details);
      const retryAfter = response.header('retry-after');
      throw new PlumblineError('HTTP_STATUS', {
        ...{ method: 'GET', status, ...details },
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
    }
  };

  const versions: KubernetesClient['versions'] = async group => {
    const response = await get(`/apis/${group}`);
    if (response.status !== 200) return [];
    const said = understood(groupSchema, response);
    const names = said.versions.map(({ version }) => version);
    const preferred = said.preferredVersion?.version;
    return preferred === undefined ? names : [preferred, ...names.filter(name => name !== preferred)];
  };

  return {
    server,
    get,
    versions,
    resources: async (group, known) => {
      const served = await versions(group);
      const found = new Map<string, ServedResource>();
      for (const version of known?.filter(name => served.includes(name)) ?? served) {
        const response = await get(`/apis/${group}/${version}`);
        if (response.status !== 200) continue;
        for (const { name, kind } of understood(resourcesSchema, response).resources)
          if (!name.includes('/') && !found.has(name))
            found.set(name, { name, kind, path: `/apis/${group}/${version}/${name}` });
      }
      return [...found.values()];
    },
  };
}

/** An answer of the shape that it is documented to have. Errors: KUBERNETES_ANSWER, HTTP_NOT_JSON. */
export function understood<Schema extends z.ZodType>(schema: Schema, response: HttpResponse): z.infer<Schema> {
  const read = schema.safeParse(response.json());
  if (read.success) return read.data;
  const { path = [], message = '' } = read.error.issues[0] ?? {};
  throw new PlumblineError('KUBERNETES_ANSWER', {
    url: redactUrl(response.url),
    reason: `${path.join('.')}: ${message}`.slice(0, 300),
  });
}

/** The message of a Status object, or the beginning of whatever came instead. */
export function saidIn(response: HttpResponse): string {
  const text = response.text();
  try {
    const said = statusSchema.safeParse(JSON.parse(text));
    if (said.success && said.data.message) return said.data.message.slice(0, 500);
  } catch {
    // Not JSON: a proxy speaks.
  }
  return text.replace(/\s+/g, ' ').trim().slice(0, 300) || 'nothing';
}
