/**
 * A GitHub in miniature: a local HTTP server with its paths, shapes, paging by Link, limits in headers, GraphQL, and
 * whatever faults a test wants. What it holds are the objects of its REST API; GraphQL is answered from the same.
 */
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';

export const token = 'ghp_worldworldworldworldworldworldworldwor';

type Json = Record<string, unknown>;
export interface User {
  readonly login: string;
  readonly type: 'User' | 'Bot';
}

export interface Deployment extends Json {
  readonly id: number;
  readonly node_id: string;
  environment: string;
  readonly created_at: string;
  updated_at: string;
}
export interface Status {
  readonly state: string;
  readonly created_at: string;
}
export interface Run extends Json {
  readonly id: number;
  readonly run_attempt: number;
  readonly created_at: string;
}
export interface Pull extends Json {
  readonly number: number;
  title: string;
  body: string | null;
  readonly user: User | null;
  state: 'open' | 'closed';
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string; readonly sha?: string };
  labels: readonly { readonly name: string }[];
  merge_commit_sha: string | null;
  readonly created_at: string;
  updated_at: string;
  merged_at: string | null;
  closed_at: string | null;
}
export interface Review {
  readonly id: number;
  readonly user: User | null;
  state: string;
  readonly submitted_at?: string;
}
export interface Commit {
  readonly sha: string;
  readonly commit: { readonly author: { readonly date: string }; readonly committer: { readonly date: string } };
}
export interface Issue extends Json {
  readonly number: number;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  state_reason: string | null;
  labels: { readonly name: string }[];
  readonly created_at: string;
  updated_at: string;
  closed_at: string | null;
}
export interface Release extends Json {
  readonly id: number;
  readonly tag_name: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly created_at: string;
  readonly published_at: string | null;
  readonly updated_at: string;
}
export interface HistoryCommit {
  readonly oid: string;
  readonly message: string;
  readonly at: string;
  readonly parents: readonly string[];
}

export interface Repository {
  readonly deployments: Deployment[];
  readonly statuses: Map<number, Status[]>;
  /** Every attempt. */
  readonly runs: Run[];
  readonly pulls: Pull[];
  readonly commits: Map<number, Commit[]>;
  readonly reviews: Map<number, Review[]>;
  readonly readyAt: Map<number, string>;
  readonly issues: Issue[];
  readonly labelled: Map<number, string[]>;
  /** Where an issue lives now. */
  readonly moved: Map<number, string>;
  readonly releases: Release[];
  readonly tags: Map<string, string>;
  readonly history: HistoryCommit[];
  head: string | undefined;
  archived: boolean;
}

export const emptyRepository = (): Repository => ({
  ...{ deployments: [], statuses: new Map(), runs: [], pulls: [], commits: new Map(), reviews: new Map() },
  ...{ readyAt: new Map(), issues: [], labelled: new Map(), moved: new Map(), releases: [], tags: new Map() },
  ...{ history: [], head: undefined, archived: false },
});

export interface Asked {
  readonly method: string;
  /** Under the API, without its query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** The name of the GraphQL query, '' of REST. */
  readonly operation: string;
  readonly variables: Json;
}

export type Fault = (asked: Asked, response: http.ServerResponse) => boolean;

export interface World {
  readonly url: string;
  readonly repositories: Map<string, Repository>;
  /** By owner; others are users. */
  readonly organisations: Set<string>;
  readonly asked: Asked[];
  /** Answers true where it has answered itself. */
  fault: Fault | undefined;
  /** Items of a page at most, and results of a filtered list of runs. */
  pageSize: number;
  mostRuns: number;
}

const bySeconds = (a: string, b: string) => Date.parse(a) - Date.parse(b);

