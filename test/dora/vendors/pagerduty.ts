/**
 * PagerDuty's REST API on a local port: `Token token=`, pages of 100 up to 10,000 records, six months at most, sorting,
 * filters, rate limits with their headers, faults on request; and its v3 webhooks, signed. The bodies are of our own
 * making, in the shape that its OpenAPI document and its webhook pages have.
 */
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface FakeIncident {
  readonly id: string;
  readonly created: string;
  readonly changed?: string;
  readonly resolved?: string;
  readonly acknowledged?: boolean;
  readonly title?: string;
  readonly urgency?: 'high' | 'low';
  readonly priority?: string;
  readonly service?: readonly [id: string, name: string];
  readonly teams?: readonly string[];
  readonly mergedInto?: string;
  /** Put in its place, whatever it is. */
  readonly raw?: unknown;
}

export interface PagerDutyWorld {
  incidents: readonly FakeIncident[];
  /** False where it doesn't say how many there are in all. */
  counts?: boolean;
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

export const token = 'y_NbAkKc66ryYTWUXYEu';
export const secret = 'whsec-of-a-test-0123456789';

const dayMs = 86_400_000;

/** As GET /incidents has it. */
export function incidentJson(one: FakeIncident) {
  if (one.raw !== undefined) return one.raw;
  const [serviceId, serviceName] = one.service ?? ['PSHOP01', 'Shop'];
  const status = one.resolved ? 'resolved' : one.acknowledged ? 'acknowledged' : 'triggered';
  const changed = one.changed ?? one.resolved ?? one.created;
  const reference = (type: string, id: string, summary: string) => ({ id, type, summary, self: `https://api/${id}` });
  return {
    ...{ id: one.id, type: 'incident', summary: `[#1] ${one.title ?? one.id}`, title: one.title ?? `Fault ${one.id}` },
    ...{ html_url: `https://acme.pagerduty.com/incidents/${one.id}`, incident_number: 1, status },
    ...{ created_at: one.created, updated_at: changed, last_status_change_at: changed },
    resolved_at: one.resolved ?? null,
    service: reference('service_reference', serviceId, serviceName),
    teams: (one.teams ?? []).map((name, index) => reference('team_reference', `PTEAM${index}`, name)),
    priority: one.priority ? reference('priority_reference', 'PPRIO', one.priority) : null,
    urgency: one.urgency ?? 'high',
    incident_type: { name: 'incident_default' },
    resolve_reason: one.mergedInto
      ? { type: 'merge_resolve_reason', incident: reference('incident_reference', one.mergedInto, '[#1] target') }
      : null,
    assignments: [],
  };
}

export async function startPagerDuty(t: Ending, world: PagerDutyWorld) {
  const asked: Asked[] = [];
  const { url } = await startLocalServer(t, (request, response) => {
    const at = new URL(request.url ?? '/', 'http://api');
    const one: Asked = { path: at.pathname, query: at.searchParams, headers: request.headers };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    if (request.headers.authorization !== `Token token=${token}`)
      return send(response, 401, error('Authentication failed', 2006));
    if (request.headers.accept !== 'application/vnd.pagerduty+json;version=2')
      return send(response, 406, error('Not acceptable', 2001));
    const id = /^\/incidents\/([^/]+)$/.exec(at.pathname)?.[1];
    if (id !== undefined) {
      const found = world.incidents.find(incident => incident.id === id);
      return found
        ? send(response, 200, { incident: incidentJson(found) })
        : send(response, 404, error('Not Found', 2100));
    }
    if (at.pathname !== '/incidents') return send(response, 404, error('Not Found', 2100));
    list(world, at.searchParams, response);
  });
  return { url, asked, world };
}

function list({ incidents, counts = true }: PagerDutyWorld, query: URLSearchParams, response: ServerResponse) {
  const limit = Number(query.get('limit') ?? 25);
  const offset = Number(query.get('offset') ?? 0);
  if (limit > 100 || offset + limit > 10_000) return send(response, 400, error('Invalid Input Provided', 2001));
  const all = query.get('date_range') === 'all';
  const since = Date.parse(query.get('since') ?? '');
  const until = Date.parse(query.get('until') ?? '');
  if (!all && (Number.isNaN(since) || Number.isNaN(until) || until - since > 184 * dayMs))
    return send(response, 400, error('Invalid Query Date Range', 2005));
  const json = (one: FakeIncident) => incidentJson(one) as { status?: string; urgency?: string };
  const wanted = (name: string, value: string | undefined) =>
    !query.has(name) || value === undefined || query.getAll(name).includes(value);
  const found = incidents.filter(one => {
    const created = Date.parse(one.created);
    return (
      (all || (created >= since && created < until)) &&
      wanted('statuses[]', json(one).status) &&
      wanted('urgencies[]', json(one).urgency) &&
      wanted('service_ids[]', one.service?.[0] ?? 'PSHOP01')
    );
  });
  const [field, direction] = (query.get('sort_by') ?? 'created_at:asc').split(':');
  const timeOf = (one: FakeIncident) =>
    Date.parse((field === 'resolved_at' ? one.resolved : one.created) ?? one.created);
  found.sort((a, b) => (direction === 'desc' ? timeOf(b) - timeOf(a) : timeOf(a) - timeOf(b)));
  send(response, 200, {
    incidents: found.slice(offset, offset + limit).map(incidentJson),
    ...{ limit, offset, more: offset + limit < found.length },
    total: counts && query.get('total') === 'true' ? found.length : null,
  });
}

export const error = (message: string, code: number) => ({ error: { message, code, errors: [message] } });

/** Answers with JSON; true, so that a fault can say that it has answered. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  const limits = { 'ratelimit-limit': '960', 'ratelimit-remaining': '900', 'ratelimit-reset': '20' };
  response
    .writeHead(status, { 'content-type': 'application/json', ...limits, ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}

/** A v3 webhook as it is delivered: its body and headers. */
export function webhook(
  { id, type, at, data }: { readonly id: string; readonly type: string; readonly at: string; readonly data: unknown },
  secrets: readonly string[] = [secret],
) {
  const event = {
    ...{ id, event_type: type, resource_type: 'incident', occurred_at: at },
    agent: null,
    client: null,
    data,
  };
  const body = Buffer.from(JSON.stringify({ event }));
  const sign = (key: string) => `v1=${createHmac('sha256', key).update(body).digest('hex')}`;
  return { body, headers: { 'x-pagerduty-signature': secrets.map(sign).join(','), 'x-webhook-id': `delivery-${id}` } };
}

/** As a webhook has it: without updated_at, resolved_at and urgency's friends. */
export function eventData(one: FakeIncident) {
  const { updated_at, resolved_at, last_status_change_at, summary, incident_number, ...rest } = incidentJson(
    one,
  ) as Record<string, unknown>;
  return { ...rest, number: incident_number, assignees: [] };
}
