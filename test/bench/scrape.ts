/** A scrape of the real server, against the same bytes sent from memory, and against prom-client rendering them. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { type Bench, type Figure, median } from './report.ts';
import { type Client, connect, type Encoding } from './scrape-client.ts';
import type { ServerInput } from './scrape-server.ts';
import { startWorker } from './worker.ts';

const sizes = [10_000, 100_000] as const;
const scrapes = { 10000: 200, 100000: 40 } as const;
const promClientScrapes = 9;
const spacedScrapes = 7;
const spacedMs = 1100;

export const scrape: Bench = {
  name: 'scrape',
  about: 'GET /metrics over a kept connection, against node:http with the same bytes, and prom-client per scrape',
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const figures: Figure[] = [];
      for (const series of sizes) {
        figures.push(...(await ofSize(series, folder)));
        say(`${series} series done`);
      }
      return figures;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function ofSize(series: (typeof sizes)[number], folder: string): Promise<Figure[]> {
  const files = { identity: path.join(folder, 'page'), gzip: path.join(folder, 'page.gz') };
  const ours = await serve({ kind: 'ours', series });
  for (const encoding of ['identity', 'gzip'] as const)
    await writeFile(files[encoding], await ours.client.body(encoding));
  const plain = await serve({ kind: 'plain', ...files });
  const promClient = await serve({ kind: 'prom-client', series });
  try {
    const figures: Figure[] = [];
    const name = series.toLocaleString('en-US');
    const rendered = await times(promClient.client, 'identity', promClientScrapes);
    for (const encoding of ['identity', 'gzip'] as const) {
      const { a, b, ratio, bytes } = await alternate(ours.client, plain.client, encoding, scrapes[series]);
      figures.push(
        {
          name: `${name}, ${encoding}: ours / plain send`,
          value: ratio,
          unit: 'ratio',
          note: `${a.toFixed(2)} ms / ${b.toFixed(2)} ms, ${(bytes / 2 ** 20).toFixed(2)} MiB, medians of ${scrapes[series]}`,
          target: { atMost: 1.5 },
        },
        {
          name: `${name}, ${encoding}: prom-client / ours`,
          value: rendered / a,
          unit: 'ratio',
          note: `prom-client renders and sends, not compressed: ${rendered.toFixed(1)} ms`,
        },
      );
    }
    const apart = await alternate(ours.client, plain.client, 'gzip', spacedScrapes, spacedMs);
    figures.push({
      name: `${name}, gzip, a second apart: ours / plain send`,
      value: apart.ratio,
      unit: 'ratio',
      note: `${apart.a.toFixed(2)} ms / ${apart.b.toFixed(2)} ms: the process's own metrics are rendered for each`,
    });
    return figures;
  } finally {
    for (const server of [ours, plain, promClient]) {
      server.client.close();
      await server.worker.stop();
    }
  }
}

async function serve(input: ServerInput) {
  const worker = startWorker('scrape-server.ts', input);
  const { url } = await worker.next<{ readonly url: string }>();
  return { worker, client: connect(url) };
}

/** One after the other in turn, so that a busy moment meets both. */
async function alternate(one: Client, other: Client, encoding: Encoding, n: number, apartMs = 0) {
  await times(one, encoding, 10);
  await times(other, encoding, 10);
  const a: number[] = [];
  const b: number[] = [];
  let bytes = 0;
  for (let round = 0; round < n; round += 1) {
    if (apartMs > 0) await setTimeout(apartMs);
    const mine = await one.scrape(encoding);
    a.push(mine.ms);
    b.push((await other.scrape(encoding)).ms);
    bytes = mine.bytes;
  }
  return { a: median(a), b: median(b), ratio: median(a) / median(b), bytes };
}

async function times(client: Client, encoding: Encoding, n: number): Promise<number> {
  const all: number[] = [];
  for (let round = 0; round < n; round += 1) all.push((await client.scrape(encoding)).ms);
  return median(all);
}
