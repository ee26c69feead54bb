/** How long to wait before asking a server again. */
import { setTimeout as delay } from 'node:timers/promises';

export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<void>;

/** Waits; rejects with the signal's reason when it is aborted. */
export const sleep: Sleep = async (milliseconds, signal) => {
  await delay(milliseconds, undefined, signal ? { signal } : {});
};

/** Full jitter: anything from 0 to `baseMs` doubled with every attempt (0 is the first), up to `capMs`. */
export function jitteredBackoff(attempt: number, baseMs: number, capMs: number, random: () => number): number {
  return random() * Math.min(capMs, baseMs * 2 ** Math.min(attempt, 30));
}

/** Milliseconds that a Retry-After header (RFC 9110, 10.2.3: seconds or an HTTP date) asks for; undefined where absent or unreadable. */
export function retryAfterMs(header: string | null | undefined, now: number): number | undefined {
  const text = header?.trim();
  if (!text) return undefined;
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text) * 1000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
