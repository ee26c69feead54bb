/** The past of SLOs, asked of a Prometheus over its HTTP API and written to it by remote write. */
import path from 'node:path';
import { z } from 'zod';
import { compiledSlos } from '../../../alerts/index.ts';
import { type PastReport, type PastSeries, type PastServer, writePast } from '../../../alerts/slo/past.ts';
import type { Config } from '../../config.ts';
import { createHttpClient } from '../../core/http-client.ts';
import type { SeriesSamples } from '../../core/series.ts';
import { targetFor, writeRemotely } from '../ledger/remote-sink.ts';
import { quietLog } from '../log.ts';
import { teamsOf } from '../teams.ts';

const day = 86_400;
/** What the pages show unless asked otherwise. */
export const pastDays = 30;
const point = z.tuple([z.number(), z.string()]);
const labels = z.record(z.string(), z.string());
const answer = z.object({
  data: z.discriminatedUnion('resultType', [
    z.object({ resultType: z.literal('vector'), result: z.array(z.object({ metric: labels, value: point })) }),
    z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ metric: labels, values: z.array(point) })),
    }),
  ]),
});

export interface PastOfSlos {
  readonly prometheus: string;
  /** Where samples go to; the server's own receiver unless given. */
  readonly remoteWrite?: string;
  readonly days: number;
  readonly now?: Date;
  readonly onSent?: (samples: number) => void;
}

/** Errors: those of the SLOs, of the HTTP client, REMOTE_WRITE_UNREACHABLE and REMOTE_WRITE_REFUSED. */
export async function writePastOfSlos(given: Config, options: PastOfSlos): Promise<PastReport> {
  const { config = given, ofServices } = await teamsOf(given);
  const { prometheus, remoteWrite, days, now = new Date() } = options;
  const base = prometheus.endsWith('/') ? prometheus : `${prometheus}/`;
  const target = targetFor(config, remoteWrite ?? `${base}api/v1/write`);
  const retention = Math.min(config.slos.server.retention, (target.windowDays ?? Number.POSITIVE_INFINITY) * day);
  const server = serverAt(base, async all => {
    const sink = { dataDir: path.join(config.data_dir, 'slo-past'), scrapeLabels: config.scrape, log: quietLog() };
    await writeRemotely(target, { ...sink, onSent: options.onSent ?? (() => undefined) }, ({ write }) =>
      write(undefined, all),
    );
  });
  return writePast(compiledSlos(config, ofServices), server, {
    ...{ now: now.getTime() / 1000, days, retention },
  });
}

function serverAt(baseUrl: string, write: (all: AsyncIterable<SeriesSamples>) => Promise<void>): PastServer {
  const client = createHttpClient({ baseUrl, timeoutMs: 120_000, retries: 2 });
  const ask = async (endpoint: string, query: Readonly<Record<string, string | number>>) => {
    const { data } = answer.parse(await client.getJson(`api/v1/${endpoint}`, { query }));
    return data.result.map(
      (each): PastSeries => ({
        labels: each.metric,
        samples: ('values' in each ? each.values : [each.value]).map(([at, value]) => [at, numberOf(value)] as const),
      }),
    );
  };
  return {
    query: (query, time) => ask('query', { query, time }),
    queryRange: (query, range) => ask('query_range', { query, ...range }),
    write: all =>
      write(
        (async function* () {
          for (const { name, labels: told, samples } of all)
            yield {
              ...{ name, labels: Object.entries(told) },
              times: samples.map(([at]) => Math.round(at * 1000)),
              values: samples.map(([, value]) => value),
            };
        })(),
      ),
  };
}

const numberOf = (text: string): number =>
  text === '+Inf' ? Number.POSITIVE_INFINITY : text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text);
