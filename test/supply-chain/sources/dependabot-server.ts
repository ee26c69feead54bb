/**
 * GitHub's REST API of Dependabot alerts and its GraphQL over loopback: tokens, pages by cursors in Link headers, ETags, rate
 * limits and faults.
 */
import { createHash } from 'node:crypto';
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';
import { alert } from './alerts.ts';

export const token = 'ghp_0123456789abcdefghijklmnopqrstuvwxyz';

export interface Told {
  readonly number: number;
  readonly updated_at: string;
  readonly repository: { readonly full_name: string };
}

export interface GitHubWorld {
  readonly url: string;
  /** Alerts by `owner/name`. */
  readonly alerts: Record<string, Told[]>;
  /** Repositories whose alerts are switched off. */
  readonly disabled: Set<string>;
  readonly seen: { readonly path: string; readonly status: number }[];
  /** Answers instead of the next requests. */
  readonly faults: ((response: http.ServerResponse) => void)[];
  most: number;
  graphql: boolean;
}

export const told = (repository: string, number: number, more: object = {}): Told => ({
  ...(alert({
    number,
    html_url: `https://github.com/${repository}/security/dependabot/${number}`,
    url: `https://api.github.com/repos/${repository}/dependabot/alerts/${number}`,
    repository: { full_name: repository },
    security_advisory: { ghsa_id: `GHSA-${repository.split('/')[1]}-${number}`, summary: 'x', identifiers: [] },
    ...more,
  }) as unknown as Told),
});

const refuse = (response: http.ServerResponse, status: number, message: string, headers: Record<string, string> = {}) =>
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ message }));

export const limited = (response: http.ServerResponse) =>
  void refuse(response, 403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'retry-after': '7' });
export const broken = (response: http.ServerResponse) => void refuse(response, 502, 'Bad gateway');

export async function startGitHub(t: Ending): Promise<GitHubWorld> {
  const server = await startLocalServer(t, (request, response, body) => {
    const url = new URL(request.url ?? '', server.url);
    response.on('finish', () => world.seen.push({ path: `${url.pathname}${url.search}`, status: response.statusCode }));
    const fault = world.faults.shift();
    if (fault) return fault(response);
    if (!request.headers.authorization?.endsWith(token)) return void refuse(response, 401, 'Bad credentials');
    if (url.pathname === '/api/graphql') return answerGraphql(world, response, JSON.parse(body.toString()).variables);
    const [, kind, owner = '', third = ''] = url.pathname.replace('/api/v3', '').split('/');
    const slug = kind === 'repos' ? `${owner}/${third}` : undefined;
    const isKnown = Object.keys(world.alerts).some(name => (slug ? name === slug : name.startsWith(`${owner}/`)));
    if (slug !== undefined && world.disabled.has(slug))
      return void refuse(response, 403, 'Dependabot alerts are disabled for this repository.');
    if (kind !== 'enterprises' && !isKnown) return void refuse(response, 404, 'Not Found');
    if (url.searchParams.has('page')) return void refuse(response, 400, 'Pagination using `page` is not supported');
    answerPage(world, url, { request, response, owner: kind === 'enterprises' ? '' : owner, slug });
  });
  const world: GitHubWorld = {
    ...{ url: server.url, alerts: {}, disabled: new Set(), seen: [], faults: [], most: 100, graphql: true },
  };
  return world;
}

interface Asked {
  readonly request: http.IncomingMessage;
  readonly response: http.ServerResponse;
  readonly owner: string;
  readonly slug: string | undefined;
}

function answerPage({ alerts, most }: GitHubWorld, url: URL, { request, response, owner, slug }: Asked): void {
  const all = Object.entries(alerts)
    .filter(([name]) => (slug === undefined ? owner === '' || name.startsWith(`${owner}/`) : name === slug))
    .flatMap(([, list]) => list)
    .sort((a, b) => (a.updated_at < b.updated_at ? 1 : -1));
  const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), most);
  const after = Buffer.from(url.searchParams.get('after') ?? '', 'base64').toString();
  const start = after === '' ? 0 : all.findIndex(one => keyOf(one) === after) + 1;
  const page = all.slice(start, start + size);
  // Alone, a repository's alerts don't name it.
  const items = slug === undefined ? page : page.map(({ repository: _, ...one }) => one);
  const text = JSON.stringify(items);
  const etag = `W/"${createHash('sha256').update(text).digest('hex')}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end();
  const next = new URL(url);
  next.searchParams.set('after', Buffer.from(keyOf(page.at(-1))).toString('base64'));
  const link = start + size < all.length ? { link: `<${next.href}>; rel="next"` } : {};
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', etag, ...link }).end(text);
}

const keyOf = (one: Told | undefined): string => (one ? `${one.repository.full_name} ${one.number}` : '');

function answerGraphql(
  world: GitHubWorld,
  response: http.ServerResponse,
  variables: { org: string; after: string | null },
) {
  const json = (value: object) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  if (!world.graphql)
    return json({ data: { organization: null }, errors: [{ type: 'FORBIDDEN', message: 'Resource not accessible' }] });
  const names = Object.keys(world.alerts).filter(name => name.startsWith(`${variables.org}/`));
  const start = Number(variables.after ?? 0);
  const nodes = names.slice(start, start + 2).map(nameWithOwner => ({
    ...{ nameWithOwner, hasVulnerabilityAlertsEnabled: !world.disabled.has(nameWithOwner), isDisabled: false },
  }));
  const pageInfo = { hasNextPage: start + 2 < names.length, endCursor: String(start + 2) };
  json({ data: { organization: { repositories: { nodes, pageInfo } } } });
}
