/**
 * Asks GitLab's REST API v4: the token as PRIVATE-TOKEN, pages by the Link header or X-Next-Page, waits as the RateLimit
 * headers say. Sources: "REST API", "Pagination" and "Rate limits" of GitLab's documentation.
 */
import { sleep as realSleep, retryAfterMs, type Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient, type HttpRequest, linkOf } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import type { SourceContext } from '../../core/source.ts';
import type { GitLabConnection } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface GitLabRequest {
  /** Under /api/v4, such as `projects/1/deployments`. */
  readonly path: string;
  readonly query?: HttpRequest['query'];
}

export interface GitLabPage {
  readonly items: readonly unknown[];
  /** The address of the next page; undefined on the last. */
  readonly next: string | undefined;
}

export interface GitLabClient {
  /**
   * One answer's JSON. Errors: GITLAB_UNAUTHORIZED, GITLAB_FORBIDDEN, GITLAB_NOT_FOUND, and those of the HTTP client.
   */
  readonly get: (request: GitLabRequest) => Promise<unknown>;
  /** One page of a list; `at` is the `next` of the one before. Errors: also GITLAB_ANSWER, GITLAB_NEXT_PAGE. */
  readonly page: (request: GitLabRequest, at?: string) => Promise<GitLabPage>;
  /** All of a list. */
  readonly all: (request: GitLabRequest) => Promise<readonly unknown[]>;
}

export interface GitLabClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
  readonly now?: () => number;
}

/** GitLab counts a limit by the minute; a quota of an hour (self-managed) may ask for more. */
const maxDelayMs = 15 * 60_000;
const perPage = 100;

/** A path or id as a part of a request's path: `acme/shop` is `acme%2Fshop`. */
export const idOf = (project: string | number): string => encodeURIComponent(String(project));

export function gitlabClient(
  connection: GitLabConnection,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep = realSleep, retries, now = Date.now }: GitLabClientOptions = {},
): GitLabClient {
  const baseUrl = `${connection.url.replace(/\/+$/, '')}/api/v4`;
  const http = createHttpClient({
    baseUrl,
    headers: {
      accept: 'application/json',
      ...(connection.token === undefined ? {} : { 'private-token': connection.token }),
    },
    timeoutMs: connection.timeout * 1000,
    maxDelayMs,
    retryAfter: gitlabRetryAfter,
    log: context.log,
    signal: context.signal,
    now,
    ...(retries === undefined ? {} : { retries }),
    sleep,
  });
  const pause = createPause(now, sleep, context.signal);

  const request = async (asked: HttpRequest, what: string): Promise<HttpResponse> => {
    await pause.wait();
    const response = await http.request(asked).catch((error: unknown) => {
      throw refused(error, what);
    });
    pause.note(response);
    return response;
  };

  const page = async ({ path, query }: GitLabRequest, at?: string): Promise<GitLabPage> => {
    const asked = { url: at ?? path, ...(at === undefined ? { query: { per_page: perPage, ...query } } : {}) };
    const response = await request(asked, path);
    const items = response.json();
    if (!Array.isArray(items)) throw new PlumblineError('GITLAB_ANSWER', { what: path, reason: 'it is no list' });
    const next = nextOf(response);
    if (next !== undefined && new URL(next).origin !== new URL(baseUrl).origin)
      throw new PlumblineError('GITLAB_NEXT_PAGE', { url: redactUrl(response.url), next: redactUrl(next) });
    return { items, next };
  };

  return {
    get: async ({ path, query = {} }) => (await request({ url: path, query }, path)).json(),
    page,
    all: async asked => {
      const items: unknown[] = [];
      const seen = new Set<string>();
      for (let at: string | undefined; ; ) {
        const read: GitLabPage = await page(asked, at);
        items.push(...read.items);
        if (read.next === undefined) return items;
        if (seen.has(read.next)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(read.next) });
        seen.add(read.next);
        at = read.next;
      }
    },
  };
}

/** Keyset pages have a Link alone; pages by number have X-Next-Page too, and some proxies cut long Link headers. */
function nextOf(response: HttpResponse): string | undefined {
  const link = linkOf(response, 'next');
  if (link !== undefined) return link;
  const number = response.header('x-next-page')?.trim();
  if (!number) return undefined;
  const url = new URL(response.url);
  url.searchParams.set('page', number);
  return url.href;
}

/** Milliseconds that a 429 asks to wait: Retry-After, else until RateLimit-Reset (epoch seconds). */
export function gitlabRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (asked !== undefined || response.status !== 429) return asked;
  return untilReset(response, now);
}

function untilReset(response: HttpResponse, now: number): number | undefined {
  const reset = Number(response.header('ratelimit-reset') ?? '');
  return Number.isFinite(reset) && reset > 0 ? Math.max(0, reset * 1000 - now) : undefined;
}

/** Waits where an answer said that nothing is left, so that no request is spent on a refusal. */
function createPause(now: () => number, sleep: Sleep, signal: AbortSignal) {
  let until = 0;
  return {
    note: (response: HttpResponse) => {
      const remaining = response.header('ratelimit-remaining');
      if (remaining === undefined || Number(remaining) > 0) return;
      until = now() + Math.min(untilReset(response, now()) ?? 0, maxDelayMs);
    },
    wait: async () => {
      const left = until - now();
      until = 0;
      if (left > 0) await sleep(left, signal);
    },
  };
}

function refused(error: unknown, what: string): unknown {
  if (!(error instanceof PlumblineError) || error.code !== 'HTTP_STATUS') return error;
  const { status, url, said } = error.details;
  const details = { url: String(url), said: String(said), what };
  if (status === 401) return new PlumblineError('GITLAB_UNAUTHORIZED', details, error);
  if (status === 403) return new PlumblineError('GITLAB_FORBIDDEN', details, error);
  return status === 404 ? new PlumblineError('GITLAB_NOT_FOUND', details, error) : error;
}
