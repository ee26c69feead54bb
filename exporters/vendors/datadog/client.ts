/**
 * Asks Datadog's API: an API key and an application key, waits until the limit of the endpoint is counted anew. Source:
 * "Authentication" and "Rate Limits" of Datadog's API reference.
 */
import { retryAfterMs, type Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import type { SourceContext } from '../../core/source.ts';
import { type DatadogConnection, datadogApi } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface DatadogOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface DatadogRequest {
  /** Under the API's address, such as `api/v2/incidents`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON by POST. */
  readonly body?: unknown;
}

export interface DatadogClient {
  /** The answer's JSON; undefined for 404. Errors: DATADOG_REFUSED (401, 403), and those of the HTTP client. */
  readonly ask: (request: DatadogRequest) => Promise<unknown>;
}

export function datadogClient(
  connection: DatadogConnection,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 6 }: DatadogOptions = {},
): DatadogClient {
  const http = createHttpClient({
    baseUrl: datadogApi(connection),
    headers: {
      accept: 'application/json',
      'dd-api-key': connection.api_key ?? '',
      'dd-application-key': connection.application_key ?? '',
    },
    timeoutMs: connection.timeout * 1000,
    concurrency: 2,
    retries,
    // A limit may be counted by the hour.
    maxDelayMs: 10 * 60_000,
    retryAfter: datadogRetryAfter,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  return {
    ask: async ({ path, query, body }) => {
      const method = body === undefined ? 'GET' : 'POST';
      const response = await http.request({
        ...{ url: path, method, anyStatus: true },
        ...(query ? { query } : {}),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      if (response.status < 300) return response.json();
      if (response.status === 404) return undefined;
      const details = { url: redactUrl(response.url), status: response.status, said: saidIn(response) };
      if (response.status === 401 || response.status === 403) throw new PlumblineError('DATADOG_REFUSED', details);
      throw new PlumblineError('HTTP_STATUS', { ...details, method });
    },
  };
}

/** X-RateLimit-Reset: seconds until the limit is counted anew; X-RateLimit-Period: how long it is counted, in seconds. */
export function datadogRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (response.status !== 429) return asked;
  const reset = retryAfterMs(response.header('x-ratelimit-reset'), now);
  const period = retryAfterMs(response.header('x-ratelimit-period'), now);
  const waits = [asked, reset ?? period].filter(wait => wait !== undefined);
  return waits.length > 0 ? Math.max(...waits) : undefined;
}

/** `errors` of Datadog's error bodies: texts, or objects of JSON:API; or the beginning of whatever came instead. */
function saidIn(response: HttpResponse): string {
  try {
    const { errors = [] } = JSON.parse(response.text()) as { readonly errors?: readonly unknown[] };
    const parts = errors.map(error => {
      if (typeof error === 'string') return error;
      const { title, detail } = (error ?? {}) as { readonly title?: unknown; readonly detail?: unknown };
      return [title, detail].filter(part => typeof part === 'string').join(': ');
    });
    if (parts.join('') !== '') return parts.join(' ').slice(0, 500);
  } catch {
    // Not JSON: a proxy speaks.
  }
  return response.text().replace(/\s+/g, ' ').trim().slice(0, 300) || 'nothing';
}
