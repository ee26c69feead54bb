/**
 * CloudHealth's REST API on a local port: bearer keys, 30 requests a minute, the cost history cube with totals first,
 * perspectives in pages, errors as `{"error": …}`, and faults on request. The bodies are of our own making, in the shape
 * that the API guide documents.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, type Handler, startLocalServer } from '../../core/local-server.ts';

/** What one account spent on a service for a group on a day; hundredths of the currency. */
export interface Spent {
  readonly day: string;
  readonly account: string;
  readonly service: string;
  readonly group?: string;
  readonly cents: number;
}

export interface CloudHealthWorld {
  spent: readonly Spent[];
  /** UTC day. */
  today: string;
  /** Perspectives by id. */
  perspectives?: Readonly<Record<string, string>>;
  /** How many perspectives a page has, whatever is asked for. */
  pageSize?: number;
  /** The sign in the measure's label. */
  sign?: string;
  /** Answers before the API does; true where it has. */
  fault?: ((request: Asked, response: ServerResponse) => boolean) | undefined;
  /** Changes a report before it is sent. */
  distort?: ((report: Report, asked: Asked) => unknown) | undefined;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly interval: string | null;
}

export interface Report {
  dimensions: Record<string, { label: string; name: string }[]>[];
  measures: { name: string; label: string }[];
  interval: string;
  data: unknown;
  [name: string]: unknown;
}

const dayMs = 864e5;

/** From the first of August to the tenth of November: two accounts, three services; a group for most of it. */
export function spending(to = '2026-11-10'): Spent[] {
  const spent: Spent[] = [];
  for (let at = Date.parse('2026-08-01'); at <= Date.parse(to); at += dayMs) {
    const day = new Date(at).toISOString().slice(0, 10);
    const date = Number(day.slice(8));
    spent.push(
      { day, account: '111122223333', service: 'EC2 - Compute', group: 'Shop', cents: 1000 + date },
      { day, account: '444455556666', service: 'EC2 - Compute', group: 'Search', cents: 200 + 3 * date },
      { day, account: '444455556666', service: 'NAT Gateway', cents: 7 },
    );
    if (date === 1) spent.push({ day, account: '111122223333', service: 'Tax', cents: 333 });
  }
  return spent;
}

export const key = 'cht-5e5d1c9a-key-of-a-test';
const mostAMinute = 30;

export async function startCloudHealth(t: Ending, world: CloudHealthWorld) {
  const asked: Asked[] = [];
  let counted = 0;
  const handler: Handler = (request, response) => {
    const url = new URL(request.url ?? '/', 'http://api');
    const one: Asked = { path: url.pathname, query: url.searchParams, interval: url.searchParams.get('interval') };
    asked.push(one);
    counted += 1;
    if (world.fault?.(one, response)) return;
    if (request.headers.authorization !== `Bearer ${key}`)
      return send(response, 401, { error: 'Authentication failed' });
    if (counted > mostAMinute) return send(response, 429, { error: 'Rate limit exceeded' });
    answer(one, response);
  };
  const answer = (one: Asked, response: ServerResponse) => {
    if (one.path === '/v1/perspective_schemas') return send(response, 200, schemas(world, one));
    if (one.path !== '/olap_reports/cost/history') return send(response, 404, { error: 'Not found' });
    if (one.query.getAll('dimensions[]').length > 4)
      return send(response, 422, { error: 'A maximum of 4 dimensions is allowed' });
    const report = reportOf(world, one);
    const sent = world.distort?.(report, one) ?? report;
    return typeof sent === 'string' ? response.end(sent) : send(response, 200, sent);
  };
  const { url } = await startLocalServer(t, handler);
  return { url, asked, world };
}

/** Answers with JSON; true, so that a fault can say that it has answered. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  return true;
}

function schemas({ perspectives = {}, pageSize = 100 }: CloudHealthWorld, { query }: Asked) {
  const from = (Number(query.get('page') ?? 1) - 1) * pageSize;
  return Object.fromEntries(
    Object.entries(perspectives)
      .slice(from, from + pageSize)
      .map(([id, name]) => [id, { name, active: true }]),
  );
}

/** The last 31 days or 12 months up to today, each axis with its total first; null where nothing was spent. */
function reportOf(world: CloudHealthWorld, { query, interval }: Asked): Report {
  const dimensions = query.getAll('dimensions[]');
  const measures = query.getAll('measures[]');
  const timeOf = (day: string) => (interval === 'daily' ? day : day.slice(0, 7));
  const times = interval === 'daily' ? days(world.today, 31) : months(world.today, 12);
  const known = world.spent.filter(({ day }) => times.includes(timeOf(day)) && day <= world.today);
  const nameOf = (spent: Spent, dimension: string): string => {
    if (dimension === 'time') return timeOf(spent.day);
    if (dimension.endsWith('-Account')) return spent.account;
    return dimension.startsWith('Groupset-') ? (spent.group ?? 'Assets Not Allocated') : spent.service;
  };
  const axes = dimensions.map(dimension => {
    const names = dimension === 'time' ? times : [...new Set(known.map(spent => nameOf(spent, dimension)))].sort();
    return [{ label: 'Total', name: 'total' }, ...names.map(name => memberOf(dimension, name))];
  });
  const nest = (depth: number, left: readonly Spent[]): unknown => {
    if (left.length === 0 && query.get('collapse_null_arrays') === '1' && depth < dimensions.length) return null;
    const axis = axes[depth];
    if (axis === undefined)
      return measures.map(() =>
        left.length === 0 ? null : Number((left.reduce((sum, { cents }) => sum + cents, 0) / 100).toFixed(2)),
      );
    return axis.map(({ name }) =>
      nest(
        depth + 1,
        name === 'total' ? left : left.filter(spent => slug(nameOf(spent, dimensions[depth] ?? '')) === slug(name)),
      ),
    );
  };
  return {
    report: 'Cost History',
    dimensions: dimensions.map((dimension, index) => ({ [dimension]: axes[index] ?? [] })),
    measures: measures.map(name => ({ name, label: `Cost (${world.sign ?? '$'})` })),
    interval: String(interval),
    filters: query.getAll('filters[]'),
    bill_drop_info: [],
    updated_at: `${world.today}T03:08:40+00:00`,
    data: nest(0, known),
    status: 'ok',
  };
}

const slug = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, '_');

/** Accounts and times are named by what they are, all else by a word for programs. */
const memberOf = (dimension: string, name: string) =>
  dimension === 'time' || dimension.endsWith('-Account')
    ? { label: `of ${name}`, name }
    : { label: name, name: slug(name) };

const days = (today: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.parse(today) - (count - 1 - index) * dayMs).toISOString().slice(0, 10),
  );

const months = (today: string, count: number) =>
  Array.from({ length: count }, (_, index) =>
    new Date(Date.UTC(Number(today.slice(0, 4)), Number(today.slice(5, 7)) - count + index, 1))
      .toISOString()
      .slice(0, 7),
  );
