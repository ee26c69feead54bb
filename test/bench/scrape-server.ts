/** Worker: serves a page of so many series, as the exporter does or as it is compared with; sends its URL. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { pino } from 'pino';
import { Gauge, Registry } from 'prom-client';
import { createSelfMetrics } from '../../exporters/core/self-metrics.ts';
import { createServer } from '../../exporters/core/server.ts';
import { watchLoop } from './loop-delay.ts';
import { invent, seriesLabels, snapshotOf } from './series.ts';
import { answer, inputOf } from './worker.ts';

export type ServerInput =
  /** The real server. A new page every so often, as after a refresh, where `renewMs` is given. */
  | { readonly kind: 'ours'; readonly series: number; readonly renewMs?: number }
  /** node:http and bytes in memory. */
  | { readonly kind: 'plain'; readonly identity: string; readonly gzip: string }
  /** prom-client with the same series, rendered at each scrape. */
  | { readonly kind: 'prom-client'; readonly series: number };

const input = inputOf<ServerInput>();
const listening = (server: http.Server) =>
  new Promise<string>(resolve =>
    server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)),
  );

async function ours(series: number, renewMs: number | undefined): Promise<string> {
  let snapshot = snapshotOf(invent(series), 1);
  const next = snapshotOf(invent(series, 1), 2);
  let commit = 1;
  const view = {
    ...{ name: 'bench', metrics: [], sources: () => [], problems: () => [], pushSources: [] },
    ...{ snapshot: () => snapshot, scraped: async () => undefined },
    accept: async () => ({ records: 0, changed: 0, rejected: {} }),
  };
  const server = createServer({
    ...{ exporters: () => [view], tokens: [], version: '0.0.0', log: pino({ level: 'error' }) },
    self: createSelfMetrics({ version: '0.0.0' }),
  });
  if (renewMs !== undefined)
    setInterval(() => {
      commit += 1;
      snapshot = { ...(commit % 2 === 0 ? next : snapshot), commit };
    }, renewMs).unref();
  return (await server.listen(0)).url;
}

async function plain(files: { readonly identity: string; readonly gzip: string }): Promise<string> {
  const bodies = { identity: readFileSync(files.identity), gzip: readFileSync(files.gzip) };
  return listening(
    http.createServer((request, response) => {
      const encoding = request.headers['accept-encoding'] === 'gzip' ? 'gzip' : 'identity';
      response.writeHead(200, {
        'content-type': 'text/plain; version=0.0.4; charset=utf-8',
        'content-length': bodies[encoding].length,
        ...(encoding === 'gzip' && { 'content-encoding': 'gzip' }),
      });
      response.end(bodies[encoding]);
    }),
  );
}

async function promClient(series: number): Promise<string> {
  const registry = new Registry();
  for (const { name, help, samples } of invent(series)) {
    const gauge = new Gauge({ name, help, labelNames: [...seriesLabels], registers: [registry] });
    for (const { labels, value } of samples)
      gauge.set(Object.fromEntries(seriesLabels.map((label, index) => [label, labels[index] ?? ''])), value);
  }
  return listening(
    http.createServer(async (_, response) => {
      response.setHeader('content-type', registry.contentType);
      response.end(await registry.metrics());
    }),
  );
}

const url =
  input.kind === 'ours'
    ? await ours(input.series, input.renewMs)
    : input.kind === 'plain'
      ? await plain(input)
      : await promClient(input.series);
answer({ url });

// `watch` begins to watch the loop, `tell` answers what was seen.
let stop: ReturnType<typeof watchLoop> | undefined;
process.on('message', async (message: { readonly ask: 'watch' | 'tell' }) => {
  if (message.ask === 'watch') stop = watchLoop();
  else if (stop) answer(await stop());
});
process.on('disconnect', async () => {
  await setTimeout(10);
  process.exit(0);
});
