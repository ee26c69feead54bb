/**
 * Jira on a local port, as Cloud or as Data Center: basic or bearer authentication, search/jql by tokens or search by
 * startAt, JQL times in the user's time zone, fields as they were asked for, changelogs, Service Management's services and
 * alerts, rate limits, faults on request. The bodies are of our own making, in the shape that Atlassian documents.
 */
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface FakeIssue {
  readonly id: string;
  readonly key: string;
  readonly project?: string;
  readonly created: string;
  readonly updated?: string;
  /** By its name: To Do, In Progress, Monitoring, Done, Closed. */
  readonly status?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly changes?: readonly (readonly [at: string, from: string, to: string])[];
  /** True while the search doesn't see it yet. */
  readonly isUnindexed?: boolean;
}

export interface FakeAlert {
  readonly id: string;
  readonly createdAt: string;
  readonly updatedAt?: string;
  readonly status: 'open' | 'closed';
  readonly message?: string;
  readonly priority?: string;
  readonly entity?: string;
}

export interface JiraWorld {
  issues: readonly FakeIssue[];
  alerts?: readonly FakeAlert[];
  mode?: 'cloud' | 'data_center';
  timeZone?: string;
  /** What a page has at most, whatever is asked for. */
  most?: number;
  fields?: readonly { readonly id: string; readonly name: string }[];
  /** Names of services by their ids. */
  services?: Readonly<Record<string, string>>;
  fault?: ((asked: JiraAsked, response: ServerResponse) => boolean) | undefined;
}

export interface JiraAsked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: { readonly jql?: string; readonly fields?: readonly string[]; readonly [name: string]: unknown };
  readonly headers: IncomingHttpHeaders;
}

export const email = 'bot@acme.example';
export const apiToken = 'ATATT-of-a-test-0123456789';
export const accessToken = 'NjA4-personal-access-token-of-a-test';
const cloudId = '35273b54-3f06-40d2-880f-dd28cf8daafa';

const statuses: Readonly<Record<string, readonly [id: string, category: string]>> = {
  'To Do': ['1', 'new'],
  'In Progress': ['3', 'indeterminate'],
  Monitoring: ['4', 'indeterminate'],
  Done: ['10001', 'done'],
  Closed: ['10002', 'done'],
};
const statusJson = (name: string) => ({
  ...{ id: statuses[name]?.[0] ?? '1', name },
  statusCategory: { id: 2, key: statuses[name]?.[1] ?? 'new', name: 'of a category' },
});

/** As Jira writes it: with an offset without a colon. */
export const jiraDate = (iso: string) => iso.replace(/(\.\d+)?Z$/, '.000+0000');

export async function startJira(t: Ending, world: JiraWorld) {
  const asked: JiraAsked[] = [];
  const version = () => (world.mode === 'data_center' ? 2 : 3);
  const { url } = await startLocalServer(t, (request, response, bytes) => {
    const at = new URL(request.url ?? '/', 'http://api');
    const one: JiraAsked = {
      ...{ method: request.method ?? '', path: at.pathname, query: at.searchParams, headers: request.headers },
      body: bytes.length > 0 ? (JSON.parse(bytes.toString()) as JiraAsked['body']) : {},
    };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    const { authorization } = request.headers;
    const basic = `Basic ${Buffer.from(`${email}:${apiToken}`).toString('base64')}`;
    if (at.pathname === '/_edge/tenant_info') return send(response, 200, { cloudId });
    if (authorization !== (world.mode === 'data_center' ? `Bearer ${accessToken}` : basic))
      return send(response, 401, { message: 'Client must be authenticated to access this resource.' });
    const [, api, path] = /^\/rest\/api\/(\d)\/(.*)$/.exec(at.pathname) ?? [];
    if (path !== undefined && Number(api) === version()) return rest(world, path, one, response);
    if (at.pathname === `/jsm/api/${cloudId}/v1/services/`) return services(world, one, response);
    if (at.pathname === `/jsm/ops/api/${cloudId}/v1/alerts`) return alerts(world, one, response);
    send(response, 404, { errorMessages: ['null for uri'] });
  });
  return { url, asked, world };
}

function rest(world: JiraWorld, path: string, asked: JiraAsked, response: ServerResponse): void {
  if (path === 'myself') return void send(response, 200, { accountId: '1', timeZone: world.timeZone ?? 'Etc/UTC' });
  if (path === 'field') return void send(response, 200, [...systemFields, ...(world.fields ?? [])]);
  if (path === 'status') return void send(response, 200, Object.keys(statuses).map(statusJson));
  if (path === 'search' && world.mode !== 'data_center')
    return void send(response, 410, {
      errorMessages: ['The requested API has been removed. Please migrate to the /rest/api/3/search/jql API.'],
    });
  if (path === 'search' || path === 'search/jql') {
    search(world, asked, response);
    return;
  }
  const [, key = '', more] = /^issue\/([^/]+)(\/changelog)?$/.exec(path) ?? [];
  const issue = world.issues.find(one => one.key === key || one.id === key || one.fields?.oldKey === key);
  if (issue === undefined) return void send(response, 404, { errorMessages: ['Issue does not exist'] });
  if (more !== undefined) {
    const startAt = Number(asked.query.get('startAt') ?? 0);
    const values = histories(issue).slice(startAt, startAt + 1);
    const total = histories(issue).length;
    return void send(response, 200, { values, startAt, maxResults: 1, total, isLast: startAt + 1 >= total });
  }
  const fields = (asked.query.get('fields') ?? '').split(',');
  const changelog = asked.query.get('expand') === 'changelog' ? { changelog: { histories: histories(issue) } } : {};
  send(response, 200, { ...issueJson(issue, fields), ...changelog });
}

