/**
 * Asks PagerDuty's REST API: `Token token=…`, one request at a time, 960 a minute, pages of 100 of which 10,000 records
 * can be had at most. Source: "REST API Rate Limits", "Pagination" and "Errors" of PagerDuty's developer documentation.
 */
import { z } from 'zod';
import type { Sleep } from '../../../core/backoff.ts';
import { retryAfterMs } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient } from '../../../core/http-client.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { apiUrl, type PagerDutyConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface ListQuery {
  readonly statuses?: readonly ('triggered' | 'acknowledged' | 'resolved')[];
  /** By when they were created; ISO 8601 in UTC, six months at most. All unless given. */
  readonly since?: string;
  readonly until?: string;
  readonly sort: 'created_at:asc' | 'resolved_at:desc';
  readonly offset: number;
  /** True to have the total counted, which takes PagerDuty longer. */
  readonly counted?: boolean;
}

export interface ListPage {
  readonly incidents: readonly unknown[];
  readonly more: boolean;
  readonly total: number | undefined;
}

export interface PagerDutyClient {
  /** Errors: PAGERDUTY_REFUSED (401, 402, 403), PAGERDUTY_ANSWER, and those of the HTTP client. */
  readonly list: (query: ListQuery) => Promise<ListPage>;
  /** One incident; undefined where there is none any more. */
  readonly incident: (id: string) => Promise<unknown>;
}

export const pageSize = 100;
/** offset + limit may not be more. */
export const mostRecords = 10_000;

const listSchema = z.looseObject({
  incidents: z.array(z.unknown()),
  more: z.boolean(),
  total: z.number().nullish(),
});
const oneSchema = z.looseObject({ incident: z.unknown() });

export function pagerDutyClient(
  config: PagerDutyConfig,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 8 }: ClientOptions = {},
): PagerDutyClient {
  const http = createHttpClient({
    baseUrl: apiUrl(config),
    headers: {
      authorization: `Token token=${config.api_token ?? ''}`,
      accept: 'application/vnd.pagerduty+json;version=2',
    },
    timeoutMs: config.timeout * 1000,
    concurrency: 1,
    // A 429 may come without its headers: eight waits together are longer than the minute that is counted in.
    retries,
    maxDelayMs: 120_000,
    retryAfter: pagerDutyRetryAfter,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  const filter: [string, string][] = [
    ...config.service_ids.map((id): [string, string] => ['service_ids[]', id]),
    ...config.team_ids.map((id): [string, string] => ['team_ids[]', id]),
    // An account without urgencies refuses to be asked for them.
    ...(config.urgencies.length > 1 ? [] : config.urgencies).map((urgency): [string, string] => [
      'urgencies[]',
      urgency,
    ]),
  ];
  return {
    list: async ({ statuses = [], since, until, sort, offset, counted = false }) => {
      const query = new URLSearchParams([
        ...filter,
        ...statuses.map((status): [string, string] => ['statuses[]', status]),
        // Without a time zone the account's own is meant, whatever the offset says.
        ...(since === undefined
          ? [['date_range', 'all']]
          : [
              ['since', since],
              ['until', until ?? ''],
              ['time_zone', 'UTC'],
            ]),
        ['sort_by', sort],
        ['limit', String(pageSize)],
        ['offset', String(offset)],
        ...(counted ? [['total', 'true']] : []),
      ] as [string, string][]);
      const response = await http.request({ url: `incidents?${query}` }).catch(refused);
      const said = listSchema.safeParse(response.json());
      if (!said.success) throw unexpected('the list of incidents', said.error);
      return { ...said.data, total: said.data.total ?? undefined };
    },
    incident: async id => {
      const response = await http.request({ url: `incidents/${encodeURIComponent(id)}`, anyStatus: true });
      if (response.status === 404) return undefined;
      if (response.status >= 300) return refused(statusError(response));
      const said = oneSchema.safeParse(response.json());
      if (!said.success) throw unexpected(`the incident ${id}`, said.error);
      return said.data.incident;
    },
  };
}

/** `ratelimit-reset` is in seconds, and on every answer; it counts on a 429 alone. */
export function pagerDutyRetryAfter(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (response.status !== 429) return asked;
  const reset = retryAfterMs(response.header('ratelimit-reset'), now);
  return asked === undefined && reset === undefined ? undefined : Math.max(asked ?? 0, reset ?? 0);
}

const unexpected = (what: string, error: z.ZodError) =>
  new PlumblineError('PAGERDUTY_ANSWER', { what, reason: z.prettifyError(error).replace(/\s+/g, ' ').slice(0, 300) });

const statusError = (response: HttpResponse) =>
  new PlumblineError('HTTP_STATUS', {
    method: 'GET',
    url: response.url,
    status: response.status,
    said: response.text().slice(0, 300),
  });

function refused(error: unknown): never {
  if (error instanceof PlumblineError && error.code === 'HTTP_STATUS') {
    const { url, status, said } = error.details;
    if (status === 401 || status === 402 || status === 403)
      throw new PlumblineError('PAGERDUTY_REFUSED', { url: String(url), status, said: String(said) }, error);
  }
  throw error;
}
