/** Keeps below a vendor's limit of requests in a span of time, whichever source or client of the process asks. */
import { sleep as realSleep, type Sleep } from './backoff.ts';

export interface Pace {
  /** What the limit is counted by, such as an API's address with its key hashed. */
  readonly key: string;
  /** Requests in any span of `windowMs`. */
  readonly most: number;
  readonly windowMs: number;
  readonly sleep?: Sleep;
  readonly signal?: AbortSignal;
  readonly now?: () => number;
}

const turns = new Map<string, number[]>();

/** Waits until one more request is within the limit, and counts it. Rejects with the signal's reason when it is aborted. */
export async function takeTurn(pace: Pace): Promise<void> {
  const { key, most, windowMs, sleep = realSleep, signal, now = Date.now } = pace;
  const at = now();
  const taken = (turns.get(key) ?? []).filter(turn => turn > at - windowMs);
  const oldest = taken.at(-most);
  // Who waits has its turn when the oldest is out of the span, so that the next one waits for this one.
  const own = oldest === undefined ? at : oldest + windowMs;
  taken.push(own);
  turns.set(key, taken);
  if (own > at) await sleep(own - at, signal);
}
