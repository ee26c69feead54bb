/**
 * A Backstage backend's catalog on a local port: a static token, entities by query with filters and cursors, the part of
 * each that `fields` names, the backend's error bodies, faults on request.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../core/local-server.ts';

export type Raw = Readonly<Record<string, unknown>>;

export interface BackstageWorld {
  entities: readonly Raw[];
  /** The most that a page has, whatever is asked for. */
  pageSize: number;
  /** Whether `fields` are heeded. */
  hasFields: boolean;
  fault?: ((query: URLSearchParams, response: ServerResponse) => boolean) | undefined;
}

export const token = 'backstage-token-of-a-test-0123456789';

export async function startBackstage(t: Ending, given: Partial<BackstageWorld> = {}) {
  const world: BackstageWorld = { entities: [], pageSize: 1_000, hasFields: true, ...given };
  const asked: URLSearchParams[] = [];
  const server = await startLocalServer(t, (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    asked.push(searchParams);
    if (world.fault?.(searchParams, response)) return;
    if (pathname !== '/api/catalog/entities/by-query') return void refuse(response, 404, 'NotFoundError');
    if (request.headers.authorization !== `Bearer ${token}`) return void refuse(response, 401, 'AuthenticationError');
    answer(world, searchParams, response);
  });
  return { url: server.url, close: server.close, asked, world };
}

/** As the backend's error middleware has it. */
export function refuse(response: ServerResponse, statusCode: number, name: string): true {
  const error = { name, message: `${name} of a test` };
  return send(response, { error, request: { method: 'GET' }, response: { statusCode } }, statusCode);
}

export function send(response: ServerResponse, body: unknown, status = 200): true {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  return true;
}

interface Cursor {
  readonly from: number;
  readonly filters: readonly string[];
}

function answer(world: BackstageWorld, query: URLSearchParams, response: ServerResponse): true {
  const given = query.get('cursor');
  if (given !== null && query.has('filter')) return refuse(response, 400, 'InputError');
  const { from, filters }: Cursor =
    given === null
      ? { from: 0, filters: query.getAll('filter') }
      : (JSON.parse(Buffer.from(given, 'base64url').toString()) as Cursor);
  const matching = world.entities.filter(
    entity => filters.length === 0 || filters.some(filter => selects(filter, entity)),
  );
  const next = from + Math.min(world.pageSize, Number(query.get('limit') ?? 20));
  const cursor = Buffer.from(JSON.stringify({ from: next, filters } satisfies Cursor)).toString('base64url');
  const fields = world.hasFields ? (query.get('fields')?.split(',') ?? []) : [];
  return send(response, {
    items: matching.slice(from, next).map(entity => pick(entity, fields)),
    totalItems: matching.length,
    pageInfo: next < matching.length ? { nextCursor: cursor } : {},
  });
}

const at = (entity: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Raw | undefined)?.[key], entity);

const selects = (filter: string, entity: Raw) =>
  filter.split(',').every(part => {
    const [path = '', value = ''] = part.split('=');
    return String(at(entity, path)).toLowerCase() === value.toLowerCase();
  });

function pick(entity: Raw, fields: readonly string[]): unknown {
  if (fields.length === 0) return entity;
  const picked: Record<string, unknown> = {};
  for (const field of fields) {
    const value = at(entity, field);
    if (value === undefined) continue;
    const [first = '', second] = field.split('.');
    if (second === undefined) picked[first] = value;
    else picked[first] = { ...(picked[first] as object | undefined), [second]: value };
  }
  return picked;
}

/** An entity as a backend has it, with what it adds to the descriptor. */
export const entity = (kind: string, name: string, spec: Raw = {}, metadata: Raw = {}): Raw => ({
  ...{ apiVersion: 'backstage.io/v1alpha1', kind },
  metadata: { namespace: 'default', name, uid: `uid-${kind}-${name}`, etag: 'abc', ...metadata },
  spec,
  relations: [{ type: 'ownedBy', targetRef: 'group:default/somebody' }],
});

/** Two teams, their services and a person. */
export const company: readonly Raw[] = [
  entity('Group', 'sales', { type: 'team', children: [] }),
  entity('Group', 'ops', { type: 'team', children: [] }),
  entity(
    'Component',
    'shop',
    { type: 'service', owner: 'sales' },
    { annotations: { 'github.com/project-slug': 'acme/shop' } },
  ),
  entity('Component', 'cart', { type: 'service', system: 'store' }),
  entity('System', 'store', { owner: 'group:default/ops' }),
  entity(
    'User',
    'ada',
    { memberOf: ['sales'], profile: { displayName: 'Ada Lovelace', email: 'ada@example.invalid' } },
    { annotations: { 'ldap.example/dn': 'cn=Ada Lovelace' } },
  ),
  entity('Template', 'golden-path', { type: 'service', owner: 'ops' }),
];
