/**
 * How long GitHub asks to wait. Primary limit: 403 or 429 with x-ratelimit-remaining 0 and x-ratelimit-reset; secondary
 * limits: 403 or 429 with retry-after, or with a sentence alone; GraphQL: an error of type RATE_LIMITED in a 200.
 * Source: "Rate limits for the REST API" and "Rate limits and query limits for the GraphQL API".
 */
import { retryAfterMs } from '../../core/backoff.ts';

export interface AskedWait {
  readonly ms: number;
  readonly limit: 'primary' | 'secondary';
}

interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | number | undefined>>;
  readonly data?: unknown;
}

/** GitHub names a minute where it names nothing. */
const unsaidMs = 60_000;
/** The limit is counted by whole seconds. */
const marginMs = 1000;

/** The wait that an error of Octokit's asks for; undefined where it is no limit. */
export function askedWait(error: unknown, now: number): AskedWait | undefined {
  const answer = answerOf(error);
  if (!answer) return undefined;
  const { headers = {} } = answer;
  const status = answer.status ?? Number((error as { readonly status?: unknown }).status ?? 0);
  const isGraphqlLimit = errorTypes(answer.data).includes('RATE_LIMITED');
  const said = error instanceof Error ? error.message : '';
  if (!isGraphqlLimit && status !== 403 && status !== 429) return undefined;
  const header = (name: string) => {
    const value = headers[name];
    return value === undefined ? undefined : String(value);
  };
  const after = retryAfterMs(header('retry-after'), now);
  if (after !== undefined) return { ms: after + marginMs, limit: 'secondary' };
  const reset = Number(header('x-ratelimit-reset') ?? Number.NaN);
  if (!Number.isNaN(reset) && (header('x-ratelimit-remaining') === '0' || isGraphqlLimit)) {
    // By the server's own clock: ours may be wrong.
    const served = Date.parse(header('date') ?? '');
    return { ms: Math.max(0, reset * 1000 - (Number.isNaN(served) ? now : served)) + marginMs, limit: 'primary' };
  }
  if (isGraphqlLimit) return { ms: unsaidMs, limit: 'primary' };
  return status === 429 || /\bsecondary rate\b|\babuse detection\b|\brate limit\b/i.test(said)
    ? { ms: unsaidMs, limit: 'secondary' }
    : undefined;
}

function answerOf(error: unknown): Answer | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  // RequestError and the throttling plugin's error hold a response; GraphqlResponseError headers and a body.
  const { response, headers } = error as { readonly response?: unknown; readonly headers?: Answer['headers'] };
  if (typeof response !== 'object' || response === null) return undefined;
  return headers ? { headers, data: response } : (response as Answer);
}

/** The types of the errors in a GraphQL answer. */
export function errorTypes(data: unknown): string[] {
  const errors = (data as { readonly errors?: unknown } | null | undefined)?.errors;
  return Array.isArray(errors)
    ? errors.map(one => String((one as { readonly type?: unknown } | null)?.type ?? ''))
    : [];
}
