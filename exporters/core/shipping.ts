/**
 * Keeps a remote-write target up to date while the exporters run: once the past, before the seam; then every day that
 * was published anew. What is certain to be sent is on disk in the spool; the ledger's cursor moves with it.
 */
import path from 'node:path';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { describeError } from './errors.ts';
import { type FamilyReport, type HistorySink, writeHistory } from './history.ts';
import type { Ledger } from './ledger.ts';
import { buildInfo } from './metrics.ts';
import { sampleMilliseconds } from './publish.ts';
import {
  createRemoteWriter,
  createSender,
  type RemoteWriter,
  type RemoteWriteTarget,
  type SenderEvent,
} from './remote-write.ts';
import { encodeLabels, type Part } from './remote-write-format.ts';
import type { Runtime } from './runtime.ts';
import { readSeries, type ScrapeLabels, type SeriesSamples } from './series.ts';
import { openSpool, type Spool } from './spool.ts';
import { daySeconds, sqlTime } from './time.ts';

export interface ShipperOptions {
  readonly target: RemoteWriteTarget;
  readonly dataDir: string;
  readonly scrapeLabels: ScrapeLabels;
  readonly log: Logger;
  /** Of this program. */
  readonly version: string;
  readonly spoolBytes?: number;
  readonly onResult?: (event: SenderEvent) => void;
}

export interface Shipper {
  readonly target: RemoteWriteTarget;
  readonly spool: Spool;
  readonly writer: RemoteWriter;
  /** Spools the days published since the last call; returns how many samples. What does not fit stays for the next. */
  readonly ship: (runtime: Runtime) => Promise<number>;
  /** Spools the past of all families from `from` to now, before the seam, a sample a day; what was written is left out. */
  readonly shipHistory: (runtime: Runtime, from: Date) => Promise<readonly FamilyReport[]>;
  /** Resolves when the target has all that was spooled. */
  readonly flushed: () => Promise<void>;
  /** Ends sending; what is not sent stays on disk. */
  readonly stop: () => Promise<void>;
}

/** Opens the target's spool under `dataDir` and begins to send. Errors: SPOOL_FAILED. */
export function startShipper(options: ShipperOptions): Shipper {
  const { target, log } = options;
  const abort = new AbortController();
  const spool = openSpool({
    directory: path.join(options.dataDir, 'spool', target.name.replace(/[^\w.-]/g, '_')),
    ...(options.spoolBytes === undefined ? {} : { maxBytes: options.spoolBytes }),
    onDamaged: (file, samples) => log.error({ file, samples }, 'a spooled request is damaged and was set aside'),
  });
  const writer = createRemoteWriter({ target, spool });
  const { onResult } = options;
  const opening = () => [openingOf(options)];
  const sender = createSender({ target, spool, signal: abort.signal, log, opening, ...(onResult ? { onResult } : {}) });
  const running = sender.run();
  const oneAtATime = pLimit(1);
  const sink: HistorySink = {
    // It may wait for room while the target is down; a stop does not wait with it.
    write: async (_, series) => {
      const source = untilAborted(series, abort.signal);
      try {
        await Promise.race([writer.write(source.series, { wait: true }), aborted(abort.signal)]);
      } finally {
        await source.idle();
      }
    },
  };
  return {
    target,
    spool,
    writer,
    ship: runtime =>
      oneAtATime(async () => {
        try {
          let samples = 0;
          while (!abort.signal.aborted) {
            const piece = await shipDays(runtime.ledger, writer, options);
            if (piece === undefined) break;
            samples += piece;
          }
          return samples;
        } catch (error) {
          log.warn({ target: target.name, error: describeError(error) }, 'published days wait in the ledger');
          return 0;
        }
      }),
    shipHistory: (runtime, from) =>
      oneAtATime(async () => {
        const to = runtime.now();
        // Daily families go by `ship`, which knows what the target has.
        const metrics = runtime.exporter.metrics.filter(metric => metric.kind !== 'daily');
        const window = { from, to, stepSeconds: daySeconds, rewrite: false, now: runtime.now };
        const history = { ...window, target: target.name, scrapeLabels: options.scrapeLabels };
        return writeHistory({ ...runtime.exporter, metrics }, runtime.ledger, history, sink);
      }),
    flushed: sender.flushed,
    stop: async () => {
      abort.abort();
      await oneAtATime(async () => undefined);
      await running;
    },
  };
}

/** What the page says now and always of this program. */
const openingOf = ({ scrapeLabels: { job, instance }, version }: ShipperOptions): Part => ({
  labels: encodeLabels(buildInfo.name, Object.entries({ job, instance, version })),
  ...{ times: [Date.now()], values: [1] },
});

/** Samples between two moves of the cursor: far less than a spool holds. */
const pieceSamples = 200_000;

/** Spools the next piece; returns its samples (0 where all are older than the window), undefined where nothing is left. */
async function shipDays(ledger: Ledger, writer: RemoteWriter, options: ShipperOptions): Promise<number | undefined> {
  const target = options.target.name;
  const shipped = await ledger.read(async reader => {
    const sent = Number(
      (await reader.scalar('SELECT max(sequence) FROM delivered WHERE target = $target', { target })) ?? 0,
    );
    const piece = `sequence > $sent::BIGINT AND sequence <= $sent::BIGINT + ${pieceSamples}`;
    const newest = Number((await reader.scalar('SELECT max(sequence) FROM published')) ?? 0);
    if (newest <= sent) return undefined;
    const select = `SELECT metric AS name, labels, value, (${sampleMilliseconds})::DOUBLE AS ms FROM published WHERE ${piece}`;
    const series = readSeries(reader, select, options.scrapeLabels, { sent: String(sent) });
    return { ...(await writer.write(series)), last: Math.min(newest, sent + pieceSamples) };
  });
  if (!shipped) return undefined;
  await ledger.write(async tx => {
    await tx.run('DELETE FROM delivered WHERE target = $target', { target });
    await tx.run('INSERT INTO delivered VALUES ($target, $last::BIGINT, $now::TIMESTAMP)', {
      target,
      last: String(shipped.last),
      now: sqlTime(new Date()),
    });
  });
  return shipped.samples;
}

/** The series until the signal; `idle` waits for the read that is under way, since the ledger may be closed after it. */
function untilAborted(series: AsyncIterable<SeriesSamples>, signal: AbortSignal) {
  const source = series[Symbol.asyncIterator]();
  let underWay: Promise<unknown> = Promise.resolve();
  const next = async () => {
    signal.throwIfAborted();
    const result = source.next();
    underWay = result;
    return result;
  };
  return {
    series: { [Symbol.asyncIterator]: () => ({ next }) },
    idle: async () => {
      await underWay.catch(() => undefined);
    },
  };
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new Error('stopped while samples waited for room in the spool'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
