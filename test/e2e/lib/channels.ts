/**
 * Where the alerts of teams go, on one local HTTP server: a webhook, Slack, Microsoft Teams, PagerDuty's Events API v2 and
 * Jira's REST API v3, as Alertmanager speaks to each. What each was told is kept in one list, so that a test can say who
 * heard of something, and who did not.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface Told {
  /** `webhook:payments`, `slack:#shop`, `pagerduty:KEY`, `jira:PROJECT`. */
  readonly to: string;
  readonly status: 'firing' | 'resolved';
  /** How many alerts the message is about. */
  readonly alerts: number;
  /** All of it. */
  readonly text: string;
}

export interface Channels {
  readonly url: string;
  readonly told: readonly Told[];
  /** What was asked that none of the channels knows, or that it refused: `POST /path: reason`. */
  readonly refused: readonly string[];
}

// biome-ignore lint/suspicious/noExplicitAny: the shape is the vendor's, and a test fails where it isn't as expected
type Body = any;

interface Answer {
  readonly status: number;
  readonly body?: object;
  /** `text` where it is not what was posted. */
  readonly told?: Omit<Told, 'text'> & { readonly text?: string };
  readonly refused?: string;
}

interface Issue {
  readonly key: string;
  readonly project: string;
  readonly labels: readonly string[];
  done: boolean;
  /** What was said of it last. */
  said: string;
}

export async function startChannels(t: TestContext): Promise<Channels> {
  const [told, refused, issues]: [Told[], string[], Issue[]] = [[], [], []];
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString('utf8');
    const path = request.url ?? '/';
    let found: Answer;
    try {
      found = answerOf(request.method ?? '', path, text === '' ? {} : JSON.parse(text), issues);
    } catch (error) {
      found = { status: 400, refused: String(error) };
    }
    if (found.told !== undefined) told.push({ text, ...found.told });
    if (found.refused !== undefined) refused.push(`${request.method} ${path}: ${found.refused}`);
    // Slack and webhooks say ok in plain text, and Alertmanager takes JSON of Slack for an error unless it says so
    const type = found.body === undefined ? 'text/plain' : 'application/json';
    response.writeHead(found.status, { 'content-type': type });
    response.end(found.status === 204 ? undefined : found.body === undefined ? 'ok' : JSON.stringify(found.body));
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  t.after(async () => {
    server.closeAllConnections();
    await new Promise<void>(resolve => server.close(() => resolve()));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, told, refused };
}

function answerOf(method: string, path: string, body: Body, issues: Issue[]): Answer {
  const [, kind = '', name = ''] = path.split('/');
  if (kind === 'webhook')
    return { status: 200, told: { to: `webhook:${name}`, status: body.status, alerts: body.alerts.length } };
  if (kind === 'slack')
    return { status: 200, told: { to: `slack:${body.channel}`, ...titled(body.attachments[0].title) } };
  if (kind === 'msteams')
    return { status: 202, told: { to: `msteams:${name}`, ...titled(body.attachments[0].content.body[0].text) } };
  if (path === '/v2/enqueue') {
    const status = body.event_action === 'resolve' ? 'resolved' : 'firing';
    const { alerts } = status === 'firing' ? titled(body.payload.summary) : { alerts: 0 };
    return { status: 202, body: { status: 'success' }, told: { to: `pagerduty:${body.routing_key}`, status, alerts } };
  }
  if (path.startsWith('/rest/api/3/')) return jira(method, path.slice('/rest/api/3'.length), body, issues);
  return { status: 404, refused: 'nothing is here' };
}

/** `[FIRING 2] BudgetExceeded for shop`; one alone has no number. */
function titled(title: string): Pick<Told, 'status' | 'alerts'> {
  const [, status, count = '1'] = /^\[(FIRING|RESOLVED)(?: (\d+))?\]/.exec(title) ?? [];
  if (status === undefined) throw new TypeError(`the title is ${title}`);
  return { status: status === 'FIRING' ? 'firing' : 'resolved', alerts: Number(count) };
}

const todo = { status: { statusCategory: { key: 'new' } } };

/** The workflow that Jira makes by itself: to do, and done. https://developer.atlassian.com/cloud/jira/platform/rest/v3/ */
function jira(method: string, path: string, { jql = '', fields, transition }: Body, issues: Issue[]): Answer {
  if (path === '/search' || path === '/search/jql') {
    const [, project, label] = /project="([^"]+)" and labels="([^"]+)"/.exec(jql) ?? [];
    const open = issues.filter(each => !each.done && each.project === project && each.labels.includes(label ?? ''));
    return { status: 200, body: { issues: open.map(({ key }) => ({ key, fields: todo })) } };
  }
  const [, , key = '', more] = path.split('/');
  const issue = issues.find(each => each.key === key);
  if (key === '' && method === 'POST') {
    if (fields.description?.type !== 'doc' || fields.description.version !== 1)
      return { status: 400, refused: 'the description is no Atlassian document' };
    const project = String(fields.project.key);
    const made: Issue = {
      key: `${project}-${issues.length + 1}`,
      project,
      labels: fields.labels,
      done: false,
      said: JSON.stringify(fields),
    };
    issues.push(made);
    return { status: 201, body: { key: made.key }, told: { to: `jira:${project}`, ...titled(fields.summary) } };
  }
  if (issue === undefined) return { status: 404, refused: 'there is no such issue' };
  if (more === 'transitions') {
    if (method === 'GET') return { status: 200, body: { transitions: [{ id: '31', name: 'Done' }] } };
    if (transition?.id !== '31') return { status: 400, refused: `there is no transition ${transition?.id}` };
    issue.done = true;
    return { status: 204, told: { to: `jira:${issue.project}`, status: 'resolved', alerts: 0, text: issue.said } };
  }
  // what is said anew of an issue that is open; that it is over, its transition says
  issue.said = JSON.stringify(fields);
  const said = titled(fields.summary);
  return { status: 204, ...(said.status === 'firing' ? { told: { to: `jira:${issue.project}`, ...said } } : {}) };
}
