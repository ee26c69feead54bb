/**
 * Asks Linear's GraphQL API by its SDK: its client, with queries of our own, for the SDK's documents bring titles,
 * descriptions and people along. Waits for limits and tries again are ours: bounded, told, and ended by the signal.
 */
import type { LinearClient } from '@linear/sdk';
import { z } from 'zod';
import { jitteredBackoff, sleep as realSleep, type Sleep } from '../../../core/backoff.ts';
import { createHttpClient } from '../../../core/http-client.ts';
import { maskSecrets, redactUrl } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import type { LinearConfig } from './config.ts';
import { type AnswerHeaders, refusedFor, usedUp } from './limits.ts';

export interface LinearOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
  readonly now?: () => number;
}

export interface LinearApi {
  /**
   * The `data` of the answer. Errors: LINEAR_REFUSED, LINEAR_RATE_LIMITED, LINEAR_QUERY, LINEAR_FAILED; the abort reason
   * when the signal is aborted.
   */
  readonly query: (what: string, query: string, variables: Readonly<Record<string, unknown>>) => Promise<unknown>;
}

/** Waits for one query, so that a server that always refuses ends somewhere. */
const mostWaits = 5;

export function linearApi(
  config: LinearConfig,
  { log, signal }: Pick<SourceContext, 'log' | 'signal'>,
  { sleep = realSleep, retries = 4, now = Date.now }: LinearOptions = {},
): LinearApi {
  const { api_url: apiUrl, timeout, longest_wait: longest } = config;
  const url = redactUrl(apiUrl);
  let token: string | undefined;
  /** Asked for before the next query. */
  let pause: ReturnType<typeof usedUp>;

  const wait = async (asked: NonNullable<typeof pause>, waited: number) => {
    const { ms, limit } = asked;
    if (waited + ms > longest * 1000)
      throw new PlumblineError('LINEAR_RATE_LIMITED', { url, limit, seconds: Math.ceil(ms / 1000) });
    log.warn({ url, limit, waitMs: Math.round(ms) }, 'Linear asks to wait');
    await sleep(ms, signal);
  };

  const client = async (): Promise<LinearClient> => {
    // Large, and most have no Linear.
    const { LinearClient: Client } = await import('@linear/sdk');
    if (config.app) token ??= await tokenOf(config.app, apiUrl, { log, signal, sleep, retries });
    const accessToken = config.access_token ?? token;
    return new Client({
      ...(accessToken === undefined ? { apiKey: config.api_key ?? '' } : { accessToken }),
      ...{ apiUrl, redirect: 'error' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeout * 1000)]),
    });
  };

  return {
    query: async (what, query, variables) => {
      let isNewToken = false;
      for (let tried = 0, waits = 0, waited = 0; ; ) {
        signal.throwIfAborted();
        if (pause) {
          const asked = pause;
          pause = undefined;
          await wait(asked, waited);
          waited += asked.ms;
        }
        try {
          const sdk = await client();
          const answer = await sdk.client.rawRequest<unknown, Record<string, unknown>>(query, { ...variables });
          if (answer.headers) pause = usedUp(answer.headers, now());
          return answer.data;
        } catch (error) {
          signal.throwIfAborted();
          if (error instanceof PlumblineError) throw error;
          const failure = failureOf(error, timeout);
          if (failure.kind === 'limited') {
            const asked = refusedFor(failure.headers, now());
            if (waits === mostWaits)
              throw new PlumblineError('LINEAR_RATE_LIMITED', {
                url,
                limit: asked.limit,
                seconds: Math.ceil(asked.ms / 1000),
              });
            waits += 1;
            pause = asked;
          } else if (failure.kind === 'refused') {
            // A token of an application ends after some weeks.
            if (!config.app || isNewToken) throw new PlumblineError('LINEAR_REFUSED', { url, said: failure.said });
            token = undefined;
            isNewToken = true;
          } else if (failure.kind === 'query' || tried >= retries) {
            throw failure.kind === 'query'
              ? new PlumblineError('LINEAR_QUERY', { what, said: failure.said })
              : new PlumblineError('LINEAR_FAILED', { url, what, reason: failure.said });
          } else {
            const ms = jitteredBackoff(tried, 500, 60_000, Math.random);
            log.warn(
              { url, attempt: tried + 1, waitMs: Math.round(ms), reason: failure.said },
              'request is tried again',
            );
            tried += 1;
            await sleep(ms, signal);
          }
        }
      }
    },
  };
}

