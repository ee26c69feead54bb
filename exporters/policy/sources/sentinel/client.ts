/**
 * Asks HCP Terraform's API v2 (JSON:API): a bearer token, pages by `links.next`, 30 requests a second and for lists of
 * runs 30 a minute. Source: "API overview" of HashiCorp's documentation, and hashicorp/go-tfe for the rate limit's header.
 */
import { retryAfterMs, type Sleep } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../../core/http-client.ts';
import { redactUrl } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { isObject, type JsonObject, listOf, objectOf, wordOf } from '../../../formats/json.ts';
import { PlumblineError } from '../../errors.ts';
import type { HcpTerraformConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface Page {
  readonly data: readonly JsonObject[];
  readonly included: readonly JsonObject[];
}

type Query = Readonly<Record<string, string | undefined>>;

export interface TerraformClient {
  /**
   * One resource; undefined where there is none (any more), or the token may not see it: both are a 404. Errors:
   * TERRAFORM_UNAUTHORIZED, TERRAFORM_ANSWER, those of the HTTP client.
   */
  readonly one: (path: string, query?: Query) => Promise<JsonObject | undefined>;
  /** The pages of a list, 100 a page; none where there is no such list. Errors: also TERRAFORM_NEXT_PAGE. */
  readonly pages: (path: string, query?: Query) => AsyncGenerator<Page>;
  /** All of a list; undefined where there is no such list, or the token may not see it. */
  readonly all: (path: string, query?: Query) => Promise<Page | undefined>;
}

export function terraformClient(
  { url, token, timeout }: Pick<HcpTerraformConfig, 'url' | 'token' | 'timeout'>,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 8 }: ClientOptions = {},
): TerraformClient {
  const baseUrl = `${url.replace(/\/+$/, '')}/api/v2`;
  const http = createHttpClient({
    baseUrl,
    headers: { authorization: `Bearer ${token ?? ''}`, accept: 'application/vnd.api+json' },
    timeoutMs: timeout * 1000,
    concurrency: 1,
    retries,
    maxDelayMs: 120_000,
    retryAfter: terraformRetryAfter,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });

  const ask = async (request: HttpRequest): Promise<JsonObject | undefined> => {
    const response = await http.request(request).catch((error: unknown) => {
      if (!(error instanceof PlumblineError) || error.code !== 'HTTP_STATUS') throw error;
      if (error.details.status === 404) return undefined;
      if (error.details.status !== 401) throw error;
      throw new PlumblineError(
        'TERRAFORM_UNAUTHORIZED',
        { url: String(error.details.url), said: String(error.details.said) },
        error,
      );
    });
    if (response === undefined) return undefined;
    const answer = response.json();
    if (!isObject(answer) || !('data' in answer))
      throw new PlumblineError('TERRAFORM_ANSWER', { url: redactUrl(response.url), reason: 'it has no data' });
    return answer;
  };

  const pages = async function* (path: string, query: Query = {}): AsyncGenerator<Page> {
    const seen = new Set<string>();
    let request: HttpRequest = { url: path, query: { 'page[number]': 1, 'page[size]': 100, ...query } };
    for (;;) {
      const answer = await ask(request);
      if (answer === undefined && seen.size === 0) return;
      // What has begun and has no end is not all of it.
      if (answer === undefined)
        throw new PlumblineError('TERRAFORM_ANSWER', {
          url: redactUrl(new URL(`${baseUrl}/${path}`)),
          reason: 'a page of its list is gone',
        });
      yield { data: listOf(answer.data).filter(isObject), included: listOf(answer.included).filter(isObject) };
      const next = nextOf(answer, { path, query });
      if (next === undefined) return;
      const key = JSON.stringify(next);
      if (seen.has(key)) throw new PlumblineError('HTTP_PAGING_LOOP', { url: path });
      seen.add(key);
      request = next;
    }
  };

  /** By the link; some lists, such as an organization's runs, give the number alone. */
  const nextOf = (
    answer: JsonObject,
    { path, query }: { readonly path: string; readonly query: Query },
  ): HttpRequest | undefined => {
    const link = wordOf(objectOf(answer.links).next, 10_000);
    if (link !== undefined) {
      const target = new URL(link, baseUrl);
      // The token goes along: it must reach nobody else.
      if (target.origin !== new URL(baseUrl).origin)
        throw new PlumblineError('TERRAFORM_NEXT_PAGE', { path, next: redactUrl(target) });
      return { url: target.href };
    }
    const number = objectOf(objectOf(answer.meta).pagination)['next-page'];
    return typeof number === 'number' && Number.isSafeInteger(number)
      ? { url: path, query: { 'page[size]': 100, ...query, 'page[number]': number } }
      : undefined;
  };

  return {
    one: async (path, query = {}) => {
      const answer = await ask({ url: path, query });
      return answer === undefined || !isObject(answer.data) ? undefined : answer.data;
    },
    pages,
    all: async (path, query) => {
      let whole: { data: JsonObject[]; included: JsonObject[] } | undefined;
      for await (const { data, included } of pages(path, query)) {
        whole ??= { data: [], included: [] };
        whole.data.push(...data);
        whole.included.push(...included);
      }
      return whole;
    },
  };
}

/** What one run or one organization may have and another has not: the others are read all the same. */
export function isOwnFault(error: unknown): error is Error {
  if (!(error instanceof PlumblineError)) return false;
  if (error.code === 'HTTP_STATUS') return error.details.status !== 429;
  return ['HTTP_NOT_JSON', 'HTTP_TOO_LARGE', 'TERRAFORM_ANSWER', 'TERRAFORM_NOT_FOUND'].includes(error.code);
}

/** `x-ratelimit-reset` is in seconds from now, with a fraction; it counts on a 429 alone. */
export function terraformRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (response.status !== 429 || asked !== undefined) return asked;
  const reset = Number(response.header('x-ratelimit-reset') ?? '');
  if (!(reset > 0)) return undefined;
  // Some proxies before Terraform Enterprise write the time itself.
  return reset > 1e9 ? Math.max(0, reset * 1000 - now) : reset * 1000;
}
