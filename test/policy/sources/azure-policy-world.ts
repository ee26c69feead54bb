/**
 * Azure as a local server: tokens, subscriptions, management groups, policy assignments, definitions, exemptions, and
 * policy states with their paging, their summary, and their faults. Shapes: Microsoft.PolicyInsights 2024-10-01,
 * Microsoft.Authorization 2023-04-01 and 2022-07-01-preview, Microsoft.Management 2020-05-01.
 */
import type http from 'node:http';
import type { AzureCredentials } from '../../../exporters/vendors/azure/config.ts';
import { type Ending, type Handler, startLocalServer } from '../../core/local-server.ts';

export const shop = 'AAAA1111-0000-4000-8000-00000000000a';
export const pay = 'bbbb2222-0000-4000-8000-00000000000b';
export const secret = 'shh~very.Secret-value_42';

/** A row in short; `assignment` is a name within the subscription. */
export interface StateWord {
  readonly subscription?: string;
  readonly resource: string;
  readonly policy: string;
  readonly state: string;
  readonly assignment?: string;
  readonly reference?: string;
  readonly effect?: string;
  readonly tags?: string;
  /** When it was evaluated: rows that are older than what is asked for are not told. Absent: within whatever is asked. */
  readonly at?: string;
  /** Anything else of the row, and other casing. */
  readonly more?: Readonly<Record<string, unknown>>;
}

export interface AzurePolicyWorld {
  states: readonly StateWord[];
  /** Rows of a page. */
  pageSize: number;
  assignments: readonly {
    readonly name: string;
    readonly policy: string;
    readonly mode?: string;
    readonly set?: boolean;
  }[];
  exemptions: readonly Readonly<Record<string, unknown>>[];
  /** The Activity Log. */
  events: readonly Readonly<Record<string, unknown>>[];
  /** Display names by definition. */
  titles: Readonly<Record<string, string>>;
  /** What the summary says of violations by `assignment#reference policy`, instead of what the rows say. */
  summary: Readonly<Record<string, number>>;
  /** Called before an answer; a handler that it returns answers instead. */
  fault: (asked: Asked) => Handler | undefined;
}

export interface Asked {
  readonly what: string;
  /** 1 for the first request of this kind. */
  readonly count: number;
  readonly url: URL;
  readonly method: string;
}

export interface AzurePolicyServer {
  readonly url: string;
  readonly world: AzurePolicyWorld;
  readonly credentials: AzureCredentials;
  readonly asked: readonly Asked[];
  readonly secrets: readonly string[];
}

const tenant = '5f4dcc3b-0000-4000-8000-000000000001';
const client = '5f4dcc3b-0000-4000-8000-000000000002';