interface Failure {
  readonly kind: 'limited' | 'refused' | 'query' | 'failed';
  readonly said: string;
  readonly headers?: AnswerHeaders | undefined;
}

interface Thrown {
  readonly name?: string;
  readonly status?: number;
  readonly raw?: {
    readonly response?: {
      readonly status?: number;
      readonly headers?: AnswerHeaders;
      readonly errors?: readonly {
        readonly message?: string;
        readonly extensions?: { readonly type?: string; readonly code?: string };
      }[];
    };
  };
}

/** The SDK's own sentences hold the whole answer, and know the types in one spelling alone. */
function failureOf(error: unknown, timeout: number): Failure {
  const { name, raw, status: known } = (error ?? {}) as Thrown;
  const response = raw?.response;
  if (response === undefined) {
    const cause = (error as { readonly cause?: { readonly code?: unknown } } | null)?.cause?.code;
    if (name === 'TimeoutError') return { kind: 'failed', said: `no answer within ${timeout} s` };
    if (name === 'SyntaxError') return { kind: 'failed', said: 'its answer is no whole JSON document' };
    return { kind: 'failed', said: typeof cause === 'string' ? cause : 'the connection failed' };
  }
  const { errors = [], headers } = response;
  const status = known ?? response.status ?? 0;
  const words = errors.flatMap(({ extensions }) => [extensions?.type ?? [], extensions?.code ?? []].flat());
  const has = (...kinds: readonly string[]) =>
    words.some(word => kinds.includes(word.toLowerCase().replaceAll('_', ' ')));
  const text = errors.map(({ message = '' }) => message).join('; ');
  const said = maskSecrets(text.replace(/\s+/g, ' ').trim()).slice(0, 300) || `status ${status} without a reason`;
  if (status === 429 || has('ratelimited')) return { kind: 'limited', said, headers };
  if (status === 401 || status === 403 || has('authentication error', 'forbidden')) return { kind: 'refused', said };
  if (
    status >= 500 ||
    status === 408 ||
    has('internal error', 'network error', 'lock timeout', 'internal server error')
  )
    return { kind: 'failed', said };
  if (status === 200 && errors.length === 0) return { kind: 'failed', said: 'its answer is no whole JSON document' };
  return { kind: 'query', said };
}

const tokenSchema = z.looseObject({ access_token: z.string().min(1) });

/** By client credentials, at /oauth/token of the API's host. */
async function tokenOf(
  { client_id, client_secret = '' }: NonNullable<LinearConfig['app']>,
  apiUrl: string,
  {
    log,
    signal,
    sleep,
    retries,
  }: Pick<SourceContext, 'log' | 'signal'> & Required<Pick<LinearOptions, 'sleep' | 'retries'>>,
): Promise<string> {
  const http = createHttpClient({ log, signal, sleep, retries });
  const url = new URL('/oauth/token', apiUrl).href;
  const answer = await http.request({
    ...{ url, method: 'POST', anyStatus: true },
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
    },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'read' }).toString(),
  });
  const said = answer.status < 300 ? tokenSchema.safeParse(answer.json()) : undefined;
  if (said?.success) return said.data.access_token;
  throw new PlumblineError('LINEAR_REFUSED', {
    url: redactUrl(url),
    said: `status ${answer.status}, and no access token`,
  });
}
