/**
 * SurveyMonkey's API v3 on a local port: bearer token, pages by number whose links name another host and forget the filter
 * (as recorded answers have them), limits a minute and a day with their headers, errors in its own shape, faults on request.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const token = 'smk-0123456789-of-a-test';

export interface MonkeyResponse {
  readonly id: string;
  readonly date_created: string;
  date_modified: string;
  response_status: string;
  readonly [key: string]: unknown;
}

export interface MonkeyWorld {
  details: unknown;
  responses: MonkeyResponse[];
  /** Requests that may still be made today. */
  dayLeft?: number;
  fault?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined;
  /** After a page was sent. */
  onPage?: ((page: number) => void) | undefined;
}

export const errorBody = (id: string, status: number, name: string, message: string) => ({
  error: {
    docs: 'https://developer.surveymonkey.com/api/v3/#error-codes',
    message,
    id,
    name,
    http_status_code: status,
  },
});

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
  return true;
}

/** `question_ids`: answers to others are left out. */
function filtered(one: MonkeyResponse, wanted: readonly string[] | undefined): MonkeyResponse {
  if (wanted === undefined || !Array.isArray(one.pages)) return one;
  const pages = one.pages as readonly { readonly questions?: readonly { readonly id: string }[] }[];
  return {
    ...one,
    pages: pages.map(page => ({ ...page, questions: page.questions?.filter(({ id }) => wanted.includes(id)) })),
  };
}

export async function startSurveyMonkey(t: Ending, survey: string, world: MonkeyWorld) {
  const asked: string[] = [];
  const server = await startLocalServer(t, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(decodeURIComponent(`${url.pathname}${url.search}`));
    if (request.headers.authorization !== `Bearer ${token}`)
      return void send(
        response,
        401,
        errorBody('1011', 401, 'Authorization Error', 'The authorization token provided was invalid.'),
      );
    if (world.fault?.(request, response)) return;
    const limits: Record<string, string> = { 'x-ratelimit-app-global-day-limit': '500' };
    if (world.dayLeft !== undefined) {
      const isSpent = world.dayLeft <= 0;
      world.dayLeft = Math.max(0, world.dayLeft - 1);
      limits['x-ratelimit-app-global-day-remaining'] = String(world.dayLeft);
      limits['x-ratelimit-app-global-day-reset'] = '5400';
      if (isSpent)
        return void send(
          response,
          429,
          errorBody('1040', 429, 'Rate limit reached', 'Too many requests were made.'),
          limits,
        );
    }
    if (url.pathname === `/v3/surveys/${survey}/details`) return void send(response, 200, world.details, limits);
    if (url.pathname !== `/v3/surveys/${survey}/responses/bulk`)
      return void send(
        response,
        404,
        errorBody('1020', 404, 'Resource Not Found', 'There was an error retrieving the requested resource.'),
      );
    const page = Number(url.searchParams.get('page') ?? 1);
    const perPage = Number(url.searchParams.get('per_page') ?? 50);
    if (perPage > 100)
      return void send(response, 400, errorBody('1003', 400, 'Bad Request', 'Invalid URL parameters.'));
    const since = url.searchParams.get('start_modified_at');
    const found = world.responses
      .filter(one => since === null || Date.parse(one.date_modified) > Date.parse(since))
      .sort((a, b) => Date.parse(a.date_modified) - Date.parse(b.date_modified));
    const link = (number: number) =>
      `https://api.surveymonkey.net/v3/surveys/${survey}/responses/bulk?page=${number}&per_page=${perPage}`;
    const pages = Math.ceil(found.length / perPage);
    const links = {
      self: link(page),
      ...(page > 1 ? { prev: link(page - 1), first: link(1) } : {}),
      ...(page < pages ? { next: link(page + 1), last: link(pages) } : {}),
    };
    const wanted = url.searchParams.get('question_ids')?.split(',');
    const data = found.slice((page - 1) * perPage, page * perPage).map(one => filtered(one, wanted));
    send(response, 200, { per_page: perPage, total: found.length, data, page, links }, limits);
    world.onPage?.(page);
  });
  return { url: server.url, asked, world };
}
