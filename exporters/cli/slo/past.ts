/** The past of SLOs, asked of a Prometheus over its HTTP API and written to it by remote write. */
import path from 'node:path';
import { compiledSlos } from '../../../alerts/index.ts';
import { type PastReport, type PastServer, writePast } from '../../../alerts/slo/past.ts';
import type { Config } from '../../config.ts';
import { createPrometheusClient } from '../../core/prometheus.ts';
import type { SeriesSamples } from '../../core/series.ts';
import { targetFor, writeRemotely } from '../ledger/remote-sink.ts';
import { quietLog } from '../log.ts';
import { teamsOf } from '../teams.ts';

const day = 86_400;
/** What the pages show unless asked otherwise. */
export const pastDays = 30;

export interface PastOfSlos {
  readonly prometheus: string;
  /** Where samples go to; the server's own receiver alone unless given. */
  readonly remoteWrite?: readonly string[];
  readonly days: number;
  readonly now?: Date;
  readonly onSent?: (samples: number) => void;
}

/** Where a Prometheus takes remote write. */
export const receiverOf = (prometheus: string): string => `${prometheus.replace(/\/$/, '')}/api/v1/write`;

/** Errors: those of the SLOs, of the client, REMOTE_WRITE_UNREACHABLE and REMOTE_WRITE_REFUSED. */
export async function writePastOfSlos(given: Config, options: PastOfSlos): Promise<PastReport> {
  const { config = given, ofServices } = await teamsOf(given);
  const { prometheus, remoteWrite, days, now = new Date() } = options;
  const base = prometheus.endsWith('/') ? prometheus : `${prometheus}/`;
  const targets = (remoteWrite ?? [receiverOf(prometheus)]).map(url => targetFor(config, url));
  const windows = targets.map(({ windowDays = Number.POSITIVE_INFINITY }) => windowDays * day);
  const retention = Math.min(config.slos.server.retention, ...windows);
  const sink = { dataDir: path.join(config.data_dir, 'slo-past'), scrapeLabels: config.scrape, log: quietLog() };
  const server: PastServer = {
    ...createPrometheusClient({ url: base, of: 'the past of SLOs', timeoutMs: 120_000, retries: 2 }),
    write: async all => {
      for (const target of targets)
        await writeRemotely(target, { ...sink, onSent: options.onSent ?? (() => undefined) }, ({ write }) =>
          write(undefined, samplesOf(all)),
        );
    },
  };
  return writePast(compiledSlos(config, ofServices), server, {
    ...{ now: now.getTime() / 1000, days, retention },
  });
}

async function* samplesOf(all: Parameters<PastServer['write']>[0]): AsyncGenerator<SeriesSamples> {
  for (const { name, labels, samples } of all)
    yield {
      ...{ name, labels: Object.entries(labels) },
      times: samples.map(([at]) => Math.round(at * 1000)),
      values: samples.map(([, value]) => value),
    };
}
