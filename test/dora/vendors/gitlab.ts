/**
 * GitLab's REST API v4 on a local port: PRIVATE-TOKEN, pages by Link and X-Next-Page, RateLimit headers, lists by
 * updated_after, commits of a branch, of a range and since a date, and faults on request. Bodies in the shape that its
 * documentation and the corpus have; what they say is of our own making.
 */
import type { ServerResponse } from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export type Thing = Readonly<Record<string, unknown>>;

export interface FakeProject {
  id: number;
  path: string;
  default_branch: string | null;
  archived?: boolean;
  /** Oldest first, a chain unless they say parents. */
  commits: readonly FakeCommit[];
  tags: readonly Thing[];
  deployments: readonly Thing[];
  pipelines: readonly Thing[];
  merge_requests: readonly Thing[];
  issues: readonly Thing[];
  /** By iid. */
  mergeRequestCommits: Readonly<Record<number, readonly FakeCommit[]>>;
  notes: Readonly<Record<number, readonly Thing[]>>;
  /** What the DORA API answers by metric and window's start; undefined where the tier lacks it. */
  dora?: (metric: string, start: string) => unknown;
  /** Lists that are switched off. */
  disabled?: readonly string[];
}

export interface FakeCommit {
  readonly id: string;
  readonly parents?: readonly string[];
  readonly at: string;
  readonly authored?: string;
  readonly message?: string;
}

export interface GitLabWorld {
  projects: FakeProject[];
  /** How many things a page has at most, whatever is asked for. */
  pageSize?: number;
  /** Only one of the two headers, as keyset lists and cut proxies send. */
  paging?: 'link' | 'number';
  /** Answers before the API does; true where it has. */
  fault?: ((asked: URL, response: ServerResponse, count: number) => boolean) | undefined;
  /** Told after each answer, so that the world can change between two pages. */
  after?: ((asked: URL) => void) | undefined;
}

export const token = 'glpat-5e5d1c9a7b3f4e2d';

export const fakeProject = (id: number, path: string, more: Partial<FakeProject> = {}): FakeProject => ({
  ...{ id, path, default_branch: 'main', commits: [], tags: [], deployments: [], pipelines: [], merge_requests: [] },
  ...{ issues: [], mergeRequestCommits: {}, notes: {} },
  ...more,
});

export const send = (
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): true => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
  return true;
};