export async function startGitHub(t: Ending): Promise<World> {
  const asked: Asked[] = [];
  const world: World = {
    ...{ url: '', repositories: new Map(), organisations: new Set<string>(), asked },
    ...{ fault: undefined, pageSize: 100, mostRuns: 1000 },
  };
  const server = await startLocalServer(t, (request, response, body) => {
    const at = new URL(request.url ?? '/', 'http://x');
    const isGraphql = at.pathname === '/api/graphql';
    const { query = '', variables = {} } = isGraphql
      ? (JSON.parse(body.toString()) as { query?: string; variables?: Json })
      : {};
    const one: Asked = {
      method: request.method ?? '',
      path: at.pathname.replace(/^\/api\/v3/, ''),
      query: at.searchParams,
      operation: /\bquery (\w+)/.exec(query)?.[1] ?? '',
      variables,
    };
    asked.push(one);
    const limits = {
      'x-ratelimit-limit': '5000',
      'x-ratelimit-remaining': String(5000 - asked.length),
      'x-ratelimit-reset': '2000000000',
      'x-ratelimit-used': String(asked.length),
      'x-ratelimit-resource': isGraphql ? 'graphql' : 'core',
    };
    const send = (status: number, answer: unknown, headers: Record<string, string> = {}) =>
      response
        .writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...limits, ...headers })
        .end(JSON.stringify(answer));
    if (request.headers.authorization !== `token ${token}`) return send(401, { message: 'Bad credentials' });
    if (world.fault?.(one, response)) return;
    if (isGraphql) return send(200, graphql(world, one, query));
    const found = rest(world, one);
    if (found === undefined)
      return send(404, { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' });
    if (!Array.isArray(found.list)) return send(200, found.list);
    const size = Math.min(world.pageSize, Number(one.query.get('per_page') ?? 30));
    const page = Number(one.query.get('page') ?? 1);
    // A filtered list ends after so many results.
    if (found.most !== undefined && (page - 1) * size >= found.most) return send(422, { message: 'Unprocessable' });
    const end = Math.min(found.list.length, found.most ?? Number.POSITIVE_INFINITY);
    const items = found.list.slice((page - 1) * size, Math.min(page * size, end));
    at.searchParams.set('page', String(page + 1));
    const link: Record<string, string> =
      page * size < end ? { link: `<${server.url}${at.pathname}?${at.searchParams}>; rel="next"` } : {};
    send(200, found.key === undefined ? items : { total_count: found.list.length, [found.key]: items }, link);
  });
  return Object.assign(world, { url: `${server.url}/api/v3` });
}

interface Found {
  readonly list: unknown;
  readonly key?: string;
  readonly most?: number;
}

function rest(world: World, { path, query }: Asked): Found | undefined {
  const owner = /^\/(orgs|users)\/([^/]+)\/repos$/.exec(path);
  if (owner) {
    if ((owner[1] === 'orgs') !== world.organisations.has(owner[2] ?? '')) return undefined;
    const own = [...world.repositories].filter(([name]) => name.toLowerCase().startsWith(`${owner[2]}/`));
    return { list: own.map(([full_name, { archived }]) => ({ full_name, archived, disabled: false })) };
  }
  const of = /^\/repos\/([^/]+\/[^/]+)(\/.*)$/.exec(path);
  const repository = of?.[1] === undefined ? undefined : repositoryOf(world, of[1]);
  if (!repository) return undefined;
  const rest = of?.[2] ?? '';
  if (rest === '/deployments') return { list: repository.deployments.toSorted((a, b) => b.id - a.id) };
  if (rest === '/actions/runs') {
    const [from = '', to = ''] = (query.get('created') ?? '').split('..');
    const latest = new Map<number, Run>();
    for (const run of repository.runs)
      if (run.run_attempt >= (latest.get(run.id)?.run_attempt ?? 0)) latest.set(run.id, run);
    const list = [...latest.values()]
      .filter(run => bySeconds(run.created_at, from) >= 0 && bySeconds(run.created_at, to) <= 0)
      .sort((a, b) => bySeconds(b.created_at, a.created_at) || b.id - a.id);
    return { list, key: 'workflow_runs', most: world.mostRuns };
  }
  const [, kind, id, more, attempt] = /^\/(\w+(?:\/runs)?)\/(\d+)(?:\/(\w+)(?:\/(\d+))?)?$/.exec(rest) ?? [];
  const number = Number(id);
  if (kind === 'deployments' && more === 'statuses')
    return { list: (repository.statuses.get(number) ?? []).toReversed() };
  if (kind === 'deployments') return one(repository.deployments.find(deployment => deployment.id === number));
  if (kind === 'actions/runs' && more === 'attempts')
    return one(repository.runs.find(run => run.id === number && run.run_attempt === Number(attempt)));
  if (kind === 'pulls' && more === 'commits') return { list: (repository.commits.get(number) ?? []).slice(0, 250) };
  if (kind === 'pulls' && more === 'reviews') return { list: repository.reviews.get(number) ?? [] };
  return undefined;
}

