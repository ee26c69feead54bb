/**
 * Sleuth's GraphQL API on a local port: `authorization: apikey`, connections of 50 a page, recaps by project and team
 * under aliases, errors in an answer with status 200 for fields that the schema doesn't have, faults on request. The
 * bodies are of our own making, in the shape that its examples and public clients of it have.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Recap {
  readonly numOfDeploys?: unknown;
  readonly avgLeadTimeInSec?: unknown;
  readonly failureRatePercent?: unknown;
  readonly avgMttrDurationInSec?: unknown;
}

export interface SleuthWorld {
  readonly projects?: readonly string[];
  readonly teams?: Readonly<Record<string, readonly string[]>>;
  recap: (kind: 'project' | 'team', slug: string, days: number, end: string) => Recap | null;
  /** Fields that the schema has had and has no more. */
  removed?: readonly string[];
  fault?: ((asked: Asked, response: ServerResponse) => boolean) | undefined;
}

export const key = 'slk-0123456789-of-a-test';
export const organization = 'acme';
const dayMs = 86_400_000;

export async function startSleuth(t: Ending, world: SleuthWorld) {
  const asked: Asked[] = [];
  const { url } = await startLocalServer(t, (request, response, body) => {
    if (request.url !== '/graphql' || request.method !== 'POST') return void send(response, 404, {});
    if (request.headers.authorization !== `apikey ${key}`)
      return void send(response, 401, { detail: 'Invalid API key' });
    const one = JSON.parse(body.toString()) as Asked;
    asked.push(one);
    if (world.fault?.(one, response)) return;
    const unknown = (world.removed ?? []).find(field => one.query.includes(field));
    if (unknown !== undefined)
      return void send(response, 200, {
        errors: [
          { message: `Cannot query field "${unknown}" on type "MetricsRecap".`, locations: [{ line: 3, column: 9 }] },
        ],
      });
    if (one.variables.organization !== organization)
      return void send(response, 200, {
        data: { organization: null },
        errors: [{ message: 'Organization matching query does not exist.', path: ['organization'] }],
      });
    send(response, 200, { data: { organization: answer(world, one) } });
  });
  return { url: `${url}/graphql`, asked, world };
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

function answer({ projects = [], teams = {}, recap }: SleuthWorld, { query, variables }: Asked): unknown {
  const page = (slugs: readonly string[], more: (slug: string) => object = () => ({})) => {
    const from = variables.after === '' ? 0 : slugs.findIndex(slug => `cursor-${slug}` === variables.after) + 1;
    const edges = slugs.slice(from, from + Math.min(50, Number(variables.first)));
    return {
      totalCount: slugs.length,
      edges: edges.map(slug => ({ cursor: `cursor-${slug}`, node: { slug, name: slug.toUpperCase(), ...more(slug) } })),
    };
  };
  if (query.includes('projects(')) return { projects: page(projects) };
  if (query.includes('teams('))
    return {
      teams: page(Object.keys(teams), slug => ({
        subteams: { edges: (teams[slug] ?? []).map(below => ({ node: { slug: below, name: below } })) },
      })),
    };
  const recaps = query.matchAll(
    /(\w+): metricsRecap\(start: \$(\w+), end: \$end, filters: \{(project|team)Slugs: \$(\w+)\}\)/g,
  );
  const end = String(variables.end);
  return Object.fromEntries(
    [...recaps].map(([, alias = '', start = '', kind, slugs = '']) => {
      const days = (Date.parse(end) - Date.parse(String(variables[start]))) / dayMs;
      const [slug = ''] = variables[slugs] as readonly string[];
      return [alias, recap(kind as 'project' | 'team', slug, days, end.slice(0, 10))];
    }),
  );
}
