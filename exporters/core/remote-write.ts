/** Remote Write 1.0: samples go to a spool on disk first, and from there to the target until it has answered for each. */
import type { Logger } from 'pino';
import { compress, uncompress } from 'snappyjs';
import { jitteredBackoff, sleep as realSleep, retryAfterMs, type Sleep } from './backoff.ts';
import { describeError, PlumblineError } from './errors.ts';
import type { HttpResponse } from './http-answer.ts';
import { createHttpClient } from './http-client.ts';
import { formatLabels } from './labels.ts';
import {
  countSamples,
  decodeLabels,
  decodeRequest,
  encodeRequest,
  type Part,
  packRequests,
  type RemoteSeries,
  type RequestLimits,
} from './remote-write-format.ts';
import { type RefusalReason, reasonOf, splitInHalf, splitInTime } from './remote-write-refusal.ts';
import type { Spool } from './spool.ts';

export type { RemoteSeries } from './remote-write-format.ts';

export interface RemoteWriteTarget {
  readonly name: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly basicAuth?: { readonly username: string; readonly password: string };
  readonly bearerToken?: string;
  /** How many days back the target takes samples; older ones are not sent. */
  readonly windowDays?: number;
  /** For one request; 30 s. */
  readonly timeoutMs?: number;
}

export interface WriteResult {
  /** Now on disk, and so certain to be sent. */
  readonly samples: number;
  /** Left out, being older than the target's window. */
  readonly clipped: number;
  readonly requests: number;
}

export interface RemoteWriter {
  /**
   * Clips the series to the target's window and spools them. Throws SPOOL_FULL or SPOOL_FAILED; what was spooled before
   * stays, and writing the same samples again does no harm. With `wait` it waits for room instead of SPOOL_FULL.
   */
  readonly write: (
    series: Iterable<RemoteSeries> | AsyncIterable<RemoteSeries>,
    options?: { readonly wait?: boolean },
  ) => Promise<WriteResult>;
}

export interface RemoteWriterOptions {
  readonly target: Pick<RemoteWriteTarget, 'windowDays'>;
  readonly spool: Spool;
  readonly limits?: RequestLimits;
  readonly now?: () => number;
}

const dayMs = 86_400_000;

export function createRemoteWriter({ target, spool, limits, now = Date.now }: RemoteWriterOptions): RemoteWriter {
  return {
    write: async (series, { wait = false } = {}) => {
      const result = { samples: 0, clipped: 0, requests: 0 };
      const oldest = target.windowDays === undefined ? Number.NEGATIVE_INFINITY : now() - target.windowDays * dayMs;
      const clipped = async function* () {
        for await (const one of series) {
          const inside = one.times.findIndex(time => time >= oldest);
          const first = inside < 0 ? one.times.length : inside;
          result.clipped += first;
          if (first < one.times.length)
            yield first === 0 ? one : { ...one, times: one.times.slice(first), values: one.values.slice(first) };
        }
      };
      for await (const parts of packRequests(clipped(), limits)) {
        const samples = countSamples(parts);
        const body = Buffer.from(compress(encodeRequest(parts)));
        await putOrWait(spool, body, samples, wait);
        result.samples += samples;
        result.requests += 1;
      }
      return result;
    },
  };
}

async function putOrWait(spool: Spool, body: Buffer, samples: number, wait: boolean): Promise<void> {
  for (;;) {
    try {
      return await spool.put(body, samples);
    } catch (error) {
      // One that does not fit into an empty spool never will.
      const hopeful = error instanceof PlumblineError && error.code === 'SPOOL_FULL' && spool.entries() > 0;
      if (!wait || !hopeful) throw error;
      await spool.changed();
    }
  }
}

export interface Refusal {
  readonly reason: RefusalReason;
  readonly samples: number;
  /** What the target answered to the first of them. */
  readonly said: string;
  /** The first of them. */
  readonly series: string;
  readonly time: Date;
}

export type SenderEvent =
  | { readonly kind: 'delivered'; readonly samples: number; readonly refused: readonly Refusal[] }
  | { readonly kind: 'retry'; readonly attempt: number; readonly waitMs: number; readonly said: string };

export interface Sender {
  /** Sends until the signal is aborted; never rejects. What is not sent by then stays in the spool. */
  readonly run: () => Promise<void>;
  /** Resolves when the spool is empty. */
  readonly flushed: () => Promise<void>;
}

export interface SenderOptions {
  readonly target: RemoteWriteTarget;
  readonly spool: Spool;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly onResult?: (event: SenderEvent) => void;
  /**
   * A sample of now, sent before the first that are older than an hour. A Prometheus that is still empty would else begin
   * a year ago, write a block for every two hours since, and may crash where more of that past comes meanwhile.
   */
  readonly opening?: () => readonly Part[];
  readonly sleep?: Sleep;
  readonly random?: () => number;
  readonly now?: () => number;
}

// These answers are about the request itself; sent again, it would be refused again. 409 is Thanos' for old samples.
const refusingStatus = new Set([400, 409, 413, 422]);
const longestWaitMs = 60_000;
const openingMs = 3_600_000;

