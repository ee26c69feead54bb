/**
 * Azure, as a local server: the token endpoint, and Cost Management's Query, Forecast and Budgets with their checks,
 * their paging and their faults. Shapes: Microsoft.CostManagement 2023-11-01, Microsoft.Consumption 2023-05-01.
 */
import type http from 'node:http';
import type { AzureCredentials } from '../../../exporters/vendors/azure/config.ts';
import { type Ending, type Handler, startLocalServer } from '../../core/local-server.ts';

export interface AzureRow {
  /** 2026-10-31. */
  readonly day: string;
  readonly chargeType: string;
  /** Dimensions and tags by name. */
  readonly groups: Readonly<Record<string, string>>;
  /** Decimal text of ten decimals at most, by metric; none where that metric has no such row. */
  readonly ActualCost?: string;
  readonly AmortizedCost?: string;
  readonly currency: string;
}

export interface AzureWorld {
  rows: readonly AzureRow[];
  /** Rows of a page. */
  pageSize: number;
  /** Days and costs of the forecast; the status by its own word. */
  forecast: readonly {
    readonly day: string;
    readonly cost: string;
    readonly status: string;
    readonly currency: string;
  }[];
  /** Entries as they stand in `value`, as JSON text, so that a number is written as we say. */
  budgets: readonly string[];
  /** Seconds that a token lives. */
  tokenSeconds: number;
  /** Called before an API answers; a handler that it returns answers instead. */
  fault: (asked: Asked) => Handler | undefined;
}

export interface Asked {
  readonly what: 'token' | 'query' | 'forecast' | 'budgets';
  /** 1 for the first request of this kind. */
  readonly count: number;
  /** 1 for the first page. */
  readonly page: number;
  readonly url: URL;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

export interface AzureServer {
  readonly url: string;
  readonly world: AzureWorld;
  readonly credentials: AzureCredentials;
  /** Every request, in order. */
  readonly asked: readonly Asked[];
  /** Texts that no log and no error may hold: the secret, and every token given. */
  readonly secrets: readonly string[];
  readonly subscription: string;
}

export const secret = 'shh~very.Secret-value_42';
const tenant = '5f4dcc3b-0000-4000-8000-000000000001';
const client = '5f4dcc3b-0000-4000-8000-000000000002';
export const subscription = '0f1e2d3c-0000-4000-8000-0000000000aa';
export const federatedToken = 'eyJhbGciOiJSUzI1NiJ9.federated.assertion';

export async function startAzure(t: Ending, initial: Partial<AzureWorld> = {}): Promise<AzureServer> {
  const world: AzureWorld = {
    rows: [],
    pageSize: 1000,
    forecast: [],
    budgets: [],
    tokenSeconds: 3600,
    fault: () => undefined,
    ...initial,
  };
  const asked: Asked[] = [];
  const secrets = [secret, federatedToken];
  const live = new Set<string>();
  const firstBodies = new Map<string, string>();
  const server = await startLocalServer(t, (request, response, body) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const what = kindOf(url.pathname);
    if (what === undefined) return answer(response, 404, error('NotFound', `no route ${url.pathname}`));
    const page = Number(url.searchParams.get('$skiptoken')?.split('.')[1] ?? 1);
    const text = body.toString('utf8');
    const count = asked.filter(before => before.what === what).length + 1;
    const request_ = { what, count, page, url, headers: request.headers, body: text };
    asked.push(request_);
    const fault = world.fault(request_);
    if (fault) return fault(request, response, body);
    if (what === 'token') {
      if (!mayHaveToken(request, url, text))
        return answer(response, 401, {
          error: 'invalid_client',
          error_description: `AADSTS7000215: Invalid client secret provided: ${new URLSearchParams(text).get('client_secret')}.\r\nTrace ID: 1`,
        });
      const token = `token-${secrets.length}-${Math.random().toString(36).slice(2)}`;
      secrets.push(token);
      live.add(token);
      const life = world.tokenSeconds;
      return answer(response, 200, {
        token_type: 'Bearer',
        access_token: token,
        // The platform writes numbers; managed identities text.
        ...(request.method === 'GET' ? { expires_in: String(life) } : { expires_in: life }),
      });
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined || !live.has(token))
      return answer(response, 401, error('InvalidAuthenticationToken', `The access token ${token} is invalid.`));
    if (url.searchParams.get('api-version') === null)
      return answer(response, 400, error('MissingApiVersionParameter', 'The api-version query parameter is required.'));
    if (what === 'budgets') {
      if (request.method !== 'GET') return answer(response, 405, error('MethodNotAllowed', 'GET only'));
      const from = (page - 1) * world.pageSize;
      const more = from + world.pageSize < world.budgets.length;
      const next = more ? JSON.stringify(nextOf(server.url, url, page + 1)) : 'null';
      return send(
        response,
        200,
        `{"value":[${world.budgets.slice(from, from + world.pageSize).join(',')}],"nextLink":${next}}`,
      );
    }
    if (request.method !== 'POST')
      return answer(response, 405, error('MethodNotAllowed', 'pages are posted for, with the same body'));
    const link = url.searchParams.get('$skiptoken')?.split('.')[0];
    if (link !== undefined && firstBodies.get(link) !== text)
      return answer(response, 400, error('BadRequest', 'the body is not the one that this skiptoken was given for'));
    const chain = link ?? `chain${firstBodies.size + 1}`;
    firstBodies.set(chain, text);
    const table = what === 'query' ? queryTable(world, text) : forecastTable(world, text);
    if ('error' in table) return answer(response, 400, table);
    if (table.rows.length === 0) return void response.writeHead(204).end();
    const from = (page - 1) * world.pageSize;
    const more = from + world.pageSize < table.rows.length;
    const next = more ? JSON.stringify(nextOf(server.url, url, page + 1, chain)) : 'null';
    const columns = table.columns.map(([name, type]) => ({ name, type }));
    send(
      response,
      200,
      `{"id":"x","name":"y","type":"Microsoft.CostManagement/query","properties":{"nextLink":${next},"columns":${JSON.stringify(
        columns,
      )},"rows":[${table.rows.slice(from, from + world.pageSize).join(',')}]}}`,
    );
  });
  return {
    url: server.url,
    world,
    asked,
    secrets,
    subscription,
    credentials: {
      tenant_id: tenant,
      client_id: client,
      client_secret: secret,
      login_endpoint: server.url,
      management_endpoint: server.url,
    },
  };
}

