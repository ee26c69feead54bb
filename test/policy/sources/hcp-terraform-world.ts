/**
 * HCP Terraform as a local server: workspaces, runs, policy checks, task stages, policy evaluations with their outcomes,
 * run events and policies, with JSON:API paging, a rate limit and faults. Shapes: API v2 of HashiCorp's documentation.
 */
import type http from 'node:http';
import { type Ending, type Handler, startLocalServer } from '../../core/local-server.ts';

export const token = 'team.atlasv1.very-Secret-token';

export interface SentinelPolicy {
  readonly policy: string;
  readonly result: boolean;
  readonly advisory?: boolean;
  readonly error?: string;
  readonly print?: string;
  readonly description?: string;
}

export interface CheckWord {
  readonly status: string;
  readonly at?: string;
  readonly overriddenAt?: string;
  readonly hard?: number;
  readonly soft?: number;
  readonly canOverride?: boolean;
  readonly policies?: readonly SentinelPolicy[];
}

export interface OutcomeWord {
  readonly name: string;
  readonly status: string;
  readonly level: string;
  readonly output?: unknown;
}

export interface EvaluationWord {
  readonly status: string;
  readonly at?: string;
  readonly kind?: string;
  readonly overridable?: boolean;
  readonly outcomes: readonly OutcomeWord[];
  readonly error?: string;
}

export interface RunWord {
  readonly id: string;
  readonly workspace?: string;
  readonly createdAt: string;
  readonly status: string;
  readonly planOnly?: boolean;
  readonly destroy?: boolean;
  readonly check?: CheckWord;
  readonly evaluation?: EvaluationWord;
  /** Who overrode it, and what they said. */
  readonly override?: { readonly by: string; readonly at: string; readonly comment?: string };
}

export interface TerraformWorld {
  workspaces: readonly { readonly name: string; readonly tags?: readonly string[]; readonly repository?: string }[];
  runs: readonly RunWord[];
  policies: readonly { readonly name: string; readonly level: string }[];
  /** The most that a page holds, whatever is asked for. */
  pageSize: number;
  fault: (asked: Asked) => Handler | undefined;
}

export interface Asked {
  readonly what: string;
  readonly count: number;
  readonly url: URL;
}

export interface TerraformServer {
  readonly url: string;
  readonly world: TerraformWorld;
  readonly asked: readonly Asked[];
}

const paths: readonly (readonly [what: string, form: RegExp])[] = [
  ['workspaces', /^\/organizations\/acme\/workspaces$/],
  ['runs', /^\/organizations\/acme\/runs$/],
  ['policies', /^\/organizations\/acme\/policies$/],
  ['run', /^\/runs\/([^/]+)$/],
  ['checks', /^\/runs\/([^/]+)\/policy-checks$/],
  ['stages', /^\/runs\/([^/]+)\/task-stages$/],
  ['events', /^\/runs\/([^/]+)\/run-events$/],
  ['evaluations', /^\/task-stages\/ts-([^/]+)\/policy-evaluations$/],
  ['outcomes', /^\/policy-evaluations\/poleval-([^/]+)\/policy-set-outcomes$/],
];

