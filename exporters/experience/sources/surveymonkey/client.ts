/**
 * Asks SurveyMonkey's API v3: a bearer token, 120 requests a minute and 500 a day unless the app has more, both counted in
 * headers of every answer, pages of 100 responses at most. A page's `links.next` loses the filter that was asked with and
 * names another host, so that pages are asked for by number. Source: api.surveymonkey.com/v3/docs, "Headers", "Pagination",
 * "Error Codes"; recorded answers of the corpus.
 */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { retryAfterMs, type Sleep } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../../core/http-client.ts';
import { takeTurn } from '../../../core/pace.ts';
import { redactUrl } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { answered } from '../../surveys/api-answer.ts';
import { apiUrl, type SurveyMonkeyConfig } from './config.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface BulkPage {
  readonly total: number;
  readonly hasNext: boolean;
  /** As they came. */
  readonly responses: readonly unknown[];
}

export interface BulkFilter {
  readonly startModifiedAt?: string | undefined;
  /** Answers to other questions are not sent; all unless given. */
  readonly questions?: readonly string[] | undefined;
}

export interface SurveyMonkeyClient {
  /** Errors: SURVEY_REFUSED, SURVEY_NOT_FOUND, SURVEY_LIMIT, SURVEY_ANSWER, and those of the HTTP client. */
  readonly details: () => Promise<unknown>;
  /** Responses by when they last changed, the oldest first; `page` from 1. */
  readonly page: (page: number, filter: BulkFilter) => Promise<BulkPage>;
  /** Requests left today as the last answer had it. */
  readonly left: () => number | undefined;
}

export const pageSize = 100;
const tool = 'SurveyMonkey';
/** Below 120, which retries count into as well. */
const mostAMinute = 100;
const minuteMs = 60_000;

const pageSchema = z.object({
  total: z.number(),
  page: z.number(),
  data: z.array(z.unknown()),
  links: z.object({ next: z.string().nullish() }).nullish(),
});
const errorSchema = z.object({
  error: z.object({ id: z.union([z.string(), z.number()]), name: z.string().nullish(), message: z.string().nullish() }),
});

export function surveyMonkeyClient(
  config: SurveyMonkeyConfig,
  context: Pick<SourceContext, 'log' | 'signal'>,
  { sleep, retries = 6 }: ClientOptions = {},
): SurveyMonkeyClient {
  const { token = '', id } = config;
  const url = apiUrl(config);
  const http = createHttpClient({
    baseUrl: url,
    headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
    timeoutMs: config.timeout * 1000,
    concurrency: 1,
    retries,
    maxDelayMs: 2 * minuteMs,
    retryAfter: resetOf,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  const key = `surveymonkey ${createHash('sha256').update(`${url}\n${token}`).digest('hex')}`;
  let left: number | undefined;
  const ask = async (path: string, what: string, query: HttpRequest['query'] = {}): Promise<HttpResponse> => {
    await takeTurn({
      ...{ key, most: mostAMinute, windowMs: minuteMs, signal: context.signal },
      ...(sleep ? { sleep } : {}),
    });
    const response = await http.request({ url: path, query, anyStatus: true });
    left = numberOf(response, 'x-ratelimit-app-global-day-remaining') ?? left;
    if (response.status >= 300) throw refusal(response, what);
    return response;
  };
  return {
    left: () => left,
    details: async () => {
      const what = `survey ${id}`;
      return answered(await ask(`v3/surveys/${id}/details`, what), z.unknown(), { tool, what });
    },
    page: async (page, { startModifiedAt, questions }) => {
      const what = `responses to survey ${id}, page ${page}`;
      const query = { per_page: pageSize, page, sort_by: 'date_modified', sort_order: 'ASC' };
      const response = await ask(`v3/surveys/${id}/responses/bulk`, what, {
        ...query,
        start_modified_at: startModifiedAt,
        question_ids: questions?.join(','),
      });
      const said = answered(response, pageSchema, { tool, what });
      if (said.page !== page)
        throw new PlumblineError('SURVEY_ANSWER', { tool, what, reason: `got page ${said.page} for page ${page}` });
      // A page with nothing on it is the last, whatever it says of a next one.
      const hasNext = said.links?.next != null && said.data.length > 0;
      return { total: said.total, hasNext, responses: said.data };
    },
  };
}

const numberOf = (response: HttpResponse, header: string): number | undefined => {
  const value = Number(response.header(header) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
};

/** Of a 429, how long until what is spent comes back: the day's requests, else the minute's. */
function resetOf(response: HttpResponse, now: number): number | undefined {
  const asked = retryAfterMs(response.header('retry-after'), now);
  if (response.status !== 429) return asked;
  const span = numberOf(response, 'x-ratelimit-app-global-day-remaining') === 0 ? 'day' : 'minute';
  const reset = numberOf(response, `x-ratelimit-app-global-${span}-reset`);
  return reset === undefined ? asked : Math.max(reset * 1000, asked ?? 0);
}

function refusal(response: HttpResponse, what: string): Error {
  const { status } = response;
  const url = redactUrl(response.url);
  const said = saidBy(response);
  if (status === 401 || status === 403) return new PlumblineError('SURVEY_REFUSED', { tool, what, url, status, said });
  if (status === 404) return new PlumblineError('SURVEY_NOT_FOUND', { tool, what, url, said });
  const waitMs = status === 429 ? resetOf(response, Date.now()) : undefined;
  if (waitMs !== undefined && numberOf(response, 'x-ratelimit-app-global-day-remaining') === 0) {
    const seconds = Math.ceil(waitMs / 1000);
    return new PlumblineError('SURVEY_LIMIT', { tool, seconds, status, retryAfter: String(seconds) });
  }
  const retryAfter = waitMs === undefined ? {} : { retryAfter: String(Math.ceil(waitMs / 1000)) };
  return new PlumblineError('HTTP_STATUS', { method: 'GET', url, status, said, ...retryAfter });
}

/** `1011 Authorization Error: The authorization token provided was invalid.`; of any other body nothing. */
function saidBy(response: HttpResponse): string {
  try {
    const { error } = errorSchema.parse(JSON.parse(response.text()));
    return [`${error.id}${error.name ? ` ${error.name}` : ''}`, ...(error.message ? [error.message] : [])]
      .join(': ')
      .slice(0, 300);
  } catch {
    return `${response.body.length} bytes that are no error of ${tool}`;
  }
}
