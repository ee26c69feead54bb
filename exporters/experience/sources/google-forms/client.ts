/**
 * Asks the Google Forms API v1: a bearer token, pages of up to 5,000 responses by token, responses that were submitted at
 * or after an instant by `filter`. Source: developers.google.com/workspace/forms/api/reference/rest.
 */
import { z } from 'zod';
import type { Sleep } from '../../../core/backoff.ts';
import type { HttpResponse } from '../../../core/http-answer.ts';
import { createHttpClient, type HttpRequest } from '../../../core/http-client.ts';
import { redactUrl } from '../../../core/secrets.ts';
import type { SourceContext } from '../../../core/source.ts';
import { PlumblineError } from '../../errors.ts';
import { answered } from '../../surveys/api-answer.ts';
import type { GoogleFormsConfig } from './config.ts';
import type { GoogleTokens } from './token.ts';

export interface ClientOptions {
  readonly sleep?: Sleep;
  readonly retries?: number;
}

export interface ResponsePage {
  /** As they came. */
  readonly responses: readonly unknown[];
  readonly next: string | undefined;
}

export interface GoogleFormsClient {
  /** Errors: SURVEY_REFUSED, SURVEY_NOT_FOUND, SURVEY_ANSWER, and those of the HTTP client and of the token. */
  readonly form: () => Promise<unknown>;
  /** `since` is RFC 3339 in UTC with a Z. The pages of one reading share it. */
  readonly page: (pageToken: string | undefined, since: string | undefined) => Promise<ResponsePage>;
}

export const pageSize = 5000;
const tool = 'Google Forms';

const pageSchema = z.object({ responses: z.array(z.unknown()).nullish(), nextPageToken: z.string().nullish() });
const errorSchema = z.object({ error: z.object({ status: z.string().nullish(), message: z.string().nullish() }) });

export function googleFormsClient(
  config: GoogleFormsConfig,
  context: Pick<SourceContext, 'log' | 'signal' | 'now'>,
  tokens: GoogleTokens,
  { sleep, retries = 6 }: ClientOptions = {},
): GoogleFormsClient {
  const form = config.form ?? '';
  const http = createHttpClient({
    baseUrl: config.api,
    timeoutMs: config.timeout * 1000,
    concurrency: 1,
    // Reads of responses are counted by the minute: the waits together are longer.
    retries,
    maxDelayMs: 120_000,
    log: context.log,
    signal: context.signal,
    ...(sleep ? { sleep } : {}),
  });
  const send = async (url: string, query: HttpRequest['query']) =>
    http.request({
      ...{ url, query: query ?? {}, anyStatus: true },
      headers: { authorization: `Bearer ${await tokens.token(context)}`, accept: 'application/json' },
    });
  const ask = async (path: string, what: string, query: HttpRequest['query'] = {}): Promise<HttpResponse> => {
    let response = await send(path, query);
    // A token may have been revoked before its time.
    if (response.status === 401 && tokens.forget()) response = await send(path, query);
    if (response.status >= 300) throw refusal(response, what);
    return response;
  };
  return {
    form: async () => {
      const what = `form ${form}`;
      return answered(await ask(`v1/forms/${form}`, what), z.unknown(), { tool, what });
    },
    page: async (pageToken, since) => {
      const what = `responses to form ${form}`;
      const response = await ask(`v1/forms/${form}/responses`, what, {
        ...{ pageSize, pageToken },
        filter: since === undefined ? undefined : `timestamp >= ${since}`,
      });
      const said = answered(response, pageSchema, { tool, what });
      return { responses: said.responses ?? [], next: said.nextPageToken || undefined };
    },
  };
}

function refusal(response: HttpResponse, what: string): Error {
  const { status } = response;
  const url = redactUrl(response.url).replace(/\?.*$/, '');
  const said = saidBy(response);
  if (status === 401 || status === 403) return new PlumblineError('SURVEY_REFUSED', { tool, what, url, status, said });
  if (status === 404) return new PlumblineError('SURVEY_NOT_FOUND', { tool, what, url, said });
  return new PlumblineError('HTTP_STATUS', { method: 'GET', url, status, said });
}

/** `PERMISSION_DENIED: The caller does not have permission`; of any other body nothing. */
function saidBy(response: HttpResponse): string {
  try {
    const { error } = errorSchema.parse(JSON.parse(response.text()));
    return [error.status, error.message].filter(Boolean).join(': ').slice(0, 300) || 'nothing';
  } catch {
    return `${response.body.length} bytes that are no error of ${tool}`;
  }
}