const one = (list: unknown): Found | undefined => (list === undefined ? undefined : { list });

const repositoryOf = (world: World, name: string) =>
  [...world.repositories].find(([full]) => full.toLowerCase() === name.toLowerCase())?.[1];

function graphql(world: World, { operation, variables }: Asked, query: string): unknown {
  if (operation === 'DeploymentStatuses') return statuses(world, variables.ids as readonly string[]);
  const name = `${variables.owner}/${variables.name}`;
  const repository = repositoryOf(world, name);
  if (!repository)
    return {
      data: { repository: null },
      errors: [{ type: 'NOT_FOUND', path: ['repository'], message: `Could not resolve to a Repository '${name}'.` }],
    };
  const { after } = variables;
  const page = <T>(items: readonly T[], first: number, map: (item: T) => unknown) => {
    const start = typeof after === 'string' ? Number(Buffer.from(after, 'base64').toString().split(':')[1]) : 0;
    const size = Math.min(first, world.pageSize);
    const hasNextPage = start + size < items.length;
    const endCursor = hasNextPage ? Buffer.from(`cursor:${start + size}`).toString('base64') : null;
    return { pageInfo: { hasNextPage, endCursor }, nodes: items.slice(start, start + size).map(map) };
  };
  const answer = (key: string, value: unknown) => ({ data: { repository: { [key]: value } } });
  switch (operation) {
    case 'PullRequests': {
      const list = repository.pulls.toSorted((a, b) => bySeconds(b.updated_at, a.updated_at) || b.number - a.number);
      return answer(
        'pullRequests',
        page(list, Number(variables.first), pull => pullNode(repository, pull)),
      );
    }
    case 'Issues': {
      const { since = '', labels } = variables.filter as { since?: string; labels?: readonly string[] };
      const list = repository.issues
        .filter(({ updated_at }) => bySeconds(updated_at, since) >= 0)
        .filter(issue => !labels || issue.labels.some(({ name: of }) => labels.includes(of)))
        .toSorted((a, b) => bySeconds(a.updated_at, b.updated_at));
      return answer(
        'issues',
        page(list, 100, issue => issueNode(repository, name, issue)),
      );
    }
    case 'KnownIssues': {
      const numbers = [...query.matchAll(/issue\(number: (\d+)\)/g)].map(([, number]) => Number(number));
      const told = numbers.map(number => {
        const home = repository.moved.get(number) ?? name;
        const isThere = repository.moved.has(number) || repository.issues.some(issue => issue.number === number);
        return [`i${number}`, isThere ? { number, repository: { nameWithOwner: home } } : null];
      });
      const missing = told.filter(([, issue]) => issue === null);
      const errors = missing.map(([key]) => ({ type: 'NOT_FOUND', path: ['repository', key], message: 'no issue' }));
      return { data: { repository: Object.fromEntries(told) }, ...(errors.length > 0 ? { errors } : {}) };
    }
    case 'Releases': {
      const list = repository.releases.toSorted((a, b) => bySeconds(b.created_at, a.created_at));
      return answer(
        'releases',
        page(list, 50, release => releaseNode(repository, release)),
      );
    }
    case 'DefaultBranch': {
      const { head } = repository;
      return answer('defaultBranchRef', head === undefined ? null : { name: 'main', target: { oid: head } });
    }
    case 'History': {
      const list = reachable(repository, String(variables.head)).filter(
        ({ at }) => bySeconds(at, String(variables.since)) >= 0,
      );
      const isThere = repository.history.some(({ oid }) => oid === variables.head);
      return answer('object', isThere ? { history: page(list, 100, commitNode) } : null);
    }
    default:
      return { errors: [{ type: 'undefined', message: `no query ${operation}` }] };
  }
}