export const assignmentId = (subscription: string, name: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/policyAssignments/${name}`;
const definitionId = (policy: string) => `/providers/Microsoft.Authorization/policyDefinitions/${policy}`;

const paths: readonly (readonly [what: string, form: RegExp])[] = [
  ['token', /\/oauth2\/v2\.0\/token$/],
  ['subscriptions', /^\/subscriptions$/],
  ['descendants', /\/managementGroups\/[^/]+\/descendants$/],
  ['states', /^\/subscriptions\/[^/]+\/providers\/Microsoft\.PolicyInsights\/policyStates\/latest\/queryResults$/],
  ['summarize', /^\/subscriptions\/[^/]+\/providers\/Microsoft\.PolicyInsights\/policyStates\/latest\/summarize$/],
  ['assignments', /\/providers\/Microsoft\.Authorization\/policyAssignments$/],
  ['exemptions', /\/providers\/Microsoft\.Authorization\/policyExemptions$/],
  ['events', /\/providers\/Microsoft\.Insights\/eventtypes\/management\/values$/],
  ['definition', /\/providers\/Microsoft\.Authorization\/policyDefinitions\/[^/]+$/],
];

export async function startAzurePolicy(t: Ending, initial: Partial<AzurePolicyWorld> = {}): Promise<AzurePolicyServer> {
  const world: AzurePolicyWorld = {
    ...{ states: [], pageSize: 1000, assignments: [], exemptions: [], events: [], titles: {}, summary: {} },
    fault: () => undefined,
    ...initial,
  };
  const asked: Asked[] = [];
  const secrets = [secret];
  const live = new Set<string>();
  const server = await startLocalServer(t, (request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(url.pathname);
    const what = paths.find(([, form]) => form.test(path))?.[0];
    if (what === undefined) return answer(response, 404, error('NotFound', `no route ${path}`));
    const count = asked.filter(before => before.what === what).length + 1;
    const one = { what, count, url, method: request.method ?? '' };
    asked.push(one);
    const fault = world.fault(one);
    if (fault) return fault(request, response, body);
    if (what === 'token') {
      if (new URLSearchParams(body.toString()).get('client_secret') !== secret)
        return answer(response, 401, { error: 'invalid_client', error_description: 'AADSTS7000215' });
      const token = `token-${secrets.length}-${Math.random().toString(36).slice(2)}`;
      secrets.push(token);
      live.add(token);
      return answer(response, 200, { token_type: 'Bearer', access_token: token, expires_in: 3600 });
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !live.has(token))
      return answer(response, 401, error('InvalidAuthenticationToken', `The access token ${token} is invalid.`));
    if (url.searchParams.get('api-version') === null)
      return answer(response, 400, error('MissingApiVersionParameter', 'The api-version parameter is required.'));
    const isPosted = what === 'states' || what === 'summarize';
    if (request.method !== (isPosted ? 'POST' : 'GET'))
      return answer(response, 405, error('MethodNotAllowed', `${request.method} is not allowed`));
    const subscription = /^\/subscriptions\/([^/]+)/.exec(path)?.[1]?.toLowerCase() ?? '';
    if (what === 'summarize') return answer(response, 200, summaryOf(world, subscription, url));
    const [link, list] = listOf(world, { what, path, subscription, url });
    if (list === undefined) {
      const title = world.titles[path.split('/').at(-1)!];
      return title === undefined
        ? answer(response, 404, error('PolicyDefinitionNotFound', 'gone'))
        : answer(response, 200, { id: path, properties: { displayName: title, policyType: 'BuiltIn' } });
    }
    const from = Number(url.searchParams.get('$skiptoken') ?? 0);
    // $top is where the list ends, not the length of a page.
    const whole = list.slice(0, Number(url.searchParams.get('$top') ?? list.length));
    const next = new URL(`${server.url}${url.pathname}${url.search}`);
    next.searchParams.set('$skiptoken', String(from + world.pageSize));
    const more = from + world.pageSize < whole.length;
    answer(response, 200, {
      ...(what === 'states' ? { '@odata.count': Math.min(world.pageSize, whole.length - from) } : {}),
      [link]: more ? next.href : null,
      value: whole.slice(from, from + world.pageSize),
    });
  });
  return {
    ...{ url: server.url, world, asked, secrets },
    credentials: {
      ...{ tenant_id: tenant, client_id: client, client_secret: secret },
      ...{ login_endpoint: server.url, management_endpoint: server.url },
    },
  };
}

interface Listing {
  readonly what: string;
  readonly path: string;
  readonly subscription: string;
  readonly url: URL;
}

function listOf(
  world: AzurePolicyWorld,
  { what, path, subscription, url }: Listing,
): [string, readonly unknown[] | undefined] {
  if (what === 'states') return ['@odata.nextLink', stateRows(world, subscription, url)];
  if (what === 'definition') return ['nextLink', undefined];
  if (what === 'events') {
    const [, from = '', to = ''] =
      /^eventTimestamp ge '([^']+)' and eventTimestamp le '([^']+)'$/.exec(url.searchParams.get('$filter') ?? '') ?? [];
    return ['nextLink', world.events.filter(({ eventTimestamp: at }) => String(at) >= from && String(at) <= to)];
  }
  if (what === 'exemptions')
    return ['nextLink', world.exemptions.filter(({ id }) => String(id).toLowerCase().includes(subscription))];
  if (what === 'assignments')
    return [
      'nextLink',
      world.assignments.map(({ name, policy, mode, set }) => ({
        id: assignmentId(subscription, name).replace('subscriptions', 'Subscriptions'),
        name,
        properties: {
          displayName: `the assignment ${name}`,
          ...(mode === undefined ? {} : { enforcementMode: mode }),
          notScopes: [],
          policyDefinitionId: set
            ? `/subscriptions/${subscription}/providers/Microsoft.Authorization/policySetDefinitions/${policy}`
            : definitionId(policy),
        },
      })),
    ];
  if (what === 'descendants')
    return [
      'nextLink',
      [
        { type: 'Microsoft.Management/managementGroups', name: 'lower' },
        { type: '/subscriptions', name: shop },
        { type: '/subscriptions', name: pay },
      ],
    ];
  return [
    'nextLink',
    [
      { id: `/subscriptions/${shop}`, subscriptionId: shop, state: 'Enabled' },
      { id: `/subscriptions/${pay}`, subscriptionId: pay, state: 'Enabled' },
      { id: `${path}/off`, subscriptionId: 'cccc', state: 'Disabled' },
    ],
  ];
}

const rowsIn = (world: AzurePolicyWorld, subscription: string, url: URL) =>
  world.states.filter(
    ({ subscription: of = shop, at }) =>
      of.toLowerCase() === subscription && (at === undefined || at >= (url.searchParams.get('$from') ?? '')),
  );

export function stateRow(state: StateWord): Record<string, unknown> {
  const { subscription = shop, resource, policy, assignment = `assign-${policy}`, reference, effect = 'audit' } = state;
  return {
    '@odata.id': null,
    timestamp: state.at ?? '2026-11-20T03:04:05Z',
    resourceId: `/subscriptions/${subscription}/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts/${resource}`,
    policyAssignmentId: assignmentId(subscription, assignment),
    policyDefinitionId: definitionId(policy),
    isCompliant: state.state === 'Compliant',
    subscriptionId: subscription,
    resourceLocation: 'westeurope',
    resourceTags: state.tags ?? 'tbd',
    policyAssignmentName: assignment,
    policyDefinitionName: policy,
    policyDefinitionAction: effect,
    policySetDefinitionName: reference === undefined ? null : 'baseline',
    policyDefinitionReferenceId: reference ?? null,
    complianceState: state.state,
    ...state.more,
  };
}

function stateRows(world: AzurePolicyWorld, subscription: string, url: URL): readonly unknown[] {
  const columns = url.searchParams.get('$select')?.split(',');
  return rowsIn(world, subscription, url).map(state => {
    const row = stateRow(state);
    return columns === undefined
      ? row
      : Object.fromEntries(
          Object.entries(row).filter(([name]) => columns.includes(name) || name in (state.more ?? {})),
        );
  });
}

/** Of all rows, whatever is listed; every level counts a resource once. */
function summaryOf(world: AzurePolicyWorld, subscription: string, url: URL): unknown {
  const assignments = new Map<string, Map<string, { row: Record<string, unknown>; states: Map<string, number> }>>();
  for (const state of rowsIn(world, subscription, url)) {
    const row = stateRow(state);
    const id = String(row.policyAssignmentId).toLowerCase();
    const definitions = assignments.get(id) ?? new Map();
    assignments.set(id, definitions);
    const key = `${String(row.policyDefinitionReferenceId)} ${state.policy}`;
    const one = definitions.get(key) ?? { row, states: new Map() };
    definitions.set(key, one);
    const word = state.state.toLowerCase();
    one.states.set(word, (one.states.get(word) ?? 0) + 1);
  }
  const policyAssignments = [...assignments].map(([id, definitions]) => ({
    policyAssignmentId: id,
    policySetDefinitionId: '',
    results: { nonCompliantResources: 999, resourceDetails: [{ complianceState: 'noncompliant', count: 999 }] },
    policyDefinitions: [...definitions.values()].map(({ row, states }) => {
      const reference = row.policyDefinitionReferenceId;
      const name = `${id.split('/').at(-1)}${reference === null ? '' : `#${String(reference)}`} ${String(row.policyDefinitionName)}`;
      const failing = world.summary[name] ?? states.get('noncompliant') ?? 0;
      return {
        policyDefinitionId: String(row.policyDefinitionId).toLowerCase(),
        policyDefinitionReferenceId: reference,
        effect: row.policyDefinitionAction,
        results: {
          nonCompliantResources: failing,
          resourceDetails: [...states]
            .filter(([word]) => word !== 'noncompliant')
            .map(([complianceState, count]) => ({ complianceState, count }))
            .concat(failing === 0 ? [] : [{ complianceState: 'noncompliant', count: failing }]),
        },
      };
    }),
  }));
  return { '@odata.count': 1, value: [{ results: {}, policyAssignments }] };
}

const error = (code: string, message: string) => ({ error: { code, message } });

export function answer(
  response: http.ServerResponse,
  status: number,
  body: unknown,
  headers: http.OutgoingHttpHeaders = {},
) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
