/**
 * GitHub's GraphQL API with one project on a local port: a token, or an App whose installation gives one; pages of items
 * by cursors, archived items by their ids alone, items that the token may not see, faults on request.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyzAB';
export const installationToken = 'ghs_0123456789abcdefghijklmnopqrstuvwxyzCD';

export interface Asked {
  readonly query: string;
  readonly name: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface ProjectWorld {
  fields: readonly unknown[];
  items: readonly FakeItem[];
  /** What a page has. */
  most?: number;
  isMissing?: boolean;
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export interface FakeItem {
  readonly id: string;
  readonly isArchived?: boolean;
  readonly [name: string]: unknown;
}

export async function startProject(t: Ending, world: ProjectWorld) {
  const asked: Asked[] = [];
  const { url } = await startLocalServer(t, (request, response, bytes) => {
    const { authorization = '' } = request.headers;
    if (request.method === 'POST' && /^\/api\/v3\/app\/installations\/7\/access_tokens$/.test(request.url ?? ''))
      return send(response, 201, { token: installationToken, expires_at: '2099-01-01T00:00:00Z', permissions: {} });
    if (![`token ${token}`, `token ${installationToken}`, `bearer ${token}`].includes(authorization))
      return send(response, 401, { message: 'Bad credentials' });
    if (request.url !== '/api/graphql') return send(response, 404, { message: 'Not Found' });
    const { query, variables } = JSON.parse(bytes.toString()) as Omit<Asked, 'name'>;
    const one = { query, variables, name: /query (\w+)/.exec(query)?.[1] ?? '' };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    answer(world, one, response);
  });
  return { url, asked, world };
}

function answer(world: ProjectWorld, { name, variables }: Asked, response: ServerResponse): true {
  if (world.isMissing || variables.number === 404)
    return send(response, 200, {
      data: { userOrOrganization: { projectV2: null } },
      errors: [
        { type: 'NOT_FOUND', path: ['userOrOrganization', 'projectV2'], message: 'Could not resolve to a ProjectV2.' },
      ],
    });
  const project = (projectV2: unknown) => send(response, 200, { data: { userOrOrganization: { projectV2 } } });
  if (name === 'RoadmapFields') return project({ fields: { nodes: world.fields } });
  if (name === 'RoadmapItems') {
    const listed = world.items.filter(({ isArchived }) => isArchived !== true);
    const from = variables.after === null ? 0 : Number(Buffer.from(String(variables.after), 'base64').toString());
    const to = Math.min(from + (world.most ?? 100), listed.length);
    const endCursor = Buffer.from(String(to)).toString('base64');
    return project({
      items: { pageInfo: { hasNextPage: to < listed.length, endCursor }, nodes: listed.slice(from, to).map(whole) },
    });
  }
  const ids = variables.ids as readonly string[];
  const nodes = ids.map(id => world.items.find(one => one.id === id)).map(one => (one ? whole(one) : null));
  const missing = ids.filter((_, index) => nodes[index] === null);
  return send(response, 200, {
    data: { nodes },
    ...(missing.length === 0
      ? {}
      : {
          errors: missing.map(id => ({
            type: 'NOT_FOUND',
            path: ['nodes'],
            message: `Could not resolve to a node '${id}'`,
          })),
        }),
  });
}

const whole = (item: FakeItem) => ({
  ...{ type: 'ISSUE', isArchived: false, createdAt: '2026-08-01T00:00:00Z', updatedAt: '2026-08-01T00:00:00Z' },
  ...{ content: null, fieldValues: { nodes: [] } },
  ...item,
});

export function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): true {
  response
    .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers })
    .end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
}

export const fields = [
  { id: 'F_title', name: 'Title', dataType: 'TITLE' },
  {
    ...{ id: 'F_status', name: 'Status', dataType: 'SINGLE_SELECT' },
    options: ['Todo', 'In Progress', 'Done', 'On ice'].map((name, index) => ({ id: `s${index}`, name })),
  },
  {
    ...{ id: 'F_area', name: 'Area', dataType: 'SINGLE_SELECT' },
    options: [
      { id: 'a0', name: 'CI' },
      { id: 'a1', name: 'Portal' },
    ],
  },
  { id: 'F_due', name: 'Target date', dataType: 'DATE' },
  { id: 'F_points', name: 'Points', dataType: 'NUMBER' },
  { id: 'F_theme', name: 'Theme', dataType: 'TEXT' },
  {
    ...{ id: 'F_iteration', name: 'Iteration', dataType: 'ITERATION' },
    configuration: {
      iterations: [{ id: 'i2', title: 'Two', startDate: '2026-10-12', duration: 14 }],
      completedIterations: [{ id: 'i1', title: 'One', startDate: '2026-09-28', duration: 14 }],
    },
  },
  {},
];

const field = (id: string) => ({ field: { id } });
export const status = (optionId: string, updatedAt = '2026-08-05T00:00:00Z') => ({
  ...{ __typename: 'ProjectV2ItemFieldSingleSelectValue', optionId, updatedAt },
  ...field('F_status'),
});
export const area = (optionId: string) => ({
  ...{ __typename: 'ProjectV2ItemFieldSingleSelectValue', optionId, updatedAt: '2026-08-05T00:00:00Z' },
  ...field('F_area'),
});
export const due = (date: string) => ({ __typename: 'ProjectV2ItemFieldDateValue', date, ...field('F_due') });
export const points = (number: number) => ({
  __typename: 'ProjectV2ItemFieldNumberValue',
  number,
  ...field('F_points'),
});
export const theme = (text: string) => ({ __typename: 'ProjectV2ItemFieldTextValue', text, ...field('F_theme') });
export const title = (text: string) => ({ __typename: 'ProjectV2ItemFieldTextValue', text, ...field('F_title') });
export const iteration = (iterationId: string, startDate: string, duration: number) => ({
  ...{ __typename: 'ProjectV2ItemFieldIterationValue', iterationId, title: 'as it was', startDate, duration },
  ...field('F_iteration'),
});
export const values = (...nodes: readonly unknown[]) => ({
  fieldValues: {
    nodes: [{ __typename: 'ProjectV2ItemFieldRepositoryValue' }, title('A secret title'), null, ...nodes],
  },
});
export const issue = (number: number, more: Readonly<Record<string, unknown>> = {}) => ({
  content: {
    ...{
      __typename: 'Issue',
      number,
      url: `https://github.com/acme/platform/issues/${number}`,
      createdAt: '2026-08-01T00:00:00Z',
    },
    ...{
      updatedAt: '2026-08-02T00:00:00Z',
      closed: false,
      closedAt: null,
      stateReason: null,
      author: { login: 'mona' },
    },
    ...{ repository: { nameWithOwner: 'acme/platform' }, labels: { nodes: [] }, comments: { nodes: [] } },
    ...more,
  },
});
export const labelled = (...names: readonly string[]) => ({ labels: { nodes: names.map(name => ({ name })) } });
