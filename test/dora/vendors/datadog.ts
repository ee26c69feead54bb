/**
 * Datadog's API on a local port: two keys, incidents listed and searched by page[size] and page[offset], DORA deployments
 * and failures by windows with a limit and no cursor, rate limits with their headers, faults on request. The bodies are of
 * our own making, in the shape of its API reference and of what its own clients have recorded.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface FakeIncident {
  readonly id: string;
  readonly created: string;
  readonly modified?: string;
  readonly resolved?: string;
  readonly state?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly fields?: Readonly<Record<string, unknown>>;
}

export interface FakeEvent {
  readonly id: string;
  readonly started: string;
  readonly finished?: string;
  readonly attributes?: Readonly<Record<string, unknown>>;
}

export interface DatadogWorld {
  incidents?: readonly FakeIncident[];
  deployments?: readonly FakeEvent[];
  failures?: readonly FakeEvent[];
  /** What a list of DORA events has at most, whatever is asked for. */
  most?: number;
  /** How times of DORA events are written. */
  times?: 'iso' | 'nanoseconds';
  fault?: ((asked: DatadogAsked, response: ServerResponse) => boolean) | undefined;
}

export interface DatadogAsked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export const apiKey = 'dd-api-key-of-a-test-0123456789';
export const applicationKey = 'dd-application-key-of-a-test-9876543210';

export async function startDatadog(t: Ending, world: DatadogWorld) {
  const asked: DatadogAsked[] = [];
  const { url } = await startLocalServer(t, (request, response, bytes) => {
    const at = new URL(request.url ?? '/', 'http://api');
    const body = bytes.length > 0 ? (JSON.parse(bytes.toString()) as DoraBody) : undefined;
    const one: DatadogAsked = {
      ...{ method: request.method ?? '', path: at.pathname, query: at.searchParams },
      attributes: body?.data?.attributes ?? {},
    };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    if (request.headers['dd-api-key'] !== apiKey) return send(response, 401, { errors: ['Unauthorized'] });
    if (request.headers['dd-application-key'] !== applicationKey) return send(response, 403, { errors: ['Forbidden'] });
    const [, kind, id] = /^\/api\/v2\/(incidents|dora\/deployments|dora\/failures)(?:\/(.+))?$/.exec(at.pathname) ?? [];
    if (kind === 'incidents') return incidents(world, id, one, response);
    if (kind === undefined) return send(response, 404, { errors: ['Not found'] });
    events(world, kind === 'dora/failures' ? 'failures' : 'deployments', { id, type: body?.data?.type, one }, response);
  });
  return { url, asked, world };
}

interface DoraBody {
  readonly data?: { readonly type?: string; readonly attributes?: Readonly<Record<string, unknown>> };
}

const incidentJson = ({ id, created, modified, resolved, state, attributes, fields = {} }: FakeIncident) => ({
  ...{ type: 'incidents', id },
  attributes: {
    ...{ public_id: 62105, title: `Fault ${id}`, resolved: resolved ?? null, customer_impact_start: null },
    ...{
      customer_impacted: false,
      created,
      modified: modified ?? resolved ?? created,
      detected: created,
      is_test: false,
    },
    ...{ severity: 'SEV-2', state: state ?? (resolved ? 'resolved' : 'active') },
    fields: {
      state: { type: 'dropdown', value: state ?? (resolved ? 'resolved' : 'active') },
      ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, { type: 'autocomplete', value }])),
    },
    ...attributes,
  },
});

function incidents(
  world: DatadogWorld,
  id: string | undefined,
  { query }: DatadogAsked,
  response: ServerResponse,
): void {
  const all = (world.incidents ?? []).map(incidentJson);
  if (id !== undefined && id !== 'search') {
    const found = all.find(one => one.id === id);
    send(response, found ? 200 : 404, found ? { data: found } : { errors: ['Not found'] });
    return;
  }
  const size = Number(query.get('page[size]') ?? 10);
  const offset = Number(query.get('page[offset]') ?? 0);
  if (size > 100) {
    send(response, 400, { errors: ['page[size] must be 100 at most'] });
    return;
  }
  const states = /state:\(([^)]+)\)/.exec(query.get('query') ?? '')?.[1]?.split(' OR ');
  const severity = /severity:(\S+)/.exec(query.get('query') ?? '')?.[1];
  const found = all.filter(
    ({ attributes }) =>
      (states === undefined || states.includes(String(attributes.state))) &&
      (severity === undefined || attributes.severity === severity),
  );
  if (id === 'search') found.sort((a, b) => Date.parse(b.attributes.created) - Date.parse(a.attributes.created));
  const page = found.slice(offset, offset + size);
  const more = offset + size < found.length ? { next_offset: offset + size } : {};
  const meta = { pagination: { size: page.length, offset, ...more } };
  if (id !== 'search') send(response, 200, { data: page, meta });
  else {
    const results = { total: found.length, facets: {}, incidents: page.map(data => ({ data })) };
    send(response, 200, { data: { type: 'incidents_search_results', attributes: results }, meta });
  }
}

function events(
  world: DatadogWorld,
  kind: 'deployments' | 'failures',
  { id, type, one }: { readonly id: string | undefined; readonly type: string | undefined; readonly one: DatadogAsked },
  response: ServerResponse,
): void {
  const timeOf = (iso: string | undefined) =>
    iso === undefined
      ? undefined
      : world.times === 'nanoseconds'
        ? Date.parse(iso) * 1_000_000
        : iso.replace('.000Z', 'Z');
  const json = ({ id: own, started, finished, attributes }: FakeEvent) => ({
    ...{ id: own, type: `dora_${kind.slice(0, -1)}` },
    attributes: { started_at: timeOf(started), finished_at: timeOf(finished), env: 'production', ...attributes },
  });
  const all = world[kind] ?? [];
  if (id !== undefined) {
    const found = all.find(event => event.id === id);
    send(response, found ? 200 : 404, found ? { data: json(found) } : { errors: ['Not found'] });
    return;
  }
  if (one.method !== 'POST') {
    send(response, 404, { errors: ['Not found'] });
    return;
  }
  const { from, to, limit = 10 } = one.attributes;
  if (type !== `dora_${kind}_list_request`) {
    const detail = `got type "${type ?? ''}" expected one of "dora_${kind}_list_request"`;
    send(response, 400, { errors: [{ status: '400', title: 'Bad Request', detail }] });
    return;
  }
  const [since, until] = [Date.parse(String(from)), Date.parse(String(to))];
  const found = all
    .filter(({ started }) => Date.parse(started) >= since && Date.parse(started) <= until)
    .sort((a, b) => Date.parse(b.started) - Date.parse(a.started));
  send(response, 200, { data: found.slice(0, Math.min(Number(limit), world.most ?? 1000)).map(json) });
}

/** Answers with JSON; true, so that a fault can say that it has answered. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  const limits = { 'x-ratelimit-limit': '600', 'x-ratelimit-period': '60', 'x-ratelimit-remaining': '500' };
  response
    .writeHead(status, { 'content-type': 'application/json', ...limits, 'x-ratelimit-reset': '13', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}