const kindOf = (path: string): Asked['what'] | undefined => {
  if (/\/oauth2\/(v2\.0\/)?token$/.test(path)) return 'token';
  const name = /\/providers\/Microsoft\.(?:CostManagement|Consumption)\/(query|forecast|budgets)$/.exec(path)?.[1];
  return name as Asked['what'] | undefined;
};

/** The client secret, the federated token, or the header of one of the managed identity endpoints. */
function mayHaveToken(request: http.IncomingMessage, url: URL, body: string): boolean {
  if (request.method === 'GET') {
    const isImds = request.headers.metadata === 'true' && url.searchParams.get('api-version') === '2018-02-01';
    const isOwn =
      request.headers['x-identity-header'] === secret && url.searchParams.get('api-version') === '2019-08-01';
    return (isImds || isOwn) && url.searchParams.get('resource') !== null;
  }
  const form = new URLSearchParams(body);
  if (url.pathname !== `/${tenant}/oauth2/v2.0/token` || form.get('client_id') !== client) return false;
  if (form.get('grant_type') !== 'client_credentials' || !form.get('scope')?.endsWith('/.default')) return false;
  return (
    form.get('client_secret') === secret ||
    (form.get('client_assertion') === federatedToken &&
      form.get('client_assertion_type') === 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
  );
}

/** Azure names another API version in its links than the one it was asked by. */
function nextOf(base: string, url: URL, page: number, chain = 'list'): string {
  return `${base}${url.pathname}?api-version=2021-10-01&$skiptoken=${chain}.${page}`;
}

interface TableAnswer {
  readonly columns: readonly (readonly [name: string, type: string])[];
  /** As JSON text. */
  readonly rows: readonly string[];
}

interface QueryBody {
  readonly type: string;
  readonly timeframe: string;
  readonly timePeriod: { readonly from: string; readonly to: string };
  readonly dataset: {
    readonly granularity: string;
    readonly grouping?: readonly { readonly type: string; readonly name: string }[];
    readonly filter?: { readonly dimensions: { readonly name: string; readonly values: readonly string[] } };
  };
}

const error = (code: string, message: string) => ({ error: { code, message } });

/** Sums the world's rows as asked; columns in Azure's order: aggregation, date, groups, currency. */
function queryTable(world: AzureWorld, text: string): TableAnswer | ReturnType<typeof error> {
  const { type, timeframe, timePeriod, dataset } = JSON.parse(text) as QueryBody;
  const { granularity, grouping = [], filter } = dataset;
  const isDaily = granularity === 'Daily';
  if (timeframe !== 'Custom' || (type !== 'ActualCost' && type !== 'AmortizedCost'))
    return error('BadRequest', 'Invalid query definition');
  if (grouping.length > 2) return error('BadRequest', 'Invalid dataset grouping: at most 2 are supported');
  const [from, to] = [timePeriod.from.slice(0, 10), timePeriod.to.slice(0, 10)];
  const sums = new Map<string, bigint>();
  for (const row of world.rows) {
    const cost = row[type];
    if (cost === undefined || row.day < from || row.day > to) continue;
    if (filter && !filter.dimensions.values.includes(row.chargeType)) continue;
    const groups = grouping.map(({ name }) => (name === 'ChargeType' ? row.chargeType : (row.groups[name] ?? '')));
    const key = JSON.stringify([isDaily ? row.day : '', groups, row.currency]);
    sums.set(key, (sums.get(key) ?? 0n) + units(cost));
  }
  const columns: [string, string][] = [['Cost', 'Number']];
  if (isDaily) columns.push(['UsageDate', 'Number']);
  for (const { type: kind, name } of grouping)
    columns.push(
      ...(kind === 'TagKey'
        ? ([
            ['TagKey', 'String'],
            ['TagValue', 'String'],
          ] as [string, string][])
        : ([[name, 'String']] as [string, string][])),
    );
  columns.push(['Currency', 'String']);
  const rows = [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, sum]) => {
      const [day, groups, currency] = JSON.parse(key) as [string, string[], string];
      const values = groups.flatMap((value, index) =>
        grouping[index]?.type === 'TagKey' ? [grouping[index].name, value] : [value],
      );
      const cells = [...values, currency].map(value => JSON.stringify(value));
      return `[${[written(sum), ...(isDaily ? [day.replaceAll('-', '')] : []), ...cells].join(',')}]`;
    });
  return { columns, rows };
}

