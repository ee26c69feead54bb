/** How long Azure asks to wait: each of its quotas has a header of its own, and all have to have passed. */
import { retryAfterMs } from '../../core/backoff.ts';
import type { HttpResponse } from '../../core/http-answer.ts';

// `clienttype` is not in the documentation, but is the one that real 429s carry where no ClientType header was sent.
const quotas = ['qpu', 'entity', 'tenant', 'client', 'clienttype'];

const headers = [
  'retry-after',
  ...quotas.map(quota => `x-ms-ratelimit-microsoft.costmanagement-${quota}-retry-after`),
  'x-ms-ratelimit-microsoft.consumption-retry-after',
];

/** Cost Management names waits of a second that are too short: a 429 follows again. */
const shortestMs = 10_000;
const unsaidMs = 60_000;

/**
 * Milliseconds to wait after an answer: the largest of all retry-after headers. A 429 waits 10 s at least, and a minute
 * where no header says anything. Undefined where nothing is asked. Source of the headers: "Automate cost management,
 * data latency and rate limits" and "Manage costs with automation" of Microsoft's documentation.
 */
export function azureRetryAfter(response: HttpResponse, now: number): number | undefined {
  const waits = headers.flatMap(name => retryAfterMs(response.header(name), now) ?? []);
  const longest = waits.length > 0 ? Math.max(...waits) : undefined;
  return response.status === 429 ? Math.max(shortestMs, longest ?? unsaidMs) : longest;
}
