/**
 * Asks Cortex's REST API: a bearer key, 1,000 requests a minute, pages of up to 1,000 numbered from 0, a 429 with
 * Retry-After. Source: docs.cortex.io/api and the OpenAPI document of cortexapps/cortex-mcp.
 */
import { createHash } from 'node:crypto';
import type { Logger } from 'pino';
import { z } from 'zod';
import type { Sleep } from '../../core/backoff.ts';
import { createHttpClient, type HttpRequest } from '../../core/http-client.ts';
import { takeTurn } from '../../core/pace.ts';
import type { CortexAccess } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface CortexOptions {
  readonly log?: Logger;
  readonly signal?: AbortSignal;
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface CortexPage<Item> {
  readonly items: readonly Item[];
  /** Of all pages. */
  readonly total: number;
  readonly totalPages: number;
}

export interface CortexClient {
  /** The answer's JSON. Errors: CORTEX_REFUSED (401, 403), and those of the HTTP client. */
  readonly get: (path: string, query?: HttpRequest['query']) => Promise<unknown>;
  readonly post: (path: string, body: unknown) => Promise<unknown>;
  /** One page of a list under `key`; undefined where what it is of is not there (404). Errors: CORTEX_ANSWER too. */
  readonly page: (
    path: string,
    key: string,
    page: number,
    query?: HttpRequest['query'],
  ) => Promise<CortexPage<unknown> | undefined>;
}

const minuteMs = 60_000;
/** Below the vendor's 1,000, which retries count into as well. */
const mostAMinute = 900;
export const pageSize = 1_000;

const pageSchema = z.looseObject({ total: z.number(), totalPages: z.number() });

export function cortexClient(access: CortexAccess, options: CortexOptions = {}): CortexClient {
  const { sleep, signal, retries = 6 } = options;
  const http = createHttpClient({
    ...options,
    baseUrl: access.url,
    headers: { authorization: `Bearer ${access.api_key ?? ''}`, accept: 'application/json' },
    timeoutMs: access.timeout * 1000,
    concurrency: 2,
    retries,
    maxDelayMs: 2 * minuteMs,
  });
  const account = createHash('sha256').update(`${access.url}\n${access.api_key}`).digest('hex');
  const ask = async (request: HttpRequest): Promise<unknown> => {
    await takeTurn({
      ...{ key: `cortex ${account}`, most: mostAMinute, windowMs: minuteMs },
      ...(signal ? { signal } : {}),
      ...(sleep ? { sleep } : {}),
    });
    return (await http.request(request).catch(refused)).json();
  };
  const get: CortexClient['get'] = (path, query = {}) => ask({ url: path, query });
  return {
    get,
    post: (path, body) =>
      ask({
        ...{ url: path, method: 'POST', body: JSON.stringify(body) },
        headers: { 'content-type': 'application/json' },
      }),
    page: async (path, key, page, query = {}) => {
      const answered = await get(path, { ...query, page, pageSize }).catch((error: unknown) => {
        if (error instanceof PlumblineError && error.code === 'HTTP_STATUS' && error.details.status === 404)
          return undefined;
        throw error;
      });
      if (answered === undefined) return undefined;
      const said = pageSchema.safeParse(answered);
      const items = said.success ? z.array(z.unknown()).safeParse(said.data[key]) : said;
      if (!said.success || !items.success) throw cortexAnswer(`page ${page} of ${path}`, (items.error ?? said.error)!);
      return { items: items.data, total: said.data.total, totalPages: said.data.totalPages };
    },
  };
}

/** CORTEX_ANSWER of what does not have the shape that it is documented to have. */
export const cortexAnswer = (what: string, error: z.ZodError) =>
  new PlumblineError('CORTEX_ANSWER', { what, reason: z.prettifyError(error).replace(/\s+/g, ' ').slice(0, 300) });

function refused(error: unknown): never {
  if (error instanceof PlumblineError && error.code === 'HTTP_STATUS') {
    const { url, status, said } = error.details;
    if (status === 401 || status === 403)
      throw new PlumblineError('CORTEX_REFUSED', { url: String(url), status, said: String(said) }, error);
  }
  throw error;
}