export async function startGitLab(t: Ending, world: GitLabWorld, prefix = '') {
  const asked: URL[] = [];
  const server = await startLocalServer(t, (request, response) => {
    const url = new URL(request.url ?? '/', 'http://gitlab');
    asked.push(url);
    if (world.fault?.(url, response, asked.length)) return;
    if (request.headers['private-token'] !== token) send(response, 401, { message: '401 Unauthorized' });
    else if (!url.pathname.startsWith(`${prefix}/api/v4/`)) send(response, 404, '<html>no such page</html>');
    else answer(url, url.pathname.slice(`${prefix}/api/v4/`.length).split('/').map(decodeURIComponent), response);
    world.after?.(url);
  });

  const answer = (url: URL, [kind, id = '', ...rest]: readonly string[], response: ServerResponse) => {
    const notFound = () => send(response, 404, { message: '404 Not Found' });
    if (kind === 'groups') {
      const inside = world.projects.filter(({ path, archived }) => path.startsWith(`${id}/`) && !archived);
      if (inside.length === 0) return notFound();
      if (rest[0] === 'projects') return list(url, inside.map(projectOf), response);
      return rest.join('/') === 'dora/metrics' ? send(response, 403, { message: '403 Forbidden' }) : notFound();
    }
    const project = world.projects.find(one => String(one.id) === id || one.path === id);
    if (kind !== 'projects' || !project) return notFound();
    const [part = '', ...more] = rest;
    if (project.disabled?.includes(part === 'repository' ? (more[0] ?? '') : part))
      return send(response, 403, { message: '403 Forbidden' });
    if (part === '') return send(response, 200, projectOf(project));
    if (part === 'dora') {
      if (project.dora === undefined) return send(response, 403, { message: '403 Forbidden' });
      const value = project.dora(String(url.searchParams.get('metric')), String(url.searchParams.get('start_date')));
      return send(response, 200, JSON.stringify(value));
    }
    if (part === 'repository') return repository(url, project, more, response);
    if (part === 'merge_requests' && more[1] === 'commits')
      return list(
        url,
        (project.mergeRequestCommits[Number(more[0])] ?? []).map(one => commitOf(one, [])),
        response,
      );
    if (part === 'merge_requests' && more[1] === 'notes')
      return list(url, project.notes[Number(more[0])] ?? [], response);
    if (part === 'pipelines' && more[0]) {
      const found = project.pipelines.find(one => String(one.id) === more[0]);
      return found ? send(response, 200, found) : notFound();
    }
    if (part === 'deployments' || part === 'pipelines' || part === 'merge_requests' || part === 'issues')
      return list(url, changed(url, project[part], part), response);
    return notFound();
  };

  const repository = (url: URL, project: FakeProject, [part, name]: readonly string[], response: ServerResponse) => {
    if (part === 'tags') return list(url, project.tags, response);
    if (part === 'branches') {
      const tip = project.commits.at(-1);
      return name === project.default_branch && tip
        ? send(response, 200, { name, commit: { id: tip.id } })
        : send(response, 404, { message: '404 Branch Not Found' });
    }
    const ref = String(url.searchParams.get('ref_name'));
    const [from, to] = ref.includes('..') ? ref.split('..') : [undefined, ref];
    const graph = new Map(
      project.commits.map((one, index) => [
        one.id,
        one.parents ?? project.commits.slice(index - 1, index).map(({ id }) => id),
      ]),
    );
    if ([from, to].some(end => end !== undefined && !graph.has(end)))
      return send(response, 404, { message: '404 Commit Not Found' });
    const reachable = (end: string | undefined, found = new Set<string>()) => {
      if (end === undefined || found.has(end)) return found;
      found.add(end);
      for (const parent of graph.get(end) ?? []) reachable(parent, found);
      return found;
    };
    const hidden = reachable(from);
    const shown = reachable(to);
    const since = url.searchParams.get('since');
    const commits = project.commits
      .filter(({ id, at }) => shown.has(id) && !hidden.has(id) && (since === null || at >= since))
      .reverse();
    return list(
      url,
      commits.map(one => commitOf(one, graph.get(one.id) ?? [])),
      response,
    );
  };

  const list = (url: URL, things: readonly unknown[], response: ServerResponse) => {
    const size = Math.min(Number(url.searchParams.get('per_page') ?? 20), world.pageSize ?? 100);
    const page = Number(url.searchParams.get('page') ?? 1);
    const headers: Record<string, string> = { 'ratelimit-limit': '2000', 'ratelimit-remaining': '1999' };
    if (things.length > page * size) {
      const next = new URL(url.pathname + url.search, server.url);
      next.searchParams.set('page', String(page + 1));
      if (world.paging !== 'number') headers.link = `<${next.href}>; rel="next", <${server.url}/last>; rel="last"`;
      if (world.paging !== 'link') headers['x-next-page'] = String(page + 1);
    } else if (world.paging !== 'link') headers['x-next-page'] = '';
    return send(response, 200, things.slice((page - 1) * size, page * size), headers);
  };
  return { url: `${server.url}${prefix}`, asked, world };
}

/** Those that changed since, ordered as asked; nulls come last, and a filter leaves them out. */
function changed(url: URL, things: readonly Thing[], part: string): Thing[] {
  const since = url.searchParams.get('updated_after');
  const label = url.searchParams.get('labels');
  const type = url.searchParams.get('issue_type');
  return things
    .filter(({ updated_at }) => since === null || (typeof updated_at === 'string' && updated_at >= since))
    .filter(one => part !== 'issues' || label === null || (one.labels as readonly string[]).includes(label))
    .filter(one => type === null || one.issue_type === type)
    .sort((a, b) => (String(a.updated_at) < String(b.updated_at) ? -1 : 1));
}

const projectOf = ({ id, path, default_branch }: FakeProject) => ({ id, path_with_namespace: path, default_branch });

const commitOf = ({ id, at, authored = at, message = `change ${id}` }: FakeCommit, parents: readonly string[]) => ({
  ...{ id, parent_ids: parents, authored_date: authored, committed_date: at, author_name: 'Ada' },
  ...{ author_email: 'ada@example.com', title: message.split('\n')[0], message, trailers: {} },
});
