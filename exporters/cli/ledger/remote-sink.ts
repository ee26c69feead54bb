/** History by remote write, for a command that ends: what does not get through stays in the target's spool. */
import type { Logger } from 'pino';
import type { Config } from '../../config.ts';
import type { HistorySink } from '../../core/history.ts';
import type { Refusal, RemoteWriteTarget } from '../../core/remote-write.ts';
import { redactUrl } from '../../core/secrets.ts';
import { startShipper } from '../../core/shipping.ts';
import { PlumblineError } from '../errors.ts';
import { version } from '../version.ts';

/** How many attempts in a row without an answer end the command. */
const mostAttempts = 5;

/** A HistorySink that asks nothing of the family. */
export interface RemoteSink {
  readonly write: (metric: unknown, series: Parameters<HistorySink['write']>[1]) => Promise<void>;
}

export interface Sent {
  readonly samples: number;
  /** Older than the target's window, and so not sent. */
  readonly clipped: number;
}

/** A configured target as the writer wants it. */
export function targetOf({
  name,
  url,
  headers,
  basic_auth,
  bearer_token,
  window_days,
}: Config['remote_write'][number]) {
  return {
    name,
    url,
    headers,
    windowDays: window_days,
    ...(bearer_token === undefined ? {} : { bearerToken: bearer_token }),
    ...(basic_auth === undefined
      ? {}
      : { basicAuth: { username: basic_auth.username, password: basic_auth.password ?? '' } }),
  } satisfies RemoteWriteTarget;
}

/** The configured target of the URL, with its credentials; else one that is known by the URL alone. */
export function targetFor(config: Config, url: string): RemoteWriteTarget {
  const configured = config.remote_write.find(target => target.url === url);
  return configured ? targetOf(configured) : { name: redactUrl(url), url };
}

/**
 * Gives `work` a sink to the target and waits until all has arrived, what an earlier command left behind first.
 * Errors: REMOTE_WRITE_UNREACHABLE, REMOTE_WRITE_REFUSED, SPOOL_FAILED, and those of `work`.
 */
export async function writeRemotely(
  target: RemoteWriteTarget,
  options: {
    readonly dataDir: string;
    readonly scrapeLabels: Config['scrape'];
    readonly log: Logger;
    readonly onSent: (samples: number) => void;
  },
  work: (sink: RemoteSink) => Promise<void>,
): Promise<Sent> {
  const stuck = Promise.withResolvers<never>();
  stuck.promise.catch(() => undefined);
  const refused: Refusal[] = [];
  const total = { samples: 0, clipped: 0 };
  const shipper = startShipper({
    target,
    dataDir: options.dataDir,
    scrapeLabels: options.scrapeLabels,
    ...{ log: options.log, version },
    onResult: event => {
      if (event.kind === 'delivered') {
        total.samples += event.samples;
        refused.push(...event.refused);
        options.onSent(total.samples);
      } else if (event.attempt >= mostAttempts) {
        const { directory, samples } = shipper.spool;
        const details = { url: redactUrl(target.url), said: event.said, samples: samples(), directory };
        stuck.reject(new PlumblineError('REMOTE_WRITE_UNREACHABLE', details));
      }
    },
  });
  const sink: RemoteSink = {
    write: async (_metric, series) => {
      const { clipped } = await Promise.race([shipper.writer.write(series, { wait: true }), stuck.promise]);
      total.clipped += clipped;
    },
  };
  try {
    await work(sink);
    await Promise.race([shipper.flushed(), stuck.promise]);
  } finally {
    await shipper.stop();
  }
  const [first] = refused;
  if (first === undefined) return total;
  throw new PlumblineError('REMOTE_WRITE_REFUSED', {
    url: redactUrl(target.url),
    samples: refused.reduce((sum, refusal) => sum + refusal.samples, 0),
    series: first.series,
    time: first.time.toISOString(),
    said: first.said,
  });
}
