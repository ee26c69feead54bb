/**
 * Asks LinearB's public API: `x-api-key`, 60 requests a minute to each endpoint, 204 where there is no data. Source:
 * docs.linearb.io/api-overview and /api-measurements-v2.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Sleep } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../../core/http-client.ts';
import { takeTurn } from '../../../core/pace.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import type { Period } from '../../external.ts';
import type { LinearBConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export type GroupBy = 'organization' | 'team' | 'repository';

export interface MeasurementsQuery {
  readonly groupBy: GroupBy;
  readonly repositories?: readonly number[];
  readonly periods: readonly Period[];
}

/** A time range of an answer with a row for each member of the group that has data. */
export interface Window {
  readonly after: string;
  readonly before: string;
  readonly metrics: readonly unknown[];
}

export interface LinearBClient {
  /** Errors: LINEARB_REFUSED (401, 403), LINEARB_ANSWER, and those of the HTTP client. */
  readonly measurements: (query: MeasurementsQuery) => Promise<readonly Window[]>;
  /** Names of teams by id. */
  readonly teams: () => Promise<ReadonlyMap<number, string>>;
}

const minuteMs = 60_000;
/** Below the vendor's 60, which retries count into as well. */
const mostAMinute = 50;
const rowsAPage = 100;
const teamsAPage = 50;

/** What is asked for; an aggregation where the metric has one. Times are minutes. */
export const requestedMetrics = [
  { name: 'branch.computed.cycle_time', agg: 'p50' },
  { name: 'branch.computed.cycle_time', agg: 'p75' },
  { name: 'branch.computed.cycle_time', agg: 'avg' },
  { name: 'releases.count' },
  { name: 'pm.mttr' },
  { name: 'pm.cfr.issues.done' },
] as const;

const windowsSchema = z.array(z.object({ after: z.string(), before: z.string(), metrics: z.array(z.unknown()) }));
const teamsSchema = z.object({
  total: z.number().nullish(),
  items: z.array(z.looseObject({ id: z.number(), name: z.string() })),
});

export function linearbClient(
  config: LinearBConfig,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 8 }: ClientOptions = {},
): LinearBClient {
  const http = createHttpClient({
    baseUrl: config.url,
    headers: { 'x-api-key': config.api_key ?? '', accept: 'application/json' },
    timeoutMs: config.timeout * 1000,
    concurrency: 1,
    // A 429 may come without Retry-After: eight waits together are longer than the minute that is counted in.
    retries,
    maxDelayMs: 2 * minuteMs,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  const account = createHash('sha256').update(`${config.url}\n${config.api_key}`).digest('hex');
  const ask = async (endpoint: string, request: HttpRequest): Promise<HttpResponse> => {
    await takeTurn({
      ...{ key: `linearb ${account} ${endpoint}`, most: mostAMinute, windowMs: minuteMs, signal: context.signal },
      ...(sleep ? { sleep } : {}),
    });
    return http.request(request).catch(refused);
  };

  const page = async (query: MeasurementsQuery, offset: number): Promise<readonly Window[]> => {
    const response = await ask('measurements', {
      url: 'api/v2/measurements',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        group_by: query.groupBy,
        roll_up: 'custom',
        requested_metrics: requestedMetrics,
        time_ranges: query.periods.map(({ start, end }) => ({ after: start, before: end })),
        ...(query.repositories === undefined ? {} : { repository_ids: query.repositories }),
        ...{ limit: rowsAPage, offset },
      }),
    });
    if (response.status === 204) return [];
    const said = windowsSchema.safeParse(response.json());
    if (!said.success) throw unexpected(`measurements by ${query.groupBy}`, said.error);
    return said.data;
  };

  return {
    measurements: async query => {
      const windows: Window[] = [];
      const seen = new Set<string>();
      for (let offset = 0; ; offset += rowsAPage) {
        const answered = await page(query, offset);
        const text = JSON.stringify(answered);
        // A server that knows no offset gives the same again, for ever.
        if (seen.has(text)) return windows;
        seen.add(text);
        windows.push(...answered);
        if (!answered.some(({ metrics }) => metrics.length >= rowsAPage)) return windows;
      }
    },
    teams: async () => {
      const known = new Map<number, string>();
      for (let offset = 0; ; offset += teamsAPage) {
        const response = await ask('teams', { url: 'api/v2/teams', query: { offset, page_size: teamsAPage } });
        const said = teamsSchema.safeParse(response.json());
        if (!said.success) throw unexpected('the list of teams', said.error);
        const before = known.size;
        for (const { id, name } of said.data.items) known.set(id, name);
        const isLast = said.data.total == null ? said.data.items.length < teamsAPage : known.size >= said.data.total;
        if (isLast || known.size === before) return known;
      }
    },
  };
}

const unexpected = (what: string, error: z.ZodError) =>
  new PlumblineError('LINEARB_ANSWER', { what, reason: z.prettifyError(error).replace(/\s+/g, ' ').slice(0, 300) });

function refused(error: unknown): never {
  if (error instanceof PlumblineError && error.code === 'HTTP_STATUS') {
    const { url, status, said } = error.details;
    if (status === 401 || status === 403)
      throw new PlumblineError('LINEARB_REFUSED', { url: String(url), status, said: String(said) }, error);
  }
  throw error;
}
