/** Reading a bill of 1,000,000 rows into the ledger, against DuckDB's bare aggregate over the same file. */
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { billDays, writeBill } from './bill.ts';
import type { BareAnswer, BareInput } from './ingest-bare.ts';
import type { OursAnswer, OursInput } from './ingest-ours.ts';
import { type Bench, median } from './report.ts';
import { ask } from './worker.ts';

const rows = 1_000_000;
const rounds = 3;

export const ingest: Bench = {
  name: 'ingest',
  about: `${rows.toLocaleString('en-US')} FOCUS rows of ${billDays} days into a new ledger, against DuckDB's bare aggregate over the same file`,
  run: async say => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'plumbline-bench-'));
    try {
      const file = path.join(folder, 'bill.csv');
      const bytes = await writeBill(file, rows);
      say(`a bill of ${Math.round(bytes / 2 ** 20)} MiB`);
      await warm(file);
      const bare: BareAnswer[] = [];
      const narrow: BareAnswer[] = [];
      const ours: OursAnswer[] = [];
      for (let round = 0; round < rounds; round += 1) {
        bare.push(await ask<BareAnswer>('ingest-bare.ts', { file, grain: 'ledger' } satisfies BareInput));
        narrow.push(await ask<BareAnswer>('ingest-bare.ts', { file, grain: 'narrow' } satisfies BareInput));
        ours.push(await read({ file, dataDir: path.join(folder, `round-${round}`) }));
        say(
          `round ${round + 1}: bare ${Math.round(bare.at(-1)!.ms)} ms, ours ${Math.round(ours.at(-1)!.refreshMs)} ms`,
        );
      }
      const allCores = await ask<BareAnswer>('ingest-bare.ts', {
        file,
        grain: 'ledger',
        threads: os.availableParallelism(),
      } satisfies BareInput);
      const byResource = await read({ file, dataDir: path.join(folder, 'by-resource'), byResource: true });
      const of = (field: (answer: OursAnswer) => number) => median(ours.map(field));
      const bareMs = median(bare.map(({ ms }) => ms));
      const refreshMs = of(answer => answer.refreshMs);
      const first = ours[0]!;
      return [
        {
          name: 'bare / ours',
          value: bareMs / refreshMs,
          unit: 'ratio',
          note: "bare: sums in doubles at the ledger's grain; same threads (cores - 1), medians",
          target: { atLeast: 0.5 },
        },
        {
          name: 'narrow / ours',
          value: median(narrow.map(({ ms }) => ms)) / refreshMs,
          unit: 'ratio',
          note: 'narrow: by day and service only, which no ledger can do with',
        },
        {
          name: 'bare / ours, processor time',
          value: median(bare.map(({ cpuMs }) => cpuMs)) / of(answer => answer.refreshCpuMs),
          unit: 'ratio',
          note: 'all threads, and less moved by what else the machine does',
        },
        { name: 'ours, a refresh', value: refreshMs, unit: 'ms', note: 'vetted, read, posted, allocated, committed' },
        { name: 'bare', value: bareMs, unit: 'ms', note: 'nothing kept' },
        { name: 'bare on all cores', value: allCores.ms, unit: 'ms', note: 'one run' },
        {
          name: 'peak memory, ours',
          value: Math.max(...ours.map(answer => answer.peakMiB)),
          unit: 'MiB',
          note: 'the whole process, its largest run',
          target: { atMost: 1536 },
        },
        { name: 'peak memory, bare', value: Math.max(...bare.map(answer => answer.peakMiB)), unit: 'MiB' },
        { name: 'rows read', value: first.records, unit: 'count' },
        { name: 'keys', value: first.keys, unit: 'count', note: grain },
        { name: 'postings', value: first.lines, unit: 'count', note: 'one a day, billing period and key' },
        { name: 'allocated postings', value: first.allocations, unit: 'count' },
        { name: 'ledger', value: first.ledgerMiB, unit: 'MiB' },
        {
          name: 'page after it',
          value: of(answer => answer.snapshotMs),
          unit: 'ms',
          note: 'every family, the first time',
        },
        { name: 'unchanged file again', value: of(answer => answer.rereadMs), unit: 'ms' },
        {
          name: 'with the resource in the grain',
          value: byResource.refreshMs,
          unit: 'ms',
          note: `one run: ${byResource.keys} keys, ${byResource.lines} postings, ${Math.round(byResource.peakMiB)} MiB at its peak`,
        },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const grain =
  'provider, accounts, region, service, SKU, charge category and class, commitment status, currency, unit, mapped tags';

async function read(input: OursInput): Promise<OursAnswer> {
  const result = await ask<OursAnswer>('ingest-ours.ts', input);
  await rm(input.dataDir, { recursive: true, force: true });
  return result;
}

/** The disk is not what is measured: the file is in the page cache before the first read. */
async function warm(file: string): Promise<void> {
  for await (const _ of createReadStream(file, { highWaterMark: 1 << 20 }));
}