/** Any answer but those of `refusingStatus` (429, 5xx, a wrong token, no network) is waited out, however long it takes. */
export function createSender(options: SenderOptions): Sender {
  const { target, spool, signal, onResult, sleep = realSleep, random = Math.random, now = Date.now } = options;
  const log = options.log.child({ target: target.name });
  const client = createHttpClient({
    headers: headersOf(target),
    timeoutMs: target.timeoutMs ?? 30_000,
    retries: 0,
    signal,
  });
  let attempt = 0;
  let isOpened = options.opening === undefined;

  const waitToRetry = async (said: string, askedMs?: number) => {
    const waitMs = askedMs ?? jitteredBackoff(attempt, 1_000, longestWaitMs, random);
    attempt += 1;
    log.warn(
      { attempt, waitMs: Math.round(waitMs), said, pendingSamples: spool.samples() },
      'remote write is tried again',
    );
    onResult?.({ kind: 'retry', attempt, waitMs, said });
    await sleep(waitMs, signal);
  };

  /** Undefined once accepted; else what the target holds against it. */
  const post = async (parts: readonly Part[]): Promise<{ reason: RefusalReason; said: string } | undefined> => {
    const body = Buffer.from(compress(encodeRequest(parts)));
    for (;;) {
      let response: HttpResponse;
      try {
        response = await client.request({ url: target.url, method: 'POST', body, anyStatus: true });
      } catch (error) {
        signal.throwIfAborted();
        await waitToRetry(describeError(error));
        continue;
      }
      if (response.status >= 200 && response.status < 300) {
        attempt = 0;
        return undefined;
      }
      const said = `${response.status} ${response.text().replace(/\s+/g, ' ').trim().slice(0, 300)}`.trim();
      if (refusingStatus.has(response.status)) return { reason: reasonOf(response.status, said), said };
      await waitToRetry(said, retryAfterMs(response.header('retry-after'), now()));
    }
  };

  const deliver = async (whole: readonly Part[]): Promise<SenderEvent & { kind: 'delivered' }> => {
    const refused = new Map<RefusalReason, Refusal>();
    const refuse = (parts: readonly Part[], reason: RefusalReason, said: string) => {
      const before = refused.get(reason);
      const first = before ?? { reason, said, samples: 0, ...firstSample(parts) };
      if (parts.length > 0) refused.set(reason, { ...first, samples: first.samples + countSamples(parts) });
    };
    const pending = [whole];
    let tooOld = { through: Number.NEGATIVE_INFINITY, said: '' };
    let samples = 0;
    for (let piece = pending.pop(); piece; piece = pending.pop()) {
      const [old, parts] = splitInTime(piece, tooOld.through + 1);
      refuse(old, 'too_old', tooOld.said);
      if (parts.length === 0) continue;
      const answer = await post(parts);
      const count = countSamples(parts);
      if (!answer) samples += count;
      else if (count === 1) {
        refuse(parts, answer.reason, answer.said);
        // The limit is the server's, the same for all series: what is older need not be tried one by one.
        if (answer.reason === 'too_old') tooOld = { through: parts[0]?.times[0] ?? tooOld.through, said: answer.said };
      } else {
        const times = answer.reason === 'too_old' ? splitInTime(parts, middleTime(parts)) : [[], parts];
        const [first, second] = times[0].length > 0 && times[1].length > 0 ? times : splitInHalf(parts);
        pending.push(first, second);
      }
    }
    return { kind: 'delivered', samples, refused: [...refused.values()] };
  };

  const sendOldest = async () => {
    const entry = await spool.oldest();
    if (!entry) {
      if (spool.entries() === 0) await untilAborted(spool.changed(), signal);
      return;
    }
    const parts = decodeRequest(Buffer.from(uncompress(entry.body)));
    if (!isOpened && parts.some(({ times: [first = now()] }) => first < now() - openingMs)) {
      // A server that refuses it isn't empty.
      await post(options.opening?.() ?? []);
      isOpened = true;
    }
    const result = await deliver(parts);
    await spool.remove(entry.id);
    if (result.refused.length > 0)
      log.error({ samples: result.samples, refused: result.refused }, 'the target refused samples');
    onResult?.(result);
  };

  return {
    run: async () => {
      while (!signal.aborted)
        await sendOldest().catch(async (error: unknown) => {
          if (!signal.aborted) await waitToRetry(describeError(error)).catch(() => undefined);
        });
    },
    flushed: async () => {
      while (spool.entries() > 0) await spool.changed();
    },
  };
}

function headersOf({ headers, basicAuth, bearerToken }: RemoteWriteTarget): Record<string, string> {
  const basic = basicAuth && Buffer.from(`${basicAuth.username}:${basicAuth.password}`).toString('base64');
  return {
    ...headers,
    ...(basic ? { authorization: `Basic ${basic}` } : {}),
    ...(bearerToken ? { authorization: `Bearer ${bearerToken}` } : {}),
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  };
}

function firstSample(parts: readonly Part[]): Pick<Refusal, 'series' | 'time'> {
  const labels = parts[0] ? decodeLabels(parts[0].labels) : [];
  const name = labels.find(([label]) => label === '__name__')?.[1] ?? '';
  const others = labels.filter(([label]) => label !== '__name__');
  return { series: `${name}${formatLabels(others)}`, time: new Date(parts[0]?.times[0] ?? 0) };
}

function middleTime(parts: readonly Part[]): number {
  const times = parts.flatMap(part => part.times).sort((a, b) => a - b);
  const middle = times[times.length >> 1] ?? 0;
  return middle > (times[0] ?? 0) ? middle : (times.find(time => time > middle) ?? middle);
}

async function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  let abort = () => {};
  const aborted = new Promise<void>(resolve => {
    abort = resolve;
  });
  signal.addEventListener('abort', abort, { once: true });
  await Promise.race([promise, aborted]);
  signal.removeEventListener('abort', abort);
}
