/**
 * Asks Snyk's REST API (JSON:API, versions by date): lists page by page by `links.next`, and waits where the rate limit of
 * 1,620 requests a minute is used up. Source: "About the REST API" of Snyk's documentation.
 */
import type { Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import type { SourceContext } from '../../core/source.ts';
import type { SnykAccess } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface SnykOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface SnykClient {
  /**
   * The pages' `data` of a list, such as `orgs/ID/issues`. Errors: SNYK_REFUSED (401, 403, 404), SNYK_ANSWER, HTTP_PAGING_LOOP,
   * and those of the HTTP client.
   */
  readonly pages: (path: string, query?: Query) => AsyncGenerator<readonly unknown[]>;
}

export function snykClient(
  access: SnykAccess,
  context: Pick<SourceContext, 'log' | 'signal'> & { readonly now?: () => number },
  { sleep, retries = 6 }: SnykOptions = {},
): SnykClient {
  const rest = `${access.url.replace(/\/+$/, '').replace(/\/rest$/, '')}/rest/`;
  const { origin } = new URL(rest);
  const http = createHttpClient({
    baseUrl: rest,
    headers: { accept: 'application/vnd.api+json', authorization: `token ${access.token ?? ''}` },
    timeoutMs: access.timeout * 1000,
    concurrency: 2,
    retries,
    maxDelayMs: access.longest_wait * 1000,
    retryAfter: snykRetryAfter,
    log: context.log,
    signal: context.signal,
    ...(context.now ? { now: context.now } : {}),
    ...(sleep ? { sleep } : {}),
  });
  return {
    pages: async function* (path, query = {}) {
      const seen = new Set<string>();
      let asked: { readonly url: string; readonly query?: Query } | undefined = {
        url: path,
        query: { version: access.version, limit: 100, ...query },
      };
      while (asked) {
        const response = await http.request({ ...asked, anyStatus: true });
        const { data, links } = answerOf(response);
        yield data;
        const next = nextOf(links, rest, access.version);
        if (next === undefined) return;
        if (new URL(next).origin !== origin)
          throw new PlumblineError('SNYK_ANSWER', {
            url: redactUrl(response.url),
            reason: 'its next page is elsewhere',
          });
        if (seen.has(next)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: redactUrl(next) });
        seen.add(next);
        asked = { url: next };
      }
    },
  };
}

function answerOf(response: HttpResponse): { readonly data: readonly unknown[]; readonly links: unknown } {
  const url = redactUrl(response.url);
  const { status } = response;
  if (status === 401 || status === 403 || status === 404)
    throw new PlumblineError('SNYK_REFUSED', { url, status, said: saidIn(response) });
  if (status >= 300) {
    const retryAfter = response.header('retry-after');
    const details = { method: 'GET', url, status, said: saidIn(response) };
    throw new PlumblineError('HTTP_STATUS', retryAfter === undefined ? details : { ...details, retryAfter });
  }
  const { data, links } = (response.json() ?? {}) as { readonly data?: unknown; readonly links?: unknown };
  if (!Array.isArray(data)) throw new PlumblineError('SNYK_ANSWER', { url, reason: 'it has no list' });
  return { data, links };
}

/** A path from the root of the API or of the server, a whole address, or an object with `href`: all are in use. */
function nextOf(links: unknown, rest: string, version: string): string | undefined {
  const { next } = (links ?? {}) as { readonly next?: unknown };
  const said = typeof next === 'object' && next !== null ? (next as { readonly href?: unknown }).href : next;
  if (typeof said !== 'string' || said.trim() === '') return undefined;
  const path = said.startsWith('/') && !/^\/(?:[^/]+\/)*rest\//.test(said) ? said.slice(1) : said;
  const url = new URL(path, rest);
  if (!url.searchParams.has('version')) url.searchParams.set('version', version);
  return url.href;
}

/**
 * Retry-After, else when the limit is counted anew. Several limits hold at once and gateways join their headers:
 * `x-ratelimit-remaining: 0, 120` beside `x-ratelimit-reset: 12, 3000` waits for those that are used up, 12 s.
 */
export function snykRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = listIn(response.header('retry-after'));
  if (asked.length > 0) return Math.max(...asked) * 1000;
  const date = Date.parse(response.header('retry-after') ?? '');
  if (!Number.isNaN(date)) return Math.max(0, date - now);
  if (response.status !== 429) return undefined;
  for (const prefix of ['x-ratelimit-', 'ratelimit-']) {
    const resets = listIn(response.header(`${prefix}reset`));
    const remaining = listIn(response.header(`${prefix}remaining`));
    const spent = resets.filter((_, index) => (remaining[index] ?? 0) <= 0);
    const waits = (spent.length > 0 ? spent : resets).map(seconds => secondsFrom(seconds, now));
    if (waits.length > 0) return Math.max(...waits) * 1000;
  }
  return undefined;
}

/** Some count seconds from now, some say the time. */
const secondsFrom = (seconds: number, now: number): number =>
  seconds > 1_000_000_000 ? Math.max(0, seconds - now / 1000) : seconds;

const listIn = (header: string | undefined): readonly number[] => {
  const parts = (header ?? '').split(',').map(part => part.trim().split(';', 1)[0] ?? '');
  return parts.every(part => /^\d+(?:\.\d+)?$/.test(part)) ? parts.map(Number) : [];
};

/** `errors[]` of JSON:API, or the beginning of whatever came instead. */
function saidIn(response: HttpResponse): string {
  try {
    const { errors = [] } = JSON.parse(response.text()) as { readonly errors?: readonly unknown[] };
    const parts = errors.map(error => {
      const { title, detail } = (error ?? {}) as { readonly title?: unknown; readonly detail?: unknown };
      return [title, detail].filter(part => typeof part === 'string').join(': ');
    });
    if (parts.join('') !== '') return parts.join(' ').slice(0, 300);
  } catch {
    // Not JSON: a proxy speaks.
  }
  return response.text().replace(/\s+/g, ' ').trim().slice(0, 200) || 'nothing';
}
