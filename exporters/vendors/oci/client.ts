/**
 * Asks an OCI registry for manifests, blobs and what refers to a manifest. What is asked for by its digest is checked by
 * it. Source: OCI Distribution Specification 1.1.
 */
import { readFileSync } from 'node:fs';
import { Agent } from 'node:https';
import type { Logger } from 'pino';
import type { Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient, type HttpClient, linkOf } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import { authority, saidIn } from './access.ts';
import { type OciAccess, urlOf } from './config.ts';
import { PlumblineError } from './errors.ts';
import { type Descriptor, digestOf, type Manifest, manifestOf, manifestTypes } from './manifest.ts';

export interface OciOptions {
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly retries?: number;
  readonly now?: () => number;
}

/**
 * Errors of all: OCI_UNAUTHORIZED, OCI_FORBIDDEN, OCI_DIGEST, OCI_ANSWER, OCI_FILE, and those of the HTTP client (a
 * registry that limits is HTTP_STATUS with status 429, after it was waited for).
 */
export interface OciClient {
  readonly url: string;
  /** By digest or tag; undefined where it is not there. */
  readonly manifest: (repository: string, reference: string) => Promise<Manifest | undefined>;
  /** What refers to a manifest, all pages; undefined where the registry has no such API. */
  readonly referrers: (repository: string, digest: string) => Promise<readonly Descriptor[] | undefined>;
  /** Undefined where it is not there. Errors: also OCI_TOO_LARGE. */
  readonly blob: (repository: string, descriptor: Descriptor) => Promise<Buffer | undefined>;
}

/** The specification's own limit of a manifest. */
const mostManifestBytes = 4 << 20;
const mostPages = 50;
/** So answers who doesn't know of referrers; 200 too, with something else. */
const unknowing = new Set([400, 404, 405, 406, 501]);

export function ociClient(access: OciAccess, options: OciOptions = {}): OciClient {
  const { log, signal, sleep, random, retries = 4, now = Date.now } = options;
  const url = urlOf(access);
  const mostBytes = Math.round(access.most_mib * 2 ** 20);
  const client = (maxBodyBytes: number): HttpClient =>
    createHttpClient({
      ...{
        baseUrl: url,
        timeoutMs: access.timeout * 1000,
        concurrency: access.concurrency,
        retries,
        maxBodyBytes,
        now,
      },
      agent: new Agent({
        rejectUnauthorized: !access.insecure_skip_tls_verify,
        ...(access.ca_file === undefined ? {} : { ca: authoritiesOf(access.ca_file) }),
      }),
      ...(log ? { log } : {}),
      ...(signal ? { signal } : {}),
      ...(sleep ? { sleep } : {}),
      ...(random ? { random } : {}),
    });
  const [small, large] = [client(mostManifestBytes), client(mostBytes)];
  const who = authority(access, small, url, now);

  /** An answer below 300, or one of `expected`. */
  const get = async (
    repository: string,
    path: string,
    {
      accept = '*/*',
      http = small,
      expected = new Set([404]),
    }: { accept?: string; http?: HttpClient; expected?: ReadonlySet<number> } = {},
  ): Promise<HttpResponse> => {
    const scope = `repository:${repository}:pull`;
    let authorization = who.known(scope);
    for (let isAnswered = false; ; isAnswered = true) {
      const response = await http.request({
        url: path.startsWith('http') ? path : `/v2/${repository}/${path}`,
        anyStatus: true,
        headers: { accept, ...(authorization === undefined ? {} : { authorization }) },
      });
      const { status } = response;
      if (status < 300 || expected.has(status)) return response;
      if (status === 401 && !isAnswered) {
        const next = await who.answer(response, scope, authorization);
        if (next !== undefined && next !== authorization) {
          authorization = next;
          continue;
        }
      }
      const details = { url: redactUrl(response.url), status, said: saidIn(response) };
      if (status === 401) throw new PlumblineError('OCI_UNAUTHORIZED', details);
      if (status === 403) throw new PlumblineError('OCI_FORBIDDEN', details);
      const retryAfter = response.header('retry-after');
      throw new PlumblineError('HTTP_STATUS', {
        ...{ method: 'GET', ...details },
        ...(retryAfter === undefined ? {} : { retryAfter }),
      });
    }
  };

  /** By a digest that is known, or that the answer says. What was cut on the way comes whole the next time. */
  const checked = async (wanted: string | undefined, ask: () => Promise<HttpResponse>) => {
    for (let isRepeated = false; ; isRepeated = true) {
      const response = await ask();
      if (response.status === 404) return undefined;
      const expected = wanted ?? response.header('docker-content-digest') ?? digestOf(response.body);
      const got = digestOf(response.body, expected);
      if (got === expected) return { response, digest: expected };
      const details = { url: redactUrl(response.url), expected, got, bytes: response.body.length };
      if (isRepeated) throw new PlumblineError('OCI_DIGEST', details);
      log?.warn(details, 'answer is not what its digest says, and is asked for again');
    }
  };

  const manifest: OciClient['manifest'] = async (repository, reference) => {
    const wanted = reference.includes(':') ? reference : undefined;
    const found = await checked(wanted, () =>
      get(repository, `manifests/${reference}`, { accept: manifestTypes.join(', ') }),
    );
    if (found === undefined) return undefined;
    const read = manifestOf(found.response.json(), found.digest);
    if (typeof read === 'string')
      throw new PlumblineError('OCI_ANSWER', { url: redactUrl(found.response.url), reason: read });
    return read;
  };

  return {
    url,
    manifest,
    referrers: async (repository, digest) => {
      const found: Descriptor[] = [];
      let path: string | undefined = `referrers/${digest}`;
      for (let pages = 0; path !== undefined && pages < mostPages; pages += 1) {
        const response: HttpResponse = await get(repository, path, { accept: manifestTypes[0]!, expected: unknowing });
        if (response.status >= 300) return undefined;
        const read = indexOf(response);
        if (read === undefined) {
          if (pages === 0) return undefined;
          throw new PlumblineError('OCI_ANSWER', {
            url: redactUrl(response.url),
            reason: 'a page of referrers is no index',
          });
        }
        found.push(...read.manifests);
        const next = linkOf(response, 'next');
        // A page elsewhere would get our token.
        path = next !== undefined && new URL(next).origin === new URL(url).origin ? next : undefined;
      }
      return found;
    },
    blob: async (repository, { digest, size }) => {
      if (size > mostBytes)
        throw new PlumblineError('OCI_TOO_LARGE', {
          ...{ url: redactUrl(`${url}/v2/${repository}/blobs/${digest}`), bytes: size, limit: mostBytes },
        });
      const found = await checked(digest, () => get(repository, `blobs/${digest}`, { http: large }));
      return found?.response.body;
    },
  };
}

function indexOf(response: HttpResponse): Manifest | undefined {
  try {
    const read = manifestOf(response.json(), '');
    return typeof read === 'string' || !read.isIndex ? undefined : read;
  } catch {
    return undefined;
  }
}

function authoritiesOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new PlumblineError('OCI_FILE', { path: file, what: 'certificate authorities', reason }, error);
  }
}