const systemFields = ['summary', 'status', 'priority', 'components', 'labels', 'created', 'updated'].map(id => ({
  ...{ id, name: id },
}));

const histories = ({ changes = [] }: FakeIssue) =>
  changes.map(([created, from, to], index) => ({
    ...{ id: String(index), created: jiraDate(created) },
    items: [
      { field: 'assignee', from: null, to: 'someone' },
      { field: 'status', from: statuses[from]?.[0], fromString: from, to: statuses[to]?.[0], toString: to },
    ],
  }));

function issueJson(issue: FakeIssue, fields: readonly string[]) {
  const all: Record<string, unknown> = {
    ...{ summary: `Fault ${issue.key}`, created: jiraDate(issue.created) },
    updated: jiraDate(issue.updated ?? issue.created),
    status: statusJson(issue.status ?? 'To Do'),
    ...{ resolution: null, resolutiondate: null, issuetype: { name: 'Incident' }, priority: { name: 'High' } },
    ...{ labels: [], components: [] },
    ...issue.fields,
  };
  const { id, key } = issue;
  return { id, key, fields: Object.fromEntries(Object.entries(all).filter(([name]) => fields.includes(name))) };
}

/** Evaluates what the source adds to a query, and of the user's own part `project = KEY`. */
function search(world: JiraWorld, { body }: JiraAsked, response: ServerResponse): void {
  const { jql = '', fields = [] } = body;
  if (/nonsense/.test(jql))
    return void send(response, 400, {
      errorMessages: ["Field 'nonsense' does not exist or you do not have permission"],
    });
  const project = /project = (\w+)/.exec(jql)?.[1];
  const [, field, since] = /(updated|created) >= "([^"]+)"/.exec(jql) ?? [];
  const time = (issue: FakeIssue) => Date.parse((field === 'updated' ? issue.updated : undefined) ?? issue.created);
  const from = since === undefined ? 0 : instantOf(since, world.timeZone ?? 'Etc/UTC');
  const found = world.issues
    .filter(issue => !issue.isUnindexed && (issue.project ?? 'OPS') === project && time(issue) >= from)
    .sort((a, b) => (/ORDER BY updated/.test(jql) ? time(a) - time(b) : 0) || a.key.localeCompare(b.key));
  const limit = Math.min(Number(body.maxResults ?? 50), world.most ?? 100);
  const startAt = Number(body.startAt ?? String(body.nextPageToken ?? 'at-0').replace('at-', ''));
  const issues = found.slice(startAt, startAt + limit).map(issue => issueJson(issue, fields));
  const isLast = startAt + limit >= found.length;
  if (world.mode === 'data_center')
    return void send(response, 200, { startAt, maxResults: limit, total: found.length, issues });
  send(response, 200, { issues, ...(isLast ? { isLast } : { nextPageToken: `at-${startAt + limit}`, isLast }) });
}

/** The instant of a local time, as Jira reads it: the later one where clocks were put back. */
function instantOf(local: string, timeZone: string): number {
  const wall = Date.parse(`${local.replace(' ', 'T')}:00Z`);
  const offset = (at: number) => {
    const shown = new Date(at).toLocaleString('sv-SE', { timeZone }).replace(' ', 'T');
    return Date.parse(`${shown}Z`) - at;
  };
  return Math.max(...[wall - offset(wall - 43_200_000), wall - offset(wall + 43_200_000)]);
}

function services({ services: known = {} }: JiraWorld, { query }: JiraAsked, response: ServerResponse): void {
  const all = Object.entries(known).map(([id, name]) => ({ id: `b:${Buffer.from(id).toString('base64')}`, name }));
  const offset = Number(query.get('offset') ?? 0);
  const totalCount = all.length;
  send(response, 200, {
    services: all.slice(offset, offset + 1),
    pagination: { totalCount, hasNext: offset + 1 < totalCount },
  });
}

function alerts({ alerts: known = [] }: JiraWorld, { query }: JiraAsked, response: ServerResponse): void {
  const [offset, size] = [Number(query.get('offset') ?? 0), Number(query.get('size') ?? 20)];
  if (offset + size >= 20_000) return void send(response, 422, { message: 'offset + size should be lower than 20000' });
  const [from, to] = [query.get('from'), query.get('to')];
  const field = query.get('sort') === 'updatedAt' ? 'updatedAt' : 'createdAt';
  const time = (alert: FakeAlert) => Date.parse(alert[field] ?? alert.createdAt);
  const found = known
    .filter(
      ({ createdAt }) => from === null || (Date.parse(createdAt) >= Number(from) && Date.parse(createdAt) < Number(to)),
    )
    .sort((a, b) => (query.get('order') === 'desc' ? time(b) - time(a) : time(a) - time(b)));
  send(response, 200, { values: found.slice(offset, offset + size), count: found.length });
}

/** Answers with JSON; true, so that a fault can say that it has answered. */
export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response
    .writeHead(status, { 'content-type': 'application/json;charset=UTF-8', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}
