/**
 * LinearB's public API on a local port: `x-api-key`, 60 requests a minute to an endpoint, pages by limit and offset, 204
 * where there is no data, 403 for a wrong key, faults on request. The bodies are of our own making, in the shape that its
 * documentation and public clients of it have.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: MeasurementsBody | undefined;
}

interface MeasurementsBody {
  readonly group_by: string;
  readonly roll_up: string;
  readonly requested_metrics: readonly { readonly name: string; readonly agg?: string }[];
  readonly time_ranges: readonly { readonly after: string; readonly before: string }[];
  readonly repository_ids?: readonly number[];
  readonly limit: number;
  readonly offset: number;
}

/** A row of measurements without its id: cycle time and MTTR in minutes. */
export type Row = Readonly<Record<string, unknown>>;

export interface LinearBWorld {
  readonly teams?: readonly { readonly id: number; readonly name: string }[];
  /** Rows of a group in a period of days, up to a day. */
  rows: (groupBy: string, days: number, end: string) => readonly Row[];
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export const key = 'lb-key-of-a-test-0123456789';
const mostAMinute = 60;
const dayMs = 86_400_000;

export async function startLinearB(t: Ending, world: LinearBWorld) {
  const asked: Asked[] = [];
  const counted = new Map<string, number>();
  const { url } = await startLocalServer(t, (request, response, body) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    const text = body.toString();
    const one: Asked = {
      path: pathname,
      query: searchParams,
      body: text === '' ? undefined : (JSON.parse(text) as MeasurementsBody),
    };
    asked.push(one);
    counted.set(pathname, (counted.get(pathname) ?? 0) + 1);
    if (world.fault?.(one, response)) return;
    if (request.headers['x-api-key'] !== key) return void send(response, 403, { message: 'Forbidden' });
    if (counted.get(pathname)! > mostAMinute) return void send(response, 429, { message: 'Too Many Requests' });
    if (pathname === '/api/v2/teams') return void send(response, 200, teamsPage(world, searchParams));
    if (pathname !== '/api/v2/measurements' || request.method !== 'POST' || one.body === undefined)
      return void send(response, 404, { message: 'Not Found' });
    const windows = measure(world, one.body);
    if (windows.every(({ metrics }) => metrics.length === 0)) return void response.writeHead(204).end();
    send(response, 200, windows);
  });
  return { url, asked, world };
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

function teamsPage({ teams = [] }: LinearBWorld, query: URLSearchParams) {
  const offset = Number(query.get('offset') ?? 0);
  const size = Math.min(50, Number(query.get('page_size') ?? 50));
  return { total: teams.length, items: teams.slice(offset, offset + size) };
}

const measure = (world: LinearBWorld, body: MeasurementsBody) =>
  body.time_ranges.map(({ after, before }) => {
    const days = (Date.parse(before) - Date.parse(after)) / dayMs;
    const rows = world
      .rows(body.group_by, days, before)
      .filter(row => body.repository_ids === undefined || body.repository_ids.includes(Number(row.repository_id)))
      .slice(body.offset, body.offset + body.limit);
    return { after, before, metrics: rows };
  });
