/** When a source whose refresh has failed is refreshed again: sooner than its schedule, where that may help. */
import { retryAfterMs } from './backoff.ts';
import { PlumblineError } from './errors.ts';

const soonSeconds = 300;
/** What a person has to mend is looked at again within an hour of being mended, and not every few minutes before. */
const slowSeconds = 3600;

/**
 * Seconds from a failed refresh to the first try after it; undefined where none makes sense before the schedule's own,
 * as after a mistake in the configuration, which is read at start alone. Never less than the server has asked for.
 */
export function firstRetrySeconds(error: unknown, now: Date): number | undefined {
  if (!(error instanceof PlumblineError)) return soonSeconds;
  if (error.kind === 'usage') return undefined;
  const { status, retryAfter } = error.details;
  const isRefused = typeof status === 'number' && status >= 400 && status < 500 && status !== 408 && status !== 429;
  const asked = retryAfterMs(retryAfter === undefined ? undefined : String(retryAfter), now.getTime()) ?? 0;
  return Math.max(error.needsPerson || isRefused ? slowSeconds : soonSeconds, asked / 1000);
}

/** Seconds to the next refresh: the first retry's, doubled with every failure in a row, at most the schedule's own. */
export const retrySeconds = (everySeconds: number, first: number | undefined, failures: number): number =>
  first === undefined ? everySeconds : Math.min(everySeconds, first * 2 ** Math.min(failures - 1, 30));