function statuses(world: World, ids: readonly string[]): unknown {
  const all = [...world.repositories.values()];
  const nodes = ids.map(id => {
    const home = all.find(({ deployments }) => deployments.some(({ node_id }) => node_id === id));
    const deployment = home?.deployments.find(({ node_id }) => node_id === id);
    if (!home || !deployment) return null;
    const own = (home.statuses.get(deployment.id) ?? []).toReversed();
    const told = own
      .slice(0, 30)
      .map(({ state, created_at }) => ({ state: state.toUpperCase(), createdAt: created_at }));
    return { id, statuses: { totalCount: own.length, nodes: told } };
  });
  const errors = nodes.flatMap((node, index) =>
    node ? [] : [{ type: 'NOT_FOUND', path: ['nodes', index], message: 'no node' }],
  );
  return { data: { nodes }, ...(errors.length > 0 ? { errors } : {}) };
}

const actor = (user: User | null) =>
  user && { __typename: user.type, login: user.type === 'Bot' ? user.login.replace(/\[bot\]$/, '') : user.login };

const pullNode = (repository: Repository, pull: Pull) => {
  const commits = repository.commits.get(pull.number) ?? [];
  const reviews = repository.reviews.get(pull.number) ?? [];
  const ready = repository.readyAt.get(pull.number);
  return {
    ...{ number: pull.number, title: pull.title, body: pull.body ?? '', url: pull.html_url },
    state: pull.merged_at ? 'MERGED' : pull.state.toUpperCase(),
    ...{ createdAt: pull.created_at, updatedAt: pull.updated_at, mergedAt: pull.merged_at, closedAt: pull.closed_at },
    ...{ baseRefName: pull.base.ref, headRefName: pull.head.ref, headRefOid: pull.head.sha },
    mergeCommit: pull.merged_at ? { oid: pull.merge_commit_sha } : null,
    ...{ author: actor(pull.user), labels: { nodes: pull.labels } },
    commits: {
      totalCount: commits.length,
      nodes: commits.slice(0, 100).map(({ sha, commit }) => ({
        commit: { oid: sha, authoredDate: commit.author.date, committedDate: commit.committer.date },
      })),
    },
    reviews: {
      totalCount: reviews.length,
      nodes: reviews.slice(0, 100).map(({ id, state, submitted_at = null, user }) => ({
        ...{ fullDatabaseId: String(id), state, submittedAt: submitted_at, author: actor(user) },
      })),
    },
    timelineItems: { nodes: ready === undefined ? [] : [{ createdAt: ready }] },
  };
};

const issueNode = (repository: Repository, name: string, issue: Issue) => ({
  ...{ number: issue.number, title: issue.title, body: issue.body ?? '', state: issue.state.toUpperCase() },
  ...{ stateReason: issue.state_reason?.toUpperCase() ?? null, url: issue.html_url ?? `https://x/${name}` },
  ...{ createdAt: issue.created_at, updatedAt: issue.updated_at, closedAt: issue.closed_at },
  labels: { nodes: issue.labels },
  timelineItems: {
    nodes: (repository.labelled.get(issue.number) ?? []).map(label => ({ label: { name: label } })),
  },
});

const releaseNode = (repository: Repository, release: Release) => {
  const oid = repository.tags.get(release.tag_name);
  return {
    ...{ tagName: release.tag_name, isDraft: release.draft, isPrerelease: release.prerelease, url: release.html_url },
    ...{ createdAt: release.created_at, publishedAt: release.published_at, updatedAt: release.updated_at },
    tagCommit: oid === undefined ? null : { oid },
  };
};

/** What `git log` lists from there, newest first. */
function reachable({ history }: Repository, head: string): HistoryCommit[] {
  const byOid = new Map(history.map(commit => [commit.oid, commit]));
  const found = new Set<HistoryCommit>();
  const queue = [head];
  for (let oid = queue.pop(); oid !== undefined; oid = queue.pop()) {
    const commit = byOid.get(oid);
    if (!commit || found.has(commit)) continue;
    found.add(commit);
    queue.push(...commit.parents);
  }
  return [...found].sort((a, b) => bySeconds(b.at, a.at));
}

const commitNode = ({ oid, message, at, parents }: HistoryCommit) => ({
  ...{ oid, message, authoredDate: at, committedDate: at, author: { name: 'Ada', email: 'ada@acme.example' } },
  parents: { nodes: parents.map(parent => ({ oid: parent })) },
});