function forecastTable(world: AzureWorld, text: string): TableAnswer | ReturnType<typeof error> {
  const { timePeriod, dataset } = JSON.parse(text) as QueryBody;
  if (dataset.granularity !== 'Daily') return error('BadRequest', 'Invalid dataset granularity');
  const rows = world.forecast
    .filter(({ day }) => day >= timePeriod.from.slice(0, 10) && day <= timePeriod.to.slice(0, 10))
    .map(({ day, cost, status, currency }) => `[${cost},${day.replaceAll('-', '')},"${status}","${currency}"]`);
  const columns = [
    ['PreTaxCost', 'Number'],
    ['UsageDate', 'Number'],
    ['CostStatus', 'String'],
    ['Currency', 'String'],
  ];
  return { columns: columns as unknown as TableAnswer['columns'], rows };
}

const scale = 10n ** 10n;

/** Decimal text of ten decimals at most, in ten-billionths. */
export function units(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const size = BigInt(whole) * scale + BigInt(fraction.padEnd(10, '0'));
  return text.startsWith('-') ? -size : size;
}

/** As a JSON number; small ones with an exponent, as .NET writes them. */
function written(sum: bigint): string {
  const size = sum < 0n ? -sum : sum;
  if (size > 0n && size < 1_000_000n) return `${sum}E-10`;
  return `${sum < 0n ? '-' : ''}${size / scale}.${String(size % scale).padStart(10, '0')}`;
}

function answer(response: http.ServerResponse, status: number, body: unknown): void {
  send(response, status, JSON.stringify(body));
}

function send(response: http.ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(body);
}

/** Faults that a test's `fault` returns. */
export const faults = {
  status:
    (code: number, headers: Readonly<Record<string, string>> = {}, body = ''): Handler =>
    (_, response) =>
      void response.writeHead(code, headers).end(body),
  html: ((_, response) =>
    void response
      .writeHead(200, { 'content-type': 'text/html' })
      .end('<!DOCTYPE html><html><title>Sign in</title></html>')) as Handler,
  /** A body that is complete for HTTP and cut for JSON. */
  cutJson: ((_, response) =>
    void response
      .writeHead(200, { 'content-type': 'application/json' })
      .end('{"properties":{"columns":[{"name":"Cost"}],"rows":[[12.')) as Handler,
  /** A connection that closes in the middle of the body. */
  cutBody: ((_, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
    response.write('{"properties":');
    setImmediate(() => response.destroy());
  }) as Handler,
  /** Never answers. */
  silence: (() => undefined) as Handler,
} as const;
