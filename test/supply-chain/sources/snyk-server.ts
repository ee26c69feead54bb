/** Snyk's REST API over loopback: its authentication, pages by `links.next`, versions, rate limits and faults. */
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const token = 'snyk-0123456789abcdef';

export interface SnykWorld {
  readonly url: string;
  readonly orgs: Record<string, { projects: unknown[]; issues: unknown[] }>;
  readonly seen: string[];
  /** Answers instead of the next requests. */
  readonly faults: ((response: http.ServerResponse) => void)[];
  /** Answers instead of every request that it matches. */
  broken?: (url: URL) => ((response: http.ServerResponse) => void) | undefined;
  /** How a page names the next one. */
  style: 'path' | 'rooted' | 'object' | 'absolute';
  /** How many it lists at once, whatever it is asked for. */
  most: number;
}

export const error =
  (status: number, headers: Record<string, string> = {}) =>
  (response: http.ServerResponse) =>
    void response.writeHead(status, { 'content-type': 'application/vnd.api+json', ...headers }).end(
      JSON.stringify({
        jsonapi: { version: '1.0' },
        errors: [{ status: String(status), title: 'No', detail: 'not now' }],
      }),
    );

export async function startSnyk(t: Ending): Promise<SnykWorld> {
  const server = await startLocalServer(t, (request, response) => {
    const url = new URL(request.url ?? '', server.url);
    world.seen.push(`${url.pathname}${url.search}`);
    const fault = world.faults.shift() ?? world.broken?.(url);
    if (fault) return fault(response);
    if (request.headers.authorization !== `token ${token}`) return error(401)(response);
    if (!/^\d{4}-\d{2}-\d{2}$/.test(url.searchParams.get('version') ?? '')) return error(400)(response);
    const [, rest, , org = '', list = ''] = url.pathname.split('/');
    if (rest !== 'rest') return error(404)(response);
    const found = org === '' ? Object.keys(world.orgs).map(id => ({ id, type: 'org' })) : itemsOf(world, org, list);
    if (found === undefined) return error(404)(response);
    const limit = Math.min(Number(url.searchParams.get('limit') ?? 10), world.most);
    const start = Number(url.searchParams.get('starting_after') ?? 0);
    const links: Record<string, unknown> = { self: url.pathname };
    if (start + limit < found.length) {
      const next = new URL(url);
      next.searchParams.set('starting_after', String(start + limit));
      const rooted = `${next.pathname}${next.search}`;
      links.next = { path: rooted.replace('/rest', ''), rooted, object: { href: rooted }, absolute: next.href }[
        world.style
      ];
    }
    response.writeHead(200, { 'content-type': 'application/vnd.api+json' });
    response.end(JSON.stringify({ jsonapi: { version: '1.0' }, data: found.slice(start, start + limit), links }));
  });
  const world: SnykWorld = { url: server.url, orgs: {}, seen: [], faults: [], style: 'path', most: 100 };
  return world;
}

function itemsOf({ orgs }: SnykWorld, org: string, list: string): readonly unknown[] | undefined {
  const found = orgs[decodeURIComponent(org)];
  return list === 'projects' ? found?.projects : list === 'issues' ? found?.issues : undefined;
}

export const project = (id: string, attributes: object = {}, target: object = {}) => ({
  ...{ id, type: 'project' },
  attributes: {
    ...{ name: 'acme/shop:package.json', type: 'npm', origin: 'github', status: 'active', target_file: 'package.json' },
    ...{ tags: [], ...attributes },
  },
  relationships: {
    target: {
      data: {
        ...{ id: `t-${id}`, type: 'target' },
        attributes: { display_name: 'acme/shop', url: 'https://github.com/acme/shop', ...target },
      },
    },
  },
});

export const issue = (id: string, projectId: string, attributes: object = {}) => ({
  ...{ id, type: 'issue' },
  attributes: {
    ...{ key: `SNYK-JS-QS-${id}`, title: 'Prototype Poisoning', type: 'package_vulnerability', status: 'open' },
    ...{ ignored: false, effective_severity_level: 'high', created_at: '2026-01-02T00:00:00Z' },
    updated_at: '2026-01-02T00:00:00Z',
    coordinates: [
      { is_upgradeable: true, representations: [{ dependency: { package_name: 'qs', package_version: '6.2.0' } }] },
    ],
    problems: [{ id: `SNYK-JS-QS-${id}`, source: 'SNYK', type: 'vulnerability' }],
    ...attributes,
  },
  relationships: { scan_item: { data: { id: projectId, type: 'project' } } },
});
