/**
 * Asks Jira's REST API: version 3 of Cloud, version 2 of Data Center, in the same words. Waits as long as a 429 or a 503
 * asks. Source: "Rate limiting" of the Jira Cloud platform's documentation.
 */
import { retryAfterMs, type Sleep } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';
import { createHttpClient } from '../../core/http-client.ts';
import { redactUrl } from '../../core/secrets.ts';
import type { SourceContext } from '../../core/source.ts';
import { isCloud, type JiraConnection, jiraHeaders } from './config.ts';
import { PlumblineError } from './errors.ts';

export interface JiraOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface JiraRequest {
  /** Under /rest/api/VERSION, or an absolute URL of the same account, such as api.atlassian.com's. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>;
  /** Sent as JSON by POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface JiraClient {
  readonly isCloud: boolean;
  /**
   * The answer's JSON; undefined for 404. Errors: JIRA_REFUSED (401, 403), JIRA_REMOVED (410), HTTP_STATUS with what
   * Jira says in `said`, and those of the HTTP client.
   */
  readonly ask: (request: JiraRequest) => Promise<unknown>;
}

export function jiraClient(
  connection: JiraConnection,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 6 }: JiraOptions = {},
): JiraClient {
  const cloud = isCloud(connection);
  const root = connection.url.replace(/\/+$/, '');
  const http = createHttpClient({
    timeoutMs: connection.timeout * 1000,
    concurrency: 1,
    retries,
    // A quota by the hour may ask for more than a minute.
    maxDelayMs: 10 * 60_000,
    retryAfter: jiraRetryAfter,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  return {
    isCloud: cloud,
    ask: async ({ path, query, body, headers }) => {
      const response = await http.request({
        url: /^https?:\/\//.test(path) ? path : `${root}/rest/api/${cloud ? 3 : 2}/${path}`,
        method: body === undefined ? 'GET' : 'POST',
        ...(query ? { query } : {}),
        headers: {
          ...jiraHeaders(connection),
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        anyStatus: true,
      });
      if (response.status < 300) return response.json();
      if (response.status === 404) return undefined;
      const details = { url: redactUrl(response.url), status: response.status, said: saidIn(response) };
      if (response.status === 401 || response.status === 403) throw new PlumblineError('JIRA_REFUSED', details);
      if (response.status === 410) throw new PlumblineError('JIRA_REMOVED', details);
      throw new PlumblineError('HTTP_STATUS', { ...details, method: body === undefined ? 'GET' : 'POST' });
    },
  };
}

/**
 * Milliseconds to wait: Retry-After in seconds, and `X-RateLimit-Reset`, a time, on an answer that refuses. Data Center
 * sends Retry-After too, as 0 where its bucket is filled again.
 */
export function jiraRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (response.status !== 429 && response.status !== 503) return asked;
  const reset = Date.parse(response.header('x-ratelimit-reset') ?? '');
  const until = Number.isNaN(reset) ? undefined : Math.max(0, reset - now);
  return asked === undefined && until === undefined ? undefined : Math.max(asked ?? 0, until ?? 0);
}

/** `errorMessages` and `errors` of Jira's error body, or the beginning of whatever came instead. */
export function saidIn(response: HttpResponse): string {
  try {
    const { errorMessages = [], errors = {}, message } = JSON.parse(response.text()) as ErrorBody;
    const parts = [...errorMessages, ...Object.values(errors), ...(message ? [message] : [])].map(String);
    if (parts.length > 0) return parts.join(' ').slice(0, 500);
  } catch {
    // Not JSON: a proxy or a log-in page speaks.
  }
  return response.text().replace(/\s+/g, ' ').trim().slice(0, 300) || 'nothing';
}

interface ErrorBody {
  readonly errorMessages?: readonly unknown[];
  readonly errors?: Readonly<Record<string, unknown>>;
  readonly message?: unknown;
}