export async function startTerraform(t: Ending, initial: Partial<TerraformWorld> = {}): Promise<TerraformServer> {
  const world: TerraformWorld = {
    ...{ workspaces: [{ name: 'net' }], runs: [], policies: [], pageSize: 100, fault: () => undefined },
    ...initial,
  };
  const asked: Asked[] = [];
  const server = await startLocalServer(t, (request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(url.pathname).replace(/^\/api\/v2/, '');
    const [what, form] = paths.find(([, one]) => one.test(path)) ?? [];
    if (what === undefined || form === undefined) return refuse(response, 404, 'not found');
    const one = { what, url, count: asked.filter(before => before.what === what).length + 1 };
    asked.push(one);
    const fault = world.fault(one);
    if (fault) return fault(request, response, body);
    if (request.headers.authorization !== `Bearer ${token}`) return refuse(response, 401, 'unauthorized');
    const id = form.exec(path)?.[1];
    const run = world.runs.find(known => known.id === id);
    if (id !== undefined && run === undefined) return refuse(response, 404, 'not found');
    if (what === 'run') return send(response, 200, { data: runResource(run!) });
    const { data, included = [] } = listOf(world, what, { run, url });
    const size = Math.min(Number(url.searchParams.get('page[size]') ?? 20), world.pageSize);
    const number = Number(url.searchParams.get('page[number]') ?? 1);
    const more = number * size < data.length;
    const next = new URL(`${server.url}${url.pathname}${url.search}`);
    next.searchParams.set('page[number]', String(number + 1));
    send(response, 200, {
      data: data.slice((number - 1) * size, number * size),
      included,
      // An organization's runs give the numbers alone.
      ...(what === 'runs' ? {} : { links: { next: more ? next.href : null } }),
      meta: { pagination: { 'current-page': number, 'page-size': size, 'next-page': more ? number + 1 : null } },
    });
  });
  return { url: server.url, world, asked };
}

interface Within {
  readonly run: RunWord | undefined;
  readonly url: URL;
}

interface Listed {
  readonly data: readonly unknown[];
  readonly included?: readonly unknown[];
}

function listOf(world: TerraformWorld, what: string, { run, url }: Within): Listed {
  if (what === 'workspaces') {
    const tags = url.searchParams.get('search[tags]')?.split(',') ?? [];
    const of = world.workspaces.filter(one => tags.every(tag => one.tags?.includes(tag)));
    return {
      data: of.map(one => workspaceResource(world, one)),
      included: [{ id: 'prj-1', type: 'projects', attributes: { name: 'Platform' } }],
    };
  }
  if (what === 'policies')
    return {
      data: world.policies.map(({ name, level }) => ({
        type: 'policies',
        attributes: { name, 'enforcement-level': level, enforce: [{ path: `${name}.sentinel`, mode: level }] },
      })),
    };
  if (what === 'runs') {
    const operations = url.searchParams.get('filter[operation]')?.split(',') ?? [];
    const data = world.runs
      .filter(({ planOnly }) => !planOnly || operations.includes('plan_only'))
      .toSorted((a, b) => (a.createdAt < b.createdAt ? 1 : -1))
      .map(runResource);
    return { data };
  }
  if (what === 'checks') return { data: run?.check === undefined ? [] : [checkResource(run.id, run.check)] };
  if (what === 'stages')
    return {
      data:
        run?.evaluation === undefined
          ? []
          : [
              {
                ...{ id: `ts-${run.id}`, type: 'task-stages', attributes: { stage: 'post_plan', status: 'passed' } },
                relationships: {
                  'policy-evaluations': { data: [{ id: `poleval-${run.id}`, type: 'policy-evaluations' }] },
                },
              },
            ],
    };
  if (what === 'evaluations') return { data: [evaluationResource(run!)] };
  if (what === 'outcomes') return { data: [outcomeResource(run!.evaluation!)] };
  return eventsOf(run!);
}

function eventsOf({ id, override }: RunWord): Listed {
  const event = (action: string, at: string, more: object = {}) => ({
    ...{ id: `re-${action}`, type: 'run-events', attributes: { action, 'created-at': at, description: null } },
    relationships: { run: { data: { id, type: 'runs' } }, ...more },
  });
  if (override === undefined) return { data: [event('queued', '2026-11-01T00:00:00Z')] };
  const { by, at, comment } = override;
  return {
    data: [
      event('queued', '2026-11-01T00:00:00Z', { actor: { data: { id: 'user-0', type: 'users' } } }),
      event('policy_overridden', at, {
        actor: { data: { id: 'user-1', type: 'users' } },
        ...(comment === undefined ? {} : { comment: { data: { id: 'wsc-1', type: 'comments' } } }),
      }),
    ],
    included: [
      { id: 'user-0', type: 'users', attributes: { username: 'robot' } },
      { id: 'user-1', type: 'users', attributes: { username: by } },
      { id: 'wsc-1', type: 'comments', attributes: { body: comment } },
    ],
  };
}

