/**
 * Cortex's REST API on a local port: bearer keys, the catalog and deploys in pages numbered from 0, the registry of
 * metrics and point-in-time queries with positional rows, 1,000 requests a minute, problem documents, faults on request.
 * The bodies are of our own making, in the shape that Cortex's OpenAPI document has.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface FakeEntity {
  readonly tag: string;
  readonly repository?: string;
  readonly team?: string;
  readonly isArchived?: boolean;
  readonly type?: string;
}

export interface PointInTime {
  readonly metrics: readonly { readonly metric: string; readonly aggregation: string }[];
  readonly startTime: string;
  readonly endTime: string;
  readonly groupBy: readonly string[];
  readonly limit: number;
  readonly nextPage?: string;
}

export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: PointInTime | undefined;
}

export interface CortexWorld {
  entities: readonly FakeEntity[];
  deploys: Readonly<Record<string, readonly unknown[]>>;
  /** The most that a page has, whatever is asked for. */
  pageSize?: number;
  definitions?: unknown;
  /** Rows of a metric in days: the group's word, or none, and a value for each aggregation. */
  values?: ((metric: string, group: string | undefined, days: number) => readonly (readonly unknown[])[]) | undefined;
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export const key = 'cortex-key-of-a-test-0123456789';
const dayMs = 86_400_000;

export async function startCortex(t: Ending, world: CortexWorld) {
  const asked: Asked[] = [];
  const { url } = await startLocalServer(t, (request, response, body) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://api');
    const text = body.toString();
    const one: Asked = {
      path: pathname,
      query: searchParams,
      body: text === '' ? undefined : (JSON.parse(text) as PointInTime),
    };
    asked.push(one);
    if (world.fault?.(one, response)) return;
    if (request.headers.authorization !== `Bearer ${key}`) return void send(response, 401, { message: 'Unauthorized' });
    answer(world, one, response);
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

export const tooMany = (response: ServerResponse, seconds?: number) =>
  send(
    response,
    429,
    { type: 'about:blank', title: 'Too Many Requests', status: 429 },
    {
      'content-type': 'application/problem+json',
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
    },
  );

function answer(world: CortexWorld, asked: Asked, response: ServerResponse): true {
  const { path, query, body } = asked;
  const page = (listKey: string, items: readonly unknown[]) => {
    const size = Math.min(world.pageSize ?? 1_000, Number(query.get('pageSize') ?? 250));
    const from = Number(query.get('page') ?? 0) * size;
    const totalPages = Math.ceil(items.length / size);
    return send(response, 200, {
      [listKey]: items.slice(from, from + size),
      page: from / size,
      total: items.length,
      totalPages,
    });
  };
  if (path === '/api/v1/catalog') {
    const types = (query.get('types') ?? '').split(',');
    return page('entities', world.entities.filter(({ type = 'service' }) => types.includes(type)).map(entityJson));
  }
  const [, entity] = /^\/api\/v1\/catalog\/([^/]+)\/deploys$/.exec(path) ?? [];
  if (entity !== undefined) {
    const deploys = world.deploys[decodeURIComponent(entity)];
    if (deploys === undefined) return send(response, 404, { type: 'NOT_FOUND', message: 'Entity not found' });
    return page('deployments', deploys);
  }
  if (path === '/api/v1/eng-intel/registry/metrics/definitions') return send(response, 200, world.definitions);
  if (path === '/api/v1/eng-intel/metrics/point-in-time' && body !== undefined)
    return send(response, 200, pointInTime(world, body));
  return send(response, 404, { type: 'NOT_FOUND', message: 'Not found' });
}

const entityJson = ({ tag, repository, team, isArchived = false, type = 'service' }: FakeEntity) => ({
  ...{ tag, type, isArchived, id: `en-${tag}`, name: tag.toUpperCase(), groups: [], links: [], slackChannels: [] },
  ...{ hierarchy: { parents: [], children: [] }, lastUpdated: '2026-11-01T00:00:00Z' },
  ...(repository === undefined
    ? {}
    : { git: { provider: 'github', repository, repositoryUrl: `https://github.com/${repository}` } }),
  owners: {
    individuals: [],
    teams: team === undefined ? [] : [{ id: `en-${team}`, tag: team, name: team, isArchived: false }],
  },
});

function pointInTime(world: CortexWorld, body: PointInTime) {
  const [group] = body.groupBy;
  const days = (Date.parse(body.endTime) - Date.parse(body.startTime)) / dayMs;
  const rows = world.values?.(body.metrics[0]?.metric ?? '', group, days) ?? [];
  const from = Number(body.nextPage ?? 0);
  const next = from + body.limit;
  const columns = [
    ...body.groupBy.map(name => ({
      type: 'ENTITY_REFERENCE',
      name,
      alias: name,
      attributeName: name,
      entityType: 'team',
    })),
    ...body.metrics.map(({ metric, aggregation }) => ({
      ...{ type: 'METRIC_AGGREGATE', name: metric, alias: `${metric}_${aggregation}` },
      ...{ metricKey: metric, aggregationFunction: aggregation },
    })),
  ].map((column, ordinal) => ({ ...column, ordinal }));
  return {
    metadata: { columns },
    rows: rows.slice(from, next),
    ...(next < rows.length ? { nextPage: String(next) } : {}),
  };
}

/** The registry as Cortex has it for deploys, incidents and pull requests. */
export function registry(change: (key: string) => object = () => ({})) {
  const metric = (
    key: string,
    displayName: string,
    units: string,
    aggregations: readonly string[],
    source: string,
  ) => ({
    ...{ key, displayName, units, description: displayName, readiness: { type: 'READY' }, type: 'VALUE' },
    ...{
      supportedAggregations: aggregations,
      sourceRef: source,
      orderByAttribute: `${source}.${key}`,
      valence: 'NEUTRAL',
    },
    ...change(key),
  });
  const options = [
    { key: 'entity.tag', displayName: 'Entity' },
    { key: 'owner.team', displayName: 'Team owner' },
  ];
  const source = (name: string) => ({
    name,
    description: name,
    attributes: [],
    dimensions: [],
    filterOptions: [],
    groupByOptions: options,
  });
  return {
    view: 'full',
    metrics: [
      metric('pr.cycleTime', 'Cycle time', 'hours', ['AVG', 'P50', 'P95'], 'pr'),
      metric('deploy.count', 'Deploys', 'count', ['COUNT'], 'deploy'),
      metric('incident.mttr', 'MTTR', 'minutes', ['AVG'], 'incident'),
      metric('deploy.cfr', 'Change failure rate', 'percentage', ['RATIO', 'AVG'], 'deploy'),
      metric('pr.size', 'PR size', 'lines', ['AVG'], 'pr'),
    ],
    sources: { pr: source('pr'), deploy: source('deploy'), incident: { ...source('incident'), groupByOptions: [] } },
  };
}
