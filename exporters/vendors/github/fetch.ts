/**
 * The fetch that Octokit asks through: node-fetch with limits of time and size. Answers are read whole and proved to be
 * JSON, for Octokit takes a body that was cut for an empty one, and HTML for text.
 */
import fetch, { FetchError, Headers, isRedirect, type RequestInit, type Response } from 'node-fetch';
import { redactUrl } from '../../core/secrets.ts';
import { PlumblineError } from './errors.ts';

export interface FetchLimits {
  /** For an answer with its body. */
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
  /** Ends a request without an error of ours. */
  readonly signal?: AbortSignal | undefined;
}

/** What Octokit reads of a response. */
export interface FetchedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly url: string;
  readonly headers: Iterable<[string, string]> & { readonly get: (name: string) => string | null };
  readonly body: null;
  readonly text: () => Promise<string>;
  readonly arrayBuffer: () => Promise<ArrayBuffer>;
}

export type LimitedFetch = (url: string, init: RequestInit) => Promise<FetchedResponse>;

/** Errors: HTTP_TIMEOUT, HTTP_TOO_LARGE, HTTP_FAILED, HTTP_NOT_JSON, HTTP_REDIRECT; the abort reason when the signal is aborted. */
export function limitedFetch({ timeoutMs, maxBodyBytes, signal }: FetchLimits): LimitedFetch {
  return async (url, init) => {
    const method = init.method ?? 'GET';
    const at = { method, url: redactUrl(url) };
    const timeout = AbortSignal.timeout(timeoutMs);
    try {
      const response = await followed(url, {
        ...init,
        size: maxBodyBytes,
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const bytes = Buffer.from(await response.arrayBuffer());
      const answer: FetchedResponse = {
        status: response.status,
        statusText: response.statusText,
        url: response.url,
        headers: response.headers,
        body: null,
        text: async () => bytes.toString('utf8'),
        arrayBuffer: async () => new Uint8Array(bytes).buffer,
      };
      if (response.ok && response.status !== 204 && response.status !== 205) {
        assertJson(bytes, { ...at, type: response.headers.get('content-type') ?? 'no type' });
        // Octokit takes JSON of another type for text.
        const headers = new Headers([...response.headers]);
        headers.set('content-type', 'application/json; charset=utf-8');
        return { ...answer, headers };
      }
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw failed(error, { ...at, timeoutMs, maxBodyBytes });
    }
  };
}

const mostRedirects = 5;

/**
 * Redirects are followed by hand: node-fetch lets the token go along to other ports and subdomains, and repeats a POST as
 * a GET, which would look like success.
 */
async function followed(url: string, init: RequestInit): Promise<Response> {
  const method = init.method ?? 'GET';
  const repeatable = method === 'GET' || method === 'HEAD' ? [301, 302, 303, 307, 308] : [307, 308];
  let target = new URL(url);
  const { origin } = target;
  for (let redirects = 0; ; redirects += 1) {
    const headers = new Headers(init.headers);
    if (target.origin !== origin) for (const name of ['authorization', 'cookie']) headers.delete(name);
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    const location = response.headers.get('location');
    if (!isRedirect(response.status) || !location) return response;
    // Octokit would take it for an answer.
    if (!repeatable.includes(response.status))
      throw new PlumblineError('HTTP_STATUS', {
        ...{ method, url: redactUrl(url), status: response.status },
        said: `it is now at ${redactUrl(new URL(location, target))}`,
      });
    if (redirects === mostRedirects)
      throw new PlumblineError('HTTP_REDIRECT', { method, url: redactUrl(url), count: mostRedirects });
    target = new URL(location, target);
  }
}

function assertJson(bytes: Buffer, at: { readonly method: string; readonly url: string; readonly type: string }): void {
  const text = bytes.toString('utf8');
  const start = text.slice(0, 80).replace(/\s+/g, ' ').trim();
  const refused = (kind: string) => new PlumblineError('HTTP_NOT_JSON', { ...at, kind, bytes: bytes.length, start });
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    // No cause: what JSON.parse says quotes the body.
    throw refused(start.startsWith('<') ? 'HTML' : start === '' ? 'nothing' : 'no whole JSON document');
  }
  // Octokit takes it for an empty list.
  if (said === null) throw refused('null');
}

interface Failed {
  readonly method: string;
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxBodyBytes: number;
}

function failed(error: unknown, { method, url, timeoutMs, maxBodyBytes }: Failed): unknown {
  if (error instanceof PlumblineError) return error;
  if (error instanceof Error && (error.name === 'TimeoutError' || error.name === 'AbortError'))
    return new PlumblineError('HTTP_TIMEOUT', { method, url, seconds: timeoutMs / 1000 });
  if (error instanceof FetchError && error.type === 'max-size')
    return new PlumblineError('HTTP_TOO_LARGE', { method, url, limit: maxBodyBytes });
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  // node-fetch's own sentence holds the URL with all that is in it.
  const reason =
    text.replace(/^(request to|Invalid response body while trying to fetch) \S+?(, reason)?: /, '') || code;
  return new PlumblineError('HTTP_FAILED', { method, url, reason: reason || 'no reason given' });
}