const workspaceResource = (
  world: TerraformWorld,
  { name, tags = [], repository }: TerraformWorld['workspaces'][number],
) => {
  const newest = world.runs.filter(run => (run.workspace ?? 'net') === name && !run.planOnly).at(-1);
  return {
    ...{ id: `ws-${name}`, type: 'workspaces' },
    attributes: {
      ...{ name, 'tag-names': tags },
      'vcs-repo': repository === undefined ? null : { identifier: repository, branch: 'main' },
    },
    relationships: {
      'current-run': { data: newest === undefined ? null : { id: newest.id, type: 'runs' } },
      project: { data: { id: 'prj-1', type: 'projects' } },
    },
  };
};

const runResource = ({ id, workspace = 'net', createdAt, status, planOnly = false, destroy = false }: RunWord) => ({
  ...{ id, type: 'runs' },
  attributes: { 'created-at': createdAt, status, 'plan-only': planOnly, 'is-destroy': destroy },
  relationships: { workspace: { data: { id: `ws-${workspace}`, type: 'workspaces' } } },
});

export function checkResource(run: string, check: CheckWord) {
  const { status, at = '2026-11-19T10:00:00+00:00', overriddenAt, policies, hard = 0, soft = 0 } = check;
  const failed = (policies ?? []).filter(({ result }) => !result);
  const advisory = failed.filter(one => one.advisory).length;
  return {
    ...{ id: `polchk-${run}`, type: 'policy-checks' },
    attributes: {
      result: {
        ...{ result: failed.length === 0, passed: (policies ?? []).length - failed.length },
        ...{ 'hard-failed': hard, 'soft-failed': soft, 'advisory-failed': advisory, 'total-failed': failed.length },
        sentinel:
          policies === undefined
            ? null
            : {
                'schema-version': 1,
                data: {
                  base: {
                    ...{ 'can-override': check.canOverride ?? false, error: null },
                    policies: policies.map(one => ({
                      ...{ policy: `base/${one.policy}`, result: one.result, error: one.error ?? null },
                      'allowed-failure': one.advisory ?? false,
                      trace: { description: one.description ?? '', print: one.print ?? '', error: null, rules: {} },
                    })),
                  },
                },
              },
      },
      ...{ scope: 'organization', status, actions: { 'is-overridable': soft > 0 } },
      'status-timestamps': {
        'queued-at': at,
        [`${status.replace('_', '-')}-at`]: overriddenAt ?? at,
        ...(overriddenAt === undefined ? {} : { 'soft-failed-at': at }),
      },
    },
    relationships: { run: { data: { id: run, type: 'runs' } } },
  };
}

const evaluationResource = ({ id, evaluation }: RunWord) => ({
  ...{ id: `poleval-${id}`, type: 'policy-evaluations' },
  attributes: {
    ...{ status: evaluation!.status, 'policy-kind': evaluation!.kind ?? 'opa' },
    'result-count': { 'advisory-failed': 0, errored: 0, 'mandatory-failed': 0, passed: evaluation!.outcomes.length },
    'status-timestamps': { [`${evaluation!.status}-at`]: evaluation!.at ?? '2026-11-19T10:00:00+00:00' },
  },
});

const outcomeResource = ({ outcomes, overridable = false, error = '' }: EvaluationWord) => ({
  ...{ id: 'psout-1', type: 'policy-set-outcomes' },
  attributes: {
    ...{ error, overridable, 'policy-set-name': 'rego' },
    outcomes: outcomes.map(({ name, status, level, output }) => ({
      ...{ policy_name: name, status, enforcement_level: level, query: 'data.terraform.main', description: '' },
      ...(output === undefined ? {} : { output }),
    })),
  },
});

export const refuse = (
  response: http.ServerResponse,
  status: number,
  title: string,
  headers: http.OutgoingHttpHeaders = {},
) => send(response, status, { errors: [{ status: String(status), title }] }, headers);

function send(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, { 'content-type': 'application/vnd.api+json', ...headers }).end(JSON.stringify(body));
}
