/**
 * How long Linear asks to wait: `X-RateLimit-Requests-*`, `-Complexity-*` and `-Endpoint-Requests-*` with the times at
 * which they are full again, in milliseconds since 1970, and Retry-After in seconds. Source: "Rate limiting" of Linear's
 * developer documentation.
 */
import { retryAfterMs } from '../../../core/backoff.ts';

export interface AnswerHeaders {
  readonly get: (name: string) => string | null;
}

export interface AskedWait {
  readonly ms: number;
  readonly limit: string;
}

const limits = ['requests', 'complexity', 'endpoint-requests'] as const;
/** Where nothing says how long. */
const unsaidMs = 60_000;

const numberIn = (headers: AnswerHeaders, name: string): number | undefined => {
  const text = headers.get(name);
  return text === null || text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
};

/** The wait before a request like the last can be asked; undefined where enough is left. */
export function usedUp(headers: AnswerHeaders, now: number): AskedWait | undefined {
  const waits = limits.flatMap(limit => {
    const remaining = numberIn(headers, `x-ratelimit-${limit}-remaining`);
    const reset = numberIn(headers, `x-ratelimit-${limit}-reset`);
    const needed = limit === 'complexity' ? (numberIn(headers, 'x-complexity') ?? 1) : 1;
    return remaining === undefined || reset === undefined || remaining >= needed
      ? []
      : { ms: Math.max(0, reset - now), limit };
  });
  return waits.sort((a, b) => b.ms - a.ms)[0];
}

/** The wait that an answer asks for which refuses for a limit. */
export function refusedFor(headers: AnswerHeaders | undefined, now: number): AskedWait {
  const after = retryAfterMs(headers?.get('retry-after'), now);
  if (after !== undefined) return { ms: after, limit: 'requests' };
  return (headers && usedUp(headers, now)) ?? { ms: unsaidMs, limit: 'requests' };
}
