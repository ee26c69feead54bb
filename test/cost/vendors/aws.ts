/**
 * A local server with the protocol of AWS Cost Explorer (2017-10-25) and AWS Budgets (2016-10-20): JSON 1.1 with
 * X-Amz-Target, Signature Version 4, page tokens that hold for their own parameters alone, exceptions by `__type`. It
 * answers from a ledger of lines that a test makes up, by the API's own rules; every fault can be put before an answer.
 */
import { createHash } from 'node:crypto';
import type http from 'node:http';
import { type Ending, startLocalServer } from '../../core/local-server.ts';
import { type Keys, signatureFault } from './sigv4.ts';

/** One line of the account's costs; amounts are decimal text. */
export interface Line {
  readonly day: string;
  readonly account: string;
  readonly service: string;
  readonly recordType?: string;
  readonly unblended: string;
  readonly amortized?: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly currency?: string;
}

/** Put before the answer to one request; `undefined` is an answer as it should be. */
export type Trouble =
  | {
      readonly kind: 'exception';
      readonly type: string;
      readonly message?: string;
      readonly status?: number;
      readonly retryAfter?: string;
    }
  | { readonly kind: 'html'; readonly status: number }
  | { readonly kind: 'cut' | 'cut_json' | 'empty' | 'reset' | 'silence' }
  | { readonly kind: 'change'; readonly change: (answer: Record<string, unknown>) => unknown };

type Json = Record<string, unknown>;

export interface AwsAccount {
  lines: readonly Line[];
  budgets: readonly Json[];
  anomalies: readonly Json[];
  forecast: Json | undefined;
  names: Readonly<Record<string, string>>;
  /** Days from here on are estimated. */
  estimatedFrom: string;
  /** The first day of which Cost Explorer still has costs. */
  oldest: string;
  today: string;
  /** Groups on a page. */
  pageSize: number;
  keys: Keys;
  /** What the next requests of an operation meet, in order. */
  troubles: { readonly operation: string; readonly trouble: Trouble }[];
}

export interface AwsServer {
  readonly url: string;
  readonly account: AwsAccount;
  /** Every request that was let in, in order. */
  readonly requests: { readonly operation: string; readonly input: Json }[];
}

export const testKeys: Keys = {
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
  secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  sessionToken: 'FwoGZXIvYXdzEXAMPLETOKEN==',
};

export async function startAwsServer(t: Ending, given: Partial<AwsAccount> = {}): Promise<AwsServer> {
  const account: AwsAccount = {
    lines: [],
    budgets: [],
    anomalies: [],
    forecast: undefined,
    names: {},
    estimatedFrom: '9999-01-01',
    oldest: '2000-01-01',
    today: '2026-11-23',
    pageSize: 1_000,
    keys: testKeys,
    troubles: [],
    ...given,
  };
  const requests: { operation: string; input: Json }[] = [];
  const server = await startLocalServer(t, (request, response, body) => {
    const [service, operation = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
    const signingName = service === 'AWSInsightsIndexService' ? 'ce' : 'budgets';
    const at = account.troubles.findIndex(trouble => trouble.operation === operation);
    const trouble = at < 0 ? undefined : account.troubles.splice(at, 1)[0]?.trouble;
    if (trouble && meet(trouble, request, response)) return;
    const fault = signatureFault(request, body, {
      keys: account.keys,
      scope: { region: 'us-east-1', service: signingName },
    });
    if (fault !== undefined) {
      // As AWS does: the message of a wrong signature holds the canonical request with its token.
      const token = String(request.headers['x-amz-security-token']);
      exception(response, fault, {
        message: `The request signature we calculated does not match: x-amz-security-token:${token}\n\nThe Canonical String was x-amz-security-token:${token}`,
        status: 403,
      });
      return;
    }
    const input = JSON.parse(body.toString()) as Json;
    requests.push({ operation, input });
    try {
      const answer = answers[operation]?.(account, input);
      if (answer === undefined) throw new Refusal('UnknownOperationException', operation);
      send(response, trouble?.kind === 'change' ? trouble.change(answer) : answer);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      exception(response, error.name, { message: error.message });
    }
  });
  return { url: server.url, account, requests };
}

class Refusal extends Error {
  constructor(name: string, message: string) {
    super(message);
    this.name = name;
  }
}

const jsonType = { 'content-type': 'application/x-amz-json-1.1' };

function send(response: http.ServerResponse, answer: unknown): void {
  response.writeHead(200, jsonType).end(JSON.stringify(answer));
}

function exception(
  response: http.ServerResponse,
  type: string,
  { message = type, status = 400, retryAfter }: { message?: string; status?: number; retryAfter?: string | undefined },
): void {
  response
    .writeHead(status, { ...jsonType, ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }) })
    .end(JSON.stringify({ __type: `com.amazonaws#${type}`, message }));
}

