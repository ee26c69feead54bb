/**
 * Asks HTTP APIs: retries with backoff, time and size limits, few requests at once to a host, paging, and errors that
 * say what was asked without its secrets. Responses are buffered whole, up to `maxBodyBytes`.
 */
import type { Agent } from 'node:https';
import fetch, { type Response } from 'node-fetch';
import pLimit, { type LimitFunction } from 'p-limit';
import type { Logger } from 'pino';
import { jitteredBackoff, sleep as realSleep, retryAfterMs, type Sleep } from './backoff.ts';
import { PlumblineError } from './errors.ts';
import { answer, failure, type HttpResponse, statusError, untilCut } from './http-answer.ts';
import { decoded, redactor, redactUrl } from './secrets.ts';

type Headers = Readonly<Record<string, string>>;

export interface HttpClientOptions {
  /** Paths are resolved against it, and `headers` go to its origin only. */
  readonly baseUrl?: string;
  readonly headers?: Headers;
  /** For one attempt, its body included; 30 s. */
  readonly timeoutMs?: number;
  /** Attempts after the first; 4. */
  readonly retries?: number;
  /** Requests under way to one host; 4. */
  readonly concurrency?: number;
  /** After decompression; 64 MiB. */
  readonly maxBodyBytes?: number;
  /** The longest wait before a retry; a server that asks for more gets no retry but an error; 60 s. */
  readonly maxDelayMs?: number;
  /** How long an answer asks to wait, in ms, where its vendor says so in other headers than Retry-After too. */
  readonly retryAfter?: (response: HttpResponse, now: number) => number | undefined;
  /** How to connect to the origin of `baseUrl` by TLS: authorities and certificates of its own. */
  readonly agent?: Agent;
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly now?: () => number;
}

export interface HttpRequest {
  /** An absolute URL, or a path under `baseUrl`. */
  readonly url: string;
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  readonly headers?: Headers;
  readonly body?: string | Buffer;
  /** Instead of the client's; 0 for requests that must not be repeated. */
  readonly retries?: number;
  /** True to get answers of any status instead of an error. */
  readonly anyStatus?: boolean;
  /**
   * True for a stream that may end anywhere: where it breaks off, takes too long or grows over `maxBodyBytes`, what has
   * come until then is the answer, and `isCut` says so.
   */
  readonly mayBeCut?: boolean;
}

export interface HttpClient {
  /**
   * Errors: HTTP_STATUS (after retries of 408, 429 and 5xx), HTTP_FAILED (network, after retries), HTTP_TIMEOUT,
   * HTTP_TOO_LARGE, HTTP_REDIRECT; the abort reason when the client's signal is aborted.
   */
  readonly request: (request: HttpRequest) => Promise<HttpResponse>;
  readonly getJson: (url: string, options?: Omit<HttpRequest, 'url' | 'method' | 'body'>) => Promise<unknown>;
  readonly postJson: (
    url: string,
    body: unknown,
    options?: Omit<HttpRequest, 'url' | 'method' | 'body'>,
  ) => Promise<unknown>;
  /** The answers page by page; `next` names the following request from an answer. Throws HTTP_PAGING_LOOP on the same one again. */
  readonly pages: (
    first: HttpRequest,
    next: (response: HttpResponse) => HttpRequest | undefined,
  ) => AsyncGenerator<HttpResponse>;
}

type Credentials = { readonly [Name in 'token' | 'username' | 'password']?: string | undefined };

const retriedStatus = (status: number) => status === 408 || status === 429 || status >= 500;
const harmlessHeaders = new Set(['accept', 'accept-encoding', 'user-agent', 'content-type']);
const mostRedirects = 5;

