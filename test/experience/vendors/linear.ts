/**
 * Linear's GraphQL API on a local port: a personal key, an OAuth token or an application's; issues by filter and order
 * in Relay pages; limits of requests and complexity in its headers, faults on request. The bodies are of our own making.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const apiKey = 'lin_api_0123456789abcdefghijklmnopqrstuvwxyz';
export const accessToken = 'lin_oauth_0123456789abcdefghijklmnopqrstuvwxyz';
export const clientSecret = 'a-client-secret-of-a-test';

export interface FakeIssue {
  readonly id: string;
  readonly identifier: string;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly state: { readonly type: string; readonly name: string };
  readonly [name: string]: unknown;
}

export interface Asked {
  readonly query: string;
  readonly name: string;
  readonly variables: {
    readonly first: number;
    readonly after?: string;
    readonly filter?: { readonly and: readonly Filter[] };
    readonly history?: boolean;
    readonly id?: string;
  };
}
type Filter = Readonly<Record<string, unknown>> & {
  readonly updatedAt?: { readonly gte?: string; readonly lte?: string };
  readonly team?: { readonly key?: { readonly in?: readonly string[] } };
};

export interface LinearWorld {
  issues: readonly FakeIssue[];
  /** What a page has at most, whatever is asked for. */
  most?: number;
  /** What the limits' headers say with each answer. */
  headers?: () => Readonly<Record<string, string>>;
  tokens?: string[];
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export async function startLinear(t: Ending, world: LinearWorld) {
  const asked: Asked[] = [];
  const tokens: string[] = [];
  const { url } = await startLocalServer(t, (request, response, bytes) => {
    const { authorization = '' } = request.headers;
    if (request.url === '/oauth/token') {
      const basic = `Basic ${Buffer.from(`client:${clientSecret}`).toString('base64')}`;
      const form = new URLSearchParams(bytes.toString());
      if (authorization !== basic || form.get('grant_type') !== 'client_credentials')
        return send(response, 401, { error: 'invalid_client' });
      const token = `lin_app_token_number_${tokens.length}_of_a_test`;
      tokens.push(token);
      return send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 2_591_999, scope: 'read' });
    }
    if (![apiKey, `Bearer ${accessToken}`, `Bearer ${tokens.at(-1)}`].includes(authorization))
      return send(response, 401, {
        errors: [
          {
            message: 'Authentication required, not authenticated',
            extensions: { type: 'authentication error', code: 'AUTHENTICATION_ERROR', userError: true },
          },
        ],
      });
    const { query, variables } = JSON.parse(bytes.toString()) as Omit<Asked, 'name'>;
    const one = { query, variables, name: /query (\w+)/.exec(query)?.[1] ?? '' };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    answer(world, one, response);
  });
  return { url, apiUrl: `${url}/graphql`, asked, world, tokens };
}

function answer(world: LinearWorld, { name, variables, query }: Asked, response: ServerResponse): true {
  if (name === 'RoadmapComments') {
    const found = world.issues.find(({ id }) => id === variables.id);
    return send(response, 200, { data: { issue: { comments: commentsOf(found, Number(variables.after), 100) } } });
  }
  const { first, after, filter, history = false } = variables;
  const known = new Set(['updatedAt', 'team']);
  for (const one of filter?.and ?? [])
    for (const key of Object.keys(one))
      if (!known.has(key))
        return send(response, 400, {
          errors: [
            { message: `Field "${key}" is not defined by type "IssueFilter".`, extensions: { type: 'graphql error' } },
          ],
        });
  const holds = (issue: FakeIssue) =>
    (filter?.and ?? []).every(
      ({ updatedAt, team }) =>
        (updatedAt?.gte === undefined || Date.parse(issue.updatedAt) >= Date.parse(updatedAt.gte)) &&
        (updatedAt?.lte === undefined || Date.parse(issue.updatedAt) <= Date.parse(updatedAt.lte)) &&
        (team?.key?.in?.includes(String(issue.identifier).split('-')[0]!) ?? true),
    );
  const by = /orderBy: updatedAt/.test(query) ? 'updatedAt' : 'createdAt';
  const found = world.issues
    .filter(holds)
    .sort((a, b) => Date.parse(b[by]) - Date.parse(a[by]) || (a.id < b.id ? -1 : 1));
  const from = after === undefined ? 0 : found.findIndex(({ id }) => id === after) + 1;
  const page = found.slice(from, from + Math.min(first, world.most ?? 250));
  return send(
    response,
    200,
    {
      data: {
        issues: {
          pageInfo: { hasNextPage: from + page.length < found.length, endCursor: page.at(-1)?.id ?? null },
          nodes: page.map(issue => whole(issue, name, history)),
        },
      },
    },
    world.headers?.() ?? {},
  );
}

function commentsOf(issue: FakeIssue | undefined, from: number, most: number) {
  const all = (issue?.comments ?? []) as readonly unknown[];
  const nodes = all.slice(from, from + most);
  return { nodes, pageInfo: { hasNextPage: from + most < all.length, endCursor: String(from + nodes.length) } };
}

function whole(issue: FakeIssue, name: string, history: boolean) {
  const { stateHistory, comments: _, creator, ...rest } = issue;
  const key = issue.identifier.split('-')[0]!;
  return {
    ...{
      url: `https://linear.app/acme/issue/${issue.identifier}`,
      startedAt: null,
      completedAt: null,
      canceledAt: null,
    },
    ...{ archivedAt: null, trashed: null, dueDate: null, project: null, cycle: null, labels: { nodes: [] } },
    team: { key, name: `Team ${key}` },
    ...rest,
    ...(name === 'RoadmapIssues' ? { creator: creator ?? null, comments: commentsOf(issue, 0, 20) } : {}),
    ...(name === 'RoadmapIssues' && history
      ? { stateHistory: { pageInfo: { hasNextPage: false }, nodes: stateHistory ?? [] } }
      : {}),
  };
}

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): true {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}

export const states = {
  triage: { type: 'triage', name: 'Triage' },
  backlog: { type: 'backlog', name: 'Backlog' },
  todo: { type: 'unstarted', name: 'Todo' },
  doing: { type: 'started', name: 'In Progress' },
  review: { type: 'started', name: 'In Review' },
  done: { type: 'completed', name: 'Done' },
  cancelled: { type: 'canceled', name: 'Canceled' },
  duplicate: { type: 'duplicate', name: 'Duplicate' },
} as const;

export const labelled = (...names: readonly (string | readonly [group: string, name: string])[]) => ({
  labels: {
    nodes: names.map(one =>
      typeof one === 'string' ? { name: one, parent: null } : { name: one[1], parent: { name: one[0] } },
    ),
  },
});