/** True where the request has met its end. */
function meet(trouble: Trouble, request: http.IncomingMessage, response: http.ServerResponse): boolean {
  switch (trouble.kind) {
    case 'exception':
      exception(response, trouble.type, trouble);
      return true;
    case 'html':
      response
        .writeHead(trouble.status, { 'content-type': 'text/html' })
        .end('<html><body>Please log in</body></html>');
      return true;
    case 'cut':
      response.writeHead(200, { ...jsonType, 'content-length': '5000' });
      response.write('{"ResultsByTime":[{"Estimated":tr', () => response.destroy());
      return true;
    case 'cut_json':
      response.writeHead(200, jsonType).end('{"ResultsByTime":[{"Estimated":tr');
      return true;
    case 'empty':
      response.writeHead(200, jsonType).end();
      return true;
    case 'reset':
      request.socket.destroy();
      return true;
    case 'silence':
      return true;
    case 'change':
      return false;
  }
}

const answers: Readonly<Record<string, (account: AwsAccount, input: Json) => Json>> = {
  GetCostAndUsage: costAndUsage,
  GetCostForecast: (account, input) => {
    const { Start, End } = input.TimePeriod as { Start: string; End: string };
    if (Start < account.today || End <= Start) throw new Refusal('ValidationException', 'Start must be today or later');
    if (account.forecast === undefined)
      throw new Refusal('DataUnavailableException', 'Insufficient amount of historical data to generate forecast');
    return account.forecast;
  },
  GetAnomalies: (account, input) => {
    const all = [...account.anomalies];
    const { part, next } = pageOf(all, input, 'NextPageToken', account.pageSize);
    return { Anomalies: part, ...(next === undefined ? {} : { NextPageToken: next }) };
  },
  DescribeBudgets: (account, input) => {
    if (!/^\d{12}$/.test(String(input.AccountId))) throw new Refusal('InvalidParameterException', 'AccountId');
    const { part, next } = pageOf([...account.budgets], input, 'NextToken', account.pageSize);
    return { Budgets: part, ...(next === undefined ? {} : { NextToken: next }) };
  },
};

interface Group {
  readonly Type: string;
  readonly Key: string;
}