export function createHttpClient(options: HttpClientOptions = {}): HttpClient {
  const {
    baseUrl,
    headers = {},
    timeoutMs = 30_000,
    retries = 4,
    concurrency = 4,
    maxBodyBytes = 64 * 2 ** 20,
    maxDelayMs = 60_000,
    retryAfter = (response, at) => retryAfterMs(response.header('retry-after'), at),
    agent,
    log,
    signal,
    sleep = realSleep,
    random = Math.random,
    now = Date.now,
  } = options;
  const hosts = new Map<string, LimitFunction>();
  const limitOf = (host: string) => {
    const limit = hosts.get(host) ?? pLimit(concurrency);
    hosts.set(host, limit);
    return limit;
  };

  const isOwn = ({ origin }: URL) => baseUrl === undefined || new URL(baseUrl).origin === origin;

  /** One attempt, redirects followed by hand: no header of ours but harmless ones follows to another origin. */
  const attempt = async (url: URL, request: HttpRequest, sent: Headers): Promise<HttpResponse> => {
    const { method = 'GET', body } = request;
    let target = url;
    const timeout = AbortSignal.timeout(timeoutMs);
    for (let redirects = 0; ; redirects += 1) {
      const foreign = target.origin !== url.origin;
      const response: Response = await fetch(target, {
        method,
        headers: foreign
          ? Object.fromEntries(Object.entries(sent).filter(([name]) => harmlessHeaders.has(name)))
          : sent,
        redirect: 'manual',
        size: maxBodyBytes,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        ...(agent && target.protocol === 'https:' && isOwn(target) ? { agent } : {}),
        ...(body === undefined ? {} : { body }),
      });
      const cut = request.mayBeCut && response.status < 300 ? await untilCut(response, maxBodyBytes) : undefined;
      const bytes = cut?.bytes ?? Buffer.from(await response.arrayBuffer());
      const location = response.headers.get('location');
      // Repeating a POST as a GET, as browsers do, would look like success.
      const repeatable = method === 'GET' || method === 'HEAD' ? [301, 302, 303, 307, 308] : [307, 308];
      if (!repeatable.includes(response.status) || !location)
        return {
          ...answer(response.status, target.href, response.headers, bytes, method),
          ...(cut ? { isCut: cut.isCut } : {}),
        };
      if (redirects === mostRedirects)
        throw new PlumblineError('HTTP_REDIRECT', { method, url: redactUrl(url), count: mostRedirects });
      target = new URL(location, target);
    }
  };

  const request = async (asked: HttpRequest): Promise<HttpResponse> => {
    const url = resolve(asked, baseUrl);
    const own = isOwn(url) ? headers : {};
    const sent = {
      'user-agent': 'plumbline',
      accept: '*/*',
      ...basicAuth(url),
      ...lowerCase(own),
      ...lowerCase(asked.headers ?? {}),
    };
    const clean = redactor(url, sent);
    // Fetch refuses a URL with credentials; they went into the header.
    url.username = url.password = '';
    const method = asked.method ?? 'GET';
    const most = asked.retries ?? retries;
    return limitOf(url.host)(async () => {
      for (let tried = 0; ; tried += 1) {
        signal?.throwIfAborted();
        const result = await attempt(url, asked, sent).catch((error: unknown) => {
          signal?.throwIfAborted();
          return failure(error, { method, url: redactUrl(url), timeoutMs, maxBodyBytes, clean });
        });
        let wait = jitteredBackoff(tried, 500, maxDelayMs, random);
        let error: PlumblineError;
        if (result instanceof PlumblineError) {
          if (result.code !== 'HTTP_FAILED' && result.code !== 'HTTP_TIMEOUT') throw result;
          error = result;
        } else {
          wait = retryAfter(result, now()) ?? wait;
          const last = !retriedStatus(result.status) || tried >= most || wait > maxDelayMs;
          if (result.status < 300 || (asked.anyStatus && last)) return result;
          error = statusError(result, method, clean);
          if (last) throw error;
        }
        if (tried >= most) throw error;
        log?.warn(
          { method, url: redactUrl(url), attempt: tried + 1, waitMs: Math.round(wait), reason: error.message },
          'request is tried again',
        );
        await sleep(wait, signal);
      }
    });
  };

  return {
    request,
    getJson: async (url, more) =>
      (await request({ ...more, url, headers: { accept: 'application/json', ...more?.headers } })).json(),
    postJson: async (url, body, more) => {
      const json = { accept: 'application/json', 'content-type': 'application/json' };
      const sent = {
        ...more,
        url,
        method: 'POST',
        body: JSON.stringify(body),
        headers: { ...json, ...more?.headers },
      } as const;
      return (await request(sent)).json();
    },
    pages: async function* (first, next) {
      const seen = new Set<string>();
      for (let asked: HttpRequest | undefined = first; asked; ) {
        const url = resolve(asked, baseUrl);
        const key = `${url.href}\n${asked.body ?? ''}`;
        if (seen.has(key)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(url) });
        seen.add(key);
        const response: HttpResponse = await request(asked);
        yield response;
        asked = next(response);
      }
    },
  };
}

/** The URL of a relation of a Link header (RFC 8288), such as `next`. */
export function linkOf(response: HttpResponse, relation: string): string | undefined {
  for (const [, url = '', parameters = ''] of (response.header('link') ?? '').matchAll(
    /<([^>]*)>((?:[^,"]|"[^"]*")*)/g,
  ))
    if (new RegExp(`;\\s*rel="?(?:[^";]*\\s)?${relation}(?:[\\s";]|$)`, 'i').test(parameters))
      return new URL(url, response.url).href;
  return undefined;
}

function resolve({ url, query = {} }: HttpRequest, baseUrl: string | undefined): URL {
  // A path goes under the base's own path, which `new URL` would replace.
  const base = baseUrl?.replace(/\/*$/, '/');
  const resolved = base && !/^[a-z]+:\/\//i.test(url) ? new URL(url.replace(/^\/+/, ''), base) : new URL(url);
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) resolved.searchParams.set(name, String(value));
  return resolved;
}

/** How to be known to a server: by a bearer token, or by a user and a password; not at all without either. */
export function authHeaders({ token, username, password = '' }: Credentials): Headers {
  if (token !== undefined) return { authorization: `Bearer ${token}` };
  if (username === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}` };
}

const basicAuth = ({ username, password }: URL): Headers =>
  username === '' && password === '' ? {} : authHeaders({ username: decoded(username), password: decoded(password) });

const lowerCase = (headers: Headers) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
