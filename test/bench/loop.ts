/** How long the event loop is held up while a large bill is read, its page is made, and large pages are scraped. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { writeBill } from './bill.ts';
import type { OursAnswer, OursInput } from './ingest-ours.ts';
import type { Bench, Figure } from './report.ts';
import { connect } from './scrape-client.ts';
import type { ServerInput } from './scrape-server.ts';
import { ask, startWorker } from './worker.ts';

interface Delay {
  readonly p99: number;
  readonly max: number;
}

const rows = 1_000_000;
const series = 100_000;
const scrapeMs = 6000;

export const loop: Bench = {
  name: 'loop',
  about: 'how late a timer is (p99 and worst, in ms), beside an idle process on the same machine at the same time',
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const file = path.join(folder, 'bill.csv');
      await writeBill(file, rows);
      const input: OursInput = { file, dataDir: path.join(folder, 'data') };
      const read = await besideIdle(() => ask<OursAnswer>('ingest-ours.ts', input));
      say('bill read');
      const compressed = await besideIdle(() => scraped('gzip'));
      const identity = await besideIdle(() => scraped('identity'));
      const bill = `${rows.toLocaleString('en-US')} rows`;
      const page = `${series.toLocaleString('en-US')} series`;
      return [
        ...figures(`refresh of ${bill}`, read.result.refreshLoop, read.idle, true),
        ...figures(`page after ${bill}`, read.result.snapshotLoop, read.idle, true),
        ...figures(`gzip scrapes of ${page}, a new page every second`, compressed.result, compressed.idle, true),
        ...figures(`identity scrapes of ${page}`, identity.result, identity.idle, false),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** The server's delay while it is scraped without a pause, with a page to compress anew every second. */
async function scraped(encoding: 'gzip' | 'identity'): Promise<Delay> {
  const worker = startWorker('scrape-server.ts', { kind: 'ours', series, renewMs: 1000 } satisfies ServerInput);
  const { url } = await worker.next<{ readonly url: string }>();
  const client = connect(url);
  await client.scrape(encoding);
  worker.send({ ask: 'watch' });
  const end = performance.now() + scrapeMs;
  while (performance.now() < end) await client.scrape(encoding);
  worker.send({ ask: 'tell' });
  const delay = await worker.next<Delay>();
  client.close();
  await worker.stop();
  return delay;
}

async function besideIdle<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly idle: Delay }> {
  const idle = startWorker('loop-idle.ts', {});
  const result = await work();
  idle.send({ ask: 'tell' });
  const delay = await idle.next<Delay>();
  await idle.stop();
  return { result, idle: delay };
}

function figures(name: string, delay: Delay, idle: Delay, hasTarget: boolean): Figure[] {
  return [
    {
      ...{ name: `${name}: p99`, value: delay.p99, unit: 'ms', note: `idle process: ${idle.p99.toFixed(1)} ms` },
      ...(hasTarget && { target: { atMost: 20 } }),
    },
    { name: `${name}: worst`, value: delay.max, unit: 'ms', note: `idle process: ${idle.max.toFixed(1)} ms` },
  ];
}