function costAndUsage(account: AwsAccount, input: Json): Json {
  const { Start, End } = input.TimePeriod as { Start: string; End: string };
  const groupBy = (input.GroupBy ?? []) as readonly Group[];
  const metrics = input.Metrics as readonly string[];
  if (groupBy.length > 2) throw new Refusal('ValidationException', 'GroupBy takes at most two groups');
  if (End <= Start) throw new Refusal('ValidationException', 'Start time is after end time');
  if (Start < account.oldest) throw new Refusal('BillExpirationException', 'The requested report expired');
  const filter = (input.Filter as { Dimensions?: { Key: string; Values: string[] } } | undefined)?.Dimensions;
  const lines = account.lines.filter(
    line =>
      line.day >= Start &&
      line.day < End &&
      (filter === undefined || filter.Values.includes(line.recordType ?? 'Usage')),
  );
  const days: string[] = [];
  for (let at = Date.parse(`${Start}T00:00:00Z`); at < Date.parse(`${End}T00:00:00Z`); at += 86_400_000)
    days.push(new Date(at).toISOString().slice(0, 10));
  const groups = days.flatMap(day =>
    [
      ...Map.groupBy(
        lines.filter(line => line.day === day),
        line => JSON.stringify(groupBy.map(group => keyOf(line, group))),
      ),
    ]
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([keys, members]) => ({ day, keys: JSON.parse(keys) as string[], members })),
  );
  const { part, next, isFirst } = pageOf(groups, input, 'NextPageToken', account.pageSize);
  const accounts = new Set(part.flatMap(group => group.members.map(line => line.account)));
  return {
    ...(next === undefined ? {} : { NextPageToken: next }),
    GroupDefinitions: groupBy,
    // A page has the days of its groups; the first one also those without any.
    ResultsByTime: days
      .filter(day => part.some(group => group.day === day) || (isFirst && !groups.some(group => group.day === day)))
      .map(day => ({
        TimePeriod: {
          Start: day,
          End: new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10),
        },
        Total: {},
        Groups: part
          .filter(group => group.day === day)
          .map(group => ({
            Keys: group.keys,
            Metrics: Object.fromEntries(metrics.map(metric => [metric, valueOfMetric(group.members, metric)])),
          })),
        Estimated: day >= account.estimatedFrom,
      })),
    DimensionValueAttributes: groupBy.some(group => group.Key === 'LINKED_ACCOUNT')
      ? [...accounts].map(id => ({ Value: id, Attributes: { description: account.names[id] ?? id } }))
      : [],
  };
}

function keyOf(line: Line, { Type, Key }: Group): string {
  if (Type === 'TAG') return `${Key}$${line.tags?.[Key] ?? ''}`;
  if (Type === 'COST_CATEGORY') return `${Key}$`;
  if (Key === 'LINKED_ACCOUNT') return line.account;
  if (Key === 'SERVICE') return line.service;
  if (Key === 'RECORD_TYPE') return line.recordType ?? 'Usage';
  return `No${Key}`;
}

/** Exact, with as many digits as the longest has. */
function summed(amounts: readonly string[]): string {
  const scale = Math.max(1, ...amounts.map(amount => amount.split('.')[1]?.length ?? 0));
  const sum = amounts.reduce((total, amount) => {
    const [whole = '', fraction = ''] = amount.split('.');
    return total + BigInt(`${whole}${fraction.padEnd(scale, '0')}`);
  }, 0n);
  const digits = (sum < 0n ? -sum : sum).toString().padStart(scale + 1, '0');
  return `${sum < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

function valueOfMetric(lines: readonly Line[], metric: string) {
  const of = (line: Line) => (/Amortized/.test(metric) ? (line.amortized ?? line.unblended) : line.unblended);
  const amount = summed(lines.map(of));
  return { Amount: amount, Unit: lines[0]?.currency ?? 'USD' };
}

/** A token holds for the very parameters that it was given for. */
function pageOf<T>(all: readonly T[], input: Json, tokenName: string, size: number) {
  const { [tokenName]: token, ...parameters } = input;
  const mark = createHash('sha256').update(JSON.stringify(parameters)).digest('hex').slice(0, 12);
  let from = 0;
  if (token !== undefined) {
    const [of, at] = String(token).split('.');
    if (!/^\d+$/.test(at ?? '')) throw new Refusal('InvalidNextTokenException', 'The pagination token is invalid');
    if (of !== mark) throw new Refusal('RequestChangedException', 'Your request parameters changed between pages');
    from = Number(at);
  }
  const end = from + size;
  return {
    part: all.slice(from, end),
    next: end < all.length ? `${mark}.${end}` : undefined,
    isFirst: from === 0,
  };
}
